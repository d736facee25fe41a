//! Whole generations at a provider that does as told, by a clock that jumps ahead.

use std::error::Error as _;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use kling_core::{
    AssetUrl, FailureKind, ImageCount, MediaType, Operation, OutputAsset, OutputSource, TaskFailure,
};
use kling_http::{DownloadError, DownloadOptions, Downloader, Guard};

use super::*;
use crate::fake::{Fake, entry, handle, request};

fn gone() -> ProviderError {
    ProviderError::TaskGone {
        note: kling_core::ReplyNote::default(),
    }
}

/// The head of a PNG of 4 by 3 pixels: enough to be recognised.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x04\0\0\0\x03\x08\x06\0\0\0";

fn inline(bytes: &'static [u8]) -> OutputAsset {
    OutputAsset {
        source: OutputSource::Inline(Bytes::from_static(bytes)),
        media_type: None,
    }
}

fn output(assets: Vec<OutputAsset>) -> Output {
    Output { assets, cost: None }
}

fn fake() -> Fake {
    Fake::named("fake", vec![entry(Operation::TextToImage, None)])
}

fn options(destination: Destination) -> GenerateOptions {
    let downloader = Downloader::new(DownloadOptions::default(), Guard::public_only());
    GenerateOptions::new(downloader.expect("a downloader"), destination)
}

fn in_memory() -> GenerateOptions {
    options(Destination::Memory)
}

async fn generate(fake: &Fake, options: &GenerateOptions) -> Result<Generated, GenerateError> {
    let key = SubmissionKey::literal("job:1");
    fake.generate(&request(Operation::TextToImage), &key, options)
        .await
}

fn running() -> TaskStatus {
    TaskStatus::Running { percent: None }
}

#[tokio::test(start_paused = true)]
async fn a_generation_is_submitted_once_watched_and_fetched() {
    let fake = fake().with_statuses([
        Ok(TaskStatus::Queued { position: Some(2) }),
        Ok(running()),
        Ok(TaskStatus::Succeeded(output(vec![inline(PNG)]))),
    ]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let options = in_memory().observed_by(move |progress| {
        let name = match progress {
            Progress::NotSubmitted(_) => "not submitted",
            Progress::Submitted(_) => "submitted",
            Progress::Event(_) => "event",
            Progress::Fetching { .. } => "fetching",
            Progress::Part { .. } => "part",
        };
        notes.lock().expect("no panic holds it").push(name);
    });

    let started = tokio::time::Instant::now();
    let generated = generate(&fake, &options).await.expect("a picture");

    assert_eq!(generated.handle, Some(handle()));
    assert_eq!(generated.files[0].media_type, MediaType::Png);
    assert_eq!(
        generated.files[0].dimensions.map(|d| (d.width, d.height)),
        Some((4, 3))
    );
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 1);
    assert_eq!(
        started.elapsed(),
        Duration::from_secs(10),
        "two waits at the model's pace"
    );
    let told = told.lock().expect("no panic holds it").clone();
    assert_eq!(told, ["submitted", "event", "event", "event", "fetching"]);
}

