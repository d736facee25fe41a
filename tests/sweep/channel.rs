//! The chat that a replica talks to, as it looks to people: it outlives every replica.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kling_tests::Ending;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;

/// How often a slow chat looks whether it still is.
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[derive(Debug)]
struct Message {
    who: String,
    shows: Ending,
}

/// What stands in the channel, and how the chat behaves.
#[derive(Debug, Default)]
struct Wall {
    messages: Vec<Message>,
    /// A message that was created with a nonce, by that: creating it again is no second one.
    nonces: HashMap<String, usize>,
    behaviour: Behaviour,
    /// Since when somebody waits for it.
    slow_since: Option<Instant>,
}

/// How the chat behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Behaviour {
    /// How many calls are carried out without an answer.
    pub(crate) loses: u32,
    /// Whether no last message is taken.
    pub(crate) is_closed: bool,
    /// Whether a last message takes until it is not slow any more.
    pub(crate) is_slow: bool,
}

/// The chat.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    wall: Arc<Mutex<Wall>>,
    address: String,
}

impl Channel {
    pub(crate) fn open(runtime: &Handle) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let channel = Self {
            wall: Arc::default(),
            address: listener.local_addr().unwrap().to_string(),
        };
        let serving = channel.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let channel = serving.clone();
                // A caller that dies in the middle is nobody's error.
                tokio::spawn(async move { channel.serve(stream).await });
            }
        });
        channel
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        let mut wall = self.wall();
        wall.behaviour = behaviour;
        wall.slow_since = None;
    }

    /// For how long a slow chat has kept somebody waiting.
    pub(crate) fn has_kept_waiting(&self) -> Duration {
        let since = self.wall().slow_since;
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        self.wall().behaviour
    }

    /// What the messages to somebody show.
    pub(crate) fn seen_by(&self, who: &str) -> Vec<Ending> {
        let wall = self.wall();
        let theirs = wall.messages.iter().filter(|message| message.who == who);
        theirs.map(|message| message.shows).collect()
    }

    fn wall(&self) -> std::sync::MutexGuard<'_, Wall> {
        self.wall.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut line = String::new();
        BufReader::new(&mut stream).read_line(&mut line).await?;
        let Ok(call) = serde_json::from_str::<Value>(&line) else {
            return Ok(());
        };
        while call["call"] == "deliver" && self.wall().behaviour.is_slow {
            self.wall().slow_since.get_or_insert_with(Instant::now);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let (answer, is_lost) = {
            let mut wall = self.wall();
            let answer = wall.take(&call);
            let is_lost = wall.behaviour.loses > 0;
            wall.behaviour.loses = wall.behaviour.loses.saturating_sub(1);
            (answer, is_lost)
        };
        if !is_lost {
            stream.write_all(format!("{answer}\n").as_bytes()).await?;
        }
        Ok(())
    }
}

impl Wall {
    fn take(&mut self, call: &Value) -> Value {
        let shows = match (&call["call"], call["shown"].as_str()) {
            (kind, _) if *kind == "input" => return json!({}),
            (kind, _) if *kind == "status" => Ending::Nothing,
            _ if self.behaviour.is_closed => return json!({}),
            (_, Some("result")) => Ending::Result,
            (_, Some("unconfirmed")) => Ending::Unconfirmed,
            (_, Some("sentence")) => Ending::Sentence,
            _ => return json!({}),
        };
        let nonce = call["nonce"].as_str().unwrap_or_default().to_owned();
        let known = call["receipt"]
            .as_str()
            .and_then(|receipt| receipt.parse().ok())
            .or_else(|| self.nonces.get(&nonce).copied());
        let index = known.unwrap_or_else(|| {
            let who = call["who"].as_str().unwrap_or_default().to_owned();
            self.messages.push(Message { who, shows });
            self.messages.len() - 1
        });
        if !nonce.is_empty() {
            self.nonces.insert(nonce, index);
        }
        self.messages[index].shows = shows;
        json!({ "receipt": index.to_string() })
    }
}
