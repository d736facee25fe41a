//! `GET /tasks/{id}/stream`: what happens to a task, as it happens, in NDJSON or as server-sent events.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{envelope::Failure, status::Status, status::StatusTable, tasks::Task};
use crate::{play::Twist, script::Effect, world::World};

/// How long nothing may be said, in milliseconds of the world's time.
const HEARTBEAT_MS: u64 = 10_000;

/// The query of a stream.
#[derive(Debug, Deserialize)]
pub(super) struct Resumed {
    last_event_id: Option<String>,
}

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// A JSON document a line.
    Lines,
    /// `event`, `id` and `data`.
    Events,
}

pub(super) async fn stream(
    State(world): State<Arc<World>>,
    twist: Option<Extension<Twist>>,
    Path(id): Path<String>,
    Query(resumed): Query<Resumed>,
    headers: HeaderMap,
) -> Response {
    let settings = world.inferencesh.settings();
    let found = super::find(&world, &settings, &headers, &id);
    let task = match found {
        Ok(task) => task,
        Err(failure) => return failure.respond(settings.envelope.asked_for(&headers)),
    };
    let accepts = |wanted: &str| {
        let given = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok());
        given.is_some_and(|given| given.contains(wanted))
    };
    let dialect = if accepts("application/x-ndjson") && !settings.sse_only {
        Dialect::Lines
    } else {
        Dialect::Events
    };
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok().map(str::to_owned))
        .or(resumed.last_event_id);
    let seen = match last.filter(|_| dialect == Dialect::Events) {
        None => None,
        Some(last) => {
            let Ok(seen) = last.parse() else {
                let failure = Failure::invalid("last_event_id", "Invalid id");
                return failure.respond(settings.envelope.asked_for(&headers));
            };
            Some(seen)
        }
    };
    let (cut_after, is_malformed) = match twist {
        Some(Extension(Twist(Effect::CutStream { events }))) => (Some(events), false),
        Some(Extension(Twist(Effect::MalformedLine))) => (None, true),
        Some(_) | None => (None, false),
    };
    let teller = Teller {
        world,
        id,
        account: task.account,
        table: settings.status_table,
        dialect,
        seen,
        told: 0,
        cut_after,
        is_malformed,
        is_over: false,
    };
    let kind = match dialect {
        Dialect::Lines => "application/x-ndjson",
        Dialect::Events => "text/event-stream",
    };
    let body = Body::from_stream(stream::unfold(teller, Teller::next));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (StatusCode::OK, headers, body).into_response()
}

/// Tells what happens, one thing after another.
struct Teller {
    world: Arc<World>,
    id: String,
    account: String,
    table: StatusTable,
    dialect: Dialect,
    /// How many things the client knows of; none when it knows of nothing.
    seen: Option<usize>,
    /// How many events were told.
    told: u32,
    /// After how many the stream ends, whatever happens.
    cut_after: Option<u32>,
    /// Whether a line that cannot be read is still to come.
    is_malformed: bool,
    is_over: bool,
}

impl Teller {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.is_over || self.cut_after.is_some_and(|most| self.told >= most) {
            return None;
        }
        let world = Arc::clone(&self.world);
        let mut changes = world.inferencesh.tasks.subscribe();
        let quiet_until = world.clock.now_ms().saturating_add(HEARTBEAT_MS);
        loop {
            changes.mark_unchanged();
            // Visible once, visible for good: whoever deletes a task ends its streams.
            let task = world
                .inferencesh
                .tasks
                .get(&self.id, &self.account, u64::MAX)?;
            if let Some(text) = self.news(&task) {
                return Some((Ok(Bytes::from(text)), self));
            }
            tokio::select! {
                () = world.closing.cancelled() => return None,
                () = world.clock.sleep_until(quiet_until) => {
                    return Some((Ok(Bytes::from_static(self.heartbeat())), self));
                }
                // The sender lives in the world.
                _ = changes.changed() => {}
            }
        }
    }

    fn heartbeat(&self) -> &'static [u8] {
        match self.dialect {
            Dialect::Lines => b"{\"type\":\"heartbeat\"}\n",
            Dialect::Events => b": heartbeat\n\n",
        }
    }

    /// The next thing to tell, when there is one.
    fn news(&mut self, task: &Task) -> Option<String> {
        let revision = task.revision();
        let is_first = self.seen.is_none();
        let next = match self.seen {
            None => revision,
            Some(seen) if seen < revision => seen + 1,
            // Everything is known already, the end included: it is told once more.
            Some(_) if task.status().is_end() && self.told == 0 => revision,
            Some(_) => return None,
        };
        if self.is_malformed && self.told == 1 {
            self.is_malformed = false;
            return Some(self.broken());
        }
        self.seen = Some(next);
        self.told += 1;
        let told = task.told_at(next, self.table);
        let is_end = next == revision && task.status().is_end();
        self.is_over = is_end;
        let text = match self.dialect {
            // The first and the last are whole, what is between tells only what is new.
            Dialect::Lines if is_first || is_end => format!("{told}\n"),
            Dialect::Lines => format!("{}\n", partial(&told)),
            Dialect::Events => {
                let name = match task.status() {
                    Status::Failed | Status::Rejected if is_end => "error",
                    _ if is_end => "done",
                    _ => "update",
                };
                format!("event: {name}\nid: {next}\ndata: {told}\n\n")
            }
        };
        Some(text)
    }

    fn broken(&self) -> String {
        match self.dialect {
            Dialect::Lines => "{\"data\":{\"status\":\n".to_owned(),
            Dialect::Events => "event: update\ndata: {\"status\":\n\n".to_owned(),
        }
    }
}

/// What is new in a state.
fn partial(told: &Value) -> Value {
    let fields = ["id", "status", "status_text", "updated_at", "events"];
    let data: serde_json::Map<String, Value> = fields
        .iter()
        .map(|name| ((*name).to_owned(), told[*name].clone()))
        .collect();
    json!({ "data": data, "fields": fields })
}
