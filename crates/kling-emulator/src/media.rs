//! The pictures that vendors make, and the shelf they are served from.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;

use crate::{
    play::{self, Stage, Twist},
    script::Effect,
    world::World,
};

mod canvas;
mod fetch;
mod font;
mod picture;
mod prepared;
mod reference;
pub mod size;
pub mod video;

pub(crate) use self::{
    fetch::{fetch, is_loopback},
    picture::{Format, Scene},
    prepared::Prepared,
    reference::{Reference, Sniffed, hex},
};

/// The most bytes kept; the oldest files go first. Enough for hundreds of large pictures.
const SHELF_BYTES: usize = 512 * 1024 * 1024;

/// A web page that a broken link serves in place of a picture.
pub(crate) const WEB_PAGE: &str =
    "<!doctype html><html><head><title>Not a picture</title></head><body>Sorry.</body></html>";

/// A file on the shelf.
#[derive(Clone, Debug)]
pub struct File {
    /// The name at the end of its path.
    pub name: String,
    /// The type it is served as.
    pub content_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// Files in memory, each under a token that cannot be guessed.
#[derive(Debug, Default)]
pub struct MediaShelf {
    files: Mutex<Files>,
    pub(crate) prepared: Prepared,
}

#[derive(Debug, Default)]
struct Files {
    by_token: BTreeMap<String, File>,
    oldest_first: VecDeque<String>,
    bytes: usize,
}

impl MediaShelf {
    /// Whether results are drawn once for each shape (format, pixels, length) from now on and then served again, each
    /// copy valid and with a number of its own in it, in place of being drawn for each job. They are not at first.
    pub fn prepare(&self, on: bool) {
        self.prepared.switch(on);
    }

    /// Puts a file up under `token`; answers its path on the emulator's origin.
    pub fn put(&self, token: &str, file: File) -> String {
        let path = Self::path(token, &file.name);
        let mut files = self.lock();
        files.bytes += file.bytes.len();
        match files.by_token.insert(token.to_owned(), file) {
            Some(replaced) => files.bytes -= replaced.bytes.len(),
            None => files.oldest_first.push_back(token.to_owned()),
        }
        while files.bytes > SHELF_BYTES
            && let Some(oldest) = files.oldest_first.pop_front()
        {
            let gone = files
                .by_token
                .remove(&oldest)
                .map_or(0, |file| file.bytes.len());
            files.bytes -= gone;
        }
        path
    }

    /// The path of a file, whether it is there or not.
    pub fn path(token: &str, name: &str) -> String {
        format!("/media/{token}/{name}")
    }

    /// The file under `token` with that name.
    pub fn get(&self, token: &str, name: &str) -> Option<File> {
        self.lock()
            .by_token
            .get(token)
            .filter(|file| file.name == name)
            .cloned()
    }

    /// Takes a file down; whether there was one.
    pub fn remove(&self, token: &str) -> bool {
        let mut files = self.lock();
        let removed = files.by_token.remove(token);
        let size = removed.as_ref().map_or(0, |file| file.bytes.len());
        files.bytes -= size;
        files.oldest_first.retain(|kept| kept != token);
        removed.is_some()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.lock().by_token.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the shelf: `GET /{token}/{name}`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let stage = Stage {
        world: Arc::clone(world),
        place: "media",
    };
    Router::new()
        .route("/{token}/{name}", get(serve))
        .layer(middleware::from_fn_with_state(stage, play::through))
        .with_state(Arc::clone(world))
}

async fn serve(
    State(world): State<Arc<World>>,
    Path((token, name)): Path<(String, String)>,
    twist: Option<Extension<Twist>>,
) -> Response {
    let Some(file) = world.media.get(&token, &name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let twist = twist.map(|Extension(Twist(effect))| effect);
    let (content_type, bytes) = match twist {
        Some(Effect::DeadLink) => return StatusCode::NOT_FOUND.into_response(),
        Some(Effect::NotAPicture) => (file.content_type, Bytes::from_static(WEB_PAGE.as_bytes())),
        Some(Effect::Mislabelled) => (other_type(&file.content_type).to_owned(), file.bytes),
        // What is left of the effects is played on the way, or means nothing here.
        Some(_) | None => (file.content_type, file.bytes),
    };
    ([(header::CONTENT_TYPE, content_type)], bytes).into_response()
}

/// A picture type that `content_type` is not.
fn other_type(content_type: &str) -> &'static str {
    if content_type == "image/jpeg" {
        "image/png"
    } else {
        "image/jpeg"
    }
}
