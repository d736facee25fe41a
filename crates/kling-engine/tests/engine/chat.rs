//! A chat in which everything is seen.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Mutex;

use futures::StreamExt as _;
use kling_core::AssetUrl;
use kling_engine::{
    Deliverer, Delivery, DeliveryContent, DeliveryError, InputError, Job, JobId, PlatformId,
    Receipt, StatusUpdate,
};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// What the chat does with one last message.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Refuses it.
    Not(DeliveryError),
    /// Posts it, and the answer is lost.
    Silently,
}

/// A last message, as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Result { files: Vec<Vec<u8>>, missing: u8 },
    Unconfirmed,
    Refused(Vec<String>),
    Failed(String),
    Cancelled(Option<bool>),
    Expired,
}

#[derive(Debug, Default)]
struct Wall {
    inputs: HashMap<String, Vec<u8>>,
    unavailable: u32,
    poisoned: usize,
    troubles: VecDeque<Taken>,
    /// By nonce: the same message twice is one.
    posts: BTreeMap<String, Seen>,
    tries: usize,
    last_of: Vec<JobId>,
    statuses: Vec<StatusUpdate>,
    late_statuses: usize,
}

/// A chat in which everything is seen.
#[derive(Debug, Default)]
pub(crate) struct Chat(Mutex<Wall>);

impl Chat {
    pub(crate) fn platform() -> PlatformId {
        PlatformId::new("chat")
    }

    pub(crate) fn holds(&self, source: &str, bytes: Vec<u8>) {
        self.0
            .lock()
            .unwrap()
            .inputs
            .insert(source.to_owned(), bytes);
    }

    /// The next so many inputs do not come.
    pub(crate) fn is_away_for(&self, inputs: u32) {
        self.0.lock().unwrap().unavailable = inputs;
    }

    pub(crate) fn next(&self, taken: impl IntoIterator<Item = Taken>) {
        self.0.lock().unwrap().troubles.extend(taken);
    }

    /// How often an input broke our own code.
    pub(crate) fn poisoned(&self) -> usize {
        self.0.lock().unwrap().poisoned
    }

    /// The last messages that are to be seen.
    pub(crate) fn posts(&self) -> Vec<Seen> {
        self.0.lock().unwrap().posts.values().cloned().collect()
    }

    /// How often a last message was sent, whether or not it was taken.
    pub(crate) fn tries(&self) -> usize {
        self.0.lock().unwrap().tries
    }

    pub(crate) fn statuses(&self) -> Vec<StatusUpdate> {
        self.0.lock().unwrap().statuses.clone()
    }

    /// How many statuses came after, or during, the last message of their job.
    pub(crate) fn late_statuses(&self) -> usize {
        self.0.lock().unwrap().late_statuses
    }
}

#[async_trait::async_trait]
impl Deliverer for Chat {
    fn platform(&self) -> &PlatformId {
        static PLATFORM: std::sync::OnceLock<PlatformId> = std::sync::OnceLock::new();
        PLATFORM.get_or_init(Self::platform)
    }

    fn public_address(&self, _: &str) -> Option<AssetUrl> {
        None
    }

    async fn fetch_input(
        &self,
        source: &str,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        let unavailable = |error: &'static str| InputError::Unavailable(error.into());
        let bytes = {
            let mut wall = self.0.lock().unwrap();
            if wall.unavailable > 0 {
                wall.unavailable -= 1;
                return Err(unavailable("away"));
            }
            wall.inputs.get(source).cloned()
        };
        match source {
            "blocked" => return Err(InputError::Blocked),
            "silent" => std::future::pending().await,
            "poison" => {
                self.0.lock().unwrap().poisoned += 1;
                panic!("a bug in a platform's code");
            }
            _ => {}
        }
        let bytes = bytes.ok_or(InputError::Gone)?;
        sink.write_all(&bytes)
            .await
            .map_err(|_| unavailable("the sink stopped"))
    }

    async fn show_status(
        &self,
        job: &Job,
        update: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        // Time enough for somebody else to come in between.
        tokio::task::yield_now().await;
        let mut wall = self.0.lock().unwrap();
        if wall.last_of.contains(&job.id) {
            wall.late_statuses += 1;
        }
        wall.statuses.push(*update);
        Ok(Some(Receipt::new("status")))
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let seen = see(&delivery.content).await;
        let mut wall = self.0.lock().unwrap();
        wall.tries += 1;
        wall.last_of.push(delivery.job.id.clone());
        match wall.troubles.pop_front() {
            Some(Taken::Not(error)) => return Err(error),
            Some(Taken::Silently) => {
                wall.posts.insert(delivery.nonce.clone(), seen);
                return Err(DeliveryError::Unknown("the line went dead".into()));
            }
            None => {}
        }
        wall.posts.insert(delivery.nonce.clone(), seen);
        // After a notice the job may go on, and be shown again.
        if matches!(delivery.content, DeliveryContent::Unconfirmed { .. }) {
            wall.last_of.retain(|id| *id != delivery.job.id);
        }
        Ok(Receipt::new("message"))
    }
}

async fn see(content: &DeliveryContent) -> Seen {
    match content {
        DeliveryContent::Result { files, missing } => {
            let mut read = Vec::new();
            for file in files {
                let mut bytes = Vec::new();
                let mut stream = file.content.open().await.unwrap();
                while let Some(chunk) = stream.next().await {
                    bytes.extend_from_slice(&chunk.unwrap());
                }
                read.push(bytes);
            }
            Seen::Result {
                files: read,
                missing: *missing,
            }
        }
        DeliveryContent::Unconfirmed { .. } => Seen::Unconfirmed,
        DeliveryContent::Refused { reasons } => Seen::Refused(
            reasons
                .iter()
                .map(|reason| reason.code.to_string())
                .collect(),
        ),
        DeliveryContent::Failed { reason } => Seen::Failed(reason.code.to_string()),
        DeliveryContent::Cancelled { charged } => Seen::Cancelled(*charged),
        DeliveryContent::Expired => Seen::Expired,
    }
}
