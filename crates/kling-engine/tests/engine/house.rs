//! An engine on a folder of its own, and ways to wait for what becomes of a job.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    AssetInfo, Clock, Estimate, ImageCount, MediaType, Operation, Prompt, SystemClock,
};
use kling_engine::{
    Admission, Archive, ArchiveLimits, Backoff, Engine, EngineError, InputFile, InputRole, Job,
    JobId, JobRequest, NewJob, Options, ReplyAddress, Requester, SqliteStore, Stage,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use tokio_util::sync::CancellationToken;

use crate::acme::{MODEL, PRICE, PROVIDER};
use crate::chat::Chat;
use crate::world::World;

/// Long enough for any machine; nothing waits for so long unless it is broken.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// Everything as fast as it goes.
pub(crate) fn options() -> Options {
    let quickly = Duration::from_millis(20);
    Options {
        period: quickly,
        status_every: quickly,
        backoff: Backoff {
            base: Duration::from_millis(2),
            cap: quickly,
        },
        // No busy machine may make an acceptance late; the tests about late ones set their own.
        accept_timeout: Duration::from_mins(1),
        input_idle_timeout: Duration::from_secs(2),
        delivery_give_up_after: Duration::ZERO,
        delivery_tries: 4,
        ..Options::default()
    }
}

pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) world: World,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl House {
    pub(crate) async fn open(folder: &Path, world: &World) -> Self {
        Self::with(folder, world, options()).await
    }

    pub(crate) async fn with(folder: &Path, world: &World, options: Options) -> Self {
        let engine = at_rest(folder, world, options, ArchiveLimits::default()).await;
        Self::running(engine, world)
    }

    pub(crate) fn running(engine: Engine, world: &World) -> Self {
        let shutdown = CancellationToken::new();
        let running = tokio::spawn({
            let (engine, shutdown) = (engine.clone(), shutdown.clone());
            async move { engine.run(shutdown).await }
        });
        Self {
            engine,
            world: world.clone(),
            shutdown,
            running,
        }
    }

    pub(crate) async fn order(&self, job: NewJob) -> Job {
        order(&self.engine, job).await
    }

    /// Waits until a job is as it should be.
    #[track_caller]
    pub(crate) fn until(
        &self,
        id: &JobId,
        is_so: impl Fn(&Job) -> bool,
    ) -> impl Future<Output = Job> {
        until(&self.engine, id, is_so)
    }

    #[track_caller]
    pub(crate) fn ended(&self, id: &JobId) -> impl Future<Output = Job> {
        self.until(id, |job| job.stage.is_terminal())
    }

    #[track_caller]
    pub(crate) fn reaches(&self, id: &JobId, stage: Stage) -> impl Future<Output = Job> {
        self.until(id, move |job| job.stage == stage)
    }

    /// Stops the engine the orderly way.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        tokio::time::timeout(BOUND, self.running)
            .await
            .expect("it stops")
            .unwrap();
    }
}

pub(crate) async fn at_rest(
    folder: &Path,
    world: &World,
    options: Options,
    limits: ArchiveLimits,
) -> Engine {
    at_rest_by(Arc::new(SystemClock), folder, world, options, limits).await
}

/// As [`at_rest`], on a machine whose clock is this one: the store keeps its own, as a database for several does.
pub(crate) async fn at_rest_by(
    clock: Arc<dyn Clock>,
    folder: &Path,
    world: &World,
    options: Options,
    limits: ArchiveLimits,
) -> Engine {
    let store = reopen(folder).await;
    let archive = folder.join("archive");
    let archive = Archive::open(archive.to_str().unwrap(), limits)
        .await
        .unwrap();
    let base = Url::parse("http://127.0.0.1").unwrap();
    let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(&base)).unwrap();
    Engine::builder(Arc::new(store), archive)
        .provider_with(Arc::clone(&world.acme) as _, downloader)
        .deliverer(Arc::clone(&world.chat) as _)
        .options(options)
        .clock(clock)
        .build()
        .unwrap()
}

/// The last holder may take a moment to be gone.
async fn reopen(folder: &Path) -> SqliteStore {
    let path = folder.join("jobs.db");
    let started = std::time::Instant::now();
    loop {
        match SqliteStore::open(path.to_str().unwrap(), Arc::new(SystemClock)).await {
            Ok(store) => return store,
            Err(EngineError::Locked) if started.elapsed() < BOUND => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

pub(crate) async fn order(engine: &Engine, job: NewJob) -> Job {
    match engine.accept(job).await.unwrap() {
        Admission::Accepted { job, .. } | Admission::Duplicate { job } => *job,
        Admission::Refused(refusal) => panic!("{refusal:?}"),
    }
}

#[track_caller]
pub(crate) fn until(
    engine: &Engine,
    id: &JobId,
    is_so: impl Fn(&Job) -> bool,
) -> impl Future<Output = Job> {
    let caller = std::panic::Location::caller();
    let (engine, id) = (engine.clone(), id.clone());
    async move {
        let started = std::time::Instant::now();
        loop {
            let job = engine.job(&id).await.unwrap().expect("a job");
            if is_so(&job) {
                return job;
            }
            assert!(started.elapsed() < BOUND, "{caller}: it is still {job:#?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// A wish for `count` pictures.
pub(crate) fn pictures(count: u8) -> NewJob {
    let prompt = Prompt::new("a paper boat").unwrap();
    let mut request = JobRequest::new(Operation::TextToImage, prompt);
    request.count = ImageCount::new(count).unwrap();
    NewJob {
        dedupe_key: "command-1".to_owned(),
        requester: Requester {
            platform: Chat::platform(),
            workspace: None,
            channel: "general".to_owned(),
            user: "ada".to_owned(),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request,
        provider: PROVIDER,
        model: MODEL,
        estimate: Estimate::Exact(PRICE),
    }
}

/// A wish for one picture made of others, by where they are.
pub(crate) fn made_of(sources: &[&str]) -> NewJob {
    let mut job = pictures(1);
    job.request.operation = Operation::ImageToImage;
    job.request.inputs = sources
        .iter()
        .map(|source| InputFile {
            role: InputRole::Image,
            name: format!("{source}.png"),
            source: (*source).to_owned(),
            info: AssetInfo {
                media_type: MediaType::Png,
                size_bytes: 1_000,
                dimensions: None,
                duration: None,
                frame_rate: None,
            },
        })
        .collect();
    job
}
