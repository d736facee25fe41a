//! An emulator, a folder, and `kling` run in it as a person or a script runs it.

use std::io::Cursor;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options, World};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// Longer than anything takes on a busy machine; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// What no output may ever show.
pub(crate) const KEY: &str = "sk-very-private-0815";

const VARIABLES: [&str; 3] = ["AIMLAPI_API_KEY", "APIIN_API_KEY", "INFERENCE_API_KEY"];

/// Each event and its fields, as the README promises them.
const SHAPES: [(&str, &[&str]); 15] = [
    (
        "start",
        &[
            "provider",
            "model",
            "operation",
            "submission_key",
            "estimate",
        ],
    ),
    ("submitted", &["part", "provider", "handle"]),
    ("queued", &["part", "position"]),
    ("running", &["part", "percent"]),
    ("partial", &["part", "files"]),
    ("fetching", &["part", "file", "of"]),
    ("stopping", &[]),
    (
        "part",
        &[
            "part",
            "of",
            "submission_key",
            "handle",
            "cost",
            "files",
            "error",
        ],
    ),
    ("done", &["handle", "cost", "files"]),
    (
        "error",
        &[
            "exit",
            "code",
            "message",
            "handle",
            "submission_key",
            "cost",
            "violations",
            "files",
            "links",
        ],
    ),
    (
        "model",
        &[
            "provider",
            "model",
            "name",
            "operation",
            "price",
            "typical_seconds",
            "prompt_chars",
            "negative_prompt",
            "images",
            "first_frame",
            "last_frame",
            "video",
            "elements",
            "image_files",
            "video_files",
            "aspect_ratio",
            "resolution",
            "format",
            "duration",
            "count",
            "all_returned",
            "keep_audio",
            "transports",
            "options",
            "rules",
            "can_cancel",
        ],
    ),
    (
        "price",
        &[
            "provider",
            "model",
            "operation",
            "estimate",
            "not_looked_at",
        ],
    ),
    ("balance", &["provider", "available"]),
    ("cancelled", &["handle", "charged"]),
    ("too_late", &["handle"]),
];

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    folder: TempDir,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let bench = Self {
            emulator,
            folder: tempfile::tempdir().unwrap(),
        };
        bench.world().aimlapi.change(|set| set.latency_ms = 1);
        bench.world().apiin.change(|set| set.latency_ms = 1);
        bench.world().inferencesh.change(|set| set.latency_ms = 1);
        std::fs::write(bench.path("boat.png"), picture()).unwrap();
        bench
    }

    pub(crate) fn world(&self) -> &World {
        self.emulator.world()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn play(&self, place: &str, route: &str, effect: Effect) {
        self.world().script.push(Fault::once(place, route, effect));
    }

    /// What was charged, in nano-dollars.
    pub(crate) fn billed(&self, vendor: &str) -> i64 {
        self.world().ledger.total(vendor)
    }

    /// `kling` in this folder, with a key for every provider and nothing else of this process's environment.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kling"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(VARIABLES.map(|variable| (variable, KEY)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs to the end.
    pub(crate) async fn run(&self, words: &[&str]) -> Ended {
        finish(self.command(words)).await
    }

    /// Runs with the emulated provider, to the end.
    pub(crate) async fn at(&self, provider: &str, words: &[&str]) -> Ended {
        self.run(
            &self
                .words(provider, words)
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        )
        .await
    }

    pub(crate) fn words(&self, provider: &str, words: &[&str]) -> Vec<String> {
        let base = self.emulator.base(provider);
        let words = words.iter().copied();
        words
            .chain(["--provider", provider, "--base-url", &base])
            .map(str::to_owned)
            .collect()
    }

    /// A picture from words and a file (AIML API takes no words alone), or from words.
    pub(crate) async fn generate(&self, provider: &str, more: &[&str]) -> Ended {
        self.at(provider, &generation(provider, more)).await
    }

    pub(crate) fn spawn(&self, provider: &str, more: &[&str]) -> Running {
        let words = self.words(provider, &generation(provider, more));
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let mut child = self.command(&words).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }

    pub(crate) async fn resume(&self, provider: &str, handle: &str) -> Ended {
        self.at(provider, &["resume", handle, "--out", "out"]).await
    }
}

