//! What every loop has at hand, and the one way a job moves.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kling_core::{Clock, Cost, ModelInfo, Provider, ProviderId};
use kling_http::Downloader;
use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alarm::Alarms;
use crate::announce::Board;
use crate::archive::{Archive, Links};
use crate::books::Drift;
use crate::deliverer::Deliverer;
use crate::error::EngineError;
use crate::event::{Ending, Event};
use crate::failpoint::{ProviderDoor, StoreDoor};
use crate::job::{Job, JobId, PlatformId, Stage};
use crate::leap::Leaps;
use crate::options::Options;
use crate::policy::Keeper;
use crate::progress::Progress;
use crate::report;
use crate::store::Store;
use crate::trouble::Troubles;
use crate::wake::{Bells, Loop};

mod time;

/// The longest that a job waits because somebody out there asked it to.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// A provider, with what fetches its results.
#[derive(Debug)]
pub(crate) struct Supplier {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) downloader: Downloader,
    /// How long a submission is waited for: longer than the provider takes to give up by itself.
    pub(crate) submit_deadline: Duration,
    /// How many more submissions may be on their way.
    pub(crate) slots: Arc<Semaphore>,
}

/// What every loop has at hand.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) archive: Archive,
    /// What makes public addresses of files, where they are served.
    pub(crate) links: Option<Links>,
    pub(crate) suppliers: BTreeMap<ProviderId, Supplier>,
    pub(crate) provider_ids: Vec<ProviderId>,
    pub(crate) deliverers: HashMap<PlatformId, Arc<dyn Deliverer>>,
    pub(crate) platforms: Vec<PlatformId>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// The rules that are changed while the program runs.
    pub(crate) rules: Keeper,
    pub(crate) bells: Bells,
    pub(crate) progress: Progress,
    /// Steps at work.
    pub(crate) steps: TaskTracker,
    /// Commits of answers that were paid for: these are waited for longest.
    pub(crate) owed: TaskTracker,
    /// No new claims.
    pub(crate) closing: CancellationToken,
    /// Steps are dropped where they are.
    pub(crate) stopping: CancellationToken,
    /// Nothing is tried again.
    pub(crate) abandoned: CancellationToken,
    /// Jobs whose requester was not told yet that they are accepted: not to be submitted.
    pub(crate) unacknowledged: Mutex<HashSet<JobId>>,
    /// Models whose estimates were too far off when somebody looked last.
    pub(crate) drifting: Mutex<Vec<Drift>>,
    pub(crate) failing: Mutex<BTreeMap<&'static str, String>>,
    /// When the store's clock was set.
    pub(crate) leaps: Leaps,
    pub(crate) slots: HashMap<Loop, Arc<Semaphore>>,
    /// By loop: whether more jobs may be due than it had slots for.
    pub(crate) hungry: [AtomicBool; Loop::ALL.len()],
    pub(crate) board: Board,
    /// What needs a person now.
    pub(crate) alarms: Alarms,
    /// What went wrong last with each job.
    pub(crate) troubles: Troubles,
    talking: Mutex<HashMap<JobId, Arc<AsyncMutex<()>>>>,
}

/// What a [`Context`] is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) archive: Archive,
    pub(crate) links: Option<Links>,
    pub(crate) suppliers: Vec<(Arc<dyn Provider>, Downloader)>,
    pub(crate) deliverers: Vec<Arc<dyn Deliverer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
}

impl Context {
    pub(crate) fn new(parts: Parts) -> Self {
        let options = parts.options;
        let slots = |n: usize| Arc::new(Semaphore::new(n.max(1)));
        let suppliers: BTreeMap<ProviderId, Supplier> = parts
            .suppliers
            .into_iter()
            .map(|(provider, downloader)| {
                let supplier = Supplier {
                    downloader: downloader.with_max_bytes(options.result_max_bytes),
                    slots: slots(options.submissions_per_provider),
                    submit_deadline: provider.submit_timeout() + options.margin,
                    provider: Arc::new(ProviderDoor(provider)),
                };
                (supplier.provider.id().clone(), supplier)
            })
            .collect();
        let deliverers: HashMap<PlatformId, Arc<dyn Deliverer>> = parts
            .deliverers
            .into_iter()
            .map(|deliverer| (deliverer.platform().clone(), deliverer))
            .collect();
        Self {
            store: Arc::new(StoreDoor(parts.store)),
            archive: parts.archive,
            links: parts.links,
            provider_ids: suppliers.keys().cloned().collect(),
            suppliers,
            platforms: deliverers.keys().cloned().collect(),
            deliverers,
            clock: parts.clock,
            slots: Loop::ALL
                .into_iter()
                .map(|who| (who, slots(options.jobs_per_loop)))
                .collect(),
            hungry: Default::default(),
            options,
            rules: Keeper::default(),
            bells: Bells::default(),
            progress: Progress::new(),
            steps: TaskTracker::new(),
            owed: TaskTracker::new(),
            closing: CancellationToken::new(),
            stopping: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            unacknowledged: Mutex::default(),
            drifting: Mutex::default(),
            failing: Mutex::default(),
            leaps: Leaps::default(),
            board: Board::default(),
            alarms: Alarms::default(),
            troubles: Troubles::default(),
            talking: Mutex::default(),
        }
    }

