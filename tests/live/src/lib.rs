//! Are the services still what the facts say? The cheapest call of each model, within a budget.
#![doc = include_str!("../README.md")]

mod account;
mod archive;
mod arguments;
mod budget;
mod drift;
mod expect;
mod paid;
mod plan;
mod recorder;
mod resume;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use anyhow::Context as _;
use kling_core::{Money, Secret};
use kling_providers::{Registry, Sleeper};

pub use arguments::Arguments;

use crate::account::Account;
use crate::archive::Archive;
use crate::budget::Budget;
use crate::plan::Planned;

/// The keys that were found, by provider.
#[derive(Clone, Debug, Default)]
pub struct Keys(BTreeMap<String, Secret>);

impl Keys {
    /// Those in the variables that the bots and `kling` read, too.
    pub fn of_environment() -> Self {
        let registry = Registry::builtin();
        let key_of = |plugin: &kling_providers::Plugin| {
            let key = std::env::var(plugin.key_env()).ok().and_then(Secret::new)?;
            Some((plugin.id().to_string(), key))
        };
        Self(registry.plugins().filter_map(key_of).collect())
    }

    /// One more.
    #[must_use]
    pub fn with(mut self, provider: &str, key: Secret) -> Self {
        self.0.insert(provider.to_owned(), key);
        self
    }
}

/// One run.
#[derive(Debug)]
pub struct Live {
    /// What to do.
    pub arguments: Arguments,
    /// Whom it can be done at.
    pub keys: Keys,
    /// What waits between two looks at a task.
    pub sleeper: Arc<dyn Sleeper>,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many differences from the facts were printed.
    pub drifts: usize,
    /// How many calls did not come to a result.
    pub failures: usize,
    /// How many calls were left out: over budget, or lacking an input.
    pub left_out: usize,
    /// What was charged, as far as it is known.
    pub spent: Money,
}

impl Outcome {
    /// Whether all that was called came to a result as the facts say.
    pub const fn is_clean(&self) -> bool {
        self.drifts == 0 && self.failures == 0
    }
}

impl Live {
    /// Does what the arguments say, and tells it line by line.
    ///
    /// # Errors
    ///
    /// When the arguments do not go together, or the archive or `out` cannot be written. What a service does
    /// is never an error here: it is told.
    pub async fn run(&self, out: &mut (dyn Write + Send)) -> anyhow::Result<Outcome> {
        let arguments = &self.arguments;
        arguments.check()?;
        let mut outcome = Outcome::default();
        let accounts = self.accounts(out).await?;
        if let Some(file) = &arguments.resume {
            resume::all(file, &accounts, self, &mut outcome, out).await?;
            return Ok(outcome);
        }
        let mut planned = self.plan(&accounts, &mut outcome, out).await?;
        planned.sort_by_key(Planned::order);
        if arguments.dry_run {
            plan::tell(&planned, out)?;
            return Ok(outcome);
        }
        for account in &accounts {
            account.free_calls(&mut outcome, out).await?;
        }
        let archive = Arc::new(Archive::create(&arguments.archive)?);
        writeln!(out, "handles are kept in {}", archive.path().display())?;
        let mut budget = Budget::new(arguments.budget.context("--budget is missing")?);
        for call in &planned {
            let account = accounts
                .iter()
                .find(|account| account.name() == call.provider)
                .context("every plan has its account")?;
            paid::make(
                account,
                call,
                self,
                &mut budget,
                &archive,
                &mut outcome,
                out,
            )
            .await?;
        }
        budget.tell(out)?;
        outcome.spent = budget.spent();
        Ok(outcome)
    }

    async fn accounts(&self, out: &mut (dyn Write + Send)) -> anyhow::Result<Vec<Account>> {
        let registry = Registry::builtin();
        let mut accounts = Vec::new();
        for vendor in expect::VENDORS {
            if !self.arguments.wants(vendor.name, None) {
                continue;
            }
            let Some(key) = self.keys.0.get(vendor.name) else {
                let variable = registry.plugin(vendor.name)?.key_env();
                writeln!(out, "{}: left out, {variable} is not set", vendor.name)?;
                continue;
            };
            let base = self.arguments.base_of(vendor)?;
            accounts.push(Account::open(vendor, base, key.clone(), &registry).await?);
        }
        anyhow::ensure!(!accounts.is_empty(), "there is nobody to call");
        Ok(accounts)
    }

    async fn plan(
        &self,
        accounts: &[Account],
        outcome: &mut Outcome,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<Vec<Planned>> {
        let inputs = plan::Files::make(self.arguments.image_url.as_deref()).await?;
        let mut planned = Vec::new();
        for account in accounts {
            let models = account.provider().models();
            for wanted in self.arguments.models_of(account.name()) {
                let is_there = models.iter().any(|model| model.id.as_str() == wanted);
                let name = account.name();
                let mut ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
                ids.dedup();
                anyhow::ensure!(
                    is_there,
                    "--only {name}/{wanted}: its models are {}",
                    ids.join(", ")
                );
            }
            let wanted = |model: &kling_core::ModelInfo| {
                self.arguments
                    .wants(account.name(), Some(model.id.as_str()))
            };
            let every = self.arguments.every_operation;
            for call in plan::of(account, &inputs, every, wanted) {
                match call {
                    Ok(call) => planned.push(call),
                    Err(missing) => {
                        outcome.left_out += 1;
                        writeln!(out, "{}: {missing}", account.name())?;
                    }
                }
            }
        }
        Ok(planned)
    }
}
