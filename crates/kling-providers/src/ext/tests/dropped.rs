//! Whoever stops waiting for a submission: what was paid for is told all the same.

use tokio::sync::{Notify, mpsc};

use super::*;
use kling_core::{ProviderId, Submission};

pub(super) const LONG: Duration = Duration::from_secs(20);

/// Answers a submission only when it is let.
#[derive(Debug)]
pub(super) struct Held {
    fake: Fake,
    pub(super) asked: Notify,
    pub(super) let_through: Notify,
}

impl Held {
    pub(super) fn answering(
        submission: impl Fn() -> Submission + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::told(move || Ok(submission()))
    }

    pub(super) fn told(
        answer: impl Fn() -> Result<Submission, ProviderError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let mut entry = entry(Operation::TextToImage, None);
        entry.capability.returned = kling_core::Returned::FirstOnly;
        let fake = Fake {
            submit: Box::new(answer),
            ..Fake::named("fake", vec![entry])
        };
        Arc::new(Self {
            fake,
            asked: Notify::new(),
            let_through: Notify::new(),
        })
    }
}

#[async_trait::async_trait]
impl Provider for Held {
    fn id(&self) -> &ProviderId {
        self.fake.id()
    }

    fn models(&self) -> &[ModelInfo] {
        self.fake.models()
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        self.asked.notify_one();
        self.let_through.notified().await;
        self.fake.submit(request, key).await
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.fake.status(task).await
    }
}

/// Options with an observer that writes down what was paid for, and where it does.
fn noted() -> (GenerateOptions, mpsc::UnboundedReceiver<String>) {
    let (told, notes) = mpsc::unbounded_channel();
    let options = in_memory().observed_by(move |progress| {
        let said = |step: Progress<'_>| match step {
            Progress::Submitted(handle) => handle.to_string(),
            Progress::NotSubmitted(error) => error.name().to_owned(),
            Progress::Event(TaskEvent::Status(TaskStatus::Succeeded(output))) => {
                format!("{} files", output.assets.len())
            }
            other => format!("{other:?}"),
        };
        let note = match progress {
            Progress::Part { part, of, step } => format!("{part} of {of}: {}", said(*step)),
            step => said(step),
        };
        told.send(note).ok();
    });
    (options, notes)
}

async fn next(notes: &mut mpsc::UnboundedReceiver<String>) -> Option<String> {
    let note = tokio::time::timeout(LONG, notes.recv()).await;
    note.expect("the observer is told, or gone")
}

#[tokio::test]
async fn a_shared_providers_task_is_told_though_the_caller_left_while_it_was_submitted() {
    let held = Held::answering(|| Submission::Started(handle()));
    let provider: Arc<dyn Provider> = Arc::clone(&held) as _;
    let (options, mut notes) = noted();
    let request = request(Operation::TextToImage);
    let key = SubmissionKey::literal("job-1");

    let mut generation = provider.generate(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    held.let_through.notify_one();

    assert_eq!(next(&mut notes).await, Some(handle().to_string()));
    assert_eq!(held.fake.submissions.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_result_that_came_at_once_is_told_though_the_caller_left() {
    let held = Held::answering(|| Submission::Finished(output(vec![inline(PNG)])));
    let provider: Arc<dyn Provider> = Arc::clone(&held) as _;
    let (options, mut notes) = noted();
    let request = request(Operation::TextToImage);
    let key = SubmissionKey::literal("job-1");

    let mut generation = provider.generate(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    held.let_through.notify_one();

    assert_eq!(next(&mut notes).await.as_deref(), Some("1 files"));
}

#[tokio::test]
async fn of_a_split_request_the_part_that_was_on_its_way_is_told_and_no_other_is_sent() {
    let held = Held::answering(|| Submission::Started(handle()));
    let provider: Arc<dyn Provider> = Arc::clone(&held) as _;
    let (options, mut notes) = noted();
    let mut request = request(Operation::TextToImage);
    request.count = ImageCount::new(3).expect("a count");
    let key = SubmissionKey::literal("job-1");

    let mut generation = provider.generate_split(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    drop(options);
    held.let_through.notify_one();

    let told = format!("1 of 3: {}", handle());
    assert_eq!(next(&mut notes).await, Some(told));
    assert_eq!(next(&mut notes).await, None, "nobody is left to tell more");
    assert_eq!(held.fake.submissions.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_borrowed_providers_call_ends_with_the_future() {
    let held = Held::answering(|| Submission::Started(handle()));
    let provider: &dyn Provider = &*held;
    let (options, mut notes) = noted();
    let request = request(Operation::TextToImage);
    let key = SubmissionKey::literal("job-1");

    let mut generation = provider.generate(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    drop(options);
    held.let_through.notify_one();

    assert_eq!(next(&mut notes).await, None);
    assert_eq!(held.fake.submissions.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_observer_is_told_of_a_failure_though_the_caller_left() {
    let held = Held::told(|| Err(ProviderError::Indeterminate("reset".into())));
    let provider: Arc<dyn Provider> = Arc::clone(&held) as _;
    let (options, mut notes) = noted();
    let request = request(Operation::TextToImage);
    let key = SubmissionKey::literal("job-1");

    let mut generation = provider.generate(&request, &key, &options);
    tokio::select! {
        ended = &mut generation => panic!("{ended:?}"),
        () = held.asked.notified() => {}
    }
    drop(generation);
    held.let_through.notify_one();

    assert_eq!(next(&mut notes).await.as_deref(), Some("indeterminate"));
}

#[tokio::test]
async fn a_panic_of_a_shared_provider_is_the_callers() {
    let provider: Arc<dyn Provider> = Fake {
        submit: Box::new(|| panic!("out of paper")),
        ..fake()
    }
    .shared();

    let generation = tokio::spawn(async move {
        let key = SubmissionKey::literal("job-1");
        let request = request(Operation::TextToImage);
        provider.generate(&request, &key, &in_memory()).await
    });

    let ended = tokio::time::timeout(LONG, generation).await;
    let error = ended.expect("it ends").expect_err("it panicked");
    assert_eq!(
        error.into_panic().downcast_ref::<&str>(),
        Some(&"out of paper")
    );
}

#[tokio::test]
async fn resuming_into_a_folder_that_cannot_be_written_is_told_before_anything_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a-file");
    std::fs::write(&file, "taken").expect("written");
    let fake = fake();

    let error = fake
        .resume(&handle(), &options(Destination::Directory(file)))
        .await
        .expect_err("no folder");

    assert!(matches!(error, GenerateError::Destination(_)), "{error:?}");
    assert_eq!(fake.looks.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn resuming_what_was_stopped_already_keeps_the_handle() {
    let options = in_memory();
    options.stop.cancel();

    let error = fake().resume(&handle(), &options).await;

    assert_eq!(error.expect_err("stopped").handle(), Some(&handle()));
}
