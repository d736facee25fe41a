//! What tests do to the world over HTTP.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Here, Wrong};
use crate::settings;
use crate::slack::{
    Consent, DeliveryKind, Door, Forgery, NewChannel, RateLimits, Role, Settings, Slack, SocketAct,
    UserChange,
};

pub(super) fn router() -> Router<Slack> {
    Router::new()
        .route("/manifest", post(manifest))
        .route("/transport", get(transport).post(set_transport))
        .route("/settings", get(settings_now).post(change_settings))
        .route("/rate-limits", get(rate_limits).post(set_rate_limits))
        .route("/sockets", get(connections).post(sockets))
        .route("/channels", post(add_channel).delete(delete_channel))
        .route("/channel", post(change_channel))
        .route("/members", post(members))
        .route("/users", post(add_user))
        .route("/users/{user}", post(change_user))
        .route("/scopes", post(scopes))
        .route("/tokens", post(add_token))
        .route("/tokens/revoke", post(revoke))
        .route("/tokens/expire", post(expire))
        .route("/org-wide", post(org_wide))
        .route("/consent", post(consent))
        .route("/uninstall", post(uninstall))
        .route("/event", post(event))
        .route("/payload", post(payload))
        .route("/deliveries/{id}/redeliver", post(redeliver))
        .route("/deliveries/{id}/replay", post(replay))
        .route("/deliveries/{id}/forge", post(forge))
        .route("/request", post(request))
        .route("/url-verification", post(url_verification))
        .route("/ssl-check", post(ssl_check))
}

