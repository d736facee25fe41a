//! Sends one request to the bot, on loopback and nowhere else.

use axum::body::{Body, Bytes, to_bytes};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Position, Url};

use crate::media;

/// The largest answer read, in bytes.
const ANSWER_BYTES: usize = 1024 * 1024;

/// What the bot answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Sends a request; none when there is no answer.
pub(crate) async fn exchange(
    method: &str,
    address: &str,
    headers: &[(String, String)],
    body: Bytes,
) -> Option<Reply> {
    let address = Url::parse(address).ok()?;
    if address.scheme() != "http" || !media::is_loopback(&address) {
        return None;
    }
    let sockets = address.socket_addrs(|| Some(80)).ok()?;
    let stream = TcpStream::connect(sockets.as_slice()).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let place = &address[Position::BeforePath..Position::AfterQuery];
    let host = &address[Position::BeforeHost..Position::AfterPort];
    let mut request = Request::builder()
        .method(method)
        .uri(place)
        .header(header::HOST, host)
        .header(
            header::USER_AGENT,
            "Slackbot 1.0 (+https://api.slack.com/robots)",
        )
        .header(header::CONTENT_LENGTH, body.len());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Body::from(body)).ok()?;
    let exchange = async move {
        let response = sender.send_request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = to_bytes(Body::new(body), ANSWER_BYTES).await.ok()?;
        Some(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    };
    tokio::pin!(exchange);
    tokio::select! {
        reply = &mut exchange => reply,
        // The connection may close just before its last bytes are read.
        _ = connection => exchange.await,
    }
}
