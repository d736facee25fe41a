//! Whoever stops waiting: the log says what is paid for, or may be, with nobody observing.

use std::fmt::Write as _;

use tokio::sync::{Notify, mpsc};

use super::dropped::{Held, LONG};
use super::*;

const KEY: SubmissionKey = SubmissionKey::literal("job-1");

/// The warnings of this thread, each as its fields.
#[derive(Clone, Default)]
struct Warnings {
    told: Arc<Mutex<Vec<String>>>,
    changed: Arc<Notify>,
}

impl Warnings {
    /// The first one, once there is one.
    async fn first(&self) -> String {
        let told = async {
            loop {
                let changed = self.changed.notified();
                if let Some(first) = self.told.lock().expect("no panic").first() {
                    return first.clone();
                }
                changed.await;
            }
        };
        let first = tokio::time::timeout(LONG, told).await;
        first.expect("a warning")
    }
}

struct Fields(String);

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").expect("a string takes it");
    }
}

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.told.lock().expect("no panic").push(fields.0);
        self.changed.notify_one();
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

type Generation<'a> = futures::future::BoxFuture<'a, Result<Generated, GenerateError>>;

/// What is warned of when whoever generates leaves while it is submitted, with nobody observing.
async fn left(held: &Held, mut generation: Generation<'_>) -> String {
    let warnings = Warnings::default();
    let _default = tracing::subscriber::set_default(warnings.clone());

    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    held.let_through.notify_one();

    let warning = warnings.first().await;
    for private in ["paper boat", "://"] {
        assert!(!warning.contains(private), "{warning}");
    }
    assert!(warning.contains("job-1"), "{warning}");
    warning
}

#[tokio::test]
async fn what_came_of_a_submission_that_nobody_waits_for_is_in_the_log_without_an_observer() {
    let link = || OutputAsset {
        source: OutputSource::Url(AssetUrl::parse("https://a.b/c.png?sig=1").expect("a link")),
        media_type: None,
    };
    let lost = || Err(ProviderError::Indeterminate("reset".into()));
    let refused = || {
        Err(ProviderError::Declined {
            note: kling_core::ReplyNote::default(),
            reason: Some("a paper boat is not allowed".to_owned()),
        })
    };
    for (held, expected) in [
        (
            Held::answering(|| Submission::Started(handle())),
            format!("task.handle={}", handle()),
        ),
        (
            Held::answering(move || Submission::Finished(output(vec![link()]))),
            "files=1".to_owned(),
        ),
        (Held::told(lost), "it may be charged".to_owned()),
        (Held::told(refused), "nothing is charged".to_owned()),
    ] {
        let provider: Arc<dyn Provider> = Arc::clone(&held) as _;

        let (options, request) = (in_memory(), request(Operation::TextToImage));
        let warning = left(&held, provider.generate(&request, &KEY, &options)).await;

        assert!(warning.contains(&expected), "{warning}");
    }
}

#[tokio::test]
async fn a_borrowed_providers_call_that_is_dropped_is_in_the_log_as_perhaps_charged() {
    let held = Held::answering(|| Submission::Started(handle()));
    let provider: &dyn Provider = &*held;

    let (options, request) = (in_memory(), request(Operation::TextToImage));
    let warning = left(&held, provider.generate(&request, &KEY, &options)).await;

    assert!(warning.contains("it may be charged"), "{warning}");
}

#[tokio::test]
async fn a_task_that_is_left_while_it_runs_is_in_the_log() {
    let warnings = Warnings::default();
    let _default = tracing::subscriber::set_default(warnings.clone());
    let fake = fake();
    let (submitted, mut seen) = mpsc::unbounded_channel();
    let options = in_memory().observed_by(move |progress| {
        if matches!(progress, Progress::Submitted(_)) {
            submitted.send(()).ok();
        }
    });
    let request = request(Operation::TextToImage);

    let key = KEY;
    let mut generation = fake.generate(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        told = seen.recv() => told.expect("it is submitted"),
    }
    drop(generation);

    let warning = warnings.first().await;
    assert!(
        warning.contains(&format!("task.handle={}", handle())),
        "{warning}"
    );
}
