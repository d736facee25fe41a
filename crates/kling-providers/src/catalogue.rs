//! What all providers together can do, and who does a given request best.

mod menu;

use std::sync::Arc;

use kling_core::{
    Estimate, GenerationRequest, ModelId, ModelInfo, Operation, Provider, ProviderId, Violations,
};

pub use menu::Menu;

/// One model of one provider, for one operation.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who has it.
    pub provider: Arc<dyn Provider>,
    /// What it takes, costs and how long it needs.
    pub info: ModelInfo,
}

impl Entry {
    /// Checks a request and tells what it will cost.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn whole(&self, request: &GenerationRequest) -> Result<Estimate, Violations> {
        self.info.capability.check(request)?;
        Ok(self.info.estimate(request))
    }

    /// Checks the parts of a request that will be split, and tells what they will cost together.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them.
    pub fn in_parts(&self, request: &GenerationRequest) -> Result<Estimate, Violations> {
        self.info.capability.check_split(request)?;
        Ok(self.info.estimate_split(request))
    }

    /// Whether this is the provider of that name, or any will do.
    fn is_of(&self, provider: Option<&ProviderId>) -> bool {
        provider.is_none_or(|id| self.provider.id() == id)
    }
}

/// Every entry of every provider, in the order the providers were given.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    providers: Vec<Arc<dyn Provider>>,
    entries: Vec<Entry>,
}

impl Catalogue {
    /// Stands for the model in a request that [`Catalogue::choose`] is still to place.
    pub const UNCHOSEN: ModelId = ModelId::literal("unchosen");

    /// Lists what these providers have. Of several accounts of one provider the first counts: they
    /// all have the same models.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        let mut catalogue = Self::default();
        for provider in providers {
            if catalogue.provider(provider.id()).is_some() {
                continue;
            }
            let entries = provider.models().iter().map(|info| Entry {
                provider: Arc::clone(&provider),
                info: info.clone(),
            });
            catalogue.entries.extend(entries);
            catalogue.providers.push(provider);
        }
        catalogue
    }

    /// Every provider.
    pub fn providers(&self) -> &[Arc<dyn Provider>] {
        &self.providers
    }

    /// The provider of that name.
    pub fn provider(&self, id: &ProviderId) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|provider| provider.id() == id)
    }

    /// Every entry.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// One entry, by all its names.
    pub fn find(
        &self,
        provider: &ProviderId,
        model: &ModelId,
        operation: Operation,
    ) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            entry.is_of(Some(provider))
                && entry.info.id == *model
                && entry.info.operation() == operation
        })
    }

    /// The operations that somebody does, in the order of [`Operation::ALL`].
    pub fn operations(&self) -> Vec<Operation> {
        self.operations_of(None)
    }

    /// The entries for one operation.
    pub fn for_operation(&self, operation: Operation) -> Vec<&Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.info.operation() == operation)
            .collect()
    }

    /// What anybody takes for any of these operations, for a command's options; `None` when nobody does them.
    pub fn menu(&self, operations: &[Operation]) -> Option<Menu> {
        Menu::over(
            self.entries
                .iter()
                .filter(|entry| operations.contains(&entry.info.operation())),
        )
    }

    /// The operation of a wish for an image, which follows from whether pictures come with it.
    ///
    /// Without pictures it is text-to-image, unless nobody (of that provider, where one is named)
    /// does that: then image-to-image, whose check says that a picture is needed.
    pub fn image_operation(&self, has_images: bool, provider: Option<&ProviderId>) -> Operation {
        let able = self.operations_of(provider);
        if !has_images && able.contains(&Operation::TextToImage) {
            return Operation::TextToImage;
        }
        if !has_images || able.contains(&Operation::ImageToImage) {
            return Operation::ImageToImage;
        }
        Operation::TextToImage
    }

    /// Finds who does a request: of those that take it as it is, the one with the lowest estimate. An
    /// unknown price counts as the highest; among equals the first of the catalogue wins.
    ///
    /// The request's model does not count ([`Catalogue::UNCHOSEN`] will do); the choice's request has the chosen one.
    ///
    /// # Errors
    ///
    /// When the preferred provider is not here, when nobody does the operation, or when nobody takes the
    /// request: then with everything that is wrong at the one that is nearest to taking it.
    pub fn choose(
        &self,
        request: &GenerationRequest,
        preferred: Option<&ProviderId>,
    ) -> Result<Choice, NoChoice> {
        self.choose_by(request, preferred, Entry::whole)
    }

    /// As [`Catalogue::choose`], for requests that will go to
    /// [`ProviderExt::generate_split`](crate::ProviderExt::generate_split): what fits once it is split fits, and
    /// the estimate is that of all parts together.
    ///
    /// # Errors
    ///
    /// As [`Catalogue::choose`].
    pub fn choose_split(
        &self,
        request: &GenerationRequest,
        preferred: Option<&ProviderId>,
    ) -> Result<Choice, NoChoice> {
        self.choose_by(request, preferred, Entry::in_parts)
    }

    fn choose_by(
        &self,
        request: &GenerationRequest,
        preferred: Option<&ProviderId>,
        check: fn(&Entry, &GenerationRequest) -> Result<Estimate, Violations>,
    ) -> Result<Choice, NoChoice> {
        if let Some(given) = preferred.filter(|id| self.provider(id).is_none()) {
            return Err(NoChoice::NoSuchProvider {
                given: given.clone(),
                available: self.providers.iter().map(|one| one.id().clone()).collect(),
            });
        }
        let fitting = |entry: &&Entry| check(entry, request).is_ok();
        let able = self.for_operation(request.operation);
        let candidates = || able.iter().copied().filter(|entry| entry.is_of(preferred));
        let cheapest = candidates()
            .filter_map(|entry| Some((entry, check(entry, request).ok()?)))
            .min_by_key(|(_, estimate)| (estimate.amount().is_none(), estimate.amount()));
        if let Some((entry, estimate)) = cheapest {
            return Ok(Choice::of(entry, request, estimate));
        }
        let mut elsewhere: Vec<_> = able
            .iter()
            .filter(|entry| fitting(entry))
            .map(|entry| entry.provider.id().clone())
            .collect();
        elsewhere.dedup();
        let nearest = candidates()
            .filter_map(|entry| Some((entry, check(entry, request).err()?)))
            .min_by_key(|(_, violations)| violations.0.len());
        Err(match nearest {
            Some((entry, violations)) => NoChoice::Unfit {
                provider: entry.provider.id().clone(),
                model: entry.info.id.clone(),
                elsewhere,
                violations,
            },
            None => NoChoice::NoSuchOperation {
                operation: request.operation,
                available: self.operations_of(preferred),
                elsewhere,
            },
        })
    }

    fn operations_of(&self, provider: Option<&ProviderId>) -> Vec<Operation> {
        Operation::ALL
            .into_iter()
            .filter(|operation| {
                self.entries
                    .iter()
                    .any(|entry| entry.is_of(provider) && entry.info.operation() == *operation)
            })
            .collect()
    }
}

