//! Calls the address that a task was given, on loopback and nowhere else.

use std::time::Duration;

use axum::body::Body;
use hyper::{Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use url::{Position, Url};

use super::{VENDOR, status::Status};
use crate::{journal::Entry, media, world::World};

/// How long one call may take, in real time.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Tells an address how a task ended.
pub(super) async fn send(world: &World, address: &Url, id: &str, account: &str) {
    let Some(task) = world.inferencesh.tasks.get(id, account, u64::MAX) else {
        return;
    };
    let settings = world.inferencesh.settings();
    let table = settings.webhook_table.unwrap_or(settings.status_table);
    let told = task.told(table);
    let body = json!({
        "id": id,
        "status": told["status"],
        "output": told["output"],
        "error": task.error,
        "session_id": null,
        "created_at": told["created_at"],
        "updated_at": told["updated_at"],
    });
    call(world, address, id, "webhook", &body).await;
}

/// Tells an address what is not true: that the task is done, with a result from somewhere else.
pub(super) async fn send_forged(world: &World, address: &Url, id: &str) {
    let settings = world.inferencesh.settings();
    let table = settings.webhook_table.unwrap_or(settings.status_table);
    let now = world.clock.iso();
    let forged = "https://attacker.invalid/result.png";
    let body = json!({
        "id": id,
        "status": Status::Completed.written(table),
        "output": { "image": forged, "video": forged },
        "error": "",
        "session_id": null,
        "created_at": now,
        "updated_at": now,
    });
    call(world, address, id, "forged_webhook", &body).await;
}

async fn call(world: &World, address: &Url, id: &str, event: &str, body: &Value) {
    let status = if address.scheme() == "http" && media::is_loopback(address) {
        let attempt = tokio::time::timeout(TIMEOUT, post(address, body.to_string()));
        attempt.await.ok().flatten()
    } else {
        None
    };
    // Without the query, which may carry a signature.
    let shown = &address[..Position::AfterPath];
    let detail = json!({ "event": event, "task_id": id, "address": shown });
    let entry = Entry::new(VENDOR, "POST", address.path()).detail(detail);
    world.journal.append(Entry { status, ..entry });
}

async fn post(address: &Url, body: String) -> Option<u16> {
    let host = &address[Position::BeforeHost..Position::AfterPort];
    let place = &address[Position::BeforePath..Position::AfterQuery];
    let sockets = address.socket_addrs(|| Some(80)).ok()?;
    let stream = TcpStream::connect(sockets.as_slice()).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let request = Request::post(place)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "inference.sh")
        .body(Body::from(body))
        .ok()?;
    let exchange = async move {
        let response = sender.send_request(request).await.ok()?;
        Some(response.status().as_u16())
    };
    tokio::pin!(exchange);
    tokio::select! {
        status = &mut exchange => status,
        // The connection may close just before its last bytes are read.
        _ = connection => exchange.await,
    }
}
