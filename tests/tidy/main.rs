//! House rules, held by a test: who may depend on whom, what may stand where, how a file looks.
//!
//! Each rule is a pure function from the [`house::House`] to complaints; `broken` breaks each on
//! purpose and sees it bite.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test program may stop where it cannot go on"
)]

mod broken;
mod files;
mod house;
mod places;
mod plan;
mod sentences;

use house::House;

/// A rule of the house.
type Rule = fn(&House) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    (
        "dependencies follow the plan",
        plan::dependencies_follow_the_plan,
    ),
    (
        "provider crates stay light",
        plan::provider_crates_stay_light,
    ),
    ("no forbidden crate ships", plan::no_forbidden_crate_ships),
    (
        "manifests take everything from the workspace",
        plan::manifests_take_from_the_workspace,
    ),
    ("the top level stays as it is", files::the_top_level_stays),
    ("every room has a readme", files::every_room_has_a_readme),
    (
        "what is published has a changelog and examples",
        files::what_is_published_shows_itself,
    ),
    (
        "files are short and say what they are for",
        files::files_are_short_and_introduced,
    ),
    ("no junk drawers", files::no_junk_drawers),
    (
        "nothing unfinished, nothing unsafe, no test asleep",
        files::nothing_unfinished,
    ),
    (
        "no path of a machine and no registry host",
        files::no_machine_paths,
    ),
    (
        "the core and the engine name no vendor and no platform",
        places::no_outside_names_inside,
    ),
    ("no bot names a provider", places::no_bot_names_a_provider),
    ("the core does no input or output", places::core_does_no_io),
    ("SQL stays in the store", places::sql_stays_in_the_store),
    (
        "sentences for chat people stay in text",
        sentences::sentences_stay_in_text,
    ),
    ("reqwest stays in kling-http", places::reqwest_stays_in_http),
    (
        "only the engine and ProviderExt submit",
        places::only_the_engine_submits,
    ),
    (
        "a provider is the seven files",
        places::a_provider_is_seven_files,
    ),
    (
        "links in readmes lead somewhere",
        files::links_lead_somewhere,
    ),
    ("no dependency stands idle", plan::no_dependency_stands_idle),
    (
        "the outside is built from the same",
        plan::the_outside_is_built_from_the_same,
    ),
];

#[test]
fn the_house_is_tidy() {
    let house = House::load();

    let complaints: Vec<String> = RULES
        .iter()
        .flat_map(|(name, rule)| {
            rule(&house)
                .into_iter()
                .map(move |what| format!("{name}: {what}"))
        })
        .collect();

    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Whoever tries the commands of the README in their clone has nothing new to commit, and the house is tidy still.
#[test]
fn what_running_it_leaves_behind_is_ignored() {
    let left = [
        "pictures/kling-1.png",
        "kling-demo-pictures/kling-1.png",
        "kling-discord.db",
        "kling-discord.db-wal",
        "kling-discord.db.lock",
        "kling-discord.db.withdrawn",
        "kling-discord-files/ab/cd",
        "kling-discord-state/names",
        "kling-files/ab/cd",
        "config/kling.toml",
    ];

    let told = std::process::Command::new("git")
        .args(["check-ignore", "--no-index"])
        .args(left)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();

    let ignored = String::from_utf8(told.stdout).unwrap();
    assert_eq!(ignored.lines().collect::<Vec<_>>(), left);
}
