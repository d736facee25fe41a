//! Attachments that cannot be used: each gets one sentence, and nothing is spent.

use kling_emulator::discord::{FileIn, Invocation};
use kling_emulator::script::Effect;
use kling_engine::Stage;
use kling_tests::{House, big_file, imagine, not_a_picture, picture};

fn with(file: FileIn) -> Invocation {
    Invocation::new("imagine")
        .option("prompt", "a paper boat")
        .file("image1", file)
}

/// Refused at the gate: an answer that only the person sees, and no job.
#[track_caller]
fn assert_refused_at_the_gate(
    house: &House,
    end: &kling_emulator::discord::ChannelEvent,
    words: &[&str],
) {
    assert!(end.ephemeral, "only the person sees it: {}", end.content);
    for word in words {
        assert!(
            end.content.contains(word),
            "`{word}` is in: {}",
            end.content
        );
    }
    assert_eq!(house.charged(), 0);
    assert_eq!(house.shown().len(), 1, "nothing else is shown");
    let lines = house.told_about_refusals();
    assert_eq!(lines.len(), 1, "the operator reads one line: {lines:#?}");
    assert_eq!(house.told_about_jobs(), Vec::<String>::new());
}

/// Refused after the public deferral: the public reply goes, the sentence comes to the person alone.
async fn assert_refused_late(house: &mut House, words: &[&str]) {
    let end = house.end().await;
    assert!(end.ephemeral, "only the person sees it: {}", end.content);
    for word in words {
        assert!(
            end.content.contains(word),
            "`{word}` is in: {}",
            end.content
        );
    }
    house.until_settled().await;
    let shown = house.shown();
    assert_eq!(shown.len(), 1, "the public reply is gone: {shown:#?}");
    assert_eq!(house.charged(), 0);
    let job = house.the_job().await;
    assert_eq!(job.stage, Stage::Failed);
    assert!(job.cost.is_none_or(kling_core::Money::is_zero));
    house.the_line();
}

#[tokio::test]
async fn no_picture_is_refused_with_what_would_work() {
    let mut house = House::start().await;

    house.send(Invocation::new("imagine").option("prompt", "a paper boat"));
    let end = house.end().await;

    assert_refused_at_the_gate(&house, &end, &["picture"]);
    house.stop_bot().await;
    assert!(house.jobs().await.is_empty());
}

#[tokio::test]
async fn an_eleventh_picture_or_an_endless_prompt_cannot_even_be_typed() {
    let house = House::start().await;
    let eleven = (1..=11).fold(
        Invocation::new("imagine").option("prompt", "x"),
        |command, n| command.file(format!("image{n}"), picture("a.png", 400, 400)),
    );
    let endless = with(picture("a.png", 400, 400));
    let endless = Invocation {
        options: vec![("prompt".into(), "x".repeat(4001).into())],
        ..endless
    };

    assert!(house.discord().invoke(eleven).is_err());
    assert!(house.discord().invoke(endless).is_err());
}

#[tokio::test]
async fn ten_pictures_are_taken() {
    let house = House::start().await;
    let ten = (1..=10).fold(
        Invocation::new("imagine").option("prompt", "ten"),
        |command, n| command.file(format!("image{n}"), picture(&format!("{n}.png"), 320, 320)),
    );

    house.send(ten);

    assert_eq!(house.end().await.attachments.len(), 1);
}

#[tokio::test]
async fn a_picture_that_is_too_small_is_refused_with_the_size_that_would_work() {
    let house = House::start().await;

    house.send(with(picture("tiny.png", 100, 100)));

    let end = house.end().await;
    assert_refused_at_the_gate(&house, &end, &["100", "300"]);
}

#[tokio::test]
async fn a_picture_that_is_too_large_is_refused_before_it_is_fetched() {
    let house = House::start().await;
    let sixty_megabytes = Invocation {
        attachment_size_limit: Some(100_000_000),
        ..with(big_file("huge.png", 60_000_000))
    };

    house.send(sixty_megabytes);

    let end = house.end().await;
    assert_refused_at_the_gate(&house, &end, &["60 MB", "10 MB"]);
    let fetched = house.emulator().world().journal.entries(0);
    assert!(
        !fetched.iter().any(|entry| entry.place == "cdn"),
        "nothing was fetched"
    );
}

#[tokio::test]
async fn a_text_file_with_the_name_of_a_picture_is_refused_by_its_bytes() {
    let mut house = House::start().await;

    house.send(with(not_a_picture("boat.png")));

    assert_refused_late(
        &mut house,
        &["is not a picture or video, whatever its name says"],
    )
    .await;
}

#[tokio::test]
async fn a_picture_that_is_cut_off_is_refused() {
    let mut house = House::start().await;
    let whole = picture("boat.png", 640, 480);
    let half = whole.bytes.slice(..whole.bytes.len() / 2);

    house.send(with(FileIn::new("boat.png", half)));

    assert_refused_late(&mut house, &["is damaged and cannot be opened"]).await;
}

#[tokio::test]
async fn a_link_that_has_expired_is_refused() {
    let mut house = House::start().await;
    // The first look meets a fault that passes; by the second one the link is no good any more.
    let away = Effect::Status {
        status: 503,
        headers: [].into(),
        body: String::new(),
        content_type: String::new(),
    };
    house.fault("cdn", "", away);

    house.imagine();
    house.until_fetched_once().await;
    house.discord().expire_links();

    assert_refused_late(&mut house, &["Picture 1 is not there any more"]).await;
}

#[tokio::test]
async fn a_link_that_leads_to_a_private_address_is_refused() {
    let mut house = House::start().await;
    let inwards = Effect::Redirect {
        location: "http://169.254.169.254/latest/meta-data".to_owned(),
    };
    house.always("cdn", "", inwards);

    house.imagine();

    assert_refused_late(
        &mut house,
        &["an address that this bot does not fetch from"],
    )
    .await;
    assert!(
        !house.log().contains("meta-data"),
        "the address is not logged"
    );
}

#[tokio::test]
async fn words_that_would_call_everybody_call_nobody() {
    let house = House::start().await;

    house.send(imagine("@everyone <@1180000000000000011> **look** `here`"));

    let end = house.end().await;
    assert_eq!(
        end.mentions.len(),
        1,
        "only the requester: {:?}",
        end.mentions
    );
    assert_eq!(end.mentions[0].to_string(), kling_tests::ADA);
}
