//! Every provider behind one registry, and what a service needs to use them.
#![doc = include_str!("../README.md")]

mod builtin;
mod catalogue;
mod ext;
#[cfg(test)]
mod fake;
mod inputs;
pub mod layers;
mod registry;

pub use catalogue::{Catalogue, Choice, Entry, Menu, NoChoice};
pub use ext::{
    Borrowed, Destination, GenerateError, GenerateOptions, Generated, GeneratedFile, Paid, Part,
    Place, Progress, ProviderExt, Shared, Sleeper, TokioSleeper, fetch_output,
};
pub use inputs::{InputError, Inputs};
pub use registry::{Plugin, Registry, RegistryError, explain, is_local};

/// Of the version whose `Table` a [`Registry`] takes.
pub use toml;
