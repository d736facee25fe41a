//! The ladder: when one rung breaks, the next one holds.

use std::time::Duration;

use kling_emulator::discord::{ChannelEvent, Snowflake};
use kling_engine::Stage;
use kling_tests::{Ending, House, Law, PATIENCE, is_an_end};

/// A house in which the provider takes its time, a command on its way there, and its status message.
async fn under_way() -> (House, Snowflake, ChannelEvent) {
    let house = House::with(|emulator, _| {
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 4_000);
    })
    .await;
    let command = house.imagine();
    let shows_status = |event: &ChannelEvent| {
        event.interaction_id == Some(command) && !event.loading && event.message_id.is_some()
    };
    let status = house
        .discord()
        .wait_for_event(shows_status, PATIENCE)
        .await
        .unwrap();
    assert!(!is_an_end(&status), "it is still going: {}", status.content);
    (house, command, status)
}

async fn settle(mut house: House) -> (House, Law) {
    house.until_settled().await;
    house.stop_bot().await;
    let law = Law::read(&house).await;
    // However far down the ladder it went.
    house.the_line();
    (house, law)
}

#[tokio::test]
async fn a_status_message_that_was_deleted_is_followed_by_the_result_in_the_channel() {
    let (house, _, status) = under_way().await;

    assert!(house.discord().delete_message(status.message_id.unwrap()));
    let end = house.end().await;

    assert_eq!(end.attachments.len(), 1);
    let (_, law) = settle(house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!(law.ending(), Ending::Result);
}

#[tokio::test]
async fn a_token_that_has_died_does_not_lose_the_result() {
    let (house, command, status) = under_way().await;

    assert!(house.discord().expire_token(command));
    let end = house.end().await;

    assert_eq!(
        end.message_id, status.message_id,
        "the same message, edited through the channel"
    );
    let (_, law) = settle(house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!(law.ending(), Ending::Result);
}

#[tokio::test]
async fn a_channel_that_closed_is_followed_by_a_direct_message() {
    let (house, command, _) = under_way().await;

    assert!(house.discord().expire_token(command));
    assert!(house.discord().set_bot_permissions("pictures", 0));
    let end = house.end().await;

    let direct = house.discord().direct_channel("ada").unwrap();
    assert_eq!(end.channel_id, direct);
    let (_, law) = settle(house).await;
    assert_eq!(law.results, 1);
    assert_eq!(law.charged, law.recorded);
}

#[tokio::test]
async fn a_result_that_nobody_can_be_given_stays_on_record() {
    let (mut house, command, _) = under_way().await;

    assert!(house.discord().expire_token(command));
    assert!(house.discord().set_bot_permissions("pictures", 0));
    assert!(house.discord().set_takes_messages("ada", false));
    house.until_settled().await;
    house.stop_bot().await;

    let law = Law::read(&house).await;
    assert_eq!(law.breaches_unseen(), Vec::<String>::new());
    assert_eq!(law.stage, Some(Stage::Failed));
    let line = house.the_line();
    assert!(
        line.contains(" ERROR "),
        "something paid for reached nobody: {line}"
    );
    assert!(line.contains("undeliverable"), "{line}");
}

#[tokio::test]
async fn a_result_that_takes_longer_than_the_token_lives_is_edited_into_the_message() {
    let (house, _, status) = under_way().await;

    house
        .emulator()
        .world()
        .clock
        .advance(Duration::from_mins(16));
    let end = house.end().await;

    assert_eq!(end.message_id, status.message_id);
    let (_, law) = settle(house).await;
    assert_eq!(law.results, 1);
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_gets_the_result_once() {
    use kling_emulator::script::{Effect, Fault};
    let (house, _, _) = under_way().await;
    let later = Effect::Status {
        status: 429,
        headers: [("retry-after".to_owned(), "1".to_owned())].into(),
        body: r#"{"message":"You are being rate limited.","retry_after":1.0,"global":false}"#
            .to_owned(),
        content_type: "application/json".to_owned(),
    };
    let fault = Fault {
        times: 2,
        ..Fault::once("discord", "PATCH", later)
    };
    house.emulator().world().script.push(fault);

    house.end().await;

    let (_, law) = settle(house).await;
    assert_eq!(law.breaches(), Vec::<String>::new());
    assert_eq!(law.results, 1);
}
