//! What costs nothing is bounded freely; what may be paid for is not cut short.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_look_that_hangs_is_busy_after_its_time() {
    let peculiar = Peculiar::gated();
    let seconds = Duration::from_secs;
    let bounded = Arc::clone(&peculiar).with(Timeout::of_looks(seconds(20)));
    let started = tokio::time::Instant::now();

    let errors = [
        bounded.status(&TASK).await.expect_err("it hangs"),
        bounded.cancel(&TASK).await.expect_err("it hangs"),
        bounded.find(&KEY).await.expect_err("it hangs"),
        bounded.balance().await.expect_err("it hangs"),
    ];

    assert_eq!(started.elapsed(), seconds(4 * 20));
    for error in errors {
        assert_eq!(error.name(), "unavailable");
        let below = std::error::Error::source(&error).expect("a reason");
        assert_eq!(below.to_string(), "there was no answer within 20s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_submission_gets_all_the_time_that_its_provider_asks_for() {
    let peculiar = Peculiar::gated();
    let bounded = Arc::clone(&peculiar).with(Timeout::of_looks(Duration::from_secs(1)));
    let opened = async {
        tokio::time::sleep(peculiar.submit_timeout()).await;
        peculiar.gate.add_permits(1);
    };

    let (answer, ()) = futures::future::join(submit(&*bounded), opened).await;

    assert_eq!(answer.ok(), Some(Submission::Started(TASK)));
}

#[tokio::test(start_paused = true)]
async fn a_submission_that_never_answers_may_have_been_charged() {
    let peculiar = Peculiar::gated();
    let bounded = Arc::clone(&peculiar)
        .with(Timeout::of_looks(Duration::from_secs(1)))
        .with(Concurrency::of(1));
    let started = tokio::time::Instant::now();

    let error = submit(&*bounded).await.expect_err("it hangs");

    assert_eq!(error.name(), "indeterminate");
    assert!(!error.is_retryable());
    assert!(started.elapsed() < bounded.submit_timeout());
    assert_eq!(peculiar.submissions(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_in_front_of_a_submission_does_not_use_up_its_time() {
    let peculiar = Peculiar::gated();
    let bounded = Arc::clone(&peculiar)
        .with(RateLimit::per_minute(2))
        .with(Timeout::of_looks(Duration::from_secs(1)));
    let opened = async {
        tokio::time::sleep(Duration::from_secs(70)).await;
        peculiar.gate.add_permits(1);
        tokio::time::sleep(Duration::from_secs(30)).await;
        peculiar.gate.add_permits(1);
    };

    let two = futures::future::join(submit(&*bounded), submit(&*bounded));
    let ((first, second), ()) = futures::future::join(two, opened).await;

    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
}
