//! One gateway connection, from HELLO to its end.

use std::collections::VecDeque;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::identify::Rejection;
use super::{Line, Order};
use crate::discord::{Discord, limits};
use crate::journal::Entry;

/// How long a client may take to leave after it was asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// What to do after a payload.
enum Next {
    Stay,
    Leave(u16, &'static str),
}

/// A connection and what it is allowed.
struct Conversation {
    discord: Discord,
    socket: WebSocket,
    line: Line,
    has_session: bool,
    sends: VecDeque<Instant>,
    /// When the client counts as gone. Real time: pushing the world's clock cuts no connection.
    deadline: Instant,
    patience: Duration,
    zombie_said: bool,
}

/// Serves a connection until either side ends it.
pub(crate) async fn serve(discord: Discord, socket: WebSocket) {
    let (sender, orders) = mpsc::unbounded_channel();
    let (line, heartbeat_ms) = {
        let mut state = discord.lock();
        (state.sessions.connect(sender), state.sessions.heartbeat_ms)
    };
    // A heartbeat may be late by half an interval and a breath for the network.
    let patience = Duration::from_millis(heartbeat_ms * 3 / 2 + 500);
    let mut conversation = Conversation {
        discord: discord.clone(),
        socket,
        line: line.clone(),
        has_session: false,
        sends: VecDeque::new(),
        deadline: Instant::now() + patience,
        patience,
        zombie_said: false,
    };
    let closing = discord.world().closing.clone();
    let code = tokio::select! {
        code = conversation.run(orders, heartbeat_ms) => code,
        () = closing.cancelled() => None,
    };
    {
        let mut state = discord.lock();
        state.sessions.disconnect(line.number);
        state.stir();
    }
    discord.note("closed", &json!({"line": line.number, "code": code}));
}

impl Conversation {
    /// Talks until the end; answers the close code we gave, if we gave one.
    async fn run(
        &mut self,
        mut orders: mpsc::UnboundedReceiver<Order>,
        heartbeat_ms: u64,
    ) -> Option<u16> {
        let hello = json!({
            "op": 10,
            "t": null,
            "s": null,
            "d": {"heartbeat_interval": heartbeat_ms, "_trace": ["[\"emulator\",{\"micros\":0}]"]},
        });
        self.send(hello.to_string()).await?;
        loop {
            let next = tokio::select! {
                received = self.socket.recv() => match received {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()).await?,
                    Some(Ok(Message::Binary(bytes))) => match std::str::from_utf8(&bytes) {
                        Ok(text) => self.hear(text).await?,
                        Err(_) => Next::Leave(4002, "Error while decoding payload."),
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::Stay,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                },
                order = orders.recv() => match order? {
                    Order::Send(text) => {
                        self.send(text).await?;
                        Next::Stay
                    }
                    Order::Farewell(text) => {
                        self.send(text).await?;
                        self.deadline = Instant::now() + FAREWELL;
                        Next::Stay
                    }
                    Order::Close(code, reason) => Next::Leave(code, reason),
                    Order::Drop => return None,
                },
                () = tokio::time::sleep_until(self.deadline) => {
                    Next::Leave(4009, "Session timed out.")
                }
            };
            if let Next::Leave(code, reason) = next {
                let frame = CloseFrame {
                    code,
                    reason: reason.into(),
                };
                // A client that has left already needs no goodbye.
                self.socket.send(Message::Close(Some(frame))).await.ok();
                return Some(code);
            }
        }
    }

    /// Sends a text, unless the connection plays dead. `None` when the client is gone.
    async fn send(&mut self, text: String) -> Option<()> {
        if self.discord.lock().sessions.zombie {
            return Some(());
        }
        self.socket.send(Message::Text(text.into())).await.ok()
    }

    async fn hear(&mut self, text: &str) -> Option<Next> {
        if text.len() > limits::GATEWAY_PAYLOAD {
            return Some(Next::Leave(4002, "Error while decoding payload."));
        }
        let now = Instant::now();
        let window = Duration::from_millis(limits::GATEWAY_WINDOW_MS);
        self.sends.retain(|at| now.duration_since(*at) < window);
        self.sends.push_back(now);
        if self.sends.len() > limits::GATEWAY_SENDS {
            return Some(Next::Leave(4008, "Rate limited."));
        }
        let Ok(payload) = serde_json::from_str::<Value>(text) else {
            return Some(Next::Leave(4002, "Error while decoding payload."));
        };
        let data = &payload["d"];
        Some(match payload["op"].as_u64() {
            Some(1) => self.heartbeat().await?,
            Some(2) if self.has_session => Next::Leave(4005, "Already authenticated."),
            Some(2) => {
                let id = self.discord.world().ids.hex();
                let now_ms = self.discord.world().clock.now_ms();
                let told = self.discord.lock().identify(now_ms, id, &self.line, data);
                let about = json!({"intents": data["intents"], "shard": data["shard"]});
                self.admit("identify", told, about).await?
            }
            Some(6) => {
                let told = self.discord.lock().resume(&self.line, data);
                self.admit("resume", told, json!({"seq": data["seq"]}))
                    .await?
            }
            // Presence, voice state, member and soundboard requests are heard and of no effect.
            Some(3 | 4 | 8 | 31) if self.has_session => Next::Stay,
            Some(3 | 4 | 8 | 31) => Next::Leave(4003, "Not authenticated."),
            _ => Next::Leave(4001, "Unknown opcode."),
        })
    }

    async fn heartbeat(&mut self) -> Option<Next> {
        if self.discord.lock().sessions.zombie {
            if !self.zombie_said {
                self.zombie_said = true;
                self.discord
                    .note("unacknowledged", &json!({"line": self.line.number}));
            }
            return Some(Next::Stay);
        }
        self.deadline = Instant::now() + self.patience;
        self.send(json!({"op": 11, "t": null, "s": null, "d": null}).to_string())
            .await?;
        Some(Next::Stay)
    }

    /// Writes down how an IDENTIFY or RESUME went, and answers a refused one.
    async fn admit(
        &mut self,
        event: &str,
        told: Result<(), Rejection>,
        mut about: Value,
    ) -> Option<Next> {
        about["line"] = json!(self.line.number);
        let (outcome, next) = match told {
            Ok(()) => {
                self.has_session = true;
                self.discord.lock().stir();
                ("accepted".to_owned(), Next::Stay)
            }
            Err(Rejection::Close(code, reason)) => {
                (format!("closed with {code}"), Next::Leave(code, reason))
            }
            Err(Rejection::Invalid) => {
                self.send(json!({"op": 9, "t": null, "s": null, "d": false}).to_string())
                    .await?;
                ("invalid session".to_owned(), Next::Stay)
            }
        };
        about["outcome"] = json!(outcome);
        self.discord.note(event, &about);
        Some(next)
    }
}

impl Discord {
    /// Writes something that happened on the gateway into the journal.
    pub(crate) fn note(&self, event: &str, about: &Value) {
        let mut detail = about.clone();
        detail["event"] = json!(event);
        self.world()
            .journal
            .append(Entry::new("discord", "", "/gateway").detail(detail));
    }
}
