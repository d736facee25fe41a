//! Brings to the bot what people do, over either transport, with time limit and retries.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Slack;
use super::app::Door;
use super::event::{Change, SeenEvent};
use super::state::{Chore, State};
use crate::journal::Entry;

pub(crate) mod client;
pub(crate) mod request;

use self::request::Sent;

/// How long the bot has for everything.
pub(crate) const LIMIT_MS: u64 = 3_000;

/// When an event that was not acknowledged comes again.
const RETRIES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_mins(1),
    Duration::from_mins(5),
];

/// What the bot is told of, by the payload's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// A slash command.
    Command,
    /// A global shortcut.
    Shortcut,
    /// A message shortcut.
    MessageAction,
    /// A button, or something chosen.
    BlockActions,
    /// A modal that is sent.
    ViewSubmission,
    /// A modal that is closed.
    ViewClosed,
    /// Options that an external select asks for.
    BlockSuggestion,
    /// An event.
    Event,
}

impl DeliveryKind {
    pub(crate) fn door(self) -> Door {
        match self {
            Self::Command => Door::Commands,
            Self::BlockSuggestion => Door::Options,
            Self::Event => Door::Events,
            Self::Shortcut
            | Self::MessageAction
            | Self::BlockActions
            | Self::ViewSubmission
            | Self::ViewClosed => Door::Interactivity,
        }
    }

    /// How a socket's envelope calls it.
    fn envelope(self) -> &'static str {
        match self.door() {
            Door::Commands => "slash_commands",
            Door::Events => "events_api",
            Door::Interactivity | Door::Options => "interactive",
        }
    }

    /// Whether the acknowledgement may carry something.
    fn takes_payload(self) -> bool {
        matches!(
            self,
            Self::Command | Self::ViewSubmission | Self::BlockSuggestion
        )
    }
}

/// Something that is brought to the bot.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) kind: DeliveryKind,
    pub(crate) team: String,
    pub(crate) user: String,
    pub(crate) channel: Option<String>,
    pub(crate) view: Option<String>,
    /// The secret of the response URL.
    pub(crate) hook: Option<String>,
    pub(crate) payload: Value,
    pub(crate) attempts: u32,
    pub(crate) acknowledged: bool,
    pub(crate) failed: Option<String>,
    pub(crate) answer: Option<Value>,
    pub(crate) options: Vec<Value>,
    pub(crate) over: bool,
    /// The last request, for a replay.
    pub(crate) sent: Option<Sent>,
}

/// How far a delivery has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The delivery.
    pub id: u64,
    /// What it is.
    pub kind: DeliveryKind,
    /// What the bot was told.
    pub payload: Value,
    /// How often it was brought.
    pub attempts: u32,
    /// Whether the bot acknowledged it in time.
    pub acknowledged: bool,
    /// Slack's word for what went wrong: `operation_timeout`, `dispatch_failed`, …
    pub failed: Option<String>,
    /// What the acknowledgement carried.
    pub answer: Option<Value>,
    /// The options that were offered.
    pub options: Vec<Value>,
    /// Whether nothing more will happen to it.
    pub over: bool,
}

/// An attempt that came to nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    /// What people are told.
    pub(crate) word: &'static str,
    /// What the next attempt says of this one.
    pub(crate) reason: &'static str,
    /// Whether there is no next attempt.
    pub(crate) is_final: bool,
}

impl Failure {
    pub(crate) fn of(word: &'static str, reason: &'static str) -> Self {
        Self {
            word,
            reason,
            is_final: false,
        }
    }
}

impl State {
    /// Something for the bot, sent as soon as the lock is free.
    pub(crate) fn send(&mut self, delivery: Delivery) -> u64 {
        let id = delivery.id;
        self.deliveries.insert(id, delivery);
        self.chores.push(Chore::Deliver(id));
        self.forget();
        self.stir();
        id
    }

    /// A delivery with nothing in it yet.
    pub(crate) fn draft(&mut self, kind: DeliveryKind, team: &str, user: &str) -> Delivery {
        Delivery {
            id: self.mint.number(),
            kind,
            team: team.to_owned(),
            user: user.to_owned(),
            channel: None,
            view: None,
            hook: None,
            payload: Value::Null,
            attempts: 0,
            acknowledged: false,
            failed: None,
            answer: None,
            options: Vec::new(),
            over: false,
            sent: None,
        }
    }

    /// How far a delivery has come.
    pub(crate) fn answered(&self, id: u64) -> Option<Answered> {
        let known = self.deliveries.get(&id)?;
        Some(Answered {
            id,
            kind: known.kind,
            payload: known.payload.clone(),
            attempts: known.attempts,
            acknowledged: known.acknowledged,
            failed: known.failed.clone(),
            answer: known.answer.clone(),
            options: known.options.clone(),
            over: known.over,
        })
    }

