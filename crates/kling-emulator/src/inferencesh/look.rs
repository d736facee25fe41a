//! What can be done with one task: look, cancel, delete, and the same for its files.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Settings,
    envelope::{Envelope, Failure},
    find,
    tasks::{Task, TaskFile},
};
use crate::{clock::iso, world::World};

/// Answers for the task behind the id, or says why not.
fn with_task(
    world: &World,
    headers: &HeaderMap,
    id: &str,
    answer: impl FnOnce(&Settings, Envelope, &Task) -> Result<Response, Failure>,
) -> Response {
    let settings = world.inferencesh.settings();
    let envelope = settings.envelope.asked_for(headers);
    find(world, &settings, headers, id)
        .and_then(|task| answer(&settings, envelope, &task))
        .unwrap_or_else(|failure| failure.respond(envelope))
}

pub(super) async fn whole(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |settings, envelope, task| {
        Ok(envelope.wrap(&task.told(settings.status_table)))
    })
}

pub(super) async fn status(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |settings, envelope, task| {
        let told = task.told(settings.status_table);
        let short = json!({
            "id": told["id"],
            "status": told["status"],
            "updated_at": told["updated_at"],
        });
        Ok(envelope.wrap(&short))
    })
}

pub(super) async fn cancel(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |settings, envelope, task| {
        if task.status().is_end() {
            let why = format!("cannot cancel a task that is {}", task.status().name());
            return Err(Failure::InvalidTransition(why));
        }
        task.cancel.cancel();
        if settings.cancel_with_task {
            Ok(envelope.wrap(&task.told(settings.status_table)))
        } else {
            Ok(StatusCode::NO_CONTENT.into_response())
        }
    })
}

/// The query of a deletion.
#[derive(Debug, Deserialize)]
pub(super) struct Deletion {
    #[serde(default)]
    files: bool,
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    Query(deletion): Query<Deletion>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |_, _, task| {
        finished(task)?;
        if deletion.files {
            for file in &task.files {
                world.media.remove(file.id());
            }
        }
        world.inferencesh.tasks.remove(&id);
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

fn finished(task: &Task) -> Result<(), Failure> {
    if task.status().is_end() {
        return Ok(());
    }
    let why = format!("cannot delete a task that is {}", task.status().name());
    Err(Failure::InvalidTransition(why))
}

/// The query of a task's files.
#[derive(Debug, Deserialize)]
pub(super) struct Role {
    role: Option<String>,
}

impl Role {
    fn matches(&self, file: &TaskFile) -> bool {
        self.role.as_ref().is_none_or(|role| role == file.role)
    }
}

pub(super) async fn files(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    Query(role): Query<Role>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |_, envelope, task| {
        let created_ms = task.events.first().map_or(0, |(at_ms, _)| *at_ms);
        let files = task.files.iter().filter(|file| role.matches(file));
        let told: Vec<Value> = files
            .map(|file| {
                let name = file.uri.rsplit('/').next().unwrap_or_default();
                let kept = world.media.get(file.id(), name);
                json!({
                    "id": file.id(),
                    "created_at": iso(created_ms),
                    "role": file.role,
                    "uri": file.uri,
                    "filename": name,
                    "content_type": kept.as_ref().map(|kept| &kept.content_type),
                    "size": kept.as_ref().map(|kept| kept.bytes.len()),
                })
            })
            .collect();
        Ok(envelope.wrap(&json!(told)))
    })
}

pub(super) async fn delete_files(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    Query(role): Query<Role>,
    headers: HeaderMap,
) -> Response {
    with_task(&world, &headers, &id, |_, envelope, task| {
        finished(task)?;
        let (mut deleted, mut skipped) = (Vec::new(), Vec::new());
        for file in task.files.iter().filter(|file| role.matches(file)) {
            if world.media.remove(file.id()) {
                deleted.push(file.id());
            } else {
                skipped.push(json!({ "id": file.id(), "reason": "not stored here" }));
            }
        }
        let tasks = &world.inferencesh.tasks;
        tasks.alter(&id, |task| task.files.retain(|file| !role.matches(file)));
        Ok(envelope.wrap(&json!({ "deleted": deleted, "skipped": skipped })))
    })
}
