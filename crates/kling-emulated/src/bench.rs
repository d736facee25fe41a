//! One running emulator, told what to do by the laws.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kling_conformance::{Call, Cannot, Fate, Instance, Refusal, Trouble, Vendor};
use kling_core::{Money, Provider};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, aimlapi, apiin, inferencesh};

use crate::seen::answer;
use crate::{Emulated, NOBODY};

/// What an ordinary client gives a call: a hundred megabytes of pictures take long on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(150);

/// How much time passes between two looks.
const TURN: Duration = Duration::from_secs(10);

/// How long work takes that takes a while: some turns.
const A_WHILE: Duration = Duration::from_secs(45);

/// How long an ordinary client waits for a task that does not show: longer than any law takes.
const GRACE: Duration = Duration::from_mins(10);

/// How long work does not show that shows late: more turns than a stream that gives up would wait.
const LATE: Duration = Duration::from_mins(5);

/// How long work takes that is not to end: a hundred years.
const FOR_EVER: Duration = Duration::from_hours(24 * 36_500);

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) subject: Emulated,
}

impl Bench {
    fn fault(&self, route: &str, effect: Effect) {
        let fault = Fault::once(self.subject.vendor, route, effect);
        self.emulator.world().script.push(fault);
    }

    fn route(&self, call: Call) -> Result<&'static str, Cannot> {
        let known = self.subject.wire.call(call);
        known
            .map(|(route, _)| route)
            .ok_or_else(|| Cannot::because(format!("the vendor has no call {call:?}")))
    }

    /// The requests of which the method and the path hold this text, answered or not.
    fn seen(&self, route: &str) -> usize {
        let ends = ["answered", "hung", "reset", "gone"];
        let entries = self.emulator.world().journal.entries(0);
        let seen = entries.iter().filter(|entry| {
            let asked = format!("{} {}", entry.method, entry.path);
            entry.place == self.subject.vendor
                && ends.contains(&entry.event())
                && asked.contains(route)
        });
        seen.count()
    }

    fn take(&self, work: Duration) -> Result<(), Cannot> {
        let world = self.emulator.world();
        let ms = u64::try_from(work.as_millis()).unwrap_or(u64::MAX);
        match self.subject.vendor {
            aimlapi::VENDOR => world
                .aimlapi
                .change(|settings| settings.video.latency_ms = ms),
            apiin::VENDOR => world.apiin.change(|settings| settings.latency_ms = ms),
            inferencesh::VENDOR => world
                .inferencesh
                .change(|settings| settings.latency_ms = ms),
            other => return Err(unknown(other)),
        }
        Ok(())
    }

    fn refuse_every_key(&self) -> Result<(), Cannot> {
        let world = self.emulator.world();
        match self.subject.vendor {
            aimlapi::VENDOR => world.aimlapi.accept_only(["another"]),
            apiin::VENDOR => world.apiin.accept_only(["another"]),
            inferencesh::VENDOR => world.inferencesh.accept_only(["another"]),
            other => return Err(unknown(other)),
        }
        Ok(())
    }

    fn refuse(&self, route: &str, refusal: Refusal) -> Result<(), Cannot> {
        let json = "application/json";
        match refusal {
            Refusal::BadRequest => {
                self.fault(route, answer(400, json, self.subject.wire.bad_request));
            }
            Refusal::Unauthorized => self.refuse_every_key()?,
            Refusal::OutOfFunds => {
                let ledger = &self.emulator.world().ledger;
                ledger.set_every_balance(self.subject.vendor, 1);
            }
            Refusal::RateLimited { retry_after } => {
                let seconds = retry_after.as_secs().to_string();
                let effect = Effect::Status {
                    status: 429,
                    headers: BTreeMap::from([("retry-after".to_owned(), seconds)]),
                    body: "{}".to_owned(),
                    content_type: json.to_owned(),
                };
                self.fault(route, effect);
            }
            other => return Err(unknown(other)),
        }
        Ok(())
    }
}

fn unknown(what: impl std::fmt::Debug) -> Cannot {
    Cannot::because(format!("the emulator does not know {what:?}"))
}

impl Vendor for Bench {
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot> {
        let base = self.emulator.base(self.subject.vendor);
        match instance {
            Instance::Usual => Ok((self.subject.client)(&base, PATIENCE, GRACE)),
            Instance::Hasty(patience) => Ok((self.subject.client)(&base, patience, GRACE)),
            Instance::NobodyThere => Ok((self.subject.client)(NOBODY, PATIENCE, GRACE)),
            Instance::Sure => Ok((self.subject.client)(&base, PATIENCE, Duration::ZERO)),
            other => Err(unknown(other)),
        }
    }

    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot> {
        let route = self.route(call)?;
        let effect = match trouble {
            Trouble::DropBeforeWork => Effect::ResetBefore,
            Trouble::DropAfterWork => Effect::ResetAfter,
            Trouble::Hang => Effect::Hang,
            Trouble::Answer {
                status,
                content_type,
                body,
            } => answer(status, content_type, &body),
            Trouble::Oversized => Effect::Huge {
                bytes: 64 * 1024 * 1024,
            },
            Trouble::Truncated => Effect::Truncate,
            Trouble::Refuse(refusal) => return self.refuse(route, refusal),
            Trouble::UnheardState => answer(200, "application/json", self.subject.wire.unheard),
            other => return Err(unknown(other)),
        };
        self.fault(route, effect);
        Ok(())
    }

    fn destine(&self, fate: Fate) -> Result<(), Cannot> {
        let fail = |message: &str| Effect::Fail {
            message: message.to_owned(),
        };
        let effect = match fate {
            Fate::Fails => fail(self.subject.wire.fails),
            Fate::Moderated => fail(self.subject.wire.moderated),
            Fate::Empty => Effect::EmptyData,
            Fate::Runs => return self.take(FOR_EVER),
            Fate::TakesAWhile => return self.take(A_WHILE),
            Fate::ShowsLate => Effect::Hidden {
                ms: u64::try_from(LATE.as_millis()).unwrap_or(u64::MAX),
            },
            other => return Err(unknown(other)),
        };
        self.fault(self.route(Call::Submission)?, effect);
        Ok(())
    }

    fn sample(&self, call: Call) -> Result<String, Cannot> {
        let known = self.subject.wire.call(call);
        known
            .map(|(_, sample)| sample.to_owned())
            .ok_or_else(|| Cannot::because(format!("the vendor has no call {call:?}")))
    }

    fn pass_time(&self) {
        self.emulator.world().clock.advance(TURN);
    }

    fn requests(&self) -> Result<usize, Cannot> {
        Ok(self.seen(""))
    }

    fn submissions(&self) -> Result<usize, Cannot> {
        Ok(self.seen(self.route(Call::Submission)?))
    }

    fn charges(&self) -> Result<Vec<Money>, Cannot> {
        let charges = self.emulator.world().ledger.list();
        Ok(charges
            .iter()
            .filter(|charge| charge.vendor == self.subject.vendor && charge.billed)
            .map(|charge| Money::from_nanodollars(charge.amount_nanodollars))
            .collect())
    }
}
