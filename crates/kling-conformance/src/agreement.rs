//! Whether a capability and a vendor's own validator agree on what may be asked for, request by request.

use std::cell::{Cell, RefCell};

use kling_core::{Field, GenerationRequest, ModelInfo, Problem, Violation, Violations};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::arbitrary::{Pool, requests};

/// How many requests are tried for each entry of a catalogue, the same in every run.
const CASES: u32 = 256;

/// How many others are tried besides, where [`FULL`] is set.
const MORE_CASES: u32 = 2_048;

/// The variable that asks for all that takes long.
const FULL: &str = "KLING_TESTS_FULL";

/// The variable that repeats the other requests of an earlier run: the number that it printed.
const SEED: &str = "KLING_TESTS_SEED";

/// A refusal of ours that the vendor does not share, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// What it is called.
    pub name: &'static str,
    /// Why we refuse what the vendor would take.
    pub reason: &'static str,
    /// Whether it is about this violation of this request.
    pub covers: fn(&GenerationRequest, &Violation) -> bool,
}

/// What the vendor says to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// It would work on it.
    Takes,
    /// It would not: why.
    Refuses(String),
    /// The request cannot be put into the vendor's words, so nobody asks.
    Unsaid,
}

/// A comparison of a whole catalogue with a vendor.
#[derive(Debug)]
pub struct Agreement {
    differences: Vec<Difference>,
    /// Whether a request was found that only this difference, or only listed ones, kept from the vendor.
    needed: Vec<Cell<bool>>,
}

/// How often what was seen, for one entry.
#[derive(Debug, Default)]
struct Seen {
    fitting: Cell<u32>,
    refused: Cell<u32>,
}

fn is_not_taken(violations: &Violations, field: &Field) -> bool {
    violations
        .0
        .iter()
        .any(|other| other.field == *field && other.problem == Problem::NotTaken)
}

fn one_more(counter: &Cell<u32>) {
    counter.set(counter.get() + 1);
}

impl Agreement {
    /// Begins a comparison in which these differences are meant.
    pub fn but_for(differences: &[Difference]) -> Self {
        Self {
            differences: differences.to_vec(),
            needed: differences.iter().map(|_| Cell::new(false)).collect(),
        }
    }

    /// Compares one entry: what fits it is taken, and what does not fit it is refused there too.
    ///
    /// The requests are the same in every run. With `KLING_TESTS_FULL` in the environment eight times as many others
    /// are tried after them; a disagreement among those tells the seed, with which `KLING_TESTS_SEED` makes them again.
    ///
    /// # Errors
    ///
    /// The smallest request on which the two disagree, with what both say of it. Also when no request that fits, or none
    /// that both refuse, could be made.
    pub fn compare(
        &self,
        model: &ModelInfo,
        pool: &Pool,
        mut vendor: impl FnMut(&GenerationRequest) -> Opinion,
    ) -> Result<(), String> {
        let rng = TestRng::deterministic_rng(Config::default().rng_algorithm);
        self.explore(model, pool, (CASES, rng), &mut vendor)?;
        if std::env::var_os(FULL).is_none() {
            return Ok(());
        }
        let seed = seed()?;
        let others = (MORE_CASES, seeded(seed));
        self.explore(model, pool, others, &mut vendor)
            .map_err(|why| format!("with {SEED}={seed} {why}"))
    }

    /// Compares one entry on so many requests, drawn by `rng`.
    fn explore(
        &self,
        model: &ModelInfo,
        pool: &Pool,
        (cases, rng): (u32, TestRng),
        vendor: impl FnMut(&GenerationRequest) -> Opinion,
    ) -> Result<(), String> {
        let entry = format!("{} {}", model.id, model.operation());
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, rng);
        let (vendor, seen) = (RefCell::new(vendor), Seen::default());
        let judged = runner.run(&requests(model, pool), |request| {
            let opinion = (vendor.borrow_mut())(&request);
            self.judge(model, &request, &opinion, &seen)
                .map_err(TestCaseError::fail)
        });
        match judged {
            Ok(()) if seen.fitting.get() == 0 => Err(format!("{entry}: no request fits")),
            Ok(()) if seen.refused.get() == 0 => Err(format!("{entry}: none is refused by both")),
            Ok(()) => Ok(()),
            Err(TestError::Fail(reason, request)) => {
                Err(format!("{entry}: {reason}: {request:#?}"))
            }
            Err(TestError::Abort(reason)) => Err(format!("{entry}: {reason}")),
        }
    }

    fn judge(
        &self,
        model: &ModelInfo,
        request: &GenerationRequest,
        opinion: &Opinion,
        seen: &Seen,
    ) -> Result<(), String> {
        let checked = model.capability.check(request);
        match (checked, opinion) {
            (Ok(()), Opinion::Takes) => one_more(&seen.fitting),
            (Ok(()), Opinion::Refuses(why)) => {
                return Err(format!("it fits, and the vendor refuses it: {why}"));
            }
            (Ok(()), Opinion::Unsaid) => {
                return Err("it fits, and cannot be put into words".to_owned());
            }
            (Err(_), Opinion::Refuses(_)) => one_more(&seen.refused),
            (Err(_), Opinion::Unsaid) => {}
            (Err(violations), Opinion::Takes) => {
                let mut meant = Vec::new();
                // What is wrong with a file is of no account where no file is taken.
                let told = violations.0.iter().filter(|violation| {
                    violation.problem == Problem::NotTaken
                        || !is_not_taken(&violations, &violation.field)
                });
                for violation in told {
                    let found = self
                        .differences
                        .iter()
                        .position(|difference| (difference.covers)(request, violation));
                    let place = found.ok_or_else(|| {
                        format!("it does not fit, and the vendor takes it: {violation}")
                    })?;
                    meant.push(place);
                }
                for needed in meant.into_iter().filter_map(|place| self.needed.get(place)) {
                    needed.set(true);
                }
            }
        }
        Ok(())
    }

    /// Ends the comparison.
    ///
    /// # Errors
    ///
    /// The differences that no request showed: they are history, and are to be taken off the list.
    pub fn end(self) -> Result<(), String> {
        let unneeded: Vec<&str> = self
            .differences
            .iter()
            .zip(&self.needed)
            .filter(|(_, needed)| !needed.get())
            .map(|(difference, _)| difference.name)
            .collect();
        if unneeded.is_empty() {
            Ok(())
        } else {
            Err(format!("no longer differences: {}", unneeded.join("; ")))
        }
    }
}

/// The seed that was asked for, or a new one.
fn seed() -> Result<u64, String> {
    match std::env::var(SEED) {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("{SEED} is a whole number, and {text:?} is not")),
        Err(std::env::VarError::NotPresent) => Ok(std::hash::BuildHasher::hash_one(
            &std::hash::RandomState::new(),
            SEED,
        )),
        Err(error @ std::env::VarError::NotUnicode(_)) => Err(format!("{SEED}: {error}")),
    }
}

/// The requests of that seed, whenever they are drawn.
fn seeded(seed: u64) -> TestRng {
    let algorithm = RngAlgorithm::ChaCha;
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *place = byte;
    }
    TestRng::from_seed(algorithm, &bytes)
}

#[cfg(test)]
mod tests;
