//! A client of a vendor without a wire, honest or not.

use std::sync::{Arc, Mutex, MutexGuard};

use kling_core::{
    AssetUrl, Cancellation, Cost, CostSource, FailureKind, GenerationRequest, HandleError,
    ModelInfo, Money, Output, OutputAsset, OutputSource, Provider, ProviderError, ProviderId,
    ReplyNote, Submission, SubmissionKey, TaskEvents, TaskFailure, TaskHandle, TaskStatus,
};

use super::{Books, KEY, Lie, PRICE, watch};
use crate::{Call, Fate, Instance, Refusal, Trouble};

#[derive(Debug)]
pub(super) struct Client {
    pub(super) books: Arc<Mutex<Books>>,
    pub(super) lie: Lie,
    pub(super) models: Vec<ModelInfo>,
    pub(super) instance: Instance,
    /// What this instance has started itself.
    pub(super) mine: Mutex<Vec<TaskHandle>>,
}

pub(super) fn busy() -> ProviderError {
    ProviderError::Unavailable {
        retry_after: None,
        source: None,
    }
}

impl Client {
    pub(super) fn called(&self, call: Call) -> (MutexGuard<'_, Books>, Option<Trouble>) {
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
        if matches!(fate, None | Some(Fate::TakesAWhile | Fate::ShowsLate)) {
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
        TaskHandle::parse(format!("acme.1.{id}")).unwrap()
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

    pub(super) fn output(&self) -> Output {
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
            cost: (self.lie != Lie::CostsAreSecret).then_some(Cost {
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
        if self.instance == Instance::NobodyThere && self.lie == Lie::NobodyIsUnclear {
            return Err(ProviderError::Indeterminate("refused".into()));
        }
        if self.instance == Instance::NobodyThere {
            return Err(ProviderError::Unreachable("refused".into()));
        }
        let (mut books, trouble) = self.called(Call::Submission);
        books.submissions += 1;
        Err(match trouble {
            None => {
                let task = self.work(&mut books, key);
                self.mine.lock().unwrap().push(task.clone());
                return Ok(Submission::Started(task));
            }
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
        if task.as_str().starts_with("acme.2.") && self.lie != Lie::FutureIsPresent {
            return Err(ProviderError::Handle(HandleError::FromTheFuture {
                provider: "acme",
                found: 2,
                known: 1,
            }));
        }
        let Some(id) = task.as_str().strip_prefix("acme.1.") else {
            if self.lie == Lie::ForeignIsBusy {
                return Err(busy());
            }
            return Err(ProviderError::Handle(HandleError::Foreign {
                expected: "acme",
                found: None,
            }));
        };
        if self.lie == Lie::NeedsItsMemory && !self.mine.lock().unwrap().contains(task) {
            return Err(ProviderError::TaskGone {
                note: ReplyNote::default(),
            });
        }
        let (mut books, trouble) = self.called(Call::Look);
        books.looks += 1;
        let failed = |kind| {
            Ok(TaskStatus::Failed(TaskFailure {
                kind,
                reason: None,
                code: None,
                cost: Some(Cost {
                    amount: match self.lie {
                        Lie::FailuresCost => PRICE,
                        _ => Money::ZERO,
                    },
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
            Some(Trouble::DropBeforeWork) if self.lie == Lie::LooksEndTasks => {
                return failed(FailureKind::Provider);
            }
            Some(Trouble::Hang) if self.lie == Lie::SilenceIsGone => {
                return Err(ProviderError::TaskGone {
                    note: ReplyNote::default(),
                });
            }
            Some(_) => return Err(busy()),
        }
        match books.tasks.get(id) {
            Some(None) if self.lie == Lie::ChangesItsMind && books.looks > 1 => {
                Ok(TaskStatus::Running { percent: None })
            }
            None if self.lie == Lie::MissingIsBusy => Err(busy()),
            None => Err(ProviderError::TaskGone {
                note: ReplyNote::default(),
            }),
            Some(Some(Fate::ShowsLate)) if books.turns < 3 && self.lie == Lie::LateIsGone => {
                Err(ProviderError::TaskGone {
                    note: ReplyNote::default(),
                })
            }
            Some(Some(Fate::ShowsLate)) if books.turns < 3 => {
                Ok(TaskStatus::Queued { position: None })
            }
            Some(Some(Fate::ShowsLate)) => Ok(TaskStatus::Succeeded(self.output())),
            Some(Some(Fate::TakesAWhile)) if books.turns < 3 => {
                Ok(TaskStatus::Running { percent: None })
            }
            Some(Some(Fate::TakesAWhile)) => Ok(TaskStatus::Succeeded(self.output())),
            Some(Some(Fate::Runs)) => Ok(TaskStatus::Running { percent: None }),
            Some(Some(Fate::Fails)) => failed(FailureKind::Provider),
            Some(Some(Fate::Moderated)) if self.lie != Lie::ModeratedIsBroken => {
                failed(FailureKind::Moderated)
            }
            Some(Some(Fate::Moderated)) => failed(FailureKind::Provider),
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
        match trouble {
            None => {}
            Some(_) if self.lie == Lie::SearchesAreSubmissions => {
                return Err(ProviderError::Indeterminate("no answer".into()));
            }
            Some(_) => return Err(busy()),
        }
        let known = books.tasks.contains_key(key.as_str()) && self.lie != Lie::FindsNothing;
        Ok(known.then(|| TaskHandle::parse(format!("acme.1.{key}")).unwrap()))
    }
}
