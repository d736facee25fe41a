//! Ctrl-C: what is paid for is never lost to it.

use std::time::Duration;

use crate::bench::{Bench, PATIENCE};

async fn accepted(bench: &Bench) {
    let journal = &bench.world().journal;
    let entry = journal.wait_for(|entry| entry.event() == "accepted", PATIENCE);
    entry.await.expect("the work is accepted");
}

#[tokio::test]
async fn ctrl_c_prints_the_handle_and_resume_takes_it_up() {
    let bench = Bench::start().await;
    bench.world().apiin.change(|set| set.latency_ms = 3_600_000);
    let mut running = bench.spawn("apiin", &[]);
    let submitted = running.event("submitted").await;

    running.interrupt();

    let error = running.event("error").await;
    assert_eq!(
        (&error["exit"], &error["code"]),
        (&4.into(), &"stopped".into())
    );
    assert_eq!(error["handle"], submitted["handle"]);
    let handle = error["handle"].as_str().unwrap();
    let (code, told) = running.end().await;
    assert_eq!(code, Some(4));
    assert!(told.contains(handle), "{told}");
    bench.world().clock.advance(Duration::from_hours(2));
    assert_eq!(bench.resume("apiin", handle).await.saved(&bench).len(), 1);
}

#[tokio::test]
async fn ctrl_c_waits_for_a_picture_that_no_handle_leads_to() {
    let bench = Bench::start().await;
    bench
        .world()
        .aimlapi
        .change(|set| set.latency_ms = 3_600_000);
    let mut running = bench.spawn("aimlapi", &["--name", "boat"]);
    accepted(&bench).await;

    running.interrupt();
    running.event("stopping").await;
    bench.world().clock.advance(Duration::from_hours(2));

    let done = running.event("done").await;
    let path = done["files"][0]["path"].as_str().unwrap();
    assert!(bench.path(path).exists());
    assert_eq!(running.end().await.0, Some(0));
}

#[tokio::test]
async fn a_second_ctrl_c_ends_it_and_says_that_it_may_be_charged() {
    let bench = Bench::start().await;
    bench
        .world()
        .aimlapi
        .change(|set| set.latency_ms = 3_600_000);
    let mut running = bench.spawn("aimlapi", &[]);
    accepted(&bench).await;

    running.interrupt();
    running.event("stopping").await;
    running.interrupt();

    let error = running.event("error").await;
    assert_eq!(
        (&error["exit"], &error["code"]),
        (&3.into(), &"stopped".into())
    );
    assert!(error["submission_key"].is_string());
    assert_eq!(running.end().await.0, Some(3));
}
