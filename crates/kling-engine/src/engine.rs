//! The front door of the engine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{Clock, Provider, SystemClock, Timestamp};
use kling_http::{DownloadOptions, Downloader, Guard};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::admission::{Admission, NewJob, Standing};
use crate::archive::{Archive, Links};
use crate::books::Drift;
use crate::cancel::{self, CancelAnswer};
use crate::context::{Context, Parts, lock};
use crate::deliver;
use crate::deliverer::{Deliverer, DeliveryFile};
use crate::error::EngineError;
use crate::job::{Job, JobId, PlatformId, Requester, Stage};
use crate::options::Options;
use crate::pass;
use crate::resolve::{self, Choice};
use crate::store::Store;
use crate::wake::Loop;

/// Changes that come in quick succession ring the bells once.
const RING_EVERY: Duration = Duration::from_millis(20);

/// How long what was dropped may take to be gone.
const LAST_MOMENT: Duration = Duration::from_secs(5);

/// Sees jobs through. Cheap to clone; nothing moves before [`Engine::run`].
#[derive(Clone)]
pub struct Engine(Arc<Context>);

/// How the engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether the store answers.
    pub store_ok: bool,
    /// Whether the archive had no room for the last file.
    pub archive_full: bool,
    /// How many jobs are in each stage; empty when the store does not answer.
    pub counts: Vec<(Stage, u64)>,
    /// The loops whose last pass failed, with why.
    pub failing: Vec<(&'static str, String)>,
    /// Models whose estimates are further from their cost than [`Options::drift_alarm_percent`].
    pub drifting: Vec<Drift>,
    /// How many jobs are being worked on by this process.
    pub working_on: usize,
}

impl Engine {
    /// Begins an engine on a store and an archive.
    pub fn builder(store: Arc<dyn Store>, archive: Archive) -> EngineBuilder {
        EngineBuilder {
            store,
            archive,
            suppliers: Vec::new(),
            links: None,
            deliverers: Vec::new(),
            clock: Arc::new(SystemClock),
            options: Options::default(),
        }
    }

    /// Takes a job in, durably, or refuses it.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooSlow`] after [`Options::accept_timeout`]: whatever still lands is taken back
    /// before it can be submitted. [`EngineError::ShuttingDown`], and what the store reports.
    pub async fn accept(&self, job: NewJob) -> Result<Admission, EngineError> {
        accept::accept(&self.0, job, Standing::default()).await
    }

    /// As [`Engine::accept`], for somebody of whom the platform knows more: their roles, and whether the place
    /// is for adults only. Rules may ask for either.
    ///
    /// # Errors
    ///
    /// As [`Engine::accept`].
    pub async fn accept_from(
        &self,
        job: NewJob,
        standing: Standing,
    ) -> Result<Admission, EngineError> {
        accept::accept(&self.0, job, standing).await
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    /// One job, as it is now; `None` when there is none of that id.
    ///
    /// # Errors
    ///
    /// [`EngineError::Store`] when the store cannot be read.
    pub async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError> {
        self.0.store.job(id).await
    }

    /// The results of a job that are in the archive, in the provider's order.
    ///
    /// # Errors
    ///
    /// [`EngineError::Store`] when the store cannot be read.
    pub async fn files(&self, id: &JobId) -> Result<Vec<DeliveryFile>, EngineError> {
        let files = self.0.store.files(id).await?;
        Ok(deliver::result_files(&self.0.archive, id, &files))
    }

    /// Somebody's jobs, newest first, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// [`EngineError::Store`] when the store cannot be read.
    pub async fn jobs_of(
        &self,
        requester: &Requester,
        limit: u32,
    ) -> Result<Vec<Job>, EngineError> {
        self.0.store.jobs_of(requester, limit).await
    }

    /// Whether an input of a platform can be had at a public address, once it is here.
    pub fn has_public_address(&self, platform: &PlatformId, source: &str) -> bool {
        self.0.has_public_address(platform, source)
    }

    /// Cancels a job as far as that is possible.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoSuchJob`], and what the store reports.
    pub async fn cancel(&self, id: &JobId) -> Result<CancelAnswer, EngineError> {
        cancel::cancel(&self.0, id).await
    }

    /// Carries out a choice about an unconfirmed job, and tells the stage it is in afterwards.
    ///
    /// # Errors
    ///
    /// [`EngineError::WrongStage`] when it is not unconfirmed, or somebody else is looking at it;
    /// [`EngineError::NoSuchJob`], and what the store reports.
    pub async fn resolve(&self, id: &JobId, choice: Choice) -> Result<Stage, EngineError> {
        resolve::resolve(&self.0, id, choice).await
    }

    /// Who moves where, from now on. Gossip: a slow listener misses some; [`Engine::job`] is the truth.
    pub fn events(&self) -> broadcast::Receiver<(JobId, Stage)> {
        self.0.progress.listen()
    }

    /// How the engine is, within [`Options::accept_timeout`].
    pub async fn health(&self) -> Health {
        let limit = self.0.options.accept_timeout;
        let counts = tokio::time::timeout(limit, self.0.store.counts()).await;
        let counts = counts.ok().and_then(Result::ok);
        let failing = lock(&self.0.failing).clone();
        Health {
            store_ok: counts.is_some(),
            archive_full: self.0.archive.is_full(),
            counts: counts.unwrap_or_default(),
            failing: failing.into_iter().collect(),
            drifting: lock(&self.0.drifting).clone(),
            working_on: self.0.steps.len(),
        }
    }

    /// Makes one pass of one loop and waits for what it started; the number of jobs it took up. For
    /// tests, and for hosts with a scheduler of their own.
    ///
    /// # Errors
    ///
    /// What the store reports. A single job's failure is no failure of the pass.
    pub async fn one_pass(&self, who: Loop) -> Result<usize, EngineError> {
        pass::one(&self.0, who).await
    }

    /// Runs all loops until `shutdown`; then takes up nothing new, lets running steps finish within
    /// [`Options::drain_timeout`], writes down what was paid for, and closes the store.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut loops = JoinSet::new();
        for who in Loop::ALL {
            loops.spawn(pass::run(Arc::clone(&self.0), who));
        }
        loops.spawn(listen(Arc::clone(&self.0)));
        shutdown.cancelled().await;
        self.drain(loops).await;
        self.0.store.close().await;
    }

