//! Links that lead where they must not.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kling_core::{AssetUrl, Secret, Source};
use kling_http::{
    Blocked, DownloadAuth, DownloadError, DownloadOptions, Downloader, Guard, Lookup, SpecialRange,
};
use tokio::io::AsyncWriteExt;

use crate::download::downloader;
use crate::server::{Raw, png, read_request, reply};

async fn redirecting(location: &str) -> Raw {
    Raw::answering(reply("302 Found", &format!("Location: {location}\r\n"), "")).await
}

#[track_caller]
fn why<T: std::fmt::Debug>(result: Result<T, DownloadError>) -> Blocked {
    match result {
        Err(DownloadError::Blocked { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    for (location, expected) in [
        (
            "https://169.254.169.254/latest/meta-data/",
            Blocked::Address(SpecialRange::LinkLocal),
        ),
        (
            "http://169.254.169.254/",
            Blocked::Address(SpecialRange::LinkLocal),
        ),
        ("https://10.0.0.1/", Blocked::Address(SpecialRange::Private)),
        (
            "https://[fd00:ec2::254]/",
            Blocked::Address(SpecialRange::Metadata),
        ),
        (
            "//192.168.0.1/router",
            Blocked::Address(SpecialRange::Private),
        ),
        ("http://cdn.example.com/a.png", Blocked::PlainHttp),
        ("https://me:pw@cdn.example.com/", Blocked::Credentials),
        ("file:///etc/passwd", Blocked::NotWeb),
    ] {
        let server = redirecting(location).await;

        let result = downloader(&server)
            .fetch(&server.asset(), &mut Vec::new())
            .await;

        assert_eq!(why(result), expected, "{location}");
    }
}

#[tokio::test]
async fn loopback_is_out_of_reach_for_an_address_from_elsewhere() {
    let server = Raw::answering(reply("200 OK", "", png(8, 8))).await;
    let options = DownloadOptions::default();
    let downloader = Downloader::new(options, Guard::public_only()).unwrap();

    let result = downloader.fetch(&server.asset(), &mut Vec::new()).await;

    assert_eq!(why(result), Blocked::Address(SpecialRange::Loopback));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn redirects_end() {
    let picture = Raw::answering(reply("200 OK", "", png(8, 8))).await;
    let mut next = picture.url().to_string();
    let mut chain = Vec::new();
    for _ in 0..6 {
        let hop = redirecting(&next).await;
        next = hop.url().to_string();
        chain.push(hop);
    }
    let lost = redirecting("http://[").await;
    let fetch = async |server: &Raw| {
        downloader(server)
            .fetch(&server.asset(), &mut Vec::new())
            .await
    };

    let five = fetch(&chain[4]).await;
    let six = fetch(&chain[5]).await;
    let nowhere = fetch(&lost).await;

    assert!(five.is_ok(), "{five:?}");
    assert_eq!(six.unwrap_err().name(), "bad-redirect");
    assert_eq!(nowhere.unwrap_err().name(), "bad-redirect");
}

#[tokio::test]
async fn a_key_goes_only_where_it_belongs() {
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let picture = Arc::new(png(8, 8));
    let other = Raw::start({
        let sender = sender.clone();
        move |mut stream| {
            let (sender, picture) = (sender.clone(), Arc::clone(&picture));
            async move {
                sender.send(read_request(&mut stream).await.unwrap()).ok();
                stream.write_all(&reply("200 OK", "", &*picture)).await.ok();
            }
        }
    })
    .await;
    let location = format!("Location: {}\r\n", other.url());
    let home = Raw::start(move |mut stream| {
        let (sender, location) = (sender.clone(), location.clone());
        async move {
            sender.send(read_request(&mut stream).await.unwrap()).ok();
            stream
                .write_all(&reply("302 Found", &location, ""))
                .await
                .ok();
        }
    })
    .await;
    let auth = DownloadAuth::new(&Secret::new("Bearer k3y").unwrap(), &[home.url()]).unwrap();

    downloader(&home)
        .fetch_with(&home.asset(), &auth, &mut Vec::new())
        .await
        .unwrap();

    let (first, second) = (heads.recv().await.unwrap(), heads.recv().await.unwrap());
    assert!(first.contains("authorization: bearer k3y"));
    assert!(!second.contains("k3y"));
    assert!(!format!("{auth:?}").contains("k3y"));
}

/// A name server that answers this machine first and a private address ever after.
#[derive(Debug, Default)]
struct Rebinding(AtomicUsize);

#[async_trait::async_trait]
impl Lookup for Rebinding {
    async fn lookup(&self, _: &str) -> Result<Vec<IpAddr>, Source> {
        let address = match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => "127.0.0.1",
            _ => "10.0.0.1",
        };
        Ok(vec![address.parse()?])
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to() {
    let server = Raw::answering(reply("200 OK", "", png(8, 8))).await;
    let lookup = Arc::new(Rebinding::default());
    let guard = Guard::for_base(&server.url()).with_lookup(Arc::clone(&lookup) as Arc<dyn Lookup>);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let address = server
        .url()
        .to_string()
        .replace("127.0.0.1", "cat.localhost");
    let url = AssetUrl::parse(&address).unwrap();

    let first = downloader.fetch(&url, &mut Vec::new()).await;
    let lookups = lookup.0.load(Ordering::SeqCst);
    let second = downloader.fetch(&url, &mut Vec::new()).await;

    assert!(first.is_ok(), "{first:?}");
    assert_eq!(lookups, 1);
    assert_eq!(why(second), Blocked::Address(SpecialRange::Private));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_public_name_that_resolves_to_loopback_is_refused() {
    let server = Raw::answering(reply("200 OK", "", png(8, 8))).await;
    let guard = Guard::for_base(&server.url()).with_lookup(Arc::new(Rebinding::default()));
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let url = AssetUrl::parse("https://rebound.example.com/a.png").unwrap();

    let result = downloader.fetch(&url, &mut Vec::new()).await;

    assert_eq!(why(result), Blocked::Address(SpecialRange::Loopback));
    assert_eq!(server.connections(), 0);
}
