//! Requests of several images, at a model that hands over only the first of them.

use kling_core::{CountRange, Estimate, Money, Returned};

use super::*;
use crate::Part;

/// A model that would be paid for every image and hands over one.
fn stingy() -> Fake {
    let mut info = entry(Operation::TextToImage, Some(28_000));
    info.capability.count = CountRange { min: 1, max: 9 };
    info.capability.returned = Returned::FirstOnly;
    Fake::named("stingy", vec![info])
}

fn three() -> GenerationRequest {
    let mut request = request(Operation::TextToImage);
    request.count = ImageCount::new(3).expect("a count");
    request
}

fn picture() -> Submission {
    Submission::Finished(output(vec![inline(PNG)]))
}

/// Answers these in turn, and then pictures.
fn answering(
    answers: impl IntoIterator<Item = Result<Submission, ProviderError>, IntoIter: Send + 'static>,
) -> Fake {
    let answers = Mutex::new(answers.into_iter());
    Fake {
        submit: Box::new(move || {
            let next = answers.lock().expect("no panic holds it").next();
            next.unwrap_or_else(|| Ok(picture()))
        }),
        ..stingy()
    }
}

async fn split(fake: &Fake, options: &GenerateOptions) -> Vec<Part> {
    let key = SubmissionKey::literal("job:1");
    let parts = fake.generate_split(&three(), &key, options).await;
    parts.expect("it was sent")
}

fn asked(fake: &Fake) -> Vec<(String, u8)> {
    let asked = fake.asked.lock().expect("no panic holds it");
    let plain = |(key, count): &(SubmissionKey, u8)| (key.to_string(), *count);
    asked.iter().map(plain).collect()
}

#[tokio::test]
async fn the_caller_chooses_between_a_refusal_and_a_submission_for_each_image() {
    let fake = answering([]);
    let key = SubmissionKey::literal("job:1");

    let refused = fake.generate(&three(), &key, &in_memory()).await;
    assert!(
        matches!(refused, Err(GenerateError::Unfit(_))),
        "{refused:?}"
    );
    assert_eq!(asked(&fake), []);
    let parts = split(&fake, &in_memory()).await;

    let files = |part: &Part| part.outcome.as_ref().map_or(0, |got| got.files.len());
    assert_eq!(parts.iter().map(files).collect::<Vec<_>>(), [1, 1, 1]);
    let keys = ["job:1.1", "job:1.2", "job:1.3"];
    assert_eq!(asked(&fake), keys.map(|key| (key.to_owned(), 1)));
    let told: Vec<_> = parts.iter().map(|part| part.key.as_str()).collect();
    assert_eq!(told, keys);
    assert_eq!(
        fake.models()[0].estimate_split(&three()),
        Estimate::Exact(Money::from_microdollars(3 * 28_000))
    );
}

#[tokio::test]
async fn a_request_that_needs_no_splitting_is_one_submission_with_its_own_key() {
    let fake = Fake {
        submit: Box::new(|| Ok(picture())),
        ..fake()
    };

    let parts = split(&fake, &in_memory()).await;

    assert_eq!(parts.len(), 1);
    assert_eq!(asked(&fake), [("job:1".to_owned(), 3)]);
}

#[tokio::test]
async fn a_part_whose_answer_is_lost_is_not_sent_again_and_costs_no_other_its_picture() {
    let fake = answering([
        Ok(picture()),
        Err(ProviderError::Indeterminate("reset".into())),
    ]);

    let parts = split(&fake, &in_memory()).await;

    assert!(parts[0].outcome.is_ok(), "{parts:?}");
    assert!(
        matches!(
            parts[1].outcome,
            Err(GenerateError::Submit(ProviderError::Indeterminate(_)))
        ),
        "{parts:?}"
    );
    assert!(matches!(parts[2].outcome, Err(GenerateError::HeldBack)));
    let sent: Vec<_> = asked(&fake).into_iter().map(|(key, _)| key).collect();
    assert_eq!(sent, ["job:1.1", "job:1.2"]);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_fails_while_it_is_watched_costs_no_other_its_picture() {
    let started = || Ok(Submission::Started(handle()));
    let fake = answering([started(), Ok(picture()), started()])
        .with_statuses([Ok(TaskStatus::Cancelled), Err(gone())]);

    let parts = split(&fake, &in_memory()).await;

    assert!(matches!(
        parts[0].outcome,
        Err(GenerateError::Cancelled { .. })
    ));
    assert!(parts[1].outcome.is_ok(), "{parts:?}");
    assert!(matches!(parts[2].outcome, Err(GenerateError::Watch { .. })));
    assert_eq!(asked(&fake).len(), 3);
}

#[tokio::test]
async fn stopping_between_two_parts_sends_no_more_and_keeps_what_was_paid_for() {
    let options = in_memory();
    let stop = options.stop.clone();
    let fake = Fake {
        submit: Box::new(move || {
            stop.cancel();
            Ok(picture())
        }),
        ..stingy()
    };

    let parts = split(&fake, &options).await;

    assert_eq!(asked(&fake).len(), 1);
    let paid = |part: &Part| {
        part.outcome
            .as_ref()
            .err()
            .and_then(|error| error.paid())
            .is_some()
    };
    assert_eq!(
        parts.iter().map(paid).collect::<Vec<_>>(),
        [true, false, false]
    );
}

#[tokio::test]
async fn a_key_without_room_for_a_number_is_refused_before_anything_is_sent() {
    let fake = answering([]);
    let key = SubmissionKey::parse("k".repeat(SubmissionKey::MAX_LEN)).expect("a key");

    let refused = fake.generate_split(&three(), &key, &in_memory()).await;

    assert!(matches!(refused, Err(GenerateError::Key(_))), "{refused:?}");
    assert_eq!(asked(&fake), []);
}

#[tokio::test]
async fn every_part_has_a_file_of_its_own_and_is_told_by_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let mut options =
        options(Destination::Directory(folder.path().to_owned())).observed_by(move |progress| {
            let Progress::Part { part, of: 3, step } = progress else {
                panic!("not of a part: {progress:?}");
            };
            if matches!(step, Progress::Fetching { .. }) {
                notes.lock().expect("no panic holds it").push(part);
            }
        });
    options.stem = Some("boat".to_owned());

    let parts = split(&answering([]), &options).await;

    assert!(parts.iter().all(|part| part.outcome.is_ok()), "{parts:?}");
    let mut told = told.lock().expect("no panic holds it").clone();
    told.sort_unstable();
    assert_eq!(told, [1, 2, 3]);
    for name in ["boat-1-1.png", "boat-2-1.png", "boat-3-1.png"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}
