//! What tests do to the world over HTTP.

use axum::extract::{Path, State as Shared};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Here, Wrong};
use crate::discord::{Discord, GatewayAct, RateLimits, Snowflake};

pub(super) fn router() -> Router<Discord> {
    Router::new()
        .route("/interactions/{id}/expire", post(expire_token))
        .route("/interactions/{id}/redeliver", post(redeliver))
        .route("/links/expire", post(expire_links))
        .route("/permissions", post(permissions))
        .route("/roles", post(roles))
        .route("/file-limit", post(file_limit))
        .route("/direct-messages", post(direct_messages))
        .route("/gateway", get(gateway).post(act))
        .route("/rate-limits", get(rate_limits).post(set_rate_limits))
        .route("/tokens", post(add_token))
        .route("/users", post(add_user))
        .route("/guilds", post(add_guild))
        .route("/channels", post(add_channel))
        .route("/new-roles", post(add_role))
}

/// `{}` when it was done, 404 when what it was about is not there.
fn done(is_done: bool, what: &str) -> Answer {
    if is_done {
        Ok(Json(json!({})))
    } else {
        Err(Wrong::missing(what))
    }
}

/// The id of what was made.
fn made(id: Option<Snowflake>) -> Answer {
    id.map(|id| Json(json!({"id": id})))
        .ok_or_else(|| Wrong::missing("guild"))
}

pub(super) async fn delete_message(Shared(discord): Here, Path(id): Path<Snowflake>) -> Answer {
    done(discord.delete_message(id), "message")
}

pub(super) async fn delete_file(Shared(discord): Here, Path(id): Path<Snowflake>) -> Answer {
    done(discord.delete_file(id), "file")
}

async fn expire_token(Shared(discord): Here, Path(id): Path<Snowflake>) -> Answer {
    done(discord.expire_token(id), "interaction")
}

async fn redeliver(Shared(discord): Here, Path(id): Path<Snowflake>) -> Json<Value> {
    Json(json!({"connections": discord.redeliver(id)}))
}

async fn expire_links(Shared(discord): Here) -> Json<Value> {
    discord.expire_links();
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    channel: String,
    bits: u64,
}

async fn permissions(Shared(discord): Here, Json(given): Json<Permissions>) -> Answer {
    done(
        discord.set_bot_permissions(&given.channel, given.bits),
        "channel",
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roster {
    user: String,
    guild: String,
    roles: Vec<String>,
}

async fn roles(Shared(discord): Here, Json(given): Json<Roster>) -> Answer {
    done(
        discord.set_roles(&given.user, &given.guild, &given.roles),
        "user, guild or role",
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLimit {
    guild: String,
    bytes: u64,
}

async fn file_limit(Shared(discord): Here, Json(given): Json<FileLimit>) -> Answer {
    done(discord.set_file_limit(&given.guild, given.bytes), "guild")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectMessages {
    user: String,
    takes: bool,
}

async fn direct_messages(Shared(discord): Here, Json(given): Json<DirectMessages>) -> Answer {
    done(discord.set_takes_messages(&given.user, given.takes), "user")
}

async fn gateway(Shared(discord): Here) -> Json<Value> {
    Json(json!({"connections": discord.connections()}))
}

async fn act(Shared(discord): Here, Json(act): Json<GatewayAct>) -> Json<Value> {
    Json(json!({"connections": discord.gateway(act)}))
}

async fn rate_limits(Shared(discord): Here) -> Json<Value> {
    let invalid = discord.invalid_requests();
    Json(json!({"limits": discord.rate_limits(), "invalid_requests_counted": invalid}))
}

async fn set_rate_limits(Shared(discord): Here, Json(limits): Json<RateLimits>) -> Json<Value> {
    discord.set_rate_limits(limits);
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    token: String,
}

async fn add_token(Shared(discord): Here, Json(given): Json<Token>) -> Json<Value> {
    discord.add_bot_token(given.token);
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

async fn add_user(Shared(discord): Here, Json(given): Json<Named>) -> Answer {
    made(Some(discord.add_user(&given.name)))
}

async fn add_guild(Shared(discord): Here, Json(given): Json<Named>) -> Answer {
    made(Some(discord.add_guild(&given.name)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewChannel {
    guild: String,
    name: String,
    #[serde(default)]
    nsfw: bool,
}

async fn add_channel(Shared(discord): Here, Json(given): Json<NewChannel>) -> Answer {
    made(discord.add_channel(&given.guild, &given.name, given.nsfw))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRole {
    guild: String,
    name: String,
    #[serde(default)]
    permissions: u64,
}

async fn add_role(Shared(discord): Here, Json(given): Json<NewRole>) -> Answer {
    made(discord.add_role(&given.guild, &given.name, given.permissions))
}
