//! Whatever is stacked, and however often: one call is one call, and the provider's errors stay what they are.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Concurrency,
    Rate,
    Timeout,
    Traced,
    #[cfg(feature = "metrics")]
    Metered,
}

const KINDS: &[Kind] = &[
    Kind::Concurrency,
    Kind::Rate,
    Kind::Timeout,
    Kind::Traced,
    #[cfg(feature = "metrics")]
    Kind::Metered,
];

/// Answers that a provider gives, each of its own sort.
const ANSWERS: &[fn() -> Result<Submission, ProviderError>] = &[
    || Ok(Submission::Started(TASK)),
    || Ok(Submission::Finished(Output::default())),
    || Err(too_many(Some(Duration::from_secs(3)))),
    || Err(too_many(None)),
    || Err(ProviderError::Unreachable("refused".into())),
    || {
        Err(ProviderError::Unavailable {
            retry_after: Some(Duration::from_secs(9)),
            source: None,
        })
    },
    || Err(ProviderError::Indeterminate("reset".into())),
    || {
        Err(ProviderError::Protocol {
            path: "$".to_owned(),
            source: "a web page".into(),
        })
    },
    || {
        Err(ProviderError::Declined {
            note: ReplyNote::of_code("400"),
            reason: Some("too dark".to_owned()),
        })
    },
    || {
        Err(ProviderError::Unauthorized {
            note: ReplyNote::default(),
        })
    },
    || Err(ProviderError::Unsupported { what: "that" }),
];

fn stacked(provider: Arc<Peculiar>, kinds: &[Kind]) -> Arc<dyn Provider> {
    let bare: Arc<dyn Provider> = provider;
    kinds.iter().fold(bare, |inner, kind| match kind {
        Kind::Concurrency => inner.with(Concurrency::of(1).looks(1)),
        Kind::Rate => inner.with(RateLimit::per_second(1_000).burst(2)),
        Kind::Timeout => inner.with(Timeout::of_looks(Duration::from_secs(1))),
        Kind::Traced => inner.with(Traced),
        #[cfg(feature = "metrics")]
        Kind::Metered => inner.with(Metered::new()),
    })
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    proptest::collection::vec(proptest::sample::select(KINDS), 0..8)
}

proptest! {
    #[test]
    fn a_call_is_made_once_and_its_answer_is_not_changed(
        kinds in kinds(),
        answer in proptest::sample::select(ANSWERS),
    ) {
        let peculiar = Peculiar::answering(answer);
        let layered = stacked(Arc::clone(&peculiar), &kinds);

        let given = run(async { submit(&*layered).await });

        prop_assert_eq!(peculiar.calls(), [CallKind::Submit]);
        prop_assert_eq!(format!("{:?}", given), format!("{:?}", answer()));
    }

    #[test]
    fn a_call_that_is_never_polled_sends_nothing(kinds in kinds()) {
        let peculiar = Arc::new(Peculiar::new());
        let layered = stacked(Arc::clone(&peculiar), &kinds);

        run(async {
            let request = request(Operation::TextToImage);
            drop(layered.submit(&request, &KEY));
            drop(layered.status(&TASK));
            drop(layered.cancel(&TASK));
        });

        prop_assert_eq!(peculiar.calls(), []);
    }

    #[test]
    fn a_busy_submission_was_never_sent_and_a_sent_one_is_never_busy(
        kinds in kinds(),
        wait in 0_u64..200,
    ) {
        let peculiar = Peculiar::gated();
        let layered = stacked(Arc::clone(&peculiar), &kinds);

        let answers = run(async {
            let submissions = (0..3).map(|_| submit(&*layered));
            let opened = async {
                tokio::time::sleep(Duration::from_secs(wait)).await;
                peculiar.gate.add_permits(3);
            };
            let (answers, ()) = futures::future::join(
                futures::future::join_all(submissions),
                opened,
            )
            .await;
            answers
        });

        let sent = answers
            .iter()
            .filter(|answer| !answer.as_ref().is_err_and(ProviderError::is_retryable))
            .count();
        prop_assert_eq!(peculiar.submissions(), sent);
    }
}

/// Runs it by a clock that jumps to whatever is waited for.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(work)
}
