//! A store of objects as Amazon S3 has it, in memory: every signature is really checked.
//!
//! Addresses are path-style, `/s3/BUCKET/KEY`; the region is `us-east-1`. A bucket is made by the first request that
//! names it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, Uri},
    middleware,
    response::Response,
    routing::any,
};
use bytes::Bytes;

use crate::{
    play::{self, Stage},
    world::World,
};

mod answer;
mod list;
mod objects;
mod query;
mod sign;
mod uploads;

use self::{answer::Refusal, query::Query};

/// What journal entries and faults name.
const PLACE: &str = "s3";

/// The key that is good.
pub const ACCESS_KEY: &str = "AKIAEMULATOR00000001";

/// The secret of [`ACCESS_KEY`].
pub const SECRET_KEY: &str = "emulator/secret+of/nobody0000000000000001";

/// Where the buckets are.
pub const REGION: &str = "us-east-1";

/// What is kept, and how much may be.
#[derive(Debug, Default)]
pub struct Buckets {
    state: Mutex<Shelves>,
}

#[derive(Debug, Default)]
struct Shelves {
    buckets: BTreeMap<String, Bucket>,
    capacity: Option<usize>,
    last_upload: u64,
}

#[derive(Debug, Default)]
struct Bucket {
    objects: BTreeMap<String, Object>,
    /// By upload id.
    uploads: BTreeMap<String, Upload>,
}

#[derive(Clone, Debug)]
struct Object {
    bytes: Bytes,
    etag: String,
    content_type: String,
    modified_ms: u64,
}

#[derive(Debug)]
struct Upload {
    key: String,
    content_type: String,
    begun_ms: u64,
    /// By part number.
    parts: BTreeMap<u32, Part>,
}

#[derive(Clone, Debug)]
struct Part {
    bytes: Bytes,
    etag: String,
}

impl Buckets {
    /// Takes no more than this many bytes from now on: what is beyond is a 507 in MinIO's words.
    pub fn set_capacity(&self, bytes: Option<usize>) {
        self.lock().capacity = bytes;
    }

    /// The keys of a bucket, in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let state = self.lock();
        let keys = state
            .buckets
            .get(bucket)
            .map(|bucket| bucket.objects.keys().cloned());
        keys.into_iter().flatten().collect()
    }

    /// What is kept under a key.
    pub fn get(&self, bucket: &str, key: &str) -> Option<Bytes> {
        let state = self.lock();
        let object = state.buckets.get(bucket)?.objects.get(key)?;
        Some(object.bytes.clone())
    }

    /// How many multipart uploads of a bucket are neither completed nor aborted.
    pub fn open_uploads(&self, bucket: &str) -> usize {
        let state = self.lock();
        state
            .buckets
            .get(bucket)
            .map_or(0, |bucket| bucket.uploads.len())
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    /// Whether so many bytes more find room.
    fn has_room(&self, more: usize) -> bool {
        let Some(capacity) = self.capacity else {
            return true;
        };
        let kept: usize = self.buckets.values().map(Bucket::bytes).sum();
        kept + more <= capacity
    }
}

impl Bucket {
    fn bytes(&self) -> usize {
        let objects: usize = self.objects.values().map(|object| object.bytes.len()).sum();
        let parts = self
            .uploads
            .values()
            .flat_map(|upload| upload.parts.values());
        objects + parts.map(|part| part.bytes.len()).sum::<usize>()
    }
}

/// Everything below `/s3`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let stage = Stage {
        world: Arc::clone(world),
        place: PLACE,
    };
    Router::new()
        .route("/", any(door))
        .route("/{*path}", any(door))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(stage, play::through))
        .with_state(Arc::clone(world))
}

/// One request that was let in.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    world: &'a World,
    bucket: &'a str,
    key: &'a str,
    query: &'a Query,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

async fn door(
    State(world): State<Arc<World>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Signed as the client wrote it: with what the vendor's routes are below.
    let path = format!("/{PLACE}{}", uri.path());
    let query = Query::read(uri.query().unwrap_or_default());
    let request = sign::Signed {
        method: &method,
        path: &path,
        query: &query,
        headers: &headers,
        body: &body,
    };
    let now_ms = world.clock.now_ms();
    let answered = sign::check(&request, now_ms).and_then(|()| {
        let below = query::decoded(uri.path());
        let below = below.strip_prefix('/').unwrap_or_default();
        let (bucket, key) = below.split_once('/').unwrap_or((below, ""));
        world
            .s3
            .lock()
            .buckets
            .entry(bucket.to_owned())
            .or_default();
        let asked = Asked {
            world: &world,
            bucket,
            key,
            query: &query,
            headers: &headers,
            body: &body,
        };
        route(&method, &asked)
    });
    answered.unwrap_or_else(|refusal| refusal.response(&method, &path))
}

fn route(method: &Method, asked: &Asked<'_>) -> Result<Response, Refusal> {
    let query = asked.query;
    let has = |name: &str| query.get(name).is_some();
    match (method.as_str(), asked.key.is_empty()) {
        ("GET", true) if has("uploads") => uploads::list(asked),
        ("GET", true) if has("location") => Ok(answer::location()),
        ("GET", true) => list::objects(asked),
        ("PUT" | "HEAD", true) => Ok(answer::empty(200)),
        ("POST", true) if has("delete") => objects::delete_many(asked),
        ("GET" | "HEAD", false) => objects::get(asked, method == Method::HEAD),
        ("PUT", false) if has("uploadId") => uploads::put_part(asked),
        ("PUT", false) if asked.headers.contains_key("x-amz-copy-source") => objects::copy(asked),
        ("PUT", false) => objects::put(asked),
        ("POST", false) if has("uploads") => Ok(uploads::create(asked)),
        ("POST", false) if has("uploadId") => uploads::complete(asked),
        ("DELETE", false) if has("uploadId") => uploads::abort(asked),
        ("DELETE", false) => Ok(objects::delete(asked)),
        _ => Err(answer::METHOD_NOT_ALLOWED),
    }
}
