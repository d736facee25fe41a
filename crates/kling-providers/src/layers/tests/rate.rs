//! Only so many in a time, by a clock that the tests push.

use super::*;

fn limited(provider: &Arc<Peculiar>, limit: RateLimit) -> (Arc<dyn Provider>, Pushed) {
    let time = Pushed::default();
    let clock = Arc::new(time.0.clone());
    let limit = limit.timed_by(clock, Arc::new(time.clone()));
    (Arc::clone(provider).with(limit), time)
}

#[tokio::test]
async fn calls_are_spread_evenly_after_the_burst() {
    let peculiar = Arc::new(Peculiar::new());
    let (limited, time) = limited(&peculiar, RateLimit::per_minute(6).burst(3));
    let mut at = Vec::new();

    for _ in 0..6 {
        submit(&*limited).await.expect("its turn");
        at.push(time.seconds());
    }
    time.0.advance(Duration::from_secs(1_000));
    for _ in 0..4 {
        limited.status(&TASK).await.expect("its turn");
        at.push(time.seconds());
    }

    let later = 30 + 1_000;
    assert_eq!(at, [0, 0, 0, 10, 20, 30, later, later, later, later + 10]);
}

#[tokio::test]
async fn too_many_calls_make_the_next_ones_wait_and_none_is_repeated() {
    let peculiar = Peculiar::answering(|| Err(too_many(Some(Duration::from_secs(20)))));
    let (limited, time) = limited(&peculiar, RateLimit::per_second(10));

    let refused = submit(&*limited).await.expect_err("too many");
    assert_eq!(time.seconds(), 0);
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(20)));
    limited.status(&TASK).await.expect("its turn");

    assert_eq!(time.seconds(), 20);
    assert_eq!(peculiar.calls(), [CallKind::Submit, CallKind::Status]);
}

#[tokio::test]
async fn a_turn_that_comes_too_late_is_refused_at_once_with_the_wait() {
    let peculiar = Peculiar::answering(|| Err(too_many(Some(Duration::from_hours(9_999)))));
    let limit = RateLimit::per_second(10).waiting_at_most(Duration::from_secs(5));
    let (limited, time) = limited(&peculiar, limit);

    submit(&*limited).await.expect_err("too many");
    let error = limited.status(&TASK).await.expect_err("too late");
    time.0.advance(Duration::from_mins(59));
    let still = limited.status(&TASK).await.expect_err("too late");
    time.0.advance(Duration::from_mins(1));

    assert_eq!(error.name(), "rate-limited");
    assert_eq!(error.retry_after(), Some(Duration::from_hours(1)));
    assert_eq!(still.retry_after(), Some(Duration::from_mins(1)));
    assert_eq!(peculiar.calls(), [CallKind::Submit]);
    assert!(limited.status(&TASK).await.is_ok());
}

#[tokio::test]
async fn a_wait_that_nobody_named_is_no_pause() {
    let peculiar = Peculiar::answering(|| Err(too_many(None)));
    let (limited, time) = limited(&peculiar, RateLimit::per_second(1));

    submit(&*limited).await.expect_err("too many");
    submit(&*limited).await.expect_err("too many");

    assert_eq!(time.seconds(), 1);
}

#[tokio::test]
async fn looks_pass_where_only_submissions_count() {
    let peculiar = Arc::new(Peculiar::new());
    let (limited, time) = limited(&peculiar, RateLimit::per_minute(1).only_submissions());

    submit(&*limited).await.expect("its turn");
    for _ in 0..10 {
        limited.status(&TASK).await.expect("it passes");
    }
    assert_eq!(time.seconds(), 0);

    limited.watch(&TASK).expect("a stream").next().await;
    assert_eq!(time.seconds(), 0);
}

#[tokio::test]
async fn opening_a_stream_is_a_call_and_an_unopened_one_is_none() {
    let peculiar = Arc::new(Peculiar::new());
    let (limited, time) = limited(&peculiar, RateLimit::per_minute(6));

    drop(limited.watch(&TASK));
    let first: Vec<_> = limited.watch(&TASK).expect("a stream").collect().await;
    let second: Vec<_> = limited.watch(&TASK).expect("a stream").collect().await;

    assert!(first.iter().chain(&second).all(Result::is_ok));
    assert_eq!(time.seconds(), 10);
}

#[tokio::test]
async fn a_clock_that_is_set_back_stops_nobody() {
    let peculiar = Arc::new(Peculiar::new());
    let clock = Arc::new(Settable::default());
    let limit =
        RateLimit::per_second(1).timed_by(Arc::clone(&clock) as _, Arc::new(crate::TokioSleeper));
    let limited = Arc::clone(&peculiar).with(limit.waiting_at_most(Duration::ZERO));

    clock.set(100_000);
    submit(&*limited).await.expect("its turn");
    clock.set(50_000);
    let early = submit(&*limited).await.expect_err("too early");
    clock.set(51_000);

    assert_eq!(early.retry_after(), Some(Duration::from_secs(1)));
    assert!(submit(&*limited).await.is_ok());
}

#[derive(Debug, Default)]
struct Settable(std::sync::atomic::AtomicI64);

impl Settable {
    fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::SeqCst);
    }
}

impl Clock for Settable {
    fn now(&self) -> kling_core::Timestamp {
        kling_core::Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_is_first_come_first_served_and_a_turn_given_up_is_used_again() {
    let peculiar = Arc::new(Peculiar::new());
    let limited = Arc::clone(&peculiar).with(RateLimit::per_minute(6));
    let started = tokio::time::Instant::now();
    submit(&*limited).await.expect("its turn");

    let behind = Arc::clone(&limited);
    let waiting = tokio::spawn(async move { submit(&*behind).await.is_ok() });
    settle().await;
    waiting.abort();
    settle().await;
    let (submitted, looked) = futures::future::join(
        async {
            submit(&*limited).await.expect("its turn");
            started.elapsed()
        },
        async {
            limited.status(&TASK).await.expect("its turn");
            started.elapsed()
        },
    )
    .await;

    assert_eq!((submitted.as_secs(), looked.as_secs()), (10, 20));
    assert_eq!(peculiar.submissions(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_waits_when_a_pause_begins_waits_for_its_end() {
    let refusals = Arc::new(AtomicUsize::new(0));
    let refused = Arc::clone(&refusals);
    let peculiar = Peculiar::answering(move || {
        if refused.fetch_add(1, Ordering::SeqCst) == 1 {
            return Err(too_many(Some(Duration::from_secs(15))));
        }
        Ok(Submission::Started(TASK))
    });
    let limited = Arc::clone(&peculiar).with(RateLimit::per_second(1));
    let started = tokio::time::Instant::now();

    let three = futures::future::join_all((0..3).map(|_| async {
        let is_ok = submit(&*limited).await.is_ok();
        (is_ok, started.elapsed().as_secs())
    }));

    assert_eq!(three.await, [(true, 0), (false, 1), (true, 16)]);
    assert_eq!(peculiar.submissions(), 3);
}
