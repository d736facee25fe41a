//! Goes over cases one after the other, in one world: a replica meets a fault at a point, and what is left is looked at.

use std::time::{Duration, Instant};

use kling_emulator::script::{Effect, Fault as Scripted};
use kling_engine::{LedgerKind, Stage};
use kling_tests::{Ending, Evidence, Law, Order, Record, ReplicaSettings, Theirs};

use crate::case::{Case, Fault};
use crate::channel::Behaviour;
use crate::life::{BOUND, Life, State};
use crate::place::Place;
use crate::roads::{Done, FOR_EVER};
use crate::world::{LEASE_MS, World};

const SIGKILL: i32 = 9;

/// How much of what replicas said is shown when a case went wrong.
const LINES_SHOWN: usize = 80;

const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Some cases in one world.
#[derive(Debug)]
pub(crate) struct Lane {
    world: World,
    life: Option<Life>,
    lives: usize,
    /// What was found in each case, to be compared with the vendor's ledger once more at the end.
    found: Vec<Found>,
}

#[derive(Debug)]
struct Found {
    case: Case,
    lines: std::ops::Range<usize>,
    evidence: Evidence,
}

/// How a case went, and what is wrong with it.
type Outcome = Result<(), String>;

impl Lane {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            life: None,
            lives: 0,
            found: Vec::new(),
        }
    }

    /// One case; what is wrong with it, with what replicas said.
    pub(crate) fn run(&mut self, case: &Case) -> Outcome {
        let outcome = self.attempt(case);
        outcome.map_err(|wrong| {
            self.life = None;
            let said = std::fs::read_to_string(self.world.said()).unwrap_or_default();
            let mut said: Vec<&str> = said.lines().rev().take(LINES_SHOWN).collect();
            said.reverse();
            let (said, place, kind) = (said.join("\n"), self.world.place(), self.world.kind());
            format!("{case:?} on {place:?}, {kind:?}: {wrong}\nthe replicas said:\n{said}")
        })
    }

    /// Stops, and compares all ledgers once more; how many processes there were.
    pub(crate) fn finish(mut self) -> Result<usize, String> {
        if let Some(life) = self.life.take() {
            life.stop()?;
        }
        // What was charged late is charged by now.
        self.world.clock().advance(Duration::from_hours(24));
        let theirs = self.world.ledger();
        for found in &self.found {
            let mut evidence = found.evidence.clone();
            evidence.theirs = theirs[found.lines.clone()]
                .iter()
                .map(Theirs::from)
                .collect();
            let breaches = breaches(&found.case, &Law::weigh(&evidence));
            if !breaches.is_empty() {
                let case = &found.case;
                return Err(format!("{case:?}, in the end: {breaches:?}\n{evidence:#?}"));
            }
        }
        Ok(self.lives)
    }

    fn attempt(&mut self, case: &Case) -> Outcome {
        let settings = self.settings(case);
        self.become_one(&settings)?;
        let from = self.world.begin_case();
        case.road.prepare(&self.world);
        let late = case.arms_late();
        if !late {
            self.arm(&case.arms())?;
        }
        let who = case.who();
        let life = self.life.as_mut().ok_or("nobody runs")?;
        let accepting = life.send(&Order::Accept { who: who.clone() });
        if late {
            life.answer(accepting).ok_or("not accepted")?;
            self.settle(case)?;
            self.arm(&case.arms())?;
        }
        let state = self.drive(case)?;
        self.strike(case, state)?;
        case.road.afterwards(&self.world);
        let record = self.settle(case)?;
        self.disarm()?;
        self.until_charged()?;
        self.judge(case, &record, from)
    }

    fn settings(&self, case: &Case) -> ReplicaSettings {
        let mut settings = if case.waits_for_leases() {
            ReplicaSettings {
                submit_ms: case.submit_ms(),
                ..self.world.hasty()
            }
        } else {
            self.world.patient()
        };
        case.road.change(&mut settings);
        settings
    }

    /// Sees to it that a replica with these settings runs.
    fn become_one(&mut self, settings: &ReplicaSettings) -> Outcome {
        if self
            .life
            .as_ref()
            .is_some_and(|life| life.settings == *settings)
        {
            return Ok(());
        }
        if let Some(life) = self.life.take() {
            life.stop()?;
        }
        self.life = Some(self.start(settings));
        Ok(())
    }

    fn start(&mut self, settings: &ReplicaSettings) -> Life {
        self.lives += 1;
        Life::start(settings, &self.world.said())
    }

    fn arm(&mut self, points: &str) -> Outcome {
        let life = self.life.as_mut().ok_or("nobody runs")?;
        let points = points.to_owned();
        match life.ask(&Order::Arm { points }) {
            Some(answer) if answer.is_null() => Ok(()),
            // A point that is passed all the time may go off before it can be told that it is armed.
            None if life.state() != State::Runs => Ok(()),
            other => Err(format!("not armed: {other:?}")),
        }
    }

    fn disarm(&mut self) -> Outcome {
        self.arm("")
    }

    /// Until the replica stops or dies, or its job is settled without either.
    fn drive(&mut self, case: &Case) -> Result<State, String> {
        let mut done = Done::default();
        let who = case.who();
        let started = Instant::now();
        loop {
            let life = self.life.as_mut().ok_or("nobody runs")?;
            let state = life.state();
            if state != State::Runs {
                return Ok(state);
            }
            case.road.meanwhile(&self.world, life, &who, &mut done);
            // Where nothing stops it, the point may be passed at any time; and the wait for that is in `settle`.
            if !case.fault.stops() && (case.may_settle(&done) || is_over(life, &who)) {
                return Ok(State::Runs);
            }
            if started.elapsed() > BOUND {
                let record = life.look(&who);
                return Err(format!("it never came to the point: {record:?}"));
            }
            std::thread::sleep(LOOK_EVERY / 6);
        }
    }

    /// What happens at the point, beside what was armed there.
    fn strike(&mut self, case: &Case, state: State) -> Outcome {
        match (case.fault, state) {
            (Fault::Kill, State::Ended(Some(SIGKILL))) => {
                self.world.pass_time();
                let settings = self.world.patient();
                self.life = Some(self.start(&settings));
                Ok(())
            }
            (Fault::Never | Fault::Database | Fault::Full, State::Runs) => Ok(()),
            (Fault::Pause, State::Stopped) => self.pause(case),
            (Fault::Lost, State::Stopped) => {
                self.script(Effect::ResetAfter);
                self.world.channel().behave(Behaviour {
                    loses: 1,
                    ..self.world.channel().behaviour()
                });
                self.go_on()
            }
            (Fault::Billed, State::Stopped) => {
                self.script(Effect::BilledThen {
                    status: 502,
                    body: "<html>Bad Gateway</html>".to_owned(),
                });
                self.go_on()
            }
            (_, state) => Err(format!("it is {state:?}")),
        }
    }

    /// Something happens to the next call of the vendor, whichever it is.
    fn script(&self, effect: Effect) {
        let fault = Scripted::once(self.world.kind().provider(), "", effect);
        self.world.script().push(fault);
    }

    fn go_on(&mut self) -> Outcome {
        self.life.as_mut().ok_or("nobody runs")?.go_on();
        Ok(())
    }

    /// The process stands still for longer than its lease; on PostgreSQL another one takes its work over meanwhile.
    fn pause(&mut self, case: &Case) -> Outcome {
        if self.world.place() == Place::Sqlite {
            std::thread::sleep(Duration::from_millis(2 * LEASE_MS));
            return self.go_on();
        }
        let paused = self.life.take().ok_or("nobody runs")?;
        let settings = self.world.hasty();
        self.life = Some(self.start(&settings));
        case.road.afterwards(&self.world);
        let taken_over = self.settle_if_there(case);
        let other = self.life.replace(paused).ok_or("nobody runs")?;
        self.go_on()?;
        taken_over?;
        // Both run on until the one that stood still has nothing left to do.
        self.settle(case)?;
        other.stop()
    }

    /// Waits until somebody's job, if there is one, leaves nothing to be done.
    fn settle_if_there(&mut self, case: &Case) -> Outcome {
        let life = self.life.as_mut().ok_or("nobody runs")?;
        let record = life.look(&case.who()).ok_or("the replica died")?;
        if record.stages.is_empty() {
            return Ok(());
        }
        self.settle(case).map(drop)
    }

    /// Waits until nothing is left to be done about a case; the person repeats a command that left no trace.
    fn settle(&mut self, case: &Case) -> Result<Record, String> {
        let who = case.who();
        let started = Instant::now();
        let mut repeating: Option<u64> = None;
        let mut answered = None;
        loop {
            let life = self.life.as_mut().ok_or("nobody runs")?;
            // What somebody chose has to be carried out before the look, or it would happen after the case.
            let had_answered = life.has_answered();
            let Some(record) = life.look(&who) else {
                return Err(format!("the replica is {:?}", life.state()));
            };
            let stage = record.stages.first().map(String::as_str);
            let is_over = match stage.and_then(Stage::parse) {
                None => answered.is_some(),
                Some(Stage::Unconfirmed) => self
                    .world
                    .channel()
                    .seen_by(&who)
                    .contains(&Ending::Unconfirmed),
                Some(stage) => stage.is_terminal(),
            };
            if is_over && record.working_on == 0 && had_answered {
                return Ok(record);
            }
            if stage.is_none() && answered.is_none() {
                let number = *repeating
                    .get_or_insert_with(|| life.send(&Order::Accept { who: who.clone() }));
                answered = life.answer(number);
                continue;
            }
            case.road.push(&self.world);
            if started.elapsed() > BOUND {
                let seen = self.world.channel().seen_by(&who);
                return Err(format!("it does not settle: {record:?}, {seen:?}"));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits until the vendor is not at work any more. What it does is charged when it is done, and where the answer was
    /// lost nobody else waits for that.
    fn until_charged(&self) -> Outcome {
        let started = Instant::now();
        while self.world.ledger().iter().any(|charge| charge.held) {
            self.world.clock().advance(FOR_EVER);
            if started.elapsed() > BOUND {
                return Err("the vendor does not end its work".to_owned());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Whether the law was kept.
    fn judge(&mut self, case: &Case, record: &Record, from: usize) -> Outcome {
        let theirs = self.world.ledger();
        let lines = from..theirs.len();
        let evidence = Evidence {
            theirs: theirs[lines.clone()].iter().map(Theirs::from).collect(),
            stages: record
                .stages
                .iter()
                .filter_map(|stage| Stage::parse(stage))
                .collect(),
            ours: record
                .ledger
                .iter()
                .filter_map(|(kind, amount)| Some((LedgerKind::parse(kind)?, *amount)))
                .collect(),
            seen: self.world.channel().seen_by(&case.who()),
            promised: false,
            ..Evidence::default()
        };
        let law = Law::weigh(&evidence);
        let mut breaches = breaches(case, &law);
        if case.fault == Fault::Kill
            && let Some(expected) = case.road.ending(case.point, self.world.kind())
            && law.ending() != expected
        {
            breaches.push(format!(
                "it ended with {:?}, not {expected:?}",
                law.ending()
            ));
        }
        self.found.push(Found {
            case: case.clone(),
            lines,
            evidence,
        });
        if breaches.is_empty() {
            Ok(())
        } else {
            Err(format!("{breaches:?}\n{law:#?}"))
        }
    }
}

/// Whether somebody's job has ended, so that nobody can do anything about it any more.
fn is_over(life: &mut Life, who: &str) -> bool {
    let stages = life.look(who).map(|record| record.stages);
    let stage = stages
        .unwrap_or_default()
        .first()
        .and_then(|stage| Stage::parse(stage));
    stage.is_some_and(Stage::is_terminal)
}

fn breaches(case: &Case, law: &Law) -> Vec<String> {
    use crate::roads::Road;

    match case.road {
        // What nobody can be told is no less right on record.
        Road::Closed if law.results + law.sentences + law.notices == 0 => law.breaches_unseen(),
        // Taken back, and not shown any more.
        Road::TooSlow if law.stage.is_none() => law.breaches_of_nothing(),
        road => law.breaches_by_choice(road.submissions()),
    }
}
