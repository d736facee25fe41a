//! Files: an address to put one to, and the address it has afterwards.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Settings, VENDOR,
    envelope::{Envelope, Failure},
};
use crate::{
    media::{File, MediaShelf},
    world::World,
};

/// A file that was announced.
#[derive(Clone, Debug)]
struct Announced {
    account: String,
    name: String,
    content_type: String,
    size: Option<u64>,
    /// The last part of the address it is put to: whoever knows it needs no key.
    ticket: String,
}

/// Every file that was announced, by the token it is kept under.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    by_token: Mutex<BTreeMap<String, Announced>>,
}

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Announced>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Deserialize)]
struct Announcement {
    files: Vec<Part>,
}

/// A file to come. `uri` and `path` are the client's own business.
#[derive(Debug, Deserialize)]
struct Part {
    filename: Option<String>,
    content_type: Option<String>,
    size: Option<u64>,
}

/// Answers for the account behind the key, or says why not.
fn answer(
    world: &World,
    headers: &HeaderMap,
    body: impl FnOnce(&Settings, Envelope, &str) -> Result<Response, Failure>,
) -> Response {
    let settings = world.inferencesh.settings();
    let envelope = settings.envelope.asked_for(headers);
    let account = settings.keys.account(headers).ok_or(Failure::Unauthorized);
    account
        .and_then(|account| body(&settings, envelope, &account))
        .unwrap_or_else(|failure| failure.respond(envelope))
}

pub(super) async fn announce(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&world, &headers, |_, envelope, account| {
        let announcement: Announcement = serde_json::from_slice(&body)
            .map_err(|error| Failure::invalid("files", &error.to_string()))?;
        let told: Vec<Value> = announcement
            .files
            .into_iter()
            .map(|part| {
                let token = world.ids.hex();
                let name = part.filename.as_deref().map_or_else(String::new, safe);
                let announced = Announced {
                    account: account.to_owned(),
                    name: if name.is_empty() {
                        "file".to_owned()
                    } else {
                        name
                    },
                    content_type: part
                        .content_type
                        .unwrap_or_else(|| "application/octet-stream".to_owned()),
                    size: part.size,
                    ticket: world.ids.hex(),
                };
                let told = told(&world, &token, &announced, true);
                world.inferencesh.uploads.lock().insert(token, announced);
                told
            })
            .collect();
        Ok(envelope.wrap(&json!(told)))
    })
}

/// A name that can stand in an address.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let letters = last.chars().map(|letter| {
        if letter.is_ascii_alphanumeric() || ".-_".contains(letter) {
            letter
        } else {
            '_'
        }
    });
    letters.collect()
}

fn told(world: &World, token: &str, file: &Announced, with_ticket: bool) -> Value {
    let origin = world.origin();
    let mut told = json!({
        "id": token,
        "uri": format!("{origin}{}", MediaShelf::path(token, &file.name)),
        "filename": file.name,
        "content_type": file.content_type,
        "size": file.size,
    });
    if with_ticket {
        let ticket = &file.ticket;
        told["upload_url"] = json!(format!("{origin}/{VENDOR}/uploads/{token}/{ticket}"));
    }
    told
}

/// Takes the bytes of a file that was announced. The address is the permission.
pub(super) async fn put(
    State(world): State<Arc<World>>,
    Path((token, ticket)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let known = world.inferencesh.uploads.lock().get(&token).cloned();
    let Some(announced) = known.filter(|file| file.ticket == ticket) else {
        return Failure::Forbidden.respond(Envelope::Bare);
    };
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    // Puts to a store are signed over their type.
    if given.is_some_and(|given| given != announced.content_type) {
        return Failure::Forbidden.respond(Envelope::Bare);
    }
    world.media.put(
        &token,
        File {
            name: announced.name,
            content_type: announced.content_type,
            bytes: body,
        },
    );
    StatusCode::OK.into_response()
}

pub(super) async fn look(
    State(world): State<Arc<World>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(&world, &headers, |_, envelope, account| {
        let file = own(&world, &token, account)?;
        Ok(envelope.wrap(&told(&world, &token, &file, false)))
    })
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(&world, &headers, |_, _, account| {
        own(&world, &token, account)?;
        world.media.remove(&token);
        world.inferencesh.uploads.lock().remove(&token);
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

fn own(world: &World, token: &str, account: &str) -> Result<Announced, Failure> {
    let uploads = world.inferencesh.uploads.lock();
    let file = uploads.get(token).filter(|file| file.account == account);
    file.cloned().ok_or(Failure::NotFound("file"))
}

pub(super) async fn list(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    answer(&world, &headers, |_, envelope, account| {
        let uploads = world.inferencesh.uploads.lock();
        let own = uploads.iter().filter(|(_, file)| file.account == account);
        let items: Vec<Value> = own
            .map(|(token, file)| told(&world, token, file, false))
            .collect();
        drop(uploads);
        let page = json!({ "items": items, "next_cursor": "", "has_next": false });
        Ok(envelope.wrap(&page))
    })
}
