//! Many jobs, engines that are killed and stopped at random, providers and a chat that fail at random; and one law.
//!
//! `KLING_TESTS_FULL` makes it long. A run prints its seed, and `KLING_SOAK_SEED` runs the same faults again.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

#[expect(dead_code, reason = "the other test binaries use the rest")]
#[path = "../engine/cluster.rs"]
mod cluster;
mod law;
mod outside;
mod replica;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rustix::process::{Pid, Signal, kill_process};

use cluster::Cluster;
use replica::Settings;

/// Nothing takes so long unless it is broken.
const BOUND: Duration = Duration::from_mins(10);

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How many lines a job makes in the books outside, about: a promise, a bill and a post.
const LINES_PER_JOB: usize = 3;

/// How much there is to do, and how bad the days are.
struct Size {
    jobs: usize,
    kills: usize,
    pauses: usize,
    submit_ms: u64,
    margin_ms: u64,
}

fn size() -> Size {
    if std::env::var_os("KLING_TESTS_FULL").is_some() {
        Size {
            jobs: 3_000,
            kills: 40,
            pauses: 30,
            submit_ms: 1_000,
            margin_ms: 1_000,
        }
    } else {
        Size {
            jobs: 24,
            kills: 1,
            pauses: 1,
            submit_ms: 300,
            margin_ms: 300,
        }
    }
}

fn seed() -> u64 {
    let given = std::env::var("KLING_SOAK_SEED").ok();
    let seed = given.and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(rand::random);
    #[expect(clippy::print_stdout, reason = "whoever has to run it again needs it")]
    {
        println!("KLING_SOAK_SEED={seed}");
    }
    seed
}

/// A replica as a process, to be killed.
struct Replica {
    settings: Settings,
    process: Child,
}

impl Replica {
    fn start(settings: Settings) -> Self {
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "replica::runs_when_it_is_told_to", "--nocapture"])
            .env(replica::VARIABLE, settings.as_text())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Self {
            settings,
            process: process.unwrap(),
        }
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.process.wait().unwrap();
    }

    fn restart(&mut self) {
        self.kill();
        *self = Self::start(self.settings.clone());
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn is_settled(folder: &Path) -> bool {
    folder.join("settled").exists()
}

/// Waits until the books of the world outside have so many lines; at the end of all work no more will come.
fn until_happened(folder: &Path, lines: usize, seed: u64) {
    let begun = Instant::now();
    while outside::lines(folder) < lines && !is_settled(folder) {
        assert!(
            begun.elapsed() < BOUND,
            "nothing happens any more: seed {seed}"
        );
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Bad days, by a seed, and then peace until everything is settled.
fn soak(store: &str, replicas: usize, folder: &Path) {
    let (size, seed) = (size(), seed());
    outside::prepare(folder);
    let settings = |index| Settings {
        store: store.to_owned(),
        folder: folder.to_owned(),
        seed,
        index,
        replicas,
        jobs: size.jobs,
        submit_ms: size.submit_ms,
        margin_ms: size.margin_ms,
    };
    let mut all: Vec<Replica> = (0..replicas).map(|n| Replica::start(settings(n))).collect();
    let mut dice = StdRng::seed_from_u64(seed);
    let mut days: Vec<bool> = vec![true; size.kills];
    days.extend(vec![false; size.pauses]);
    // Each day comes when so much more has happened: at the same place of the work, however busy the machine is.
    let stretch = LINES_PER_JOB * size.jobs / days.len();
    let mut happened = 0;
    while !days.is_empty() {
        let is_kill = days.swap_remove(dice.random_range(0..days.len()));
        happened += dice.random_range(1..=stretch);
        until_happened(folder, happened, seed);
        let victim = dice.random_range(0..replicas);
        if is_kill {
            all[victim].restart();
        } else {
            all[victim].signal(Signal::STOP);
            // Longer than a lease, and shorter than a submission is waited for.
            std::thread::sleep(Duration::from_millis(dice.random_range(500..800)));
            all[victim].signal(Signal::CONT);
        }
    }
    let begun = Instant::now();
    while !is_settled(folder) {
        assert!(begun.elapsed() < BOUND, "it is never settled: seed {seed}");
        std::thread::sleep(LOOK_EVERY);
    }
    for replica in &mut all {
        replica.kill();
    }
    drop(all);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let found = runtime.block_on(law::weigh(store, folder, size.jobs));
    assert_eq!(found.breaches, Vec::<String>::new(), "seed {seed}");
    #[expect(
        clippy::print_stdout,
        reason = "whoever runs it by hand reads the figures"
    )]
    {
        println!(
            "{} jobs, {} kills, {} pauses: {}",
            size.jobs, size.kills, size.pauses, found.summary
        );
    }
}

#[test]
fn two_replicas_on_postgresql_keep_the_law_through_kills_and_pauses() {
    let database = Cluster::shared().database();
    let folder = tempfile::tempdir().unwrap();

    soak(&database.url(), 2, folder.path());
}

#[test]
fn an_engine_on_sqlite_keeps_the_law_through_kills_and_pauses() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("jobs.db").display());

    soak(&store, 1, folder.path());
}
