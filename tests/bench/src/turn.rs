//! One turn of one contender: so many jobs, from acceptance to delivery.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kling_engine::{Admission, Archive, ArchiveLimits, Engine, PostgresOptions, Stage, open_store};
use kling_http::{DownloadOptions, Downloader, Guard};
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::figure::{Report, number, percentile};
use crate::load;
use crate::meter::{Meter, Reading};
use crate::outside::{Outside, Vendor};
use crate::sink::Sink;
use crate::stages;
use crate::wish::wish;

/// A vendor whose work is asked after, so that every stage is passed through.
pub(crate) const VENDOR: Vendor = Vendor::Apiin;

/// How many acceptances are under way at once.
const ACCEPTING: usize = 32;

/// Far more than it takes.
const PATIENCE: Duration = Duration::from_mins(10);

/// One turn of one contender.
pub(crate) struct Turn<'a> {
    pub(crate) bench: &'static str,
    pub(crate) name: &'static str,
    pub(crate) store: String,
    pub(crate) folder: PathBuf,
    pub(crate) engines: usize,
    pub(crate) outside: &'a Outside,
    pub(crate) meter: Meter,
    /// How many jobs are on their way at a time: more than the vendor's pace keeps waiting.
    pub(crate) open: usize,
    /// How many there are in all: at least two times as many as are on their way.
    pub(crate) jobs: usize,
}

impl Turn<'_> {
    pub(crate) async fn take(&self, report: &mut Report) -> anyhow::Result<()> {
        let sink = Arc::new(Sink::new(self.open));
        let mut engines = Vec::new();
        for _ in 0..self.engines {
            engines.push(self.engine(&sink).await?);
        }
        let shutdown = CancellationToken::new();
        let running: Vec<_> = engines
            .iter()
            .map(|engine| {
                let (engine, shutdown) = (engine.clone(), shutdown.clone());
                tokio::spawn(async move { engine.run(shutdown).await })
            })
            .collect();

        let begun = Instant::now();
        let both =
            async { tokio::try_join!(self.see_through(&engines, &sink), self.read_middle(&sink)) };
        let ended = tokio::time::timeout(PATIENCE, both).await;
        let ((), (early, late)) = ended.context("the jobs did not end")??;
        let wall = begun.elapsed();

        shutdown.cancel();
        for engine in running {
            engine.await?;
        }
        drop(engines);
        let others = sink.others();
        anyhow::ensure!(others == 0, "{others} jobs ended without a result");
        let middle = number(self.jobs - 2 * self.open);
        for (measure, value, unit) in late.since(&early, middle) {
            if value > 0.0 {
                report.add(self.bench, self.name, measure, (value, unit));
            }
        }
        let whole = number(self.jobs) / wall.as_secs_f64();
        report.add(
            self.bench,
            self.name,
            "jobs, from first to last",
            (whole, "/s"),
        );
        self.tell_stages(report).await
    }

    async fn tell_stages(&self, report: &mut Report) -> anyhow::Result<()> {
        for (stage, spent) in stages::of_store(&self.store, &self.folder).await? {
            for percent in [50, 99] {
                let value = percentile(&spent, percent).unwrap_or_default();
                let value = i32::try_from(value).map_or(f64::NAN, f64::from);
                let measure = format!("in {stage}, p{percent}");
                report.add(self.bench, self.name, &measure, (value, "ms"));
            }
        }
        Ok(())
    }

    async fn engine(&self, sink: &Arc<Sink>) -> anyhow::Result<Engine> {
        let options = PostgresOptions {
            state_folder: self.folder.join("state"),
            ..PostgresOptions::default()
        };
        let store = open_store(&self.store, options).await?;
        let archive = archive(&self.folder).await?;
        let origin = self.outside.origin();
        let guard = Guard::for_base(&VENDOR.base(origin)?);
        let downloader = Downloader::new(DownloadOptions::default(), guard)?;
        let sink = Arc::clone(sink);
        Ok(Engine::builder(store, archive)
            .provider_with(VENDOR.provider(origin)?, downloader)
            .deliverer(sink)
            .options(accept::patient())
            .build()?)
    }

    /// The meter when as many jobs have come as are on their way at a time, and when the last but as many have: between
    /// the two every job that ends is followed by a new one, and all stages are at work.
    async fn read_middle(&self, sink: &Sink) -> anyhow::Result<(Reading, Reading)> {
        sink.wait_for(self.open).await;
        let early = self.meter.read().await?;
        sink.wait_for(self.jobs - self.open).await;
        Ok((early, self.meter.read().await?))
    }

    /// Has every job accepted, and waits until the store says that all are delivered.
    async fn see_through(&self, engines: &[Engine], sink: &Sink) -> anyhow::Result<()> {
        let provider = VENDOR.provider(self.outside.origin())?;
        let model = Vendor::model(provider.as_ref())?;
        stream::iter(engines.iter().cycle().take(self.jobs))
            .map(|engine| {
                let job = wish(provider.id().clone(), model.clone(), load::next());
                async move {
                    sink.place().await;
                    match engine.accept(job?).await? {
                        Admission::Accepted { .. } => anyhow::Ok(()),
                        other => anyhow::bail!("a job was not accepted: {other:?}"),
                    }
                }
            })
            .buffer_unordered(ACCEPTING)
            .try_collect::<Vec<()>>()
            .await?;
        sink.wait_for(self.jobs).await;
        let engine = engines.first().context("there is no engine")?;
        loop {
            let counts = engine.health().await.counts;
            let is_open = |(stage, count): &(Stage, u64)| !stage.is_terminal() && *count > 0;
            if !counts.is_empty() && !counts.iter().any(is_open) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn archive(folder: &Path) -> anyhow::Result<Archive> {
    let archive = folder.join("archive");
    Ok(Archive::open(&archive.to_string_lossy(), ArchiveLimits::default()).await?)
}