/// `{}` when it was done, 404 when what it was about is not there.
fn done(is_done: bool, what: &str) -> Answer {
    if is_done {
        Ok(Json(json!({})))
    } else {
        Err(Wrong::missing(what))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OneMessage {
    channel: String,
    ts: String,
}

pub(super) async fn delete_message(Shared(slack): Here, Query(given): Query<OneMessage>) -> Answer {
    done(slack.delete_message(&given.channel, &given.ts), "message")
}

pub(super) async fn delete_file(Shared(slack): Here, Path(id): Path<String>) -> Answer {
    done(slack.delete_file(&id), "file")
}

async fn manifest(Shared(slack): Here, Json(given): Json<Value>) -> Answer {
    slack.adopt(&given)?;
    Ok(Json(json!({})))
}

async fn transport(Shared(slack): Here) -> Json<Value> {
    let state = slack.lock();
    Json(json!({"socket_mode": state.app.socket_mode, "urls": state.app.urls}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransportJson {
    socket_mode: bool,
    /// One address for everything.
    url: Option<String>,
    #[serde(default)]
    urls: BTreeMap<Door, String>,
}

async fn set_transport(here: Here, Json(given): Json<TransportJson>) -> Json<Value> {
    match (given.socket_mode, given.url) {
        (true, _) => here.use_sockets(),
        (false, Some(url)) => here.use_request_url(&url),
        (false, None) => here.use_requests(given.urls),
    }
    transport(here).await
}

async fn settings_now(Shared(slack): Here) -> Json<Settings> {
    Json(slack.settings())
}

async fn change_settings(Shared(slack): Here, Json(given): Json<Map<String, Value>>) -> Answer {
    let changed = settings::changed(&slack.settings(), given)
        .map_err(|why| Wrong(StatusCode::UNPROCESSABLE_ENTITY, why))?;
    slack.change(|settings| *settings = changed);
    Ok(Json(json!(slack.settings())))
}

async fn rate_limits(Shared(slack): Here) -> Json<RateLimits> {
    Json(slack.rate_limits())
}

async fn set_rate_limits(Shared(slack): Here, Json(given): Json<RateLimits>) -> Json<Value> {
    slack.set_rate_limits(given);
    Json(json!({}))
}

async fn connections(Shared(slack): Here) -> Json<Value> {
    Json(json!({"connections": slack.connections()}))
}

async fn sockets(Shared(slack): Here, Json(act): Json<SocketAct>) -> Json<Value> {
    Json(json!({"connections": slack.sockets(act)}))
}

async fn add_channel(Shared(slack): Here, Json(given): Json<NewChannel>) -> Answer {
    Ok(Json(json!({"id": slack.add_channel(&given)?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneChannel {
    channel: String,
    archived: Option<bool>,
    restricted: Option<bool>,
    connect: Option<bool>,
}

async fn delete_channel(Shared(slack): Here, Query(given): Query<OneChannel>) -> Answer {
    done(slack.delete_channel(&given.channel), "channel")
}

async fn change_channel(Shared(slack): Here, Json(given): Json<OneChannel>) -> Answer {
    let channel = &given.channel;
    let archived = given
        .archived
        .is_none_or(|is| slack.set_archived(channel, is));
    let restricted = given
        .restricted
        .is_none_or(|is| slack.set_restricted(channel, is));
    let connect = given
        .connect
        .is_none_or(|is| slack.set_connect(channel, is));
    done(archived && restricted && connect, "channel")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Membership {
    channel: String,
    user: String,
    is_in: bool,
}

async fn members(Shared(slack): Here, Json(given): Json<Membership>) -> Answer {
    done(
        slack.set_member(&given.channel, &given.user, given.is_in),
        "channel or user",
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    team: String,
    name: String,
    #[serde(default)]
    role: Role,
}

async fn add_user(Shared(slack): Here, Json(given): Json<NewUser>) -> Answer {
    let id = slack.add_user(&given.team, &given.name, given.role)?;
    Ok(Json(json!({"id": id})))
}

async fn change_user(
    Shared(slack): Here,
    Path(user): Path<String>,
    Json(given): Json<UserChange>,
) -> Answer {
    done(slack.change_user(&user, given), "user")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    team: String,
    scopes: Vec<String>,
}

async fn scopes(Shared(slack): Here, Json(given): Json<Scopes>) -> Answer {
    let scopes = given.scopes.iter().map(String::as_str);
    done(slack.set_scopes(&given.team, scopes), "installation")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    team: String,
    token: String,
}

async fn add_token(Shared(slack): Here, Json(given): Json<NewToken>) -> Answer {
    slack.add_bot_token(&given.team, &given.token)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneToken {
    token: String,
}

async fn revoke(Shared(slack): Here, Json(given): Json<OneToken>) -> Answer {
    done(slack.revoke_token(&given.token), "token")
}

async fn expire(Shared(slack): Here, Json(given): Json<OneToken>) -> Answer {
    done(slack.expire_token(&given.token), "token")
}

async fn org_wide(Shared(slack): Here) -> Json<Value> {
    slack.make_org_wide();
    Json(json!({}))
}

async fn consent(Shared(slack): Here, Json(given): Json<Consent>) -> Answer {
    Ok(Json(json!({"location": slack.consent(&given)?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    team: String,
    #[serde(default)]
    revoked_first: bool,
}

async fn uninstall(Shared(slack): Here, Json(given): Json<Removal>) -> Answer {
    slack.uninstall(&given.team, given.revoked_first)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyEvent {
    team: String,
    event: Value,
}

async fn event(Shared(slack): Here, Json(given): Json<AnyEvent>) -> Answer {
    let id = slack.send_event(&given.team, &given.event)?;
    Ok(Json(json!({"delivery": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyPayload {
    kind: DeliveryKind,
    payload: Value,
}

async fn payload(Shared(slack): Here, Json(given): Json<AnyPayload>) -> Json<Value> {
    Json(json!({"delivery": slack.send_payload(given.kind, given.payload)}))
}

async fn redeliver(Shared(slack): Here, Path(id): Path<u64>) -> Answer {
    done(slack.redeliver(id), "delivery")
}

async fn replay(Shared(slack): Here, Path(id): Path<u64>) -> Answer {
    Ok(Json(json!({"status": slack.replay(id).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgeryJson {
    forgery: Forgery,
}

async fn forge(Shared(slack): Here, Path(id): Path<u64>, Json(given): Json<ForgeryJson>) -> Answer {
    Ok(Json(
        json!({"status": slack.forge(id, given.forgery).await?}),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyRequest {
    door: Door,
    body: String,
    content_type: String,
    #[serde(default)]
    forgery: Forgery,
}

async fn request(Shared(slack): Here, Json(given): Json<AnyRequest>) -> Answer {
    let body = Bytes::from(given.body);
    let sent = slack.send_body(given.door, body, &given.content_type, given.forgery);
    Ok(Json(json!({"status": sent.await?})))
}

async fn url_verification(Shared(slack): Here) -> Json<Value> {
    Json(json!({"verified": slack.verify_url().await}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Probe {
    #[serde(default)]
    method: String,
}

async fn ssl_check(Shared(slack): Here, Json(given): Json<Probe>) -> Json<Value> {
    let method = if given.method == "GET" { "GET" } else { "POST" };
    Json(json!({"status": slack.ssl_check(method).await}))
}
