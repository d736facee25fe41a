//! What every vendor and platform shares.

use std::sync::{Arc, OnceLock};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    aimlapi, apiin, clock::Clock, ids::Ids, inferencesh, journal::Journal, ledger::Ledger,
    media::MediaShelf, s3, script::Script,
};

/// The shared state of one emulator.
#[derive(Debug)]
pub struct World {
    /// Real time plus whatever it has been pushed by.
    pub clock: Clock,
    /// What was asked, and how it was answered.
    pub journal: Journal,
    /// The faults that are still to be played.
    pub script: Script,
    /// Who was charged for what.
    pub ledger: Ledger,
    /// The files that vendors serve.
    pub media: MediaShelf,
    /// Where ids come from.
    pub ids: Ids,
    /// What is kept at the S3 store.
    pub s3: s3::Buckets,
    /// How the AIML vendor behaves.
    pub aimlapi: aimlapi::Behaviour,
    /// How apiin.one behaves.
    pub apiin: apiin::Behaviour,
    /// How inference.sh behaves.
    pub inferencesh: inferencesh::Behaviour,
    /// Every task of the emulator; [`crate::Emulator::shutdown`] waits for them.
    pub tasks: TaskTracker,
    /// Cancelled when the emulator stops. Long-lived tasks end on it.
    pub closing: CancellationToken,
    origin: OnceLock<String>,
}

impl World {
    /// A fresh world whose ids follow from `seed`.
    pub fn new(seed: u64) -> Arc<Self> {
        let clock = Clock::new();
        Arc::new(Self {
            journal: Journal::new(clock.clone()),
            script: Script::default(),
            ledger: Ledger::new(clock.clone()),
            media: MediaShelf::default(),
            ids: Ids::new(seed),
            s3: s3::Buckets::default(),
            aimlapi: aimlapi::Behaviour::default(),
            apiin: apiin::Behaviour::default(),
            inferencesh: inferencesh::Behaviour::default(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            origin: OnceLock::new(),
            clock,
        })
    }

    /// Where the emulator listens, without a slash at the end; empty before it does.
    pub fn origin(&self) -> &str {
        self.origin.get().map_or("", String::as_str)
    }

    /// Says where the emulator listens. The first word counts.
    pub(crate) fn set_origin(&self, origin: String) {
        // A second call can only repeat the first: the emulator binds once.
        self.origin.get_or_init(|| origin);
    }
}