pub(crate) fn generation<'a>(provider: &str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["generate", "--prompt", "a paper boat", "--out", "out"];
    if provider == "aimlapi" {
        words.extend(["--operation", "image-to-image", "--image", "boat.png"]);
    } else {
        words.extend(["--operation", "text-to-image"]);
    }
    words.extend(more);
    words
}

pub(crate) async fn finish(mut command: Command) -> Ended {
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.expect("it ends").unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!format!("{ended:?}").contains(KEY), "{ended:#?}");
    ended
}

fn picture() -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::new(400, 300)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    png.into_inner()
}

pub(crate) fn status(status: u16) -> Effect {
    Effect::Status {
        status,
        headers: std::collections::BTreeMap::new(),
        body: String::new(),
        content_type: String::new(),
    }
}

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Every line, each as it is documented.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap();
        let events: Vec<Value> = self.out.lines().map(read).collect();
        events.iter().for_each(is_documented);
        events
    }

    /// The last event.
    #[track_caller]
    pub(crate) fn last(&self) -> Value {
        self.events().pop().unwrap_or_default()
    }

    /// The error, which must have this exit code and name.
    #[track_caller]
    pub(crate) fn error(&self, exit: i32, code: &str) -> Value {
        assert_eq!(self.code, Some(exit), "{self:#?}");
        let last = self.last();
        assert_eq!(last["event"], "error", "{self:#?}");
        assert_eq!((&last["exit"], &last["code"]), (&exit.into(), &code.into()));
        // People read the same sentence.
        assert!(self.err.contains(last["message"].as_str().unwrap()));
        last
    }

    /// The handle, which must be in the last event and in front of people.
    #[track_caller]
    pub(crate) fn handle(&self) -> String {
        let handle = self.last()["handle"].as_str().expect("a handle").to_owned();
        assert!(self.err.contains(&format!("handle: {handle}")), "{self:#?}");
        handle
    }

    /// The files that were saved, whole.
    #[track_caller]
    pub(crate) fn saved(&self, bench: &Bench) -> Vec<PathBuf> {
        assert_eq!(self.code, Some(0), "{self:#?}");
        let last = self.last();
        assert_eq!(last["event"], "done");
        let files = last["files"].as_array().unwrap().iter();
        let paths = files.map(|file| {
            let path = bench.path(file["path"].as_str().unwrap());
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(Some(bytes.len() as u64), file["size_bytes"].as_u64());
            path
        });
        paths.collect()
    }
}

#[track_caller]
fn is_documented(event: &Value) {
    let name = event["event"].as_str().unwrap();
    let shape = SHAPES.iter().find(|(known, _)| *known == name);
    let (_, fields) = shape.unwrap_or_else(|| panic!("{name} is not documented"));
    let object = event.as_object().unwrap();
    for field in *fields {
        assert!(object.contains_key(*field), "{field} of {event}");
    }
    assert_eq!(object.len(), fields.len() + 1, "{event}");
}

/// `kling`, running.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Waits for the next event of that name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let search = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                let event: Value = serde_json::from_str(&line).unwrap();
                is_documented(&event);
                if event["event"] == name {
                    return Some(event);
                }
            }
            None
        };
        let found = timeout(PATIENCE, search).await;
        found
            .expect("something is told")
            .unwrap_or_else(|| panic!("{name} is never told"))
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::INT).unwrap();
    }

    /// Waits for the end: the exit code and what people were told.
    pub(crate) async fn end(mut self) -> (Option<i32>, String) {
        let mut told = String::new();
        let end = async {
            let mut stderr = self.child.stderr.take().unwrap();
            stderr.read_to_string(&mut told).await.unwrap();
            self.child.wait().await.unwrap()
        };
        let status = timeout(PATIENCE, end).await.expect("it ends");
        assert!(!told.contains(KEY), "{told}");
        (status.code(), told)
    }
}
