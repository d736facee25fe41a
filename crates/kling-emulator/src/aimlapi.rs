//! AIML API, played on loopback.
//!
//! `image` makes pictures, `video` makes films, `billing` tells what they cost, `catalog` tells what there is; `auth` and
//! `error` serve them all.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, Uri},
    middleware,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::error::{Asked, Failure};
use crate::{
    play::{self, Stage},
    reading::Issue,
    references::Labels,
    world::World,
};

mod auth;
mod billing;
mod catalog;
mod error;
mod image;
mod video;

pub use self::image::{CREDITS_PER_IMAGE, NANODOLLARS_PER_CREDIT};
pub use self::video::CREDITS_PER_SECOND;
pub use crate::keys::{Keys, account_of};

/// The name of this vendor in the ledger, the journal and the script.
pub const VENDOR: &str = "aimlapi";

/// Which of the two error bodies seen in the field is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorGeneration {
    /// As captured in December 2025: `requestId`, `statusCode`, `path`, `message`.
    Flat,
    /// As captured in April 2026: `title`, `status`, `instance`, and an `error` with a `kind`.
    #[default]
    Nested,
}

/// How the vendor behaves towards those who ask for videos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VideoSettings {
    /// How long a video takes, in milliseconds of the world's time; the first quarter it is queued.
    pub latency_ms: u64,
    /// For how long a new video cannot be found, in milliseconds of the world's time.
    pub hidden_ms: u64,
    /// Whether `video` is a list, as newer models have it.
    pub as_array: bool,
    /// Whether the status is `waiting` or `active`, as in the documents' samples, and not `queued` or
    /// `generating`, as in the schema.
    pub sample_words: bool,
    /// Whether work is accepted with 201, as some pages have it, and not with 200.
    pub created_201: bool,
}

/// How the vendor behaves.
#[derive(Clone, Default)]
pub struct Settings {
    /// Whether an image request without `image_urls` is accepted (the schema says no; samples say yes), and whether
    /// a data URI may name another type than its content has.
    pub lenient: bool,
    /// Which error bodies are sent.
    pub error_generation: ErrorGeneration,
    /// How long a picture takes, in milliseconds of the world's time.
    pub latency_ms: u64,
    /// How it behaves towards those who ask for videos.
    pub video: VideoSettings,
    /// Which keys are good.
    pub keys: Keys,
}

impl Settings {
    fn labels(&self) -> Labels {
        if self.lenient {
            Labels::Ignored
        } else {
            Labels::Strict
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("lenient", &self.lenient)
            .field("error_generation", &self.error_generation)
            .field("latency_ms", &self.latency_ms)
            .field("video", &self.video)
            .finish_non_exhaustive()
    }
}

/// The settings in force; they can be changed while requests run.
#[derive(Debug, Default)]
pub struct Behaviour {
    settings: RwLock<Settings>,
    videos: video::Generations,
}

impl Behaviour {
    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the settings for requests that come from now on.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(
            &mut self
                .settings
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// What would be complained about, were this body sent to the route of its model: by the schema, by the upstream
    /// behind it, or about the files it speaks of. Empty for a body of which something would be made.
    pub async fn complaints(&self, body: &[u8]) -> Vec<String> {
        let settings = self.settings();
        let fields: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let issues = if fields.get("model").is_some_and(|name| name == image::MODEL) {
            image::complaints(body, &settings).await
        } else {
            video::complaints(body, &settings).await
        };
        issues.iter().map(Issue::sentence).collect()
    }

    /// Accepts only these keys.
    pub fn accept_only<'a>(&self, keys: impl IntoIterator<Item = &'a str>) {
        let keys: BTreeSet<String> = keys.into_iter().map(str::to_owned).collect();
        self.change(|settings| settings.keys = Keys::Only(keys));
    }
}

/// Everything below `/aimlapi`.
pub(crate) fn router(world: &Arc<World>) -> Router {
    let stage = Stage {
        world: Arc::clone(world),
        place: VENDOR,
    };
    Router::new()
        .route("/v1/images/generations", post(image::generate))
        .route(
            "/v2/video/generations",
            post(video::create).get(video::poll),
        )
        .route("/v1/video/generations", post(video::create))
        .route("/video/generations", post(video::create))
        .route("/v2/generate/video/kling/generation", get(video::poll))
        .route("/v2/billing", get(billing::balance))
        .route("/v2/billing/detail", get(billing::detail))
        .route("/v2/billing/transactions", get(billing::transactions))
        .route("/v1/billing/balance", get(billing::legacy_balance))
        .route("/v1/models", get(catalog::models))
        .route("/models", get(catalog::models))
        .route("/api/v1/models", get(catalog::models))
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(stage, play::through))
        .with_state(Arc::clone(world))
}

async fn nothing_here(
    State(world): State<Arc<World>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::new(&world, &uri, &headers);
    Failure::NoSuchRoute {
        method,
        path: uri.path().to_owned(),
    }
    .respond(&world, &asked)
}
