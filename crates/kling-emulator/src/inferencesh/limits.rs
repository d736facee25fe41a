//! How many requests an account may make in a minute, and the headers that tell what is left.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method},
    middleware::Next,
    response::Response,
};

use super::envelope::Failure;
use crate::world::World;

/// How long a window is, in milliseconds of the world's time.
const WINDOW_MS: u64 = 60_000;

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Run,
    Task,
    Upload,
}

impl Class {
    fn of(method: &Method, path: &str) -> Option<Self> {
        let path = path.strip_prefix("/v1").unwrap_or(path);
        match (method.as_str(), path) {
            ("POST", "/run" | "/apps/run") => Some(Self::Run),
            ("POST", "/files") => Some(Self::Upload),
            ("GET", path) if path.starts_with("/tasks/") => Some(Self::Task),
            _ => None,
        }
    }

    /// The most in a minute, as an older page has them.
    fn most(self) -> u64 {
        match self {
            Self::Run => 100,
            Self::Task => 1000,
            Self::Upload => 50,
        }
    }
}

/// By account and class: when the window began, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Windows {
    used: Mutex<BTreeMap<(String, Class), (u64, u64)>>,
}

impl Windows {
    /// Counts a request; answers how many there were before it, and when the window ends.
    fn count(&self, account: String, class: Class, now_ms: u64) -> (u64, u64) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let (began_ms, count) = used.entry((account, class)).or_insert((now_ms, 0));
        if now_ms >= *began_ms + WINDOW_MS {
            (*began_ms, *count) = (now_ms, 0);
        }
        let before = *count;
        *count += 1;
        (before, *began_ms + WINDOW_MS)
    }
}

/// The middleware that counts, adds the headers, and refuses what is too much when that is switched on.
pub(super) async fn count(
    State(world): State<Arc<World>>,
    request: Request,
    next: Next,
) -> Response {
    let settings = world.inferencesh.settings();
    let class = Class::of(request.method(), request.uri().path());
    let account = settings.keys.account(request.headers());
    let (Some(class), Some(account)) = (class, account) else {
        return next.run(request).await;
    };
    let now_ms = world.clock.now_ms();
    let (before, until_ms) = world.inferencesh.windows.count(account, class, now_ms);
    let envelope = settings.envelope.asked_for(request.headers());
    let mut response = if settings.enforce_rate_limits && before >= class.most() {
        Failure::RateLimited.respond(envelope)
    } else {
        next.run(request).await
    };
    let left = class.most().saturating_sub(before + 1);
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-remaining", HeaderValue::from(left));
    headers.insert(
        "x-ratelimit-reset",
        HeaderValue::from(until_ms.div_ceil(1000)),
    );
    response
}
