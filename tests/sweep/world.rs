//! What outlives every replica of one lane of the sweep: the vendor, the chat, the store and the files.

use std::path::{Path, PathBuf};

use kling_emulator::clock::Clock;
use kling_emulator::ledger::Charge;
use kling_emulator::media::File;
use kling_emulator::script::Script;
use kling_emulator::{Emulator, Options};
use kling_tests::{ReplicaSettings, picture};
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::channel::Channel;
use crate::kind::Kind;
use crate::place::Place;

/// How long a claim holds where somebody waits for it to run out.
pub(crate) const LEASE_MS: u64 = 500;

/// How much later it is when the next process starts after a kill: later than every lease and every submission.
const LATER_MS: u64 = 5 * 60 * 1_000;

/// What outlives every replica.
#[derive(Debug)]
pub(crate) struct World {
    emulator: Emulator,
    channel: Channel,
    kind: Kind,
    place: Place,
    store: String,
    input: PathBuf,
    input_address: String,
    folder: TempDir,
    /// How far the clock of its replicas is ahead.
    ahead_ms: u64,
    /// How many lines the vendor's ledger had before the present case.
    earlier: usize,
}

impl World {
    pub(crate) fn new(runtime: &Handle, kind: Kind, place: Place) -> Self {
        let emulator = runtime.block_on(Emulator::start(Options::default()));
        let emulator = emulator.unwrap();
        // What pictures show is nobody's business here.
        emulator.world().media.prepare(true);
        let folder = tempfile::tempdir().unwrap();
        let boat = picture("boat.png", 400, 400);
        let input = folder.path().join("boat.png");
        std::fs::write(&input, &boat.bytes).unwrap();
        let file = File {
            name: "boat.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: boat.bytes,
        };
        let path = emulator.world().media.put("boat", file);
        Self {
            input_address: format!("{}{path}", emulator.origin()),
            channel: Channel::open(runtime),
            store: place.address(folder.path()),
            emulator,
            kind,
            place,
            input,
            folder,
            ahead_ms: 0,
            earlier: 0,
        }
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    pub(crate) const fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    pub(crate) const fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(crate) fn script(&self) -> &Script {
        &self.emulator.world().script
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.emulator.world().clock
    }

    /// What replicas say that nobody asked.
    pub(crate) fn said(&self) -> PathBuf {
        self.folder.path().join("said")
    }

    /// From here on charges are those of the next case.
    pub(crate) fn begin_case(&mut self) -> usize {
        self.earlier = self.ledger().len();
        self.earlier
    }

    /// How many submissions of the present case the vendor took.
    pub(crate) fn submissions(&self) -> usize {
        self.ledger().len() - self.earlier
    }

    /// The vendor's ledger.
    pub(crate) fn ledger(&self) -> Vec<Charge> {
        self.emulator.world().ledger.list()
    }

    /// It is some time later, for every replica that starts from now on.
    pub(crate) fn pass_time(&mut self) {
        self.ahead_ms += LATER_MS;
    }

    /// What a replica is told that has time for everything: however busy the machine is, no lease runs out while it
    /// lives, and no answer is too late. When it is dead, time passes by [`World::pass_time`].
    pub(crate) fn patient(&self) -> ReplicaSettings {
        const LONG: u64 = 1_000_000_000;
        ReplicaSettings {
            store: self.store.clone(),
            folder: self.folder().to_owned(),
            provider: self.kind.provider().to_owned(),
            table: self.kind.table(&self.emulator),
            chat: self.channel.address().to_owned(),
            input: self.input.clone(),
            input_address: self.input_address.clone(),
            submit_ms: 60_000,
            accept_ms: 60_000,
            lease_ms: 120_000,
            margin_ms: 30_000,
            ahead_ms: Some(self.ahead_ms),
            retention_ms: LONG,
            clean_ms: LONG,
        }
    }

    /// What a replica is told that goes by the store's time, and whose leases run out soon.
    pub(crate) fn hasty(&self) -> ReplicaSettings {
        ReplicaSettings {
            submit_ms: 20_000,
            lease_ms: LEASE_MS,
            margin_ms: 2_000,
            ahead_ms: None,
            ..self.patient()
        }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}
