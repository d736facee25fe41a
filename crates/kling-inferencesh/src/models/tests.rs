//! The catalogue, asked the questions that people ask of it.

use bytes::Bytes;
use kling_core::{
    Asset, AssetInfo, Estimate, GenerationRequest, ImageCount, Problem, Prompt, Violations,
};
use url::Url;

use super::*;

fn entry(operation: Operation) -> ModelInfo {
    catalogue(&Config::default())
        .into_iter()
        .find(|entry| entry.operation() == operation)
        .expect("an entry")
}

fn request(operation: Operation) -> GenerationRequest {
    let prompt = Prompt::new("a paper boat").expect("words");
    GenerationRequest::new(entry(operation).id, operation, prompt)
}

fn file(media_type: MediaType) -> Asset {
    let info = AssetInfo {
        media_type,
        size_bytes: 4,
        dimensions: None,
        duration: None,
        frame_rate: None,
    };
    Asset::from_bytes(info, Bytes::from_static(b"abcd"))
}

fn check(request: &GenerationRequest) -> Result<(), Violations> {
    entry(request.operation).capability.check(request)
}

#[track_caller]
fn refused(request: &GenerationRequest) -> String {
    check(request).expect_err("a violation").to_string()
}

#[test]
fn of_several_images_only_the_first_would_come_back_and_that_is_said() {
    let mut three = request(Operation::TextToImage);
    three.count = ImageCount::new(3).expect("a count");

    let Violations(found) = check(&three).expect_err("a violation");

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].problem, Problem::OnlyFirstReturned { asked: 3 });
    let estimate = entry(Operation::TextToImage).estimate(&three);
    assert_eq!(estimate, Estimate::Exact(Money::from_microdollars(84_000)));
}

#[test]
fn a_negative_prompt_would_be_dropped_and_that_is_said() {
    let mut negative = request(Operation::TextToImage);
    negative.negative_prompt = Prompt::new("rain").ok();

    let Violations(found) = check(&negative).expect_err("a violation");

    assert_eq!(found[0].problem, Problem::Dropped);
}

#[test]
fn one_picture_goes_into_an_image_and_seven_or_four_into_a_video() {
    let mut edit = request(Operation::VideoEdit);
    edit.video = Some(file(MediaType::Mp4));
    for (mut request, most) in [
        (request(Operation::ImageToImage), 1),
        (request(Operation::ReferenceToVideo), 7),
        (edit, 4),
    ] {
        request.images = vec![file(MediaType::Png); most];
        assert!(check(&request).is_ok(), "{}", request.operation);

        request.images.push(file(MediaType::Png));
        let told = refused(&request);
        assert!(told.contains(&format!("more than {most}")), "{told}");
    }
}

#[test]
fn a_first_frame_counts_among_the_seven() {
    let mut request = request(Operation::ReferenceToVideo);
    request.images = vec![file(MediaType::Png); 7];
    request.first_frame = Some(file(MediaType::Png));

    assert!(refused(&request).contains("8 are more than 7"));
    request.images.pop();
    assert!(check(&request).is_ok());
    request.last_frame = Some(file(MediaType::Png));
    assert!(refused(&request).contains("last_frame"));
}

#[test]
fn frames_make_five_or_ten_seconds_and_references_three_to_ten() {
    let seconds = |n| Seconds::new(n).ok();
    let mut frames = request(Operation::ImageToVideo);
    frames.last_frame = Some(file(MediaType::Png));
    assert!(refused(&frames).contains("first_frame"));
    frames.first_frame = Some(file(MediaType::Png));
    frames.duration = seconds(10);
    assert!(check(&frames).is_ok());
    frames.duration = seconds(7);
    assert!(refused(&frames).contains("7 is not one of 5, 10"));

    let mut references = request(Operation::ReferenceToVideo);
    references.images.push(file(MediaType::Webp));
    references.duration = seconds(7);
    assert!(check(&references).is_ok());
    references.duration = seconds(2);
    assert!(refused(&references).contains("use 3"));
}

