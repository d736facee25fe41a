//! Durable jobs: at most one paid submission for each, and no paid result lost.
//!
//! A [`NewJob`] is accepted in one transaction, with its reservation and its dedupe key, or it is
//! refused. From then on only rows move:
//!
//! ```text
//! accepted → collected → submitting → submitted → running → fetched → delivering → delivered
//!                             └→ unconfirmed (an answer was lost)   └→ failed · cancelled · expired
//! ```
//!
//! Each loop ([`collect`], [`dispatch`], [`poll`], [`fetch`], [`deliver`], [`rescue`], [`clean`])
//! looks at rows, takes no arguments, and wakes on a bell or after a period; so a restart is an
//! ordinary wake. Every transition is one fenced update ([`Store::advance`]). The intent to submit
//! is committed before the request leaves; when its answer is lost the job becomes `unconfirmed` and
//! is never sent again by itself.
//!
//! [`Engine::builder`] is the way in: a [`Store`], an [`Archive`], providers, and a [`Deliverer`] that is told how jobs end.
//! [`Engine::accept`] takes a job, [`Engine::events`] tells who moves where, [`Engine::files`] has the results, and
//! [`Engine::run`] does the work. `examples/durable_service.rs` is a whole service, with a restart in between. The points at which a test can stop it are in [`failpoint`].
//!
//! The engine names no provider and no chat platform: it holds task handles and reply addresses it
//! cannot read.

pub mod failpoint;

mod accept;
mod admission;
mod alarm;
mod announce;
mod archive;
mod assets;
mod backoff;
mod books;
mod budget;
mod cancel;
mod clean;
mod collect;
mod context;
mod deliver;
mod deliverer;
mod dispatch;
mod engine;
mod error;
mod event;
mod fetch;
mod govern;
mod inspect;
mod job;
mod leap;
mod ledger;
mod options;
mod pass;
mod policy;
mod poll;
mod progress;
mod quota;
mod reason;
mod report;
mod request;
mod rescue;
mod resolve;
mod store;
mod trouble;
mod wake;

pub use admission::{Admission, Caps, Limits, NewJob, Refusal, Standing, UnknownPrice};
pub use archive::{
    Archive, ArchiveLimits, BucketOptions, Draft, Kept, LinkError, LinkedFile, Links,
};
pub use backoff::Backoff;
pub use books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
pub use cancel::CancelAnswer;
pub use deliverer::{
    Deliverer, Delivery, DeliveryContent, DeliveryError, DeliveryFile, InputError, StatusUpdate,
};
pub use engine::{Engine, EngineBuilder, Health};
pub use error::EngineError;
pub use event::{Ending, Event};
pub use job::{Job, JobId, PlatformId, Receipt, ReplyAddress, Requester, Stage};
pub use ledger::{LedgerEntry, LedgerKind, LedgerSource};
pub use options::Options;
pub use policy::{
    Edit, Key, ListKind, Matter, Number, Place, Policy, PolicyChange, PolicyError, Rules, Setting,
    Usual, Where,
};
pub use reason::Reason;
pub use request::{InputFile, InputRole, JobRequest};
pub use resolve::Choice;
pub use store::{
    ArchivedFile, Checked, FileRole, Lease, Moved, PostgresOptions, PostgresStore, SqliteStore,
    Store, StoreTime, Work, check_store, export_store, import_store, open_store,
};
pub use wake::Loop;
