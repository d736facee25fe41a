//! The engine as a library: submit, watch, restart in between, get the file.
//!
//! `cargo run -p kling-engine --example embed`. The provider here is made up and answers at once; a
//! real one comes from a provider crate.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    Capability, CountRange, Estimate, GenerationRequest, ModelId, ModelInfo, Operation, Output,
    OutputAsset, OutputSource, Pace, Prompt, Provider, ProviderError, ProviderId, Submission,
    SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_engine::{
    Admission, Archive, ArchiveLimits, Deliverer, Delivery, DeliveryContent, DeliveryError, Engine,
    EngineError, Job, JobRequest, NewJob, PlatformId, Receipt, ReplyAddress, Requester,
    SqliteStore, StatusUpdate,
};
use tokio_util::sync::CancellationToken;

const PROVIDER: ProviderId = ProviderId::literal("made-up");
const MODEL: ModelId = ModelId::literal("dot");

/// Makes the smallest picture there is.
#[derive(Debug)]
struct MadeUp(Vec<ModelInfo>);

#[async_trait::async_trait]
impl Provider for MadeUp {
    fn id(&self) -> &ProviderId {
        const { &PROVIDER }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let dot =
            b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
        Ok(Submission::Finished(Output {
            assets: vec![OutputAsset {
                source: OutputSource::Inline(dot.as_slice().into()),
                media_type: None,
            }],
            cost: None,
        }))
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        Err(ProviderError::Unsupported {
            what: "looking at a task",
        })
    }
}

/// Where results go: here, to the terminal.
#[derive(Debug)]
struct Terminal(PlatformId);

#[async_trait::async_trait]
impl Deliverer for Terminal {
    fn platform(&self) -> &PlatformId {
        &self.0
    }

    async fn show_status(
        &self,
        job: &Job,
        update: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        tracing::info!(stage = %job.stage, percent = update.percent, "on its way");
        Ok(None)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        if let DeliveryContent::Result { files, .. } = &delivery.content {
            tracing::info!(files = files.len(), "done");
        }
        Ok(Receipt::new(delivery.nonce.clone()))
    }
}

async fn engine(folder: &std::path::Path) -> Result<Engine, EngineError> {
    let database = folder.join("jobs.db");
    let store = SqliteStore::open(&database.to_string_lossy(), Arc::new(SystemClock)).await?;
    let archive = folder.join("archive");
    let archive = Archive::open(&archive.to_string_lossy(), ArchiveLimits::default()).await?;
    let dot = ModelInfo {
        id: MODEL,
        name: "Dot".to_owned(),
        capability: Capability {
            count: CountRange { min: 1, max: 1 },
            ..Capability::new(Operation::TextToImage)
        },
        price: None,
        pace: Pace {
            typical: Duration::from_secs(1),
            poll_every: Duration::from_secs(1),
            give_up_after: Duration::from_mins(1),
        },
    };
    Engine::builder(Arc::new(store), archive)
        .provider(Arc::new(MadeUp(vec![dot])))
        .deliverer(Arc::new(Terminal(PlatformId::new("terminal"))))
        .build()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;

    // Accepted by one engine, which then ends: nothing has been submitted.
    let first = engine(folder.path()).await?;
    let wish = NewJob {
        dedupe_key: "order-1".to_owned(),
        requester: Requester {
            platform: PlatformId::new("terminal"),
            workspace: None,
            channel: "here".to_owned(),
            user: "me".to_owned(),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(Operation::TextToImage, Prompt::new("a dot")?),
        provider: PROVIDER,
        model: MODEL,
        estimate: Estimate::Unknown,
    };
    let Admission::Accepted { job, .. } = first.accept(wish).await? else {
        return Err("it was not accepted".into());
    };
    let ended = CancellationToken::new();
    ended.cancel();
    first.run(ended).await;
    drop(first);

    // Seen through by the next one, on the same folder.
    let second = engine(folder.path()).await?;
    let mut events = second.events();
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (second, shutdown) = (second.clone(), shutdown.clone());
        async move { second.run(shutdown).await }
    });
    while !matches!(events.recv().await, Ok((id, stage)) if id == job.id && stage.is_terminal()) {}
    let files = second.files(&job.id).await?;
    assert_eq!(files.len(), 1, "one picture was asked for");

    shutdown.cancel();
    running.await?;
    Ok(())
}
