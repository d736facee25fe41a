//! Taking jobs in, against a bare insert into the same kind of database in the same run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kling_engine::{
    Admission, Archive, ArchiveLimits, Engine, Options, PostgresOptions, Store, open_store,
};

use crate::bare::{BarePostgres, BareSqlite};
use crate::figure::Report;
use crate::load::{self, Work};
use crate::setting::Setting;
use crate::sink::Sink;
use crate::still::{self, Mood, Still};
use crate::wish::wish;

const BENCH: &str = "accept";

/// The rate that a busy community might reach for a moment.
const PER_SECOND: u32 = 500;

/// How many wait at once when it goes as fast as it can.
const IN_FLIGHT: usize = 64;

/// The engine, its loops at rest: the jobs stay where they are.
struct Ours(Engine);

#[async_trait::async_trait]
impl Work for Ours {
    async fn once(&self, number: u64) -> anyhow::Result<()> {
        match self
            .0
            .accept(wish(still::ID, still::MODEL, number)?)
            .await?
        {
            Admission::Accepted { .. } => Ok(()),
            other => anyhow::bail!("a job was not accepted: {other:?}"),
        }
    }
}

/// An engine on a store, with a platform and a provider of this program's own.
pub(crate) async fn engine(store: &str, folder: &Path) -> anyhow::Result<Engine> {
    engine_on(store_at(store, folder).await?, folder).await
}

/// A store of either kind.
pub(crate) async fn store_at(store: &str, folder: &Path) -> anyhow::Result<Arc<dyn Store>> {
    let options = PostgresOptions {
        state_folder: folder.join("state"),
        ..PostgresOptions::default()
    };
    Ok(open_store(store, options).await?)
}

/// The same on a store that is open.
pub(crate) async fn engine_on(store: Arc<dyn Store>, folder: &Path) -> anyhow::Result<Engine> {
    let still = Still::new(Mood::Silent, Arc::default());
    engine_with(store, folder, still, patient()).await
}

/// The same with a provider in another mood, and other options.
pub(crate) async fn engine_with(
    store: Arc<dyn Store>,
    folder: &Path,
    still: Still,
    options: Options,
) -> anyhow::Result<Engine> {
    let archive = folder.join("archive");
    let archive = Archive::open(&archive.to_string_lossy(), ArchiveLimits::default()).await?;
    Ok(Engine::builder(store, archive)
        .provider(Arc::new(still))
        .deliverer(Arc::new(Sink::new(0)))
        .options(options)
        .build()?)
}

/// The engine as it comes, but for one thing: what is slow is measured, and not given up.
pub(crate) fn patient() -> Options {
    Options {
        accept_timeout: Duration::from_mins(2),
        ..Options::default()
    }
}

/// Measures both stores, the engine and the bare insert in turn.
pub(crate) async fn measure(setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let folder = setting.folder().join(BENCH);
    std::fs::create_dir_all(&folder)?;
    let url = format!("sqlite://{}", folder.join("jobs.db").display());
    let ours = engine(&url, &folder).await?;
    let bare = BareSqlite::open(&folder.join("bare.db")).await?;
    let names = ["sqlite", "bare sqlite insert"];
    contend(
        setting,
        report,
        names,
        [Arc::new(Ours(ours)), Arc::new(bare)],
    )
    .await?;

    match setting.cluster().await {
        Ok(cluster) => {
            let url = cluster.database("accept").await?;
            let ours = engine(&url, &folder).await?;
            let bare = BarePostgres::open(&cluster.database("accept_bare").await?).await?;
            let names = ["postgres", "bare postgres insert"];
            contend(
                setting,
                report,
                names,
                [Arc::new(Ours(ours)), Arc::new(bare)],
            )
            .await?;
        }
        Err(why) => report.say(format!("PostgreSQL is left out of every benchmark: {why}")),
    }
    report.say(format!(
        "accept: {PER_SECOND}/s counts from the moment a call was due, the timer's millisecond included; the most is with \
         {IN_FLIGHT} in flight. The engine's loops are at rest. A bare insert is one row and one commit; the engine \
         writes job, history and reservation, and on SQLite many callers share a commit."
    ));
    Ok(())
}

async fn contend(
    setting: &Setting,
    report: &mut Report,
    names: [&str; 2],
    contenders: [Arc<dyn Work>; 2],
) -> anyhow::Result<()> {
    for _ in 0..setting.rounds() {
        for (name, work) in names.iter().zip(&contenders) {
            let open = load::open(work, PER_SECOND, setting.turn()).await?;
            let closed = load::closed(work, IN_FLIGHT, setting.turn()).await?;
            for (measure, value, unit) in [
                ("p50 at 500/s", open.p50_ms(), "ms"),
                ("p99 at 500/s", open.p99_ms(), "ms"),
                ("answered at 500/s", open.per_second(), "/s"),
                ("most", closed.per_second(), "/s"),
                ("p50 at most", closed.p50_ms(), "ms"),
                ("p99 at most", closed.p99_ms(), "ms"),
                ("CPU each, at most", closed.cpu_us(), "µs"),
            ] {
                report.add(BENCH, name, measure, (value, unit));
            }
        }
    }
    let [ours, base] = names;
    for measure in ["p50 at 500/s", "p99 at 500/s", "most", "CPU each, at most"] {
        report.ratio(BENCH, ours, base, measure);
    }
    Ok(())
}
