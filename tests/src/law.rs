//! The law of a job, read from outside: the provider's ledger, the channel, and our own record.

use kling_bot::Mark;
use kling_core::Money;
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

/// What was found when a run was over.
#[derive(Debug)]
pub struct Law {
    /// Submissions that the provider charged, or still holds money for.
    pub paid: usize,
    /// What the provider charged, in nano-dollars.
    pub charged: i64,
    /// What our ledger says was paid, in nano-dollars.
    pub recorded: i64,
    /// What our ledger says may have been paid besides, in nano-dollars.
    pub may_have_cost: i64,
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
    /// Where the job stands.
    pub stage: Option<Stage>,
}

impl Law {
    /// Looks at everything. The bot must not be running.
    pub async fn read(house: &House) -> Self {
        let theirs = house.emulator().world().ledger.list();
        let paid = theirs
            .iter()
            .filter(|charge| charge.billed || charge.held)
            .count();
        let (jobs, ledger) = house.records().await;
        assert!(
            jobs.len() <= 1,
            "one command makes at most one job: {jobs:#?}"
        );
        let sum = |kind| {
            let lines = ledger.iter().filter(|line| line.kind == kind);
            lines
                .filter_map(|line| line.amount)
                .map(Money::as_nanodollars)
                .sum::<i64>()
        };
        let mut law = Self {
            paid,
            charged: house.charged(),
            recorded: sum(LedgerKind::Settlement),
            may_have_cost: sum(LedgerKind::Unconfirmed),
            held: sum(LedgerKind::Reservation) - sum(LedgerKind::Release),
            results: 0,
            pictures: 0,
            asked: jobs
                .first()
                .map_or(0, |job| usize::from(job.request.count.get())),
            notices: 0,
            sentences: 0,
            stage: jobs.first().map(|job| job.stage),
        };
        for message in house.shown() {
            match Mark::of(&message.content) {
                Some(Mark::Done) if !message.attachments.is_empty() => {
                    law.results += 1;
                    law.pictures += message.attachments.len();
                }
                Some(Mark::Unconfirmed) => law.notices += 1,
                Some(Mark::Failed | Mark::Refused | Mark::Cancelled) => law.sentences += 1,
                Some(Mark::Done | Mark::Progress) | None => {}
            }
        }
        law
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
        // While nobody has chosen, what may have been charged is still held.
        let listed = match self.stage {
            Some(Stage::Unconfirmed) => self.may_have_cost + self.held,
            _ => self.may_have_cost,
        };
        let open = self.charged - self.recorded;
        if open != 0 && open != listed {
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
