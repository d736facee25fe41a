//! Input files that are not what they should be: refused late, politely, before anything is spent.

use kling_core::{Money, ProviderId};
use kling_engine::{NewJob, Options, Stage};

use crate::acme::Acme;
use crate::chat::Seen;
use crate::house::{House, made_of, options, pictures};
use crate::world::{World, one_picture, picture};

async fn is_refused(job: NewJob, prepare: impl FnOnce(&World), codes: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    prepare(&world);
    let options = Options {
        input_max_bytes: 10_000,
        input_tries: 3,
        ..options()
    };
    let house = House::with(folder.path(), &world, options).await;
    let job = house.order(job).await;
    let job = house.ended(&job.id).await;
    house.stop().await;

    assert_eq!(job.stage, Stage::Failed);
    assert_eq!(job.cost, Some(Money::ZERO));
    let codes = codes.iter().map(ToString::to_string).collect();
    assert_eq!(world.chat.posts(), [Seen::Refused(codes)]);
    assert_eq!(world.acme.submissions(), 0);
}

#[tokio::test]
async fn a_text_that_is_called_a_picture_is_refused() {
    let hold = |world: &World| world.chat.holds("text", b"dear diary".to_vec());

    is_refused(made_of(&["text"]), hold, &["input-not-media"]).await;
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_refused() {
    let mut half = picture(400);
    half.truncate(half.len() / 2);

    is_refused(
        made_of(&["half"]),
        |world| world.chat.holds("half", half),
        &["input-corrupt"],
    )
    .await;
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_however_the_platform_takes_it() {
    let hold = |world: &World| world.chat.holds("large", vec![0; 10_001]);

    is_refused(made_of(&["large"]), hold, &["input-too-large"]).await;
}

#[tokio::test]
async fn everything_that_stands_in_the_way_is_told_at_once() {
    is_refused(
        made_of(&["nowhere", "blocked"]),
        |_| {},
        &["input-gone", "input-blocked"],
    )
    .await;
}

#[tokio::test]
async fn a_picture_too_small_for_the_model_is_found_by_its_bytes() {
    let hold = |world: &World| world.chat.holds("small", picture(100));

    is_refused(made_of(&["small"]), hold, &["violation-too-small"]).await;
}

#[tokio::test]
async fn a_file_that_never_comes_is_refused_after_some_tries() {
    let hold = |world: &World| world.chat.is_away_for(100);

    is_refused(made_of(&["cat"]), hold, &["input-unavailable"]).await;
}

#[tokio::test]
async fn a_file_that_stays_silent_is_not_waited_for() {
    is_refused(made_of(&["silent"]), |_| {}, &["input-unavailable"]).await;
}

#[tokio::test]
async fn a_file_that_comes_at_the_second_try_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    world.chat.holds("cat", picture(400));
    world.chat.is_away_for(1);
    let house = House::open(folder.path(), &world).await;

    let job = house.order(made_of(&["cat"])).await;
    house.ended(&job.id).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_any_more_is_named() {
    let mut job = pictures(1);
    job.provider = ProviderId::literal("gone");

    is_refused(job, |_| {}, &["provider-missing"]).await;
}

#[tokio::test]
async fn a_job_whose_inputs_cannot_be_kept_expires_and_does_not_wait_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    world.chat.holds("cat", picture(400));
    let options = Options {
        expire_after: std::time::Duration::from_millis(200),
        ..options()
    };
    let house = House::with(folder.path(), &world, options).await;
    // A file where a folder should be: nothing can be written there.
    let drafts = folder.path().join("archive/drafts");
    std::fs::remove_dir_all(&drafts).unwrap();
    std::fs::write(&drafts, "in the way").unwrap();

    let job = house.order(made_of(&["cat"])).await;
    let job = house.ended(&job.id).await;

    assert_eq!((job.stage, job.cost), (Stage::Expired, Some(Money::ZERO)));
    assert_eq!(world.chat.posts(), [Seen::Expired]);
    house.stop().await;
}
