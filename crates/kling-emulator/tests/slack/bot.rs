//! A bot in plain HTTP and websocket, and the world it lives in.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::slack::{
    APP_TOKEN, BOT_TOKEN, Command, RateLimits, SeenEvent, Slack, ViewChange,
};
use kling_emulator::{Emulator, Options};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The word of a refusal; nothing when it was none.
    pub(crate) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let found = self.body.pointer(path).and_then(Value::as_str);
        found
            .unwrap_or_else(|| unreachable!("{path} of {}", self.body))
            .to_owned()
    }

    pub(crate) fn messages(&self) -> Vec<&str> {
        let list = self.body["response_metadata"]["messages"]
            .as_array()
            .unwrap();
        list.iter()
            .map(|message| message.as_str().unwrap())
            .collect()
    }
}

pub(crate) struct Bot {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

impl Bot {
    /// A bot without rate limits.
    pub(crate) async fn start() -> Self {
        let bot = Self::limited().await;
        bot.slack().set_rate_limits(RateLimits {
            enabled: false,
            ..RateLimits::default()
        });
        bot
    }

    pub(crate) async fn limited() -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(LONG)
            .build()
            .unwrap();
        Self {
            emulator: Emulator::start(Options::default()).await.unwrap(),
            http,
            token: BOT_TOKEN.to_owned(),
        }
    }

    pub(crate) fn slack(&self) -> &Slack {
        self.emulator.slack()
    }

    pub(crate) fn push_clock(&self, seconds: u64) {
        let by = Duration::from_secs(seconds);
        self.emulator.world().clock.advance(by);
    }

    pub(crate) fn fault(&self, route: &str, effect: Effect) {
        let fault = Fault::once("slack", route, effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) fn url(&self, method: &str) -> String {
        format!("{}/{method}", self.emulator.base("slack"))
    }

    /// A call with JSON.
    pub(crate) async fn call(&self, method: &str, body: Value) -> Answer {
        let request = self
            .http
            .post(self.url(method))
            .bearer_auth(&self.token)
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string());
        Self::read(request).await
    }

    /// A call with a form.
    pub(crate) async fn form(&self, method: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .post(self.url(method))
            .bearer_auth(&self.token)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        Self::read(request).await
    }

    pub(crate) async fn read(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
        Answer {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn post(&self, channel: &str, text: &str) -> Answer {
        let body = json!({"channel": channel, "text": text});
        self.call("chat.postMessage", body).await
    }

    /// The socket's address.
    pub(crate) async fn ticket(&self) -> String {
        let request = self.http.post(self.url("apps.connections.open"));
        let answer = Self::read(request.bearer_auth(APP_TOKEN)).await;
        answer.text("/url")
    }

    /// A socket that was greeted.
    pub(crate) async fn connect(&self) -> Line {
        let mut line = Line::dial(&self.ticket().await).await.unwrap();
        let hello = line.frame().await.unwrap();
        assert_eq!(hello["type"], "hello");
        line
    }

    /// Somebody uses `/kling`, and the bot hears of it.
    pub(crate) async fn heard(&self, line: &mut Line, command: &Command) -> (u64, Value) {
        let id = self.slack().command(command).unwrap();
        (id, line.envelope("slash_commands").await)
    }

    /// The modal that opens after `/kling`.
    pub(crate) async fn open(&self, line: &mut Line, view: Value) -> String {
        let (_, envelope) = self.heard(line, &Command::new("")).await;
        line.acknowledge(&envelope, None).await;
        let trigger = &envelope["payload"]["trigger_id"];
        let opened = self
            .call("views.open", json!({"trigger_id": trigger, "view": view}))
            .await;
        assert_eq!(opened.error(), "", "{}", opened.body);
        opened.text("/view/id")
    }

    pub(crate) async fn seen(&self, wanted: impl Fn(&SeenEvent) -> bool) -> SeenEvent {
        self.slack().wait_for_event(wanted, LONG).await.unwrap()
    }

    /// What happened to a view.
    pub(crate) async fn view(&self, id: &str, change: ViewChange) -> SeenEvent {
        let is_it = |event: &SeenEvent| {
            event.view_change == Some(change)
                && event.view.as_ref().is_some_and(|view| view["id"] == id)
        };
        self.seen(is_it).await
    }

    /// Uploads bytes and completes the upload; answers the file's id and the last answer.
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>, more: Value) -> (String, Answer) {
        let length = bytes.len().to_string();
        let fields = [("filename", name), ("length", &length)];
        let announced = self.form("files.getUploadURLExternal", &fields).await;
        let sent = self.http.post(announced.text("/upload_url")).body(bytes);
        assert_eq!(sent.send().await.unwrap().status(), 200);
        let id = announced.text("/file_id");
        let mut body = json!({"files": [{"id": id, "title": name}]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let done = self.call("files.completeUploadExternal", body).await;
        (id, done)
    }
}

/// A socket.
pub(crate) struct Line {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Line {
    pub(crate) async fn dial(url: &str) -> Option<Self> {
        let (socket, _) = tokio_tungstenite::connect_async(url).await.ok()?;
        Some(Self { socket })
    }

    /// The next frame, or the close code (0 for none).
    pub(crate) async fn frame(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(LONG, self.socket.next())
                .await
                .unwrap();
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The next envelope of a type; others are acknowledged and passed over.
    pub(crate) async fn envelope(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame().await.unwrap();
            if frame["type"] == kind {
                return frame;
            }
            self.acknowledge(&frame, None).await;
        }
    }

    /// The next event of a name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let envelope = self.envelope("events_api").await;
            self.acknowledge(&envelope, None).await;
            if envelope["payload"]["event"]["type"] == name {
                return envelope["payload"].clone();
            }
        }
    }

    pub(crate) async fn acknowledge(&mut self, envelope: &Value, payload: Option<Value>) {
        let mut frame = json!({"envelope_id": envelope["envelope_id"]});
        if let Some(payload) = payload {
            frame["payload"] = payload;
        }
        self.say(&frame.to_string()).await;
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }
}

/// A section of text.
pub(crate) fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

/// A message's button.
pub(crate) fn button(action: &str) -> Value {
    json!({"type": "actions", "block_id": "buttons", "elements": [
        {"type": "button", "action_id": action, "value": "job-1", "text": {"type": "plain_text", "text": "Again"}},
    ]})
}

/// A modal with fields.
pub(crate) fn modal(blocks: &Value) -> Value {
    json!({
        "type": "modal",
        "callback_id": "kling_form",
        "private_metadata": "{}",
        "title": {"type": "plain_text", "text": "Kling"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": blocks,
    })
}

/// An input block.
pub(crate) fn input(id: &str, element: &Value) -> Value {
    json!({"type": "input", "block_id": id, "label": {"type": "plain_text", "text": id}, "element": element})
}

/// A picture of two by two pixels.
pub(crate) fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 2)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