    /// Makes one transition, and lets everybody know who waits for it. `None` when the job has moved
    /// on meanwhile, which the caller must obey.
    pub(crate) async fn advance(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Result<Option<Job>, EngineError> {
        let lost = match &event {
            Event::Lost { evidence } => Some(evidence.clone()),
            _ => None,
        };
        self.troubles.pass(&job.id, &event);
        let moved = self.store.advance(job, event, hold).await?;
        if let Some(job) = &moved {
            self.bells.ring_for(job);
            self.progress.tell(job);
            self.report(job, lost.as_deref());
        }
        Ok(moved)
    }

    /// One line for the operator when a job has ended, or nobody knows what became of it; all else is detail.
    fn report(&self, job: &Job, lost: Option<&str>) {
        if job.stage.is_terminal() {
            report::ended(job, self.troubles.take(&job.id).as_deref());
        } else if let Some(evidence) = lost {
            report::unconfirmed(job, evidence, self.troubles.take(&job.id).as_deref());
        } else {
            tracing::debug!(job.id = %job.id, stage = %job.stage, "job `{}` is {}", job.id, job.stage);
        }
    }

    /// As [`Context::advance`], until the store has answered: what was paid for is not to be lost
    /// because a database is away for a while.
    pub(crate) async fn advance_surely(
        &self,
        job: &Job,
        event: Event,
        hold: Option<Duration>,
    ) -> Option<Job> {
        let mut tries = 0;
        loop {
            let error = match self.advance(job, event.clone(), hold).await {
                Ok(moved) => return moved,
                Err(error) => error,
            };
            let last = !is_passing(&error) || self.abandoned.is_cancelled();
            if tries == 0 || last {
                tracing::error!(
                    job.id = %job.id, provider = %job.provider, last,
                    task.handle = task_of(&event),
                    error = &error as &dyn std::error::Error,
                    "the store did not take what became of job `{}`", job.id,
                );
            }
            if last {
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(self.options.backoff.any(tries)) => {}
                () = self.abandoned.cancelled() => {}
            }
            tries += 1;
        }
    }

    /// Ends a job without a result; its requester will be told.
    pub(crate) async fn end(
        &self,
        job: &Job,
        ending: Ending,
        cost: Option<Cost>,
    ) -> Result<(), EngineError> {
        self.advance(job, Event::Ended { ending, cost }, None)
            .await?;
        Ok(())
    }

    /// Does something long for a claimed job, renewing its lease all the while. `None`, and the work
    /// is dropped, when the job has moved on meanwhile.
    pub(crate) async fn keep<T>(&self, job: &Job, work: impl Future<Output = T>) -> Option<T> {
        let held = async {
            loop {
                tokio::time::sleep(self.options.lease / 3).await;
                match self.store.renew(job, self.options.lease).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => tracing::debug!(
                        job.id = %job.id,
                        error = &error as &dyn std::error::Error,
                        "the lease of job `{}` was not renewed", job.id,
                    ),
                }
            }
        };
        tokio::select! {
            biased;
            done = work => Some(done),
            () = held => None,
        }
    }

    /// Puts a claimed job off by how often it was tried, and by as long as somebody asks, within reason.
    pub(crate) async fn put_off(
        &self,
        job: &Job,
        at_least: Option<Duration>,
    ) -> Result<(), EngineError> {
        let wait = self.options.backoff.any(job.tries);
        let wait = at_least.map_or(wait, |asked| asked.min(LONGEST_WAIT).max(wait));
        self.store.put_off(job, wait).await?;
        Ok(())
    }

    /// The catalogue's entry for what a job asks, where this process has it.
    pub(crate) fn model(&self, job: &Job) -> Option<&ModelInfo> {
        let supplier = self.suppliers.get(&job.provider)?;
        supplier
            .provider
            .models()
            .iter()
            .find(|model| model.id == job.model && model.operation() == job.request.operation)
    }

    /// The lock that whoever shows something about a job holds, so that a status never comes after,
    /// or during, its result.
    pub(crate) fn talk_of(&self, id: &JobId) -> Arc<AsyncMutex<()>> {
        let mut talking = lock(&self.talking);
        talking.retain(|_, talk| Arc::strong_count(talk) > 1);
        Arc::clone(talking.entry(id.clone()).or_default())
    }

    /// Whether the requester has not been told yet that the job is accepted.
    pub(crate) fn is_unacknowledged(&self, id: &JobId) -> bool {
        lock(&self.unacknowledged).contains(id)
    }
}

/// A lock whose holder panicked is taken all the same: what it guards is simple.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a failure of the store may be over the next time.
pub(crate) const fn is_passing(error: &EngineError) -> bool {
    match error {
        EngineError::Store { .. } | EngineError::TooSlow | EngineError::Failpoint { .. } => true,
        EngineError::Locked
        | EngineError::NewerSchema
        | EngineError::Corrupt { .. }
        | EngineError::NotEmpty
        | EngineError::BadExport { .. }
        | EngineError::Archive { .. }
        | EngineError::ArchiveFull
        | EngineError::NoSuchJob
        | EngineError::WrongStage { .. }
        | EngineError::Setup(_)
        | EngineError::StaleRules
        | EngineError::Policy(_)
        | EngineError::ShuttingDown => false,
    }
}

/// The task in an event, so that an operator finds it in the log when nothing else has it.
pub(crate) fn task_of(event: &Event) -> Option<&str> {
    match event {
        Event::Started { task } => Some(task.as_str()),
        _ => None,
    }
}

/// Whether a status message may still be edited.
pub(crate) const fn shows_status(stage: Stage) -> bool {
    match stage {
        Stage::Accepted
        | Stage::Collected
        | Stage::Submitting
        | Stage::Submitted
        | Stage::Running
        | Stage::Fetched => true,
        Stage::Unconfirmed
        | Stage::Delivering
        | Stage::Delivered
        | Stage::Failed
        | Stage::Cancelled
        | Stage::Expired => false,
    }
}
