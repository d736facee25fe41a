//! From the engine to the channel: progress, last messages, and the files people attached.
//!
//! One visible result: the status message is edited into it. An edit notifies nobody, and a second message that
//! did would be a second result; so the requester is mentioned in the edit, and whoever waits sees it there. Only
//! a result that comes too late for an edit is a message of its own, and that one notifies.
//!
//! Everything may be called again after a crash. Edits repeat without harm. A post carries the job's nonce, which
//! Discord honours for some minutes, and is looked for first by the job's name, which holds for longer.

mod compose;
mod input;
mod ladder;
mod memory;
mod refusal;

use std::sync::Arc;

use kling_bot::{Mark, Texts};
use kling_core::{AssetUrl, Clock, Timestamp};
use kling_engine::{
    Deliverer, Delivery, DeliveryContent, DeliveryError, InputError, Job, PlatformId, Receipt,
    StatusUpdate,
};
use kling_http::Downloader;
use tokio::io::AsyncWrite;
use tokio::sync::OnceCell;
use url::Url;

use crate::acknowledging::Acknowledging;
use crate::address::{Address, Place, Posted, snowflake_at};
use crate::limits;
use crate::ratelimit::Priority;
use crate::rest::{Draft, Message, Rest, RestError};
use compose::Composer;
pub(crate) use compose::DiscordMarkup;
use ladder::{Rung, Verdict, judge, rungs};
use memory::Memory;
pub(crate) use refusal::EPHEMERAL;

/// What goes out.
#[derive(Debug)]
pub(crate) struct Outbound {
    platform: PlatformId,
    rest: Rest,
    composer: Composer,
    downloader: Downloader,
    base: Url,
    clock: Arc<dyn Clock>,
    acknowledging: Acknowledging,
    memory: Memory,
    /// The id of our own account, once it was needed.
    own_id: OnceCell<String>,
}

/// Why a rung did not hold.
enum Fall {
    /// The next one may.
    Next(String),
    /// None will, for now.
    Stop(DeliveryError),
}

