//! One socket, from hello to its end.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Order, disconnect_notice};
use crate::slack::Slack;

/// How long before its end a connection is told, in the world's time.
const WARNING_MS: u64 = 10_000;

/// How long a connection with `debug_reconnects` lives, in the world's time.
const DEBUG_LIFE_MS: u64 = 360_000;

/// How long a connection lives that nobody shortens, in seconds. It is only said, not done.
const LIFE_SECONDS: u64 = 18_060;

/// After how many pings without an answer a client counts as gone.
const PATIENCE: u32 = 4;

/// Serves a connection until either side ends it.
pub(crate) async fn serve(slack: Slack, mut socket: WebSocket, debug: bool) {
    let (sender, orders) = mpsc::unbounded_channel();
    let line = slack.lock().sockets.connect(sender);
    let is_off = !slack.lock().app.socket_mode;
    let refused = match &line {
        None => Some("too_many_websockets"),
        Some(_) if is_off => Some("link_disabled"),
        Some(_) => None,
    };
    if let Some(reason) = refused {
        // A client that has left already needs no notice.
        socket
            .send(Message::Text(disconnect_notice(reason).into()))
            .await
            .ok();
        socket.send(close(1000)).await.ok();
        slack.note("refused_socket", &json!({"reason": reason}));
    }
    let Some(line) = line else { return };
    let number = line.number;
    if refused.is_none() {
        slack.note("connected", &json!({"line": number}));
        let closing = slack.world.closing.clone();
        let mut talk = Talk {
            slack: slack.clone(),
            socket,
            number,
            unanswered: 0,
            ends_ms: debug.then(|| slack.now_ms() + DEBUG_LIFE_MS),
            warned: false,
        };
        tokio::select! {
            _ = talk.run(orders) => {}
            () = closing.cancelled() => {}
        }
    }
    {
        let mut state = slack.lock();
        state.sockets.disconnect(number);
        state.stir();
    }
    slack.note("disconnected", &json!({"line": number}));
}

fn close(code: u16) -> Message {
    Message::Close(Some(CloseFrame {
        code,
        reason: "".into(),
    }))
}

/// A connection and what is known of its client.
struct Talk {
    slack: Slack,
    socket: WebSocket,
    number: u64,
    unanswered: u32,
    /// When it is to end, by the world's clock.
    ends_ms: Option<u64>,
    warned: bool,
}

impl Talk {
    /// Talks until the end. `None` when the client is gone.
    async fn run(&mut self, mut orders: mpsc::UnboundedReceiver<Order>) -> Option<()> {
        let (count, app, ping_ms) = {
            let state = self.slack.lock();
            state.stir();
            (
                state.sockets.connected(),
                state.app.id.clone(),
                state.settings.ping_ms,
            )
        };
        let hello = json!({
            "type": "hello",
            "num_connections": count,
            "debug_info": {
                "host": "applink-emulated",
                "build_number": 1,
                "approximate_connection_time": LIFE_SECONDS,
            },
            "connection_info": {"app_id": app},
        });
        self.send(hello.to_string()).await?;
        let every = Duration::from_millis(ping_ms.max(1));
        let mut ping = Instant::now() + every;
        loop {
            let next_ms = self.ends_ms.map(|ends_ms| {
                if self.warned {
                    ends_ms
                } else {
                    ends_ms.saturating_sub(WARNING_MS)
                }
            });
            let clock = self.slack.world.clock.clone();
            let ending = async move {
                match next_ms {
                    Some(next_ms) => clock.sleep_until(next_ms).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                received = self.socket.recv() => match received {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()),
                    Some(Ok(Message::Pong(_))) => self.unanswered = 0,
                    Some(Ok(Message::Ping(_) | Message::Binary(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                },
                order = orders.recv() => match order? {
                    Order::Send(text) => self.send(text).await?,
                    Order::Warn => self.ends_ms = Some(self.slack.now_ms() + WARNING_MS),
                    Order::Farewell(reason) => return self.part(reason).await,
                    Order::Close(code) => return self.socket.send(close(code)).await.ok(),
                    Order::Drop => return None,
                },
                () = ending => {
                    if self.warned {
                        return self.part("refresh_requested").await;
                    }
                    self.warned = true;
                    self.send(disconnect_notice("warning")).await?;
                }
                () = tokio::time::sleep_until(ping) => {
                    ping = Instant::now() + every;
                    self.unanswered += 1;
                    if self.unanswered > PATIENCE {
                        self.slack.note("silent", &json!({"line": self.number}));
                        return None;
                    }
                    let ping = Message::Ping(format!("Ping from applink-{}", self.number).into());
                    self.socket.send(ping).await.ok()?;
                }
            }
        }
    }

    /// Sends a text. `None` when the client is gone.
    async fn send(&mut self, text: String) -> Option<()> {
        self.socket.send(Message::Text(text.into())).await.ok()
    }

    /// Says why it ends, and ends it.
    async fn part(&mut self, reason: &str) -> Option<()> {
        self.slack.lock().sockets.leave(self.number);
        self.send(disconnect_notice(reason)).await?;
        self.socket.send(close(1000)).await.ok()
    }

    fn hear(&self, text: &str) {
        if self.slack.lock().sockets.deaf {
            return;
        }
        let json: Option<Value> = serde_json::from_str(text).ok();
        let id = json.as_ref().and_then(|json| json["envelope_id"].as_str());
        let (Some(id), Some(json)) = (id, &json) else {
            self.slack
                .note("malformed_frame", &json!({"line": self.number}));
            return;
        };
        let payload = json
            .get("payload")
            .filter(|payload| !is_empty(payload))
            .cloned();
        let was_waited_for = self.slack.lock().sockets.acknowledge(id, payload);
        let event = if was_waited_for {
            "acknowledged"
        } else {
            "late_acknowledgement"
        };
        self.slack
            .note(event, &json!({"line": self.number, "envelope_id": id}));
    }
}

/// Whether an acknowledgement's payload says nothing.
fn is_empty(payload: &Value) -> bool {
    match payload {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}
