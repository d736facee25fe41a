//! How files look, whatever is in them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::house::{House, OUTSIDE};

const TOP_LEVEL: &[&str] = &[
    ".ci",
    ".clippy.toml",
    ".config",
    ".deny.toml",
    ".github",
    ".gitignore",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "bots",
    "config",
    "crates",
    "deploy",
    "tests",
];

/// The most lines a source file may have. An exception is listed with its reason.
const MAX_LINES: usize = 400;

/// Files that may be longer, and why.
const LONGER: &[(&str, &str)] = &[];

const JUNK_DRAWERS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "handler", "handlers",
];

/// Nothing new at the top level, and nothing gone.
pub(crate) fn the_top_level_stays(house: &House) -> Vec<String> {
    let found: BTreeSet<&str> = house
        .files
        .keys()
        .filter_map(|path| path.split('/').next())
        .collect();
    let planned: BTreeSet<&str> = TOP_LEVEL.iter().copied().collect();
    let extra = found
        .difference(&planned)
        .map(|name| format!("{name} is not in the plan"));
    let gone = planned
        .difference(&found)
        .map(|name| format!("{name} is missing"));
    extra.chain(gone).collect()
}

/// Every folder at the top level, and every package, explains itself.
pub(crate) fn every_room_has_a_readme(house: &House) -> Vec<String> {
    let rooms = ["bots", "config", "crates", "deploy", "tests"].map(str::to_owned);
    let packages = house
        .packages
        .values()
        .map(|package| package.folder.clone());
    rooms
        .into_iter()
        .chain(packages)
        .filter(|room| {
            let readme = house.files.get(&format!("{room}/README.md"));
            readme.is_none_or(|text| text.trim().len() < 80)
        })
        .map(|room| format!("{room} has no README.md that says something"))
        .collect()
}

/// Published packages that may do with fewer examples, and why.
const NO_EXAMPLES: &[(&str, &str)] = &[(
    "kling-conformance",
    "it is run as a test of somebody else's package, which tests/outside/acme is",
)];

/// How many examples a published package has, at the least.
const EXAMPLES: usize = 3;

/// Whoever may take a package from a registry finds what changed in it, and programs to start from.
pub(crate) fn what_is_published_shows_itself(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, package) in &house.packages {
        let folder = &package.folder;
        let text = |file: &str| {
            let text = house.files.get(&format!("{folder}/{file}"));
            text.map_or("", String::as_str)
        };
        let private = text("Cargo.toml")
            .lines()
            .any(|line| line == "publish = false");
        if private || folder.starts_with(OUTSIDE) {
            continue;
        }
        for file in ["README.md", "CHANGELOG.md"] {
            if text(file).trim().is_empty() {
                complaints.push(format!("{folder} has no {file}, or `publish = false`"));
            }
        }
        let prefix = format!("{folder}/examples/");
        let named = house
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix)?.strip_suffix(".rs"))
            .filter(|example| text("README.md").contains(&format!("examples/{example}.rs")))
            .count();
        let excused = NO_EXAMPLES.iter().any(|(known, _)| known == name);
        if named < EXAMPLES && !excused {
            complaints.push(format!(
                "{folder}/README.md names {named} examples, not {EXAMPLES}"
            ));
        }
    }
    complaints
}

/// A source file opens with its purpose and ends before it becomes two ideas.
pub(crate) fn files_are_short_and_introduced(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in rust_files(house) {
        if !text.starts_with("//!") && !text.starts_with("#![doc = include_str!") {
            complaints.push(format!("{path} does not open with what it is for"));
        }
        let lines = text.lines().count();
        let excused = LONGER.iter().any(|(known, _)| known == &path);
        if lines > MAX_LINES && !excused {
            complaints.push(format!("{path} has {lines} lines"));
        }
    }
    complaints
}

/// No file is named after nothing in particular.
pub(crate) fn no_junk_drawers(house: &House) -> Vec<String> {
    rust_files(house)
        .filter(|(path, _)| {
            Path::new(path).with_extension("").components().any(|part| {
                part.as_os_str()
                    .to_str()
                    .is_some_and(|name| JUNK_DRAWERS.contains(&name))
            })
        })
        .map(|(path, _)| format!("{path} is named after nothing in particular"))
        .collect()
}

/// No note of unfinished work, no `unsafe`, and no test that never runs.
pub(crate) fn nothing_unfinished(house: &House) -> Vec<String> {
    // Put together here so that this file does not complain about itself.
    let words: Vec<String> = [
        ("to", "do!("),
        ("unimpl", "emented!("),
        ("TO", "DO"),
        ("FIX", "ME"),
        ("#[ig", "nore"),
        ("unsafe", " {"),
        ("unsafe", " fn"),
    ]
    .iter()
    .map(|(start, end)| format!("{start}{end}"))
    .collect();
    let mut complaints = Vec::new();
    for (path, text) in rust_files(house) {
        for (index, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(word.as_str())) {
                complaints.push(format!("{path}:{} has `{word}`", index + 1));
            }
        }
    }
    complaints
}

/// Nothing that is true of one machine only, and no package registry's host written by hand.
pub(crate) fn no_machine_paths(house: &House) -> Vec<String> {
    let patterns: Vec<String> = [
        ("/ho", "me/"),
        ("/ro", "ot/"),
        ("/wo", "rk/"),
        ("/Us", "ers/"),
        ("index.crates", ".io"),
        ("static.crates", ".io"),
        ("registry.npm", "js.org"),
        ("files.python", "hosted.org"),
    ]
    .iter()
    .map(|(start, end)| format!("{start}{end}"))
    .collect();
    let mut complaints = Vec::new();
    for (path, text) in house
        .files
        .iter()
        .filter(|(path, _)| !path.ends_with("Cargo.lock"))
    {
        for (index, line) in text.lines().enumerate() {
            for pattern in patterns
                .iter()
                .filter(|pattern| line.contains(pattern.as_str()))
            {
                complaints.push(format!("{path}:{} has `{pattern}`", index + 1));
            }
        }
    }
    complaints
}

/// A link in a README leads to a file of the house.
pub(crate) fn links_lead_somewhere(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in house
        .files
        .iter()
        .filter(|(path, _)| path.ends_with("README.md"))
    {
        let folder = Path::new(path).parent().unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let wanted = plain(&folder.join(target));
            let inside = format!("{wanted}/");
            let there = |file: &String| *file == wanted || file.starts_with(&inside);
            if !house.files.keys().any(there) {
                complaints.push(format!("{path} links to {target}, which is not there"));
            }
        }
    }
    complaints
}

/// A path without `..`.
fn plain(path: &Path) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.iter().filter_map(|part| part.to_str()) {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn rust_files(house: &House) -> impl Iterator<Item = (&str, &str)> {
    house
        .files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "rs"))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}
