//! One vendor and one instance of the provider, for one law on one model; all that is shown is written down.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kling_core::{
    Balance, Cancellation, GenerationRequest, ModelInfo, Need, Output, Provider, ProviderError,
    Submission, SubmissionKey, TaskEvent, TaskEvents, TaskHandle, TaskStatus,
};

use crate::files::Files;
use crate::request::{self, WORDS};
use crate::shelf::SIGNATURE;
use crate::transcript::Transcript;
use crate::verdict::{Stop, Verdict, broken, cannot, require};
use crate::{Fate, Instance, Subject, Vendor};

/// In every senseless body that is answered; no error may hold it.
pub(crate) const MARKER: &str = "conformance-marker-5417";

/// How long the looks at a running task are apart, in real time.
const PAUSE: Duration = Duration::from_millis(5);

/// How long a stream may be silent, in real time, before the vendor's time passes.
const TURN: Duration = Duration::from_millis(20);

/// What a law works with.
pub(crate) struct Bench {
    pub(crate) subject: Arc<dyn Subject>,
    pub(crate) model: ModelInfo,
    pub(crate) vendor: Box<dyn Vendor>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) files: Files,
    transcript: Transcript,
    submitted: AtomicU32,
}

/// How a submitted request ended.
pub(crate) enum End {
    /// With a result.
    Output(Output),
    /// In a status without one.
    Status(TaskStatus),
    /// In an error.
    Error(ProviderError),
}

impl Bench {
    pub(crate) async fn open(
        subject: Arc<dyn Subject>,
        model: ModelInfo,
        transcript: Transcript,
    ) -> Result<Self, Stop> {
        let vendor = subject.start().await.map_err(Stop::Broken)?;
        let provider = vendor.provider(Instance::Usual)?;
        let files = {
            let takes_one = model.capability.video != Need::No;
            let clip = if takes_one { subject.clip() } else { None };
            Files::for_model(&model.capability, clip).await?
        };
        Ok(Self {
            subject,
            model,
            vendor,
            provider,
            files,
            transcript,
            submitted: AtomicU32::new(0),
        })
    }

    /// The smallest request that fits.
    pub(crate) fn minimal(&self) -> Result<GenerationRequest, Stop> {
        request::minimal(&self.model, &self.files)
    }

    /// The largest request that fits.
    pub(crate) fn maximal(&self) -> Result<GenerationRequest, Stop> {
        request::maximal(&self.model, &self.files)
    }

    /// The smallest request with more than one unit of work, where the model has a choice.
    pub(crate) fn several(&self) -> Result<GenerationRequest, Stop> {
        request::several(&self.model, &self.files)
    }

    /// A key that no submission of this law has had.
    pub(crate) fn fresh_key(&self) -> Result<SubmissionKey, Stop> {
        let number = self.submitted.fetch_add(1, Ordering::Relaxed);
        SubmissionKey::parse(format!("conformance:{number}"))
            .or_else(|error| broken(error.to_string()))
    }

    /// Submits with a fresh key.
    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Result<Submission, ProviderError>, Stop> {
        let key = self.fresh_key()?;
        Ok(self.submit_as(&*self.provider, request, &key).await)
    }

    /// Submits the smallest request, which must fail, and gives the error.
    pub(crate) async fn refused(&self) -> Result<ProviderError, Stop> {
        match self.submit(&self.minimal()?).await? {
            Err(error) => Ok(error),
            Ok(submission) => broken(format!("the submission went through: {submission:?}")),
        }
    }

    pub(crate) async fn submit_as(
        &self,
        provider: &dyn Provider,
        request: &GenerationRequest,
        key: &SubmissionKey,
    ) -> Result<Submission, ProviderError> {
        self.told(provider.submit(request, key).await)
    }

    /// Writes down what a call answered.
    pub(crate) fn told<T: Debug>(
        &self,
        answer: Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        match &answer {
            Ok(good) => self.transcript.tell(format!("{good:?}")),
            Err(error) => self.transcript.tell_error(error),
        }
        answer
    }

    /// Submits the smallest request, of which a task must come.
    pub(crate) async fn started(&self) -> Result<TaskHandle, Stop> {
        self.needs_tasks()?;
        match self.submit(&self.minimal()?).await? {
            Ok(Submission::Started(handle)) => Ok(handle),
            Ok(Submission::Finished(_)) => cannot("the vendor answered with the result at once"),
            Err(error) => broken(format!("the submission failed: {error:?}")),
        }
    }

    /// The same, of work with this fate.
    pub(crate) async fn started_to(&self, fate: Fate) -> Result<TaskHandle, Stop> {
        self.needs_tasks()?;
        self.vendor.destine(fate)?;
        self.started().await
    }

