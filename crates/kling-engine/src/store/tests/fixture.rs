//! A store to play with, on a clock that moves when told, and shorthand for the scenes of the suite.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    AssetInfo, AssetUrl, Cost, CostSource, Estimate, ManualClock, MediaType, ModelId, Money,
    Operation, Output, OutputAsset, OutputSource, Prompt, ProviderId, SubmissionKey, TaskHandle,
    Timestamp,
};

use super::cluster::{Cluster, Database};
use crate::{
    Admission, Ending, EngineError, Event, InputFile, InputRole, Job, JobId, JobRequest, Lease,
    LedgerEntry, LedgerKind, Limits, NewJob, PlatformId, PostgresOptions, PostgresStore, Reason,
    Receipt, ReplyAddress, Requester, SqliteStore, Stage, Store, StoreTime, Work,
};

/// How long claims hold in these tests.
pub(super) const HOLD: Duration = Duration::from_secs(30);

/// A place where one kind of store keeps its rows.
#[async_trait::async_trait]
pub(super) trait Ground: Send + Sync {
    /// An empty place.
    fn new() -> Self
    where
        Self: Sized;

    /// Where it is.
    fn path(&self) -> String;

    /// Opens the store that is there.
    async fn open(&self, clock: ManualClock) -> Result<Arc<dyn Store>, EngineError>;
}

/// A file in a folder of its own.
pub(super) struct SqliteFile(pub(super) tempfile::TempDir);

#[async_trait::async_trait]
impl Ground for SqliteFile {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> String {
        self.0.path().join("kling.db").to_str().unwrap().to_owned()
    }

    async fn open(&self, clock: ManualClock) -> Result<Arc<dyn Store>, EngineError> {
        let store = SqliteStore::open(&self.path(), Arc::new(clock)).await?;
        Ok(Arc::new(store))
    }
}

/// A database of its own, and a folder for what is written down beside it.
pub(super) struct PostgresDatabase {
    pub(super) database: Database,
    pub(super) folder: tempfile::TempDir,
}

impl PostgresDatabase {
    pub(super) fn options(&self, clock: ManualClock) -> PostgresOptions {
        PostgresOptions {
            state_folder: self.folder.path().to_owned(),
            time: StoreTime::Handed(Arc::new(clock)),
            connections: 4,
        }
    }
}