/// Who does a request.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Who, with which model.
    pub entry: Entry,
    /// The request, for that model.
    pub request: GenerationRequest,
    /// What it will cost there.
    pub estimate: Estimate,
}

impl Choice {
    fn of(entry: &Entry, request: &GenerationRequest, estimate: Estimate) -> Self {
        let mut request = request.clone();
        request.model = entry.info.id.clone();
        Self {
            entry: entry.clone(),
            request,
            estimate,
        }
    }
}

/// Why nobody does a request.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoChoice {
    /// The preferred provider is not here.
    #[error("there is no provider `{given}` here")]
    NoSuchProvider {
        /// Who was preferred.
        given: ProviderId,
        /// Who is here.
        available: Vec<ProviderId>,
    },
    /// Nobody does the operation; where a provider was preferred, it does not.
    #[error("nobody here does {operation}")]
    NoSuchOperation {
        /// What was asked for.
        operation: Operation,
        /// What the preferred provider does, or anybody.
        available: Vec<Operation>,
        /// Other providers that would take the request as it is.
        elsewhere: Vec<ProviderId>,
    },
    /// The request does not fit; this is the entry with the fewest violations.
    #[error("the request does not fit model `{model}` of provider `{provider}`")]
    Unfit {
        /// Whose model.
        provider: ProviderId,
        /// Which model.
        model: ModelId,
        /// Other providers that would take the request as it is.
        elsewhere: Vec<ProviderId>,
        /// Everything that is wrong, each with what would work.
        #[source]
        violations: Violations,
    },
}

#[cfg(test)]
mod tests;
