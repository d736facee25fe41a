//! Two ways to put a load on something: as fast as it goes, and at a fixed rate that does not wait for answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::figure::{micros, millis, number, percentile};
use crate::process;

/// Something that can be done again and again.
#[async_trait::async_trait]
pub(crate) trait Work: Send + Sync + 'static {
    /// Does it once. No two calls have the same number.
    async fn once(&self, number: u64) -> anyhow::Result<()>;
}

/// How it went.
#[derive(Debug)]
pub(crate) struct Outcome {
    latencies: Vec<Duration>,
    wall: Duration,
    cpu: Duration,
}

impl Outcome {
    pub(crate) fn p50_ms(&self) -> f64 {
        percentile(&self.latencies, 50).map_or(f64::NAN, millis)
    }

    pub(crate) fn p99_ms(&self) -> f64 {
        percentile(&self.latencies, 99).map_or(f64::NAN, millis)
    }

    pub(crate) fn per_second(&self) -> f64 {
        number(self.latencies.len()) / self.wall.as_secs_f64()
    }

    /// Processor time of this process for each.
    pub(crate) fn cpu_us(&self) -> f64 {
        micros(self.cpu) / number(self.latencies.len())
    }
}

/// Numbers for everybody, so that nothing is asked for twice.
static NEXT: AtomicU64 = AtomicU64::new(0);

pub(crate) fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// So many in flight, each followed by the next, for a while.
pub(crate) async fn closed(
    work: &Arc<dyn Work>,
    in_flight: usize,
    how_long: Duration,
) -> anyhow::Result<Outcome> {
    let (begun, cpu) = (Instant::now(), process::own_cpu());
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let work = Arc::clone(work);
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let sent = Instant::now();
                work.once(next()).await?;
                latencies.push(sent.elapsed());
                if begun.elapsed() >= how_long {
                    return anyhow::Ok(latencies);
                }
            }
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.append(&mut done.context("a task of the load broke")??);
    }
    Ok(Outcome {
        latencies,
        wall: begun.elapsed(),
        cpu: process::own_cpu().saturating_sub(cpu),
    })
}

/// So many a second, whether or not the ones before are answered, for a while. A latency counts from the moment at
/// which the call was due, so that a pause is told by everybody who had to wait for its end.
pub(crate) async fn open(
    work: &Arc<dyn Work>,
    per_second: u32,
    how_long: Duration,
) -> anyhow::Result<Outcome> {
    let (begun, cpu) = (Instant::now(), process::own_cpu());
    let gap = Duration::from_secs(1) / per_second;
    let mut tasks = JoinSet::new();
    let mut due = begun;
    while due.duration_since(begun) < how_long {
        tokio::time::sleep_until(due.into()).await;
        let work = Arc::clone(work);
        tasks.spawn(async move {
            work.once(next()).await?;
            anyhow::Ok(due.elapsed())
        });
        due += gap;
    }
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.push(done.context("a task of the load broke")??);
    }
    Ok(Outcome {
        latencies,
        wall: begun.elapsed(),
        cpu: process::own_cpu().saturating_sub(cpu),
    })
}
