//! Socket mode: greeting, acknowledging, retries, and how connections end.

use kling_emulator::slack::{APP, Change, Command, Say, SocketAct};
use serde_json::json;

use crate::bot::{Bot, LONG, Line};

#[tokio::test]
async fn a_socket_is_greeted_and_its_ticket_used_up() {
    let bot = Bot::start().await;
    let ticket = bot.ticket().await;

    let mut line = Line::dial(&ticket).await.unwrap();
    let hello = line.frame().await.unwrap();

    assert_eq!(hello["connection_info"]["app_id"], APP);
    assert_eq!(hello["num_connections"], 1);
    assert!(hello["debug_info"]["approximate_connection_time"].is_u64());
    assert!(Line::dial(&ticket).await.is_none());
}

#[tokio::test]
async fn a_command_is_acknowledged_with_its_answer() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;

    let (id, envelope) = bot
        .heard(&mut line, &Command::new("image a cat & <dog>"))
        .await;
    let answer = json!({"text": "started"});
    line.acknowledge(&envelope, Some(answer)).await;
    let seen = bot.seen(|event| event.delivery == Some(id)).await;

    assert_eq!(envelope["accepts_response_payload"], true);
    assert_eq!(envelope["payload"]["text"], "image a cat &amp; &lt;dog&gt;");
    assert_eq!(envelope["payload"]["channel_name"], "pictures");
    assert_eq!(envelope["payload"]["is_enterprise_install"], "false");
    assert_eq!(
        (seen.event, seen.text.as_str()),
        (Change::Ephemeral, "started")
    );
}

#[tokio::test]
async fn a_command_that_nobody_acknowledges_fails_before_the_persons_eyes() {
    let bot = Bot::start().await;

    let alone = bot.slack().command(&Command::new("a")).unwrap();
    let dispatch = bot.seen(|event| event.delivery == Some(alone)).await;
    let mut line = bot.connect().await;
    let (id, late) = bot.heard(&mut line, &Command::new("b")).await;
    bot.push_clock(3);
    let timeout = bot.seen(|event| event.delivery == Some(id)).await;
    line.acknowledge(&late, Some(json!({"text": "too late"})))
        .await;
    let journal = &bot.emulator.world().journal;
    let noted = journal
        .wait_for(|entry| entry.event() == "late_acknowledgement", LONG)
        .await;

    assert_eq!(
        dispatch.text,
        "/kling failed with the error \"dispatch_failed\""
    );
    assert_eq!(
        timeout.text,
        "/kling failed with the error \"operation_timeout\""
    );
    assert_eq!(timeout.event, Change::Failed);
    assert!(noted.is_some());
    assert!(
        !bot.slack()
            .events(0)
            .iter()
            .any(|event| event.text == "too late")
    );
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_acknowledged() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    bot.slack().say(Say::new("@kling hi")).unwrap();

    let first = line.envelope("events_api").await;
    bot.push_clock(3);
    // Twice: until the time limit, and the pause before the first retry.
    let journal = &bot.emulator.world().journal;
    journal
        .wait_for(|entry| entry.event() == "undelivered", LONG)
        .await
        .unwrap();
    bot.push_clock(1);
    let second = line.envelope("events_api").await;
    line.acknowledge(&second, None).await;
    let event_id = first["payload"]["event_id"].clone();
    let done = bot
        .slack()
        .wait_for_delivery(|known| known.over, LONG)
        .await
        .unwrap();

    assert_eq!(
        (&first["retry_attempt"], &first["retry_reason"]),
        (&json!(0), &json!(""))
    );
    assert_eq!(
        (&second["retry_attempt"], &second["retry_reason"]),
        (&json!(1), &json!("timeout"))
    );
    assert_eq!(second["payload"]["event_id"], event_id);
    assert_ne!(second["envelope_id"], first["envelope_id"]);
    assert_eq!((done.attempts, done.acknowledged), (2, true));
}

