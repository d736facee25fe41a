//! Many jobs that wait: what one more costs, how long a restart after SIGKILL takes with them, and what they hold in memory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use kling_engine::{Admission, Engine, Lease, Loop, PlatformId, Store, Work};
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::cluster::Cluster;
use crate::figure::{Report, micros, millis, number, percentile};
use crate::load;
use crate::serving::{Order, Served};
use crate::setting::Setting;
use crate::still::{self, Mood};
use crate::wish::{PLATFORM, wish};

const BENCH: &str = "waiting";

/// How many acceptances are under way at once while the store is filled.
const FILLING: usize = 64;

/// How many acceptances, and claims, are measured one after the other at each size.
const SAMPLES: usize = 50;

/// How long a claim holds where one process takes over from another: a minute by default.
const LEASE: Duration = Duration::from_secs(3);

/// A claim for measuring is void at once.
const HOLD: Duration = Duration::from_millis(1);

/// A store, and another of the same kind without a job in it.
struct Place {
    kind: &'static str,
    full: (String, PathBuf),
    idle: (String, PathBuf),
}

/// Measures both stores.
pub(crate) async fn measure(setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let folder = |name: &str| -> std::io::Result<PathBuf> {
        let folder = setting.folder().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    let sqlite = |folder: PathBuf| {
        let file = folder.join("jobs.db");
        (format!("sqlite://{}", file.display()), folder)
    };
    let place = Place {
        kind: "sqlite",
        full: sqlite(folder("waiting-sqlite")?),
        idle: sqlite(folder("idle-sqlite")?),
    };
    place.measure(setting, report).await?;
    match setting.cluster().await {
        Ok(cluster) => {
            let place = Place {
                kind: "postgres",
                full: (cluster.database("waiting").await?, folder("waiting-pg")?),
                idle: (cluster.database("idle").await?, folder("idle-pg")?),
            };
            place.measure(setting, report).await?;
            across_replicas(setting, report, cluster).await?;
        }
        Err(why) => report.say(format!("PostgreSQL is left out of every benchmark: {why}")),
    }
    report.say(
        "waiting: start-up is from the start of a process to an engine that runs all loops and whose health has answered; \
         memory is that of such a process, whose provider never answers, a while later, beside one on an empty store; \
         `most` is the highest the kernel has seen. Every such process is killed (SIGKILL) in the middle of its work; \
         recovery on one node is from the start of the next process to the first job that it moves on.",
    );
    Ok(())
}

impl Place {
    async fn measure(&self, setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
        let sizes: &[usize] = setting.either(&[1, 10, 100, 1_000, 10_000, 100_000], &[1, 10, 100]);
        self.grow(sizes, report).await?;
        let jobs = sizes.last().copied().unwrap_or_default();
        let idle = format!("{}, idle", self.kind);
        let full = format!("{}, {jobs} jobs", self.kind);
        let settle = setting.either(Duration::from_secs(20), Duration::from_millis(300));
        for _ in 0..setting.rounds() {
            for (name, (store, folder)) in [(&idle, &self.idle), (&full, &self.full)] {
                let mut served = Served::start(Order::of(store, folder)).await?;
                report.add(BENCH, name, "start-up", (millis(served.up), "ms"));
                tokio::time::sleep(settle).await;
                let (now, most) = served.memory_mebi().await?;
                report.add(BENCH, name, "memory", (now, "MiB"));
                report.add(BENCH, name, "memory, most", (most, "MiB"));
                served.kill().await?;
            }
        }
        for _ in 0..setting.rounds() {
            // The one before was killed in the middle of its work, and so is this one.
            let (store, folder) = &self.full;
            let order = Order::of(store, folder).in_mood(Mood::Answering);
            let mut served = Served::start(order).await?;
            let moved = served.until("moved").await?;
            let measure = "recovery: first job moved on";
            report.add(BENCH, &full, measure, (millis(moved), "ms"));
            served.kill().await?;
        }
        for measure in ["start-up", "memory", "memory, most"] {
            report.added(BENCH, &full, &idle, measure);
        }
        Ok(())
    }

    /// Fills the store step by step, and measures at each.
    async fn grow(&self, sizes: &[usize], report: &mut Report) -> anyhow::Result<()> {
        let (url, folder) = &self.full;
        // A claim is no part of the engine's public work, so it is measured past it.
        let store = accept::store_at(url, folder).await?;
        let engine = accept::engine_on(Arc::clone(&store), folder).await?;
        let mut inside = 0;
        for &size in sizes {
            let begun = Instant::now();
            let missing = size.saturating_sub(inside);
            fill(&engine, missing).await?;
            let name = format!("{}, {size} waiting", self.kind);
            if missing > 0 {
                let each = micros(begun.elapsed()) / number(missing);
                report.add(BENCH, &name, "accept each, while filling", (each, "µs"));
            }
            inside = size.max(inside);

            let mut times = Vec::new();
            for _ in 0..SAMPLES {
                let begun = Instant::now();
                fill(&engine, 1).await?;
                times.push(begun.elapsed());
            }
            inside += SAMPLES;
            tell(report, &name, "accept alone", &times);
            tell(report, &name, "claim one", &claims(&store).await?);
            let mut passes = Vec::new();
            for _ in 0..3 {
                let begun = Instant::now();
                let taken = engine.one_pass(Loop::Collect).await?;
                let each = u32::try_from(taken.max(1))?;
                passes.push(begun.elapsed() / each);
            }
            tell(report, &name, "collect each, a pass of 16", &passes);
        }
        let ended = CancellationToken::new();
        ended.cancel();
        engine.run(ended).await;
        Ok(())
    }
}

fn tell(report: &mut Report, name: &str, measure: &str, times: &[Duration]) {
    for percent in [50, 99] {
        let value = percentile(times, percent).map_or(f64::NAN, micros);
        let measure = format!("{measure}, p{percent}");
        report.add(BENCH, name, &measure, (value, "µs"));
    }
}

async fn claims(store: &Arc<dyn Store>) -> anyhow::Result<Vec<Duration>> {
    let platforms = [PlatformId::new(PLATFORM)];
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let lease = Lease {
            platforms: &platforms,
            providers: &[],
            limit: 1,
            hold: HOLD,
        };
        let begun = Instant::now();
        store.claim(Work::Collect, lease).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

async fn fill(engine: &Engine, jobs: usize) -> anyhow::Result<()> {
    stream::iter(0..jobs)
        .map(|_| async {
            let job = wish(still::ID, still::MODEL, load::next())?;
            match engine.accept(job).await? {
                Admission::Accepted { .. } => anyhow::Ok(()),
                other => anyhow::bail!("a job was not accepted: {other:?}"),
            }
        })
        .buffer_unordered(FILLING)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(())
}

/// One process holds a job and is killed; another, which waits beside it, takes it over when the lease has run out.
async fn across_replicas(
    setting: &Setting,
    report: &mut Report,
    cluster: &Cluster,
) -> anyhow::Result<()> {
    let name = format!("postgres, 2 replicas, a lease of {} s", LEASE.as_secs());
    for round in 0..setting.long_rounds() {
        let folder = setting.folder().join(format!("replicas-{round}"));
        std::fs::create_dir_all(&folder)?;
        let store = cluster.database(&format!("replicas_{round}")).await?;
        fill(&accept::engine(&store, &folder).await?, 1).await?;
        let order = |mood| Order {
            lease: Some(LEASE),
            ..Order::of(&store, &folder).in_mood(mood)
        };
        let mut first = Served::start(order(Mood::Holding)).await?;
        first.until("looked").await?;
        let mut second = Served::start(order(Mood::Answering)).await?;
        // Until the lease was renewed, as in the middle of anything long.
        tokio::time::sleep(LEASE / 2).await;
        first.kill().await?;
        let killed = Instant::now();
        second.until("looked").await?;
        let took = millis(killed.elapsed());
        report.add(BENCH, &name, "recovery: asked after again", (took, "ms"));
        second.kill().await?;
    }
    Ok(())
}
