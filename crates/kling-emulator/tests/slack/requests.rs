//! HTTP mode: signed requests, their answers, retries and forgeries.

use kling_emulator::slack::{
    Change, Command, Door, Forgery, SIGNING_SECRET, Say, Submit, ViewChange, signature,
};
use serde_json::json;

use crate::bot::{Bot, LONG, input, modal};
use crate::receiver::{Next, Receiver};

async fn start() -> (Bot, Receiver) {
    let (bot, receiver) = (Bot::start().await, Receiver::start().await);
    bot.slack().use_request_url(&receiver.url);
    (bot, receiver)
}

#[tokio::test]
async fn a_command_is_a_signed_form() {
    let (bot, mut receiver) = start().await;
    receiver.then(Next::Say(200, "text/plain", "started".to_owned()));

    let id = bot.slack().command(&Command::new("image a cat")).unwrap();
    let request = receiver.take().await;
    let seen = bot.seen(|event| event.delivery == Some(id)).await;

    let timestamp: u64 = request.header("x-slack-request-timestamp").parse().unwrap();
    let now = bot.emulator.world().clock.now_ms() / 1000;
    assert!(timestamp.abs_diff(now) < 60);
    let expected = signature(SIGNING_SECRET, timestamp, &request.body);
    assert_eq!(request.header("x-slack-signature"), expected);
    assert_eq!(
        request.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        (request.field("command"), request.field("text")),
        ("/kling".to_owned(), "image a cat".to_owned())
    );
    assert_eq!(
        (seen.event, seen.text.as_str()),
        (Change::Ephemeral, "started")
    );
}

#[tokio::test]
async fn a_slow_or_broken_answer_is_seen_as_a_failure() {
    let (bot, mut receiver) = start().await;
    receiver.then(Next::Hang);
    receiver.then(Next::Say(500, "text/plain", String::new()));
    let failure = async |text: &str| {
        let id = bot.slack().command(&Command::new(text)).unwrap();
        (id, bot.slack().clone())
    };

    let (slow, slack) = failure("slow").await;
    receiver.take().await;
    bot.push_clock(3);
    let slow = slack.wait_for_answer(slow, LONG).await.unwrap();
    let (broken, slack) = failure("broken").await;
    let broken = slack.wait_for_answer(broken, LONG).await.unwrap();
    bot.slack().use_request_url("http://127.0.0.1:9/");
    let (gone, slack) = failure("gone").await;
    let gone = slack.wait_for_answer(gone, LONG).await.unwrap();

    assert_eq!(slow.failed.as_deref(), Some("operation_timeout"));
    assert_eq!(broken.failed.as_deref(), Some("dispatch_failed"));
    assert_eq!(gone.failed.as_deref(), Some("dispatch_failed"));
}

#[tokio::test]
async fn an_event_is_retried_with_its_number_and_reason() {
    let (bot, mut receiver) = start().await;
    receiver.then(Next::Say(500, "text/plain", String::new()));
    let journal = &bot.emulator.world().journal;

    bot.slack().say(Say::new("@kling hi")).unwrap();
    let first = receiver.take().await;
    journal
        .wait_for(|entry| entry.event() == "undelivered", LONG)
        .await
        .unwrap();
    bot.push_clock(1);
    let second = receiver.take().await;

    assert_eq!(first.header("x-slack-retry-num"), "");
    assert_eq!(second.header("x-slack-retry-num"), "1");
    assert_eq!(second.header("x-slack-retry-reason"), "http_error");
    assert_eq!(second.json()["event_id"], first.json()["event_id"]);
    assert_eq!(first.json()["type"], "event_callback");
}

#[tokio::test]
async fn a_bot_can_refuse_retries() {
    let (bot, mut receiver) = start().await;
    receiver.then(Next::NoRetry);

    bot.slack().say(Say::new("@kling hi")).unwrap();
    receiver.take().await;
    let given_up = bot
        .slack()
        .wait_for_delivery(|known| known.over, LONG)
        .await
        .unwrap();

    assert_eq!((given_up.attempts, given_up.acknowledged), (1, false));
}

#[tokio::test]
async fn a_submission_is_answered_in_the_body() {
    let (bot, mut receiver) = start().await;
    bot.slack().command(&Command::new("")).unwrap();
    let trigger = receiver.take().await.field("trigger_id");
    let form = modal(&json!([input(
        "prompt",
        &json!({"type": "plain_text_input", "action_id": "text"})
    )]));
    let opened = bot
        .call("views.open", json!({"trigger_id": trigger, "view": form}))
        .await;
    let view = opened.text("/view/id");
    let errors = json!({"response_action": "errors", "errors": {"prompt": "no"}});
    receiver.then(Next::Say(200, "application/json", errors.to_string()));

    bot.slack()
        .submit(Submit::new(&view).with("text", "a"))
        .unwrap();
    let request = receiver.take().await;

    assert_eq!(request.json()["type"], "view_submission");
    bot.view(&view, ViewChange::Errors).await;
}

#[tokio::test]
async fn forged_stale_and_replayed_requests_are_sent_on_demand() {
    let (bot, mut receiver) = start().await;
    let id = bot.slack().command(&Command::new("a")).unwrap();
    let real = receiver.take().await;
    let good = |request: &crate::receiver::Received| {
        let timestamp = request
            .header("x-slack-request-timestamp")
            .parse()
            .unwrap_or(0);
        signature(SIGNING_SECRET, timestamp, &request.body) == request.header("x-slack-signature")
    };

    for (forgery, is_signed) in [
        (Forgery::WrongSecret, false),
        (Forgery::Unsigned, false),
        (Forgery::Altered, false),
        (Forgery::Stale, true),
        (Forgery::Future, true),
    ] {
        assert_eq!(bot.slack().forge(id, forgery).await.unwrap(), Some(200));
        let forged = receiver.take().await;
        assert_eq!(good(&forged), is_signed, "{forgery:?}");
    }
    bot.slack().replay(id).await.unwrap();
    let replayed = receiver.take().await;
    assert_eq!(replayed.body, real.body);
    assert_eq!(
        replayed.header("x-slack-signature"),
        real.header("x-slack-signature")
    );
    let garbage =
        bot.slack()
            .send_body(Door::Events, "{not json", "application/json", Forgery::None);
    assert_eq!(garbage.await.unwrap(), Some(200));
    assert!(good(&receiver.take().await));
}

#[tokio::test]
async fn addresses_are_verified_and_probed() {
    let (bot, mut receiver) = start().await;
    receiver.then(Next::Challenge);

    let verified = bot.slack().verify_url().await;
    let challenge = receiver.take().await;
    let refused = bot.slack().verify_url().await;
    receiver.take().await;
    let probes = [
        bot.slack().ssl_check("GET").await,
        bot.slack().ssl_check("POST").await,
    ];

    assert!(verified && !refused);
    assert_eq!(challenge.json()["type"], "url_verification");
    assert_eq!(probes, [Some(200), Some(200)]);
    receiver.take().await;
    assert_eq!(receiver.take().await.field("ssl_check"), "1");
}
