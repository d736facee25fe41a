//! SIGTERM: no new work, what is running finishes, the rest goes on at the next start.

use kling_emulator::journal::Entry;
use kling_tests::{Ending, House, Law, PATIENCE};

#[tokio::test]
async fn a_submission_that_is_on_its_way_is_finished_and_not_lost() {
    let mut house = House::with(|emulator, _| {
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 2_000);
    })
    .await;
    house.imagine();
    let accepted = |entry: &Entry| entry.event() == "accepted";
    house
        .emulator()
        .world()
        .journal
        .wait_for(accepted, PATIENCE)
        .await
        .unwrap();

    let status = house.stop_bot().await;

    assert!(status.success(), "{status}\n{}", house.log());
    let job = house.jobs().await.remove(0);
    assert!(
        job.output.is_some() || job.stage.is_terminal(),
        "its answer is on record: {job:#?}"
    );
    house.start_bot().await;
    house.end().await;
    house.until_settled().await;
    house.stop_bot().await;
    let law = Law::read(&house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Result, 1));
}

#[tokio::test]
async fn a_command_that_comes_while_the_bot_stops_is_not_taken() {
    let mut house = House::with(|emulator, _| {
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 8_000);
    })
    .await;
    house.imagine();
    let accepted = |entry: &Entry| entry.event() == "accepted";
    let journal = &house.emulator().world().journal;
    journal.wait_for(accepted, PATIENCE).await.unwrap();

    house.ask_to_stop();
    house.until_logged("stopping").await;
    let late = house.imagine();
    let log = house.log();
    assert!(!log.contains(": stopped"), "it still finishes:\n{log}");
    let answer = house.discord().wait_for_answer(late, PATIENCE).await;
    let status = house.bot_ends().await;

    // Whether it was heard, on a connection that was just being closed, is chance; a promise is none.
    let promised = answer.is_some_and(|answer| answer.callback == Some(5));
    assert!(!promised, "nothing is promised");
    assert!(status.success(), "{status}\n{}", house.log());
    assert_eq!(house.jobs().await.len(), 1, "only the first one was taken");
    assert_eq!(house.charged(), 29_400_000);
}

#[tokio::test]
async fn a_bot_that_is_killed_and_started_again_goes_on_by_itself() {
    let mut house = House::with(|emulator, _| {
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 1_000);
    })
    .await;
    house.imagine();
    let billed = |entry: &Entry| entry.event() == "accepted";
    house
        .emulator()
        .world()
        .journal
        .wait_for(billed, PATIENCE)
        .await
        .unwrap();

    house.kill_bot().await;
    house.start_bot().await;
    house.until_settled().await;
    house.stop_bot().await;

    let law = Law::read(&house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert!(law.paid <= 1);
}
