//! The law of a job, read from outside: the provider's ledger, the channel, and our own record.

use std::collections::BTreeSet;

use kling_bot::Mark;
use kling_core::Money;
use kling_emulator::ledger::Charge;
use kling_engine::{LedgerKind, Stage};

use crate::House;

/// How a job ended, as far as the channel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The result stands there.
    Result,
    /// A sentence says that it did not work, or was refused.
    Sentence,
    /// A notice says that nobody knows.
    Unconfirmed,
    /// Nothing: the command was never accepted, and the person was told so by the client.
    Nothing,
}

/// What can be seen of one command from outside, when all is over.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The provider's ledger: what was charged, or is held.
    pub theirs: Vec<Theirs>,
    /// The stage of each job that the command made.
    pub stages: Vec<Stage>,
    /// The lines of our ledger about them: what they are, and how much in nano-dollars, where known.
    pub ours: Vec<(LedgerKind, Option<i64>)>,
    /// What the messages say that stand in the channel; progress says nothing.
    pub seen: Vec<Ending>,
    /// Pictures that the results among them carry; nought, as those asked for, where nobody counts them.
    pub pictures: usize,
    /// Pictures that were asked for.
    pub asked: usize,
    /// Whether the person was told that the command is accepted.
    pub promised: bool,
}

/// One submission in the provider's ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theirs {
    /// How much, in nano-dollars.
    pub amount: i64,
    /// Whether it was charged.
    pub billed: bool,
    /// Whether it may still be.
    pub held: bool,
}

impl From<&Charge> for Theirs {
    fn from(charge: &Charge) -> Self {
        Self {
            amount: charge.amount_nanodollars,
            billed: charge.billed,
            held: charge.held,
        }
    }
}

/// What was found when a run was over.
#[derive(Clone, Debug)]
pub struct Law {
    /// Submissions that the provider charged, or still holds money for.
    pub paid: usize,
    /// What the provider charged, in nano-dollars.
    pub charged: i64,
    /// What the provider has not said yet whether it charges, in nano-dollars.
    pub undecided: i64,
    /// What our ledger says was paid, in nano-dollars.
    pub recorded: i64,
    /// What our ledger says may have been paid besides, in nano-dollars.
    pub may_have_cost: i64,
    /// The same for each submission: none, some or all of them were charged.
    pub doubts: Vec<i64>,
    /// What our ledger still holds, in nano-dollars.
    pub held: i64,
    /// Messages with a result that stand in the channel.
    pub results: usize,
    /// Pictures that these messages carry.
    pub pictures: usize,
    /// Pictures that were asked for.
    pub asked: usize,
    /// Messages that say that nobody knows.
    pub notices: usize,
    /// Messages that say that it did not work, or was refused.
    pub sentences: usize,
    /// How many jobs the command made.
    pub jobs: usize,
    /// Where the job stands.
    pub stage: Option<Stage>,
    /// Whether the person was told that the command is accepted.
    pub promised: bool,
}

impl Law {
    /// Looks at everything, once the provider has charged for all that it was asked to do. The bot must not be running.
    pub async fn read(house: &House) -> Self {
        house.until_charged().await;
        let (jobs, ledger) = house.records().await;
        let seen = house
            .shown()
            .into_iter()
            .map(|message| match Mark::of(&message.content) {
                Some(Mark::Done) if !message.attachments.is_empty() => Ending::Result,
                Some(Mark::Unconfirmed) => Ending::Unconfirmed,
                Some(Mark::Failed | Mark::Refused | Mark::Cancelled) => Ending::Sentence,
                Some(Mark::Done | Mark::Progress) | None => Ending::Nothing,
            });
        let is_result = |content: &str| Mark::of(content) == Some(Mark::Done);
        let shown = house.shown().into_iter();
        let results = shown.filter(|message| is_result(&message.content));
        let theirs = house.emulator().world().ledger.list();
        Self::weigh(&Evidence {
            theirs: theirs.iter().map(Theirs::from).collect(),
            stages: jobs.iter().map(|job| job.stage).collect(),
            ours: ledger
                .iter()
                .map(|line| (line.kind, line.amount.map(Money::as_nanodollars)))
                .collect(),
            seen: seen.collect(),
            pictures: results.map(|message| message.attachments.len()).sum(),
            asked: jobs
                .first()
                .map_or(0, |job| usize::from(job.request.count.get())),
            promised: false,
        })
    }

