//! A row of `jobs` as a job, and back; the same for every kind of store.

mod file;
mod ledger;

use bytes::Bytes;
use kling_core::{
    Estimate, ModelId, Money, OutputSource, ProviderId, SubmissionKey, TaskHandle, Timestamp,
};

use super::stored::{self, Corrupt};
use crate::job::{Job, JobId, PlatformId, Receipt, ReplyAddress, Requester, Stage};

pub(super) use file::{FileRow, duration_column, role_column, size_column};
pub(super) use ledger::LedgerRow;

/// A row of `jobs`, without what only queries look at.
#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) epoch: i64,
    pub(super) turn: i64,
    pub(super) due_at: i64,
    pub(super) tries: i64,
    pub(super) cancel_requested: bool,
    pub(super) platform: String,
    pub(super) workspace: Option<String>,
    pub(super) channel: String,
    pub(super) requester: String,
    pub(super) reply_address: String,
    pub(super) locale: Option<String>,
    pub(super) status_message: Option<String>,
    pub(super) request: String,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) estimate_kind: String,
    pub(super) estimate: Option<i64>,
    pub(super) reservation_open: bool,
    pub(super) cost: Option<i64>,
    pub(super) attempt: i64,
    pub(super) submission_key: Option<String>,
    pub(super) submit_deadline: Option<i64>,
    pub(super) task: Option<String>,
    pub(super) output: Option<String>,
    pub(super) percent: Option<i64>,
    pub(super) ending: Option<String>,
    pub(super) in_doubt: bool,
    pub(super) created_at: i64,
    pub(super) waiting_since: i64,
    pub(super) stage_since: i64,
    pub(super) finished_at: Option<i64>,
}

impl JobRow {
    /// The job, without the bytes of its result where they came inline.
    pub(super) fn into_job(self) -> Result<Job, Corrupt> {
        Ok(Job {
            id: JobId::parse(&self.id).ok_or("id")?,
            stage: Stage::parse(&self.stage).ok_or("stage")?,
            epoch: self.epoch,
            requester: Requester {
                platform: PlatformId::new(self.platform),
                workspace: self.workspace,
                channel: self.channel,
                user: self.requester,
            },
            reply_address: ReplyAddress::new(self.reply_address),
            locale: self.locale,
            request: stored::read_request(&self.request)?,
            provider: ProviderId::parse(self.provider).map_err(|_| "provider")?,
            model: ModelId::parse(self.model).map_err(|_| "model")?,
            estimate: read_estimate(&self.estimate_kind, self.estimate)?,
            attempt: u32::try_from(self.attempt).map_err(|_| "attempt")?,
            submission_key: self
                .submission_key
                .map(SubmissionKey::parse)
                .transpose()
                .map_err(|_| "submission key")?,
            submit_deadline: self.submit_deadline.map(Timestamp::from_millis),
            task: self
                .task
                .map(TaskHandle::parse)
                .transpose()
                .map_err(|_| "task handle")?,
            output: self
                .output
                .as_deref()
                .map(stored::read_output)
                .transpose()?,
            percent: self
                .percent
                .map(u8::try_from)
                .transpose()
                .map_err(|_| "percent")?,
            ending: self
                .ending
                .as_deref()
                .map(stored::read_ending)
                .transpose()?,
            cost: self.cost.map(Money::from_nanodollars),
            status_message: self.status_message.map(Receipt::new),
            tries: u32::try_from(self.tries).map_err(|_| "tries")?,
            cancel_requested: self.cancel_requested,
            in_doubt: self.in_doubt,
            created_at: Timestamp::from_millis(self.created_at),
            waiting_since: Timestamp::from_millis(self.waiting_since),
            stage_since: Timestamp::from_millis(self.stage_since),
            finished_at: self.finished_at.map(Timestamp::from_millis),
        })
    }
}

/// The jobs of several rows, without the bytes of results that came inline. One that cannot be read
/// is left out.
pub(super) fn light_jobs(rows: Vec<JobRow>) -> Vec<Job> {
    let read = rows.into_iter().filter_map(|row| {
        let id = row.id.clone();
        row.into_job()
            .inspect_err(|what| {
                tracing::debug!(job.id = %id, "job `{id}` cannot be read ({what})");
            })
            .ok()
    });
    read.collect()
}

/// Tells the operator of a row that stands in nobody's way but its own.
pub(super) fn report_unread(id: &str, what: Corrupt) {
    tracing::error!(job.id = %id, "job `{id}` cannot be read ({what}); it is left alone");
}

/// The two columns of an estimate.
pub(super) fn estimate_columns(estimate: Estimate) -> (&'static str, Option<i64>) {
    let kind = match estimate {
        Estimate::Exact(_) => "exact",
        Estimate::Approximate(_) => "approximate",
        Estimate::Unknown => "unknown",
    };
    (kind, estimate.amount().map(Money::as_nanodollars))
}

fn read_estimate(kind: &str, amount: Option<i64>) -> Result<Estimate, Corrupt> {
    match (kind, amount.map(Money::from_nanodollars)) {
        ("exact", Some(amount)) => Ok(Estimate::Exact(amount)),
        ("approximate", Some(amount)) => Ok(Estimate::Approximate(amount)),
        ("unknown", None) => Ok(Estimate::Unknown),
        _ => Err("estimate"),
    }
}

/// Only between the answer and the archive does a job have bytes of its own.
pub(super) fn wants_bytes(job: &Job) -> bool {
    let before_archive = matches!(job.stage, Stage::Submitted | Stage::Running);
    before_archive
        && job
            .output
            .iter()
            .flat_map(|output| &output.assets)
            .any(|asset| matches!(&asset.source, OutputSource::Inline(bytes) if bytes.is_empty()))
}

/// Puts the bytes that came inline back where they belong.
pub(super) fn fill(job: &mut Job, bytes: Vec<(i64, Vec<u8>)>) {
    let Some(output) = &mut job.output else {
        return;
    };
    for (place, bytes) in bytes {
        if let Some(asset) = usize::try_from(place)
            .ok()
            .and_then(|place| output.assets.get_mut(place))
        {
            asset.source = OutputSource::Inline(Bytes::from(bytes));
        }
    }
}