    /// Looks at a task.
    pub(crate) async fn look(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        self.look_as(&*self.provider, task).await
    }

    pub(crate) async fn look_as(
        &self,
        provider: &dyn Provider,
        task: &TaskHandle,
    ) -> Result<TaskStatus, ProviderError> {
        self.told(provider.status(task).await)
    }

    /// Asks for an end of a task.
    pub(crate) async fn cancel(&self, task: &TaskHandle) -> Result<Cancellation, ProviderError> {
        self.told(self.provider.cancel(task).await)
    }

    /// Looks for a submission.
    pub(crate) async fn find(
        &self,
        key: &SubmissionKey,
    ) -> Result<Option<TaskHandle>, ProviderError> {
        self.told(self.provider.find(key).await)
    }

    /// Asks for what is left on the account.
    pub(crate) async fn balance(&self) -> Result<Option<Balance>, ProviderError> {
        self.told(self.provider.balance().await)
    }

    /// Opens the native stream of a task.
    pub(crate) fn watched(&self, task: &TaskHandle) -> Result<TaskEvents, Stop> {
        match self.provider.watch(task) {
            Some(events) => Ok(events),
            None => {
                cannot("the provider has no stream of its own; whoever waits looks again and again")
            }
        }
    }

    /// The next event of a stream. Time passes while nothing comes.
    pub(crate) async fn next_event(
        &self,
        events: &mut TaskEvents,
    ) -> Option<Result<TaskEvent, ProviderError>> {
        loop {
            tokio::select! {
                event = std::future::poll_fn(|context| events.as_mut().poll_next(context)) => {
                    return event.map(|event| self.told(event));
                }
                () = tokio::time::sleep(TURN) => self.vendor.pass_time(),
            }
        }
    }

    /// Looks until there is a terminal status, or an error that waiting does not mend.
    pub(crate) async fn ended(&self, task: &TaskHandle) -> Result<TaskStatus, ProviderError> {
        loop {
            match self.look(task).await {
                Ok(status) if !status.is_terminal() => {}
                Err(error) if error.is_retryable() => {}
                ended => return ended,
            }
            self.vendor.pass_time();
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Follows a submission to its end.
    pub(crate) async fn end_of(&self, submission: Submission) -> End {
        match submission {
            Submission::Finished(output) => End::Output(output),
            Submission::Started(task) => match self.ended(&task).await {
                Ok(TaskStatus::Succeeded(output)) => End::Output(output),
                Ok(status) => End::Status(status),
                Err(error) => End::Error(error),
            },
        }
    }

    /// Submits a request, which must end in a result.
    pub(crate) async fn result_of(&self, request: &GenerationRequest) -> Result<Output, Stop> {
        let submission = match self.submit(request).await? {
            Ok(submission) => submission,
            Err(error) => return broken(format!("the submission failed: {error:?}")),
        };
        match self.end_of(submission).await {
            End::Output(output) if output.assets.is_empty() => {
                broken("it succeeded without any file")
            }
            End::Output(output) => Ok(output),
            End::Status(status) => broken(format!("it ended as {status:?}")),
            End::Error(error) => broken(format!("a look failed: {error:?}")),
        }
    }

    /// Stops a law about tasks on a model that has none.
    pub(crate) fn needs_tasks(&self) -> Verdict {
        if self.subject.answers_at_once(&self.model) {
            return cannot("the model answers a submission with its result: there is no task");
        }
        Ok(())
    }

    /// The law is broken if anything was charged.
    pub(crate) fn nothing_charged(&self) -> Verdict {
        let charges = self.vendor.charges()?;
        require(charges.is_empty(), || {
            format!("it was charged: {charges:?}")
        })
    }

    /// The law is broken unless the vendor saw exactly so many submissions.
    pub(crate) fn submissions_are(&self, expected: usize) -> Verdict {
        let seen = self.vendor.submissions()?;
        require(seen == expected, || {
            format!("the vendor saw {seen} submissions, and {expected} were made")
        })
    }

    /// The law of secrets, after every other: nothing that was shown holds what must stay private.
    pub(crate) fn nothing_leaked(&self) -> Verdict {
        self.transcript.tell(format!("{:#?}", self.provider));
        let secrets = self.subject.secrets();
        let known = [WORDS, MARKER, SIGNATURE, "marzipan"];
        for secret in known.into_iter().chain(secrets.iter().map(String::as_str)) {
            if let Some(line) = self.transcript.line_with(secret) {
                return broken(format!("`{secret}` shows in: {line}"));
            }
        }
        Ok(())
    }
}
