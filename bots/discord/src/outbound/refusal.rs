//! A refusal found only after the public acknowledgement: told in private, and the public reply taken away.
//!
//! The order is: first the private notice, then the deletion. A crash in between repeats the notice, which only
//! its reader sees; the other order could lose it. Discord keeps no list of private notices, so whether one was
//! sent before a crash cannot be asked.

use kling_engine::{Delivery, DeliveryError, Receipt, Stage, StatusUpdate};

use super::ladder::Rung;
use super::{Fall, Outbound};
use crate::address::{Address, Posted};
use crate::ratelimit::Priority;
use crate::rest::{RestError, code};

/// The flag of a message that one person sees.
pub(crate) const EPHEMERAL: u64 = 1 << 6;

impl Outbound {
    /// Tells the requester in private: by a follow-up while the token lives, else directly. Where neither is
    /// possible the public reply becomes the notice. `told` is the notice of an earlier try.
    pub(super) async fn refuse(
        &self,
        told: Option<&Receipt>,
        rungs: Vec<Rung>,
        delivery: &Delivery,
        address: &Address,
    ) -> Result<Posted, DeliveryError> {
        let told = match told.and_then(Posted::read) {
            Some(posted) => Some(posted),
            None => self.tell(&rungs, delivery, address).await?,
        };
        let Some(posted) = told else {
            let public = rungs
                .into_iter()
                .filter(|rung| *rung != Rung::Direct)
                .collect();
            return self.climb(public, delivery, address).await;
        };
        let receipt = posted.receipt();
        self.memory
            .learn(&delivery.job.id, |seen| seen.told = Some(receipt));
        if self.take_away(&rungs, address).await? {
            return Ok(posted);
        }
        // The public reply is still there and must not look as if work went on.
        let edits = rungs
            .into_iter()
            .filter(|rung| matches!(rung, Rung::Original | Rung::Edit(_)))
            .collect();
        match self.climb(edits, delivery, address).await {
            Ok(_) | Err(DeliveryError::Gone { .. }) => Ok(posted),
            Err(error) => Err(error),
        }
    }

    /// `None` when the requester cannot be told in private.
    async fn tell(
        &self,
        rungs: &[Rung],
        delivery: &Delivery,
        address: &Address,
    ) -> Result<Option<Posted>, DeliveryError> {
        if rungs.contains(&Rung::Original) {
            self.end_loading(delivery, address).await?;
            let draft = self
                .composer
                .last_words(delivery, 0, 0)
                .with("flags", EPHEMERAL);
            match self.rest.follow_up(address, &draft).await {
                Ok(message) => return Ok(Some(message.into())),
                Err(RestError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match self.stand_on(&Rung::Direct, delivery, address).await {
            Ok(posted) => Ok(Some(posted)),
            Err(Fall::Next(_)) => Ok(None),
            Err(Fall::Stop(error)) => Err(error),
        }
    }

    /// While the first answer still says "is thinking…", Discord would put a follow-up in its place, for everybody
    /// to see; so it becomes a status message first, where it is none yet.
    async fn end_loading(
        &self,
        delivery: &Delivery,
        address: &Address,
    ) -> Result<(), DeliveryError> {
        if delivery.job.status_message.is_some() {
            return Ok(());
        }
        let update = StatusUpdate {
            ahead: None,
            percent: None,
            elapsed: delivery.elapsed,
            typical: None,
        };
        // Everybody reads it, and no result is on its way.
        let mut job = delivery.job.clone();
        job.stage = Stage::Accepted;
        let draft = self.composer.status(&job, &update);
        match self
            .rest
            .edit_original(address, &draft, Priority::Result)
            .await
        {
            // Where it is gone there is nothing to replace.
            Ok(_) | Err(RestError::Refused { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the public reply is gone.
    async fn take_away(&self, rungs: &[Rung], address: &Address) -> Result<bool, DeliveryError> {
        for rung in rungs {
            let deleted = match rung {
                Rung::Original => self.rest.delete_original(address).await,
                Rung::Edit(posted) => self.rest.delete_message(posted).await,
                Rung::Post { .. } | Rung::Direct => continue,
            };
            match deleted {
                Ok(()) => return Ok(true),
                Err(RestError::Refused {
                    status: 404,
                    code: code::UNKNOWN_MESSAGE,
                }) => return Ok(true),
                Err(RestError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }
}
