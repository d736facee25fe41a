//! Only so many at once; the others wait their turn, and may go away.

use super::*;

#[tokio::test(start_paused = true)]
async fn only_so_many_submissions_run_at_once_and_all_of_them_run() {
    let peculiar = Peculiar::gated();
    let limited = Arc::clone(&peculiar).with(Concurrency::of(3));
    let ten = futures::future::join_all((0..10).map(|_| submit(&*limited)));
    let opened = async {
        settle().await;
        assert_eq!(peculiar.submissions(), 3);
        for _ in 0..10 {
            peculiar.gate.add_permits(1);
            settle().await;
        }
    };

    let (answers, ()) = futures::future::join(ten, opened).await;

    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(peculiar.submissions(), 10);
    assert_eq!(peculiar.most_running.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_in_time_is_told_that_nothing_was_sent() {
    let peculiar = Peculiar::gated();
    let patience = Duration::from_secs(12);
    let limited = Arc::clone(&peculiar).with(Concurrency::of(1).waiting_at_most(patience));
    let started = tokio::time::Instant::now();
    let first = submit(&*limited);
    let second = async {
        settle().await;
        let error = submit(&*limited).await.expect_err("no place");
        assert_eq!(started.elapsed(), patience);
        peculiar.gate.add_permits(1);
        error
    };

    let (first, error) = futures::future::join(first, second).await;

    assert!(first.is_ok());
    assert!(error.is_retryable(), "{error:?}");
    let below = std::error::Error::source(&error).expect("a reason");
    assert_eq!(
        below.downcast_ref::<LayerError>(),
        Some(&LayerError::Crowded {
            places: 1,
            waited: patience
        })
    );
    assert_eq!(below.to_string(), "all 1 places were taken for 12s");
    assert_eq!(peculiar.submissions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_look_does_not_wait_behind_a_submission() {
    let peculiar = Peculiar::gated();
    let limited = Arc::clone(&peculiar).with(Concurrency::of(1).looks(1));
    let first = submit(&*limited);
    let looks = async {
        let task = TASK;
        settle().await;
        let looks = futures::future::join(limited.status(&task), limited.balance());
        let opened = async {
            settle().await;
            assert_eq!(peculiar.calls(), [CallKind::Submit, CallKind::Status]);
            peculiar.gate.add_permits(3);
        };
        futures::future::join(looks, opened).await.0
    };

    let (submitted, (status, balance)) = futures::future::join(first, looks).await;

    assert!(submitted.is_ok() && status.is_ok() && balance.is_ok());
    assert_eq!(peculiar.most_running.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_while_waiting_sent_nothing_and_who_goes_away_later_leaves_the_place() {
    let peculiar = Peculiar::gated();
    let limited = Arc::clone(&peculiar).with(Concurrency::of(1));
    let in_front = Arc::clone(&limited);
    let running = tokio::spawn(async move { submit(&*in_front).await.is_ok() });
    settle().await;
    let behind = Arc::clone(&limited);
    let waiting = tokio::spawn(async move { submit(&*behind).await.is_ok() });
    settle().await;

    waiting.abort();
    settle().await;
    assert_eq!(peculiar.submissions(), 1);
    running.abort();
    settle().await;
    peculiar.gate.add_permits(1);

    assert!(submit(&*limited).await.is_ok());
    assert_eq!(peculiar.submissions(), 2);
}
