//! Every boundary that work crosses, each with a point before it and one after it: the one list there is.

use super::hit;
use crate::error::EngineError;
use crate::event::Event;

macro_rules! boundaries {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// A place where something becomes durable, leaves for somebody else, or comes from there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Boundary {
            $($(#[$doc])* $variant,)*
        }

        impl Boundary {
            /// Every boundary.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// The point before it.
            pub(crate) const fn before(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($name, ".before"),)*
                }
            }

            /// The point after it.
            pub(crate) const fn after(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($name, ".after"),)*
                }
            }
        }

        /// Every point there is: before and after each commit, call, download, edit and post.
        pub const NAMES: &[&str] = &[
            $(concat!($name, ".before"), concat!($name, ".after"),)*
        ];
    };
}

boundaries! {
    // What happens to a job: one for each event, and its beginning.
    /// A job is accepted.
    Accepted = "commit.accepted",
    /// [`Event::Withdrawn`].
    Withdrawn = "commit.withdrawn",
    /// [`Event::Collected`].
    Collected = "commit.collected",
    /// [`Event::Intent`].
    Intent = "commit.intent",
    /// [`Event::NotSent`].
    NotSent = "commit.not-sent",
    /// [`Event::Started`].
    Started = "commit.started",
    /// [`Event::Finished`].
    Finished = "commit.finished",
    /// [`Event::Lost`].
    Lost = "commit.lost",
    /// [`Event::NoticeShown`].
    Notice = "commit.notice",
    /// [`Event::TryAgain`].
    TryAgain = "commit.try-again",
    /// [`Event::Progress`].
    Progress = "commit.progress",
    /// [`Event::Fetched`].
    Fetched = "commit.fetched",
    /// [`Event::Delivering`].
    Delivering = "commit.delivering",
    /// [`Event::Ended`].
    Ended = "commit.ended",
    /// [`Event::Delivered`].
    Delivered = "commit.delivered",
    /// [`Event::Undeliverable`].
    Undeliverable = "commit.undeliverable",
    // What else is written about jobs.
    /// Jobs are claimed. The point after it is passed only when some were.
    Claimed = "commit.claimed",
    /// A job is put off.
    PutOff = "commit.put-off",
    /// A job is let go of until the next look.
    Rested = "commit.rested",
    /// A lease is renewed.
    Renewed = "commit.renewed",
    /// A file is written down.
    File = "commit.file",
    /// The status message is written down.
    StatusMessage = "commit.status-message",
    /// The wish to cancel is written down.
    Wish = "commit.cancel-wish",
    /// An unconfirmed job is claimed for somebody's choice.
    Choice = "commit.choice",
    /// Old files are forgotten. The point after it is passed only when there were some.
    Forgotten = "commit.forgotten",
    /// That nobody was promised a job is written down beside the database.
    Note = "note.withdrawal",
    // What crosses to somebody else and back.
    /// The request that costs money.
    Submit = "submit",
    /// A provider is asked how far a task is.
    Look = "look",
    /// A provider is asked for the task of a submission.
    Find = "find",
    /// A provider is asked to stop a task.
    Cancel = "cancel",
    /// An input is copied from a platform.
    Input = "input",
    /// A result is copied from a provider.
    Result = "result",
    /// A file becomes one of the archive.
    Archive = "archive",
    /// A status message is posted or edited.
    Status = "status",
    /// A last message, or a notice, is posted or edited.
    Delivery = "delivery",
}

impl Boundary {
    /// The boundary that an event is committed at.
    pub(crate) const fn of(event: &Event) -> Self {
        match event {
            Event::Withdrawn => Self::Withdrawn,
            Event::Collected => Self::Collected,
            Event::Intent { .. } => Self::Intent,
            Event::NotSent { .. } => Self::NotSent,
            Event::Started { .. } => Self::Started,
            Event::Finished { .. } => Self::Finished,
            Event::Lost { .. } => Self::Lost,
            Event::NoticeShown { .. } => Self::Notice,
            Event::TryAgain => Self::TryAgain,
            Event::Progress { .. } => Self::Progress,
            Event::Fetched => Self::Fetched,
            Event::Delivering => Self::Delivering,
            Event::Ended { .. } => Self::Ended,
            Event::Delivered { .. } => Self::Delivered,
            Event::Undeliverable { .. } => Self::Undeliverable,
        }
    }

    /// Passes the point before it, for whoever does something between that and the work.
    ///
    /// # Errors
    ///
    /// What was armed there.
    pub(crate) async fn enter(self) -> Result<(), EngineError> {
        hit(self.before()).await
    }

    /// Passes the point after it.
    ///
    /// # Errors
    ///
    /// What was armed there.
    pub(crate) async fn leave(self) -> Result<(), EngineError> {
        hit(self.after()).await
    }

    /// Crosses it: the point before, the work, and the point after where the work went well.
    pub(crate) async fn cross<T>(
        self,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        self.cross_when(work, |_| true).await
    }

    /// As [`Boundary::cross`], where the point after it is only passed when something came of the work.
    pub(crate) async fn cross_when<T>(
        self,
        work: impl Future<Output = Result<T, EngineError>>,
        is_something: impl FnOnce(&T) -> bool,
    ) -> Result<T, EngineError> {
        self.enter().await?;
        let done = work.await?;
        if is_something(&done) {
            self.leave().await?;
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_point_is_listed_twice_and_every_boundary_has_two() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), NAMES.len());
        assert_eq!(names.len(), 2 * Boundary::ALL.len());
        for boundary in Boundary::ALL {
            for point in [boundary.before(), boundary.after()] {
                assert!(NAMES.contains(&point), "{point}");
            }
        }
    }
}
