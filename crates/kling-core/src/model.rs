//! One entry of a provider's catalogue.

use std::time::Duration;

use crate::{
    Capability, Estimate, GenerationRequest, ModelId, Operation, Price, ProviderError, ReplyNote,
};

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
        self.price.map_or(Estimate::Unknown, |price| {
            price.estimate(&self.capability, request)
        })
    }

    /// What a request will cost here once it is [split](Capability::split): all of its parts together.
    pub fn estimate_split(&self, request: &GenerationRequest) -> Estimate {
        let parts = self.capability.split(request);
        parts.iter().map(|part| self.estimate(part)).sum()
    }
}

/// The entry that a request is for, once the request fits it. For an operation that the model does not
/// have, another entry of the model says so.
pub(crate) fn entry<'a>(
    models: &'a [ModelInfo],
    request: &GenerationRequest,
) -> Result<&'a ModelInfo, ProviderError> {
    let of_model = || models.iter().filter(|entry| entry.id == request.model);
    let entry = of_model()
        .find(|entry| entry.operation() == request.operation)
        .or_else(|| of_model().next())
        .ok_or_else(|| declined("unknown-model", known(models)))?;
    match entry.capability.check(request) {
        Ok(()) => Ok(entry),
        Err(violations) => Err(declined("outside-capability", violations.to_string())),
    }
}

fn known(models: &[ModelInfo]) -> String {
    let mut names: Vec<_> = models.iter().map(|entry| entry.id.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    format!("there is no such model here; there is {}", names.join(", "))
}

fn declined(code: &str, reason: String) -> ProviderError {
    ProviderError::Declined {
        note: ReplyNote::of_code(code),
        reason: Some(reason),
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
