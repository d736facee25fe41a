//! A wire between a client and the emulator that passes on every byte and keeps a copy.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::outside::Headers;

/// The end of a message's head.
const HEAD_ENDS: &[u8] = b"\r\n\r\n";

/// What went there and came back on one connection.
#[derive(Clone, Debug, Default)]
struct Taped {
    asked: Vec<u8>,
    answered: Vec<u8>,
}

type Tape = Arc<Mutex<Vec<Taped>>>;

/// A listening recorder. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Recorder {
    origin: String,
    tape: Tape,
    task: JoinHandle<()>,
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Those that the client chose: none of the connection's own.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) status: u16,
    reply_headers: Vec<(String, String)>,
    pub(crate) reply: Vec<u8>,
}

impl Exchange {
    /// The headers of the answer that only this vendor has.
    pub(crate) fn own_headers(&self) -> Headers {
        let own = self
            .reply_headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-"));
        own.map(|(name, value)| (name.clone(), Value::from(value.clone())))
            .collect()
    }
}

impl Recorder {
    pub(crate) async fn start(target: &str) -> anyhow::Result<Self> {
        let target = target
            .strip_prefix("http://")
            .context("the emulator speaks plain http")?;
        let target = target.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let tape = Tape::default();
        let task = tokio::spawn(accept(listener, target, Arc::clone(&tape)));
        Ok(Self { origin, tape, task })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// What was exchanged so far, connection by connection.
    pub(crate) fn exchanges(&self) -> anyhow::Result<Vec<Exchange>> {
        let mut all = Vec::new();
        for taped in lock(&self.tape).iter() {
            let (mut asked, mut answered) = (taped.asked.as_slice(), taped.answered.as_slice());
            while !asked.is_empty() {
                let request = Message::take(&mut asked)?;
                let reply = Message::take(&mut answered)?;
                let [method, path, _] = request.words()?;
                let [_, status, _] = reply.words()?;
                all.push(Exchange {
                    method,
                    path,
                    headers: request.headers,
                    body: request.body,
                    status: status.parse()?,
                    reply_headers: reply.headers,
                    reply: reply.body,
                });
            }
        }
        Ok(all)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(tape: &Tape) -> MutexGuard<'_, Vec<Taped>> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, target: String, tape: Tape) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&target).await else {
            return;
        };
        let place = {
            let mut all = lock(&tape);
            all.push(Taped::default());
            all.len() - 1
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (there, back) = (Arc::clone(&tape), Arc::clone(&tape));
        tokio::spawn(pass(from_client, to_server, move |bytes| {
            lock(&there)[place].asked.extend_from_slice(bytes);
        }));
        tokio::spawn(pass(from_server, to_client, move |bytes| {
            lock(&back)[place].answered.extend_from_slice(bytes);
        }));
    }
}

/// Passes bytes on, each kept before it goes.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, keep: impl Fn(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = buffer.get(..length).unwrap_or_default();
        keep(bytes);
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// A request or an answer.
struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Message {
    /// Takes the first message off, by its own word on how long it is.
    fn take(bytes: &mut &[u8]) -> anyhow::Result<Self> {
        let ends = bytes
            .windows(HEAD_ENDS.len())
            .position(|window| window == HEAD_ENDS);
        let (head, rest) = bytes.split_at(ends.context("a message has no head")?);
        let rest = rest.get(HEAD_ENDS.len()..).unwrap_or_default();
        let head = std::str::from_utf8(head)?;
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap_or_default().to_owned();
        let all: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let of = |wanted: &str| all.iter().find(|(name, _)| name == wanted);
        anyhow::ensure!(
            of("transfer-encoding").is_none(),
            "a message comes in chunks"
        );
        let length = of("content-length").map_or(Ok(0), |(_, length)| length.parse())?;
        let (body, after) = rest
            .split_at_checked(length)
            .context("a message broke off")?;
        *bytes = after;
        let of_the_connection = ["host", "content-length", "connection"];
        let headers = all
            .into_iter()
            .filter(|(name, _)| !of_the_connection.contains(&name.as_str()))
            .collect();
        Ok(Self {
            first,
            headers,
            body: body.to_vec(),
        })
    }

    /// The first three words of the first line; the third may be missing.
    fn words(&self) -> anyhow::Result<[String; 3]> {
        let mut words = self.first.split(' ').map(str::to_owned);
        let first = words.next().context("a message without a first line")?;
        let second = words.next().context("a first line of one word")?;
        Ok([first, second, words.next().unwrap_or_default()])
    }
}
