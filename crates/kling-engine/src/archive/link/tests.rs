//! What a signed address promises.

use proptest::prelude::*;

use super::*;
use crate::archive::ArchiveLimits;
use crate::archive::tests::{House, Kind, on_both_kinds};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const LATER: Timestamp = Timestamp::from_millis(1_800_000_060_000);

fn base() -> Url {
    Url::parse("https://kling.example/bot/").unwrap()
}

fn links() -> Links {
    links_of(7)
}

/// Links with a key of their own, in an archive that nobody needs.
fn links_of(byte: u8) -> Links {
    let desk = crate::archive::Desk {
        store: Arc::new(object_store::memory::InMemory::new()),
        folder: std::path::PathBuf::new(),
    };
    let inner = crate::archive::Inner::new(desk, None, ArchiveLimits::default());
    let key = LinkKey {
        made: Timestamp::from_millis(0),
        secret: [byte; KEY_BYTES],
    };
    Links {
        base: base(),
        archive: Archive(Arc::new(inner)),
        keys: Arc::new(RwLock::new(vec![key])),
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
    let address = links.address(&file(), NOW, LATER).unwrap();
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
    let (name, until, sign) = parts(&links.address(&file(), NOW, LATER).unwrap());
    let other_name = name.replacen("ab", "ac", 1);
    let other_kind = name.replace("jpg", "png");
    let upper = sign.to_ascii_uppercase();
    let stranger = links_of(8);

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
    let address = links().address(&file(), NOW, LATER).unwrap();

    assert_eq!(format!("{address:?}"), "AssetUrl(https://kling.example/…)");
    assert!(!format!("{:?}", links()).contains('7'));
}

on_both_kinds! {
    all_who_share_an_archive_share_the_key,
    keys_are_renewed_and_no_good_address_dies_of_it,
}

async fn keys_are_renewed_and_no_good_address_dies_of_it(kind: Kind) {
    let house = House::new(kind).await;
    let archive = house.open(ArchiveLimits::default()).await.unwrap();
    let (one, two) = (
        archive.links(base()).await.unwrap(),
        archive.links(base()).await.unwrap(),
    );
    let day = Duration::from_hours(24);
    let good_for_a_day =
        |links: &Links, now: Timestamp| links.address(&file(), now, now + day).unwrap();
    let read = |links: &Links, address: &AssetUrl, now| {
        let (name, until, sign) = parts(address);
        links.read(&name, &until, &sign, now)
    };
    let old = one.keys();

    one.renew(NOW).await.unwrap();
    // Who has not seen the new key yet reads what is made meanwhile, and the other way round.
    let early = good_for_a_day(&one, NOW);
    assert_eq!(read(&two, &early, NOW), Ok(file()));
    two.renew(NOW).await.unwrap();
    assert!(one.keys() == two.keys());
    assert_eq!(one.keys().len(), 2);
    let ripe = NOW + RIPENS_FOR;
    let late = good_for_a_day(&one, ripe);
    assert_eq!(read(&two, &late, ripe), Ok(file()));
    assert_eq!(read(&two, &early, ripe), Ok(file()));
    *two.keys.write().unwrap() = old;
    assert_eq!(read(&two, &late, ripe), Err(LinkError::Forged));

    let gone = ripe + OUTLIVED_BY + day;
    one.renew(gone).await.unwrap();
    assert!(one.keys().iter().all(|key| key.made >= NOW));
    assert_eq!(read(&one, &early, NOW), Err(LinkError::Forged));
}

async fn all_who_share_an_archive_share_the_key(kind: Kind) {
    let house = House::new(kind).await;
    let open = || async {
        let archive = house.open(ArchiveLimits::default()).await.unwrap();
        archive.links(base()).await.unwrap()
    };

    let (one, two) = futures::join!(open(), open());
    let later = open().await;

    assert!(one.keys() == two.keys());
    assert!(one.keys() == later.keys());
    assert!(one.keys()[0].secret != [0; KEY_BYTES]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_trouble_and_leads_nowhere(
        name in ".{0,90}", until in "[0-9-]{0,24}|.{0,10}", sign in "[0-9a-fA-F]{0,70}|.{0,10}",
    ) {
        prop_assert_eq!(links().read(&name, &until, &sign, NOW), Err(LinkError::Forged));
    }
}
