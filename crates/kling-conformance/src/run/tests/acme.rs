//! A vendor without a wire, and a client of it that can be told to lie.

mod watch;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use kling_core::{
    AssetUrl, Cancellation, Capability, Choices, Cost, CostSource, CountRange, FailureKind,
    GenerationRequest, HandleError, ModelId, ModelInfo, Money, Operation, Output, OutputAsset,
    OutputSource, Pace, Price, PriceUnit, Provider, ProviderError, ProviderId, Recovery, ReplyNote,
    Resolution, Submission, SubmissionKey, TaskEvents, TaskFailure, TaskHandle, TaskStatus,
    Transport,
};

use crate::{Call, Cannot, Fate, Instance, Refusal, Subject, Trouble, Vendor};

const KEY: &str = "acme-very-private-0815";
const PRICE: Money = Money::from_microdollars(50_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lie {
    None,
    SendsTwice,
    DropsAreBusy,
    ErrorsAreBusy,
    ShowsBodies,
    ShowsKey,
    LogsPrompts,
    ForgetsWaits,
    TakesAnything,
    UnheardIsFailed,
    EmptyIsSuccess,
    MissingIsBusy,
    WrongCost,
    WrongPrice,
    FindsNothing,
    CancelsSilently,
    HidesRepeats,
    ForgetsTheEnd,
    GoesBack,
    StopsWithItsWatcher,
    LosesTheTask,
    TakesNoLongPrompts,
}

pub(super) struct Acme(pub(super) Lie);

#[async_trait::async_trait]
impl Subject for Acme {
    fn models(&self) -> Vec<ModelInfo> {
        let stated = match self.0 {
            Lie::WrongPrice => PRICE.times(2),
            _ => PRICE,
        };
        vec![ModelInfo {
            id: ModelId::literal("acme-1"),
            name: "Acme".to_owned(),
            capability: Capability {
                images: CountRange { min: 1, max: 3 },
                resolutions: Choices::new([Resolution::K1], None),
                transports: vec![Transport::DataUri, Transport::Url],
                recovery: Recovery {
                    find: true,
                    cancel: false,
                },
                ..Capability::new(Operation::ImageToImage)
            },
            price: Some(Price {
                unit: PriceUnit::Request,
                amount: stated,
                stated: true,
            }),
            pace: Pace {
                typical: Duration::from_secs(1),
                poll_every: Duration::from_secs(1),
                give_up_after: Duration::from_secs(9),
            },
        }]
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        let books = Arc::new(Mutex::new(Books::default()));
        Ok(Box::new(Shop {
            books,
            lie: self.0,
            models: self.models(),
        }))
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

#[derive(Debug, Default)]
struct Books {
    troubles: VecDeque<(Call, Trouble)>,
    fate: Option<Fate>,
    requests: usize,
    submissions: usize,
    charges: Vec<Money>,
    /// By the submission's key.
    tasks: BTreeMap<String, Option<Fate>>,
    /// How often time has passed.
    turns: u32,
}

struct Shop {
    books: Arc<Mutex<Books>>,
    lie: Lie,
    models: Vec<ModelInfo>,
}

impl Vendor for Shop {
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot> {
        Ok(Arc::new(Client {
            books: Arc::clone(&self.books),
            lie: self.lie,
            models: self.models.clone(),
            instance,
        }))
    }

    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot> {
        if matches!(call, Call::Cancel | Call::Balance) {
            return Err(Cannot::because(format!("there is no call {call:?}")));
        }
        let mut books = self.books.lock().unwrap();
        books.troubles.push_back((call, trouble));
        Ok(())
    }

    fn destine(&self, fate: Fate) -> Result<(), Cannot> {
        self.books.lock().unwrap().fate = Some(fate);
        Ok(())
    }

    fn sample(&self, _: Call) -> Result<String, Cannot> {
        Ok(r#"{"id":"a","state":"done","url":"http://127.0.0.1:9/result.png"}"#.to_owned())
    }

    fn pass_time(&self) {
        self.books.lock().unwrap().turns += 1;
    }

    fn requests(&self) -> Result<usize, Cannot> {
        Ok(self.books.lock().unwrap().requests)
    }

    fn submissions(&self) -> Result<usize, Cannot> {
        Ok(self.books.lock().unwrap().submissions)
    }

    fn charges(&self) -> Result<Vec<Money>, Cannot> {
        Ok(self.books.lock().unwrap().charges.clone())
    }
}

#[derive(Debug)]
struct Client {
    books: Arc<Mutex<Books>>,
    lie: Lie,
    models: Vec<ModelInfo>,
    instance: Instance,
}

fn busy() -> ProviderError {
    ProviderError::Unavailable {
        retry_after: None,
        source: None,
    }
}

impl Client {
    fn called(&self, call: Call) -> (MutexGuard<'_, Books>, Option<Trouble>) {
        let mut books = self.books.lock().unwrap();
        books.requests += 1;
        let place = books
            .troubles
            .iter()
            .position(|(wanted, _)| *wanted == call);
        let trouble = place.and_then(|place| books.troubles.remove(place));
        (books, trouble.map(|(_, trouble)| trouble))
    }

    fn work(&self, books: &mut Books, key: &SubmissionKey) -> TaskHandle {
        let fate = books.fate.take();
        if matches!(fate, None | Some(Fate::TakesAWhile)) {
            books.charges.push(PRICE);
            if self.lie == Lie::SendsTwice {
                books.charges.push(PRICE);
            }
        }
        // Here every call has a task of its own, found by its key; whoever hides that names them all alike.
        let mut id = key.to_string();
        while self.lie != Lie::HidesRepeats && books.tasks.contains_key(&id) {
            id.push('+');
        }
        books.tasks.insert(id.clone(), fate);
        TaskHandle::parse(format!("acme.{id}")).unwrap()
    }

    fn refused(&self, refusal: Refusal) -> ProviderError {
        let note = ReplyNote::default();
        match refusal {
            Refusal::BadRequest => ProviderError::Declined {
                note: ReplyNote::of_code("400"),
                reason: None,
            },
            Refusal::Unauthorized if self.lie == Lie::ShowsKey => {
                tracing::debug!("the key {KEY} is not accepted");
                ProviderError::Unauthorized { note }
            }
            Refusal::Unauthorized => ProviderError::Unauthorized { note },
            Refusal::OutOfFunds => ProviderError::OutOfFunds { note },
            Refusal::RateLimited { retry_after } => ProviderError::RateLimited {
                note,
                retry_after: (self.lie != Lie::ForgetsWaits).then_some(retry_after),
            },
        }
    }

    fn lost(&self, why: String, busy_by: Lie) -> ProviderError {
        if self.lie == busy_by {
            busy()
        } else {
            ProviderError::Indeterminate(why.into())
        }
    }

    fn output(&self) -> Output {
        let amount = match self.lie {
            Lie::WrongCost => PRICE.times(3),
            _ => PRICE,
        };
        let url = AssetUrl::parse("http://127.0.0.1:9/result.png").unwrap();
        Output {
            assets: vec![OutputAsset {
                source: OutputSource::Url(url),
                media_type: None,
            }],
            cost: Some(Cost {
                amount,
                source: CostSource::Reported,
            }),
        }
    }
}

#[async_trait::async_trait]
impl Provider for Client {
    fn id(&self) -> &ProviderId {
        const { &ProviderId::literal("acme") }
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn submit(
        &self,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        let known = self.models.iter().find(|entry| entry.id == request.model);
        if self.lie == Lie::TakesNoLongPrompts && request.prompt.chars() > 100 {
            return Err(self.refused(Refusal::BadRequest));
        }
        let fits = known.is_some_and(|entry| entry.capability.check(request).is_ok());
        if !fits && self.lie != Lie::TakesAnything {
            return Err(self.refused(Refusal::BadRequest));
        }
        if self.lie == Lie::LogsPrompts {
            tracing::trace!(prompt = request.prompt.as_str(), "sending");
        }
        if self.instance == Instance::NobodyThere {
            return Err(ProviderError::Unreachable("refused".into()));
        }
        let (mut books, trouble) = self.called(Call::Submission);
        books.submissions += 1;
        Err(match trouble {
            None => return Ok(Submission::Started(self.work(&mut books, key))),
            Some(Trouble::Refuse(refusal)) => self.refused(refusal),
            Some(Trouble::DropAfterWork | Trouble::Truncated | Trouble::Oversized) => {
                self.work(&mut books, key);
                self.lost("reset".to_owned(), Lie::DropsAreBusy)
            }
            Some(Trouble::Answer { status, body, .. }) => {
                let shown = match self.lie {
                    Lie::ShowsBodies => body,
                    _ => format!("status {status}"),
                };
                self.lost(shown, Lie::ErrorsAreBusy)
            }
            Some(Trouble::DropBeforeWork | Trouble::Hang | Trouble::UnheardState) => {
                self.lost("no answer".to_owned(), Lie::DropsAreBusy)
            }
        })
    }

    async fn status(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        let Some(id) = task.as_str().strip_prefix("acme.") else {
            return Err(ProviderError::Handle(HandleError::Foreign {
                expected: "acme",
                found: None,
            }));
        };
        let (books, trouble) = self.called(Call::Look);
        let failed = |kind| {
            Ok(TaskStatus::Failed(TaskFailure {
                kind,
                reason: None,
                code: None,
                cost: Some(Cost {
                    amount: Money::ZERO,
                    source: CostSource::Computed,
                }),
            }))
        };
        match trouble {
            None => {}
            // Whatever it could not read, it never asks again.
            Some(Trouble::Answer { .. }) if self.lie == Lie::LosesTheTask => {
                drop(books);
                self.books.lock().unwrap().tasks.clear();
                return Err(busy());
            }
            Some(Trouble::UnheardState) if self.lie == Lie::UnheardIsFailed => {
                return failed(FailureKind::Provider);
            }
            Some(Trouble::UnheardState) => return Ok(TaskStatus::Running { percent: None }),
            Some(_) => return Err(busy()),
        }
        match books.tasks.get(id) {
            None if self.lie == Lie::MissingIsBusy => Err(busy()),
            None => Err(ProviderError::TaskGone {
                note: ReplyNote::default(),
            }),
            Some(Some(Fate::TakesAWhile)) if books.turns < 3 => {
                Ok(TaskStatus::Running { percent: None })
            }
            Some(Some(Fate::TakesAWhile)) => Ok(TaskStatus::Succeeded(self.output())),
            Some(Some(Fate::Runs)) => Ok(TaskStatus::Running { percent: None }),
            Some(Some(Fate::Fails)) => failed(FailureKind::Provider),
            Some(Some(Fate::Moderated)) => failed(FailureKind::Moderated),
            Some(Some(Fate::Empty)) if self.lie == Lie::EmptyIsSuccess => {
                Ok(TaskStatus::Succeeded(Output::default()))
            }
            Some(Some(Fate::Empty)) => Err(ProviderError::NoResult {
                note: ReplyNote::default(),
                cost: None,
            }),
            Some(None) => Ok(TaskStatus::Succeeded(self.output())),
        }
    }

    fn watch(&self, task: &TaskHandle) -> Option<TaskEvents> {
        Some(watch::events(self, task))
    }

    async fn cancel(&self, _: &TaskHandle) -> Result<Cancellation, ProviderError> {
        if self.lie == Lie::CancelsSilently {
            return Ok(Cancellation::Cancelled { charged: None });
        }
        Err(ProviderError::Unsupported {
            what: "cancelling a task",
        })
    }

    async fn find(&self, key: &SubmissionKey) -> Result<Option<TaskHandle>, ProviderError> {
        let (books, trouble) = self.called(Call::Find);
        if trouble.is_some() {
            return Err(busy());
        }
        let known = books.tasks.contains_key(key.as_str()) && self.lie != Lie::FindsNothing;
        Ok(known.then(|| TaskHandle::parse(format!("acme.{key}")).unwrap()))
    }
}
