//! An engine on a store in a process of its own, which can be killed.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use kling_engine::Options;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::process;
use crate::still::{Mood, Still};

/// What such a process is told.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) store: String,
    pub(crate) folder: PathBuf,
    pub(crate) mood: Mood,
    /// As it comes, unless told otherwise.
    pub(crate) lease: Option<Duration>,
}

impl Order {
    pub(crate) fn of(store: &str, folder: &Path) -> Self {
        Self {
            store: store.to_owned(),
            folder: folder.to_path_buf(),
            mood: Mood::Silent,
            lease: None,
        }
    }

    pub(crate) fn in_mood(self, mood: Mood) -> Self {
        Self { mood, ..self }
    }
}

/// Such a process.
pub(crate) struct Served {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    begun: Instant,
    /// When it said what for the first time.
    heard: HashMap<String, Duration>,
    /// How long it took to be up.
    pub(crate) up: Duration,
}

impl Served {
    /// Starts one; it runs all loops and has told its health when this answers.
    pub(crate) async fn start(order: Order) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--store", &order.store, "--folder"]);
        command.arg(&order.folder);
        command.args(["--mood", &format!("{:?}", order.mood).to_lowercase()]);
        if let Some(lease) = order.lease {
            command.args(["--lease-ms", &lease.as_millis().to_string()]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let input = input.context("the process has no input")?;
        let lines = BufReader::new(output.context("the process has no output")?).lines();
        let mut served = Self {
            child,
            input,
            lines,
            begun,
            heard: HashMap::new(),
            up: Duration::ZERO,
        };
        served.up = served.until("up").await?;
        Ok(served)
    }

    /// Waits for a word from it; when that came, from its start.
    pub(crate) async fn until(&mut self, word: &str) -> anyhow::Result<Duration> {
        loop {
            if let Some(at) = self.heard.get(word) {
                return Ok(*at);
            }
            self.line().await?;
        }
    }

    /// Its memory: now, and the most it ever was.
    pub(crate) async fn memory_mebi(&mut self) -> anyhow::Result<(f64, f64)> {
        self.input.write_all(b"\n").await?;
        loop {
            let line = self.line().await?;
            let mebi = |name: &str| Some(line.get(name)?.as_f64()? / 1024.0);
            if let (Some(now), Some(most)) = (mebi("now"), mebi("most")) {
                return Ok((now, most));
            }
        }
    }

    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    async fn line(&mut self) -> anyhow::Result<Value> {
        let line = self.lines.next_line().await?;
        let line = line.context("the process ended before it had told anything")?;
        let line: Value = serde_json::from_str(&line)?;
        for word in line.as_object().into_iter().flat_map(|line| line.keys()) {
            self.heard
                .entry(word.clone())
                .or_insert_with(|| self.begun.elapsed());
        }
        Ok(line)
    }
}

/// The other side: says when it is up, when a job has moved, when its provider is asked after a task, each for the first
/// time; and how much it holds in memory, whenever it is asked.
pub(crate) async fn serve(order: Order) -> anyhow::Result<()> {
    let looked = Arc::new(Notify::new());
    let still = Still::new(order.mood, Arc::clone(&looked));
    let mut options = accept::patient();
    options.lease = order.lease.unwrap_or(options.lease);
    let engine = engine(&order, still, options).await?;
    let mut events = engine.events();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (engine, shutdown) = (engine.clone(), shutdown.clone());
        async move { engine.run(shutdown).await }
    });
    tokio::spawn(async move {
        if events.recv().await.is_ok() {
            say(&json!({ "moved": true }))?;
        }
        std::io::Result::Ok(())
    });
    tokio::spawn(async move {
        looked.notified().await;
        say(&json!({ "looked": true }))
    });
    anyhow::ensure!(engine.health().await.store_ok, "the store does not answer");
    say(&json!({ "up": true }))?;
    while process::next_input().await? {
        let (now, most) = process::memory_kib();
        say(&json!({ "now": now, "most": most }))?;
    }
    shutdown.cancel();
    running.await?;
    Ok(())
}

async fn engine(
    order: &Order,
    still: Still,
    options: Options,
) -> anyhow::Result<kling_engine::Engine> {
    let store = accept::store_at(&order.store, &order.folder).await?;
    accept::engine_with(store, &order.folder, still, options).await
}

fn say(line: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
