//! Rate limits, scripted faults, and what the journal says of them.

use kling_emulator::discord::{CHANNEL, RateLimits, RateRule};
use kling_emulator::script::{Effect, Fault};
use serde_json::json;

use crate::bot::{Bot, LONG};

#[tokio::test]
async fn a_full_bucket_answers_429_until_it_is_empty_again() {
    let bot = Bot::limited().await;
    let path = format!("/channels/{CHANNEL}/messages");
    let rule = RateRule {
        group: "messages-create".to_owned(),
        limit: 5,
        window_ms: 60_000,
    };
    bot.discord().set_rate_limits(RateLimits {
        rules: vec![rule],
        ..RateLimits::default()
    });

    let mut last = bot.post(&path, json!({"content": "x"})).await;
    assert_eq!(last.headers["x-ratelimit-limit"], "5");
    assert_eq!(last.headers["x-ratelimit-remaining"], "4");
    for _ in 0..5 {
        last = bot.post(&path, json!({"content": "x"})).await;
    }
    bot.push_clock(60);
    let after = bot.post(&path, json!({"content": "x"})).await;

    assert_eq!(last.status, 429);
    assert_eq!(last.headers["x-ratelimit-scope"], "user");
    assert!(
        last.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            <= 60
    );
    assert_eq!(last.body["global"], false);
    assert!(last.body["retry_after"].as_f64().unwrap() <= 60.0);
    assert_eq!(after.status, 200);
    assert_eq!(
        after.headers["x-ratelimit-bucket"],
        last.headers["x-ratelimit-bucket"]
    );
}

#[tokio::test]
async fn the_global_limit_spares_interactions() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    let limits = RateLimits {
        global_per_second: 0,
        ..RateLimits::default()
    };
    bot.discord().set_rate_limits(limits);

    let refused = bot.get("/users/@me").await;
    let answered = bot.callback(&heard, json!({"type": 5})).await;
    let edited = bot
        .patch(
            &heard.webhook("/messages/@original"),
            json!({"content": "x"}),
        )
        .await;

    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["x-ratelimit-global"], "true");
    assert_eq!(refused.body["global"], true);
    assert_eq!((answered.status, edited.status), (204, 200));
    assert!(answered.headers.get("x-ratelimit-limit").is_none());
    assert_eq!(edited.headers["x-ratelimit-limit"], "5");
}

#[tokio::test]
async fn too_many_invalid_requests_bring_a_ban() {
    let mut bot = Bot::limited().await;
    let limits = RateLimits {
        invalid_requests: 3,
        ..RateLimits::default()
    };
    bot.discord().set_rate_limits(limits);
    bot.token = "wrong".to_owned();

    for _ in 0..3 {
        assert_eq!(bot.get("/users/@me").await.status, 401);
    }
    let url = format!("{}/api/v10/gateway", bot.emulator.base("discord"));
    let banned = bot.http.get(url).send().await.unwrap();

    assert_eq!(banned.status(), 429);
    assert_eq!(banned.text().await.unwrap(), "error code: 1015\n");
    let journal = &bot.emulator.world().journal;
    journal
        .wait_for(|entry| entry.event() == "banned", LONG)
        .await
        .unwrap();
}

#[tokio::test]
async fn scripted_faults_are_played_on_every_route() {
    let bot = Bot::start().await;
    let script = &bot.emulator.world().script;
    let path = format!("/channels/{CHANNEL}/messages");
    let status = Effect::Status {
        status: 503,
        headers: [("retry-after".to_owned(), "1".to_owned())].into(),
        body: "<html>down</html>".to_owned(),
        content_type: String::new(),
    };
    let before = bot.discord().events(0).len();

    script.push(Fault::once("discord", "POST /api/v10/channels", status));
    let url = format!("{}/api/v10{path}", bot.emulator.base("discord"));
    let body = json!({"content": "x"}).to_string();
    let request = || {
        let request = bot
            .http
            .post(&url)
            .header("content-type", "application/json");
        request
            .header("authorization", format!("Bot {}", bot.token))
            .body(body.clone())
    };
    let down = request().send().await.unwrap();
    script.push(Fault::once("discord", "/messages", Effect::ResetAfter));
    let lost = request().send().await;

    assert_eq!(down.status(), 503);
    assert!(lost.is_err());
    assert_eq!(bot.discord().events(0).len(), before + 1);
}

#[tokio::test]
async fn the_journal_keeps_payloads_and_no_tokens() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot.imagine(&mut line).await;
    bot.defer(&heard, 0).await;
    let original = heard.webhook("/messages/@original");
    bot.upload(
        "PATCH",
        &original,
        &json!({"content": "done"}),
        vec![("a.png", vec![0; 7])],
    )
    .await;
    bot.callback(&heard, json!({"type": 5})).await;

    let entries = bot.emulator.world().journal.entries(0);
    let text = serde_json::to_string(&entries).unwrap();
    let edit = entries
        .iter()
        .find(|entry| entry.method == "PATCH")
        .unwrap();
    let refused = entries
        .iter()
        .rfind(|entry| entry.method == "POST")
        .unwrap();

    assert!(!text.contains(heard.token()) && !text.contains(&bot.token));
    assert_eq!((edit.place.as_str(), edit.status), ("discord", Some(200)));
    assert_eq!(edit.detail["request"]["json"]["content"], "done");
    assert_eq!(
        edit.detail["request"]["files"][0],
        json!({"name": "a.png", "size": 7})
    );
    assert_eq!(
        (refused.status, &refused.detail["code"]),
        (Some(400), &json!(40060))
    );
}
