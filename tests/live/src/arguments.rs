//! What a person can ask for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use kling_core::Money;
use kling_http::{BasePolicy, Url};

use crate::expect::{VENDORS, Vendor};

/// Calls the cheapest of each model at the real services, within a budget, and prints every difference from
/// what is known of them.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "kling-live", disable_help_subcommand = true)]
pub struct Arguments {
    /// The most that may be spent, in dollars. A call whose price could pass what is left is not started
    #[arg(long, value_name = "DOLLARS", value_parser = Money::parse_dollars)]
    pub budget: Option<Money>,

    /// Also make calls whose price nobody knows
    #[arg(long)]
    pub allow_unknown: bool,

    /// Only this provider, or this model of it: `apiin`, `aimlapi/klingai/image-o1`. May be repeated
    #[arg(long, value_name = "PROVIDER[/MODEL]")]
    pub only: Vec<String>,

    /// Every operation of each model, not only the cheapest
    #[arg(long)]
    pub every_operation: bool,

    /// Tell what would be called and what it would cost at worst; call nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Fetch what an earlier run paid for and did not get. Nothing is submitted
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Where handles and results are kept
    #[arg(long, value_name = "DIR", default_value = "kling-live")]
    pub archive: PathBuf,

    /// A public address of a PNG or JPEG picture, for models that take addresses only
    #[arg(long, value_name = "URL")]
    pub image_url: Option<String>,

    /// How long a task is waited for, in seconds, instead of each model's own patience
    #[arg(long, value_name = "SECONDS")]
    pub patience: Option<u64>,

    /// Another address for a provider: `aimlapi=http://127.0.0.1:4700/aimlapi`. May be repeated
    #[arg(long, value_name = "PROVIDER=URL")]
    pub base_url: Vec<String>,
}

impl Arguments {
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let spends = !self.dry_run && self.resume.is_none();
        anyhow::ensure!(
            !spends || self.budget.is_some(),
            "--budget is missing: say how many dollars may be spent, or use --dry-run"
        );
        anyhow::ensure!(
            self.budget.is_none_or(|budget| budget >= Money::ZERO),
            "--budget is less than nothing"
        );
        // What is misspelt here would call, and pay, somebody who was not meant.
        for text in &self.base_url {
            let name = text.split_once('=').map(|(name, _)| name);
            anyhow::ensure!(
                name.is_some_and(is_known),
                "--base-url {text}: it takes PROVIDER=URL, and providers are {}",
                known()
            );
        }
        for text in &self.only {
            let name = text.split_once('/').map_or(text.as_str(), |(name, _)| name);
            anyhow::ensure!(is_known(name), "--only {text}: providers are {}", known());
        }
        Ok(())
    }

    /// The models that are asked for by name, of a provider.
    pub(crate) fn models_of<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.only.iter().filter_map(|only| only.split_once('/'));
        named.filter_map(move |(name, model)| (name == provider).then_some(model))
    }

    /// Whether a provider, or a model of it, is asked for.
    pub(crate) fn wants(&self, provider: &str, model: Option<&str>) -> bool {
        self.only.is_empty()
            || self.only.iter().any(|only| match only.split_once('/') {
                None => only == provider,
                Some((name, wanted)) => {
                    name == provider && model.is_none_or(|model| model == wanted)
                }
            })
    }

    /// Where a provider is.
    pub(crate) fn base_of(&self, vendor: &Vendor) -> anyhow::Result<Url> {
        let given = self.base_url.iter().find_map(|text| {
            let (name, base) = text.split_once('=')?;
            (name == vendor.name).then_some(base)
        });
        let base = Url::parse(given.unwrap_or(vendor.base_url))
            .with_context(|| format!("--base-url {}=… is no address", vendor.name))?;
        // The key goes there.
        BasePolicy::HttpsOrLoopback
            .check(&base)
            .with_context(|| format!("--base-url {}=… cannot be used", vendor.name))?;
        Ok(base)
    }

    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.patience.map(Duration::from_secs)
    }
}

fn is_known(name: &str) -> bool {
    VENDORS.iter().any(|vendor| vendor.name == name)
}

fn known() -> String {
    let names: Vec<_> = VENDORS.iter().map(|vendor| vendor.name).collect();
    names.join(", ")
}
