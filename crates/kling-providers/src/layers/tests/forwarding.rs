//! A layered provider is the provider: every method reaches it, and every answer comes back.

use super::*;

fn stacks() -> Vec<(&'static str, Arc<dyn Provider>)> {
    let peculiar = || Arc::new(Peculiar::new());
    let slow = Duration::from_secs(10);
    vec![
        ("concurrency", peculiar().with(Concurrency::of(1).looks(1))),
        ("rate", peculiar().with(RateLimit::per_second(1_000))),
        ("timeout", peculiar().with(Timeout::of_looks(slow))),
        ("traced", peculiar().with(Traced)),
        #[cfg(feature = "metrics")]
        ("metered", peculiar().with(Metered::new())),
        (
            "all",
            peculiar()
                .with(Traced)
                .with(Concurrency::of(1).looks(1))
                .with(RateLimit::per_second(1_000))
                .with(Timeout::of_looks(slow)),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_the_providers_own() {
    let bare = Peculiar::new();
    let request = request(Operation::TextToImage);
    for (name, layered) in stacks() {
        assert_eq!(layered.id(), bare.id(), "{name}");
        assert_eq!(layered.models(), bare.models(), "{name}");
        assert!(layered.entry(&request).is_err(), "{name}");
        assert!(layered.submit_timeout() >= bare.submit_timeout(), "{name}");
        let submitted = layered.submit(&request, &KEY).await;
        assert_eq!(submitted.ok(), Some(Submission::Started(TASK)), "{name}");
        let status = layered.status(&TASK).await.ok();
        assert_eq!(status, bare.status(&TASK).await.ok(), "{name}");
        let events = layered.watch(&TASK).expect("it has a stream");
        let events: Vec<_> = events.map(Result::unwrap).collect().await;
        assert_eq!(events, [TaskEvent::Partial(Vec::new())], "{name}");
        let cancelled = layered.cancel(&TASK).await.ok();
        assert_eq!(cancelled, Some(Cancellation::TooLate), "{name}");
        assert_eq!(layered.find(&KEY).await.ok(), Some(Some(TASK)), "{name}");
        let balance = layered.balance().await.ok();
        assert_eq!(balance, bare.balance().await.ok(), "{name}");
    }
}

#[test]
fn the_time_for_a_submission_counts_every_wait_in() {
    let second = Duration::from_secs(1);
    let tamed = Arc::new(Peculiar::new())
        .with(Concurrency::of(1).waiting_at_most(second * 100))
        .with(RateLimit::per_minute(1).waiting_at_most(second * 1_000))
        .with(Timeout::of_looks(second))
        .with(Traced);

    assert_eq!(tamed.submit_timeout(), second * (77 + 100 + 1_000 + 5));
}

#[test]
fn a_provider_without_a_stream_of_its_own_still_has_none() {
    let fake = crate::fake::Fake::named("fake", Vec::new()).shared();

    let layered = fake
        .with(Traced)
        .with(RateLimit::per_second(1))
        .with(Timeout::of_looks(Duration::from_secs(1)));

    assert!(layered.watch(&TASK).is_none());
}
