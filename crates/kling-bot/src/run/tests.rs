//! A whole bot on a made-up platform and a made-up provider, from set-up to exit code.

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kling_core::{
    GenerationRequest, ModelInfo, Output, OutputAsset, OutputSource, Provider, ProviderError,
    ProviderId, Secret, Submission, SubmissionKey, TaskHandle, TaskStatus,
};
use kling_engine::{Deliverer, Delivery, DeliveryError, PlatformId, Receipt, ReplyAddress};
use kling_http::Bytes;
use kling_providers::{Plugin, Registry};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::serve::{Signals, serve_until};
use super::*;
use crate::{
    Answer, ChatPlatform, CheckLine, Command, Intake, Mark, Markup, PlatformContext, SecretKey,
    Secrets, Text, Texts, fake,
};

/// A picture of two by two pixels.
const PICTURE: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x00\x00\x00\x00W\xddR\xf8\x00\x00\x00\x0eIDATx\xdac\x10h`\xf8\xe0\x00\x00\x04v\x01\xc1\xaf\x80\x8c\xdb\x00\x00\x00\x00IEND\xaeB`\x82";

/// The longest a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

static PAINTER: ProviderId = ProviderId::literal("painter");

#[derive(Debug)]
struct Painter(Vec<ModelInfo>);

impl Painter {
    fn plugin() -> Plugin {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}

        Plugin::new(PAINTER.clone(), "PAINTER_KEY", |Nothing {}, _: Secret| {
            Ok::<_, Infallible>(Self(fake::generous().models().to_vec()))
        })
    }
}

#[async_trait::async_trait]
impl Provider for Painter {
    fn id(&self) -> &ProviderId {
        &PAINTER
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        Ok(Submission::Finished(Output {
            assets: vec![OutputAsset {
                source: OutputSource::Inline(Bytes::from_static(PICTURE)),
                media_type: None,
            }],
            cost: None,
        }))
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        Err(ProviderError::TaskGone {
            note: kling_core::ReplyNote::default(),
        })
    }
}

/// What the made-up platform does when it is to listen.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Waits for the end, as it should.
    Patient,
    /// Cannot listen.
    Barred,
    /// Does not stop when it is told to.
    Deaf,
}

/// A platform with one person, who asks for one picture.
#[derive(Debug)]
struct Chat {
    id: PlatformId,
    manner: Manner,
    texts: Texts,
    said: mpsc::UnboundedSender<String>,
}

#[async_trait::async_trait]
impl Deliverer for Chat {
    fn platform(&self) -> &PlatformId {
        &self.id
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let text = self.texts.of(None).delivery(delivery, &Plain);
        drop(self.said.send(text));
        Ok(Receipt::new("m1"))
    }
}

#[async_trait::async_trait]
impl ChatPlatform for Chat {
    async fn listen(
        self: Arc<Self>,
        intake: Intake,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        let command = |key: &str, prompt: &str| Command {
            name: "imagine".to_owned(),
            fields: [("prompt".to_owned(), prompt.to_owned())].into(),
            attachments: Vec::new(),
            requester: fake::requester(),
            reply_address: ReplyAddress::new("here"),
            dedupe_key: key.to_owned(),
            locale: None,
            standing: kling_engine::Standing::default(),
        };
        let text: Text = self.texts.of(None);
        let say = |answer: Answer| {
            drop(self.said.send(match answer {
                Answer::Accepted { job, ahead } => text.accepted(&job, ahead, &Plain),
                Answer::Duplicate { job } => text.duplicate(&job),
                Answer::Refused(refusal) => text.refusal(&refusal.reasons, &Plain),
                Answer::NotAccepted => text.not_accepted(),
            }));
        };
        if matches!(self.manner, Manner::Barred) {
            anyhow::bail!("the token is not accepted");
        }
        say(intake.imagine(command("1", "a boat")).await);
        say(intake.imagine(command("1", "a boat")).await);
        say(intake.imagine(command("2", "")).await);
        shutdown.cancelled().await;
        say(intake.imagine(command("3", "another boat")).await);
        if matches!(self.manner, Manner::Deaf) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn check(&self) -> Vec<CheckLine> {
        vec![CheckLine::good("the chat answers")]
    }

    fn is_ready(&self) -> bool {
        true
    }
}

struct Plain;

impl Markup for Plain {
    fn escape(&self, text: &str) -> String {
        text.to_owned()
    }

    fn mention(&self, requester: &kling_engine::Requester) -> String {
        format!("@{}", requester.user)
    }

    fn moment(&self, at: kling_core::Timestamp) -> String {
        at.as_seconds().to_string()
    }

    fn max_chars(&self) -> usize {
        2000
    }
}

#[derive(Debug)]
struct ChatPlugin {
    manner: Manner,
    said: Mutex<Option<mpsc::UnboundedSender<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ChatConfig {}

#[async_trait::async_trait]
impl PlatformPlugin for ChatPlugin {
    const NAME: &'static str = "test";
    const BINARY: &'static str = "kling-test";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:0";
    const SECRETS: &'static [SecretKey] = &[SecretKey {
        key: "token",
        env: "TEST_TOKEN",
        required: true,
        from: "nowhere",
    }];