    /// Counts and adds up.
    pub fn weigh(evidence: &Evidence) -> Self {
        let lines = |kind| -> Vec<i64> {
            let lines = evidence.ours.iter().filter(|(line, _)| *line == kind);
            lines.filter_map(|(_, amount)| *amount).collect()
        };
        let sum = |kind| -> i64 { lines(kind).iter().sum() };
        let count = |ending| evidence.seen.iter().filter(|seen| **seen == ending).count();
        let theirs = &evidence.theirs;
        let billed = theirs.iter().filter(|charge| charge.billed);
        let undecided = theirs.iter().filter(|charge| charge.held);
        Self {
            paid: theirs
                .iter()
                .filter(|charge| charge.billed || charge.held)
                .count(),
            charged: billed.map(|charge| charge.amount).sum(),
            undecided: undecided.map(|charge| charge.amount).sum(),
            recorded: sum(LedgerKind::Settlement),
            may_have_cost: sum(LedgerKind::Unconfirmed),
            doubts: lines(LedgerKind::Unconfirmed),
            held: sum(LedgerKind::Reservation) - sum(LedgerKind::Release),
            results: count(Ending::Result),
            pictures: evidence.pictures,
            asked: evidence.asked,
            notices: count(Ending::Unconfirmed),
            sentences: count(Ending::Sentence),
            jobs: evidence.stages.len(),
            stage: evidence.stages.first().copied(),
            promised: evidence.promised,
        }
    }

    /// What is wrong with it; empty when the law was kept.
    pub fn breaches(&self) -> Vec<String> {
        self.breaches_by_choice(1)
    }

    /// What is wrong with it when an operator chose so many submissions, the first one among them.
    pub fn breaches_by_choice(&self, submissions: usize) -> Vec<String> {
        let mut breaches = Vec::new();
        let mut say = |what: &str| breaches.push(what.to_owned());
        if self.paid > submissions {
            say("it was paid for more often than somebody chose");
        }
        if self.jobs > 1 {
            say("one command makes at most one job");
        }
        if self.promised && self.jobs == 0 {
            say("an accepted command is lost");
        }
        match self.stage {
            Some(Stage::Unconfirmed) => {
                if self.notices != 1 || self.results != 0 {
                    say("an unconfirmed job shows exactly one notice and no result");
                }
            }
            Some(stage) => {
                if !stage.is_terminal() {
                    say("the job is stuck");
                }
                if self.results + self.sentences != 1 || self.notices != 0 {
                    say("exactly one message says how it ended");
                }
                if (stage == Stage::Delivered) != (self.results == 1) {
                    say("the stage is not what the channel shows");
                }
                if self.results == 1 && self.pictures != self.asked {
                    say("not every picture that was paid for stands there");
                }
            }
            None => {
                if self.paid > 0 || self.results + self.sentences + self.notices > 0 {
                    say("something happened for a command that was never accepted");
                }
            }
        }
        breaches.extend(self.breaches_of_money());
        breaches
    }

    /// Where our ledger and the provider's do not agree to the nano-dollar.
    fn breaches_of_money(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        if self.undecided != 0 {
            // Work that is still being done is charged when it is done: the ledgers agree, or do not, only then.
            breaches.push("it was looked before the provider had charged for its work".to_owned());
            return breaches;
        }
        // Each submission that nobody knows of was charged or was not. While nobody has chosen, the last one is held.
        let mut may_be = BTreeSet::from([0]);
        let unresolved = (self.stage == Some(Stage::Unconfirmed)).then_some(self.held);
        for doubt in self.doubts.iter().copied().chain(unresolved) {
            let charged: Vec<i64> = may_be.iter().map(|sum| sum + doubt).collect();
            may_be.extend(charged);
        }
        if !may_be.contains(&(self.charged - self.recorded)) {
            breaches.push(
                "the ledgers differ by something else than what may have been charged".to_owned(),
            );
        }
        let is_over = self.stage.is_some_and(Stage::is_terminal);
        if is_over && self.held != 0 {
            breaches.push("money is held for a job that is over".to_owned());
        }
        breaches
    }

    /// What is wrong with it when nobody could be told how it ended: the record and the money still hold.
    pub fn breaches_unseen(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        if self.paid > 1 {
            breaches.push("it was paid for more than once".to_owned());
        }
        if self.stage != Some(Stage::Failed) {
            breaches.push(format!(
                "a job that nobody can be told of fails, but it is {:?}",
                self.stage
            ));
        }
        breaches.extend(self.breaches_of_money());
        breaches
    }

    /// What is wrong with it when the person was told that nothing happened: then nothing may happen.
    pub fn breaches_of_nothing(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        if self.paid > 0 || self.charged > 0 {
            breaches.push("it was paid for".to_owned());
        }
        if self.results + self.notices > 0 {
            breaches.push("something was posted".to_owned());
        }
        if self.stage.is_some_and(|stage| stage != Stage::Cancelled) {
            breaches.push(format!("the job is {:?} and not cancelled", self.stage));
        }
        breaches
    }

    /// How it ended, as far as the channel shows.
    pub fn ending(&self) -> Ending {
        match (self.results, self.sentences, self.notices) {
            (1.., _, _) => Ending::Result,
            (_, 1.., _) => Ending::Sentence,
            (_, _, 1..) => Ending::Unconfirmed,
            _ => Ending::Nothing,
        }
    }
}

#[cfg(test)]
mod tests;
