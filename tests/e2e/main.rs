//! A person types a command; a picture arrives, or a sentence that says why not. All from the outside.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod addresses;
mod bad_files;
mod bad_provider;
mod configuration;
mod delivery;
mod drain;
mod gate;
mod operator;
mod resolving;
mod road;
mod rules;
