//! Who is chosen, and what is said when nobody is.

use kling_core::{Asset, AssetInfo, ImageCount, MediaType, Money, Resolution};

use super::*;
use crate::fake::{Fake, entry, request};

fn catalogue() -> Catalogue {
    let mut fine = entry(Operation::TextToImage, Some(50_000));
    fine.capability.resolutions.values = vec![Resolution::K2];
    Catalogue::new([
        Fake::named(
            "dear",
            vec![fine, entry(Operation::ImageToImage, Some(50_000))],
        )
        .shared(),
        Fake::named("cheap", vec![entry(Operation::TextToImage, Some(20_000))]).shared(),
        Fake::named("silent", vec![entry(Operation::TextToImage, None)]).shared(),
    ])
}

fn id(name: &'static str) -> ProviderId {
    ProviderId::literal(name)
}

fn picture() -> Asset {
    Asset::pending(AssetInfo {
        media_type: MediaType::Png,
        size_bytes: 10,
        dimensions: None,
        duration: None,
        frame_rate: None,
    })
}

#[track_caller]
fn check(
    change: impl FnOnce(&mut GenerationRequest),
    preferred: Option<&'static str>,
    expected: &str,
) {
    let mut request = request(Operation::TextToImage);
    request.model = Catalogue::UNCHOSEN;
    change(&mut request);

    let choice = catalogue()
        .choose(&request, preferred.map(id).as_ref())
        .expect("somebody");

    assert_eq!(choice.entry.provider.id().as_str(), expected);
    assert_eq!(choice.request.model, choice.entry.info.id);
}

#[test]
fn of_those_that_can_the_cheapest_is_chosen_and_the_unpriced_last() {
    check(|_| {}, None, "cheap");
    check(|_| {}, Some("silent"), "silent");
    check(|_| {}, Some("dear"), "dear");
}

#[test]
fn what_a_model_cannot_do_decides_before_its_price() {
    check(
        |request| request.resolution = Some(Resolution::K2),
        None,
        "dear",
    );
    check(
        |request| {
            request.operation = Operation::ImageToImage;
            request.images.push(picture());
        },
        None,
        "dear",
    );
}

#[test]
fn a_choice_says_what_it_will_cost() {
    let mut request = request(Operation::TextToImage);
    request.count = ImageCount::new(3).expect("a count");

    let choice = catalogue().choose(&request, None).expect("somebody");

    assert_eq!(
        choice.estimate,
        Estimate::Exact(Money::from_microdollars(60_000))
    );
}

#[test]
fn a_preferred_provider_that_does_not_fit_says_what_is_wrong_and_who_would_do() {
    let mut request = request(Operation::TextToImage);
    request.resolution = Some(Resolution::K2);

    let error = catalogue()
        .choose(&request, Some(&id("cheap")))
        .expect_err("no 2K");

    let NoChoice::Unfit {
        provider,
        elsewhere,
        violations,
        ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((provider, elsewhere), (id("cheap"), vec![id("dear")]));
    assert_eq!(violations.0.len(), 1);
}

#[test]
fn the_nearest_to_fitting_is_the_one_reported() {
    let mut request = request(Operation::TextToImage);
    request.resolution = Some(Resolution::K2);
    request.count = ImageCount::new(5).expect("a count");

    let error = catalogue()
        .choose(&request, None)
        .expect_err("five are too many");

    assert!(matches!(error, NoChoice::Unfit { provider, .. } if provider == id("dear")));
}

#[test]
fn an_operation_nobody_does_is_told_what_somebody_does() {
    let error = catalogue()
        .choose(&request(Operation::VideoEdit), None)
        .expect_err("nobody");

    assert_eq!(
        error,
        NoChoice::NoSuchOperation {
            operation: Operation::VideoEdit,
            available: vec![Operation::TextToImage, Operation::ImageToImage],
            elsewhere: vec![],
        }
    );
}

#[test]
fn an_unknown_provider_is_told_who_is_here() {
    let error = catalogue()
        .choose(&request(Operation::TextToImage), Some(&id("acme")))
        .expect_err("nobody of that name");

    assert_eq!(
        error,
        NoChoice::NoSuchProvider {
            given: id("acme"),
            available: vec![id("dear"), id("cheap"), id("silent")],
        }
    );
}

#[test]
fn the_operation_of_an_image_follows_from_the_pictures_and_from_who_can() {
    let all = catalogue();
    let strict =
        Catalogue::new([
            Fake::named("strict", vec![entry(Operation::ImageToImage, None)]).shared(),
        ]);

    assert_eq!(all.image_operation(true, None), Operation::ImageToImage);
    assert_eq!(all.image_operation(false, None), Operation::TextToImage);
    assert_eq!(
        all.image_operation(true, Some(&id("cheap"))),
        Operation::TextToImage
    );
    assert_eq!(strict.image_operation(false, None), Operation::ImageToImage);
}

#[test]
fn a_menu_offers_what_anybody_takes() {
    let both = [Operation::TextToImage, Operation::ImageToImage];

    let menu = catalogue().menu(&both).expect("somebody");

    assert_eq!(menu.providers, [id("dear"), id("cheap"), id("silent")]);
    assert_eq!((menu.images.min, menu.images.max), (0, 2));
    assert_eq!(menu.resolutions, [Resolution::K2]);
    assert_eq!(menu.max_count, 4);
    assert_eq!(menu.first_frame, kling_core::Need::No);
    assert_eq!(menu.image_bytes, None);
    assert_eq!(catalogue().menu(&[Operation::VideoEdit]), None);
}

#[test]
fn a_second_account_of_a_provider_adds_nothing() {
    let accounts = [
        Fake::named("one", vec![entry(Operation::TextToImage, None)]).shared(),
        Fake::named("one", vec![entry(Operation::TextToImage, None)]).shared(),
    ];

    let catalogue = Catalogue::new(accounts);

    assert_eq!(
        (catalogue.providers().len(), catalogue.entries().len()),
        (1, 1)
    );
    assert_eq!(catalogue.operations(), [Operation::TextToImage]);
}
