//! What is said about a job: while it is going, and how it ends.

use std::time::Duration;

use kling_core::{Estimate, MediaKind};
use kling_engine::{Delivery, DeliveryContent, DeliveryFile, Job, Stage, StatusUpdate};

use super::figures::{bar, shorten};
use super::{Mark, Markup, Text};

/// The most characters of a prompt that a message about a job repeats.
const PROMPT_CHARS: usize = 300;

impl Text {
    /// The first status message of a job, with how many are in front of it.
    pub fn accepted(&self, job: &Job, ahead: u32, markup: &dyn Markup) -> String {
        let update = StatusUpdate {
            ahead: Some(ahead),
            percent: None,
            elapsed: Duration::ZERO,
            typical: None,
        };
        self.status(job, &update, markup)
    }

    /// How far a job has come.
    pub fn status(&self, job: &Job, update: &StatusUpdate, markup: &dyn Markup) -> String {
        let stage = self.stage(job, update.ahead, markup);
        let elapsed = self.duration(update.elapsed);
        let mut text = self.say("status-line", &[("stage", &stage), ("elapsed", &elapsed)]);
        if let Some(typical) = update.typical {
            let typical = self.say("status-typical", &[("typical", &self.duration(typical))]);
            text = self.say("details", &[("one", &text), ("other", &typical)]);
        }
        if let Some(percent) = update.percent {
            let shown = percent.min(100).to_string();
            let figures = [("bar", &*bar(percent)), ("percent", &*shown)];
            text.push('\n');
            text.push_str(&self.say("status-progress", &figures));
        }
        text.push('\n');
        text.push_str(&self.quote(job, markup));
        Mark::Progress.before(&text)
    }

    fn stage(&self, job: &Job, ahead: Option<u32>, markup: &dyn Markup) -> String {
        let queued = |ahead: u32| self.say("stage-queued", &[("ahead", &ahead.to_string())]);
        let provider = markup.escape(job.provider.as_str());
        let of_provider = |name: &str| self.say(name, &[("provider", &provider)]);
        let ahead = ahead.unwrap_or(0);
        match (job.stage, ahead) {
            // Files are fetched while others are still in front; who waits wants to know about those.
            (Stage::Accepted, 0) if !job.request.inputs.is_empty() => {
                self.say("stage-accepted", &[])
            }
            (Stage::Accepted | Stage::Collected, ahead) => queued(ahead),
            (Stage::Submitting, _) => of_provider("stage-submitting"),
            (Stage::Submitted | Stage::Running, _) if job.output.is_some() => {
                self.say("stage-fetching", &[])
            }
            (Stage::Submitted, _) => of_provider("stage-waiting"),
            (Stage::Running, _) => of_provider("stage-running"),
            (Stage::Fetched | Stage::Delivering, _) => self.say("stage-delivering", &[]),
            (Stage::Unconfirmed, _) => self.say("stage-unconfirmed", &[]),
            (Stage::Delivered | Stage::Failed | Stage::Cancelled | Stage::Expired, _) => {
                self.say("stage-ended", &[])
            }
        }
    }

    /// A job's last message, for every way it can end. It begins with the mark of its ending, and names
    /// the requester so that they notice.
    pub fn delivery(&self, delivery: &Delivery, markup: &dyn Markup) -> String {
        let job = &delivery.job;
        let who = markup.mention(&job.requester);
        let named = |name: &str, figures: &[(&str, &str)]| {
            let mut all = vec![("who", who.as_str())];
            all.extend_from_slice(figures);
            self.say(name, &all)
        };
        match &delivery.content {
            DeliveryContent::Result { files, missing } => {
                let text = self.result(delivery, files, *missing, &who, markup);
                Mark::Done.before(&text)
            }
            DeliveryContent::Unconfirmed { may_have_cost } => {
                let provider = markup.escape(job.provider.as_str());
                let cost = self.estimate(*may_have_cost);
                let figures = [("provider", provider.as_str()), ("cost", cost.as_str())];
                let text = named("unconfirmed", &figures);
                Mark::Unconfirmed.before(&self.with_quote(text, job, markup))
            }
            DeliveryContent::Refused { reasons } => {
                let text = match reasons.as_slice() {
                    [one] => named("refused-late", &[("reason", &self.reason(one, markup))]),
                    many => self.list(named("refused-late-many", &[]), many, markup),
                };
                Mark::Refused.before(&text)
            }
            DeliveryContent::Failed { reason } => {
                let charged = self.charged(job);
                let reason = self.reason(reason, markup);
                let text = named("failed", &[("reason", &reason), ("charged", &charged)]);
                Mark::Failed.before(&self.with_quote(text, job, markup))
            }
            DeliveryContent::Cancelled { charged } => {
                let charged = match charged {
                    Some(true) if job.cost.is_some_and(|cost| !cost.is_zero()) => self.charged(job),
                    Some(true) => self.say("charged-yes", &[]),
                    Some(false) => self.say("charged-nothing", &[]),
                    None => self.say("charged-unknown", &[]),
                };
                Mark::Cancelled.before(&named("cancelled", &[("charged", &charged)]))
            }
            DeliveryContent::Expired => {
                let text = named("expired", &[("charged", &self.charged(job))]);
                Mark::Failed.before(&self.with_quote(text, job, markup))
            }
        }
    }

