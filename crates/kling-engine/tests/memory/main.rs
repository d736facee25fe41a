//! How much memory a large result takes on its way from the provider through the archive to a chat: every byte that is
//! allocated in this process is counted, so the figure is the same on every machine.
//!
//! It is one test, since it counts the whole process.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "what a test stands on is meant to be there"
)]

mod outside;

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    AssetUrl, Capability, CountRange, Estimate, GenerationRequest, ModelId, ModelInfo, Operation,
    Output, OutputAsset, OutputSource, Pace, Prompt, Provider, ProviderError, ProviderId,
    Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_engine::{
    Admission, Archive, ArchiveLimits, Deliverer, Delivery, DeliveryContent, DeliveryError, Engine,
    JobRequest, NewJob, Options, PlatformId, Receipt, ReplyAddress, Requester, SqliteStore,
};
use kling_http::{
    Client, ClientOptions, DownloadOptions, Downloader, Guard, Multipart, Request, Url,
};
use peak_alloc::PeakAlloc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const PROVIDER: ProviderId = ProviderId::literal("films");
const MODEL: ModelId = ModelId::literal("film");
const MIB: usize = 1024 * 1024;

/// Has a film at once, as large as the prompt says.
#[derive(Debug)]
struct Films {
    models: Vec<ModelInfo>,
    origin: String,
}

#[async_trait::async_trait]
impl Provider for Films {
    fn id(&self) -> &ProviderId {
        const { &PROVIDER }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        _: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let address = format!("{}/{}.mp4", self.origin, request.prompt.as_str());
        Ok(Submission::Finished(Output {
            assets: vec![OutputAsset {
                source: OutputSource::Url(AssetUrl::parse(&address).unwrap()),
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

/// Sends results as chat platforms take them: in one form, with a field in JSON and a field for each file.
#[derive(Debug)]
struct Chat {
    platform: PlatformId,
    client: Client,
    origin: Url,
    /// How many bytes arrived.
    taken: mpsc::UnboundedSender<u64>,
}

#[async_trait::async_trait]
impl Deliverer for Chat {
    fn platform(&self) -> &PlatformId {
        &self.platform
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let DeliveryContent::Result { files, .. } = &delivery.content else {
            panic!("{:?}", delivery.content);
        };
        let form = Multipart::new()
            .json("payload_json", &"here it is")
            .unwrap();
        let form = files.iter().zip(0..).fold(form, |form, (file, n)| {
            let content = Arc::clone(&file.content);
            let mime = file.media_type.mime();
            form.file(
                &format!("files[{n}]"),
                &file.name,
                mime,
                file.size_bytes,
                content,
            )
        });
        let request = Request::post(self.origin.clone()).multipart(form);
        let reply = self.client.exchange(request).await.unwrap();
        let taken = reply.headers["x-taken"].to_str().unwrap().parse().unwrap();
        self.taken.send(taken).unwrap();
        Ok(Receipt::new(delivery.nonce.clone()))
    }
}

struct House {
    engine: Engine,
    taken: mpsc::UnboundedReceiver<u64>,
    ordered: u32,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let origin = outside::serve().await;
        let (sender, taken) = mpsc::unbounded_channel();
        let film = ModelInfo {
            id: MODEL,
            name: "Film".to_owned(),
            capability: Capability {
                count: CountRange { min: 1, max: 1 },
                ..Capability::new(Operation::TextToVideo)
            },
            price: None,
            pace: Pace {
                typical: Duration::from_secs(1),
                poll_every: Duration::from_secs(1),
                give_up_after: Duration::from_mins(10),
            },
        };
        let url = Url::parse(&origin).unwrap();
        let options = DownloadOptions::default();
        let downloader = Downloader::new(options, Guard::for_base(&url)).unwrap();
        let store = folder.path().join("jobs.db");
        let store = SqliteStore::open(store.to_str().unwrap(), Arc::new(SystemClock)).await;
        let archive = folder.path().join("archive");
        let archive = Archive::open(archive.to_str().unwrap(), ArchiveLimits::default()).await;
        let engine = Engine::builder(Arc::new(store.unwrap()), archive.unwrap())
            .provider_with(
                Arc::new(Films {
                    models: vec![film],
                    origin,
                }),
                downloader,
            )
            .deliverer(Arc::new(Chat {
                platform: PlatformId::new("chat"),
                client: Client::new(ClientOptions::default()).unwrap(),
                origin: url,
                taken: sender,
            }))
            .options(Options::default())
            .build()
            .unwrap();
        let running = engine.clone();
        tokio::spawn(async move { running.run(CancellationToken::new()).await });
        Self {
            engine,
            taken,
            ordered: 0,
            _folder: folder,
        }
    }

    /// Has a few films made at once, and answers how much more memory that took at its worst than there was before.
    async fn peak_of(&mut self, films: usize, size: u64) -> usize {
        let before = HEAP.current_usage();
        HEAP.reset_peak_usage();
        for _ in 0..films {
            self.ordered += 1;
            let admission = self.engine.accept(wish(self.ordered, size)).await.unwrap();
            assert!(matches!(admission, Admission::Accepted { .. }));
        }
        for _ in 0..films {
            let taken = tokio::time::timeout(Duration::from_mins(5), self.taken.recv());
            let taken = taken.await.expect("it arrives").unwrap();
            assert!(taken > size, "{taken} bytes of {size} arrived");
        }
        HEAP.peak_usage().saturating_sub(before)
    }
}

fn wish(number: u32, size: u64) -> NewJob {
    // Different by a byte each, so that none is in the archive already.
    let size = size + u64::from(number);
    NewJob {
        dedupe_key: format!("order-{number}"),
        requester: Requester {
            platform: PlatformId::new("chat"),
            workspace: None,
            channel: "here".to_owned(),
            user: "me".to_owned(),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(
            Operation::TextToVideo,
            Prompt::new(size.to_string()).unwrap(),
        ),
        provider: PROVIDER,
        model: MODEL,
        estimate: Estimate::Unknown,
    }
}

#[tokio::test]
async fn a_large_result_takes_no_more_than_a_mebibyte_of_memory_on_its_way() {
    let mut house = House::new().await;
    // What is made once stays: connections, statements, pools.
    house.peak_of(4, 200_000).await;

    for (films, size) in [(1, 50_000_000), (1, 100_000_000), (4, 50_000_000)] {
        let peak = house.peak_of(films, size).await;
        eprintln!("{films} × {size} bytes: {} KiB at the worst", peak / 1024);
        // The servers of the test are in this process too: they have one more among them.
        assert!(peak <= (films + 1) * MIB, "{films} × {size}: {peak}");
    }
}
