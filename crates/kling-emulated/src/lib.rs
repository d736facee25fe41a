//! The emulator's vendors as what the laws of a provider are run against.
#![doc = ""]
#![doc = include_str!("../README.md")]

mod agreement;
mod bench;
mod files;
mod program;
mod seen;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use kling_conformance::{Call, Subject, Vendor};
use kling_core::{Asset, ModelInfo, Provider};
use kling_emulator::{Emulator, Options};

pub use agreement::agree;
pub use files::{clip, pool};
pub use program::{Examples, Program};
pub use seen::{assert_quiet, charges, posts, status};
pub use tls::{TlsDoor, no_tls};

/// Nobody listens there: it is the port for discarding.
pub(crate) const NOBODY: &str = "http://127.0.0.1:9";

/// A vendor of the emulator, and how clients of it are made.
#[derive(Clone, Copy, Debug)]
pub struct Emulated {
    /// Its name in the emulator.
    pub vendor: &'static str,
    /// How the emulator is set up.
    pub options: fn() -> Options,
    /// A client that talks to this base address, gives a call so much time, and waits so long for a task that the
    /// vendor does not show.
    pub client: fn(&str, Duration, Duration) -> Arc<dyn Provider>,
    /// What clients of it must never show.
    pub secrets: &'static [&'static str],
    /// Whether this entry answers a submission with the result.
    pub answers_at_once: fn(&ModelInfo) -> bool,
    /// What it says, and where.
    pub wire: Wire,
    /// The laws that cannot be judged on it, by the starts of their tests' names.
    pub ignored: &'static [&'static str],
}

/// What calls look like on the wire, and what this vendor answers in its own words.
#[derive(Clone, Copy, Debug)]
pub struct Wire {
    /// By call: a part of `METHOD /path` that no other call has, and an ordinary answer as JSON.
    pub calls: &'static [(Call, &'static str, &'static str)],
    /// The answer to a look at a task that is in a state nobody has heard of.
    pub unheard: &'static str,
    /// The body of a 400.
    pub bad_request: &'static str,
    /// What it says of a task that broke.
    pub fails: &'static str,
    /// What it says of a task that its content rules do not allow.
    pub moderated: &'static str,
}

impl Wire {
    /// What is known of a call; `None` where the vendor has none of this kind.
    pub(crate) fn call(&self, wanted: Call) -> Option<(&'static str, &'static str)> {
        let found = self.calls.iter().find(|(call, ..)| *call == wanted);
        found.map(|&(_, route, sample)| (route, sample))
    }
}

#[async_trait::async_trait]
impl Subject for Emulated {
    fn models(&self) -> Vec<ModelInfo> {
        (self.client)(NOBODY, Duration::from_mins(1), Duration::ZERO)
            .models()
            .to_vec()
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        match Emulator::start((self.options)()).await {
            Ok(emulator) => Ok(Box::new(bench::Bench {
                emulator,
                subject: *self,
            })),
            Err(error) => Err(error.to_string()),
        }
    }

    fn secrets(&self) -> Vec<String> {
        self.secrets
            .iter()
            .map(|&secret| secret.to_owned())
            .collect()
    }

    fn answers_at_once(&self, model: &ModelInfo) -> bool {
        (self.answers_at_once)(model)
    }

    fn may_be_ignored(&self) -> Option<&'static [&'static str]> {
        Some(self.ignored)
    }

    fn clip(&self) -> Option<Asset> {
        clip(3, (720, 720))
    }
}