#[test]
fn an_edit_takes_length_and_shape_from_its_clip() {
    let mut edit = request(Operation::VideoEdit);
    edit.video = Some(file(MediaType::Mov));
    edit.duration = Seconds::new(5).ok();
    edit.aspect_ratio = Some(AspectRatio::of(16, 9));
    edit.keep_audio = Some(true);

    let Violations(found) = check(&edit).expect_err("violations");

    let problems: Vec<_> = found.iter().map(|found| &found.problem).collect();
    assert_eq!(
        problems,
        [&Problem::NotTaken, &Problem::NotTaken, &Problem::NotTaken]
    );
}

#[test]
fn a_video_is_estimated_and_never_exactly() {
    let mut request = request(Operation::TextToVideo);
    let estimate = |request: &GenerationRequest| entry(request.operation).estimate(request);

    let five = estimate(&request);
    request.duration = Seconds::new(10).ok();
    let ten = estimate(&request);

    assert_eq!(
        five,
        Estimate::Approximate(Money::from_microdollars(560_000))
    );
    assert_eq!(
        ten,
        Estimate::Approximate(Money::from_microdollars(1_120_000))
    );
}

#[test]
fn an_edit_is_estimated_by_its_clip_and_at_most_by_the_longest() {
    let mut edit = request(Operation::VideoEdit);
    let mut estimate = |millis: Option<u64>| {
        let info = AssetInfo {
            duration: millis.map(Duration::from_millis),
            ..file(MediaType::Mp4).info().clone()
        };
        edit.video = Some(Asset::pending(info));
        entry(Operation::VideoEdit).estimate(&edit)
    };

    let seconds = |n| Estimate::Approximate(SECOND_PRICE.times(n));
    assert_eq!(estimate(Some(4_000)), seconds(4));
    assert_eq!(estimate(Some(4_001)), seconds(5));
    assert_eq!(estimate(None), seconds(11));
}

#[test]
fn a_clip_outside_its_limits_is_told_what_would_do() {
    let mut edit = request(Operation::VideoEdit);
    for (millis, expected) in [
        (
            2_999,
            "file 1 plays 2.999 s, outside 3 to 10.05 s (use one of at least 3 s)",
        ),
        (
            10_051,
            "file 1 plays 10.051 s, outside 3 to 10.05 s (trim it)",
        ),
    ] {
        let info = AssetInfo {
            duration: Some(Duration::from_millis(millis)),
            ..file(MediaType::Mp4).info().clone()
        };
        edit.video = Some(Asset::pending(info));
        assert!(refused(&edit).contains(expected), "{}", refused(&edit));
    }
    let info = AssetInfo {
        frame_rate: Some(FrameRate::per_second(100)),
        ..file(MediaType::Mp4).info().clone()
    };
    edit.video = Some(Asset::pending(info));
    let told =
        "file 1 shows 100 frames a second, outside 24 to 60 (convert it to 60 frames a second)";
    assert!(refused(&edit).contains(told), "{}", refused(&edit));
    edit.video = Some(file(MediaType::Webm));
    assert!(refused(&edit).contains("file 1 is WebM (use MP4, MOV)"));
}

#[test]
fn a_lost_answer_can_be_looked_up_only_where_there_is_a_webhook() {
    let finds = |webhook_base_url| {
        let config = Config {
            webhook_base_url,
            ..Config::default()
        };
        let entries = catalogue(&config);
        assert!(entries.iter().all(|entry| entry.capability.recovery.cancel));
        entries.iter().all(|entry| entry.capability.recovery.find)
    };

    assert!(!finds(None));
    assert!(finds(Url::parse("https://bot.example.com/hook").ok()));
}

#[test]
fn the_length_of_a_prompt_is_a_setting() {
    let config = Config {
        prompt_chars: 100,
        ..Config::default()
    };

    assert!(
        catalogue(&config)
            .iter()
            .all(|entry| entry.capability.prompt_chars == 100)
    );
}

#[test]
fn the_operators_figures_are_the_prices_and_no_statement_of_the_vendors() {
    let figure = |cents: i64| Money::from_microdollars(cents * 10_000);
    let config = Config {
        image_usd: figure(4),
        video_second_usd: figure(20),
        video_second_720p_usd: figure(30),
        ..Config::default()
    };

    for entry in catalogue(&config) {
        let price = entry.price.expect("a price");
        let (amount, except) = if entry.id == IMAGE_O1 {
            (figure(4), None)
        } else {
            (figure(20), Some((Resolution::P720, figure(30))))
        };
        assert_eq!((price.amount, price.except), (amount, except));
        assert!(!price.stated);
    }
}
