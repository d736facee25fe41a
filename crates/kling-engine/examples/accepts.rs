//! How fast jobs are accepted under a budget for the whole deployment, and without any limit.
//!
//! `cargo run --release -p kling-engine --example accepts -- sqlite:///tmp/new.db 500 10 20000` offers 500
//! jobs a second for 10 seconds to a store in which 20000 jobs are open or paid for already, first
//! without limits and then with budgets, and prints how long the answers took. A job whose turn comes
//! late counts from the moment at which it should have been asked for.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{
    Cost, CostSource, Estimate, ModelId, Money, Operation, Output, Prompt, ProviderId,
    SubmissionKey, TaskHandle,
};
use kling_engine::{
    Admission, Caps, Event, JobId, JobRequest, Limits, NewJob, PlatformId, PostgresOptions,
    ReplyAddress, Requester, Store, open_store,
};
use tokio::time::Instant;

type Failure = Box<dyn Error + Send + Sync>;

/// People who ask.
const PEOPLE: u64 = 1_000;

/// One in so many of the jobs that are there before is paid for.
const PAID: u64 = 4;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |fallback: &str| arguments.next().unwrap_or_else(|| fallback.to_owned());
    let url = next("sqlite://accepts.db");
    let rate: u64 = next("500").parse()?;
    let seconds: u64 = next("10").parse()?;
    let before: u64 = next("20000").parse()?;
    let store = open_store(&url, PostgresOptions::default()).await?;
    let filled = futures::stream::iter(0..before)
        .map(|number| fill(store.as_ref(), number))
        .buffer_unordered(64);
    let filled: Vec<Result<(), Failure>> = filled.collect().await;
    filled.into_iter().collect::<Result<Vec<()>, _>>()?;
    let plenty = Some(Money::from_microdollars(1_000_000_000_000));
    let budgets = Limits {
        requester: Caps {
            spend_per_day: plenty,
            ..Caps::default()
        },
        workspace: Caps {
            spend_per_day: plenty,
            ..Caps::default()
        },
        deployment: Caps {
            spend_per_day: plenty,
            ..Caps::default()
        },
        ..Limits::default()
    };
    for (name, limits) in [("no limits", Limits::default()), ("budgets", budgets)] {
        let measured = offer(&store, rate, rate * seconds, &limits).await?;
        println!("{name}: {measured}");
    }
    store.close().await;
    Ok(())
}

/// Accepts a job, and has one in a few paid for.
async fn fill(store: &dyn Store, number: u64) -> Result<(), Failure> {
    let id = JobId::new(store.now().await?);
    let accepted = store.accept(id, wish(number), &Limits::default()).await?;
    let (Admission::Accepted { mut job, .. }, 0) = (accepted, number % PAID) else {
        return Ok(());
    };
    let events = [
        Event::Collected,
        Event::Intent {
            key: SubmissionKey::literal("key"),
            deadline: store.now().await?,
        },
        Event::Started {
            task: TaskHandle::literal("task"),
        },
        Event::Finished {
            output: Output {
                assets: Vec::new(),
                cost: Some(Cost {
                    amount: Money::from_microdollars(40_000),
                    source: CostSource::Reported,
                }),
            },
        },
    ];
    for event in events {
        let moved = store.advance(&job, event, None).await?;
        *job = moved.ok_or("somebody else has the job")?;
    }
    Ok(())
}

/// Offers jobs at a pace and tells how long the answers took.
async fn offer(
    store: &Arc<dyn Store>,
    rate: u64,
    jobs: u64,
    limits: &Limits,
) -> Result<String, Failure> {
    let begin = Instant::now();
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..jobs {
        let due = begin + Duration::from_nanos(1_000_000_000 * number / rate.max(1));
        tokio::time::sleep_until(due).await;
        let (store, limits) = (Arc::clone(store), limits.clone());
        asked.spawn(async move {
            let id = JobId::new(store.now().await?);
            let answer = store.accept(id, wish(number), &limits).await?;
            match answer {
                Admission::Accepted { .. } => Ok::<_, Failure>(due.elapsed()),
                Admission::Duplicate { .. } | Admission::Refused(_) => Err("not accepted".into()),
            }
        });
    }
    let (mut took, mut failed) = (Vec::new(), 0);
    while let Some(answer) = asked.join_next().await {
        match answer? {
            Ok(time) => took.push(time),
            Err(_) => failed += 1,
        }
    }
    let whole = begin.elapsed();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied();
    let (half, most) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
    let per_second = took.len() as u128 * 1_000 / whole.as_millis().max(1);
    Ok(format!(
        "p50 {half:.1?}, p99 {most:.1?}, {per_second} accepted/s, {failed} not accepted"
    ))
}

fn wish(number: u64) -> NewJob {
    NewJob {
        dedupe_key: rand::random::<u128>().to_string(),
        requester: Requester {
            platform: PlatformId::new("chat"),
            workspace: Some("guild".to_owned()),
            channel: "general".to_owned(),
            user: format!("user-{}", number % PEOPLE),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(
            Operation::TextToImage,
            Prompt::new("a paper boat").unwrap_or_else(|_| unreachable!("it is short")),
        ),
        provider: ProviderId::literal("acme"),
        model: ModelId::literal("acme/image-1"),
        estimate: Estimate::Exact(Money::from_microdollars(50_000)),
    }
}
