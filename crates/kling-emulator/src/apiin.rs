//! apiin.one, played on loopback: `POST /images/generations` for `kling-image-o1`, `GET /tasks/{id}`.
//!
//! The vendor documents the request and the first answer; what a finished task looks like is not
//! known. Every reading that a client should understand is a setting.

use std::{fmt, sync::Arc};

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::HeaderMap,
    middleware,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::{
    error::Failure,
    order::Order,
    tasks::{Task, Tasks},
    work::Job,
};
use crate::{
    journal::Entry,
    keys::Keys,
    ledger::{OutOfFunds, Work},
    play::{self, Detail, Stage, Twist},
    reading::Issue,
    references::{self, Labels},
    script::Effect,
    settings::Live,
    world::World,
};

mod error;
mod order;
mod shape;
mod tasks;
mod work;

pub use self::shape::{CreateReply, FailureShape, ResultShape, Words};

/// The name of this vendor in the ledger, the journal and the script.
pub const VENDOR: &str = "apiin";

/// What a credit is worth: a cent. Older pages say a fifth of that.
pub const NANODOLLARS_PER_CREDIT: i64 = 10_000_000;

const PATH: &str = "/images/generations";

/// How the vendor behaves.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long the work takes, in milliseconds of the world's time; the first quarter it waits.
    pub latency_ms: u64,
    /// For how long a new task cannot be found, in milliseconds of the world's time.
    pub hidden_ms: u64,
    /// Whether the create call waits for the results and answers with them.
    pub immediate: bool,
    /// How the create call answers.
    pub create_reply: CreateReply,
    /// Where the results stand.
    pub result_shape: ResultShape,
    /// Where the reason of a failure stands.
    pub failure_shape: FailureShape,
    /// How the statuses are spelt.
    pub words: Words,
    /// Whether tasks have numbers for ids.
    pub numeric_ids: bool,
    /// Whether a no comes with the status 200, and a code in the body.
    pub errors_as_200: bool,
    /// The most create calls of an account in a minute; no limit when absent.
    pub per_minute: Option<u32>,
    /// Which keys are good.
    #[serde(skip)]
    pub keys: Keys,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("latency_ms", &self.latency_ms)
            .field("immediate", &self.immediate)
            .field("create_reply", &self.create_reply)
            .field("result_shape", &self.result_shape)
            .finish_non_exhaustive()
    }
}

/// The settings in force, and the tasks.
#[derive(Debug, Default)]
pub struct Behaviour {
    settings: Live<Settings>,
    tasks: Tasks,
}

impl Behaviour {
    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    /// Changes the settings for requests that come from now on.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        self.settings.change(change);
    }

    /// What would be complained about, were this body sent: by the validator, or about the files it speaks of. Empty
    /// for a body of which something would be made.
    pub async fn complaints(&self, body: &[u8]) -> Vec<String> {
        let issues = match Order::read(body) {
            Ok(order) => references::look(order.sources, Labels::Strict).await,
            Err(issues) => Err(issues),
        };
        let issues = issues.err().unwrap_or_default();
        issues.iter().map(Issue::sentence).collect()
    }

    /// Accepts only these keys.
    pub fn accept_only<'a>(&self, keys: impl IntoIterator<Item = &'a str>) {
        let keys = keys.into_iter().map(str::to_owned).collect();
        self.change(|settings| settings.keys = Keys::Only(keys));
    }
}

/// Everything below `/apiin/api/v1`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let stage = Stage {
        world: Arc::clone(world),
        place: VENDOR,
    };
    Router::new()
        .route(PATH, post(create))
        .route("/tasks/{id}", get(poll))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(stage, play::through))
        .with_state(Arc::clone(world))
}

async fn nothing_here(State(world): State<Arc<World>>) -> Response {
    Failure::NoSuchRoute.respond(world.apiin.settings().errors_as_200)
}

async fn create(
    State(world): State<Arc<World>>,
    twist: Option<Extension<Twist>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let settings = world.apiin.settings();
    let twist = twist.map(|Extension(Twist(effect))| effect);
    match accept(&world, &settings, &headers, twist, body).await {
        Ok((id, body)) => {
            let mut response = Json(body).into_response();
            response.extensions_mut().insert(Detail(about(&id)));
            response
        }
        Err(failure) => failure.respond(settings.errors_as_200),
    }
}

/// What every journal entry of a task says.
fn about(id: &Value) -> Map<String, Value> {
    Map::from_iter([("task_id".to_owned(), id.clone())])
}

async fn accept(
    world: &Arc<World>,
    settings: &Settings,
    headers: &HeaderMap,
    twist: Option<Effect>,
    body: Bytes,
) -> Result<(Value, Value), Failure> {
    let account = settings
        .keys
        .account(headers)
        .ok_or(Failure::Unauthorized)?;
    let now_ms = world.clock.now_ms();
    if let Some(most) = settings.per_minute
        && !world.apiin.tasks.count(&account, now_ms, most)
    {
        return Err(Failure::TooMany);
    }
    let order = Order::read(&body).map_err(Failure::Invalid)?;
    let id = if settings.numeric_ids {
        json!(world.ids.bits() >> 16)
    } else {
        json!(format!("n49{:08x}_kio1", world.ids.bits() >> 32))
    };
    let hold = world
        .ledger
        .hold(Work {
            vendor: VENDOR.to_owned(),
            model: order::MODEL.to_owned(),
            operation: "image".to_owned(),
            account: account.clone(),
            client_request_id: None,
            reference: id.as_str().map_or_else(|| id.to_string(), str::to_owned),
            amount_nanodollars: order.credits * NANODOLLARS_PER_CREDIT,
        })
        .map_err(|OutOfFunds| Failure::OutOfCredits)?;
    let hidden_ms = match twist {
        Some(Effect::Hidden { ms }) => ms,
        Some(_) | None => settings.hidden_ms,
    };
    world.apiin.tasks.add(Task {
        id: id.clone(),
        account: account.clone(),
        visible_ms: now_ms.saturating_add(hidden_ms),
        begun_ms: now_ms.saturating_add(settings.latency_ms / 4),
        end: None,
    });
    let mut detail = about(&id);
    detail.insert("account".to_owned(), json!(account));
    detail.extend(order.describe());
    note(world, "accepted", detail);

    let job = Job {
        world: Arc::clone(world),
        id: id.clone(),
        due_ms: now_ms.saturating_add(settings.latency_ms),
        order,
        twist,
        hold,
    };
    // Accepted work is finished and billed even when the client does not wait for it.
    let working = world.tasks.spawn(job.run());
    if !settings.immediate {
        return Ok((id.clone(), shape::created(settings, &id, now_ms)));
    }
    let end = working.await.ok().flatten().ok_or(Failure::Internal)?;
    let body = shape::polled(settings, &id, &end);
    Ok((id, body))
}

fn note(world: &World, event: &str, mut detail: Map<String, Value>) {
    detail.insert("event".to_owned(), json!(event));
    let entry = Entry::new(VENDOR, "POST", PATH).detail(Value::Object(detail));
    world.journal.append(entry);
}

async fn poll(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let settings = world.apiin.settings();
    let now_ms = world.clock.now_ms();
    let found = settings
        .keys
        .account(&headers)
        .ok_or(Failure::Unauthorized)
        .and_then(|account| {
            let task = world.apiin.tasks.get(&id, &account, now_ms);
            task.ok_or(Failure::NoSuchTask)
        });
    match found {
        Ok(task) => {
            let body = shape::polled(&settings, &task.id, &task.progress(now_ms));
            Json(body).into_response()
        }
        Err(failure) => failure.respond(settings.errors_as_200),
    }
}
