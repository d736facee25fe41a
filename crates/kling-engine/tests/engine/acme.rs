//! A provider with a script, that keeps books.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use kling_core::{
    AssetInfo, Cancellation, Capability, CountRange, FileRule, FrameRate, GenerationRequest,
    ModelId, ModelInfo, Money, Need, Operation, Output, Pace, Price, PriceUnit, Provider,
    ProviderError, ProviderId, Recovery, Submission, SubmissionKey, TaskHandle, TaskStatus,
    Transport,
};

use crate::world::{inline, output};

pub(crate) const MODEL: ModelId = ModelId::literal("painter-1");
pub(crate) const PROVIDER: ProviderId = ProviderId::literal("acme");
pub(crate) const PRICE: Money = Money::from_microdollars(10_000);

/// What the provider does with one submission.
#[derive(Debug)]
pub(crate) enum Act {
    /// Begins a task, and charges.
    Start,
    /// Answers at once, and charges.
    Finish(Output),
    /// Charges, and the answer is lost.
    Lose,
    /// Does nothing but fail.
    Fail(ProviderError),
    /// Breaks our own code.
    Panic,
    /// Charges, waits for [`Acme::release`], then begins a task.
    Hold,
    /// Starts nothing, and the answer is lost.
    Vanish,
}

#[derive(Debug, Default)]
struct Books {
    acts: VecDeque<Act>,
    statuses: VecDeque<Result<TaskStatus, ProviderError>>,
    billed: Vec<SubmissionKey>,
    submissions: usize,
    cancelled: bool,
    seen: Vec<Vec<u8>>,
    clips: Vec<AssetInfo>,
}

/// A provider that keeps books.
#[derive(Debug)]
pub(crate) struct Acme {
    models: Vec<ModelInfo>,
    books: Mutex<Books>,
    finds: bool,
    finds_slowly: bool,
    breaks_when_asked: bool,
    answers_within: Duration,
    gate: tokio::sync::Semaphore,
}

impl Acme {
    pub(crate) fn new() -> Self {
        let entry = |operation, images| ModelInfo {
            id: MODEL,
            name: "Painter".to_owned(),
            capability: Capability {
                images,
                count: CountRange { min: 1, max: 4 },
                image_files: FileRule {
                    min_side: Some(300),
                    ..FileRule::any_image()
                },
                transports: vec![Transport::DataUri],
                ..Capability::new(operation)
            },
            price: Some(Price {
                unit: PriceUnit::Request,
                amount: PRICE,
                except: None,
                stated: true,
            }),
            pace: Pace {
                typical: Duration::from_secs(1),
                poll_every: Duration::from_millis(5),
                give_up_after: Duration::from_mins(1),
            },
        };
        let mut edit = entry(Operation::VideoEdit, CountRange::NONE);
        edit.capability.video = Need::Required;
        edit.capability.video_files.duration =
            Some((Duration::from_secs(3), Duration::from_secs(10)));
        edit.capability.video_files.frame_rate =
            Some((FrameRate::per_second(24), FrameRate::per_second(60)));
        Self {
            models: vec![
                entry(Operation::TextToImage, CountRange::NONE),
                entry(Operation::ImageToImage, CountRange { min: 1, max: 4 }),
                edit,
            ],
            books: Mutex::default(),
            finds: false,
            finds_slowly: false,
            breaks_when_asked: false,
            answers_within: Duration::from_mins(5),
            gate: tokio::sync::Semaphore::new(0),
        }
    }

    /// Can look a submission up by our key.
    pub(crate) fn that_finds(mut self) -> Self {
        self.finds = true;
        self
    }

    /// Never ends looking a submission up.
    pub(crate) fn that_looks_for_ever(mut self) -> Self {
        self.finds_slowly = true;
        self
    }

    /// Breaks our own code at every look at a task.
    pub(crate) fn that_breaks_when_asked(mut self) -> Self {
        self.breaks_when_asked = true;
        self
    }

    /// Promises to answer a submission by then.
    pub(crate) fn that_answers_within(mut self, limit: Duration) -> Self {
        self.answers_within = limit;
        self
    }