#[tokio::test]
async fn each_envelope_goes_to_one_of_several_connections() {
    let bot = Bot::start().await;
    let (mut one, mut two) = (bot.connect().await, bot.connect().await);

    let first = bot.slack().command(&Command::new("1")).unwrap();
    let second = bot.slack().command(&Command::new("2")).unwrap();
    let heard = [
        one.envelope("slash_commands").await,
        two.envelope("slash_commands").await,
    ];
    // From whichever connection.
    two.acknowledge(&heard[0], None).await;
    one.acknowledge(&heard[1], None).await;

    let mut texts = heard.map(|envelope| envelope["payload"]["text"].as_str().unwrap().to_owned());
    texts.sort();
    assert_eq!(texts, ["1", "2"]);
    for id in [first, second] {
        assert!(
            bot.slack()
                .wait_for_answer(id, LONG)
                .await
                .unwrap()
                .acknowledged
        );
    }
}

#[tokio::test]
async fn the_eleventh_connection_is_refused() {
    let bot = Bot::start().await;
    let mut lines = Vec::new();
    for _ in 0..10 {
        lines.push(bot.connect().await);
    }

    let mut eleventh = Line::dial(&bot.ticket().await).await.unwrap();

    assert_eq!(
        eleventh.frame().await.unwrap()["reason"],
        "too_many_websockets"
    );
    assert_eq!(eleventh.frame().await, Err(1000));
    assert_eq!(bot.slack().connections(), 10);
}

#[tokio::test]
async fn a_connection_is_warned_and_serves_until_it_ends() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;

    assert_eq!(bot.slack().sockets(SocketAct::Warning), 1);
    let warning = line.frame().await.unwrap();
    let (_, envelope) = bot.heard(&mut line, &Command::new("still")).await;
    line.acknowledge(&envelope, None).await;
    let mut next = bot.connect().await;
    bot.push_clock(10);
    let end = line.frame().await.unwrap();
    let closed = line.frame().await;
    let (_, after) = bot.heard(&mut next, &Command::new("moved")).await;

    assert_eq!(
        (&warning["type"], &warning["reason"]),
        (&json!("disconnect"), &json!("warning"))
    );
    assert_eq!(end["reason"], "refresh_requested");
    assert_eq!(closed, Err(1000));
    assert_eq!(after["payload"]["text"], "moved");
}

#[tokio::test]
async fn an_event_in_flight_survives_its_connection() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    bot.slack().say(Say::new("@kling hi")).unwrap();
    line.envelope("events_api").await;

    bot.slack().sockets(SocketAct::Drop);
    let mut next = bot.connect().await;
    let journal = &bot.emulator.world().journal;
    journal
        .wait_for(|entry| entry.event() == "undelivered", LONG)
        .await
        .unwrap();
    bot.push_clock(1);
    let again = next.envelope("events_api").await;

    assert_eq!(again["retry_attempt"], 1);
    assert_eq!(again["retry_reason"], "connection_failed");
}

#[tokio::test]
async fn an_outage_and_deaf_ears_are_played() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;

    bot.slack().sockets(SocketAct::Deaf { on: true });
    let id = bot.slack().command(&Command::new("lost")).unwrap();
    bot.push_clock(3);
    let failed = bot.slack().wait_for_answer(id, LONG).await.unwrap();
    bot.slack().sockets(SocketAct::Deaf { on: false });
    bot.slack().sockets(SocketAct::Outage { on: true });
    let dropped = line.frame().await;
    let refused = Line::dial(&bot.ticket().await).await;
    bot.slack().sockets(SocketAct::Outage { on: false });
    bot.connect().await;

    assert_eq!(failed.failed.as_deref(), Some("operation_timeout"));
    assert!(dropped.is_err() && refused.is_none());
}

#[tokio::test]
async fn a_delivery_can_be_repeated_as_it_was() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let (id, first) = bot.heard(&mut line, &Command::new("again")).await;
    line.acknowledge(&first, None).await;
    bot.slack().wait_for_answer(id, LONG).await.unwrap();

    assert!(bot.slack().redeliver(id));
    let second = line.envelope("slash_commands").await;

    assert_eq!(second["payload"], first["payload"]);
    assert_ne!(second["envelope_id"], first["envelope_id"]);
}
