//! The comparison on a made-up model: an honest validator agrees, and each way to differ is told.

use std::time::Duration;

use kling_core::{
    Capability, Choices, Field, ImageCount, ModelId, Operation, Pace, Problem, Resolution,
};

use super::*;

fn model() -> ModelInfo {
    ModelInfo {
        id: ModelId::literal("m"),
        name: "M".to_owned(),
        capability: Capability {
            resolutions: Choices::new([Resolution::K1, Resolution::K2], None),
            ..Capability::new(Operation::TextToImage)
        },
        price: None,
        pace: Pace {
            typical: Duration::from_secs(1),
            poll_every: Duration::from_secs(1),
            give_up_after: Duration::from_secs(9),
        },
    }
}

/// A vendor with exactly the model's rules.
fn honest(request: &GenerationRequest) -> Opinion {
    match model().capability.check(request) {
        Ok(()) => Opinion::Takes,
        Err(violations) => Opinion::Refuses(violations.to_string()),
    }
}

/// One that takes any number of pictures.
fn generous(request: &GenerationRequest) -> Opinion {
    let mut request = request.clone();
    request.count = ImageCount::ONE;
    honest(&request)
}

const COUNT: Difference = Difference {
    name: "any number of pictures",
    reason: "a test",
    covers: |_, violation| {
        violation.field == Field::Count && matches!(violation.problem, Problem::TooMany { .. })
    },
};

#[test]
fn a_vendor_with_the_same_rules_agrees() {
    let agreement = Agreement::but_for(&[]);

    assert_eq!(
        agreement.compare(&model(), &Pool::default(), honest),
        Ok(())
    );
    assert_eq!(agreement.end(), Ok(()));
}

#[test]
fn whatever_fits_and_is_refused_is_told() {
    let told = Agreement::but_for(&[]).compare(&model(), &Pool::default(), |request| {
        if request.resolution == Some(Resolution::K2) {
            return Opinion::Refuses("no K2".to_owned());
        }
        honest(request)
    });

    let told = told.unwrap_err();
    assert!(told.contains("the vendor refuses it: no K2"), "{told}");
}

#[test]
fn whatever_does_not_fit_and_is_taken_is_told_unless_it_is_meant() {
    let told = Agreement::but_for(&[]).compare(&model(), &Pool::default(), generous);
    assert!(told.unwrap_err().contains("the vendor takes it: count"));

    let meant = Agreement::but_for(&[COUNT]);
    assert_eq!(meant.compare(&model(), &Pool::default(), generous), Ok(()));
    assert_eq!(meant.end(), Ok(()));
}

#[test]
fn a_difference_that_is_none_any_more_is_told() {
    let agreement = Agreement::but_for(&[COUNT]);
    agreement
        .compare(&model(), &Pool::default(), honest)
        .unwrap();

    let told = agreement.end().unwrap_err();

    assert_eq!(told, "no longer differences: any number of pictures");
}

#[test]
fn a_seed_brings_the_same_requests_again_and_another_seed_others() {
    let drawn = |rng: TestRng| {
        let mut requests = Vec::new();
        let vendor = |request: &GenerationRequest| {
            requests.push(format!("{request:?}"));
            honest(request)
        };
        let explored =
            Agreement::but_for(&[]).explore(&model(), &Pool::default(), (64, rng), vendor);
        assert_eq!(explored, Ok(()));
        requests
    };

    assert_eq!(drawn(seeded(7)), drawn(seeded(7)));
    assert_ne!(drawn(seeded(7)), drawn(seeded(8)));
}
