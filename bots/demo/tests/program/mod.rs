//! The demo's real executable, run as a person runs it.
#![allow(
    dead_code,
    reason = "each test binary that shares this uses a part of it"
)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Longer than anything takes on a busy machine; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks at something that tells nobody when it changes.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A folder that the demo runs in, with the sample pictures.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["boat.png", "mug.jpg"] {
            let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("pictures")
                .join(name);
            std::fs::copy(sample, folder.path().join(name)).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The demo in this folder, told `arguments`, and nothing of this process's environment but what programs need.
    pub(crate) fn demo<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kling-demo"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("TMPDIR", self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// One command, run to its end.
    pub(crate) async fn once(&self, command: &str, more: &[&str]) -> Ended {
        let mut arguments = vec!["once", "--platform", "discord", "--command", command];
        arguments.extend(["--out", "out", "--latency-ms", "1"]);
        arguments.extend(more);
        self.run(&arguments).await
    }

    /// The demo, run to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        let output = timeout(PATIENCE, self.demo(arguments).output()).await;
        let output = output.expect("the demo ends").unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The serving mode, until it says which process the bot is.
    pub(crate) fn serve(&self, more: &[&str]) -> Serving {
        let mut arguments = vec!["--out", "out", "--latency-ms", "1"];
        arguments.extend(more);
        let mut child = self.demo(&arguments).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Serving {
            child,
            input,
            lines,
            seen: String::new(),
        }
    }

    /// What the demo left in its folder for temporary files.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.0.path()).unwrap();
        names
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("kling-demo-"))
            .collect()
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
    /// The lines of `--json`.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The serving mode, running.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Everything it printed so far.
    pub(crate) seen: String,
}

impl Serving {
    /// The next line that has `words` in it.
    pub(crate) async fn line(&mut self, words: &str) -> String {
        let search = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.seen.push_str(&line);
                self.seen.push('\n');
                if line.contains(words) {
                    return Some(line);
                }
            }
            None
        };
        let found = timeout(PATIENCE, search).await;
        match found {
            Ok(Some(line)) => line,
            Ok(None) | Err(_) => panic!("`{words}` is never said, only:\n{}", self.seen),
        }
    }

    /// The bot's process, as the demo tells it.
    pub(crate) async fn bot(&mut self) -> rustix::process::Pid {
        let line = self.line("The bot is process ").await;
        let (_, after) = line.split_once("process ").unwrap();
        let (number, _) = after.split_once(';').unwrap();
        rustix::process::Pid::from_raw(number.parse().unwrap()).unwrap()
    }

    pub(crate) async fn type_line(&mut self, line: &str) {
        self.input.write_all(line.as_bytes()).await.unwrap();
        self.input.write_all(b"\n").await.unwrap();
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Reads what is left and waits for the end.
    pub(crate) async fn end(mut self) -> (ExitStatus, String) {
        let end = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.seen.push_str(&line);
                self.seen.push('\n');
            }
            self.child.wait().await.unwrap()
        };
        let status = timeout(PATIENCE, end).await.expect("the demo ends");
        (status, self.seen)
    }
}

/// Waits until a process is gone.
pub(crate) async fn gone(process: rustix::process::Pid) {
    let looking = async {
        while rustix::process::test_kill_process(process).is_ok() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    timeout(PATIENCE, looking)
        .await
        .expect("the process is gone");
}

/// An address on loopback that nothing else is given while the socket lives. It never listens, so that the program
/// that is told to listen there can bind it too.
pub(crate) fn kept_address() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// Asks the emulator's control, as curl would; tries again while nobody listens yet.
pub(crate) async fn control(address: &str, method: &str, path: &str, body: &str) -> Value {
    let asking = async {
        let mut stream = loop {
            match TcpStream::connect(address).await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        };
        let length = body.len();
        let request = format!(
            "{method} /_emulator/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = timeout(PATIENCE, asking).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
    serde_json::from_str(body).unwrap()
}
