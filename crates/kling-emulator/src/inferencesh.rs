//! inference.sh, played on loopback: runs the apps `klingai/image-o1` and `klingai/video-o1`.
//!
//! `run` takes work on, `work` does it, `look`, `listing` and `stream` tell of it, `webhook` calls back,
//! `uploads` takes files. `envelope` and `status` know the generations of the API.

use std::{fmt, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
    middleware,
    response::Response,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::{envelope::Failure, limits::Windows, tasks::Task, tasks::Tasks, uploads::Uploads};
use crate::{
    journal::Entry,
    keys::Keys,
    play::{self, Stage},
    reading::Issue,
    references::{self, Labels},
    settings::Live,
    world::World,
};

mod apps;
mod envelope;
mod limits;
mod listing;
mod look;
mod run;
mod status;
mod stream;
mod tasks;
mod uploads;
mod webhook;
mod work;

pub use self::{
    apps::{NANODOLLARS_PER_IMAGE, NANODOLLARS_PER_SECOND_720P, NANODOLLARS_PER_SECOND_1080P},
    envelope::Envelope,
    status::StatusTable,
};

/// The name of this vendor in the ledger, the journal and the script.
pub const VENDOR: &str = "inferencesh";

/// How the vendor behaves.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each switch is one thing that nobody knows of the service"
)]
pub struct Settings {
    /// How long the work takes, in milliseconds of the world's time; the first half of it a task waits.
    pub latency_ms: u64,
    /// For how long a new task cannot be found, in milliseconds of the world's time.
    pub hidden_ms: u64,
    /// What stands around an answer when the client asks for nothing special.
    pub envelope: Envelope,
    /// How a task's state is written.
    pub status_table: StatusTable,
    /// How webhooks write it, where that differs.
    pub webhook_table: Option<StatusTable>,
    /// Whether streams are server-sent events whatever the client accepts, as they once were.
    pub sse_only: bool,
    /// Whether a cancel call answers with the task, and not with 204.
    pub cancel_with_task: bool,
    /// Whether output files are objects with `uri`, and not addresses.
    pub output_objects: bool,
    /// Whether lists leave out the webhook of a task.
    pub list_without_webhook: bool,
    /// Whether work without money is taken on and rejected (13), and not refused with 402.
    pub reject_unfunded: bool,
    /// Whether more requests than the documented ones a minute are refused with 429.
    pub enforce_rate_limits: bool,
    /// Secrets that the apps lack: with any, runs are refused with 412.
    pub missing_secrets: Vec<String>,
    /// Which keys are good.
    #[serde(skip)]
    pub keys: Keys,
}

impl Settings {
    /// The service as clients up to 0.6.0 knew it: older numbers, older envelope, server-sent events.
    pub fn legacy() -> Self {
        Self {
            envelope: Envelope::V1,
            status_table: StatusTable::Legacy,
            sse_only: true,
            ..Self::default()
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("latency_ms", &self.latency_ms)
            .field("envelope", &self.envelope)
            .field("status_table", &self.status_table)
            .finish_non_exhaustive()
    }
}

/// The settings in force, the tasks and the files.
#[derive(Debug, Default)]
pub struct Behaviour {
    settings: Live<Settings>,
    tasks: Tasks,
    uploads: Uploads,
    windows: Windows,
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

    /// What would be complained about, were this the body of a run: by the app's schema, by Kling behind it, or about
    /// the files it speaks of. Empty for a body of which something would be made.
    pub async fn complaints(&self, body: &[u8]) -> Vec<String> {
        let order = match run::read(body) {
            Ok(asked) => asked.order,
            Err(Failure::Invalid(issues)) => return issues.iter().map(Issue::sentence).collect(),
            Err(other) => return vec![format!("{other:?}")],
        };
        let mut issues = references::look(order.pictures, Labels::Strict)
            .await
            .err()
            .unwrap_or_default();
        if let Some(sent) = order.clip {
            issues.extend(references::look_at_clip(sent, Labels::Strict).await.err());
        }
        let refusal = order.refusal.into_iter();
        refusal.chain(issues.iter().map(Issue::sentence)).collect()
    }

    /// Accepts only these keys.
    pub fn accept_only<'a>(&self, keys: impl IntoIterator<Item = &'a str>) {
        let keys = keys.into_iter().map(str::to_owned).collect();
        self.change(|settings| settings.keys = Keys::Only(keys));
    }
}

/// Everything below `/inferencesh`; every route has a twin below `/v1`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let stage = Stage {
        world: Arc::clone(world),
        place: VENDOR,
    };
    routes()
        .merge(Router::new().nest("/v1", routes()))
        .route("/uploads/{token}/{ticket}", put(uploads::put))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(
            Arc::clone(world),
            limits::count,
        ))
        .layer(middleware::from_fn_with_state(stage, play::through))
        .with_state(Arc::clone(world))
}

fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/apps/run", post(run::run))
        .route("/run", post(run::run))
        .route("/tasks/list", post(listing::list))
        .route("/tasks/{id}", get(look::whole).delete(look::delete))
        .route("/tasks/{id}/status", get(look::status))
        .route("/tasks/{id}/stream", get(stream::stream))
        .route("/tasks/{id}/cancel", post(look::cancel))
        .route(
            "/tasks/{id}/files",
            get(look::files).delete(look::delete_files),
        )
        .route("/files", post(uploads::announce))
        .route("/files/list", post(uploads::list))
        .route("/files/{id}", get(uploads::look).delete(uploads::delete))
}

async fn nothing_here(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let envelope = world.inferencesh.settings().envelope;
    Failure::NotFound("route").respond(envelope.asked_for(&headers))
}

/// The task that a request may see.
fn find(
    world: &World,
    settings: &Settings,
    headers: &HeaderMap,
    id: &str,
) -> Result<Task, Failure> {
    let account = settings
        .keys
        .account(headers)
        .ok_or(Failure::Unauthorized)?;
    let found = world
        .inferencesh
        .tasks
        .get(id, &account, world.clock.now_ms());
    found.ok_or(Failure::NotFound("task"))
}

/// Writes into the journal what happened to a task.
fn note(world: &World, event: &str, mut detail: Value) {
    detail["event"] = Value::from(event);
    let entry = Entry::new(VENDOR, "POST", "/apps/run").detail(detail);
    world.journal.append(entry);
}
