//! OAuth: consent, codes, rotation, organisations, uninstalling.

use base64::Engine as _;
use kling_emulator::slack::{
    CLIENT_ID, CLIENT_SECRET, Command, Consent, ENTERPRISE, PICTURES, SECOND_TEAM, TEAM,
};
use serde_json::{Value, json};

use crate::bot::{Answer, Bot};

fn page(bot: &Bot) -> String {
    let base = bot.slack().base();
    format!(
        "{base}/oauth/v2/authorize?client_id={CLIENT_ID}&scope=commands,chat:write&state=s1\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback"
    )
}

/// The query of the address that the browser is sent to.
fn sent(bot: &Bot, consent: Consent) -> std::collections::BTreeMap<String, String> {
    let consent = Consent {
        url: page(bot),
        ..consent
    };
    let to = bot.slack().consent(&consent).unwrap();
    let to = url::Url::parse(&to).unwrap();
    to.query_pairs().into_owned().collect()
}

async fn exchange(bot: &Bot, fields: &[(&str, &str)]) -> Answer {
    let basic =
        base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = bot
        .http
        .post(bot.url("oauth.v2.access"))
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded");
    Bot::read(request.body(body)).await
}

const REDIRECT: (&str, &str) = ("redirect_uri", "http://127.0.0.1:1/callback");

#[tokio::test]
async fn a_code_is_exchanged_once_for_a_workspaces_token() {
    let mut bot = Bot::start().await;
    let consent = Consent {
        user: "linus".to_owned(),
        team: SECOND_TEAM.to_owned(),
        ..Consent::default()
    };
    let query = sent(&bot, consent);

    let wrong = exchange(&bot, &[("code", &query["code"])]).await;
    let fields = [("code", query["code"].as_str()), REDIRECT];
    let given = exchange(&bot, &fields).await;
    let again = exchange(&bot, &fields).await;
    bot.token = given.text("/access_token");
    let who = bot.form("auth.test", &[]).await;

    assert_eq!(query["state"], "s1");
    assert_eq!(wrong.error(), "bad_redirect_uri");
    assert_eq!(
        (&given.body["team"]["id"], &given.body["scope"]),
        (&json!(SECOND_TEAM), &json!("chat:write,commands"))
    );
    assert_eq!(again.error(), "code_already_used");
    assert_eq!(who.body["team_id"], SECOND_TEAM);
    assert!(
        bot.slack()
            .command(&Command::new("x").by("linus").in_channel("sketches"))
            .is_ok()
    );
}

#[tokio::test]
async fn consent_can_be_refused_and_scopes_must_be_in_the_manifest() {
    let bot = Bot::start().await;
    let deny = Consent {
        deny: true,
        ..Consent::default()
    };
    let strange = Consent {
        url: page(&bot).replace("chat:write", "admin"),
        ..Consent::default()
    };

    let query = sent(&bot, deny);
    let refused = bot.slack().consent(&strange).unwrap_err();

    assert_eq!(query["error"], "access_denied");
    assert_eq!(refused.0, "invalid scope admin");
}

#[tokio::test]
async fn a_browser_is_sent_back_with_a_code() {
    let bot = Bot::start().await;
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();

    let back = browser.get(page(&bot)).send().await.unwrap();

    assert_eq!(back.status(), 302);
    assert!(
        back.headers()["location"]
            .to_str()
            .unwrap()
            .contains("code=")
    );
}

#[tokio::test]
async fn a_rotating_token_is_renewed_once_per_refresh_token() {
    let mut bot = Bot::start().await;
    let manifest = json!({
        "display_information": {"name": "Kling"},
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
        "settings": {"socket_mode_enabled": true, "token_rotation_enabled": true},
    });
    bot.slack().adopt(&manifest).unwrap();
    let query = sent(&bot, Consent::default());
    let given = exchange(&bot, &[("code", query["code"].as_str()), REDIRECT]).await;
    bot.token = given.text("/access_token");

    assert_eq!(given.body["expires_in"], 43_200);
    assert_eq!(bot.post(PICTURES, "hi").await.error(), "");
    bot.push_clock(43_200);
    assert_eq!(bot.post(PICTURES, "hi").await.error(), "token_expired");
    let refresh = given.text("/refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let renewed = exchange(&bot, &fields).await;
    let twice = exchange(&bot, &fields).await;
    bot.token = renewed.text("/access_token");
    assert_eq!(bot.post(PICTURES, "hi").await.error(), "");
    assert_eq!(twice.error(), "invalid_refresh_token");
}

#[tokio::test]
async fn an_organisations_payloads_have_no_team() {
    let mut bot = Bot::start().await;
    let query = sent(
        &bot,
        Consent {
            org: true,
            ..Consent::default()
        },
    );
    let given = exchange(&bot, &[("code", query["code"].as_str()), REDIRECT]).await;
    bot.token = given.text("/access_token");
    let mut line = bot.connect().await;

    let (_, command) = bot.heard(&mut line, &Command::new("x")).await;
    bot.slack()
        .shortcut(&kling_emulator::slack::Shortcut::global("kling_new"))
        .unwrap();
    let shortcut = line.envelope("interactive").await;
    bot.slack().open_home("ada").unwrap();
    let event = line.event("app_home_opened").await;

    assert_eq!(
        (&given.body["team"], &given.body["enterprise"]["id"]),
        (&Value::Null, &json!(ENTERPRISE))
    );
    assert_eq!(given.body["is_enterprise_install"], true);
    assert_eq!(
        (
            &command["payload"]["team_id"],
            &command["payload"]["is_enterprise_install"]
        ),
        (&json!(TEAM), &json!("true"))
    );
    assert_eq!(shortcut["payload"]["team"], Value::Null);
    assert_eq!(shortcut["payload"]["enterprise"]["id"], ENTERPRISE);
    assert_eq!(event["authorizations"][0]["team_id"], Value::Null);
    assert_eq!(bot.post(PICTURES, "hi").await.error(), "");
}

#[tokio::test]
async fn uninstalling_is_told_in_either_order_and_ends_the_token() {
    for revoked_first in [false, true] {
        let bot = Bot::start().await;
        let mut line = bot.connect().await;

        bot.slack().uninstall(TEAM, revoked_first).unwrap();
        let mut names = Vec::new();
        for _ in 0..2 {
            let envelope = line.envelope("events_api").await;
            line.acknowledge(&envelope, None).await;
            names.push(
                envelope["payload"]["event"]["type"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }

        if revoked_first {
            names.reverse();
        }
        assert_eq!(names, ["app_uninstalled", "tokens_revoked"]);
        assert_eq!(bot.post(PICTURES, "hi").await.error(), "account_inactive");
        assert!(bot.slack().command(&Command::new("x")).is_err());
    }
}
