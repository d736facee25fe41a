//! The engine, stopped dead at every named point and started again on the same files.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use kling_engine::{EngineError, Job, JobId, Options, Stage, failpoint};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../engine/acme.rs"]
mod acme;
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../engine/chat.rs"]
mod chat;
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../engine/house.rs"]
mod house;
#[expect(dead_code, reason = "the other test binary uses the rest")]
#[path = "../engine/world.rs"]
mod world;

mod choice;
mod everywhere;
mod kind;
mod renewal;

use acme::{Acme, Act};
use chat::Seen;
use house::{BOUND, House, made_of, options, pictures};
use kind::Kind;
use world::{World, one_picture};

/// Failpoints belong to the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Nothing is to be seen and waited for any more.
fn is_settled(job: &Job, world: &World) -> bool {
    match job.stage {
        Stage::Unconfirmed => world.chat.posts() == [Seen::Unconfirmed],
        stage => stage.is_terminal(),
    }
}

/// Until nothing is to be seen any more, and nobody is at work.
async fn is_over(house: &House, id: &JobId, world: &World) {
    house.until(id, |job| is_settled(job, world)).await;
    while house.engine.health().await.working_on > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Runs until the point goes off, then drops everything where it is. Whether it went off, and the
/// job, if there is one.
fn first_life(folder: &Path, world: &World, point: &str) -> (bool, Option<JobId>) {
    failpoint::arm(&format!("{point}=pause")).unwrap();
    // On one thread nothing runs between the point and the end, as after a SIGKILL.
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let house = House::with(folder, world, patient()).await;
        let engine = house.engine.clone();
        // Nobody hangs up on a process that is killed: what is dropped here would be taken back.
        let accepting = tokio::spawn(async move { engine.accept(made_of(&["cat"])).await });
        let accepted = tokio::select! {
            accepted = accepting => accepted.unwrap().ok(),
            () = failpoint::tripped() => None,
        };
        let Some(kling_engine::Admission::Accepted { job, .. }) = accepted else {
            return (true, None);
        };
        let went_off = tokio::select! {
            biased;
            () = failpoint::tripped() => true,
            () = is_over(&house, &job.id, world) => false,
        };
        (went_off, Some(job.id))
    });
    // Nothing of this life may go on, or trip a point of the next one.
    runtime.shutdown_timeout(BOUND);
    failpoint::disarm();
    outcome
}

/// A provider that finds nothing is believed after its two seconds and some.
fn patient() -> Options {
    Options {
        margin: Duration::from_millis(300),
        ..options()
    }
}

/// Starts again, with the person repeating a command that was not answered.
fn second_life(folder: &Path, world: &World, id: Option<JobId>) -> Job {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let house = House::with(folder, world, patient()).await;
        let id = match id {
            Some(id) => id,
            None => house.order(made_of(&["cat"])).await.id,
        };
        let job = house.until(&id, |job| is_settled(job, world)).await;
        house.stop().await;
        job
    })
}

#[tokio::test]
async fn a_store_that_fails_once_at_any_commit_delays_the_job_and_nothing_else() {
    let _alone = ALONE.lock().await;
    for point in failpoint::NAMES {
        let is_commit = point.starts_with("commit.") && !point.starts_with("commit.accepted");
        if !is_commit {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let world = Kind::Finds.world_within(Duration::from_millis(300));
        let quick = Options {
            lease: Duration::from_millis(300),
            margin: Duration::from_millis(100),
            ..options()
        };
        failpoint::arm(&format!("{point}=error")).unwrap();

        let house = House::with(folder.path(), &world, quick).await;
        let job = house.order(made_of(&["cat"])).await;
        house.ended(&job.id).await;

        assert_eq!(world.acme.billed(), 1, "{point}");
        assert_eq!(world.chat.posts(), [one_picture()], "{point}");
        house.stop().await;
        failpoint::disarm();
    }
}

#[tokio::test]
async fn an_answer_that_comes_when_the_job_was_given_up_is_adopted() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let world = Kind::Forgets.world_within(Duration::from_millis(800));
    let short = Options {
        margin: Duration::from_millis(200),
        ..options()
    };
    failpoint::arm("submit.after=pause:3000").unwrap();

    let house = House::with(folder.path(), &world, short).await;
    let job = house.order(made_of(&["cat"])).await;
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.acme.billed(), 1);
    assert!(world.chat.posts().contains(&one_picture()));
    house.stop().await;
    failpoint::disarm();
}

