//! TLS without anything installed process-wide.

use std::time::Duration;

use kling_core::AssetUrl;
use kling_http::{Call, Client, ClientOptions, DownloadOptions, Downloader, Guard, Request, Url};
use tokio::io::AsyncWriteExt;

use crate::server::{PATIENCE, Raw, client};

/// Nothing in this test binary installs a provider, and the crates compiled into it have none by default.
#[tokio::test]
async fn a_failed_handshake_is_not_sent_and_needs_no_installed_provider() {
    let server = Raw::start(|mut stream| async move {
        stream.write_all(b"this is not TLS at all\r\n").await.ok();
    })
    .await;
    let address = server.url().to_string().replace("http:", "https:");
    let url = Url::parse(&address).unwrap();
    let guard = Guard::for_base(&url);
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();

    let submitted = client()
        .send(Request::post(url).json(&1), Call::Submission)
        .await;
    let fetched = downloader
        .fetch(&AssetUrl::parse(&address).unwrap(), &mut Vec::new())
        .await;

    assert_eq!(submitted.unwrap_err().name(), "unreachable");
    assert_eq!(fetched.unwrap_err().name(), "unavailable");
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn a_handshake_that_hangs_is_not_sent() {
    let server = Raw::start(|stream| async move {
        let _kept_open = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let url = Url::parse(&server.url().to_string().replace("http:", "https:")).unwrap();
    let client = Client::new(ClientOptions {
        connect_timeout: Duration::from_millis(200),
        ..ClientOptions::default()
    })
    .unwrap();

    let submitted = client.send(Request::post(url), Call::Submission);
    let submitted = tokio::time::timeout(PATIENCE, submitted).await;

    let error = submitted.expect("an end").unwrap_err();
    assert_eq!(error.name(), "unreachable");
}
