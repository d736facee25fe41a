//! The person's side over HTTP, below `/_emulator/slack`.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::event::SeenEvent;
use super::person::{Command, FileIn, NotSent, Press, Say, Shortcut, Submit};
use super::{Answered, Slack};

mod world;

type Here = Shared<Slack>;

/// The longest a long-poll waits, in milliseconds.
const LONGEST_WAIT_MS: u64 = 60_000;

pub(super) fn router() -> Router<Slack> {
    Router::new()
        .route("/events", get(events))
        .route("/messages", get(messages).delete(world::delete_message))
        .route("/command", post(command))
        .route("/shortcut", post(shortcut))
        .route("/say", post(say))
        .route("/press", post(press))
        .route("/suggest", post(suggest))
        .route("/submit", post(submit))
        .route("/close", post(close))
        .route("/home", post(home))
        .route("/files/{id}", get(file).delete(world::delete_file))
        .route("/deliveries", get(deliveries))
        .route("/deliveries/{id}", get(delivery))
        .merge(world::router())
}

/// A refusal of these routes: `{"error": "…"}`.
struct Wrong(StatusCode, String);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<NotSent> for Wrong {
    fn from(why: NotSent) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, why.0)
    }
}

impl Wrong {
    fn missing(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }
}

type Answer = Result<Json<Value>, Wrong>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

impl Since {
    fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms.min(LONGEST_WAIT_MS))
    }
}

/// Events after a number; waits for the first when there are none yet and `wait_ms` is given.
async fn events(Shared(slack): Here, Query(since): Query<Since>) -> Json<Vec<SeenEvent>> {
    if since.wait_ms > 0 {
        // Whether it came or not, what there is now is the answer.
        slack
            .wait_for_event(|event| event.seq > since.after, since.wait())
            .await;
    }
    Json(slack.events(since.after))
}

/// Deliveries after a number, likewise.
async fn deliveries(Shared(slack): Here, Query(since): Query<Since>) -> Json<Vec<Answered>> {
    if since.wait_ms > 0 {
        slack
            .wait_for_delivery(|known| known.id > since.after, since.wait())
            .await;
    }
    Json(slack.deliveries(since.after))
}

/// How far a delivery has come; waits for its end when `wait_ms` is given.
async fn delivery(Shared(slack): Here, Path(id): Path<u64>, Query(since): Query<Since>) -> Answer {
    if since.wait_ms > 0 {
        slack.wait_for_answer(id, since.wait()).await;
    }
    let answered = slack.answer(id).ok_or_else(|| Wrong::missing("delivery"))?;
    Ok(Json(json!(answered)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessagesQuery {
    channel: String,
    user: Option<String>,
}

async fn messages(Shared(slack): Here, Query(query): Query<MessagesQuery>) -> Json<Vec<SeenEvent>> {
    Json(slack.messages(&query.channel, query.user.as_deref()))
}

async fn command(Shared(slack): Here, Json(given): Json<Command>) -> Answer {
    Ok(Json(json!({"delivery": slack.command(&given)?})))
}

async fn shortcut(Shared(slack): Here, Json(given): Json<Shortcut>) -> Answer {
    Ok(Json(json!({"delivery": slack.shortcut(&given)?})))
}

/// A file in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    /// The field it is for; not needed in a message.
    #[serde(default)]
    name: String,
    filename: String,
    /// The bytes in base64.
    data: String,
    #[serde(default)]
    foreign: bool,
}

impl FileJson {
    fn read(self) -> Result<(String, FileIn), Wrong> {
        let bytes = STANDARD
            .decode(&self.data)
            .map_err(|error| Wrong(StatusCode::BAD_REQUEST, error.to_string()))?;
        let file = FileIn {
            foreign: self.foreign,
            ..FileIn::new(self.filename, bytes)
        };
        Ok((self.name, file))
    }
}

fn read(files: Vec<FileJson>) -> Result<Vec<(String, FileIn)>, Wrong> {
    files.into_iter().map(FileJson::read).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SayJson {
    user: Option<String>,
    channel: Option<String>,
    #[serde(default)]
    text: String,
    thread_ts: Option<String>,
    #[serde(default)]
    files: Vec<FileJson>,
    #[serde(default)]
    in_share_dialog: bool,
}

async fn say(Shared(slack): Here, Json(given): Json<SayJson>) -> Answer {
    let base = Say::new(given.text);
    let ts = slack.say(Say {
        user: given.user.unwrap_or(base.user),
        channel: given.channel.unwrap_or(base.channel),
        text: base.text,
        thread_ts: given.thread_ts,
        files: read(given.files)?
            .into_iter()
            .map(|(_, file)| file)
            .collect(),
        in_share_dialog: given.in_share_dialog,
    })?;
    Ok(Json(json!({"ts": ts})))
}

async fn press(Shared(slack): Here, Json(given): Json<Press>) -> Answer {
    Ok(Json(json!({"delivery": slack.press(&given)?})))
}

async fn suggest(Shared(slack): Here, Json(given): Json<Press>) -> Answer {
    Ok(Json(json!({"delivery": slack.suggest(&given)?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubmitJson {
    view: String,
    #[serde(default)]
    values: Map<String, Value>,
    #[serde(default)]
    files: Vec<FileJson>,
}

async fn submit(Shared(slack): Here, Json(given): Json<SubmitJson>) -> Answer {
    let submit = Submit {
        view: given.view,
        values: given.values.into_iter().collect(),
        files: read(given.files)?,
    };
    Ok(Json(json!({"delivery": slack.submit(submit)?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseJson {
    view: String,
}

async fn close(Shared(slack): Here, Json(given): Json<CloseJson>) -> Answer {
    Ok(Json(json!({"delivery": slack.close(&given.view)?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HomeJson {
    user: String,
}

async fn home(Shared(slack): Here, Json(given): Json<HomeJson>) -> Answer {
    slack.open_home(&given.user)?;
    Ok(Json(json!({})))
}

/// The bytes of a file; no token is needed here.
async fn file(Shared(slack): Here, Path(id): Path<String>) -> Result<Response, Wrong> {
    let bytes = slack.file(&id).ok_or_else(|| Wrong::missing("file"))?;
    let kind = super::files::sniff(&bytes, "").0;
    Ok(([(header::CONTENT_TYPE, kind)], Body::from(bytes)).into_response())
}
