//! Signed addresses, fetched over a real socket.

use std::time::Duration;

use kling_core::{AssetUrl, ManualClock, MediaType, Timestamp};
use kling_engine::ArchiveLimits;
use kling_http::{Client, ClientOptions, Reply, Request, Url};
use tokio::io::AsyncWriteExt as _;

use super::*;

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

struct House {
    _folder: tempfile::TempDir,
    archive: Archive,
    clock: ManualClock,
    links: Links,
    file: LinkedFile,
}

async fn house() -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = Archive::open(
        folder.path().to_str().expect("a plain path"),
        ArchiveLimits::default(),
    );
    let archive = archive.await.expect("an archive");
    let mut draft = archive.draft(1_000).await.expect("room");
    draft.write_all(b"0123456789").await.expect("room");
    let key = draft.finish().await.expect("room").key;
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = socket.local_addr().expect("an address");
    let base = Url::parse(&format!("http://{address}/")).expect("a URL");
    let links = archive.links(base).await.expect("a key");
    let clock = ManualClock::new(START);
    let files = Files {
        archive: archive.clone(),
        links: links.clone(),
        clock: Arc::new(clock.clone()),
    };
    tokio::spawn(async move { axum::serve(socket, router(files)).await });
    House {
        _folder: folder,
        archive,
        clock,
        links,
        file: LinkedFile {
            key,
            media_type: MediaType::Png,
        },
    }
}

impl House {
    fn address(&self) -> AssetUrl {
        let until = START + Duration::from_mins(1);
        self.links
            .address(&self.file, START, until)
            .expect("an address")
    }
}

async fn get(url: &Url, range: Option<&str>) -> Reply {
    let client = Client::new(ClientOptions::default()).expect("a client");
    let mut request = Request::get(url.clone());
    if let Some(range) = range {
        request = request.header("range", range);
    }
    client.exchange(request).await.expect("an answer")
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply
        .headers
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn a_signed_address_gives_the_file_as_what_it_is() {
    let house = house().await;

    let reply = get(house.address().expose(), None).await;

    assert_eq!(
        (reply.status, &*reply.body),
        (200, b"0123456789".as_slice())
    );
    assert_eq!(header(&reply, "content-type"), "image/png");
    assert_eq!(header(&reply, "content-length"), "10");
    assert_eq!(header(&reply, "x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_look_at_a_file_tells_everything_but_its_bytes() {
    let house = house().await;
    let client = Client::new(ClientOptions::default()).expect("a client");
    let address = house.address().expose().clone();

    let request = Request::new(Method::HEAD, address);
    let reply = client.exchange(request).await.expect("an answer");

    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(header(&reply, "content-length"), "10");
    assert_eq!(header(&reply, "accept-ranges"), "bytes");
    let name = header(&reply, "content-disposition");
    assert!(name.starts_with("inline; filename=\"kling-"), "{name}");
    assert!(name.ends_with(".png\""), "{name}");
}

#[tokio::test]
async fn no_path_leads_out_of_the_archive() {
    let house = house().await;
    let address = house.address();
    for name in ["..%2F..%2Fkeys%2Flinks", "keys%2Flinks", "a%00b.png"] {
        let mut url = address.expose().as_str().to_owned();
        let (before, rest) = url.split_once("/files/").expect("a file");
        let (_, query) = rest.split_once('?').expect("a signature");
        url = format!("{before}/files/{name}?{query}");

        let reply = get(&Url::parse(&url).expect("a URL"), None).await;

        assert_eq!(reply.status, 403, "{name}");
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_given_too() {
    let house = house().await;
    let address = house.address();

    let reply = get(address.expose(), Some("bytes=2-4")).await;
    assert_eq!((reply.status, &*reply.body), (206, b"234".as_slice()));
    assert_eq!(header(&reply, "content-range"), "bytes 2-4/10");

    let beyond = get(address.expose(), Some("bytes=10-")).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(header(&beyond, "content-range"), "bytes */10");
}

#[tokio::test]
async fn an_address_that_was_changed_has_expired_or_leads_nowhere_gives_nothing() {
    let house = house().await;
    let address = house.address();
    let mut forged = address.expose().clone();
    forged.set_query(Some("until=1900000000&sign=00"));
    let mut bare = address.expose().clone();
    bare.set_query(None);

    assert_eq!(get(&forged, None).await.status, 403);
    assert_eq!(get(&bare, None).await.status, 403);
    house
        .archive
        .delete(&house.file.key)
        .await
        .expect("deleted");
    assert_eq!(get(address.expose(), None).await.status, 404);
    house.clock.advance(Duration::from_mins(2));
    assert_eq!(get(address.expose(), None).await.status, 410);
}

#[test]
fn ranges_are_read_as_the_standard_has_them() {
    assert_eq!(part_of("bytes=0-0", 10), Asked::Part(0..1));
    assert_eq!(part_of("bytes=5-", 10), Asked::Part(5..10));
    assert_eq!(part_of("bytes=-3", 10), Asked::Part(7..10));
    assert_eq!(part_of("bytes=-30", 10), Asked::Part(0..10));
    assert_eq!(part_of("bytes=8-99", 10), Asked::Part(8..10));
    for nonsense in [
        "bytes=4-2",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=-",
        "bytes=a-b",
    ] {
        assert_eq!(part_of(nonsense, 10), Asked::All, "{nonsense}");
    }
    for beyond in [
        "bytes=10-",
        "bytes=-0",
        "bytes=18446744073709551615-18446744073709551615",
    ] {
        assert_eq!(part_of(beyond, 10), Asked::Beyond, "{beyond}");
    }
    assert_eq!(part_of("bytes=0-", 0), Asked::Beyond);
}
