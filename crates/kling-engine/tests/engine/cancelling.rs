//! Cancelling, at each stage, with the truth about what it costs.

use kling_core::{Money, TaskStatus};
use kling_engine::{ArchiveLimits, CancelAnswer, EngineError, JobId, Loop, Stage};

use crate::acme::{Acme, Act};
use crate::chat::Seen;
use crate::house::{House, at_rest, options, order, pictures};
use crate::world::{World, one_picture};

fn running_for_long() -> Acme {
    let running = || Ok(TaskStatus::Running { percent: None });
    Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(50))
}

#[tokio::test]
async fn a_job_that_was_not_submitted_is_cancelled_for_nothing() {
    for passes in [&[][..], &[Loop::Collect]] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::of(Acme::new());
        let limits = ArchiveLimits::default();
        let engine = at_rest(folder.path(), &world, options(), limits).await;
        let job = order(&engine, pictures(1)).await;
        for who in passes {
            engine.one_pass(*who).await.unwrap();
        }

        let answer = engine.cancel(&job.id).await.unwrap();
        let house = House::running(engine, &world);
        let job = house.ended(&job.id).await;

        let charged = Some(false);
        assert_eq!(answer, CancelAnswer::Cancelled { charged });
        assert_eq!((job.stage, job.cost), (Stage::Cancelled, Some(Money::ZERO)));
        assert_eq!(world.chat.posts(), [Seen::Cancelled(charged)]);
        assert_eq!(world.acme.submissions(), 0);
        house.stop().await;
    }
}

#[tokio::test]
async fn a_job_on_its_way_to_the_provider_is_cancelled_as_soon_as_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().that_cancels().acting([Act::Hold]));
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Submitting).await;

    let answer = house.engine.cancel(&job.id).await.unwrap();
    world.acme.release();
    let job = house.ended(&job.id).await;

    assert_eq!(answer, CancelAnswer::Asked);
    assert_eq!(job.stage, Stage::Cancelled);
    house.stop().await;
}

#[tokio::test]
async fn a_running_job_is_stopped_where_the_provider_can_do_that() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(running_for_long().that_cancels());
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Running).await;

    let answer = house.engine.cancel(&job.id).await.unwrap();
    let job = house.ended(&job.id).await;

    assert!(
        matches!(answer, CancelAnswer::Cancelled { .. }),
        "{answer:?}"
    );
    assert_eq!(job.stage, Stage::Cancelled);
    assert_eq!(world.chat.posts().len(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_running_job_goes_on_where_the_provider_cannot_stop_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(running_for_long());
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Running).await;

    let answer = house.engine.cancel(&job.id).await.unwrap();
    house.ended(&job.id).await;

    assert_eq!(answer, CancelAnswer::GoesOn);
    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}

#[tokio::test]
async fn an_unconfirmed_job_can_be_cancelled_and_nobody_knows_what_it_cost() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.reaches(&job.id, Stage::Unconfirmed).await;

    let answer = house.engine.cancel(&job.id).await.unwrap();
    let job = house.ended(&job.id).await;

    assert_eq!(answer, CancelAnswer::Cancelled { charged: None });
    assert_eq!((job.stage, job.cost), (Stage::Cancelled, None));
    assert!(world.chat.posts().contains(&Seen::Cancelled(None)));
    house.stop().await;
}

#[tokio::test]
async fn what_is_over_or_never_was_cannot_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    house.ended(&job.id).await;

    let answer = house.engine.cancel(&job.id).await.unwrap();
    let nothing = JobId::parse("01j9zzzzzzzzzzzzzzzzzzzzzz").unwrap();
    let nobody = house.engine.cancel(&nothing).await;

    assert_eq!(answer, CancelAnswer::TooLate);
    assert!(matches!(nobody, Err(EngineError::NoSuchJob)));
    house.stop().await;
}
