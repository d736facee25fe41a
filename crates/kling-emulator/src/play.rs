//! Plays the scripted faults on a vendor's requests, and writes every request into the journal.

use std::{collections::BTreeMap, convert::Infallible, future::pending, sync::Arc, time::Duration};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use serde_json::{Map, Value, json};

use crate::{clock::Clock, journal::Entry, listener::OnConnection, script::Effect, world::World};

/// The largest request body taken, 256 MB: ten pictures of 10 MB come as data URIs of 134 MB.
pub const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// What is said to a larger one. No vendor documents it; this is what the framework says that AIML API's other
/// refusals look like.
const TOO_LARGE: &str = r#"{"statusCode":413,"message":"request entity too large"}"#;

/// How long the first half of a truncated body gets to arrive before the connection breaks.
const TRUNCATION_PAUSE: Duration = Duration::from_millis(50);

/// Where a request is played: whose it is.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The world it is played in.
    pub world: Arc<World>,
    /// The place that faults and journal entries name.
    pub place: &'static str,
}

/// Among a request's extensions: the fault whose effect only the handler can play.
#[derive(Clone, Debug)]
pub struct Twist(pub Effect);

/// Among a response's extensions: what the journal is to know besides the status.
#[derive(Clone, Debug, Default)]
pub struct Detail(pub Map<String, Value>);

/// Among a request's extensions: the path to show in journal and script, where the real one holds
/// a secret.
#[derive(Clone, Debug)]
pub struct Shown(pub String);

/// The middleware that plays faults around `next`; use it with
/// [`axum::middleware::from_fn_with_state`] and a [`Stage`].
///
/// The handler finds the whole body in memory. Every request leaves one entry whose `event` is
/// `answered`, `hung`, `reset`, or `gone` when the client left first.
pub async fn through(
    State(stage): State<Stage>,
    Extension(connection): OnConnection,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = match parts.extensions.remove::<Shown>() {
        Some(Shown(path)) => path,
        None => parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
    };
    let mut note = Note::new(&stage, parts.method.as_str(), &path);
    let Some(body) = collected(body, BODY_LIMIT).await else {
        return note.answered(scripted(413, &BTreeMap::new(), TOO_LARGE, ""));
    };
    let effect = stage
        .world
        .script
        .take(stage.place, &format!("{} {path}", parts.method));
    note.fault = effect.as_ref().map(|effect| json!(effect)["kind"].take());

    match &effect {
        Some(Effect::Status {
            status,
            headers,
            body,
            content_type,
        }) => {
            return note.answered(scripted(*status, headers, body, content_type));
        }
        Some(Effect::Redirect { location }) => {
            let headers = BTreeMap::from([("location".to_owned(), location.clone())]);
            return note.answered(scripted(307, &headers, "", ""));
        }
        Some(Effect::Hang) => {
            note.write("hung", None, Map::new());
            return absurd(pending().await);
        }
        Some(Effect::ResetBefore) => {
            note.write("reset", None, Map::new());
            return absurd(connection.reset().await);
        }
        Some(Effect::Delay { ms }) => stage.world.clock.sleep(Duration::from_millis(*ms)).await,
        Some(
            twist @ (Effect::NullData
            | Effect::EmptyData
            | Effect::DeadLink
            | Effect::NotAPicture
            | Effect::Mislabelled
            | Effect::Fail { .. }
            | Effect::Hidden { .. }
            | Effect::CutStream { .. }
            | Effect::MalformedLine
            | Effect::NoWebhook
            | Effect::DuplicateWebhook
            | Effect::ForgedWebhook),
        ) => {
            parts.extensions.insert(Twist(twist.clone()));
        }
        // Played on the answer, below.
        Some(
            Effect::Drip { .. }
            | Effect::ResetAfter
            | Effect::BilledThen { .. }
            | Effect::Truncate
            | Effect::Garbage
            | Effect::Huge { .. },
        )
        | None => {}
    }

    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let detail = response
        .extensions_mut()
        .remove::<Detail>()
        .unwrap_or_default()
        .0;
    if effect == Some(Effect::ResetAfter) {
        note.write("reset", None, detail);
        return absurd(connection.reset().await);
    }
    let response = played_on(response, effect, &stage.world.clock).await;
    note.write("answered", Some(response.status().as_u16()), detail);
    response
}

/// The whole body; none when it has more than `limit` bytes, or breaks off. Even then it is read to its end: a client
/// that is still sending would miss the answer.
async fn collected(body: Body, limit: usize) -> Option<Bytes> {
    let mut kept = BytesMut::new();
    let mut fits = true;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.ok()?;
        fits = fits && kept.len() + piece.len() <= limit;
        if fits {
            kept.extend_from_slice(&piece);
        } else {
            kept = BytesMut::new();
        }
    }
    fits.then(|| kept.freeze())
}

/// `response` as an effect that is played on answers leaves it.
async fn played_on(response: Response, effect: Option<Effect>, clock: &Clock) -> Response {
    match effect {
        Some(Effect::BilledThen { status, body }) => scripted(status, &BTreeMap::new(), &body, ""),
        Some(Effect::Drip { bytes_per_second }) => {
            let pieces = Pieces::paced(bytes_per_second, clock.clone());
            rewritten(response, |whole| (Some(whole.len()), pieces.body(whole))).await
        }
        Some(Effect::Truncate) => rewritten(response, |whole| truncated(&whole)).await,
        Some(Effect::Garbage) => rewritten(response, |_| garbage()).await,
        Some(Effect::Huge { bytes }) => {
            rewritten(response, |whole| (None, huge(whole, bytes))).await
        }
        Some(
            Effect::Status { .. }
            | Effect::Redirect { .. }
            | Effect::Hang
            | Effect::ResetAfter
            | Effect::ResetBefore
            | Effect::Delay { .. }
            | Effect::NullData
            | Effect::EmptyData
            | Effect::DeadLink
            | Effect::NotAPicture
            | Effect::Mislabelled
            | Effect::Fail { .. }
            | Effect::Hidden { .. }
            | Effect::CutStream { .. }
            | Effect::MalformedLine
            | Effect::NoWebhook
            | Effect::DuplicateWebhook
            | Effect::ForgedWebhook,
        )
        | None => response,
    }
}

