//! `unconfirmed` and `resolve`: an operator finds, and decides about, jobs whose outcome nobody knows. For a bot that
//! is stopped: its store belongs to one process.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum;
use kling_core::Estimate;
use kling_engine::{Choice, EngineError, Job, JobId, PlatformId, Stage, Store};

use super::assemble::{Assembled, assemble};
use super::{DONE, FAILED, complain, tell};
use crate::config::Config;

/// The most jobs that are listed.
const MOST: u32 = 200;

/// What an operator can decide about an unconfirmed job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Decision {
    /// Ask the provider once more; nothing is sent again unless it proves that it never began the job
    LookAgain,
    /// Submit again when the bot runs. May bill twice: the lost submission may have been charged
    TryAgain,
    /// End it without a result; the requester is told when the bot runs
    GiveUp,
}

impl From<Decision> for Choice {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::LookAgain => Self::LookAgain,
            Decision::TryAgain => Self::TryAgain,
            Decision::GiveUp => Self::GiveUp,
        }
    }
}

/// Reads a job's name from the command line.
pub(super) fn job_id(text: &str) -> Result<JobId, String> {
    JobId::parse(text).ok_or_else(|| {
        "a job's name has 26 letters and digits; `unconfirmed` lists those to decide about"
            .to_owned()
    })
}

/// Lists the platform's unconfirmed jobs.
pub(super) async fn list<C>(bot: Bot, config: &Config<C>) -> u8 {
    answer(bot, "list jobs", listed(bot, config).await)
}

/// Carries a decision out, and says what it did and may cost.
pub(super) async fn resolve<C>(bot: Bot, config: &Config<C>, id: &JobId, decision: Decision) -> u8 {
    answer(bot, "resolve it", resolved(bot, config, id, decision).await)
}

/// Which bot this is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bot {
    /// What its program calls itself.
    pub(super) binary: &'static str,
    /// Its platform.
    pub(super) platform: &'static str,
}

/// Tells what was said, or why it could not be.
pub(super) fn answer(bot: Bot, doing: &str, said: anyhow::Result<String>) -> u8 {
    match said {
        Ok(said) => {
            tell(&said);
            DONE
        }
        Err(error) => {
            complain(&format!("{} cannot {doing}: {error:#}.", bot.binary));
            FAILED
        }
    }
}

async fn listed<C>(bot: Bot, config: &Config<C>) -> anyhow::Result<String> {
    exists(config)?;
    let Assembled { store, .. } = assemble(config).await?;
    let listed = lines(bot, store.as_ref()).await;
    store.close().await;
    listed
}

async fn lines(bot: Bot, store: &dyn Store) -> anyhow::Result<String> {
    let platforms = [PlatformId::new(bot.platform)];
    let now = store.now().await?;
    // All of them: what became so just now as well.
    let jobs = store
        .unresolved(&platforms, now + Duration::from_secs(1), MOST)
        .await?;
    if jobs.is_empty() {
        return Ok("No job is unconfirmed.".to_owned());
    }
    let lines: Vec<String> = jobs
        .iter()
        .map(|job| {
            let minutes = now.since(job.stage_since).as_secs() / 60;
            format!(
                "{} {} {} of user {}, {} h {} min ago, may have cost {}",
                job.id,
                job.provider,
                job.model,
                job.requester.user,
                minutes / 60,
                minutes % 60,
                expected(job)
            )
        })
        .collect();
    Ok(lines.join("\n"))
}

async fn resolved<C>(
    bot: Bot,
    config: &Config<C>,
    id: &JobId,
    decision: Decision,
) -> anyhow::Result<String> {
    exists(config)?;
    let Assembled { store, builder, .. } = assemble(config).await?;
    let said = match builder.build() {
        Ok(engine) => decided(bot, config, &engine, id, decision).await,
        Err(error) => Err(error.into()),
    };
    store.close().await;
    said
}

async fn decided<C>(
    bot: Bot,
    config: &Config<C>,
    engine: &kling_engine::Engine,
    id: &JobId,
    decision: Decision,
) -> anyhow::Result<String> {
    let unknown = || anyhow!("there is no job {id} in {}", config.store.shown());
    let job = engine.job(id).await?.ok_or_else(unknown)?;
    if decision == Decision::LookAgain {
        askable(config, &job)?;
    }
    match engine.resolve(id, decision.into()).await {
        Ok(stage) => outcome(bot, &job, decision, stage),
        Err(EngineError::NoSuchJob) => Err(unknown()),
        Err(EngineError::WrongStage { stage }) => {
            bail!("job {id} is {stage}, and only an unconfirmed job is to be decided about")
        }
        Err(error) => Err(error).with_context(|| format!("job {id} may be as it was")),
    }
}

/// Whether the provider of a job can be asked at all.
fn askable<C>(config: &Config<C>, job: &Job) -> anyhow::Result<()> {
    let Some(settings) = config
        .providers
        .iter()
        .find(|known| known.id == job.provider)
    else {
        bail!(
            "this build has no provider {}, which has job {}",
            job.provider,
            job.id
        );
    };
    if settings.provider.is_none() {
        bail!(
            "there is no key in {}, and the provider {} has to be asked about job {}",
            settings.key_source,
            job.provider,
            job.id
        );
    }
    Ok(())
}

/// What was done, in a sentence; a job that is as it was is a failure.
fn outcome(bot: Bot, job: &Job, decision: Decision, stage: Stage) -> anyhow::Result<String> {
    let (id, provider, cost, binary) = (&job.id, &job.provider, expected(job), bot.binary);
    let said = match (decision, stage) {
        (Decision::LookAgain, Stage::Collected) => format!(
            "The provider {provider} proves that it never began job {id}: it is submitted when {binary} runs, and \
             nothing was charged before."
        ),
        (Decision::LookAgain, Stage::Unconfirmed) => bail!(
            "the provider {provider} cannot tell what became of job {id}, which stays unconfirmed; look into its \
             account, then try-again or give-up"
        ),
        (Decision::LookAgain, _) => format!(
            "The provider {provider} has job {id}: it goes on when {binary} runs, and its result is posted."
        ),
        (_, Stage::Unconfirmed) => bail!("job {id} was taken up by somebody else meanwhile"),
        (Decision::TryAgain, _) => format!(
            "Job {id} is submitted again when {binary} runs. This may bill twice: the lost submission may have cost \
             {cost}, and the new one is charged on its own."
        ),
        (Decision::GiveUp, _) => format!(
            "Job {id} is given up, and its requester is told when {binary} runs. The lost submission may have cost \
             {cost}; the ledger says so."
        ),
    };
    Ok(said)
}

fn expected(job: &Job) -> String {
    match job.estimate {
        Estimate::Exact(amount) => amount.to_string(),
        Estimate::Approximate(amount) => format!("about {amount}"),
        Estimate::Unknown => "an unknown amount".to_owned(),
    }
}

/// A database that is not there is a wrong setting, and not to be made.
pub(super) fn exists<C>(config: &Config<C>) -> anyhow::Result<()> {
    match config.store.file() {
        Some(file) if !Path::new(file).exists() => {
            bail!("there is no database {file}: name the bot's configuration with --config")
        }
        Some(_) | None => Ok(()),
    }
}
