//! Roads on which everything goes well.

use kling_core::{Money, TaskStatus};
use kling_engine::{Admission, Stage};

use crate::acme::{Acme, Act};
use crate::house::{BOUND, House, made_of, pictures};
use crate::world::{World, inline, one_picture, output, picture};

#[tokio::test]
async fn a_provider_that_answers_at_once_makes_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let house = House::open(folder.path(), &world).await;

    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(job.cost, Some(Money::from_microdollars(10_000)));
    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.billed(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_provider_that_takes_its_time_is_watched_until_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let acme = Acme::new().acting([Act::Start]).telling([
        Ok(TaskStatus::Queued { position: Some(3) }),
        Ok(TaskStatus::Running { percent: Some(40) }),
        Ok(TaskStatus::Running { percent: Some(40) }),
        Ok(TaskStatus::Running { percent: Some(80) }),
    ]);
    let world = World::of(acme);
    let house = House::open(folder.path(), &world).await;

    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(job.percent, Some(80));
    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}

#[tokio::test]
async fn inputs_reach_the_provider_byte_for_byte_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    world.chat.holds("cat", picture(301));
    world.chat.holds("dog", picture(302));
    let house = House::open(folder.path(), &world).await;

    let job = house.order(made_of(&["cat", "dog"])).await;
    house.ended(&job.id).await;

    assert_eq!(world.acme.seen(), [picture(301), picture(302)]);
    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}

#[tokio::test]
async fn the_same_command_twice_is_one_job() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let house = House::open(folder.path(), &world).await;

    let first = house.order(pictures(1)).await;
    let again = house.engine.accept(pictures(1)).await.unwrap();
    house.ended(&first.id).await;

    let Admission::Duplicate { job } = again else {
        panic!("{again:?} is no duplicate");
    };
    assert_eq!(job.id, first.id);
    assert_eq!(world.acme.submissions(), 1);
    assert_eq!(world.chat.posts().len(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_status_is_shown_while_the_job_runs_and_never_after_its_result() {
    let folder = tempfile::tempdir().unwrap();
    let running = || Ok(TaskStatus::Running { percent: None });
    let acme = Acme::new()
        .acting([Act::Start])
        .telling(std::iter::repeat_with(running).take(30));
    let world = World::of(acme);
    let house = House::open(folder.path(), &world).await;

    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    let statuses = world.chat.statuses();
    assert!(!statuses.is_empty());
    assert!(
        statuses
            .iter()
            .all(|status| status.percent.unwrap_or(0) <= 95)
    );
    assert!(statuses.is_sorted_by_key(|status| status.percent));
    assert_eq!(world.chat.late_statuses(), 0);
    assert_eq!(job.status_message.unwrap().as_str(), "message");
    house.stop().await;
}

#[tokio::test]
async fn results_can_be_read_from_the_archive_and_bear_names() {
    let folder = tempfile::tempdir().unwrap();
    let finished = Act::Finish(output(vec![inline(500), inline(501)]));
    let world = World::of(Acme::new().acting([finished]));
    let house = House::open(folder.path(), &world).await;

    let job = house.order(pictures(2)).await;
    house.ended(&job.id).await;
    let files = house.engine.files(&job.id).await.unwrap();

    let short: String = job.id.as_str().chars().skip(20).collect();
    assert_eq!(files[0].name, format!("kling-{short}-1.png"));
    assert_eq!(files[1].name, format!("kling-{short}-2.png"));
    assert_eq!(files[1].dimensions.unwrap().width, 501);
    house.stop().await;
}

#[tokio::test]
async fn everybody_who_listens_hears_who_moves_where() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let house = House::open(folder.path(), &world).await;
    let mut events = house.engine.events();

    let job = house.order(pictures(1)).await;
    house.ended(&job.id).await;

    let mut heard = Vec::new();
    // The store knows of the end a moment before those who listen.
    while heard.last() != Some(&Stage::Delivered) {
        let next = tokio::time::timeout(BOUND, events.recv()).await;
        let (id, stage) = next.unwrap().unwrap();
        assert_eq!(id, job.id);
        heard.push(stage);
    }
    assert!(heard.contains(&Stage::Submitting), "{heard:?}");
    house.stop().await;
}
