//! From an interaction to a command, and the answer within three seconds.
//!
//! The order is: durable commit first, then the public acknowledgement. When Discord does not take the
//! acknowledgement (10062: it came too late, and the person was told that the bot did not respond), the job is
//! cancelled where nothing was submitted yet: people try again then, and would pay twice. What was submitted
//! already goes on, and is delivered further down the ladder.

mod ages;
mod parse;

use std::sync::Arc;
use std::time::Duration;

use kling_bot::{Answer, Command, Intake, Text, Texts};
use kling_core::{Clock, Secret, Timestamp};
use kling_engine::JobId;
use serde_json::{Value, json};
use serenity::model::application::CommandInteraction;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::acknowledging::Acknowledging;
use crate::limits;
use crate::outbound::{DiscordMarkup, EPHEMERAL};
use crate::rest::{Rest, RestError, code};

pub(crate) use ages::Ages;
use parse::{Arrival, parse};

/// Kept back from the three seconds for the way to Discord.
const WAY_BACK: Duration = Duration::from_millis(500);
/// The least time worth trying an answer in: Discord's clock decides, and ours may be ahead.
const LAST_CHANCE: Duration = Duration::from_millis(750);

/// Takes commands and answers them.
#[derive(Clone, Debug)]
pub(crate) struct Inbound {
    pub(crate) rest: Rest,
    pub(crate) intake: Intake,
    pub(crate) texts: Texts,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) acknowledging: Acknowledging,
    pub(crate) ages: Arc<Ages>,
    pub(crate) tasks: TaskTracker,
}

/// Where and until when an interaction may be answered.
#[derive(Debug)]
struct Door {
    interaction: String,
    token: Secret,
    deadline: Instant,
}

/// Whether Discord took an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Yes,
    /// Somebody else has answered: another program that runs with the same token.
    ByAnother,
    /// The person was told that the bot did not respond.
    TooLate,
    /// Nobody knows.
    Unknown,
}

impl Inbound {
    /// Handles one command from its arrival to its first answer.
    pub(crate) async fn handle(&self, interaction: CommandInteraction) {
        let now = self.clock.now();
        let age = self.ages.of(interaction.id.get(), now);
        let Some(Arrival { command, token }) = parse(&interaction, now, age) else {
            tracing::warn!("an interaction without a token was left alone");
            return;
        };
        let left = limits::FIRST_ANSWER.saturating_sub(age).max(LAST_CHANCE);
        let door = Door {
            interaction: command.dedupe_key.clone(),
            token,
            deadline: Instant::now() + left,
        };
        let Some(_answering) = self.acknowledging.begin(&door.token) else {
            tracing::debug!("a command came twice at once");
            return;
        };
        self.take_on(command, age, &door, now).await;
    }

