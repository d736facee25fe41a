//! Jobs from acceptance to delivery: our engine, a vendor of the emulator over loopback, and a sink.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kling_engine::{Admission, Archive, ArchiveLimits, Engine, PostgresOptions, Stage, open_store};
use kling_http::{DownloadOptions, Downloader, Guard};
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::figure::{Report, micros, number, percentile};
use crate::load;
use crate::outside::{Outside, Vendor};
use crate::process;
use crate::setting::Setting;
use crate::sink::Sink;
use crate::stages;
use crate::wish::wish;

const BENCH: &str = "end-to-end";

/// A vendor whose work is asked after, so that every stage is passed through.
const VENDOR: Vendor = Vendor::Apiin;

/// How many acceptances are under way at once.
const ACCEPTING: usize = 32;

/// Far more than it takes.
const PATIENCE: Duration = Duration::from_mins(10);

#[derive(Clone, Copy)]
struct Contender {
    name: &'static str,
    on_postgres: bool,
    engines: usize,
    drawn: bool,
}

const CONTENDERS: [Contender; 4] = [
    Contender {
        name: "sqlite",
        on_postgres: false,
        engines: 1,
        drawn: false,
    },
    Contender {
        name: "postgres, 1 engine",
        on_postgres: true,
        engines: 1,
        drawn: false,
    },
    Contender {
        name: "postgres, 2 engines",
        on_postgres: true,
        engines: 2,
        drawn: false,
    },
    Contender {
        name: "sqlite, pictures drawn",
        on_postgres: false,
        engines: 1,
        drawn: true,
    },
];

/// One turn of one contender.
struct Turn<'a> {
    contender: Contender,
    store: String,
    folder: PathBuf,
    outside: &'a Outside,
    /// The database server, where there is one to be counted.
    server: Option<u32>,
    jobs: usize,
}

/// Measures every contender in turn.
pub(crate) async fn measure(setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let (prepared, drawing) = (Outside::start().await?, Outside::start().await?);
    prepared.prepare(VENDOR).await?;
    for round in 0..setting.either(setting.rounds(), 1) {
        for (place, contender) in CONTENDERS.into_iter().enumerate() {
            let folder = setting.folder().join(format!("{BENCH}-{place}-{round}"));
            std::fs::create_dir_all(&folder)?;
            let mut store = format!("sqlite://{}", folder.join("jobs.db").display());
            let mut server = None;
            if contender.on_postgres {
                let Ok(cluster) = setting.cluster().await else {
                    continue;
                };
                store = cluster.database(&format!("jobs_{place}_{round}")).await?;
                server = cluster.pid();
            }
            let turn = Turn {
                contender,
                store,
                folder,
                outside: if contender.drawn { &drawing } else { &prepared },
                server,
                jobs: if contender.drawn {
                    setting.either(300, 10)
                } else {
                    setting.either(5_000, 60)
                },
            };
            turn.take(report).await?;
            std::fs::remove_dir_all(&turn.folder)?;
        }
    }
    if let Err(why) = setting.cluster().await {
        report.say(format!("PostgreSQL is left out of every benchmark: {why}"));
    }
    for contender in [
        "postgres, 1 engine",
        "postgres, 2 engines",
        "sqlite, pictures drawn",
    ] {
        report.ratio(BENCH, contender, "sqlite", "jobs, middle");
    }
    report.say(
        "end-to-end: the vendor is asked after a task every 5 s, its pace in the catalogue, and jobs wait meanwhile as \
         rows; so `jobs, whole` has those seconds in it and `jobs, middle`, from the tenth to the ninetieth of a hundred \
         deliveries, has not. Two engines are two stores and two sets of loops in one process.",
    );
    report.say(
        "end-to-end: the emulator cannot serve pictures drawn beforehand for work it really takes on. Unless pictures are \
         drawn, its answers are scripted: one task and one picture for all jobs, whose bytes the archive writes and syncs \
         for each job and then finds that it has them already.",
    );
    Ok(())
}

impl Turn<'_> {
    async fn take(&self, report: &mut Report) -> anyhow::Result<()> {
        let sink = Arc::new(Sink::new());
        let mut engines = Vec::new();
        for _ in 0..self.contender.engines {
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

        let before = self.cpu();
        let begun = Instant::now();
        let seen_through = self.see_through(&engines, &sink);
        tokio::time::timeout(PATIENCE, seen_through)
            .await
            .context("the jobs did not end")??;
        let wall = begun.elapsed();
        let spent: Vec<Duration> = std::iter::zip(self.cpu(), before)
            .map(|(after, before)| after.saturating_sub(before))
            .collect();

        shutdown.cancel();
        for engine in running {
            engine.await?;
        }
        drop(engines);
        self.tell(report, &sink, wall, &spent)?;
        for (stage, spent) in stages::of_store(&self.store, &self.folder).await? {
            for percent in [50, 99] {
                let value = percentile(&spent, percent).unwrap_or_default();
                let value = i32::try_from(value).map_or(f64::NAN, f64::from);
                let measure = format!("in {stage}, p{percent}");
                report.add(BENCH, self.contender.name, &measure, (value, "ms"));
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

    /// Has every job accepted, and waits until the store says that all are delivered.
    async fn see_through(&self, engines: &[Engine], sink: &Sink) -> anyhow::Result<()> {
        let provider = VENDOR.provider(self.outside.origin())?;
        let model = Vendor::model(provider.as_ref())?;
        stream::iter(engines.iter().cycle().take(self.jobs))
            .map(|engine| {
                let job = wish(provider.id().clone(), model.clone(), load::next());
                async move {
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

    /// Processor time so far: ours, the emulator's, the database's.
    fn cpu(&self) -> [Duration; 3] {
        let of = |pid: Option<u32>| pid.map_or(Duration::ZERO, process::family_cpu);
        [process::own_cpu(), of(self.outside.pid()), of(self.server)]
    }

    fn tell(
        &self,
        report: &mut Report,
        sink: &Sink,
        wall: Duration,
        spent: &[Duration],
    ) -> anyhow::Result<()> {
        let (mut results, others) = sink.seen();
        anyhow::ensure!(
            others == 0 && results.len() >= self.jobs,
            "{others} of {} jobs ended without a result",
            self.jobs
        );
        results.sort_unstable();
        let (early, late) = (self.jobs / 10, self.jobs * 9 / 10);
        let middle = match (results.get(early), results.get(late)) {
            (Some(early), Some(late)) => late.duration_since(*early),
            _ => wall,
        };
        let name = self.contender.name;
        let jobs = number(self.jobs);
        let middle = number(late - early) / middle.as_secs_f64();
        report.add(BENCH, name, "jobs, middle", (middle, "/s"));
        let whole = jobs / wall.as_secs_f64();
        report.add(BENCH, name, "jobs, whole", (whole, "/s"));
        for (whose, spent) in ["ours", "emulator", "database"].into_iter().zip(spent) {
            if whose != "database" || self.server.is_some() {
                let measure = format!("CPU each, {whose}");
                report.add(BENCH, name, &measure, (micros(*spent) / jobs, "µs"));
            }
        }
        Ok(())
    }
}

async fn archive(folder: &Path) -> anyhow::Result<Archive> {
    let archive = folder.join("archive");
    Ok(Archive::open(&archive.to_string_lossy(), ArchiveLimits::default()).await?)
}
