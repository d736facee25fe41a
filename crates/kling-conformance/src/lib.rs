//! The laws that every provider of Kling keeps, as tests for any crate that implements one.
#![doc = ""]
#![doc = include_str!("../README.md")]

pub mod agreement;
pub mod arbitrary;
mod bench;
mod files;
mod laws;
mod outside;
mod picture;
mod request;
mod run;
mod shelf;
mod subject;
mod transcript;
mod verdict;

pub use files::drawn_picture;
pub use run::run;
pub use subject::{Call, Fate, Instance, Refusal, Subject, Trouble, Vendor};
pub use verdict::Cannot;