#[async_trait::async_trait]
impl Ground for PostgresDatabase {
    fn new() -> Self {
        Self {
            database: Cluster::shared().database(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> String {
        self.database.url()
    }

    async fn open(&self, clock: ManualClock) -> Result<Arc<dyn Store>, EngineError> {
        let store = PostgresStore::open(&self.path(), self.options(clock)).await?;
        Ok(Arc::new(store))
    }
}

/// A store with its clock.
pub(super) struct House {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: ManualClock,
    pub(super) limits: Limits,
    platforms: Vec<PlatformId>,
    providers: Vec<ProviderId>,
    pub(super) ground: Box<dyn Ground>,
}

impl House {
    pub(super) async fn on<G: Ground + 'static>() -> Self {
        let ground = Box::new(G::new());
        let clock = ManualClock::new(Timestamp::from_millis(1_700_000_000_000));
        Self {
            store: ground.open(clock.clone()).await.unwrap(),
            clock,
            limits: Limits::default(),
            platforms: vec![PlatformId::new("chat")],
            providers: vec![ProviderId::literal("acme")],
            ground,
        }
    }

    /// Closes the store and opens it again.
    pub(super) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = self.ground.open(self.clock.clone()).await.unwrap();
    }

    pub(super) fn path(&self) -> String {
        self.ground.path()
    }

    pub(super) fn now(&self) -> i64 {
        use kling_core::Clock as _;
        self.clock.now().as_millis()
    }

    pub(super) async fn ask(&self, new: NewJob) -> Admission {
        // A moment for each, so that age is never a tie.
        self.clock.advance(Duration::from_millis(1));
        let now = self.store.now().await.unwrap();
        self.store
            .accept(JobId::new(now), new, &self.limits)
            .await
            .unwrap()
    }

    #[track_caller]
    pub(super) fn accepted(admission: Admission) -> Job {
        match admission {
            Admission::Accepted { job, .. } => *job,
            other => panic!("not accepted: {other:?}"),
        }
    }

    pub(super) fn refused(admission: Admission) -> Vec<Reason> {
        match admission {
            Admission::Refused(refusal) => refusal.reasons,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(super) async fn accept(&self, user: &str) -> Job {
        Self::accepted(self.ask(wish(user)).await)
    }

    pub(super) async fn claim(&self, work: Work, limit: u32) -> Vec<Job> {
        self.store.claim(work, self.lease(limit)).await.unwrap()
    }

    pub(super) fn lease(&self, limit: u32) -> Lease<'_> {
        Lease {
            platforms: &self.platforms,
            providers: &self.providers,
            limit,
            hold: HOLD,
        }
    }

    pub(super) async fn advance(&self, job: &Job, event: Event) -> Job {
        self.store
            .advance(job, event, Some(HOLD))
            .await
            .unwrap()
            .unwrap()
    }

    /// Takes a job through events, from wherever it is.
    pub(super) async fn through(&self, job: Job, events: impl IntoIterator<Item = Event>) -> Job {
        let mut job = job;
        for event in events {
            job = self.advance(&job, event).await;
        }
        job
    }

    pub(super) async fn job(&self, id: &JobId) -> Job {
        self.store.job(id).await.unwrap().unwrap()
    }

    /// The kinds, amounts and attempts in the ledger of a job.
    pub(super) async fn ledger(&self, job: &Job) -> Vec<(LedgerKind, Option<Money>, u32)> {
        let entries: Vec<LedgerEntry> = self.store.ledger(&job.id).await.unwrap();
        entries
            .into_iter()
            .map(|entry| (entry.kind, entry.amount, entry.attempt))
            .collect()
    }
}

/// A wish with one input, expected to cost ten cents.
pub(super) fn wish(user: &str) -> NewJob {
    let mut request = JobRequest::new(
        Operation::ImageToImage,
        Prompt::new("a paper boat").unwrap(),
    );
    request.inputs.push(InputFile {
        role: InputRole::Image,
        name: "a.png".to_owned(),
        source: "https://files.example.com/a.png?hm=5ec2e7".to_owned(),
        info: AssetInfo {
            media_type: MediaType::Png,
            size_bytes: 1234,
            dimensions: None,
            duration: None,
            frame_rate: None,
        },
    });
    NewJob {
        dedupe_key: rand::random::<u128>().to_string(),
        requester: Requester {
            platform: PlatformId::new("chat"),
            workspace: Some("guild".to_owned()),
            channel: "general".to_owned(),
            user: user.to_owned(),
        },
        reply_address: ReplyAddress::new("token-5ec2e7"),
        locale: Some("en-GB".to_owned()),
        request,
        provider: ProviderId::literal("acme"),
        model: ModelId::literal("acme/image-1"),
        estimate: Estimate::Exact(cents(10)),
    }
}

pub(super) fn cents(cents: i64) -> Money {
    Money::from_microdollars(cents * 10_000)
}

pub(super) fn cost(amount: i64) -> Cost {
    Cost {
        amount: cents(amount),
        source: CostSource::Reported,
    }
}

pub(super) fn intent() -> Event {
    Event::Intent {
        key: SubmissionKey::literal("key-1"),
        deadline: Timestamp::from_millis(1_700_000_060_000),
    }
}

pub(super) fn started() -> Event {
    Event::Started {
        task: TaskHandle::literal("task-1"),
    }
}

pub(super) fn finished(cost: Option<Cost>) -> Event {
    Event::Finished {
        output: Output {
            assets: vec![OutputAsset {
                source: OutputSource::Url(
                    AssetUrl::parse("https://cdn.example.com/out.png?sig=5ec2e7").unwrap(),
                ),
                media_type: Some(MediaType::Png),
            }],
            cost,
        },
    }
}

pub(super) fn lost() -> Event {
    Event::Lost {
        evidence: "indeterminate".to_owned(),
    }
}

pub(super) fn notice_shown() -> Event {
    Event::NoticeShown {
        receipt: Receipt::new("message-1"),
    }
}

pub(super) fn failed() -> Ending {
    Ending::Failed {
        reason: Reason::new("provider-failed"),
    }
}

pub(super) fn ended(ending: Ending, cost: Option<Cost>) -> Event {
    Event::Ended { ending, cost }
}

pub(super) fn delivered(ending: Ending) -> Event {
    Event::Delivered {
        ending,
        receipt: Receipt::new("message-1"),
    }
}

/// The events that bring a new job into a stage.
pub(super) fn way_to(stage: Stage) -> Vec<Event> {
    let submitting = || vec![Event::Collected, intent()];
    let with = |more: Vec<Event>| [submitting(), more].concat();
    let delivering = |event: Event| {
        with(vec![
            started(),
            finished(Some(cost(9))),
            Event::Fetched,
            Event::Delivering,
            event,
        ])
    };
    match stage {
        Stage::Accepted => vec![],
        Stage::Collected => vec![Event::Collected],
        Stage::Submitting => submitting(),
        Stage::Unconfirmed => with(vec![lost()]),
        Stage::Submitted => with(vec![started()]),
        Stage::Running => with(vec![started(), Event::Progress { percent: Some(40) }]),
        Stage::Fetched => with(vec![started(), finished(Some(cost(9))), Event::Fetched]),
        Stage::Delivering => vec![ended(failed(), None)],
        Stage::Delivered => delivering(delivered(Ending::Result)),
        Stage::Failed => delivering(delivered(failed())),
        Stage::Cancelled => delivering(delivered(Ending::Cancelled { charged: None })),
        Stage::Expired => delivering(delivered(Ending::Expired)),
    }
}

/// Each event once, and those that lead to different stages once for each.
pub(super) fn every_event() -> Vec<Event> {
    let refused = Ending::Refused {
        reasons: vec![Reason::new("input-gone")],
    };
    let endings = [
        Ending::Result,
        refused,
        failed(),
        Ending::Cancelled { charged: None },
        Ending::Expired,
    ];
    let mut events = vec![
        Event::Withdrawn,
        Event::Collected,
        intent(),
        Event::NotSent { why: "unreachable" },
        started(),
        finished(None),
        lost(),
        notice_shown(),
        Event::TryAgain,
        Event::Progress { percent: Some(50) },
        Event::Fetched,
        Event::Delivering,
        Event::Undeliverable {
            reason: Reason::new("undeliverable"),
        },
    ];
    events.extend(endings.iter().map(|ending| ended(ending.clone(), None)));
    events.extend(endings.into_iter().map(delivered));
    events
}
