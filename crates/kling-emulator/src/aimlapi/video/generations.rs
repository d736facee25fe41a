//! The videos that were asked for, and how far each is.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use crate::aimlapi::{VideoSettings, image::usd};

/// How a video ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// With what stands in the field `video`.
    Made(Value),
    /// With a reason.
    Failed { name: &'static str, message: String },
}

/// One video that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Generation {
    pub(super) account: String,
    pub(super) credits: i64,
    /// From when on it can be found, in the world's time.
    pub(super) visible_ms: u64,
    /// From when on it is worked on.
    pub(super) begun_ms: u64,
    pub(super) end: Option<End>,
}

impl Generation {
    /// The body that tells of it.
    pub(super) fn body(&self, id: &str, now_ms: u64, settings: VideoSettings) -> Value {
        let meta =
            || json!({ "usage": { "credits_used": self.credits, "usd_spent": usd(self.credits) } });
        let waiting = if now_ms < self.begun_ms {
            ("queued", "waiting")
        } else {
            ("generating", "active")
        };
        match &self.end {
            None => {
                let status = if settings.sample_words {
                    waiting.1
                } else {
                    waiting.0
                };
                json!({ "id": id, "status": status, "meta": meta() })
            }
            Some(End::Made(video)) => {
                let meta = self.is_paid().then(meta);
                let video = match video {
                    Value::Object(_) if settings.as_array => json!([video]),
                    other => other.clone(),
                };
                json!({ "id": id, "status": "completed", "video": video, "error": null, "meta": meta })
            }
            Some(End::Failed { name, message }) => json!({
                "id": id,
                "status": "error",
                "video": null,
                "error": { "name": name, "message": message },
                "meta": null,
            }),
        }
    }

    /// Whether it costs what it says.
    pub(super) fn is_paid(&self) -> bool {
        match &self.end {
            None | Some(End::Made(Value::Object(_))) => true,
            Some(End::Made(_) | End::Failed { .. }) => false,
        }
    }
}

/// All of them, by id.
#[derive(Debug, Default)]
pub(in crate::aimlapi) struct Generations {
    by_id: Mutex<BTreeMap<String, Generation>>,
}

impl Generations {
    pub(super) fn add(&self, id: &str, generation: Generation) {
        self.lock().insert(id.to_owned(), generation);
    }

    pub(super) fn end(&self, id: &str, end: End) {
        if let Some(generation) = self.lock().get_mut(id) {
            generation.end = Some(end);
        }
    }

    /// What `account` can see under that id.
    pub(super) fn get(&self, id: &str, account: &str, now_ms: u64) -> Option<Generation> {
        self.lock()
            .get(id)
            .filter(|found| found.account == account && found.visible_ms <= now_ms)
            .cloned()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Generation>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