    /// Shows the person that it failed.
    pub(crate) fn fail(&mut self, now_ms: u64, id: u64, word: &str) {
        let Some(known) = self.deliveries.get_mut(&id) else {
            return;
        };
        known.failed = Some(word.to_owned());
        known.over = true;
        let known = known.clone();
        let text = match known.kind {
            DeliveryKind::Event | DeliveryKind::ViewClosed => {
                self.stir();
                return;
            }
            DeliveryKind::Command => {
                let command = known.payload["command"].as_str().unwrap_or_default();
                format!("{command} failed with the error \"{word}\"")
            }
            DeliveryKind::ViewSubmission => "We had some trouble connecting. Try again?".to_owned(),
            DeliveryKind::BlockSuggestion => {
                "There was a problem loading these options.".to_owned()
            }
            DeliveryKind::Shortcut | DeliveryKind::MessageAction => {
                format!("That shortcut failed with the error \"{word}\"")
            }
            DeliveryKind::BlockActions => format!("This action failed with the error \"{word}\""),
        };
        let event = SeenEvent {
            event: Change::Failed,
            team_id: known.team,
            channel_id: known.channel,
            only_for: Some(known.user),
            text,
            error: Some(word.to_owned()),
            delivery: Some(id),
            ..SeenEvent::default()
        };
        self.show(now_ms, event);
    }
}

impl Slack {
    /// Brings a delivery to the bot until it is acknowledged or given up.
    pub(crate) async fn deliver(&self, id: u64) {
        let mut attempt: usize = 0;
        let mut reason = "";
        loop {
            let Some(delivery) = self.lock().deliveries.get(&id).cloned() else {
                return;
            };
            let is_event = delivery.kind == DeliveryKind::Event;
            if let Some(known) = self.lock().deliveries.get_mut(&id) {
                known.attempts += 1;
            }
            let is_socket = self.lock().app.socket_mode;
            let result = if is_socket {
                self.by_socket(&delivery, attempt, reason).await
            } else {
                self.by_request(&delivery, attempt, reason).await
            };
            let failure = match result {
                Ok(answer) => {
                    self.act(|state, now_ms| state.obey(now_ms, id, answer));
                    return;
                }
                Err(failure) => failure,
            };
            self.note(
                "undelivered",
                &json!({"delivery": id, "attempt": attempt, "reason": failure.reason}),
            );
            let pause = RETRIES
                .get(attempt)
                .filter(|_| is_event && !failure.is_final);
            let Some(pause) = pause else {
                let now_ms = self.now_ms();
                self.lock().fail(now_ms, id, failure.word);
                return;
            };
            self.world.clock.sleep(*pause).await;
            attempt += 1;
            reason = failure.reason;
        }
    }

    /// One attempt over a socket.
    async fn by_socket(
        &self,
        delivery: &Delivery,
        attempt: usize,
        reason: &str,
    ) -> Result<Option<Value>, Failure> {
        let deadline = self.now_ms() + LIMIT_MS;
        let is_event = delivery.kind == DeliveryKind::Event;
        let waiting = {
            let mut state = self.lock();
            let envelope_id = state.mint.uuid();
            let mut envelope = json!({
                "envelope_id": envelope_id,
                "type": delivery.kind.envelope(),
                "payload": delivery.payload,
                "accepts_response_payload": delivery.kind.takes_payload(),
            });
            if is_event {
                envelope["retry_attempt"] = json!(attempt);
                envelope["retry_reason"] = json!(reason);
            }
            state.sockets.dispatch(&envelope_id, &envelope)
        };
        // What happens while nobody is connected is not kept.
        let Some((line, acknowledged)) = waiting else {
            let is_final = attempt == 0;
            let failure = Failure::of("dispatch_failed", "connection_failed");
            return Err(Failure {
                is_final,
                ..failure
            });
        };
        self.note(
            "sent",
            &json!({"delivery": delivery.id, "line": line, "type": delivery.kind, "attempt": attempt}),
        );
        tokio::select! {
            answer = acknowledged => match answer {
                Ok(answer) if delivery.kind.takes_payload() => Ok(answer),
                Ok(Some(_)) => {
                    self.note("unwanted_payload", &json!({"delivery": delivery.id}));
                    Ok(None)
                }
                Ok(None) => Ok(None),
                // The connection is gone. People wait on.
                Err(_) => {
                    if !is_event {
                        self.world.clock.sleep_until(deadline).await;
                    }
                    Err(Failure::of("operation_timeout", "connection_failed"))
                }
            },
            () = self.world.clock.sleep_until(deadline) => {
                Err(Failure::of("operation_timeout", "timeout"))
            }
        }
    }

    /// Writes down what is no request of the bot.
    pub(crate) fn note(&self, event: &str, detail: &Value) {
        let mut detail = detail.clone();
        detail["event"] = json!(event);
        self.world
            .journal
            .append(Entry::new("slack", "", "").detail(detail));
    }
}