#[tokio::test]
async fn a_job_that_lands_too_late_is_taken_back_before_it_can_be_submitted() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let hasty = Options {
        accept_timeout: Duration::from_secs(1),
        ..options()
    };
    let house = House::with(folder.path(), &world, hasty).await;
    let requester = pictures(1).requester;
    failpoint::arm("commit.accepted.after=pause:2500").unwrap();

    let answer = house.engine.accept(pictures(1)).await;
    failpoint::disarm();
    let started = Instant::now();
    loop {
        // A job that was taken back is nobody's.
        let counts = house.engine.health().await.counts;
        if counts == [(Stage::Cancelled, 1)] {
            break;
        }
        assert!(started.elapsed() < BOUND, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }

    assert!(matches!(answer, Err(EngineError::TooSlow)));
    assert_eq!(house.engine.jobs_of(&requester, 10).await.unwrap().len(), 0);
    assert_eq!(world.acme.submissions(), 0);
    assert_eq!(world.chat.posts(), []);
    house.stop().await;
}

#[tokio::test]
async fn an_answer_that_comes_while_somebody_looks_for_it_is_taken() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let acme = Acme::new()
        .that_answers_within(Duration::from_millis(200))
        .that_looks_for_ever()
        .acting([Act::Start]);
    let world = World::of(acme);
    let short = Options {
        margin: Duration::from_millis(200),
        ..options()
    };
    failpoint::arm("submit.after=pause:2000").unwrap();

    let house = House::with(folder.path(), &world, short).await;
    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.acme.billed(), 1);
    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
    failpoint::disarm();
}

/// An acceptance that takes too long, in a process that dies before it can take the job back.
fn dies_before_taking_back(folder: &Path, world: &World, points: &str) -> Result<(), EngineError> {
    failpoint::arm(points).unwrap();
    let runtime = Runtime::new().unwrap();
    let answer = runtime.block_on(async {
        let hasty = Options {
            accept_timeout: Duration::from_secs(1),
            ..options()
        };
        let house = House::with(folder, world, hasty).await;
        house.engine.accept(pictures(1)).await
    });
    // Nothing of this life may go on, or trip a point of the next one.
    runtime.shutdown_timeout(BOUND);
    failpoint::disarm();
    answer.map(|_| ())
}

#[test]
fn a_job_that_was_not_promised_does_not_run_in_the_next_process_either() {
    let _alone = ALONE.blocking_lock();
    for slow in ["commit.accepted.after=pause", "commit.accepted.after=error"] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::of(Acme::new());
        let points = format!("{slow},commit.withdrawn.before=pause");

        let answer = dies_before_taking_back(folder.path(), &world, &points);

        assert!(answer.is_err(), "{slow}");
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async {
            let house = House::open(folder.path(), &world).await;
            let counts = house.engine.health().await.counts;
            assert_eq!(counts, [(Stage::Cancelled, 1)], "{slow}");
            house.stop().await;
        });
        assert_eq!(world.acme.submissions(), 0, "{slow}");
        assert_eq!(world.chat.posts(), [], "{slow}");
    }
}

#[tokio::test]
async fn nothing_is_said_about_a_job_that_was_not_promised() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let hasty = Options {
        accept_timeout: Duration::from_secs(1),
        ..options()
    };
    let house = House::with(folder.path(), &world, hasty).await;
    failpoint::arm("commit.accepted.after=pause").unwrap();

    // Its input would be refused, were it looked at.
    let answer = house.engine.accept(made_of(&["nowhere"])).await;
    failpoint::disarm();
    let started = Instant::now();
    while house.engine.health().await.counts != [(Stage::Cancelled, 1)] {
        assert!(started.elapsed() < BOUND);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }

    assert!(matches!(answer, Err(EngineError::TooSlow)));
    assert_eq!(world.chat.posts(), []);
    house.stop().await;
}
