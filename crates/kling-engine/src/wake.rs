//! The one way a loop waits: for its bell, or for a while. Bells carry no data.

use std::time::Duration;

use tokio::sync::Notify;

use crate::job::{Job, Stage};

/// The loops, each of which looks at rows and takes no arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loop {
    /// Copies inputs into the archive and looks at them.
    Collect,
    /// Submits.
    Dispatch,
    /// Asks providers how far they are.
    Poll,
    /// Copies results into the archive.
    Fetch,
    /// Tells requesters how their jobs ended.
    Deliver,
    /// Finds out what became of submissions whose process is gone.
    Rescue,
    /// Shows how far jobs have come.
    Announce,
    /// Forgets old files, and ends jobs that nobody can serve.
    Clean,
}

impl Loop {
    /// Every loop.
    pub const ALL: [Self; 8] = [
        Self::Collect,
        Self::Dispatch,
        Self::Poll,
        Self::Fetch,
        Self::Deliver,
        Self::Rescue,
        Self::Announce,
        Self::Clean,
    ];

    /// The name in logs and health reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Dispatch => "dispatch",
            Self::Poll => "poll",
            Self::Fetch => "fetch",
            Self::Deliver => "deliver",
            Self::Rescue => "rescue",
            Self::Announce => "announce",
            Self::Clean => "clean",
        }
    }

    /// The loop that has work once a job is where it is now.
    const fn awaited_by(job: &Job) -> Option<Self> {
        match job.stage {
            Stage::Accepted => Some(Self::Collect),
            Stage::Collected => Some(Self::Dispatch),
            Stage::Submitted | Stage::Running if job.output.is_some() => Some(Self::Fetch),
            Stage::Submitted | Stage::Running => Some(Self::Poll),
            Stage::Unconfirmed | Stage::Fetched | Stage::Delivering => Some(Self::Deliver),
            Stage::Submitting
            | Stage::Delivered
            | Stage::Failed
            | Stage::Cancelled
            | Stage::Expired => None,
        }
    }
}

/// How long a loop waits for more rings when there is no hurry.
const SOON: Duration = Duration::from_millis(20);

/// Two bells for each loop: one wakes it now, one in a moment. A ring is kept until the loop listens, so none is lost.
#[derive(Debug, Default)]
pub(crate) struct Bells {
    now: [Notify; Loop::ALL.len()],
    soon: [Notify; Loop::ALL.len()],
}

impl Bells {
    pub(crate) fn ring(&self, who: Loop) {
        self.bell(who).notify_one();
    }

    /// Wakes the loop in a moment, unless it is rung before.
    pub(crate) fn ring_soon(&self, who: Loop) {
        self.soon[who as usize].notify_one();
    }

    /// Rings for the loop that has work now that the job is where it is.
    pub(crate) fn ring_for(&self, job: &Job) {
        if let Some(who) = Loop::awaited_by(job) {
            self.ring(who);
        }
    }

    /// Rings for every loop that looks for work in rows.
    pub(crate) fn ring_for_work(&self) {
        for who in Loop::ALL {
            match who {
                Loop::Collect
                | Loop::Dispatch
                | Loop::Poll
                | Loop::Fetch
                | Loop::Deliver
                | Loop::Rescue => self.ring(who),
                Loop::Announce | Loop::Clean => {}
            }
        }
    }

    /// Until the bell rings, or `at_most` has passed.
    pub(crate) async fn wait(&self, who: Loop, at_most: Duration) {
        // Running out of time is the ordinary case.
        let _ = tokio::time::timeout(at_most, self.rung(who)).await;
    }

    async fn rung(&self, who: Loop) {
        tokio::select! {
            biased;
            () = self.bell(who).notified() => return,
            () = self.soon[who as usize].notified() => {}
        }
        let _ = tokio::time::timeout(SOON, self.bell(who).notified()).await;
    }

    fn bell(&self, who: Loop) -> &Notify {
        &self.now[who as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_ring_that_nobody_heard_yet_is_not_lost() {
        let bells = Bells::default();
        let asleep = Duration::from_hours(1);

        bells.ring(Loop::Poll);
        let started = tokio::time::Instant::now();
        bells.wait(Loop::Poll, asleep).await;

        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_ring_without_hurry_wakes_a_moment_later_or_with_the_next() {
        let bells = Bells::default();
        let asleep = Duration::from_hours(1);

        bells.ring_soon(Loop::Poll);
        let started = tokio::time::Instant::now();
        bells.wait(Loop::Poll, asleep).await;
        assert_eq!(started.elapsed(), SOON);

        bells.ring_soon(Loop::Poll);
        bells.ring(Loop::Poll);
        bells.wait(Loop::Poll, asleep).await;
        assert_eq!(started.elapsed(), SOON);
    }

    #[test]
    fn every_loop_has_a_bell_of_its_own() {
        let bells = Bells::default();

        for (place, who) in Loop::ALL.into_iter().enumerate() {
            assert_eq!(who as usize, place);
            bells.ring(who);
        }
    }
}
