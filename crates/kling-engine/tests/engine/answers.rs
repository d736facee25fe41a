//! What a provider may answer, and what the requester hears of it.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Cost, CostSource, FailureKind, ManualClock, Money, ProviderError, ReplyNote, TaskFailure,
    TaskStatus, Timestamp,
};
use kling_engine::{ArchiveLimits, Job, Options, Stage};

use crate::acme::{Acme, Act, PRICE};
use crate::chat::Seen;
use crate::house::{House, at_rest_by, options, pictures};
use crate::world::{World, one_picture, output};

async fn becomes(acme: Acme, options: Options) -> (Job, World) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(acme);
    let house = House::with(folder.path(), &world, options).await;
    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;
    house.stop().await;
    (job, world)
}

#[track_caller]
fn failed(job: &Job, world: &World, code: &str, cost: Option<Money>) {
    assert_eq!(job.stage, Stage::Failed);
    assert_eq!(world.chat.posts(), [Seen::Failed(code.to_owned())]);
    assert_eq!(job.cost, cost);
}

fn note() -> ReplyNote {
    ReplyNote::default()
}

fn busy() -> Act {
    Act::Fail(ProviderError::Unreachable("refused".into()))
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_until_it_takes_the_job() {
    let limited = Act::Fail(ProviderError::RateLimited {
        note: ReplyNote::default(),
        retry_after: Some(Duration::from_millis(3)),
    });
    let acme = Acme::new().acting([busy(), limited, busy()]);

    let (job, world) = becomes(acme, options()).await;

    assert_eq!(job.attempt, 4);
    assert_eq!(world.acme.billed(), 1);
    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_provider_that_stays_busy_is_not_asked_for_ever() {
    let acme = Acme::new().acting((0..10_000).map(|_| busy()));
    let expire_after = Duration::from_millis(100);

    let (job, world) = becomes(
        acme,
        Options {
            expire_after,
            ..options()
        },
    )
    .await;

    failed(&job, &world, "provider-unavailable", Some(Money::ZERO));
    assert!(job.attempt > 0);
}

#[tokio::test]
async fn how_long_a_job_waits_for_a_busy_provider_is_told_by_the_clock_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting((0..10_000).map(|_| busy())));
    let options = Options {
        expire_after: Duration::from_millis(100),
        ..options()
    };
    // A machine whose clock stands still, long ago.
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_000)));
    let limits = ArchiveLimits::default();
    let engine = at_rest_by(clock, folder.path(), &world, options, limits).await;
    let house = House::running(engine, &world);

    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    failed(&job, &world, "provider-unavailable", Some(Money::ZERO));
    house.stop().await;
}

#[tokio::test]
async fn a_job_that_waited_too_long_expires_and_is_not_submitted() {
    let expire_after = Duration::ZERO;
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let options = Options {
        expire_after,
        ..options()
    };
    let engine =
        crate::house::at_rest(folder.path(), &world, options, ArchiveLimits::default()).await;
    let job = crate::house::order(&engine, pictures(1)).await;
    engine.one_pass(kling_engine::Loop::Collect).await.unwrap();
    // Time has to pass by more than nothing.
    tokio::time::sleep(Duration::from_millis(5)).await;

    let house = House::running(engine, &world);
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Expired);
    assert_eq!(world.chat.posts(), [Seen::Expired]);
    assert_eq!(world.acme.submissions(), 0);
    house.stop().await;
}

#[tokio::test]
async fn what_the_provider_declines_fails_with_its_words_and_costs_nothing() {
    let declined = ProviderError::Declined {
        note: ReplyNote::of_code("too-rude"),
        reason: Some("be polite".to_owned()),
    };

    let (job, world) = becomes(Acme::new().acting([Act::Fail(declined)]), options()).await;

    failed(&job, &world, "provider-declined", Some(Money::ZERO));
    let Some(kling_engine::Ending::Failed { reason }) = job.ending else {
        panic!("{:?} is no failure", job.ending);
    };
    assert_eq!(reason.args["reason"], "be polite");
}

#[tokio::test]
async fn moderation_funds_and_keys_each_have_their_reason() {
    let moderated = ProviderError::Moderated {
        note: ReplyNote::of_code("nsfw"),
    };
    for (error, code) in [
        (moderated, "provider-moderated"),
        (
            ProviderError::OutOfFunds { note: note() },
            "provider-out-of-funds",
        ),
        (
            ProviderError::Unauthorized { note: note() },
            "provider-unauthorized",
        ),
    ] {
        let (job, world) = becomes(Acme::new().acting([Act::Fail(error)]), options()).await;

        failed(&job, &world, code, Some(Money::ZERO));
        assert_eq!(world.acme.submissions(), 1);
    }
}

#[tokio::test]
async fn an_empty_result_fails_and_keeps_what_it_cost() {
    let acme = Acme::new().acting([Act::Finish(output(Vec::new()))]);

    let (job, world) = becomes(acme, options()).await;

    failed(&job, &world, "provider-no-result", Some(PRICE));
}

#[tokio::test]
async fn a_task_that_ended_without_a_result_says_so_and_keeps_what_it_cost() {
    let cost = Some(Cost {
        amount: Money::from_microdollars(7),
        source: CostSource::Reported,
    });
    let ended = ProviderError::NoResult { note: note(), cost };
    let acme = Acme::new().acting([Act::Start]).telling([Err(ended)]);

    let (job, world) = becomes(acme, options()).await;

    failed(
        &job,
        &world,
        "provider-no-result",
        cost.map(|cost| cost.amount),
    );
}

#[tokio::test]
async fn a_task_that_fails_is_told_with_its_reason_and_its_cost() {
    let cost = Some(Cost {
        amount: Money::from_microdollars(7),
        source: CostSource::Reported,
    });
    let failure = TaskFailure {
        kind: FailureKind::Moderated,
        reason: None,
        code: Some("face".to_owned()),
        cost,
    };
    let acme = Acme::new()
        .acting([Act::Start])
        .telling([Ok(TaskStatus::Failed(failure))]);

    let (job, world) = becomes(acme, options()).await;

    failed(
        &job,
        &world,
        "provider-moderated",
        Some(Money::from_microdollars(7)),
    );
}

#[tokio::test]
async fn looks_that_fail_are_repeated_and_cost_the_job_nothing() {
    let away = || {
        Err(ProviderError::Unavailable {
            retry_after: None,
            source: None,
        })
    };
    let acme = Acme::new().acting([Act::Start]).telling([
        away(),
        Err(ProviderError::TaskGone { note: note() }),
        away(),
    ]);

    let (job, world) = becomes(acme, options()).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_task_that_never_ends_is_not_waited_for_for_ever() {
    let running = || Ok(TaskStatus::Running { percent: None });
    let acme = Acme::new()
        .patient_for(Duration::from_millis(50))
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(10_000));

    let (job, world) = becomes(acme, options()).await;

    assert_eq!(job.stage, Stage::Expired);
    assert_eq!(world.chat.posts(), [Seen::Expired]);
}

#[tokio::test]
async fn looks_that_fail_now_and_then_do_not_add_up() {
    let away = || {
        Err(ProviderError::Unavailable {
            retry_after: None,
            source: None,
        })
    };
    let running = || Ok(TaskStatus::Running { percent: None });
    let now_and_then = (0..12).map(|look| if look % 2 == 0 { away() } else { running() });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(now_and_then.chain([Err(ProviderError::TaskGone { note: note() })]));

    let (job, world) = becomes(acme, options()).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.posts(), [one_picture()]);
}
