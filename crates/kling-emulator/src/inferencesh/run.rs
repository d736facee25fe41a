//! `POST /apps/run`: takes work on.

use std::sync::Arc;

use axum::{Extension, extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    Settings, VENDOR,
    apps::{App, Order},
    envelope::Failure,
    status::Status,
    tasks::{Task, TaskFile},
    work::Job,
};
use crate::{
    ledger::{OutOfFunds, Work},
    play::{Detail, Twist},
    reading::{Sent, unexpected},
    script::Effect,
    world::World,
};

/// Fields of the body that the task tells again, besides those that are always there.
const REPEATED: [&str; 9] = [
    "function",
    "infra",
    "workers",
    "webhook",
    "setup",
    "session_timeout",
    "run_at",
    "metadata",
    "input",
];

/// What a result of unknown length is held to be, in seconds.
const UNKNOWN_SECONDS: u32 = 5;

pub(super) async fn run(
    State(world): State<Arc<World>>,
    twist: Option<Extension<Twist>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let settings = world.inferencesh.settings();
    let envelope = settings.envelope.asked_for(&headers);
    let twist = twist.map(|Extension(Twist(effect))| effect);
    match accept(&world, &settings, &headers, twist, &body) {
        Ok(task) => {
            let mut response = envelope.wrap(&task.told(settings.status_table));
            let detail = Map::from_iter([("task_id".to_owned(), json!(task.id))]);
            response.extensions_mut().insert(Detail(detail));
            response
        }
        Err(failure) => failure.respond(envelope),
    }
}

/// A body that can be run.
pub(super) struct Asked {
    app: App,
    pub(super) order: Order,
    webhook: Option<Url>,
    body: Map<String, Value>,
}

/// Reads the body of a run.
pub(super) fn read(body: &[u8]) -> Result<Asked, Failure> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(body) else {
        return Err(Failure::invalid(
            "body",
            "Expected object, received invalid JSON",
        ));
    };
    let named = body.remove("app").or_else(|| body.remove("app_id"));
    let app = match &named {
        Some(Value::String(name)) => App::named(name).ok_or(Failure::NotFound("app"))?,
        Some(other) => return Err(Failure::invalid("app", &unexpected("string", other))),
        None => return Err(Failure::invalid("app", "Required")),
    };
    let webhook = webhook(&body)?;
    let empty = Map::new();
    let input = match body.get("input") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(input)) => input,
        Some(other) => return Err(Failure::invalid("input", &unexpected("object", other))),
    };
    let order = app.read(input).map_err(Failure::Invalid)?;
    Ok(Asked {
        app,
        order,
        webhook,
        body,
    })
}

fn accept(
    world: &Arc<World>,
    settings: &Settings,
    headers: &HeaderMap,
    twist: Option<Effect>,
    body: &[u8],
) -> Result<Task, Failure> {
    let account = settings
        .keys
        .account(headers)
        .ok_or(Failure::Unauthorized)?;
    let Asked {
        app,
        order,
        webhook,
        body,
    } = read(body)?;
    if !settings.missing_secrets.is_empty() {
        return Err(Failure::Requirements(settings.missing_secrets.clone()));
    }

    let id = world.ids.hex();
    let hold = world.ledger.hold(Work {
        vendor: VENDOR.to_owned(),
        model: app.name().to_owned(),
        operation: match app {
            App::Image => "image".to_owned(),
            App::Video => "video".to_owned(),
        },
        account: account.clone(),
        client_request_id: None,
        reference: id.clone(),
        amount_nanodollars: order.nanodollars(UNKNOWN_SECONDS),
    });
    let hold = match hold {
        Ok(hold) => Some(hold),
        // It is taken on, and rejected at once.
        Err(OutOfFunds) if settings.reject_unfunded => None,
        Err(OutOfFunds) => return Err(Failure::OutOfCredits),
    };
    let hidden_ms = match twist {
        Some(Effect::Hidden { ms }) => ms,
        Some(_) | None => settings.hidden_ms,
    };
    // Taken before the journal speaks of it, so that a push after that always counts.
    let now_ms = world.clock.now_ms();
    let task = Task {
        number: 0,
        id: id.clone(),
        account: account.clone(),
        visible_ms: now_ms.saturating_add(hidden_ms),
        asked: asked(app, &body),
        events: vec![(now_ms, Status::Received)],
        output: Value::Null,
        error: String::new(),
        files: inputs(&order.pictures, order.clip.as_ref()),
        cancel: CancellationToken::new(),
    };
    world.inferencesh.tasks.add(task.clone());
    let told = json!({
        "task_id": id,
        "account": account,
        "app": app.name(),
        "input": body.get("input"),
        "webhook": webhook.as_ref().map(Url::as_str),
    });
    super::note(world, "accepted", told);
    let job = Job {
        world: Arc::clone(world),
        task: task.clone(),
        webhook,
        app,
        began_ms: now_ms,
        latency_ms: settings.latency_ms,
        order,
        twist,
        hold,
    };
    drop(world.tasks.spawn(job.run()));
    Ok(task)
}

/// The address to call when the task has ended.
fn webhook(body: &Map<String, Value>) -> Result<Option<Url>, Failure> {
    let text = match body.get("webhook") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text,
        Some(other) => return Err(Failure::invalid("webhook", &unexpected("string", other))),
    };
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(url)),
        Ok(_) | Err(_) => Err(Failure::invalid("webhook", "Invalid url")),
    }
}

/// What the task tells of its request.
fn asked(app: App, body: &Map<String, Value>) -> Value {
    let mut asked = json!({
        "app_id": app.name(),
        "app_version_id": app.version(),
        "infra": "cloud",
        "function": "run",
        "webhook": null,
        "input": {},
    });
    if let Some(asked) = asked.as_object_mut() {
        for name in REPEATED {
            if let Some(value) = body.get(name) {
                asked.insert(name.to_owned(), value.clone());
            }
        }
    }
    asked
}

fn inputs(pictures: &[Sent], clip: Option<&Sent>) -> Vec<TaskFile> {
    let sent = pictures.iter().chain(clip);
    let addresses = sent.filter_map(Sent::address);
    addresses
        .map(|uri| TaskFile { role: "input", uri })
        .collect()
}