    type Config = ChatConfig;
    type Platform = Chat;

    async fn connect(
        &self,
        _: ChatConfig,
        _: Secrets,
        context: PlatformContext,
    ) -> anyhow::Result<Chat> {
        let said = self.said.lock().expect("a lock").take().context("once")?;
        Ok(Chat {
            id: PlatformId::new(Self::NAME),
            manner: self.manner,
            texts: context.texts,
            said,
        })
    }
}

fn config(folder: &Path, variables: &[(&str, &str)]) -> Config<ChatConfig> {
    let store = format!("sqlite://{}", folder.join("test.db").display());
    let place = [("KLING__STORE__URL", store.as_str())];
    let environment: Environment = variables.iter().chain(&place).copied().collect();
    let part = PlatformPart {
        name: ChatPlugin::NAME,
        default_listen: ChatPlugin::DEFAULT_LISTEN,
        secrets: ChatPlugin::SECRETS,
    };
    let registry = Registry::empty().with(Painter::plugin());
    Config::load(part, &registry, None, &environment).expect("a configuration")
}

const SET: [(&str, &str); 2] = [("TEST_TOKEN", "t-1"), ("PAINTER_KEY", "k-1")];

struct Running {
    done: tokio::task::JoinHandle<anyhow::Result<u8>>,
    said: mpsc::UnboundedReceiver<String>,
    signal: mpsc::Sender<()>,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(manner: Manner) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (tell, said) = mpsc::unbounded_channel();
        let (signal, heard) = mpsc::channel(2);
        let plugin = ChatPlugin {
            manner,
            said: Mutex::new(Some(tell)),
        };
        let config = config(folder.path(), &SET);
        Self {
            done: tokio::spawn(serve_until(Signals(heard), "kling-test", plugin, config)),
            said,
            signal,
            _folder: folder,
        }
    }

    async fn hears(&mut self) -> String {
        let said = tokio::time::timeout(PATIENCE, self.said.recv()).await;
        said.expect("in time").expect("it is there")
    }

    async fn ends(self) -> anyhow::Result<u8> {
        let ended = tokio::time::timeout(PATIENCE, self.done).await;
        ended.expect("in time").expect("no panic")
    }
}

#[tokio::test]
async fn a_command_becomes_a_picture_and_a_signal_ends_the_bot_in_order() {
    let mut bot = Running::start(Manner::Patient);
    let mut said = Vec::new();
    for _ in 0..4 {
        said.push(bot.hears().await);
    }
    bot.signal.send(()).await.expect("it listens");
    let after = bot.hears().await;

    assert_eq!(bot.ends().await.expect("it ran"), DONE);
    let marks: Vec<_> = said.iter().filter_map(|text| Mark::of(text)).collect();
    assert!(marks.contains(&Mark::Done), "the picture came: {said:?}");
    assert!(
        marks.contains(&Mark::Refused),
        "no prompt is no command: {said:?}"
    );
    assert_eq!(
        marks.len(),
        3,
        "the repeated command is no job of its own: {said:?}"
    );
    assert!(
        after.contains("not accepted"),
        "nothing new is taken: {after}"
    );
}

#[tokio::test]
async fn a_platform_that_cannot_listen_ends_the_bot() {
    let bot = Running::start(Manner::Barred);

    assert_eq!(bot.ends().await.expect("it ran"), FAILED);
}

#[tokio::test]
async fn a_second_signal_ends_the_bot_at_once() {
    let mut bot = Running::start(Manner::Deaf);
    bot.hears().await;
    bot.signal.send(()).await.expect("it listens");
    bot.signal.send(()).await.expect("it listens");

    assert_eq!(bot.ends().await.expect("it ran"), HURRIED);
}

#[tokio::test]
async fn a_bot_without_its_keys_says_which_and_where_they_belong() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_signal, heard) = mpsc::channel(1);
    let plugin = ChatPlugin {
        manner: Manner::Patient,
        said: Mutex::new(None),
    };

    let error = serve_until(
        Signals(heard),
        "kling-test",
        plugin,
        config(folder.path(), &[]),
    )
    .await
    .expect_err("no keys");

    assert_eq!(
        error.to_string(),
        "the test token is missing: get it from nowhere, and put it into the environment variable \
         TEST_TOKEN\n  no provider has a key: put one into the environment variable PAINTER_KEY \
         (painter)"
    );
}

#[tokio::test]
async fn check_tells_what_is_there_and_what_is_missing() {
    let plugin = || ChatPlugin {
        manner: Manner::Patient,
        said: Mutex::new(Some(mpsc::unbounded_channel().0)),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let lines = |variables: &'static [(&str, &str)]| {
        check::lines(plugin(), config(folder.path(), variables))
    };
    let missing = |lines: &[CheckLine]| {
        let missing = lines
            .iter()
            .filter(|line| line.verdict == crate::Verdict::Missing);
        missing.count()
    };

    let well = lines(&SET).await;
    let unwell = lines(&[]).await;

    assert_eq!(missing(&well), 0, "{well:?}");
    assert!(
        well.iter().any(|line| line.text == "the chat answers"),
        "{well:?}"
    );
    assert_eq!(missing(&unwell), 2, "{unwell:?}");
}