    async fn take_on(&self, command: Command, age: Duration, door: &Door, now: Timestamp) {
        let text = self.texts.of(command.locale.as_deref());
        if age > limits::OLDEST_TO_ACCEPT {
            tracing::warn!(
                age_ms = age.as_millis(),
                "an interaction came too late to be taken on"
            );
            self.say_privately(door, &text.not_accepted()).await;
            return;
        }
        let intake = self.intake.clone();
        let mut accepting = self
            .tasks
            .spawn(async move { intake.imagine(command).await });
        let answer_by = door.deadline - WAY_BACK;
        let answer = match tokio::time::timeout_at(answer_by, &mut accepting).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Answer::NotAccepted,
            Err(_) => {
                self.say_privately(door, &text.not_accepted()).await;
                // Whatever still lands was not acknowledged and must not be paid for.
                if let Ok(Answer::Accepted { job, .. }) = accepting.await {
                    self.take_back(&job.id).await;
                }
                return;
            }
        };
        self.answer(door, &text, answer, now).await;
    }

    async fn answer(&self, door: &Door, text: &Text, answer: Answer, received_at: Timestamp) {
        match answer {
            Answer::Accepted { job, .. } => {
                let taken = self.call_back(door, &deferred()).await;
                let wait_ms = self.clock.now().since(received_at).as_millis();
                match taken {
                    Taken::Yes => {
                        tracing::debug!(job.id = %job.id, wait_ms, "acknowledged job `{}`", job.id);
                    }
                    Taken::TooLate => {
                        tracing::warn!(
                            job.id = %job.id, wait_ms,
                            "Discord did not take the acknowledgement of job `{}`", job.id
                        );
                        self.take_back(&job.id).await;
                    }
                    // Whoever answered does the work as well, and it would be paid for twice.
                    Taken::ByAnother => {
                        tracing::error!(
                            job.id = %job.id,
                            "another program answered the command of job `{}` first: it runs with the token of \
                             this bot. Stop one of the two", job.id
                        );
                        self.take_back(&job.id).await;
                    }
                    Taken::Unknown => tracing::warn!(
                        job.id = %job.id, wait_ms,
                        "whether job `{}` was acknowledged is not known; it goes on", job.id
                    ),
                }
            }
            // Another copy of the event was first. If its acknowledgement got lost, this one serves.
            Answer::Duplicate { job } => {
                let taken = self.call_back(door, &deferred()).await;
                tracing::debug!(job.id = %job.id, ?taken, "a command came twice");
            }
            Answer::Refused(refusal) => {
                let words = text.refusal(&refusal.reasons, &DiscordMarkup);
                self.say_privately(door, &words).await;
            }
            Answer::NotAccepted => self.say_privately(door, &text.not_accepted()).await,
        }
    }

    async fn say_privately(&self, door: &Door, words: &str) {
        let answer = private(words);
        match self.call_back(door, &answer).await {
            Taken::Yes | Taken::ByAnother => {}
            Taken::TooLate | Taken::Unknown => {
                tracing::warn!("Discord did not take a private answer");
            }
        }
    }

    async fn call_back(&self, door: &Door, answer: &Value) -> Taken {
        let mut outcome = Taken::TooLate;
        let mut may_be_ours = false;
        loop {
            let left = door
                .deadline
                .saturating_duration_since(Instant::now())
                .max(LAST_CHANCE);
            let called = self
                .rest
                .call_back(&door.interaction, &door.token, answer, left)
                .await;
            let error = match called {
                Ok(()) => return Taken::Yes,
                // A try of ours that seemed lost was not.
                Err(error) if error.has_code(code::ALREADY_ACKNOWLEDGED) && may_be_ours => {
                    return Taken::Yes;
                }
                Err(error) if error.has_code(code::ALREADY_ACKNOWLEDGED) => {
                    return Taken::ByAnother;
                }
                Err(error) => error,
            };
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "Discord did not take an answer to an interaction"
            );
            match error {
                // 10062, as a rule. Were a lost try of ours the reason, it would be 40060.
                RestError::Refused { .. } | RestError::Malformed(_) => return Taken::TooLate,
                RestError::Lost(_) | RestError::Unreadable(_) => {
                    may_be_ours = true;
                    outcome = Taken::Unknown;
                }
                RestError::NotSent(_) | RestError::Busy { .. } => {}
            }
            if Instant::now() + LAST_CHANCE > door.deadline {
                return outcome;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Cancels a job that the person does not know of.
    async fn take_back(&self, id: &JobId) {
        match self.intake.cancel(id).await {
            Ok(answer) => tracing::debug!(job.id = %id, ?answer, "took job `{id}` back"),
            Err(error) => tracing::error!(
                job.id = %id,
                error = &error as &dyn std::error::Error,
                "job `{id}` could not be taken back"
            ),
        }
    }
}

/// "is thinking…", for everybody to see.
fn deferred() -> Value {
    json!({"type": 5})
}

/// An answer for the asker only.
fn private(words: &str) -> Value {
    json!({
        "type": 4,
        "data": {
            "content": crate::escape::shorten(words, limits::CONTENT_CHARS),
            "flags": EPHEMERAL,
            "allowed_mentions": {"parse": []},
        },
    })
}
