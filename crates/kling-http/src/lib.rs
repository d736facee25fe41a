//! HTTP done once: deadlines, caps, honest errors, guarded downloads.
//!
//! What this crate promises to whoever speaks to the outside world through it:
//!
//! - **Nothing is sent twice.** No retries, no redirects of a call. A [`Call::Submission`] goes out on a
//!   connection of its own, so that an idle connection the server is just closing cannot swallow it.
//! - **Sent or not sent is told apart.** What failed before the request could leave is
//!   [`TransportError::NotSent`]; whatever fails later is [`TransportError::Lost`]. For a submission
//!   the first becomes `Unreachable` (nothing was charged), the second `Indeterminate`.
//!   A [`StreamRequest`] has no body and no other method than `GET`, so a stream cannot carry a submission.
//! - **Every exchange ends.** One deadline covers connecting, sending, waiting and the reply's body. Only
//!   [`Client::stream`] leaves the body's deadline to its reader.
//! - **Memory is bounded.** A reply has a cap; files are streamed, in and out.
//! - **Errors and logs keep quiet.** No key, path, query, body or decoded value is in any of them.
//! - **Downloads cannot be turned against us.** A [`Guard`] checks every address a name resolves to and
//!   the connection goes to the checked address; every redirect is checked again; the bytes, not
//!   the `Content-Type`, say what a file is.
//! - **No process-wide state.** TLS is rustls on ring, handed over as a value; no default provider is
//!   installed or needed.
//!
//! Proxies: calls to https addresses use `HTTPS_PROXY` or `ALL_PROXY` where the environment sets them and
//! `NO_PROXY` does not exempt the host; loopback and plain http never go through one, and neither do downloads,
//! because a proxy would resolve the name again and undo the check.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod base;
mod body;
mod client;
mod disk;
mod download;
mod guard;
mod lines;
mod multipart;
mod proxy;
mod reply;
mod request;
mod sse;
mod tls;
mod told;
mod transport;

pub mod classify;
pub mod decode;
pub mod retry_after;
pub mod setting;
pub mod sniff;
pub mod words;

pub use base::{BasePolicy, InsecureBase, is_loopback};
pub use client::{Client, ClientError, ClientOptions, StreamBody, StreamReply, StreamRequest};
pub use disk::FileOnDisk;
pub use download::{DownloadAuth, DownloadError, DownloadOptions, Downloaded, Downloader};
pub use guard::{Blocked, Guard, Lookup, LookupError, SpecialRange, SystemLookup};
pub use lines::{Line, LineEnd, Lines};
pub use multipart::Multipart;
pub use reply::Reply;
pub use request::Request;
pub use sse::{SseDecoder, SseEvent, SseItem};
pub use told::{Places, Told, note_of_success};
pub use transport::{Call, Malformed, TransportError};

pub use bytes::Bytes;
pub use reqwest::{Method, header};
pub use url::Url;
