//! The gate: from what was typed to a job, or to everything that stands in the way.

mod files;
mod offers;
mod read;
mod usual;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kling_core::Dimensions;
use kling_engine::{
    Admission, CancelAnswer, Choice, DeliveryFile, Engine, EngineError, InputFile, Job, JobId,
    Refusal, ReplyAddress, Requester, Rules, Stage, Standing,
};
use kling_providers::Catalogue;
use tokio_util::sync::CancellationToken;

/// How long reading the rules may take, the one time that they are not in memory.
const READ_RULES: Duration = Duration::from_secs(1);

/// What was typed, as a platform heard it. Nothing in it is trusted.
#[derive(Clone)]
pub struct Command {
    /// Which command: [`MenuCommand::name`](crate::MenuCommand::name).
    pub name: String,
    /// What was typed or chosen, by [`MenuField::name`](crate::MenuField::name).
    pub fields: BTreeMap<String, String>,
    /// The files that came with it.
    pub attachments: Vec<CommandAttachment>,
    /// Who asks.
    pub requester: Requester,
    /// Where to answer.
    pub reply_address: ReplyAddress,
    /// The platform's own name for the command (an interaction's id): a second one is the same job.
    pub dedupe_key: String,
    /// The requester's language, as the platform names it.
    pub locale: Option<String>,
    /// What else the platform knows about the requester: their roles, and whether the place is for adults.
    pub standing: Standing,
}

/// Shows no prompt and no address.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.name)
            .field("fields", &self.fields.keys())
            .field("attachments", &self.attachments)
            .field("dedupe_key", &self.dedupe_key)
            .finish_non_exhaustive()
    }
}

/// A file as it was announced, before anything of it was fetched.
#[derive(Clone)]
pub struct CommandAttachment {
    /// The field it fills, such as `image1`.
    pub field: String,
    /// Its name, for people.
    pub file_name: String,
    /// Opaque text by which [`Deliverer::fetch_input`](kling_engine::Deliverer::fetch_input) finds it.
    pub source: String,
    /// What the platform says it is, such as `image/png`; usually derived from the name.
    pub content_type: Option<String>,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// Width and height in pixels, where told.
    pub dimensions: Option<Dimensions>,
}

/// Shows no name and no address.
impl std::fmt::Debug for CommandAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommandAttachment")
            .field("field", &self.field)
            .field("content_type", &self.content_type)
            .field("size_bytes", &self.size_bytes)
            .field("dimensions", &self.dimensions)
            .finish_non_exhaustive()
    }
}

/// What became of a command.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Committed: say so, and how many are in front.
    Accepted {
        /// The job it became.
        job: Box<Job>,
        /// How many accepted jobs are in front of it.
        ahead: u32,
    },
    /// The same command was accepted before: nothing new happens, and nothing is to be said twice.
    Duplicate {
        /// The job it became then.
        job: Box<Job>,
    },
    /// A polite no, for the asker only ([`Text::refusal`](crate::Text::refusal)).
    Refused(Refusal),
    /// The store did not answer in time, failed, or the bot is stopping: nothing was charged, and
    /// nothing will be ([`Text::not_accepted`](crate::Text::not_accepted)).
    NotAccepted,
}

/// The one handle a bot needs: commands go in here, and so do wishes about jobs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    engine: Engine,
    catalogue: Arc<Catalogue>,
    max_input_bytes: u64,
    shutdown: CancellationToken,
}

impl Intake {
    /// A gate in front of an engine. `max_input_bytes` is the most bytes of one input file; after
    /// `shutdown` no command is accepted.
    pub fn new(
        engine: Engine,
        catalogue: Arc<Catalogue>,
        max_input_bytes: u64,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            engine,
            catalogue,
            max_input_bytes,
            shutdown,
        }
    }

    /// Checks a command and, when nothing stands in the way, makes it a durable job. Answers within
    /// the engine's time to accept, whatever the store does.
    pub async fn imagine(&self, command: Command) -> Answer {
        if self.shutdown.is_cancelled() {
            return Answer::NotAccepted;
        }
        let rules = match self.rules().await {
            Ok(rules) => rules,
            Err(error) => return not_accepted(&error),
        };
        let platform = &command.requester.platform;
        let is_public = |input: &InputFile| self.engine.has_public_address(platform, &input.source);
        let permitted = usual::permitted(&command, &rules, &self.catalogue);
        let catalogue = permitted.as_ref().unwrap_or(&self.catalogue);
        let job = usual::read(&command, &rules, |command, model| {
            read::job(command, catalogue, self.max_input_bytes, model, is_public)
        });
        let job = match job {
            Ok(job) => job,
            Err(refusal) => return refused(&command.requester, refusal),
        };
        let standing = command.standing.clone();
        match self.engine.accept_from(job.clone(), standing).await {
            Ok(Admission::Accepted { job, ahead }) => {
                tracing::debug!(
                    job.id = %job.id,
                    provider = %job.provider,
                    model = %job.model,
                    platform = job.requester.platform.as_str(),
                    "accepted job `{}`", job.id
                );
                Answer::Accepted { job, ahead }
            }
            Ok(Admission::Duplicate { job }) => Answer::Duplicate { job },
            Ok(Admission::Refused(mut refusal)) => {
                offers::add(&mut refusal, &job, catalogue, is_public);
                refused(&command.requester, refusal)
            }
            Err(error) => not_accepted(&error),
        }
    }

    /// The rules for what is usual and permitted where somebody asks, soon enough to answer.
    ///
    /// # Errors
    ///
    /// When the store fails, or is too slow.
    async fn rules(&self) -> Result<Arc<Rules>, EngineError> {
        let read = tokio::time::timeout(READ_RULES, self.engine.rules()).await;
        read.unwrap_or(Err(EngineError::TooSlow))
    }

    /// One job.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn job(&self, id: &JobId) -> Result<Option<Job>, EngineError> {
        self.engine.job(id).await
    }

    /// The files of a job's result, as long as they are kept.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn files(&self, id: &JobId) -> Result<Vec<DeliveryFile>, EngineError> {
        self.engine.files(id).await
    }

    /// Asks to stop a job. Whether the person may do that is for the platform to find out.
    ///
    /// # Errors
    ///
    /// When there is no such job, or the store fails.
    pub async fn cancel(&self, id: &JobId) -> Result<CancelAnswer, EngineError> {
        self.engine.cancel(id).await
    }

    /// Makes somebody's choice about an unconfirmed job, and gives the stage it leads to.
    ///
    /// # Errors
    ///
    /// [`EngineError::WrongStage`] when it is not unconfirmed (any more); else when there is no such job or the store fails.
    pub async fn resolve(&self, id: &JobId, choice: Choice) -> Result<Stage, EngineError> {
        self.engine.resolve(id, choice).await
    }
}

fn not_accepted(error: &EngineError) -> Answer {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a command could not be accepted"
    );
    Answer::NotAccepted
}

/// One line for the operator: to whom the gate said no, and why, in codes.
fn refused(requester: &Requester, refusal: Refusal) -> Answer {
    let codes: Vec<_> = refusal.reasons.iter().map(|reason| &*reason.code).collect();
    tracing::info!(
        reasons = codes.join(","),
        platform = requester.platform.as_str(),
        workspace = requester.workspace,
        requester = requester.user,
        "refused a command"
    );
    Answer::Refused(refusal)
}

#[cfg(test)]
mod tests;
