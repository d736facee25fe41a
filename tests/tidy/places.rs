//! What may stand where: the invariants of the house, each an absence.

use crate::house::{House, code_lines};

const VENDORS: &[&str] = &["aimlapi", "aiml", "apiin", "inferencesh", "inference.sh"];
const PLATFORMS: &[&str] = &["discord", "slack"];

/// The core and the engine work for any vendor and any chat.
pub(crate) fn no_outside_names_inside(house: &House) -> Vec<String> {
    let names: Vec<&str> = VENDORS.iter().chain(PLATFORMS).copied().collect();
    let mut complaints = naming(house, "crates/kling-core/", &names);
    complaints.extend(naming(house, "crates/kling-engine/", &names));
    complaints.extend(naming(house, "crates/kling-http/", &names));
    complaints
}

/// Menus, checks and sentences come from the catalogue, so no bot knows a vendor by name.
pub(crate) fn no_bot_names_a_provider(house: &House) -> Vec<String> {
    // No bot: it sets up the vendors that it shows a bot with.
    const SHOWS_THEM: &str = "bots/demo/";
    let mut complaints = naming(house, "bots/", VENDORS);
    complaints.retain(|complaint| !complaint.starts_with(SHOWS_THEM));
    complaints.extend(naming(house, "crates/kling-bot/", VENDORS));
    complaints
}

fn naming(house: &House, folder: &str, names: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in house.sources(folder) {
        for (number, line) in code_lines(text) {
            let line = line.to_lowercase();
            for name in names.iter().filter(|name| line.contains(**name)) {
                complaints.push(format!("{path}:{number} names {name}"));
            }
        }
    }
    complaints
}

/// No file, no socket, no process, no environment, no runtime.
pub(crate) fn core_does_no_io(house: &House) -> Vec<String> {
    const DOORS: &[&str] = &[
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "tokio",
        "std::io",
        "std::os",
        "std::thread",
        // Several at once would hide one of those.
        "std::{",
    ];
    let mut complaints = forbid(house, "crates/kling-core/", DOORS);
    if let Some(core) = house.packages.get("kling-core") {
        for runtime in ["tokio ", "reqwest ", "hyper ", "sqlx "] {
            if core.tree.iter().any(|entry| entry.starts_with(runtime)) {
                complaints.push(format!("kling-core has {runtime}in its tree"));
            }
        }
    }
    complaints
}

/// Whoever wants rows asks the store.
pub(crate) fn sql_stays_in_the_store(house: &House) -> Vec<String> {
    const MARKS: &[&str] = &[
        "sqlx",
        "SELECT ",
        "INSERT INTO",
        "UPDATE jobs",
        "DELETE FROM",
        "CREATE TABLE",
        "PRAGMA",
    ];
    house
        .files
        .keys()
        .filter_map(|path| {
            path.split_once("/src/")
                .map(|(folder, _)| folder.to_owned())
        })
        .collect::<std::collections::BTreeSet<_>>()
        .iter()
        .flat_map(|folder| forbid(house, &format!("{folder}/"), MARKS))
        .filter(|complaint| !complaint.starts_with("crates/kling-engine/src/store"))
        // What the store is compared with.
        .filter(|complaint| !complaint.starts_with("tests/bench/src/bare.rs"))
        // What the database counts is part of the figures.
        .filter(|complaint| !complaint.starts_with("tests/bench/src/meter.rs"))
        .filter(|complaint| !complaint.starts_with("tests/bench/src/end_to_end.rs"))
        .collect()
}

/// HTTP is done once. The chat library wants a client of its own kind, with time-outs, for its gateway.
pub(crate) fn reqwest_stays_in_http(house: &House) -> Vec<String> {
    const THEIR_OWN: &[&str] = &["kling-http", "kling-emulator", "kling-tests", "kling-bench"];
    const FOR_THE_GATEWAY: &str = "bots/discord/src/gateway";
    house
        .packages
        .iter()
        .filter(|(name, _)| !THEIR_OWN.contains(&name.as_str()))
        .flat_map(|(_, package)| forbid(house, &format!("{}/", package.folder), &["reqwest"]))
        .filter(|complaint| !complaint.starts_with(FOR_THE_GATEWAY))
        .collect()
}

/// A submission costs money: two places make one, and neither makes it twice.
pub(crate) fn only_the_engine_submits(house: &House) -> Vec<String> {
    const ALLOWED: &[&str] = &[
        "crates/kling-engine/src/dispatch",
        // The door through which the one above goes.
        "crates/kling-engine/src/failpoint/doors.rs",
        "crates/kling-providers/src/ext",
        // Hands one on, as the future that a layer awaits once.
        "crates/kling-providers/src/layers/layered.rs",
        // Knows nothing of ours, and so no provider.
        "crates/kling-emulator/",
        // Puts a provider to the test, at somebody's emulated vendor.
        "crates/kling-conformance/",
        // Passes one on, in a hurry, at the emulator.
        "tests/src/bin/replica/hasty.rs",
        // Measures one, at the emulator.
        "tests/bench/src/outside.rs",
    ];
    house
        .packages
        .values()
        .flat_map(|package| {
            forbid(
                house,
                &format!("{}/", package.folder),
                &[".submit(", "Provider::submit(", "Provider>::submit("],
            )
        })
        .filter(|complaint| !ALLOWED.iter().any(|place| complaint.starts_with(place)))
        .collect()
}

/// Who has read one provider crate has read them all.
pub(crate) fn a_provider_is_seven_files(house: &House) -> Vec<String> {
    const SEVEN: &[&str] = &[
        "lib", "config", "models", "wire", "convert", "provider", "error",
    ];
    let mut complaints = Vec::new();
    for folder in [
        "crates/kling-aimlapi",
        "crates/kling-apiin",
        "crates/kling-inferencesh",
        "tests/outside/acme",
    ] {
        if !house
            .packages
            .values()
            .any(|package| package.folder == folder)
        {
            continue;
        }
        for name in SEVEN {
            let file = format!("{folder}/src/{name}.rs");
            let room = format!("{folder}/src/{name}/");
            let there = house
                .files
                .keys()
                .any(|path| *path == file || path.starts_with(&room));
            if !there {
                complaints.push(format!("{folder} has no {name}"));
            }
        }
    }
    complaints
}

fn forbid(house: &House, folder: &str, marks: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in house.sources(folder) {
        for (number, line) in code_lines(text) {
            for mark in marks.iter().filter(|mark| stands_alone(line, mark)) {
                complaints.push(format!("{path}:{number} has `{mark}`"));
            }
        }
    }
    complaints
}

/// Whether a mark is in a line, and not as the end of a longer name.
fn stands_alone(line: &str, mark: &str) -> bool {
    let named = |letter: char| letter.is_alphanumeric() || letter == '_';
    let starts_a_name = mark.starts_with(named);
    line.match_indices(mark).any(|(at, _)| {
        let before = line.get(..at).and_then(|start| start.chars().next_back());
        !(starts_a_name && before.is_some_and(named))
    })
}