#[tokio::test]
async fn a_request_that_does_not_fit_is_never_sent() {
    let fake = fake();
    let mut too_many = request(Operation::TextToImage);
    too_many.count = ImageCount::new(9).expect("a count");
    let key = SubmissionKey::literal("job-1");

    let unfit = fake.generate(&too_many, &key, &in_memory()).await;
    let unknown = fake
        .generate(&request(Operation::VideoEdit), &key, &in_memory())
        .await;

    assert!(matches!(unfit, Err(GenerateError::Unfit(_))), "{unfit:?}");
    assert!(
        matches!(unknown, Err(GenerateError::NoSuchModel { .. })),
        "{unknown:?}"
    );
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_submission_that_fails_is_not_repeated() {
    let fake = Fake {
        submit: Box::new(|| Err(ProviderError::Unreachable("refused".into()))),
        ..fake()
    };

    let error = generate(&fake, &in_memory()).await.expect_err("refused");

    assert!(matches!(
        error,
        GenerateError::Submit(ProviderError::Unreachable(_))
    ));
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_carries_the_handle_and_the_task_can_be_resumed() {
    let fake = fake();
    let mut hasty = in_memory();
    hasty.timeout = Some(Duration::from_secs(12));

    let error = generate(&fake, &hasty).await.expect_err("too slow");
    let done = TaskStatus::Succeeded(output(vec![inline(PNG)]));
    fake.statuses
        .lock()
        .expect("no panic holds it")
        .push_back(Ok(done));
    let resumed = fake
        .resume(error.handle().expect("a handle"), &in_memory())
        .await;

    assert!(matches!(error, GenerateError::TimedOut { .. }), "{error:?}");
    assert_eq!(resumed.expect("a picture").files.len(), 1);
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn passing_trouble_while_looking_is_waited_out() {
    let garbled = || ProviderError::Protocol {
        path: "$".to_owned(),
        source: "a web page".into(),
    };
    let fake = fake().with_statuses([
        Err(ProviderError::Unavailable {
            retry_after: None,
            source: None,
        }),
        Err(ProviderError::RateLimited {
            note: kling_core::ReplyNote::default(),
            retry_after: Some(Duration::from_secs(40)),
        }),
        Err(garbled()),
        Ok(TaskStatus::Succeeded(output(vec![inline(PNG)]))),
    ]);

    let started = tokio::time::Instant::now();
    let generated = generate(&fake, &in_memory()).await;

    assert!(generated.is_ok(), "{generated:?}");
    assert_eq!(started.elapsed(), Duration::from_secs(5 + 40 + 5));
}

#[tokio::test(start_paused = true)]
async fn what_waiting_cannot_mend_ends_the_watch_with_the_handle() {
    let fake = fake().with_statuses([Ok(running()), Err(gone())]);

    let error = generate(&fake, &in_memory()).await.expect_err("gone");

    assert!(matches!(error, GenerateError::Watch { .. }), "{error:?}");
    assert_eq!(error.handle(), Some(&handle()));
    assert_eq!(
        error.source().expect("a reason").to_string(),
        "the provider does not know the task"
    );
}

#[tokio::test(start_paused = true)]
async fn a_native_stream_is_used_and_one_that_breaks_is_replaced_by_looking() {
    let whole = Fake {
        watch: Box::new(|| {
            let done = TaskStatus::Succeeded(output(vec![inline(PNG)]));
            let events = [
                Ok(TaskEvent::Status(running())),
                Ok(TaskEvent::Status(done)),
            ];
            Some(stream::iter(events).boxed())
        }),
        ..fake()
    };
    let broken = Fake {
        watch: Box::new(|| Some(stream::iter([Ok(TaskEvent::Status(running()))]).boxed())),
        ..fake().with_statuses([Ok(TaskStatus::Succeeded(output(vec![inline(PNG)])))])
    };

    assert!(generate(&whole, &in_memory()).await.is_ok());
    assert_eq!(whole.looks.load(Ordering::SeqCst), 0);
    assert!(generate(&broken, &in_memory()).await.is_ok());
    assert_eq!(broken.looks.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_says_why() {
    let failure = TaskFailure {
        kind: FailureKind::Moderated,
        reason: None,
        code: None,
        cost: None,
    };
    let fake = fake().with_statuses([
        Ok(TaskStatus::Failed(failure.clone())),
        Ok(TaskStatus::Cancelled),
    ]);

    let failed = generate(&fake, &in_memory()).await.expect_err("it failed");
    let cancelled = generate(&fake, &in_memory())
        .await
        .expect_err("it was cancelled");

    assert!(matches!(failed, GenerateError::Failed { failure: why, .. } if *why == failure));
    assert!(matches!(cancelled, GenerateError::Cancelled { .. }));
}

#[tokio::test(start_paused = true)]
async fn stopping_before_the_start_sends_nothing_and_later_keeps_the_handle() {
    let early = in_memory();
    early.stop.cancel();
    let late = in_memory();
    let stop = late.stop.clone();
    let late = late.observed_by(move |progress| {
        if matches!(progress, Progress::Event(_)) {
            stop.cancel();
        }
    });
    let fake = fake();

    let never_sent = generate(&fake, &early).await.expect_err("stopped");
    assert_eq!(fake.submissions.load(Ordering::SeqCst), 0);
    let stopped = generate(&fake, &late).await.expect_err("stopped");

    assert_eq!(never_sent.handle(), None);
    assert_eq!(stopped.handle(), Some(&handle()));
}

#[tokio::test]
async fn what_was_paid_for_survives_being_stopped() {
    let options = in_memory();
    let stop = options.stop.clone();
    let fake = Fake {
        submit: Box::new(move || {
            stop.cancel();
            Ok(Submission::Finished(output(vec![inline(PNG)])))
        }),
        ..fake()
    };

    let error = generate(&fake, &options).await.expect_err("stopped");
    let paid = error.paid().expect("what was paid for").clone();
    let fetched = fetch_output(paid.output, paid.handle, &in_memory()).await;

    assert_eq!(fetched.expect("a picture").files.len(), 1);
}

mod dropped;
mod files;
mod left;
mod parts;
