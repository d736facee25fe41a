//! What an operator can set about the engine.

use std::time::Duration;

use crate::admission::Limits;
use crate::backoff::Backoff;

/// How the engine behaves. The defaults suit a team and a large community alike.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much may be going on at once, and spent, where no rule in the store says otherwise: what each
    /// requester, channel and workspace may have, and all together. No limits.
    pub limits: Limits,
    /// How far the estimates of a model may be from what it cost, over its last paid submissions, in percent,
    /// before an operator is told; `None` never tells. 20.
    pub drift_alarm_percent: Option<u32>,
    /// How long a person may wait to hear that a job was accepted. 2 s, of the 3 s a chat platform gives.
    pub accept_timeout: Duration,
    /// How long a claim holds before another process may take the job; long steps renew it, three times as often. On
    /// PostgreSQL this is how long the work of a process that was killed waits for another one. 60 s: shorter than a
    /// person waits before giving up, and longer than processes stand still and databases are failed over, since a
    /// lease that runs out under a living process makes work twice (never a submission, and never a result).
    pub lease: Duration,
    /// How far apart clocks, pauses and networks may put things before they count; a submission is
    /// waited for this much longer than its provider says it may take
    /// ([`Provider::submit_timeout`](kling_core::Provider::submit_timeout)). 30 s.
    pub margin: Duration,
    /// How long asking a provider something that costs nothing may take. 1 min.
    pub look_timeout: Duration,
    /// Submissions on their way to one provider at a time. 8.
    pub submissions_per_provider: usize,
    /// Jobs that any other loop works on at a time. 16.
    pub jobs_per_loop: usize,
    /// How often a loop looks without being rung. 1 s.
    pub period: Duration,
    /// How often a status message is edited while something changes. 5 s.
    pub status_every: Duration,
    /// How long a call that shows or delivers something may take. 5 min, for large files.
    pub delivery_timeout: Duration,
    /// The most bytes of an input. 50 MB.
    pub input_max_bytes: u64,
    /// The longest silence while an input is copied. 15 s.
    pub input_idle_timeout: Duration,
    /// The longest that copying an input may take. 2 min.
    pub input_timeout: Duration,
    /// How long a signed address of an input is good: it is made when the job is submitted, and the provider may fetch
    /// it when the work begins. 24 h.
    pub link_life: Duration,
    /// How often an input is tried before the job is refused. 5.
    pub input_tries: u32,
    /// The most bytes of a result. 1 GB.
    pub result_max_bytes: u64,
    /// How often a result is tried, at least, before it counts as gone. 8.
    pub result_tries: u32,
    /// How long a result that may still come is tried, at least, before it counts as gone. 6 h.
    pub result_give_up_after: Duration,
    /// How often a last message is tried before it may count as undeliverable. 12.
    pub delivery_tries: u32,
    /// How long a last message, or the notice that a job is unconfirmed, is tried, at least, before it
    /// may count as undeliverable. 6 h.
    pub delivery_give_up_after: Duration,
    /// How long a job may wait to be submitted, from its acceptance or the choice to try it again. 1 h.
    pub expire_after: Duration,
    /// How long the inputs of ended jobs are kept. 30 days.
    pub input_retention: Duration,
    /// How long the results of ended jobs are kept. An unconfirmed job waits as long, and a week at least,
    /// for somebody's choice before it is given up. 30 days.
    pub retention: Duration,
    /// How often old files are looked for. 10 min.
    pub clean_every: Duration,
    /// How long running steps may take to finish on shutdown. A submission that is cut off then is unconfirmed at the
    /// next start, so it is more than any provider of this house needs to answer one. 6 min.
    pub drain_timeout: Duration,
    /// How waits grow from try to try. From 1 s to 1 min.
    pub backoff: Backoff,
    /// How often a job may break the step it is in before it is ended. 5.
    pub panics_per_job: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            drift_alarm_percent: Some(20),
            accept_timeout: Duration::from_secs(2),
            lease: Duration::from_mins(1),
            margin: Duration::from_secs(30),
            look_timeout: Duration::from_mins(1),
            submissions_per_provider: 8,
            jobs_per_loop: 16,
            period: Duration::from_secs(1),
            status_every: Duration::from_secs(5),
            delivery_timeout: Duration::from_mins(5),
            input_max_bytes: 50_000_000,
            input_idle_timeout: Duration::from_secs(15),
            input_timeout: Duration::from_mins(2),
            link_life: Duration::from_hours(24),
            input_tries: 5,
            result_max_bytes: 1_000_000_000,
            result_tries: 8,
            result_give_up_after: Duration::from_hours(6),
            delivery_tries: 12,
            delivery_give_up_after: Duration::from_hours(6),
            expire_after: Duration::from_hours(1),
            input_retention: Duration::from_hours(30 * 24),
            retention: Duration::from_hours(30 * 24),
            clean_every: Duration::from_mins(10),
            drain_timeout: Duration::from_mins(6),
            backoff: Backoff {
                base: Duration::from_secs(1),
                cap: Duration::from_mins(1),
            },
            panics_per_job: 5,
        }
    }
}
