//! One provider, with the proxy between it and the service.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context as _;
use kling_core::{Money, Provider, Secret};
use kling_http::{Client, ClientOptions, DownloadOptions, Downloader, Guard, Method, Request, Url};
use kling_providers::{Registry, toml};

use crate::Outcome;
use crate::drift;
use crate::expect::Vendor;
use crate::recorder::Recorder;

/// A provider that can be called and watched at it.
pub(crate) struct Account {
    vendor: &'static Vendor,
    upstream: Url,
    key: Secret,
    recorder: Recorder,
    provider: Arc<dyn Provider>,
}

impl Account {
    pub(crate) async fn open(
        vendor: &'static Vendor,
        upstream: Url,
        key: Secret,
        registry: &Registry,
    ) -> anyhow::Result<Self> {
        let recorder = Recorder::start(upstream.clone()).await?;
        let mut settings = toml::Table::new();
        settings.insert("base_url".to_owned(), recorder.base_url().into());
        let provider = registry.build(vendor.name, settings, key.clone())?;
        Ok(Self {
            vendor,
            upstream,
            key,
            recorder,
            provider,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.vendor.name
    }

    pub(crate) fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// Results are fetched from where the service says, which is this machine only when the service is.
    pub(crate) fn downloader(&self) -> anyhow::Result<Downloader> {
        let guard = Guard::for_base(&self.upstream);
        Downloader::new(DownloadOptions::default(), guard).context("no downloader can be made")
    }

    /// What is left on the account, where the service tells.
    pub(crate) async fn balance(&self) -> Option<Money> {
        let balance = self.provider.balance().await.ok().flatten()?;
        Some(balance.available)
    }

    /// Calls that cost nothing, each compared with what is expected.
    pub(crate) async fn free_calls(
        &self,
        outcome: &mut Outcome,
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<()> {
        writeln!(out, "== {} at {}", self.name(), self.upstream)?;
        let client = Client::new(ClientOptions::default())?;
        for free in self.vendor.free {
            let base = self.recorder.base_url();
            let url = Url::parse(&format!("{base}{}", free.path))?;
            let method = Method::from_bytes(free.method.as_bytes())?;
            let mut call = Request::new(method, url).bearer(&self.key);
            if !free.body.is_empty() {
                call = call.body("application/json", free.body);
            }
            if client.exchange(call).await.is_err() {
                outcome.failures += 1;
                writeln!(out, "{} {}: no answer", free.method, free.path)?;
            }
            self.told(outcome, out)?;
        }
        Ok(())
    }

    /// Tells every reply since the last time, and how it differs from what is expected.
    pub(crate) fn told(&self, outcome: &mut Outcome, out: &mut dyn Write) -> std::io::Result<()> {
        let exchanges = self.recorder.take();
        let mut last = String::new();
        for exchange in &exchanges {
            let status = exchange
                .status
                .map_or("no answer".to_owned(), |n| n.to_string());
            let line = format!("{} {}: {status}", exchange.method, exchange.path);
            let drifts = drift::of_exchange(self.vendor, exchange);
            // Looks at a task are many and all the same.
            if line != last || !drifts.is_empty() {
                let millis = exchange.took.as_millis();
                writeln!(out, "  {line} in {millis} ms")?;
            }
            last = line;
            for drift in drifts {
                outcome.drifts += 1;
                writeln!(out, "    drift: {drift}")?;
            }
        }
        Ok(())
    }
}
