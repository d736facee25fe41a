//! A provider that says no, says nothing, or says nonsense: each fault with the sentence in the channel, the
//! operator's line, the stage and the money.

use kling_emulator::script::{Effect, Fault};
use kling_engine::Stage;
use kling_tests::{Ending, House, Law, Port};

const SUBMISSION: &str = "POST /v1/images/generations";
const ONE_PICTURE: i64 = 29_400_000;

/// How a fault must end.
struct Expected {
    ending: Ending,
    stage: Stage,
    /// What the sentence in the channel says.
    sentence: &'static str,
    /// What the operator's line says.
    log: &'static str,
    /// Submissions that the provider charged.
    paid: usize,
}

impl Expected {
    /// It failed, nothing was charged.
    const fn failed(sentence: &'static str, log: &'static str) -> Self {
        Self {
            ending: Ending::Sentence,
            stage: Stage::Failed,
            sentence,
            log,
            paid: 0,
        }
    }

    /// It failed, and was charged all the same.
    const fn failed_and_charged(sentence: &'static str, log: &'static str) -> Self {
        Self {
            paid: 1,
            ..Self::failed(sentence, log)
        }
    }

    /// Nobody knows, and what it may have cost is said.
    const fn unconfirmed(log: &'static str, paid: usize) -> Self {
        let sentence = "its answer was lost. It may have been done, and charged (about $0.0294)";
        Self {
            ending: Ending::Unconfirmed,
            stage: Stage::Unconfirmed,
            sentence,
            log,
            paid,
        }
    }
}

fn answer(status: u16, body: &str) -> Effect {
    Effect::Status {
        status,
        headers: [].into(),
        body: body.to_owned(),
        content_type: String::new(),
    }
}

/// Sends the command with a fault in the way of every matching request, and looks at how it ended.
async fn check(place: &str, route: &str, effect: Effect, expected: Expected) -> House {
    let mut house = House::with(|_, settings| {
        settings.set("KLING__PROVIDERS__AIMLAPI__REQUEST_TIMEOUT", "3s");
    })
    .await;
    house.always(place, route, effect);
    let (law, said) = run(&mut house).await;
    verify(&house, &law, &said, &expected);
    house
}

async fn run(house: &mut House) -> (Law, String) {
    house.imagine();
    let end = house.end().await;
    house.until_settled().await;
    house.stop_bot().await;
    (Law::read(house).await, end.content)
}

#[track_caller]
fn verify(house: &House, law: &Law, said: &str, expected: &Expected) {
    let log = house.log();
    assert_eq!(law.breaches(), Vec::<String>::new(), "{law:#?}\n{log}");
    assert_eq!(law.ending(), expected.ending, "{said}\n{log}");
    assert_eq!(law.stage, Some(expected.stage), "{said}\n{log}");
    assert!(
        said.contains(expected.sentence),
        "`{}` is not in: {said}",
        expected.sentence
    );
    assert_eq!(law.paid, expected.paid);
    assert_eq!(
        law.charged,
        i64::try_from(expected.paid).unwrap() * ONE_PICTURE
    );
    let line = house.the_line();
    assert!(
        line.contains(expected.log),
        "`{}` is not in: {line}",
        expected.log
    );
    assert!(!log.contains("paper boat"), "no prompt is logged:\n{log}");
}

