//! Unmodified slack-morphism, which was not written with this emulator in mind, works against it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hyper_util::client::legacy::connect::HttpConnector;
use kling_emulator::slack::{
    APP_TOKEN, BOT_TOKEN, Change, Command, PICTURES, RateLimits, SocketAct, Submit, TEAM,
};
use kling_emulator::{Emulator, Options};
use serde_json::{Value, json};
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;
use slack_morphism::socket_mode::clients_manager::{
    SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory,
};
use tokio::sync::mpsc;

const LONG: Duration = Duration::from_mins(1);

type Connector = SlackClientHyperConnector<HttpConnector>;

fn connector(emulator: &Emulator) -> Connector {
    // Another test of this process may have been first.
    drop(rustls::crypto::ring::default_provider().install_default());
    SlackClientHyperConnector::with_connector(HttpConnector::new())
        .with_slack_api_url(&emulator.base("slack"))
}

fn bot_token() -> SlackApiToken {
    SlackApiToken::new(BOT_TOKEN.into()).with_team_id(TEAM.into())
}

#[tokio::test]
async fn it_posts_updates_and_uploads() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let client = SlackClient::new(connector(&emulator));
    let token = bot_token();
    let session = client.open_session(&token);

    let who = session.auth_test().await.unwrap();
    let text = SlackMessageContent::new().with_text("queued".into());
    let post = SlackApiChatPostMessageRequest::new(PICTURES.into(), text);
    let posted = session.chat_post_message(&post).await.unwrap();
    let text = SlackMessageContent::new().with_text("running".into());
    let update = SlackApiChatUpdateRequest::new(PICTURES.into(), text, posted.ts.clone());
    session.chat_update(&update).await.unwrap();
    let ask = SlackApiFilesGetUploadUrlExternalRequest::new("a.txt".into(), 5);
    let place = session.get_upload_url_external(&ask).await.unwrap();
    let send = SlackApiFilesUploadViaUrlRequest::new(
        place.upload_url,
        b"hello".to_vec(),
        "text/plain".into(),
    );
    session.files_upload_via_url(&send).await.unwrap();
    let files = vec![SlackApiFilesComplete::new(place.file_id.clone())];
    let complete = SlackApiFilesCompleteUploadExternalRequest::new(files)
        .with_channel_id(PICTURES.into())
        .with_thread_ts(posted.ts);
    session
        .files_complete_upload_external(&complete)
        .await
        .unwrap();
    let slack = emulator.slack();
    let shared = slack
        .wait_for_event(|event| !event.files.is_empty(), LONG)
        .await
        .unwrap();
    let info = SlackApiFilesInfoRequest::new(place.file_id);
    let info = session.files_info(&info).await.unwrap();

    assert_eq!(who.team_id.to_string(), TEAM);
    assert_eq!(shared.files[0].mimetype, "text/plain");
    assert_eq!(info.file.filetype.unwrap().to_string(), "text");
    assert!(slack.events(0).iter().any(|event| event.text == "running"));
}

#[tokio::test]
async fn it_reads_refusals_and_waits_as_it_is_told() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    // Slower than its own throttle.
    emulator.slack().set_rate_limits(RateLimits {
        post_every_ms: 2500,
        ..RateLimits::default()
    });
    let limited = connector(&emulator)
        .with_rate_control(SlackApiRateControlConfig::new().with_max_retries(2));
    let client = SlackClient::new(limited);
    let token = bot_token();
    let session = client.open_session(&token);
    let post = |channel: &str| {
        let text = SlackMessageContent::new().with_text("hi".into());
        SlackApiChatPostMessageRequest::new(channel.into(), text)
    };

    let refused = session.chat_post_message(&post("C0NOWHERE1")).await;
    session.chat_post_message(&post(PICTURES)).await.unwrap();
    session.chat_post_message(&post(PICTURES)).await.unwrap();

    let Err(SlackClientError::ApiError(error)) = refused else {
        unreachable!("{refused:?}")
    };
    assert_eq!(error.code, "channel_not_found");
    let journal = emulator.world().journal.entries(0);
    assert!(journal.iter().any(|entry| entry.status == Some(429)));
    assert_eq!(emulator.slack().messages("pictures", None).len(), 2);
}

