//! A provider and a chat that note, for all they do, how much of the recording there was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kling_core::{
    Capability, Cost, CostSource, Estimate, GenerationRequest, ModelId, ModelInfo, Money,
    Operation, Output, OutputAsset, OutputSource, Pace, Prompt, Provider, ProviderError,
    ProviderId, Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_engine::{
    Admission, Archive, ArchiveLimits, Backoff, Deliverer, Delivery, DeliveryError, Engine, Job,
    JobId, JobRequest, NewJob, Options, PlatformId, Receipt, ReplyAddress, Requester, SqliteStore,
};
use tokio_util::sync::CancellationToken;

pub(crate) const BOUND: Duration = Duration::from_mins(1);

const PROVIDER: ProviderId = ProviderId::literal("acme");
const MODEL: ModelId = ModelId::literal("painter-1");
const PRICE: Money = Money::from_microdollars(10_000);

/// Something that was seen outside, with the size of the recording then.
pub(crate) type Dated<T> = Mutex<Vec<(u64, T)>>;

/// What is outside, and outlives the power.
#[derive(Debug)]
pub(crate) struct World {
    writes: PathBuf,
    models: Vec<ModelInfo>,
    pub(crate) promised: Dated<JobId>,
    pub(crate) bills: Dated<SubmissionKey>,
    pub(crate) posts: Dated<(JobId, String)>,
}

impl World {
    /// One that dates everything by the recording of a database.
    pub(crate) fn beside(database: &Path) -> Arc<Self> {
        let mut writes = database.as_os_str().to_owned();
        writes.push(".writes");
        Arc::new(Self {
            writes: PathBuf::from(writes),
            models: vec![ModelInfo {
                id: MODEL,
                name: "Painter".to_owned(),
                capability: Capability::new(Operation::TextToImage),
                price: None,
                pace: Pace {
                    typical: Duration::from_secs(1),
                    poll_every: Duration::from_millis(5),
                    give_up_after: Duration::from_mins(5),
                },
            }],
            promised: Mutex::default(),
            bills: Mutex::default(),
            posts: Mutex::default(),
        })
    }

    /// The same world as it was when so much had been recorded.
    pub(crate) fn until(&self, size: u64, database: &Path) -> Arc<Self> {
        let past = Self::beside(database);
        *past.promised.lock().unwrap() = before(&self.promised, size);
        *past.bills.lock().unwrap() = before(&self.bills, size);
        *past.posts.lock().unwrap() = before(&self.posts, size);
        past
    }

    pub(crate) fn recorded(&self) -> u64 {
        std::fs::metadata(&self.writes).map_or(0, |file| file.len())
    }

    /// How often each submission was paid for.
    pub(crate) fn paid(&self) -> BTreeMap<String, usize> {
        let mut paid = BTreeMap::new();
        for (_, key) in self.bills.lock().unwrap().iter() {
            let job = key.as_str().split('.').next().unwrap_or_default();
            *paid.entry(job.to_owned()).or_default() += 1;
        }
        paid
    }

    /// The messages of each job; the same one twice is one.
    pub(crate) fn shown(&self) -> BTreeMap<JobId, Vec<String>> {
        let mut shown: BTreeMap<JobId, Vec<String>> = BTreeMap::new();
        for (_, (id, nonce)) in self.posts.lock().unwrap().iter() {
            let messages = shown.entry(id.clone()).or_default();
            if !messages.contains(nonce) {
                messages.push(nonce.clone());
            }
        }
        shown
    }
}

/// What was seen when so much had been recorded.
pub(crate) fn before<T: Clone>(dated: &Dated<T>, size: u64) -> Vec<(u64, T)> {
    let dated = dated.lock().unwrap();
    let early = dated.iter().filter(|(at, _)| *at <= size);
    early.cloned().collect()
}

fn output() -> Output {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(64, 48)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    Output {
        assets: vec![OutputAsset {
            source: OutputSource::Inline(bytes.into_inner().into()),
            media_type: None,
        }],
        cost: Some(Cost {
            amount: PRICE,
            source: CostSource::Reported,
        }),
    }
}

