//! What can go wrong between us and a server, before anyone reads the answer.

use kling_core::{AssetReadError, Source};

/// What a call does at the other side, which decides what a lost answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It may start work or cost money: a lost answer is not repeated.
    Submission,
    /// It only looks: a lost answer is a nuisance.
    Read,
}

/// An exchange that brought no whole reply.
///
/// `Display` and the sources show neither path, query, body nor key.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request cannot be built from what was given; nothing was sent, and trying again is in vain.
    #[error("the request cannot be sent: {0}")]
    Malformed(Malformed),
    /// No connection came about (name, address, TLS, proxy): nothing was sent.
    #[error("the server could not be reached")]
    NotSent(#[source] Source),
    /// The request, or a part of it, may have arrived, and no whole reply came back.
    #[error("the answer was lost")]
    Lost(#[source] Source),
    /// The reply is larger than [`ClientOptions::max_body_bytes`](crate::ClientOptions::max_body_bytes).
    #[error("the reply is larger than the {limit_bytes} bytes allowed")]
    TooLarge {
        /// The cap.
        limit_bytes: u64,
    },
    /// A file in the request's body could not be read, so the request was cut short.
    #[error("a file of the request could not be read")]
    Input(#[source] AssetReadError),
}

/// What is wrong with a request that cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The key has characters that no header can carry.
    #[error("the key has characters that cannot be sent")]
    Key,
    /// A header's name or value has characters that no header can carry.
    #[error("a header has characters that cannot be sent")]
    Header,
    /// The body could not be put into JSON.
    #[error("the body cannot be written as JSON")]
    Body,
    /// The address is not one that [`BasePolicy`](crate::BasePolicy) allows.
    #[error("the address is not allowed")]
    Address,
}

/// The deadline of a whole exchange passed.
#[derive(Debug, thiserror::Error)]
#[error("no whole reply within {millis} ms")]
pub(crate) struct DeadlinePassed {
    pub(crate) millis: u128,
}
