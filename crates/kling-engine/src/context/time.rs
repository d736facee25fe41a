//! The store's time, by which everything is decided, and what is done when it was set meanwhile.

use std::time::Duration;

use kling_core::Timestamp;
use tokio::time::Instant;

use super::Context;
use crate::error::EngineError;
use crate::job::Job;

impl Context {
    /// How long the request of a submission may still be on its way. It is reckoned from what was
    /// written down with the intent: settings may have changed since.
    pub(crate) async fn remaining(&self, job: &Job) -> Result<Duration, EngineError> {
        let deadline = job.submit_deadline.unwrap_or(job.stage_since);
        let certain = deadline + self.options.margin;
        let now = self.now().await?;
        let shift = self.leaps.shift(job.stage_since, now);
        let certain = Timestamp::from_millis(certain.as_millis().saturating_add(shift));
        Ok(certain.since(now))
    }

    /// The store's time, by which everything is decided. Where its clock was set meanwhile, an operator hears
    /// of it, and what would wait for an hour that comes a second time is made due.
    pub(crate) async fn now(&self) -> Result<Timestamp, EngineError> {
        let begun = Instant::now();
        let now = self.store.now().await?;
        self.notice_leap(begun, now).await?;
        Ok(now)
    }

    /// How long ago a moment of the store was, whatever its clock was set by since.
    pub(crate) async fn since(&self, moment: Timestamp) -> Result<Duration, EngineError> {
        let begun = Instant::now();
        let now = self.store.recently().await?;
        self.notice_leap(begun, now).await?;
        Ok(self.leaps.age(moment, now))
    }

    async fn notice_leap(&self, begun: Instant, now: Timestamp) -> Result<(), EngineError> {
        let Some(leap) = self.leaps.look(begun, now, self.options.margin) else {
            return Ok(());
        };
        if let Some(by) = leap.forward() {
            let seconds = by.as_secs();
            tracing::warn!(seconds, "the store's clock was set forward by {seconds} s");
        }
        if let Some(by) = leap.back() {
            let seconds = by.as_secs();
            tracing::warn!(seconds, "the store's clock was set back by {seconds} s");
            self.store.clock_went_back(self.longest_hold()).await?;
        }
        Ok(())
    }

    /// The longest that any claim holds without being renewed.
    fn longest_hold(&self) -> Duration {
        let submissions = self
            .suppliers
            .values()
            .map(|supplier| supplier.submit_deadline + self.options.margin * 2);
        submissions.fold(self.options.lease, Duration::max)
    }

    /// Whether the store's clock was set forward since a job came to its stage.
    pub(crate) async fn was_set_since(&self, job: &Job) -> Result<bool, EngineError> {
        Ok(self.leaps.shift(job.stage_since, self.now().await?) > 0)
    }
}