#[tokio::test]
async fn a_request_that_is_declined_fails() {
    let body = r#"{"message":"Body validation error!","statusCode":400}"#;
    let expected = Expected::failed(
        "The provider did not take the request",
        "provider-declined code=",
    );
    check("aimlapi", SUBMISSION, answer(400, body), expected).await;
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_the_operators_matter() {
    let expected = Expected::failed(
        "The provider does not accept the key of this bot",
        "did not accept the API key",
    );
    check("aimlapi", SUBMISSION, answer(401, "{}"), expected).await;
}

#[tokio::test]
async fn an_account_without_funds_is_said_to_be_one() {
    let mut house = House::with(|emulator, _| {
        emulator.world().ledger.set_every_balance("aimlapi", 1_000);
    })
    .await;

    let (law, said) = run(&mut house).await;

    let expected = Expected::failed("out of funds", "out of funds");
    verify(&house, &law, &said, &expected);
}

#[tokio::test]
async fn an_internal_error_leaves_it_unconfirmed() {
    check(
        "aimlapi",
        SUBMISSION,
        answer(500, "{}"),
        Expected::unconfirmed("gave no clear answer", 0),
    )
    .await;
}

#[tokio::test]
async fn a_web_page_in_place_of_an_answer_leaves_it_unconfirmed() {
    let page = "<html><body>Bad Gateway</body></html>";
    check(
        "aimlapi",
        SUBMISSION,
        answer(502, page),
        Expected::unconfirmed("gave no clear answer", 0),
    )
    .await;
}

#[tokio::test]
async fn a_gateway_that_gives_up_leaves_it_unconfirmed() {
    let expected = Expected::unconfirmed("gave no clear answer", 0);
    check(
        "aimlapi",
        SUBMISSION,
        answer(504, "Generation timeout"),
        expected,
    )
    .await;
}

#[tokio::test]
async fn work_that_was_charged_and_answered_502_is_unconfirmed_and_not_sent_again() {
    let effect = Effect::BilledThen {
        status: 502,
        body: String::new(),
    };
    check(
        "aimlapi",
        SUBMISSION,
        effect,
        Expected::unconfirmed("gave no clear answer", 1),
    )
    .await;
}

#[tokio::test]
async fn a_provider_that_never_answers_leaves_it_unconfirmed() {
    check(
        "aimlapi",
        SUBMISSION,
        Effect::Hang,
        Expected::unconfirmed("gave no clear answer", 0),
    )
    .await;
}

#[tokio::test]
async fn garbage_leaves_it_unconfirmed() {
    check(
        "aimlapi",
        SUBMISSION,
        Effect::Garbage,
        Expected::unconfirmed("unexpected answer", 1),
    )
    .await;
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_work_was_accepted_leaves_it_unconfirmed() {
    check(
        "aimlapi",
        SUBMISSION,
        Effect::ResetAfter,
        Expected::unconfirmed("gave no clear answer", 1),
    )
    .await;
}

#[tokio::test]
async fn a_result_without_a_list_fails() {
    let expected = Expected::failed("sent no result", "provider-no-result");
    check("aimlapi", SUBMISSION, Effect::NullData, expected).await;
}

#[tokio::test]
async fn an_empty_list_fails() {
    let expected = Expected::failed("sent no result", "provider-no-result");
    check("aimlapi", SUBMISSION, Effect::EmptyData, expected).await;
}

#[tokio::test]
async fn an_empty_answer_to_work_that_was_charged_is_listed_as_perhaps_charged() {
    let effect = Effect::BilledThen {
        status: 200,
        body: r#"{"data":null}"#.to_owned(),
    };
    let expected = Expected::failed_and_charged("sent no result", "provider-no-result");
    check("aimlapi", SUBMISSION, effect, expected).await;
}

#[tokio::test]
async fn a_dead_result_link_fails_and_the_charge_is_recorded() {
    let expected =
        Expected::failed_and_charged("could not be fetched before it was gone", "result-gone");
    check("media", "", Effect::DeadLink, expected).await;
}

#[tokio::test]
async fn a_picture_that_is_not_a_picture_fails_and_the_charge_is_recorded() {
    let expected = Expected::failed_and_charged(
        "something that is not a picture or video",
        "result-not-media",
    );
    check("media", "", Effect::NotAPicture, expected).await;
}

#[tokio::test]
async fn a_result_link_to_a_private_address_is_not_followed() {
    let inwards = Effect::Redirect {
        location: "http://10.0.0.7/secret.png".to_owned(),
    };
    let expected =
        Expected::failed_and_charged("could not be fetched before it was gone", "result-gone");
    let house = check("media", "", inwards, expected).await;
    assert!(
        house.the_line().contains("the address is not allowed"),
        "the guard said no:\n{}",
        house.log()
    );
    assert!(
        !house.log().contains("secret.png"),
        "and the address is not logged"
    );
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_asked_again_and_charged_once() {
    let mut house = House::start().await;
    let later = Effect::Status {
        status: 429,
        headers: [("retry-after".to_owned(), "1".to_owned())].into(),
        body: r#"{"message":"Too Many Requests"}"#.to_owned(),
        content_type: String::new(),
    };
    let twice = Fault {
        times: 2,
        ..Fault::once("aimlapi", SUBMISSION, later)
    };
    house.emulator().world().script.push(twice);

    let (law, _) = run(&mut house).await;

    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Result, 1));
    assert_eq!(house.jobs().await[0].attempt, 3);
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_longer_than_a_job_may_fails_and_nothing_is_charged() {
    let busy = Effect::Status {
        status: 429,
        headers: [("retry-after".to_owned(), "7200".to_owned())].into(),
        body: r#"{"message":"Too Many Requests"}"#.to_owned(),
        content_type: String::new(),
    };
    let expected = Expected::failed("was too busy, for a long time", "provider-unavailable");
    check("aimlapi", SUBMISSION, busy, expected).await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_tried_again_until_it_can() {
    let nobody = Port::new();
    let mut house = House::with(|_, settings| {
        settings.set(
            "KLING__PROVIDERS__AIMLAPI__BASE_URL",
            format!("http://{}", nobody.address()),
        );
    })
    .await;
    let right = house.emulator().base("aimlapi");
    house.imagine();
    house.until_logged("could not be reached").await;

    house.stop_bot().await;
    house
        .settings()
        .set("KLING__PROVIDERS__AIMLAPI__BASE_URL", right);
    house.start_bot().await;
    house.end().await;
    house.until_settled().await;
    house.stop_bot().await;

    let law = Law::read(&house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!((law.ending(), law.paid), (Ending::Result, 1));
}
