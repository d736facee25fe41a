//! A provider that says no, says nothing, or says nonsense.

use kling_emulator::script::Effect;
use kling_engine::Stage;
use kling_tests::{Ending, House, Law};

const SUBMISSION: &str = "POST /v1/images/generations";

fn answer(status: u16, body: &str) -> Effect {
    Effect::Status {
        status,
        headers: [].into(),
        body: body.to_owned(),
        content_type: String::new(),
    }
}

/// Sends the command with one fault in the way, and reads how it ended.
async fn meets(place: &str, route: &str, effect: Effect) -> (House, Law, String) {
    let mut house = House::with(|_, settings| {
        settings.set("KLING__PROVIDERS__AIMLAPI__REQUEST_TIMEOUT", "3s");
    })
    .await;
    house.always(place, route, effect);
    house.imagine();
    let end = house.end().await;
    house.until_settled().await;
    house.stop_bot().await;
    let law = Law::read(&house).await;
    assert_eq!(
        law.breaches(),
        Vec::<String>::new(),
        "{law:#?}\n{}",
        house.log()
    );
    (house, law, end.content)
}

#[track_caller]
fn failed(law: &Law, house: &House, sentence: &str) {
    assert_eq!(law.ending(), Ending::Sentence, "{sentence}");
    assert_eq!(law.stage, Some(Stage::Failed));
    assert_eq!(law.paid, 0);
    let log = house.log();
    assert!(
        log.contains("WARN") || log.contains("ERROR"),
        "the operator is told:\n{log}"
    );
    assert!(
        !log.contains("paper boat"),
        "and no prompt is logged:\n{log}"
    );
}

#[track_caller]
fn unconfirmed(law: &Law, sentence: &str) {
    assert_eq!(law.ending(), Ending::Unconfirmed, "{sentence}");
    assert_eq!(law.stage, Some(Stage::Unconfirmed));
    assert!(
        sentence.contains("$0.0294"),
        "what it may have cost is said: {sentence}"
    );
}

#[tokio::test]
async fn a_request_that_is_declined_fails_with_a_sentence() {
    let body = r#"{"message":"Body validation error!","statusCode":400}"#;
    let (house, law, sentence) = meets("aimlapi", SUBMISSION, answer(400, body)).await;
    failed(&law, &house, &sentence);
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_the_operators_matter() {
    let (house, law, sentence) = meets("aimlapi", SUBMISSION, answer(401, "{}")).await;
    failed(&law, &house, &sentence);
    assert!(house.log().contains("API key"), "{}", house.log());
}

#[tokio::test]
async fn an_account_without_funds_is_said_to_be_one() {
    let mut house = House::with(|emulator, _| {
        emulator.world().ledger.set_every_balance("aimlapi", 1_000);
    })
    .await;
    house.imagine();
    let end = house.end().await;
    house.until_settled().await;
    house.stop_bot().await;
    let law = Law::read(&house).await;

    assert_eq!(law.breaches(), Vec::<String>::new());
    failed(&law, &house, &end.content);
    assert!(house.log().contains("out of funds"), "{}", house.log());
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_asked_again() {
    let mut house = House::start().await;
    let later = Effect::Status {
        status: 429,
        headers: [("retry-after".to_owned(), "1".to_owned())].into(),
        body: r#"{"message":"Too Many Requests"}"#.to_owned(),
        content_type: String::new(),
    };
    house.fault("aimlapi", SUBMISSION, later);

    house.imagine();
    house.end().await;

    house.until_settled().await;
    house.stop_bot().await;
    let law = Law::read(&house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Result, 1));
}

#[tokio::test]
async fn an_internal_error_leaves_it_unconfirmed() {
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, answer(500, "{}")).await;
    unconfirmed(&law, &sentence);
}

#[tokio::test]
async fn a_web_page_in_place_of_an_answer_leaves_it_unconfirmed() {
    let page = "<html><body>Bad Gateway</body></html>";
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, answer(502, page)).await;
    unconfirmed(&law, &sentence);
}

#[tokio::test]
async fn a_gateway_that_gives_up_leaves_it_unconfirmed() {
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, answer(504, "Generation timeout")).await;
    unconfirmed(&law, &sentence);
}

#[tokio::test]
async fn work_that_was_charged_and_answered_502_is_unconfirmed_and_not_sent_again() {
    let effect = Effect::BilledThen {
        status: 502,
        body: String::new(),
    };
    let (house, law, sentence) = meets("aimlapi", SUBMISSION, effect).await;
    unconfirmed(&law, &sentence);
    assert_eq!(law.paid, 1);
    assert_eq!(house.charged(), 29_400_000);
}

#[tokio::test]
async fn a_provider_that_never_answers_leaves_it_unconfirmed() {
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, Effect::Hang).await;
    unconfirmed(&law, &sentence);
}

#[tokio::test]
async fn garbage_leaves_it_unconfirmed() {
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, Effect::Garbage).await;
    unconfirmed(&law, &sentence);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_work_was_accepted_leaves_it_unconfirmed() {
    let (_, law, sentence) = meets("aimlapi", SUBMISSION, Effect::ResetAfter).await;
    unconfirmed(&law, &sentence);
    assert_eq!(law.paid, 1);
}

#[tokio::test]
async fn a_result_without_a_list_fails_with_a_sentence() {
    let (house, law, sentence) = meets("aimlapi", SUBMISSION, Effect::NullData).await;
    failed(&law, &house, &sentence);
}

#[tokio::test]
async fn an_empty_list_fails_with_a_sentence() {
    let (house, law, sentence) = meets("aimlapi", SUBMISSION, Effect::EmptyData).await;
    failed(&law, &house, &sentence);
}

#[tokio::test]
async fn a_dead_result_link_fails_and_the_charge_is_recorded() {
    let (_, law, sentence) = meets("media", "", Effect::DeadLink).await;
    assert_eq!(law.ending(), Ending::Sentence, "{sentence}");
    assert_eq!((law.paid, law.stage), (1, Some(Stage::Failed)));
}

#[tokio::test]
async fn a_picture_that_is_not_a_picture_fails_and_the_charge_is_recorded() {
    let (_, law, sentence) = meets("media", "", Effect::NotAPicture).await;
    assert_eq!(law.ending(), Ending::Sentence, "{sentence}");
    assert_eq!((law.paid, law.stage), (1, Some(Stage::Failed)));
}

#[tokio::test]
async fn a_result_link_to_a_private_address_is_not_followed() {
    let inwards = Effect::Redirect {
        location: "http://10.0.0.7/secret.png".to_owned(),
    };
    let (house, law, sentence) = meets("media", "", inwards).await;
    assert_eq!(law.ending(), Ending::Sentence, "{sentence}");
    assert!(!house.log().contains("secret.png"));
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_tried_again_until_it_can() {
    let mut house = House::start().await;
    house.fault("aimlapi", SUBMISSION, answer(429, "{}"));

    house.imagine();
    house.end().await;

    house.until_settled().await;
    assert_eq!(house.the_job().await.attempt, 2);
}