/// What a future that never ends would have given.
fn absurd(never: Infallible) -> Response {
    match never {}
}

/// The journal entry of one request; says `gone` when dropped before anything else was said.
struct Note {
    world: Arc<World>,
    entry: Option<Entry>,
    /// The kind of the fault that is played.
    fault: Option<Value>,
}

impl Note {
    fn new(stage: &Stage, method: &str, path: &str) -> Self {
        let entry = Entry::new(stage.place, method, path);
        Self {
            world: Arc::clone(&stage.world),
            entry: Some(entry),
            fault: None,
        }
    }

    fn write(&mut self, event: &str, status: Option<u16>, mut detail: Map<String, Value>) {
        let Some(entry) = self.entry.take() else {
            return;
        };
        detail.insert("event".to_owned(), json!(event));
        if let Some(fault) = self.fault.take() {
            detail.insert("fault".to_owned(), fault);
        }
        self.world
            .journal
            .append(Entry { status, ..entry }.detail(Value::Object(detail)));
    }

    fn answered(&mut self, response: Response) -> Response {
        self.write("answered", Some(response.status().as_u16()), Map::new());
        response
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.write("gone", None, Map::new());
    }
}

/// A response in the words of a fault. Headers that HTTP cannot carry are left out.
fn scripted(
    status: u16,
    headers: &BTreeMap<String, String>,
    body: &str,
    content_type: &str,
) -> Response {
    let content_type = match (content_type, body.trim_start().chars().next()) {
        ("", Some('<')) => "text/html; charset=utf-8",
        ("", Some('{' | '[')) => "application/json; charset=utf-8",
        ("", _) => "text/plain; charset=utf-8",
        (given, _) => given,
    };
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let given = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in [("content-type", content_type)].into_iter().chain(given) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// `response` with another body, and with the length that body claims to have, if any.
async fn rewritten(
    response: Response,
    rewrite: impl FnOnce(Bytes) -> (Option<usize>, Body),
) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (length, body) = rewrite(whole);
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(length) = length {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, body)
}

/// How a dripping body is cut up.
struct Pieces {
    size: usize,
    every: Duration,
    clock: Clock,
}

impl Pieces {
    /// About ten pieces a second, and at least one byte each.
    fn paced(bytes_per_second: u64, clock: Clock) -> Self {
        let pace = bytes_per_second.max(1);
        let size = (pace / 10).max(1);
        let every = Duration::from_millis(size * 1000 / pace);
        Self {
            size: usize::try_from(size).unwrap_or(usize::MAX),
            every,
            clock,
        }
    }

    fn body(self, whole: Bytes) -> Body {
        Body::from_stream(stream::unfold(
            (self, whole),
            |(pieces, mut left)| async move {
                if left.is_empty() {
                    return None;
                }
                pieces.clock.sleep(pieces.every).await;
                let piece = left.split_to(pieces.size.min(left.len()));
                Some((Ok::<_, Infallible>(piece), (pieces, left)))
            },
        ))
    }
}

/// Half of `whole`, claiming to be all of it; then the connection breaks.
fn truncated(whole: &Bytes) -> (Option<usize>, Body) {
    let length = whole.len();
    let half = whole.slice(..length / 2);
    let pieces = stream::unfold(Some(half), |half| async move {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        tokio::time::sleep(TRUNCATION_PAUSE).await;
        Some((
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
            None,
        ))
    });
    (Some(length), Body::from_stream(pieces))
}

/// Bytes that are neither JSON, nor text, nor a picture.
fn garbage() -> (Option<usize>, Body) {
    let bytes: &[u8] = b"\xff\xfe{\"data\":[{\"url\":\x00\x9f garbage \xc3\x28";
    (Some(bytes.len()), Body::from(bytes))
}

/// `whole`, then spaces until there are `bytes` of it. JSON with spaces behind it is still JSON.
fn huge(whole: Bytes, bytes: u64) -> Body {
    let filler = Bytes::from(vec![b' '; 64 * 1024]);
    Body::from_stream(filled(whole, filler, bytes))
}

fn filled(
    first: Bytes,
    filler: Bytes,
    bytes: u64,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((first, bytes), move |(next, left)| {
        let filler = filler.clone();
        async move {
            let size = usize::try_from(left).unwrap_or(usize::MAX).min(next.len());
            if left == 0 {
                return None;
            }
            let left = left - u64::try_from(size).unwrap_or(left);
            Some((Ok(next.slice(..size)), (filler, left)))
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_body_that_is_too_large_is_read_to_its_end_and_not_kept() {
        let read = Arc::new(AtomicUsize::new(0));
        let body = |pieces: usize| {
            let read = Arc::clone(&read);
            Body::from_stream(stream::iter(0..pieces).map(move |_| {
                read.fetch_add(1, Ordering::Relaxed);
                Ok::<_, Infallible>(Bytes::from_static(b"0123456789"))
            }))
        };

        let fits = collected(body(3), 30).await;
        assert_eq!(fits.map(|whole| whole.len()), Some(30));

        assert_eq!(collected(body(9), 30).await, None);
        assert_eq!(read.load(Ordering::Relaxed), 3 + 9);
    }
}
