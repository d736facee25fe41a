//! A bot in plain HTTP and websocket, and the world it lives in.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use kling_emulator::discord::{APPLICATION, BOT_TOKEN, Discord, Invocation, RateLimits, Snowflake};
use kling_emulator::{Emulator, Options};
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// An answer of the API.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> (u16, u64) {
        (self.status, self.body["code"].as_u64().unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) struct Bot {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

/// What the bot is told of an interaction.
pub(crate) struct Heard {
    pub(crate) id: Snowflake,
    pub(crate) event: Value,
}

impl Heard {
    pub(crate) fn token(&self) -> &str {
        self.event["token"].as_str().unwrap()
    }

    /// The path of the webhook's messages; `rest` begins with a slash or is empty.
    pub(crate) fn webhook(&self, rest: &str) -> String {
        format!("/webhooks/{APPLICATION}/{}{rest}", self.token())
    }
}

pub(crate) fn command() -> Value {
    json!({
        "name": "imagine",
        "description": "Makes a picture",
        "options": [
            {"type": 3, "name": "prompt", "description": "What to show", "required": true},
            {"type": 11, "name": "image1", "description": "A reference"},
            {"type": 3, "name": "style", "description": "A style", "autocomplete": true},
        ],
    })
}

impl Bot {
    /// A bot with the command `imagine`, without rate limits.
    pub(crate) async fn start() -> Self {
        let bot = Self::limited().await;
        bot.discord().set_rate_limits(RateLimits {
            enabled: false,
            ..RateLimits::default()
        });
        let made = bot.post(&Self::commands(), command()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        bot
    }

    /// A bot with rate limits and without commands.
    pub(crate) async fn limited() -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(LONG)
            .build()
            .unwrap();
        let emulator = Emulator::start(Options::default()).await.unwrap();
        Self {
            emulator,
            http,
            token: BOT_TOKEN.to_owned(),
        }
    }

    pub(crate) fn commands() -> String {
        format!("/applications/{APPLICATION}/commands")
    }

    pub(crate) fn discord(&self) -> &Discord {
        self.emulator.discord()
    }

    pub(crate) fn push_clock(&self, seconds: u64) {
        self.emulator
            .world()
            .clock
            .advance(Duration::from_secs(seconds));
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let method = method.parse().unwrap();
        let url = format!("{}/api/v10{path}", self.emulator.base("discord"));
        let mut request = self
            .http
            .request(method, url)
            .header("authorization", format!("Bot {}", self.token));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        Self::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    /// The same with files, which become `files[0]`, `files[1]`, …
    pub(crate) async fn upload(
        &self,
        method: &str,
        path: &str,
        payload: &Value,
        files: Vec<(&str, Vec<u8>)>,
    ) -> Answer {
        let mut form = Form::new().text("payload_json", payload.to_string());
        for (at, (name, bytes)) in files.into_iter().enumerate() {
            let part = Part::bytes(bytes).file_name(name.to_owned());
            form = form.part(format!("files[{at}]"), part);
        }
        let url = format!("{}/api/v10{path}", self.emulator.base("discord"));
        let request = self
            .http
            .request(method.parse().unwrap(), url)
            .header("authorization", format!("Bot {}", self.token))
            .multipart(form);
        Self::read(request.send().await.unwrap()).await
    }

    async fn read(response: reqwest::Response) -> Answer {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Answer {
            status,
            headers,
            body,
        }
    }

    /// ada uses `imagine` in pictures, and the bot hears of it.
    pub(crate) async fn imagine(&self, line: &mut Line) -> Heard {
        self.heard(line, Invocation::new("imagine").option("prompt", "a cat"))
            .await
    }

    pub(crate) async fn heard(&self, line: &mut Line, invocation: Invocation) -> Heard {
        let id = self.discord().invoke(invocation).unwrap();
        Heard {
            id,
            event: line.event("INTERACTION_CREATE").await,
        }
    }

    pub(crate) async fn callback(&self, heard: &Heard, body: Value) -> Answer {
        let path = format!("/interactions/{}/{}/callback", heard.id, heard.token());
        self.post(&path, body).await
    }

    /// Defers, and answers the id of the loading message.
    pub(crate) async fn defer(&self, heard: &Heard, flags: u64) -> String {
        let path = format!(
            "/interactions/{}/{}/callback?with_response=true",
            heard.id,
            heard.token()
        );
        let answer = self
            .post(&path, json!({"type": 5, "data": {"flags": flags}}))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["interaction"]["response_message_loading"], true);
        answer.body["interaction"]["response_message_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A gateway connection that has said nothing yet.
    pub(crate) async fn dial(&self) -> Line {
        let url = self.get("/gateway").await.body["url"]
            .as_str()
            .unwrap()
            .to_owned();
        let (socket, _) = tokio_tungstenite::connect_async(format!("{url}?v=10&encoding=json"))
            .await
            .unwrap();
        let mut line = Line { socket, seq: 0 };
        assert_eq!(line.payload().await.unwrap()["op"], 10);
        line
    }

    /// A gateway connection with a session, and what READY said.
    pub(crate) async fn connect(&self) -> (Line, Value) {
        let mut line = self.dial().await;
        line.identify(&self.token, 0).await;
        let ready = line.event("READY").await;
        (line, ready)
    }
}

/// A gateway connection.
pub(crate) struct Line {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    pub(crate) seq: u64,
}

impl Line {
    pub(crate) async fn send(&mut self, payload: Value) {
        self.socket
            .send(Message::text(payload.to_string()))
            .await
            .unwrap();
    }

    pub(crate) async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        let data = json!({"token": token, "intents": intents, "properties": properties});
        self.send(json!({"op": 2, "d": data})).await;
    }

    pub(crate) async fn resume(&mut self, token: &str, session: &Value, seq: u64) {
        let data = json!({"token": token, "session_id": session, "seq": seq});
        self.send(json!({"op": 6, "d": data})).await;
    }

    /// The next payload, or the close code (0 for none).
    pub(crate) async fn payload(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(LONG, self.socket.next())
                .await
                .unwrap();
            match message {
                Some(Ok(Message::Text(text))) => {
                    let payload: Value = serde_json::from_str(&text).unwrap();
                    self.seq = payload["s"].as_u64().unwrap_or(self.seq);
                    return Ok(payload);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The data of the next event of a name; others are passed over.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = self.payload().await.unwrap();
            if payload["t"] == name {
                return payload["d"].clone();
            }
        }
    }
}
