//! One entry of a provider's catalogue.

use std::time::Duration;

use crate::{Capability, Estimate, GenerationRequest, ModelId, Operation, Price};

/// What a provider says about one model and one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// The model's name at the provider.
    pub id: ModelId,
    /// What people call it.
    pub name: String,
    /// What it accepts.
    pub capability: Capability,
    /// What it costs; `None` when nobody says.
    pub price: Option<Price>,
    /// How long it takes.
    pub pace: Pace,
}

impl ModelInfo {
    /// The operation this entry is about.
    pub fn operation(&self) -> Operation {
        self.capability.operation
    }

    /// What a request will cost here.
    pub fn estimate(&self, request: &GenerationRequest) -> Estimate {
        self.price
            .map_or(Estimate::Unknown, |price| price.estimate(request))
    }
}

/// How long a model takes, and how often to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// A usual time from submission to result.
    pub typical: Duration,
    /// How long to wait between two looks at a running task.
    pub poll_every: Duration,
    /// After this long a task counts as lost by the provider.
    pub give_up_after: Duration,
}
