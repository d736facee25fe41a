//! The words of Kling and the one trait that every provider speaks.
//!
//! A person asks for a picture or a video. What they asked becomes a [`GenerationRequest`], in no
//! vendor's dialect. A [`Provider`] knows [`models`](Provider::models), and each [`ModelInfo`] says,
//! as data, what it accepts ([`Capability`]), what it costs ([`Price`]) and how long it takes
//! ([`Pace`]). [`Capability::check`] tells everything that is wrong with a request, and what would
//! work instead, before a cent is spent. [`Provider::submit`] starts a task, or answers at once
//! ([`Submission`]); [`Provider::status`] looks at it ([`TaskStatus`]); a [`ProviderError`] says
//! what happened, and its [`kind`](ProviderError::kind) which road is left.
//!
//! This crate does no input or output, and names no vendor and no chat platform.
#![doc = ""]
#![doc = include_str!("../README.md")]

mod asset;
mod capability;
mod clock;
mod error;
mod handle;
mod id;
mod model;
mod price;
mod provider;
mod request;
mod secret;
mod task;

pub use asset::{
    Asset, AssetContent, AssetInfo, AssetReadError, AssetUrl, ByteStream, Dimensions, FrameRate,
    InvalidUrl, MediaType, Transport,
};
pub use capability::{
    Capability, Choices, CountRange, ElementRule, Field, FileRule, Need, Offer, Problem,
    ProviderOption, Recovery, Returned, Rule, Support, Violation, Violations,
};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use error::{ErrorKind, ProviderError, ReplyNote, Source};
pub use handle::{HandleError, HandleFormat, RememberedTask, decode_id, encode_id, is_task_id};
pub use id::{InvalidId, ModelId, ProviderId, SubmissionKey, TaskHandle};
pub use model::{ModelInfo, Pace};
pub use price::{Cost, CostSource, Estimate, InvalidMoney, Money, Price, PriceUnit};
pub use provider::{Balance, Cancellation, Provider};
pub use request::{
    AspectRatio, Element, GenerationRequest, ImageCount, ImageFormat, InvalidField, MediaKind,
    Operation, Prompt, Resolution, Seconds,
};
pub use secret::Secret;
pub use task::{
    FailureKind, Output, OutputAsset, OutputSource, Submission, TaskEvent, TaskEvents, TaskFailure,
    TaskStatus,
};
