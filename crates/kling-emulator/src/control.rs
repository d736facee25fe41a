//! The emulator's own routes: journal, ledger, faults, clock, and how the vendors behave.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    aimlapi::{self, ErrorGeneration, Keys, VideoSettings},
    journal::Entry,
    ledger::Charge,
    script::Fault,
    world::World,
};

mod vendors;

/// The longest a long-poll waits, in milliseconds.
const LONGEST_WAIT_MS: u64 = 60_000;

type Here = State<Arc<World>>;

/// Everything below `/_emulator`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/journal", get(journal))
        .route("/ledger", get(ledger))
        .route("/faults", get(faults).post(add_fault).delete(forget_faults))
        .route("/media", get(media).post(change_media))
        .route("/clock", get(clock).post(advance_clock))
        .route("/aimlapi", get(aimlapi_settings).post(change_aimlapi))
        .with_state(Arc::clone(world))
        .merge(vendors::router(world))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalQuery {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
    place: Option<String>,
}

/// Entries after a number; waits for the first when there are none yet and `wait_ms` is given.
async fn journal(State(world): Here, Query(query): Query<JournalQuery>) -> Json<Vec<Entry>> {
    let wanted = |entry: &Entry| {
        query
            .place
            .as_ref()
            .is_none_or(|place| *place == entry.place)
    };
    if query.wait_ms > 0 {
        let wait = Duration::from_millis(query.wait_ms.min(LONGEST_WAIT_MS));
        // Whether it came or not, what there is now is the answer.
        world
            .journal
            .wait_for_after(query.after, wanted, wait)
            .await;
    }
    Json(
        world
            .journal
            .entries(query.after)
            .into_iter()
            .filter(wanted)
            .collect(),
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerQuery {
    vendor: Option<String>,
}

async fn ledger(State(world): Here, Query(query): Query<LedgerQuery>) -> Json<Value> {
    let mut charges = world.ledger.list();
    if let Some(vendor) = query.vendor {
        charges.retain(|charge| charge.vendor == vendor);
    }
    let billed = |charge: &&Charge| charge.billed;
    let total: i64 = charges
        .iter()
        .filter(billed)
        .map(|charge| charge.amount_nanodollars)
        .sum();
    Json(json!({ "charges": charges, "billed_nanodollars": total }))
}

async fn faults(State(world): Here) -> Json<Vec<Fault>> {
    Json(world.script.list())
}

/// Adds a fault; 422 with a sentence when it could never be played.
async fn add_fault(State(world): Here, Json(fault): Json<Fault>) -> (StatusCode, Json<Value>) {
    if let Some(problem) = fault.problem() {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            Json(json!({ "error": problem })),
        );
    }
    world.script.push(fault);
    (StatusCode::CREATED, Json(json!(world.script.list())))
}

async fn forget_faults(State(world): Here) -> StatusCode {
    world.script.clear();
    StatusCode::NO_CONTENT
}

async fn media(State(world): Here) -> Json<Value> {
    Json(json!({ "prepared": world.media.prepared.is_on(), "files": world.media.len() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MediaChange {
    prepared: Option<bool>,
}

async fn change_media(state: Here, Json(change): Json<MediaChange>) -> Json<Value> {
    if let Some(on) = change.prepared {
        state.media.prepare(on);
    }
    media(state).await
}

async fn clock(State(world): Here) -> Json<Value> {
    Json(json!({ "now_ms": world.clock.now_ms(), "now": world.clock.iso() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    advance_ms: u64,
}

async fn advance_clock(state: Here, Json(push): Json<Push>) -> Json<Value> {
    state.clock.advance(Duration::from_millis(push.advance_ms));
    clock(state).await
}

async fn aimlapi_settings(State(world): Here) -> Json<Value> {
    let settings = world.aimlapi.settings();
    Json(json!({
        "lenient": settings.lenient,
        "error_generation": settings.error_generation,
        "latency_ms": settings.latency_ms,
        "video": settings.video,
        "accounts": world.ledger.accounts(aimlapi::VENDOR),
        "billed_nanodollars": world.ledger.total(aimlapi::VENDOR),
    }))
}

/// A change; what is absent stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct VideoChange {
    latency_ms: Option<u64>,
    hidden_ms: Option<u64>,
    as_array: Option<bool>,
    sample_words: Option<bool>,
    created_201: Option<bool>,
}

impl VideoChange {
    fn apply(&self, video: &mut VideoSettings) {
        video.latency_ms = self.latency_ms.unwrap_or(video.latency_ms);
        video.hidden_ms = self.hidden_ms.unwrap_or(video.hidden_ms);
        video.as_array = self.as_array.unwrap_or(video.as_array);
        video.sample_words = self.sample_words.unwrap_or(video.sample_words);
        video.created_201 = self.created_201.unwrap_or(video.created_201);
    }
}

/// A change; what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AimlapiChange {
    lenient: Option<bool>,
    error_generation: Option<ErrorGeneration>,
    latency_ms: Option<u64>,
    #[serde(default)]
    video: VideoChange,
    /// The only keys that are good from now on.
    keys: Option<Vec<String>>,
    /// What is left, for `account` or else for every account.
    balance_nanodollars: Option<i64>,
    account: Option<String>,
}

async fn change_aimlapi(state: Here, Json(change): Json<AimlapiChange>) -> Json<Value> {
    let world = &state.0;
    world.aimlapi.change(|settings| {
        settings.lenient = change.lenient.unwrap_or(settings.lenient);
        settings.error_generation = change.error_generation.unwrap_or(settings.error_generation);
        settings.latency_ms = change.latency_ms.unwrap_or(settings.latency_ms);
        change.video.apply(&mut settings.video);
        if let Some(keys) = change.keys {
            settings.keys = Keys::Only(keys.into_iter().collect());
        }
    });
    match (change.balance_nanodollars, change.account) {
        (Some(balance), Some(account)) => {
            world.ledger.set_balance(aimlapi::VENDOR, &account, balance);
        }
        (Some(balance), None) => world.ledger.set_every_balance(aimlapi::VENDOR, balance),
        (None, _) => {}
    }
    aimlapi_settings(state).await
}
