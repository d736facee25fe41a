//! Providers and a chat that keep their books in a folder, so that they outlive every engine, and fail by a seed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use kling_core::{
    Capability, Cost, CostSource, FailureKind, GenerationRequest, ModelId, ModelInfo, Money,
    Operation, Output, OutputAsset, OutputSource, Pace, Provider, ProviderError, ProviderId,
    ReplyNote, Submission, SubmissionKey, TaskFailure, TaskHandle, TaskStatus,
};
use kling_engine::{Deliverer, Delivery, DeliveryContent, DeliveryError, PlatformId, Receipt};

pub(crate) const FINDER: ProviderId = ProviderId::literal("finder");
pub(crate) const BLIND: ProviderId = ProviderId::literal("blind");
pub(crate) const MODEL: ModelId = ModelId::literal("painter-1");
pub(crate) const PRICE: Money = Money::from_microdollars(10_000);

/// Makes room for the books.
pub(crate) fn prepare(folder: &Path) {
    for book in ["promises", "bills", "twice", "refunds", "posts"] {
        std::fs::create_dir_all(folder.join(book)).unwrap();
    }
}

/// Writes something down that is there after this, however the process ends. False when it is there already.
pub(crate) fn note(folder: &Path, book: &str, name: &str, text: &str) -> bool {
    let path = folder.join(book).join(name);
    if path.exists() {
        return false;
    }
    // Whole, or not at all: a kill in between leaves a file that nobody looks for.
    let draft = folder.join(format!("{book}-{name}-{}", rand::random::<u64>()));
    std::fs::write(&draft, text).unwrap();
    let is_new = std::fs::hard_link(&draft, &path).is_ok();
    std::fs::remove_file(&draft).unwrap();
    is_new
}

/// What stands in a book, by name.
pub(crate) fn book(folder: &Path, book: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder.join(book)).unwrap();
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        (entry.file_name().into_string().unwrap(), text)
    };
    entries.map(|entry| read(entry.unwrap())).collect()
}

/// How many lines stand in all books together: how far the work is.
pub(crate) fn lines(folder: &Path) -> usize {
    let books = ["promises", "bills", "posts"].iter();
    let lines = books.map(|book| std::fs::read_dir(folder.join(book)).unwrap().count());
    lines.sum()
}

/// What happens to something, from 0 to 99: always the same under one seed.
fn fate(seed: u64, what: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, what).hash(&mut hasher);
    hasher.finish() % 100
}

/// The same for what is tried again and again: each try of one life has a fate of its own.
#[derive(Debug, Default)]
struct Tries(Mutex<HashMap<String, u64>>);

impl Tries {
    fn fate(&self, seed: u64, what: &str) -> u64 {
        let mut tries = self.0.lock().unwrap();
        let count = tries.entry(what.to_owned()).or_default();
        *count += 1;
        fate(seed, &format!("{what} {count}"))
    }
}

/// A picture, the smallest there is.
fn output() -> Output {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(4, 4)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    Output {
        assets: vec![OutputAsset {
            source: OutputSource::Inline(bytes.into_inner().into()),
            media_type: None,
        }],
        cost: Some(cost(PRICE)),
    }
}

const fn cost(amount: Money) -> Cost {
    Cost {
        amount,
        source: CostSource::Reported,
    }
}

#[derive(Debug)]
pub(crate) struct Shop {
    id: ProviderId,
    models: Vec<ModelInfo>,
    folder: PathBuf,
    seed: u64,
    submit_timeout: Duration,
    looks: Tries,
}

impl Shop {
    pub(crate) fn new(
        id: ProviderId,
        folder: PathBuf,
        seed: u64,
        submit_timeout: Duration,
    ) -> Self {
        let models = vec![ModelInfo {
            id: MODEL,
            name: "Painter".to_owned(),
            capability: Capability::new(Operation::TextToImage),
            price: None,
            pace: Pace {
                typical: Duration::from_secs(1),
                poll_every: Duration::from_millis(20),
                give_up_after: Duration::from_mins(10),
            },
        }];
        Self {
            id,
            models,
            folder,
            seed,
            submit_timeout,
            looks: Tries::default(),
        }
    }

    fn bill(&self, key: &SubmissionKey) -> TaskHandle {
        if !note(&self.folder, "bills", key.as_str(), "") {
            note(&self.folder, "twice", key.as_str(), "");
        }
        TaskHandle::parse(key.as_str()).unwrap()
    }
}

#[async_trait::async_trait]
impl Provider for Shop {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    fn submit_timeout(&self) -> Duration {
        self.submit_timeout
    }

    async fn submit(
        &self,
        _: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let lost = || Err(ProviderError::Indeterminate("the line went dead".into()));
        let fate = fate(self.seed, key.as_str());
        let note = ReplyNote::default;
        match fate {
            0..8 => return Err(ProviderError::Unreachable("refused".into())),
            8..12 => return Err(ProviderError::OutOfFunds { note: note() }),
            12..15 => return lost(),
            15..16 => panic!("a bug in a provider's code"),
            _ => {}
        }
        let task = self.bill(key);
        tokio::time::sleep(Duration::from_millis(fate % 7)).await;
        match fate {
            16..24 => lost(),
            24..50 => Ok(Submission::Finished(output())),
            _ => Ok(Submission::Started(task)),
        }
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        match self.looks.fate(self.seed, task.as_str()) {
            0..20 => return Ok(TaskStatus::Running { percent: None }),
            20..25 => return Err(ProviderError::Unreachable("refused".into())),
            _ => {}
        }
        let failed = |amount| {
            TaskStatus::Failed(TaskFailure {
                kind: FailureKind::Provider,
                code: None,
                reason: None,
                cost: Some(cost(amount)),
            })
        };
        Ok(match fate(self.seed, &format!("{} ends", task.as_str())) {
            0..3 => failed(PRICE),
            3..6 => {
                note(&self.folder, "refunds", task.as_str(), "");
                failed(Money::ZERO)
            }
            _ => TaskStatus::Succeeded(output()),
        })
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        if self.id == BLIND {
            return Err(ProviderError::Unsupported { what: "finding" });
        }
        let is_there = self.folder.join("bills").join(key.as_str()).exists();
        Ok(is_there.then(|| TaskHandle::parse(key.as_str()).unwrap()))
    }
}

#[derive(Debug)]
pub(crate) struct Wall {
    platform: PlatformId,
    folder: PathBuf,
    seed: u64,
    posts: Tries,
}

impl Wall {
    pub(crate) fn new(folder: PathBuf, seed: u64) -> Self {
        Self {
            platform: PlatformId::new("chat"),
            folder,
            seed,
            posts: Tries::default(),
        }
    }
}

#[async_trait::async_trait]
impl Deliverer for Wall {
    fn platform(&self) -> &PlatformId {
        &self.platform
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let luck = self.posts.fate(self.seed, &delivery.nonce);
        if luck < 5 {
            return Err(DeliveryError::Busy { retry_after: None });
        }
        let kind = match delivery.content {
            DeliveryContent::Result { .. } => "result",
            DeliveryContent::Unconfirmed { .. } => "notice",
            DeliveryContent::Refused { .. }
            | DeliveryContent::Failed { .. }
            | DeliveryContent::Cancelled { .. }
            | DeliveryContent::Expired => "end",
        };
        // The same nonce twice is one message; the same one with other words would be two files.
        let name = format!("{}.{kind}.{}", delivery.job.id, delivery.nonce);
        note(&self.folder, "posts", &name, "");
        if luck < 10 {
            return Err(DeliveryError::Unknown("the line went dead".into()));
        }
        Ok(Receipt::new("message"))
    }
}
