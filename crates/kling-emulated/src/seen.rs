//! What the emulator has seen and billed, and what an error shows: what the tests of every provider ask.

use std::collections::BTreeMap;
use std::error::Error;

use kling_emulator::Emulator;
use kling_emulator::script::Effect;

/// How many submissions were paid for.
pub fn charges(emulator: &Emulator) -> usize {
    let charges = emulator.world().ledger.list();
    charges.iter().filter(|charge| charge.billed).count()
}

/// How many requests with `POST` have come, answered or not.
pub fn posts(emulator: &Emulator) -> usize {
    let ends = ["answered", "hung", "reset", "gone"];
    let entries = emulator.world().journal.entries(0);
    let posts = entries
        .iter()
        .filter(|entry| entry.method == "POST" && ends.contains(&entry.event()));
    posts.count()
}

/// An answer that the vendor's own code never gave, of no stated kind.
pub fn status(status: u16, body: &str) -> Effect {
    answer(status, "", body)
}

/// An answer that the vendor's own code never gave.
pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> Effect {
    Effect::Status {
        status,
        headers: BTreeMap::new(),
        body: body.to_owned(),
        content_type: content_type.to_owned(),
    }
}

/// Stops the test where an error, or what lies below it, shows one of these: a key, a prompt, a signature, a body.
///
/// # Panics
///
/// That is how it stops it.
#[track_caller]
pub fn assert_quiet(error: &(dyn Error + 'static), secrets: &[&str]) {
    let mut told = vec![format!("{error:#?}")];
    let mut below = Some(error);
    while let Some(error) = below {
        told.push(format!("{error} {error:?}"));
        below = error.source();
    }
    let told = told.join("\n");
    for secret in secrets {
        assert!(!told.contains(secret), "`{secret}` shows in: {told}");
    }
}
