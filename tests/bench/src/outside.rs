//! The vendors of the emulator, in a process of their own so that their work is not counted as ours.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use kling_core::{
    GenerationRequest, ModelId, Operation, Prompt, Provider, Secret, Submission, SubmissionKey,
    TaskStatus,
};
use kling_emulator::{Emulator, Options};
use kling_http::Url;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::load;
use crate::process;
use crate::recorder::{Exchange, Recorder};

/// More than any run asks for.
const ALWAYS: u32 = u32::MAX;

/// Plays the vendors until the standard input ends; tells its origin first.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let options = Options {
        aimlapi_lenient: true,
        ..Options::default()
    };
    let emulator = Emulator::start(options).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", emulator.origin())?;
    out.flush()?;
    while process::next_input().await? {}
    emulator.shutdown().await;
    Ok(())
}

/// A running emulator. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Outside {
    child: Child,
    origin: String,
}

impl Outside {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("emulator")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let out = child.stdout.take().context("the emulator has no output")?;
        let line = BufReader::new(out).lines().next_line().await?;
        let origin = line.context("the emulator ended before it began")?;
        Ok(Self { child, origin })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Has every result drawn once and served again, each copy a file of its own; and makes the accounts rich.
    pub(crate) async fn prepare_media(&self, on: bool) -> anyhow::Result<()> {
        self.tell("media", &json!({ "prepared": on })).await?;
        let rich = json!({ "balance_nanodollars": i64::MAX / 2 });
        for vendor in Vendor::ALL {
            self.tell(vendor.name(), &rich).await?;
        }
        Ok(())
    }

    async fn tell(&self, what: &str, body: &Value) -> anyhow::Result<()> {
        let answer = bare_client()?
            .post(format!("{}/_emulator/{what}", self.origin))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await?;
        let status = answer.status();
        anyhow::ensure!(
            status.is_success(),
            "the emulator answers {status} at {what}"
        );
        Ok(())
    }

    /// Makes one generation for real, and has every later one answered with the same bytes: no picture is drawn, no
    /// order read and nothing billed any more. The exchanges of that generation.
    pub(crate) async fn prepare(&self, vendor: Vendor) -> anyhow::Result<Vec<Exchange>> {
        let recorder = Recorder::start(&self.origin).await?;
        let provider = vendor.provider(recorder.origin())?;
        let request = Vendor::request(provider.as_ref())?;
        let mut kept = Vec::new();
        match submit(provider.as_ref(), &request).await? {
            Submission::Finished(_) => kept.extend(recorder.exchanges()?),
            Submission::Started(handle) => {
                kept.extend(recorder.exchanges()?);
                loop {
                    let before = recorder.exchanges()?.len();
                    let status = provider.status(&handle).await?;
                    if matches!(status, TaskStatus::Succeeded(_)) {
                        kept.extend(recorder.exchanges()?.into_iter().skip(before));
                        break;
                    }
                    anyhow::ensure!(
                        !status.is_terminal(),
                        "the emulator's task ended as {status:?}"
                    );
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        }
        for exchange in &kept {
            self.answer_with(vendor, exchange).await?;
        }
        Ok(kept)
    }

    async fn answer_with(&self, vendor: Vendor, exchange: &Exchange) -> anyhow::Result<()> {
        let below = exchange.path.strip_prefix(vendor.below());
        let below = below.context("a call went past the vendor's base")?;
        let fault = json!({
            "place": vendor.name(),
            "route": format!("{} {below}", exchange.method),
            "times": ALWAYS,
            "effect": {
                "kind": "status",
                "status": exchange.status,
                "headers": exchange.own_headers(),
                "body": String::from_utf8(exchange.reply.clone())?,
                "content_type": "application/json",
            },
        });
        self.tell("faults", &fault).await
    }
}

/// HTTP and nothing else.
pub(crate) fn bare_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::ClientBuilder::new().build()?)
}

/// Whom a generation is made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Aimlapi,
    Apiin,
    Inferencesh,
}

impl Vendor {
    pub(crate) const ALL: [Self; 3] = [Self::Aimlapi, Self::Apiin, Self::Inferencesh];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aimlapi => "aimlapi",
            Self::Apiin => "apiin",
            Self::Inferencesh => "inferencesh",
        }
    }

    /// Where its base is on the emulator's origin.
    const fn below(self) -> &'static str {
        match self {
            Self::Aimlapi => "/aimlapi",
            Self::Apiin => "/apiin/api/v1",
            Self::Inferencesh => "/inferencesh",
        }
    }

    /// Its address at an emulator.
    pub(crate) fn base(self, origin: &str) -> anyhow::Result<Url> {
        Ok(Url::parse(&format!("{origin}{}", self.below()))?)
    }

    /// The crate under test, as an operator would set it up.
    pub(crate) fn provider(self, origin: &str) -> anyhow::Result<Arc<dyn Provider>> {
        let base_url = self.base(origin)?;
        let key = Secret::new("bench-key").context("a key of words is a key")?;
        Ok(match self {
            Self::Aimlapi => {
                let mut config = kling_aimlapi::Config::default();
                config.base_url = base_url;
                config.image_urls_required = false;
                Arc::new(kling_aimlapi::AimlApi::new(config, key)?)
            }
            Self::Apiin => {
                let mut config = kling_apiin::Config::default();
                config.base_url = base_url;
                Arc::new(kling_apiin::Apiin::new(config, key)?)
            }
            Self::Inferencesh => {
                let mut config = kling_inferencesh::Config::default();
                config.base_url = base_url;
                Arc::new(kling_inferencesh::InferenceSh::new(config, key)?)
            }
        })
    }

    /// The model that makes pictures from words.
    pub(crate) fn model(provider: &dyn Provider) -> anyhow::Result<ModelId> {
        let mut models = provider.models().iter();
        let found = models.find(|model| model.operation() == Operation::TextToImage);
        Ok(found
            .context("no model makes pictures from words")?
            .id
            .clone())
    }

    /// A picture from words.
    pub(crate) fn request(provider: &dyn Provider) -> anyhow::Result<GenerationRequest> {
        let prompt = Prompt::new("a lighthouse in the evening, seen from the sea")?;
        let model = Self::model(provider)?;
        Ok(GenerationRequest::new(
            model,
            Operation::TextToImage,
            prompt,
        ))
    }
}

/// Sends one request under a key of its own.
pub(crate) async fn submit(
    provider: &dyn Provider,
    request: &GenerationRequest,
) -> anyhow::Result<Submission> {
    let key = SubmissionKey::parse(format!("bench.{}", load::next()))?;
    Ok(provider.submit(request, &key).await?)
}

/// Headers as the emulator's script takes them.
pub(crate) type Headers = serde_json::Map<String, Value>;