/// Hands every frame to the test and acknowledges it.
struct Ear {
    tell: mpsc::UnboundedSender<Value>,
    manager: Arc<dyn SlackSocketModeClientsManager + Send + Sync>,
}

#[async_trait]
impl SlackSocketModeClientListener for Ear {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let frame: Value = serde_json::from_str(&body).unwrap();
        if frame["type"] == "disconnect" {
            self.manager.restart_client(id).await;
            return None;
        }
        let acknowledgement = json!({"envelope_id": frame["envelope_id"]}).to_string();
        let is_envelope = frame["envelope_id"].is_string();
        self.tell.send(frame).unwrap();
        is_envelope.then_some(acknowledgement)
    }

    async fn on_error(&self, error: Box<dyn std::error::Error + Send + Sync + 'static>) {
        unreachable!("{error}")
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        self.manager.restart_client(id).await;
    }
}

async fn heard(told: &mut mpsc::UnboundedReceiver<Value>, kind: &str) -> Value {
    loop {
        let frame = tokio::time::timeout(LONG, told.recv())
            .await
            .unwrap()
            .unwrap();
        if frame["type"] == kind {
            return frame;
        }
    }
}

#[tokio::test]
async fn it_listens_opens_a_modal_and_reconnects() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let slack = emulator.slack();
    let client = Arc::new(SlackClient::new(connector(&emulator)));
    let environment = Arc::new(SlackClientEventsListenerEnvironment::new(Arc::clone(
        &client,
    )));
    let manager = connector(&emulator).new_clients_manager(environment);
    let (tell, mut told) = mpsc::unbounded_channel();
    let ear = Arc::new(Ear {
        tell,
        manager: Arc::clone(&manager),
    });
    let config = SlackClientSocketModeConfig::new()
        .with_max_connections_count(1)
        .with_initial_backoff_in_seconds(0)
        .with_reconnect_timeout_in_seconds(1);
    let app_token = SlackApiToken::new(APP_TOKEN.into());
    manager
        .register_new_token(&config, app_token, ear)
        .await
        .unwrap();
    manager.start().await;
    heard(&mut told, "hello").await;

    let id = slack.command(&Command::new("")).unwrap();
    let command = heard(&mut told, "slash_commands").await;
    let answered = slack.wait_for_answer(id, LONG).await.unwrap();
    let view: SlackView = serde_json::from_value(json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": "Kling"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": [{"type": "input", "block_id": "prompt", "label": {"type": "plain_text", "text": "Prompt"},
            "element": {"type": "plain_text_input", "action_id": "text"}}],
    }))
    .unwrap();
    let trigger = command["payload"]["trigger_id"].as_str().unwrap();
    let token = bot_token();
    let session = client.open_session(&token);
    let open = SlackApiViewsOpenRequest::new(trigger.into(), view);
    let opened = session.views_open(&open).await.unwrap();
    let view = opened.view.state_params.id.to_string();
    slack
        .submit(Submit::new(view).with("text", "a cat"))
        .unwrap();
    let submitted = heard(&mut told, "interactive").await;
    slack.sockets(SocketAct::Refresh);
    heard(&mut told, "hello").await;
    slack.command(&Command::new("again")).unwrap();
    let again = heard(&mut told, "slash_commands").await;

    assert!(answered.acknowledged);
    let values = &submitted["payload"]["view"]["state"]["values"];
    assert_eq!(values["prompt"]["text"]["value"], "a cat");
    assert_eq!(again["payload"]["text"], "again");
    assert!(
        !slack
            .events(0)
            .iter()
            .any(|event| event.event == Change::Failed)
    );
    manager.shutdown().await;
}