    /// Can stop a task.
    pub(crate) fn that_cancels(mut self) -> Self {
        for model in &mut self.models {
            model.capability.recovery = Recovery {
                cancel: true,
                ..Recovery::default()
            };
        }
        self
    }

    /// Counts a task as lost when it has not ended by then.
    pub(crate) fn patient_for(mut self, limit: Duration) -> Self {
        for model in &mut self.models {
            model.pace.give_up_after = limit;
        }
        self
    }

    /// What it does with the next submissions; after that it answers at once with one picture.
    pub(crate) fn acting(self, acts: impl IntoIterator<Item = Act>) -> Self {
        self.books.lock().unwrap().acts.extend(acts);
        self
    }

    /// What the next looks at a task bring; after that it has ended with one picture.
    pub(crate) fn telling(
        self,
        statuses: impl IntoIterator<Item = Result<TaskStatus, ProviderError>>,
    ) -> Self {
        self.books.lock().unwrap().statuses.extend(statuses);
        self
    }

    pub(crate) fn release(&self) {
        self.gate.add_permits(1);
    }

    /// How often it was asked for work.
    pub(crate) fn submissions(&self) -> usize {
        self.books.lock().unwrap().submissions
    }

    /// How often it charged.
    pub(crate) fn billed(&self) -> usize {
        self.books.lock().unwrap().billed.len()
    }

    /// The files that came with submissions.
    pub(crate) fn seen(&self) -> Vec<Vec<u8>> {
        self.books.lock().unwrap().seen.clone()
    }

    /// What was told of the clips that came with submissions.
    pub(crate) fn clips(&self) -> Vec<AssetInfo> {
        self.books.lock().unwrap().clips.clone()
    }

    fn bill(&self, key: &SubmissionKey) -> TaskHandle {
        self.books.lock().unwrap().billed.push(key.clone());
        TaskHandle::parse(format!("task-{key}")).unwrap()
    }
}

#[async_trait::async_trait]
impl Provider for Acme {
    fn id(&self) -> &ProviderId {
        const { &PROVIDER }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let clips = request.video.iter().map(|clip| clip.info().clone());
        self.books.lock().unwrap().clips.extend(clips);
        for asset in request.input_images() {
            let bytes = asset.read(u64::MAX).await.unwrap();
            self.books.lock().unwrap().seen.push(bytes.to_vec());
        }
        let act = {
            let mut books = self.books.lock().unwrap();
            books.submissions += 1;
            books.acts.pop_front()
        };
        match act.unwrap_or_else(|| Act::Finish(output(vec![inline(500)]))) {
            Act::Start => Ok(Submission::Started(self.bill(key))),
            Act::Finish(output) => {
                self.bill(key);
                Ok(Submission::Finished(output))
            }
            Act::Lose => {
                self.bill(key);
                Err(ProviderError::Indeterminate("the line went dead".into()))
            }
            Act::Vanish => Err(ProviderError::Indeterminate("the line went dead".into())),
            Act::Fail(error) => Err(error),
            Act::Panic => panic!("a bug in a provider's code"),
            Act::Hold => {
                let task = self.bill(key);
                self.gate.acquire().await.unwrap().forget();
                Ok(Submission::Started(task))
            }
        }
    }

    fn submit_timeout(&self) -> Duration {
        self.answers_within
    }

    async fn status(&self, _: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        assert!(!self.breaks_when_asked, "a bug in a provider's code");
        let mut books = self.books.lock().unwrap();
        if books.cancelled {
            return Ok(TaskStatus::Cancelled);
        }
        books
            .statuses
            .pop_front()
            .unwrap_or_else(|| Ok(TaskStatus::Succeeded(output(vec![inline(500)]))))
    }

    async fn cancel(&self, _: &TaskHandle) -> Result<Cancellation, ProviderError> {
        self.books.lock().unwrap().cancelled = true;
        Ok(Cancellation::Cancelled {
            charged: Some(false),
        })
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        if self.finds_slowly {
            std::future::pending::<()>().await;
        }
        if !self.finds {
            return Err(ProviderError::Unsupported { what: "finding" });
        }
        let billed = self.books.lock().unwrap().billed.contains(key);
        Ok(billed.then(|| TaskHandle::parse(format!("task-{key}")).unwrap()))
    }
}
