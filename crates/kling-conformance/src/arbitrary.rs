//! Requests and replies that nobody would think of, as strategies for property tests of a provider.

mod json;
mod requests;

pub use json::json;
pub use requests::{Pool, requests};

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::verdict::{Stop, broken};

/// So many replies of [`json()`], the same in every run.
pub fn replies(sample: &str, words: &[String], count: usize) -> Vec<String> {
    some(&json(sample, words), count).unwrap_or_default()
}

/// So many values of a strategy, the same in every run.
pub(crate) fn some<T>(strategy: &impl Strategy<Value = T>, count: usize) -> Result<Vec<T>, Stop> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| match strategy.new_tree(&mut runner) {
            Ok(tree) => Ok(tree.current()),
            Err(reason) => broken(format!("no value could be made: {reason}")),
        })
        .collect()
}
