//! The gateway: sessions, resumes, and everything that goes wrong with them.

use kling_emulator::discord::{GatewayAct, Invocation};
use serde_json::json;

use crate::bot::{Bot, LONG};

fn imagine() -> Invocation {
    Invocation::new("imagine").option("prompt", "a cat")
}

#[tokio::test]
async fn a_session_begins_with_ready_and_hears_of_interactions() {
    let bot = Bot::start().await;
    let (mut line, ready) = bot.connect().await;

    let heard = bot.imagine(&mut line).await;

    assert_eq!(ready["v"], 10);
    assert_eq!(ready["guilds"].as_array().unwrap().len(), 2);
    assert!(
        ready["resume_gateway_url"]
            .as_str()
            .unwrap()
            .starts_with("ws://")
    );
    assert_eq!(ready["application"]["id"], heard.event["application_id"]);
    assert_eq!(line.seq, 2);
    assert_eq!(bot.discord().connections(), 1);
}

#[tokio::test]
async fn the_guilds_intent_brings_the_guilds() {
    let bot = Bot::start().await;
    let mut line = bot.dial().await;

    line.identify(&bot.token, 1).await;
    let guild = line.event("GUILD_CREATE").await;

    assert_eq!(guild["name"], "Kling Studio");
    assert_eq!(guild["channels"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_message_intent_brings_messages() {
    let bot = Bot::start().await;
    let mut line = bot.dial().await;
    line.identify(&bot.token, 1 << 9).await;
    line.event("READY").await;

    bot.discord()
        .say("ada", "pictures", "hello", Vec::new())
        .unwrap();
    let message = line.event("MESSAGE_CREATE").await;

    assert_eq!(message["author"]["username"], "ada");
    assert_eq!(message["content"], "");
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_asked_for() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;

    line.send(json!({"op": 1, "d": line.seq})).await;
    let acknowledged = line.payload().await.unwrap();
    assert_eq!(bot.discord().gateway(GatewayAct::RequestHeartbeat), 1);
    let asked = line.payload().await.unwrap();

    assert_eq!(acknowledged["op"], 11);
    assert_eq!(asked["op"], 1);
}

#[tokio::test]
async fn a_client_without_heartbeats_is_closed() {
    let bot = Bot::start().await;
    bot.discord()
        .gateway(GatewayAct::HeartbeatInterval { ms: 1 });
    let mut line = bot.dial().await;

    assert_eq!(line.payload().await, Err(4009));
}

#[tokio::test]
async fn a_resume_brings_what_was_missed() {
    let bot = Bot::start().await;
    let (mut line, ready) = bot.connect().await;

    assert_eq!(bot.discord().gateway(GatewayAct::Drop), 1);
    assert!(line.payload().await.is_err());
    let missed = bot.discord().invoke(imagine()).unwrap();
    let mut line = bot.dial().await;
    line.resume(&bot.token, &ready["session_id"], 1).await;

    assert_eq!(
        line.event("INTERACTION_CREATE").await["id"],
        missed.to_string()
    );
    line.event("RESUMED").await;
    bot.imagine(&mut line).await;
    assert_eq!(line.seq, 4);
}

#[tokio::test]
async fn a_client_that_is_asked_to_reconnect_can_resume() {
    let bot = Bot::start().await;
    let (mut line, ready) = bot.connect().await;

    bot.discord().gateway(GatewayAct::Reconnect);
    let asked = line.payload().await.unwrap();
    let mut fresh = bot.dial().await;
    fresh
        .resume(&bot.token, &ready["session_id"], line.seq)
        .await;
    fresh.event("RESUMED").await;

    assert_eq!(asked["op"], 7);
    assert_eq!(line.payload().await, Err(4000));
}

#[tokio::test]
async fn an_invalid_session_is_not_resumed() {
    let bot = Bot::start().await;
    let (mut line, ready) = bot.connect().await;

    bot.discord()
        .gateway(GatewayAct::InvalidSession { resumable: false });
    let told = line.payload().await.unwrap();
    let mut fresh = bot.dial().await;
    fresh.resume(&bot.token, &ready["session_id"], 1).await;
    let refused = fresh.payload().await.unwrap();
    fresh.identify(&bot.token, 0).await;

    assert_eq!((&told["op"], &told["d"]), (&json!(9), &json!(false)));
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
    fresh.event("READY").await;
}

#[tokio::test]
async fn mistakes_close_the_connection_with_their_code() {
    let bot = Bot::start().await;
    let (mut twice, ready) = bot.connect().await;
    let mut lines = Vec::new();
    for _ in 0..8 {
        lines.push(bot.dial().await);
    }
    let [
        token,
        unknown,
        garbled,
        intents,
        privileged,
        early,
        seq,
        long,
    ] = &mut lines[..]
    else {
        panic!("eight lines were made");
    };

    token.identify("wrong", 0).await;
    unknown.send(json!({"op": 99})).await;
    garbled.send(json!("hello")).await;
    intents.identify(&bot.token, 1 << 40).await;
    privileged.identify(&bot.token, 1 << 15).await;
    early.send(json!({"op": 3, "d": {}})).await;
    seq.resume(&bot.token, &ready["session_id"], 99).await;
    long.send(json!({"op": 1, "d": "x".repeat(5000)})).await;
    twice.identify(&bot.token, 0).await;

    assert_eq!(token.payload().await, Err(4004));
    assert_eq!(unknown.payload().await, Err(4001));
    assert_eq!(garbled.payload().await, Err(4001));
    assert_eq!(intents.payload().await, Err(4013));
    assert_eq!(privileged.payload().await, Err(4014));
    assert_eq!(early.payload().await, Err(4003));
    assert_eq!(seq.payload().await, Err(4007));
    assert_eq!(long.payload().await, Err(4002));
    assert_eq!(twice.payload().await, Err(4005));
}

#[tokio::test]
async fn an_identify_without_properties_is_not_understood() {
    let bot = Bot::start().await;
    let mut line = bot.dial().await;

    line.send(json!({"op": 2, "d": {"token": bot.token, "intents": 0}}))
        .await;

    assert_eq!(line.payload().await, Err(4002));
}

#[tokio::test]
async fn sessions_that_nobody_resumes_are_forgotten() {
    let bot = Bot::start().await;
    let (first, ready) = bot.connect().await;
    drop(first);

    for _ in 0..20 {
        let (line, _) = bot.connect().await;
        drop(line);
    }
    let closed = bot.emulator.world().journal.wait_for_after(
        0,
        |entry| entry.event() == "closed" && entry.detail["line"] == 21,
        LONG,
    );
    closed.await.unwrap();
    bot.connect().await;
    let mut late = bot.dial().await;
    late.resume(&bot.token, &ready["session_id"], 1).await;

    assert_eq!(late.payload().await.unwrap()["op"], 9);
}

#[tokio::test]
async fn a_zombie_acknowledges_nothing() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;

    bot.discord().gateway(GatewayAct::Zombie { on: true });
    line.send(json!({"op": 1, "d": line.seq})).await;
    let journal = &bot.emulator.world().journal;
    journal
        .wait_for(|entry| entry.event() == "unacknowledged", LONG)
        .await
        .unwrap();
    bot.discord().gateway(GatewayAct::Zombie { on: false });
    bot.discord().gateway(GatewayAct::RequestHeartbeat);

    assert_eq!(line.payload().await.unwrap()["op"], 1);
}

#[tokio::test]
async fn nobody_connects_during_an_outage() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let url = bot.get("/gateway").await.body["url"]
        .as_str()
        .unwrap()
        .to_owned();

    bot.discord().gateway(GatewayAct::Outage { on: true });
    assert!(line.payload().await.is_err());
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    bot.discord().gateway(GatewayAct::Outage { on: false });

    bot.connect().await;
}

#[tokio::test]
async fn an_interaction_nobody_hears_of_fails() {
    let bot = Bot::start().await;

    let id = bot.discord().invoke(imagine()).unwrap();
    bot.push_clock(3);
    let answered = bot.discord().wait_for_answer(id, LONG).await.unwrap();
    let (mut line, _) = bot.connect().await;
    let next = bot.imagine(&mut line).await;

    assert!(answered.failed);
    assert_ne!(next.event["id"], id.to_string());
}

#[tokio::test]
async fn the_gateway_says_how_many_identifies_are_left() {
    let bot = Bot::start().await;
    bot.connect().await;

    let limit = bot.get("/gateway/bot").await.body["session_start_limit"].clone();
    bot.discord().gateway(GatewayAct::PaceIdentify { on: true });
    let mut hasty = bot.dial().await;
    hasty.identify(&bot.token, 0).await;

    assert_eq!(limit["remaining"], 999);
    assert_eq!(hasty.payload().await.unwrap()["op"], 9);
}

#[tokio::test]
async fn a_bot_hears_of_an_event_twice_when_the_gateway_repeats_it() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;

    assert_eq!(bot.discord().redeliver(heard.id), 1);

    assert_eq!(
        line.event("INTERACTION_CREATE").await["token"],
        heard.token()
    );
}