    fn result(
        &self,
        delivery: &Delivery,
        files: &[DeliveryFile],
        missing: u8,
        who: &str,
        markup: &dyn Markup,
    ) -> String {
        let job = &delivery.job;
        let kind = match job.request.operation.output() {
            MediaKind::Image => "image",
            MediaKind::Video => "video",
        };
        let count = files.len().to_string();
        let mut text = self.say("result", &[("who", who), ("count", &count), ("kind", kind)]);
        if missing > 0 {
            text.push(' ');
            text.push_str(&self.say("result-missing", &[("missing", &missing.to_string())]));
        }
        text = self.with_quote(text, job, markup);
        let details = self.details(delivery, markup);
        text.push('\n');
        text.push_str(&details);
        text
    }

    /// The parameters, who made it, what it cost and how long it took.
    fn details(&self, delivery: &Delivery, markup: &dyn Markup) -> String {
        let job = &delivery.job;
        let request = &job.request;
        let mut all = Vec::new();
        all.extend(request.aspect_ratio.map(|ratio| ratio.to_string()));
        all.extend(request.resolution.map(|resolution| resolution.to_string()));
        all.extend(request.format.map(|format| format.as_str().to_uppercase()));
        all.extend(
            request
                .duration
                .map(|length| self.duration(Duration::from_secs(u64::from(length.get())))),
        );
        if request.count.get() > 1 {
            let count = request.count.to_string();
            all.push(self.say("count-images", &[("count", &count)]));
        }
        for (name, value) in &request.provider_options {
            all.push(markup.escape(&shorten(&format!("{name} {value}"), 60)));
        }
        all.push(markup.escape(job.provider.as_str()));
        all.push(markup.escape(job.model.as_str()));
        all.push(match job.cost {
            Some(cost) => self.say("result-cost", &[("cost", &cost.to_string())]),
            None => match job.estimate {
                Estimate::Unknown => self.say("result-cost-unknown", &[]),
                estimate @ (Estimate::Exact(_) | Estimate::Approximate(_)) => {
                    self.say("result-cost", &[("cost", &self.estimate(estimate))])
                }
            },
        });
        let elapsed = self.duration(delivery.elapsed);
        all.push(self.say("result-took", &[("elapsed", &elapsed)]));
        all.push(self.say("result-job", &[("job", job.id.as_str())]));
        all.into_iter()
            .reduce(|one, other| self.say("details", &[("one", &one), ("other", &other)]))
            .unwrap_or_default()
    }

    /// Whether it was charged all the same, where that is known. That nothing was is said only where it is
    /// proven, for every submission there was.
    fn charged(&self, job: &Job) -> String {
        match job.cost {
            Some(cost) if !cost.is_zero() => {
                self.say("charged-cost", &[("cost", &cost.to_string())])
            }
            Some(_) if !job.in_doubt => self.say("charged-nothing", &[]),
            None if job.attempt == 0 => self.say("charged-nothing", &[]),
            Some(_) | None => self.say("charged-unknown", &[]),
        }
    }

    fn with_quote(&self, mut text: String, job: &Job, markup: &dyn Markup) -> String {
        text.push('\n');
        text.push_str(&self.quote(job, markup));
        text
    }

    fn quote(&self, job: &Job, markup: &dyn Markup) -> String {
        let words = shorten(job.request.prompt.as_str(), PROMPT_CHARS);
        self.say("quote", &[("words", &markup.escape(&words))])
    }

    /// That some files of a result are too large to be posted, with what to do about it.
    pub fn left_out(&self, names: &[&str], markup: &dyn Markup) -> String {
        let (count, names) = (names.len().to_string(), markup.escape(&names.join(", ")));
        self.say("result-left-out", &[("count", &count), ("names", &names)])
    }

    /// What a picture shows, for people who cannot see it; `index` from 0. Not escaped: alternative
    /// texts are plain.
    pub fn alt_text(&self, job: &Job, index: usize, count: usize, max_chars: usize) -> String {
        let said = |words: &str| {
            let (index, count) = ((index + 1).to_string(), count.to_string());
            let figures = [("index", &*index), ("count", &*count), ("words", words)];
            self.say("alt-text", &figures)
        };
        let room = max_chars.saturating_sub(said("").chars().count());
        shorten(
            &said(&shorten(job.request.prompt.as_str(), room)),
            max_chars,
        )
    }
}
