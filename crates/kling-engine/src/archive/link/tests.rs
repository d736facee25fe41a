//! What a signed address promises.

use proptest::prelude::*;

use super::*;
use crate::archive::ArchiveLimits;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const LATER: Timestamp = Timestamp::from_millis(1_800_000_060_000);

fn links() -> Links {
    Links {
        base: Url::parse("https://kling.example/bot/").unwrap(),
        key: [7; KEY_BYTES],
    }
}

fn file() -> LinkedFile {
    LinkedFile {
        key: format!("ab/{}", "cd".repeat(31)),
        media_type: MediaType::Jpeg,
    }
}

/// The parts of an address that are read again.
fn parts(address: &AssetUrl) -> (String, String, String) {
    let url = address.expose();
    let name = url.path_segments().unwrap().next_back().unwrap().to_owned();
    let value = |wanted: &str| {
        let found = url.query_pairs().find(|(key, _)| key == wanted);
        found.unwrap().1.into_owned()
    };
    (name, value("until"), value("sign"))
}

#[test]
fn an_address_leads_to_its_file_until_its_time() {
    let links = links();
    let address = links.address(&file(), LATER).unwrap();
    assert!(
        address
            .expose()
            .as_str()
            .starts_with("https://kling.example/bot/files/abcdcd")
    );
    let (name, until, sign) = parts(&address);

    assert_eq!(links.read(&name, &until, &sign, NOW), Ok(file()));
    assert_eq!(
        links.read(&name, &until, &sign, LATER),
        Err(LinkError::Expired)
    );
}

#[test]
fn nothing_of_an_address_can_be_changed() {
    let links = links();
    let (name, until, sign) = parts(&links.address(&file(), LATER).unwrap());
    let other_name = name.replacen("ab", "ac", 1);
    let other_kind = name.replace("jpg", "png");
    let upper = sign.to_ascii_uppercase();
    let stranger = Links {
        key: [8; KEY_BYTES],
        ..links.clone()
    };

    for (name, until, sign) in [
        (&*other_name, &*until, &*sign),
        (&*other_kind, &*until, &*sign),
        (&*name, "1900000000", &*sign),
        (&*name, &*until, &*upper),
        (&*name, &*until, ""),
        (&*name, "soon", &*sign),
        ("", "", ""),
    ] {
        let read = links.read(name, until, sign, NOW);
        assert_eq!(read, Err(LinkError::Forged), "{name} {until} {sign}");
    }
    let read = stranger.read(&name, &until, &sign, NOW);
    assert_eq!(read, Err(LinkError::Forged));
}

#[test]
fn the_key_and_the_signature_are_not_shown() {
    let address = links().address(&file(), LATER).unwrap();

    assert_eq!(format!("{address:?}"), "AssetUrl(https://kling.example/…)");
    assert!(!format!("{:?}", links()).contains('7'));
}

#[tokio::test]
async fn all_who_share_an_archive_share_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let open = || async {
        let limits = ArchiveLimits::default();
        let archive = Archive::open(path.to_str().unwrap(), limits).await.unwrap();
        archive.links(links().base).await.unwrap()
    };

    let (one, two) = futures::join!(open(), open());
    let later = open().await;

    assert_eq!(one.key, two.key);
    assert_eq!(one.key, later.key);
    assert_ne!(one.key, [0; KEY_BYTES]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_trouble_and_leads_nowhere(
        name in ".{0,90}", until in "[0-9-]{0,24}|.{0,10}", sign in "[0-9a-fA-F]{0,70}|.{0,10}",
    ) {
        prop_assert_eq!(links().read(&name, &until, &sign, NOW), Err(LinkError::Forged));
    }
}