impl Outbound {
    pub(crate) fn new(
        platform: PlatformId,
        rest: Rest,
        texts: Texts,
        downloader: Downloader,
        base: Url,
        clock: Arc<dyn Clock>,
        acknowledging: Acknowledging,
    ) -> Self {
        Self {
            platform,
            rest,
            composer: Composer::new(texts),
            downloader,
            base,
            clock,
            acknowledging,
            memory: Memory::default(),
            own_id: OnceCell::new(),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Tries one rung after the other.
    async fn climb(
        &self,
        rungs: Vec<Rung>,
        delivery: &Delivery,
        address: &Address,
    ) -> Result<Posted, DeliveryError> {
        let mut code = "no way to answer is left".to_owned();
        for rung in rungs {
            match self.stand_on(&rung, delivery, address).await {
                Ok(posted) => return Ok(posted),
                Err(Fall::Stop(error)) => return Err(error),
                Err(Fall::Next(why)) => {
                    tracing::debug!(
                        job.id = %delivery.job.id,
                        rung = rung.name(),
                        code = why,
                        "a way to answer did not hold"
                    );
                    code = why;
                }
            }
        }
        Err(DeliveryError::Gone { code })
    }

    async fn stand_on(
        &self,
        rung: &Rung,
        delivery: &Delivery,
        address: &Address,
    ) -> Result<Posted, Fall> {
        let mut rung = rung.clone();
        let mut left_out = 0;
        loop {
            let draft = self
                .composer
                .last_words(delivery, rung.file_bytes(address), left_out);
            let error = match self.put(&rung, delivery, address, &draft).await {
                Ok(message) => return Ok(message.into()),
                Err(error) => error,
            };
            let why = match &error {
                RestError::Refused { status, code } => format!("{status}/{code}"),
                other => other.to_string(),
            };
            match judge(&rung, error) {
                Verdict::Next => return Err(Fall::Next(why)),
                Verdict::Lighter if draft.files.is_empty() => return Err(Fall::Next(why)),
                Verdict::Lighter => left_out += 1,
                Verdict::NoReply => match rung {
                    Rung::Post { reply_to: Some(_) } => rung = Rung::Post { reply_to: None },
                    Rung::Original
                    | Rung::Edit(_)
                    | Rung::Post { reply_to: None }
                    | Rung::Direct => {
                        return Err(Fall::Next(why));
                    }
                },
                Verdict::Stop(error) => return Err(Fall::Stop(error)),
            }
        }
    }

    async fn put(
        &self,
        rung: &Rung,
        delivery: &Delivery,
        address: &Address,
        draft: &Draft,
    ) -> Result<Message, RestError> {
        match rung {
            Rung::Original => {
                self.rest
                    .edit_original(address, draft, Priority::Result)
                    .await
            }
            Rung::Edit(posted) => {
                self.rest
                    .edit_message(posted, draft, Priority::Result)
                    .await
            }
            Rung::Post { reply_to } => {
                let channel = &address.channel;
                self.post(channel, delivery, reply_to.as_ref(), draft).await
            }
            Rung::Direct => {
                let channel = self.rest.direct_channel(&address.user).await?;
                self.post(&channel, delivery, None, draft).await
            }
        }
    }

    /// Posts a message that is not there yet.
    async fn post(
        &self,
        channel: &str,
        delivery: &Delivery,
        reply_to: Option<&Posted>,
        draft: &Draft,
    ) -> Result<Message, RestError> {
        let words = draft.payload["content"].as_str().unwrap_or_default();
        if let Some(message) = self.find(channel, &delivery.job, Mark::of(words)).await? {
            return Ok(message);
        }
        let mut draft = compose::signed(draft.clone(), &delivery.job.id)
            .with("nonce", compose::nonce(&delivery.nonce))
            .with("enforce_nonce", true);
        if let Some(posted) = reply_to {
            let reference = serde_json::json!({
                "message_id": posted.message,
                "fail_if_not_exists": false,
            });
            draft = draft.with("message_reference", reference);
        }
        self.rest.create_message(channel, &draft).await
    }

    /// Looks for a message of ours that an earlier try posted: it carries the job's name, and the mark of
    /// what it says, since a notice may have been posted before a result.
    async fn find(
        &self,
        channel: &str,
        job: &Job,
        mark: Option<Mark>,
    ) -> Result<Option<Message>, RestError> {
        /// How many pages of a busy channel are looked through: 500 messages since this message was owed.
        const PAGES: usize = 5;
        let own_id = self.own_id.get_or_try_init(|| self.rest.own_id()).await?;
        let mut after = snowflake_at(job.stage_since - limits::AGE_WORTH_BELIEVING);
        for _ in 0..PAGES {
            let page = self.rest.messages_after(channel, after).await?;
            let full = u32::try_from(page.len()).is_ok_and(|n| n >= limits::MESSAGES_PER_LOOK);
            let latest = page
                .iter()
                .filter_map(|message| message.id.parse().ok())
                .max();
            let ours = page.into_iter().find(|message| {
                message.author.id == *own_id
                    && message.content.contains(job.id.as_str())
                    && Mark::of(&message.content) == mark
            });
            if ours.is_some() {
                return Ok(ours);
            }
            match latest {
                Some(latest) if full => after = latest,
                _ => break,
            }
        }
        Ok(None)
    }

    /// Edits the status message, by the first way that works. `None` when there is none.
    async fn edit_status(
        &self,
        job: &Job,
        address: &Address,
        draft: &Draft,
    ) -> Result<Option<Posted>, RestError> {
        let seen = self.memory.of(&job.id);
        let priority = match job.status_message {
            None => Priority::Acknowledgement,
            Some(_) => Priority::Progress,
        };
        if address.token_lives(self.now()) && !seen.original_gone {
            match self.rest.edit_original(address, draft, priority).await {
                Ok(message) => return Ok(Some(message.into())),
                // A webhook that answered so must not be asked again.
                Err(RestError::Refused {
                    status: 401 | 403 | 404,
                    ..
                }) => {
                    self.memory.learn(&job.id, |seen| seen.original_gone = true);
                }
                Err(error) => return Err(error),
            }
        }
        let Some(posted) = job.status_message.as_ref().and_then(Posted::read) else {
            return Ok(None);
        };
        if seen.message_gone || address.place == Place::Guest {
            return Ok(None);
        }
        match self
            .rest
            .edit_message(&posted, draft, Priority::Progress)
            .await
        {
            Ok(message) => Ok(Some(message.into())),
            Err(RestError::Refused { .. }) => {
                self.memory.learn(&job.id, |seen| seen.message_gone = true);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait::async_trait]
impl Deliverer for Outbound {
    fn platform(&self) -> &PlatformId {
        &self.platform
    }

    async fn fetch_input(
        &self,
        source: &str,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        input::fetch(&self.downloader, &self.base, source, sink).await
    }

    fn public_address(&self, source: &str) -> Option<AssetUrl> {
        input::address(&self.base, source).ok()
    }

    async fn show_status(
        &self,
        job: &Job,
        update: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        let Some(address) = Address::read(&job.reply_address) else {
            return Ok(None);
        };
        self.acknowledging.landed(&address.token).await;
        let draft = self.composer.status(job, update);
        match self.edit_status(job, &address, &draft).await {
            Ok(posted) => Ok(posted.map(|posted| posted.receipt())),
            Err(RestError::Busy { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let job = &delivery.job;
        let Some(address) = Address::read(&job.reply_address) else {
            return Err(DeliveryError::Gone {
                code: "address".to_owned(),
            });
        };
        self.acknowledging.landed(&address.token).await;
        let seen = self.memory.of(&job.id);
        let status = job.status_message.as_ref().and_then(Posted::read);
        let mut rungs = rungs(&address, status.as_ref(), self.now());
        rungs.retain(|rung| *rung != Rung::Original || !seen.original_gone);
        let posted = match &delivery.content {
            DeliveryContent::Refused { .. } => {
                self.refuse(seen.told.as_ref(), rungs, delivery, &address)
                    .await?
            }
            DeliveryContent::Result { .. }
            | DeliveryContent::Unconfirmed { .. }
            | DeliveryContent::Failed { .. }
            | DeliveryContent::Cancelled { .. }
            | DeliveryContent::Expired => self.climb(rungs, delivery, &address).await?,
        };
        Ok(posted.receipt())
    }
}

impl From<Message> for Posted {
    fn from(message: Message) -> Self {
        Self {
            channel: message.channel_id,
            message: message.id,
        }
    }
}
