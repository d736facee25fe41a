//! What whoever runs the laws brings along: a provider, and a vendor that can be told to misbehave.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{Asset, ModelInfo, Money, Provider};

use crate::Cannot;

/// What is under test.
#[async_trait::async_trait]
pub trait Subject: Send + Sync + 'static {
    /// The catalogue that instances of this subject have; the tests are named after it.
    fn models(&self) -> Vec<ModelInfo>;

    /// Starts a vendor of its own for one law, inside a Tokio runtime with one thread.
    ///
    /// # Errors
    ///
    /// A sentence, when it cannot be started; the law fails then.
    async fn start(&self) -> Result<Box<dyn Vendor>, String>;

    /// What must never be shown: keys, and whatever else is private. The prompt is known anyway.
    fn secrets(&self) -> Vec<String>;

    /// Whether this entry answers a submission with the result.
    fn answers_at_once(&self, model: &ModelInfo) -> bool {
        let _ = model;
        false
    }

    /// Whether the vendor documents that this 5xx status means that nothing was started.
    fn nothing_started_at(&self, status: u16) -> bool {
        let _ = status;
        false
    }

    /// The tests that may be shown as ignored, each by its name or the start of it up to a `::`:
    /// `cancel::a_finished_task_is_too_late` is about every model, `cancel::a_finished_task_is_too_late::film-1` about
    /// one.
    ///
    /// A test that cannot be judged and is not listed fails, so that no law falls silent unseen; one that is listed and
    /// can be judged fails as well. `None`, which is what it is unless you say otherwise, allows everything.
    fn may_be_ignored(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// A clip that every entry with an input video takes, with its bytes; asked for by each law on one.
    fn clip(&self) -> Option<Asset> {
        None
    }
}

/// A vendor that plays along, and the way to make instances of the provider that talk to it.
///
/// Troubles and fates are for the next matching call only; of several troubles for a kind of call, one after the other.
/// Whatever cannot be done is answered with
/// [`Cannot`] and the reason.
pub trait Vendor: Send + Sync {
    /// A fresh instance of the provider, as after a restart.
    ///
    /// # Errors
    ///
    /// When such an instance cannot be made.
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot>;

    /// Has the next call of this kind end in trouble.
    ///
    /// # Errors
    ///
    /// When this vendor cannot play it.
    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot>;

    /// Decides what becomes of the next work that is submitted. It is accepted like any other.
    ///
    /// # Errors
    ///
    /// When this vendor cannot do that.
    fn destine(&self, fate: Fate) -> Result<(), Cannot>;

    /// An ordinary answer to a call of this kind, as JSON; wrong ones are made from it.
    ///
    /// # Errors
    ///
    /// When there is none.
    fn sample(&self, call: Call) -> Result<String, Cannot> {
        Err(Cannot(format!(
            "there is no sample of an answer to {call:?}"
        )))
    }

    /// Lets time pass, so that running work comes nearer to its end. Called between looks.
    fn pass_time(&self) {}

    /// How many requests of any kind the vendor has seen.
    ///
    /// # Errors
    ///
    /// When it does not count them.
    fn requests(&self) -> Result<usize, Cannot>;

    /// How many submissions the vendor has seen, answered or not.
    ///
    /// # Errors
    ///
    /// When it does not count them.
    fn submissions(&self) -> Result<usize, Cannot>;

    /// What was charged, one amount for each charge.
    ///
    /// # Errors
    ///
    /// When it keeps no books.
    fn charges(&self) -> Result<Vec<Money>, Cannot>;
}

/// Which instance of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instance {
    /// One that talks to the vendor, with patience.
    Usual,
    /// One that gives up on a call after this long.
    Hasty(Duration),
    /// One whose vendor is not there: connections are refused.
    NobodyThere,
    /// One to which a task that the vendor does not know is gone, however shortly ago it was submitted. A provider
    /// that makes no difference has none; the usual one is asked then.
    Sure,
}

/// Which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// The one that costs money.
    Submission,
    /// A look at a task.
    Look,
    /// A wish to cancel a task.
    Cancel,
    /// A look for the task of an earlier submission.
    Find,
    /// A question for what is left on the account.
    Balance,
    /// The native stream of a task.
    Stream,
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The request is read; then the connection is dropped, and nothing was done.
    DropBeforeWork,
    /// The request is read and the work done (and charged); then the connection is dropped.
    DropAfterWork,
    /// No answer comes, for as long as the client waits.
    Hang,
    /// This answer instead of any work.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The type of the body.
        content_type: &'static str,
        /// The body.
        body: String,
    },
    /// The ordinary answer, with tens of megabytes of white space behind it.
    Oversized,
    /// Half of the ordinary answer; then the connection is dropped.
    Truncated,
    /// The vendor's own way to refuse; nothing is done.
    Refuse(Refusal),
    /// An answer to a look: the task is in a state that nobody has heard of, and has no result.
    UnheardState,
}

/// Refusals that every vendor knows, in the vendor's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The request does not fit.
    BadRequest,
    /// The key is not accepted.
    Unauthorized,
    /// The account is empty.
    OutOfFunds,
    /// Too many calls, with the wait that the vendor names.
    RateLimited {
        /// In whole seconds.
        retry_after: Duration,
    },
}

/// What becomes of work that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// The vendor breaks.
    Fails,
    /// The content rules do not allow it.
    Moderated,
    /// It ends well, and there is no result.
    Empty,
    /// It is still running whenever anybody looks.
    Runs,
    /// It ends well, after several turns of [`Vendor::pass_time`].
    TakesAWhile,
    /// It ends well; until several turns of [`Vendor::pass_time`] later, whoever asks for the task is told that there
    /// is none.
    ShowsLate,
}
