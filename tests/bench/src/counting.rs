//! Counts what the engine's SQLite store tells about its commits. Nothing else is listened to.

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// Where the store says that a commit is on the disk.
const TARGET: &str = "kling_engine::commit";

static COMMITS: AtomicU64 = AtomicU64::new(0);
static OPERATIONS: AtomicU64 = AtomicU64::new(0);

/// Commits so far, and the operations in them.
pub(crate) fn commits() -> (u64, u64) {
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    (of(&COMMITS), of(&OPERATIONS))
}

/// Begins to count.
pub(crate) fn start() -> anyhow::Result<()> {
    Ok(tracing::subscriber::set_global_default(Counting)?)
}

struct Counting;

impl Subscriber for Counting {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        COMMITS.fetch_add(1, Ordering::Relaxed);
        event.record(&mut Operations);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Operations;

impl Visit for Operations {
    fn record_u64(&mut self, _: &Field, value: u64) {
        OPERATIONS.fetch_add(value, Ordering::Relaxed);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