    /// The time that all decisions go by.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn now(&self) -> Result<Timestamp, EngineError> {
        self.store().now().await
    }

    /// Closes the store of an engine that never ran, once everything written is there for the next one.
    pub async fn close(&self) {
        self.store().close().await;
    }

    async fn drain(&self, mut loops: JoinSet<()>) {
        let context = &self.0;
        context.closing.cancel();
        context.steps.close();
        context.owed.close();
        let running = context.steps.len();
        tracing::info!(
            running,
            "stopping: no new work, {running} jobs are finishing their step"
        );
        let finished = async {
            while loops.join_next().await.is_some() {}
            context.steps.wait().await;
        };
        let limit = context.options.drain_timeout;
        if tokio::time::timeout(limit, finished).await.is_err() {
            tracing::warn!(
                "stopping with {} jobs in the middle of a step",
                context.steps.len()
            );
            context.stopping.cancel();
            loops.shutdown().await;
            // Dropped steps go at their next await.
            let _ = tokio::time::timeout(LAST_MOMENT, context.steps.wait()).await;
        }
        if tokio::time::timeout(context.options.lease, context.owed.wait())
            .await
            .is_err()
        {
            context.abandoned.cancel();
            let _ = tokio::time::timeout(LAST_MOMENT, context.owed.wait()).await;
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("providers", &self.0.provider_ids)
            .field("platforms", &self.0.platforms)
            .finish_non_exhaustive()
    }
}

/// Passes on what the store hears from elsewhere.
async fn listen(context: Arc<Context>) {
    let mut changed = context.store.changed();
    loop {
        tokio::select! {
            biased;
            () = context.closing.cancelled() => return,
            () = &mut changed => {}
        }
        // What is written from here on counts for the next round.
        changed = context.store.changed();
        context.bells.ring_for_work();
        tokio::time::sleep(RING_EVERY).await;
    }
}

/// An engine to be.
#[derive(Debug)]
pub struct EngineBuilder {
    store: Arc<dyn Store>,
    archive: Archive,
    links: Option<Links>,
    suppliers: Vec<(Arc<dyn Provider>, Option<Downloader>)>,
    deliverers: Vec<Arc<dyn Deliverer>>,
    clock: Arc<dyn Clock>,
    options: Options,
}

impl EngineBuilder {
    /// Adds a provider whose results are on the public internet.
    #[must_use]
    pub fn provider(mut self, provider: Arc<dyn Provider>) -> Self {
        self.suppliers.push((provider, None));
        self
    }

    /// Adds a provider with what fetches its results, for results that are elsewhere: the guard of a
    /// provider whose own address is on loopback lets loopback through.
    #[must_use]
    pub fn provider_with(mut self, provider: Arc<dyn Provider>, downloader: Downloader) -> Self {
        self.suppliers.push((provider, Some(downloader)));
        self
    }

    /// Adds a chat platform, or whatever else jobs come from.
    #[must_use]
    pub fn deliverer(mut self, deliverer: Arc<dyn Deliverer>) -> Self {
        self.deliverers.push(deliverer);
        self
    }

    /// Gives inputs a signed public address, for providers that take nothing else. Whoever hands this in serves
    /// [`Links::read`] at its base.
    #[must_use]
    pub fn links(mut self, links: Links) -> Self {
        self.links = Some(links);
        self
    }

    /// Takes the time from here; where the store keeps no time of its own, it must be the clock of the store.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how it behaves.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The engine, at rest.
    ///
    /// # Errors
    ///
    /// [`EngineError::Setup`] when results could not be fetched on this machine at all.
    pub fn build(self) -> Result<Engine, EngineError> {
        let public = Downloader::new(DownloadOptions::default(), Guard::public_only())
            .map_err(EngineError::Setup)?;
        let suppliers = self
            .suppliers
            .into_iter()
            .map(|(provider, own)| (provider, own.unwrap_or_else(|| public.clone())))
            .collect();
        Ok(Engine(Arc::new(Context::new(Parts {
            store: self.store,
            archive: self.archive,
            links: self.links,
            suppliers,
            deliverers: self.deliverers,
            clock: self.clock,
            options: self.options,
        }))))
    }
}