#[derive(Debug)]
struct Shop(Arc<World>);

#[async_trait::async_trait]
impl Provider for Shop {
    fn id(&self) -> &ProviderId {
        const { &PROVIDER }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0.models
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let at = self.0.recorded();
        let mut bills = self.0.bills.lock().unwrap();
        bills.push((at, key.clone()));
        if bills.len().is_multiple_of(2) {
            return Ok(Submission::Finished(output()));
        }
        let task = TaskHandle::parse(format!("task-{key}")).unwrap();
        Ok(Submission::Started(task))
    }

    fn submit_timeout(&self) -> Duration {
        Duration::from_millis(200)
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        Ok(TaskStatus::Succeeded(output()))
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        let bills = self.0.bills.lock().unwrap();
        let is_there = bills.iter().any(|(_, known)| known == key);
        Ok(is_there.then(|| TaskHandle::parse(format!("task-{key}")).unwrap()))
    }
}

#[derive(Debug)]
struct Wall {
    world: Arc<World>,
    platform: PlatformId,
}

#[async_trait::async_trait]
impl Deliverer for Wall {
    fn platform(&self) -> &PlatformId {
        &self.platform
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let at = self.world.recorded();
        let post = (delivery.job.id.clone(), delivery.nonce.clone());
        self.world.posts.lock().unwrap().push((at, post));
        Ok(Receipt::new("message"))
    }
}

/// An engine that runs on a database, with the archive beside it.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) world: Arc<World>,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl House {
    pub(crate) async fn open(database: &Path, archive: &Path, world: &Arc<World>) -> Self {
        let store = SqliteStore::open(database.to_str().unwrap(), Arc::new(SystemClock));
        let store = store.await.unwrap();
        let archive = Archive::open(archive.to_str().unwrap(), ArchiveLimits::default());
        let wall = Wall {
            world: Arc::clone(world),
            platform: PlatformId::new("chat"),
        };
        let quickly = Duration::from_millis(10);
        let engine = Engine::builder(Arc::new(store), archive.await.unwrap())
            .provider(Arc::new(Shop(Arc::clone(world))))
            .deliverer(Arc::new(wall))
            .options(Options {
                period: quickly,
                margin: Duration::from_millis(100),
                accept_timeout: BOUND,
                backoff: Backoff {
                    base: Duration::from_millis(2),
                    cap: quickly,
                },
                ..Options::default()
            })
            .build()
            .unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn({
            let (engine, shutdown) = (engine.clone(), shutdown.clone());
            async move { engine.run(shutdown).await }
        });
        Self {
            engine,
            world: Arc::clone(world),
            shutdown,
            running,
        }
    }

    /// Asks for a picture; the promise is noted once it is given.
    pub(crate) async fn order(&self, number: usize) -> JobId {
        let prompt = Prompt::new("a paper boat").unwrap();
        let answer = self.engine.accept(NewJob {
            dedupe_key: format!("command-{number}"),
            requester: Requester {
                platform: PlatformId::new("chat"),
                workspace: None,
                channel: "general".to_owned(),
                user: "ada".to_owned(),
            },
            reply_address: ReplyAddress::new("here"),
            locale: None,
            request: JobRequest::new(Operation::TextToImage, prompt),
            provider: PROVIDER,
            model: MODEL,
            estimate: Estimate::Exact(PRICE),
        });
        let Admission::Accepted { job, .. } = answer.await.unwrap() else {
            panic!("it was not accepted");
        };
        let at = self.world.recorded();
        self.world
            .promised
            .lock()
            .unwrap()
            .push((at, job.id.clone()));
        job.id
    }

    pub(crate) async fn ended(&self, id: &JobId) -> Job {
        let begun = std::time::Instant::now();
        loop {
            let job = self.engine.job(id).await.unwrap().expect("a job");
            if job.stage.is_terminal() {
                return job;
            }
            assert!(begun.elapsed() < BOUND, "it is still {job:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        self.running.await.unwrap();
    }
}
