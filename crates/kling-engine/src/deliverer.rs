//! What the engine asks of a chat platform.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{AssetContent, AssetUrl, Dimensions, Estimate, MediaType};
use tokio::io::AsyncWrite;

use crate::job::{Job, PlatformId, Receipt};
use crate::reason::Reason;

/// A place that jobs come from and results go to.
///
/// Every method may be called again with the same arguments after a crash, and the person must see
/// the same as if it had been called once: edits repeat without harm; a post carries the nonce, or is
/// looked for first.
#[async_trait::async_trait]
pub trait Deliverer: Send + Sync + std::fmt::Debug {
    /// Which platform this is; jobs of others are left alone.
    fn platform(&self) -> &PlatformId;

    /// Copies an input file's bytes into `sink`, with the platform's host rules, guard and size cap. Unless it is
    /// written, the platform has no files, and every one is gone.
    ///
    /// # Errors
    ///
    /// [`InputError`] by what can be done about it.
    async fn fetch_input(
        &self,
        _source: &str,
        _sink: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        Err(InputError::Gone)
    }

    /// The address at which anybody can fetch an input file for the next hours, where the platform has one. Unless
    /// it is written, it has none.
    fn public_address(&self, _source: &str) -> Option<AssetUrl> {
        None
    }

    /// Shows how far a job has come, by editing its status message (or making it, the first time).
    ///
    /// Gossip: may be dropped when limits bite (`Ok(None)`), as it always is unless this is written.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`]; the engine goes on without.
    async fn show_status(
        &self,
        _job: &Job,
        _update: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        Ok(None)
    }

    /// Tells the requester how the job ended, by the first rung of the platform's ladder that holds.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::Busy`] and [`DeliveryError::Unknown`] are tried again with the same nonce;
    /// the others end the job as undeliverable, with its result kept in the archive. The notice that a
    /// job is unconfirmed is tried again on those as well, for a while.
    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError>;
}

/// How far a job has come, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// How many jobs are in front of it; only while it waits.
    pub ahead: Option<u32>,
    /// How much is done, from 0 to 100: told by the provider, or reckoned from the usual time.
    pub percent: Option<u8>,
    /// Since it was accepted.
    pub elapsed: Duration,
    /// How long such a job usually takes from submission to result.
    pub typical: Option<Duration>,
}

/// A job's last message.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The job, with its request, cost and status message.
    pub job: Job,
    /// The same for every try of this message; at most 25 characters.
    pub nonce: String,
    /// How long the job took.
    pub elapsed: Duration,
    /// What to say.
    pub content: DeliveryContent,
}

/// What a last message says.
#[derive(Clone, Debug)]
pub enum DeliveryContent {
    /// Here it is.
    Result {
        /// The files, from the archive.
        files: Vec<DeliveryFile>,
        /// How many were asked for and did not come.
        missing: u8,
    },
    /// Nobody knows whether the provider started, and charged, the work.
    Unconfirmed {
        /// What it may have cost.
        may_have_cost: Estimate,
    },
    /// It cannot be done; nothing was spent.
    Refused {
        /// Everything that stood in the way.
        reasons: Vec<Reason>,
    },
    /// It did not work.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// It was cancelled.
    Cancelled {
        /// Whether it was charged all the same.
        charged: Option<bool>,
    },
    /// It took too long.
    Expired,
}

/// One file of a result.
#[derive(Clone, Debug)]
pub struct DeliveryFile {
    /// A name to give it.
    pub name: String,
    /// What its bytes are.
    pub media_type: MediaType,
    /// How many bytes there are.
    pub size_bytes: u64,
    /// Width and height, where known.
    pub dimensions: Option<Dimensions>,
    /// The bytes, from the archive, as often as needed.
    pub content: Arc<dyn AssetContent>,
}

/// Why an input file could not be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It is not there any more.
    #[error("the file is gone")]
    Gone,
    /// It is larger than the platform side allows.
    #[error("the file is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The most bytes allowed.
        limit_bytes: u64,
    },
    /// What came is no picture and no video.
    #[error("the file is no picture and no video")]
    NotMedia,
    /// The address is one that must not be fetched.
    #[error("the address must not be fetched")]
    Blocked,
    /// It did not come; trying again may help.
    #[error("the file could not be fetched")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// Too many calls, or the platform is down; nothing was posted.
    #[error("the chat platform asked to wait")]
    Busy {
        /// How long, where it says.
        retry_after: Option<Duration>,
    },
    /// No clear answer came; the message may be there.
    #[error("the chat platform gave no clear answer")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The place does not exist any more, or may not be posted to, on any rung.
    #[error("the place to answer is gone or closed ({code})")]
    Gone {
        /// The platform's code.
        code: String,
    },
    /// The platform does not take the message as it is.
    #[error("the chat platform did not take the message ({code})")]
    Broken {
        /// The platform's code.
        code: String,
    },
}
