//! Fetches a reference picture from loopback; the emulator never goes further.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use hyper::{Request, StatusCode, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Host, Position, Url};

/// How long one fetch may take, in real time.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whether `url` leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The body behind a loopback address; none when it cannot be had in 10 seconds, is not answered
/// with 200, is over `limit` bytes, or asks for TLS.
pub(crate) async fn fetch(url: &Url, limit: usize) -> Option<Bytes> {
    if url.scheme() != "http" || !is_loopback(url) {
        return None;
    }
    tokio::time::timeout(TIMEOUT, attempt(url, limit))
        .await
        .ok()
        .flatten()
}

async fn attempt(url: &Url, limit: usize) -> Option<Bytes> {
    let address = url.socket_addrs(|| Some(80)).ok()?;
    let stream = TcpStream::connect(address.as_slice()).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(
            header::HOST,
            &url[Position::BeforeHost..Position::AfterPort],
        )
        .body(Body::empty())
        .ok()?;
    let exchange = async move {
        let response = sender.send_request(request).await.ok()?;
        if response.status() != StatusCode::OK {
            return None;
        }
        to_bytes(Body::new(response.into_body()), limit).await.ok()
    };
    tokio::pin!(exchange);
    tokio::select! {
        body = &mut exchange => body,
        // The connection may close just before its last bytes are read.
        _ = connection => exchange.await,
    }
}
