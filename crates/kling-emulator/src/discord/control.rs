//! The person's side over HTTP, below `/_emulator/discord`.

use std::time::Duration;

use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::event::ChannelEvent;
use super::message::FileIn;
use super::person::{Invocation, ModalSubmit, NotSent, Press};
use super::snowflake::Snowflake;
use super::{Discord, form};
use crate::play;

mod moderating;

type Here = Shared<Discord>;

/// The longest a long-poll waits, in milliseconds.
const LONGEST_WAIT_MS: u64 = 60_000;

pub(super) fn router() -> Router<Discord> {
    Router::new()
        .route("/events", get(events))
        .route("/messages", get(messages))
        .route("/commands", get(commands))
        .route("/invoke", post(invoke))
        .route("/autocomplete", post(autocomplete))
        .route("/press", post(press))
        .route("/modal", post(modal))
        .route("/say", post(say))
        .route("/interactions/{id}", get(interaction))
        .route("/messages/{id}", delete(moderating::delete_message))
        .route("/files/{id}", delete(moderating::delete_file))
        .merge(moderating::router())
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
    fn bad(why: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{why}"))
    }

    fn missing(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }
}

type Answer = Result<Json<Value>, Wrong>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

/// Events after a number; waits for the first when there are none yet and `wait_ms` is given.
async fn events(
    Shared(discord): Here,
    Query(query): Query<EventsQuery>,
) -> Json<Vec<ChannelEvent>> {
    if query.wait_ms > 0 {
        let wait = Duration::from_millis(query.wait_ms.min(LONGEST_WAIT_MS));
        // Whether it came or not, what there is now is the answer.
        discord
            .wait_for_event(|event| event.seq > query.after, wait)
            .await;
    }
    Json(discord.events(query.after))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessagesQuery {
    channel: String,
    user: Option<String>,
}

async fn messages(
    Shared(discord): Here,
    Query(query): Query<MessagesQuery>,
) -> Json<Vec<ChannelEvent>> {
    Json(discord.messages(&query.channel, query.user.as_deref()))
}

async fn commands(Shared(discord): Here) -> Json<Vec<Value>> {
    Json(discord.commands())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitQuery {
    #[serde(default)]
    wait_ms: u64,
}

/// How far an interaction's answer has come; waits for it when `wait_ms` is given.
async fn interaction(
    Shared(discord): Here,
    Path(id): Path<Snowflake>,
    Query(query): Query<WaitQuery>,
) -> Answer {
    if query.wait_ms > 0 {
        let wait = Duration::from_millis(query.wait_ms.min(LONGEST_WAIT_MS));
        // Whether it came or not, what there is now is the answer.
        discord.wait_for_answer(id, wait).await;
    }
    let answered = discord
        .answer(id)
        .ok_or_else(|| Wrong::missing("interaction"))?;
    Ok(Json(json!(answered)))
}

/// A file in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    /// The option or field it is for; not needed in a message.
    #[serde(default)]
    name: String,
    filename: String,
    content_type: Option<String>,
    /// The bytes in base64.
    data: String,
}

impl FileJson {
    fn read(self) -> Result<(String, FileIn), Wrong> {
        let bytes = STANDARD.decode(&self.data).map_err(Wrong::bad)?.into();
        let file = FileIn {
            filename: self.filename,
            content_type: self.content_type,
            bytes,
        };
        Ok((self.name, file))
    }
}

/// A body: JSON, or a form whose `payload_json` is that JSON and whose files are named by field.
async fn body(request: Request) -> Result<(Value, Vec<(String, FileIn)>), Wrong> {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, play::BODY_LIMIT)
        .await
        .map_err(Wrong::bad)?;
    let (mut json, mut files) = form::read_named(&parts.headers, bytes)
        .await
        .map_err(|refusal| Wrong::bad(refusal.message))?;
    if let Some(listed) = json
        .as_object_mut()
        .and_then(|fields| fields.remove("files"))
    {
        let listed: Vec<FileJson> = serde_json::from_value(listed).map_err(Wrong::bad)?;
        for file in listed {
            files.push(file.read()?);
        }
    }
    Ok((json, files))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvokeJson {
    user: Option<String>,
    channel: Option<String>,
    guild: Option<String>,
    command: String,
    #[serde(default)]
    options: Map<String, Value>,
    target: Option<String>,
    locale: Option<String>,
    attachment_size_limit: Option<u64>,
    app_permissions: Option<u64>,
    #[serde(default)]
    user_installed: bool,
    focused: Option<String>,
}

impl InvokeJson {
    fn read(self, files: Vec<(String, FileIn)>) -> Invocation {
        let base = Invocation::new(self.command);
        Invocation {
            user: self.user.unwrap_or(base.user),
            channel: self.channel.unwrap_or(base.channel),
            guild: self.guild,
            command: base.command,
            options: self.options.into_iter().collect(),
            files,
            target: self.target,
            locale: self.locale.unwrap_or(base.locale),
            attachment_size_limit: self.attachment_size_limit,
            app_permissions: self.app_permissions,
            user_installed: self.user_installed,
        }
    }
}

async fn invoke(Shared(discord): Here, request: Request) -> Answer {
    let (json, files) = body(request).await?;
    let given: InvokeJson = serde_json::from_value(json).map_err(Wrong::bad)?;
    let id = discord.invoke(given.read(files))?;
    Ok(Json(json!({"interaction_id": id})))
}

async fn autocomplete(Shared(discord): Here, request: Request) -> Answer {
    let (json, files) = body(request).await?;
    let given: InvokeJson = serde_json::from_value(json).map_err(Wrong::bad)?;
    let focused = given
        .focused
        .clone()
        .ok_or_else(|| Wrong::bad("focused is missing"))?;
    let id = discord.autocomplete(given.read(files), &focused)?;
    Ok(Json(json!({"interaction_id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PressJson {
    user: Option<String>,
    message: Snowflake,
    custom_id: String,
    #[serde(default)]
    values: Vec<String>,
    locale: Option<String>,
}

async fn press(Shared(discord): Here, Json(given): Json<PressJson>) -> Answer {
    let base = Press::new(given.message, given.custom_id);
    let press = Press {
        user: given.user.unwrap_or(base.user),
        values: given.values,
        locale: given.locale.unwrap_or(base.locale),
        message: base.message,
        custom_id: base.custom_id,
    };
    let id = discord.press(&press)?;
    Ok(Json(json!({"interaction_id": id})))
}

/// One value or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModalJson {
    interaction: Snowflake,
    #[serde(default)]
    values: std::collections::BTreeMap<String, Values>,
}

async fn modal(Shared(discord): Here, request: Request) -> Answer {
    let (json, files) = body(request).await?;
    let given: ModalJson = serde_json::from_value(json).map_err(Wrong::bad)?;
    let values = given.values.into_iter().map(|(id, values)| match values {
        Values::One(value) => (id, vec![value]),
        Values::Many(values) => (id, values),
    });
    let submit = ModalSubmit {
        interaction: given.interaction,
        values: values.collect(),
        files,
    };
    let id = discord.submit_modal(&submit)?;
    Ok(Json(json!({"interaction_id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SayJson {
    user: Option<String>,
    channel: Option<String>,
    #[serde(default)]
    content: String,
}

async fn say(Shared(discord): Here, request: Request) -> Answer {
    let (json, files) = body(request).await?;
    let given: SayJson = serde_json::from_value(json).map_err(Wrong::bad)?;
    let user = given.user.as_deref().unwrap_or("ada");
    let channel = given.channel.as_deref().unwrap_or("pictures");
    let files = files.into_iter().map(|(_, file)| file).collect();
    let id = discord.say(user, channel, &given.content, files)?;
    Ok(Json(json!({"message_id": id})))
}
