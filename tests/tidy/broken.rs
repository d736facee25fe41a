//! Breaks each rule on purpose, in a copy of the house that exists only in memory.

use std::sync::LazyLock;

use crate::house::House;
use crate::{RULES, Rule};

static TIDY: LazyLock<House> = LazyLock::new(House::load);

#[track_caller]
fn bites(name: &str, breaking: impl FnOnce(&mut House)) {
    let rule: Rule = RULES.iter().find(|(known, _)| *known == name).unwrap().1;
    let mut house = TIDY.clone();
    let before = rule(&house);
    breaking(&mut house);

    let after = rule(&house);

    assert!(after.len() > before.len(), "`{name}` did not notice");
}

fn write(house: &mut House, path: &str, text: &str) {
    house.files.insert(path.to_owned(), text.to_owned());
}

#[test]
fn an_arrow_outside_the_plan_is_noticed() {
    let name = "dependencies follow the plan";
    bites(name, |house| {
        house
            .packages
            .get_mut("kling-core")
            .unwrap()
            .ours
            .insert("kling-http".into());
    });
    bites(name, |house| {
        house
            .packages
            .get_mut("kling-emulator")
            .unwrap()
            .ours
            .insert("kling-core".into());
    });
    bites(name, |house| {
        let package = house.packages["kling-http"].clone();
        house.packages.insert("kling-surprise".into(), package);
    });
}

#[test]
fn a_database_under_a_provider_is_noticed() {
    bites("provider crates stay light", |house| {
        house
            .packages
            .get_mut("kling-aimlapi")
            .unwrap()
            .tree
            .insert("sqlx 0.9.0".into());
    });
}

#[test]
fn the_old_tls_line_is_noticed() {
    bites("no forbidden crate ships", |house| {
        house
            .packages
            .get_mut("kling-discord")
            .unwrap()
            .tree
            .insert("rustls 0.22.4".into());
    });
    bites("no forbidden crate ships", |house| {
        house
            .packages
            .get_mut("kling-engine")
            .unwrap()
            .tree
            .insert("aws-lc-rs 1.0.0".into());
    });
}

#[test]
fn a_version_outside_the_root_is_noticed() {
    bites("manifests take everything from the workspace", |house| {
        let path = "crates/kling-core/Cargo.toml".to_owned();
        let text = house.files[&path].replace("bytes.workspace = true", "bytes = \"1\"");
        house.files.insert(path, text);
    });
}

#[test]
fn a_new_thing_at_the_top_is_noticed() {
    bites("the top level stays as it is", |house| {
        write(house, "scripts/run.sh", "#!/bin/sh");
    });
    bites("the top level stays as it is", |house| {
        house.files.remove("LICENSE-MIT");
    });
}

#[test]
fn a_room_without_a_word_is_noticed() {
    bites("every room has a readme", |house| {
        write(house, "config/README.md", "# config\n");
    });
}

#[test]
fn a_published_package_that_shows_nothing_is_noticed() {
    let name = "what is published has a changelog and examples";
    bites(name, |house| {
        house.files.remove("crates/kling-core/CHANGELOG.md");
    });
    bites(name, |house| {
        house
            .files
            .remove("crates/kling-providers/examples/layered.rs");
        house
            .files
            .remove("crates/kling-providers/examples/providers_resume.rs");
    });
    bites(name, |house| {
        write(house, "crates/kling-http/README.md", "# kling-http\n");
    });
    bites(name, |house| {
        let path = "crates/kling-cli/Cargo.toml".to_owned();
        let text = house.files[&path].replace("publish = false\n", "");
        house.files.insert(path, text);
    });
}

#[test]
fn a_long_or_nameless_file_is_noticed() {
    let name = "files are short and say what they are for";
    bites(name, |house| {
        write(house, "crates/kling-core/src/new.rs", "use std::fmt;\n");
    });
    let long = format!("//! Long.\n{}", "// line\n".repeat(400));
    bites(name, |house| {
        write(house, "crates/kling-core/src/new.rs", &long);
    });
    bites("no junk drawers", |house| {
        write(house, "crates/kling-core/src/utils.rs", "//! x\n");
    });
    bites("no junk drawers", |house| {
        write(house, "bots/discord/src/handlers/mod.rs", "//! x\n");
    });
}

#[test]
fn unfinished_work_is_noticed() {
    let name = "nothing unfinished, nothing unsafe, no test asleep";
    for (start, end) in [
        ("to", "do!()"),
        ("// FIX", "ME later"),
        ("#[ig", "nore]"),
        ("unsafe", " { }"),
    ] {
        let text = format!("//! x\n{start}{end}\n");
        bites(name, |house| {
            write(house, "crates/kling-core/src/new.rs", &text);
        });
    }
}

#[test]
fn a_path_of_somebodys_machine_is_noticed() {
    let name = "no path of a machine and no registry host";
    let path = format!("see {}me/somebody/x", "/ho");
    bites(name, |house| write(house, "README.md", &path));
    let host = format!("https://index.crates{}/x", ".io");
    bites(name, |house| write(house, "deploy/README.md", &host));
}

#[test]
fn a_name_from_outside_is_noticed_inside() {
    let name = "the core and the engine name no vendor and no platform";
    let vendor = "//! x\nconst WHO: &str = \"aimlapi\";\n";
    let platform = "//! x\nfn to_discord() {}\n";
    bites(name, |house| {
        write(house, "crates/kling-core/src/new.rs", vendor);
    });
    bites(name, |house| {
        write(house, "crates/kling-engine/src/new.rs", platform);
    });
    bites("no bot names a provider", |house| {
        write(house, "bots/discord/src/new.rs", vendor);
    });
    bites("no bot names a provider", |house| {
        write(house, "bots/another/src/new.rs", vendor);
    });
    bites("no bot names a provider", |house| {
        write(house, "crates/kling-bot/src/new.rs", vendor);
    });
}

#[test]
fn input_and_output_in_the_core_are_noticed() {
    let name = "the core does no input or output";
    bites(name, |house| {
        write(
            house,
            "crates/kling-core/src/new.rs",
            "//! x\nuse std::fs::File;\n",
        );
    });
    bites(name, |house| {
        let text = "//! x\nuse std::{fmt, fs};\n";
        write(house, "crates/kling-core/src/new.rs", text);
    });
    bites(name, |house| {
        house
            .packages
            .get_mut("kling-core")
            .unwrap()
            .tree
            .insert("tokio 1.0.0".into());
    });
}

#[test]
fn a_thing_in_the_wrong_place_is_noticed() {
    bites("SQL stays in the store", |house| {
        let text = "//! x\nconst Q: &str = \"SELECT * FROM jobs\";\n";
        write(house, "crates/kling-engine/src/dispatch/new.rs", text);
    });
    bites("sentences for chat people stay in text", |house| {
        write(house, "bots/discord/text/en-US.ftl", "hello = Hello\n");
    });
    bites("sentences for chat people stay in text", |house| {
        write(
            house,
            "bots/discord/src/new.rs",
            "//! x\nuse fluent_bundle::FluentBundle;\n",
        );
    });
    bites("sentences for chat people stay in text", |house| {
        let text = "//! x\nfn f() -> &'static str { \"Sorry, that did not work.\" }\n";
        write(house, "bots/discord/src/outbound/new.rs", text);
    });
    for path in [
        "bots/another/src/outbound/new.rs",
        "bots/another/src/modal.rs",
        "bots/discord/src/menu/new.rs",
        "crates/kling-bot/src/menu/new.rs",
    ] {
        bites("sentences for chat people stay in text", |house| {
            let text = "//! x\nfn f() -> &'static str { \"Sorry, that did not work.\" }\n";
            write(house, path, text);
        });
    }
    bites("sentences for chat people stay in text", |house| {
        let text = "//! x\nfn f() -> String { format!(\"Here are {} pictures\", 2) }\n";
        write(house, "bots/discord/src/inbound/new.rs", text);
    });
    bites("reqwest stays in kling-http", |house| {
        write(
            house,
            "bots/discord/src/new.rs",
            "//! x\nuse reqwest::Client;\n",
        );
    });
    bites("only the engine and ProviderExt submit", |house| {
        let text = "//! x\nasync fn f() { provider.submit(&request, &key).await; }\n";
        write(house, "crates/kling-bot/src/new.rs", text);
    });
    bites("only the engine and ProviderExt submit", |house| {
        let text = "//! x\nfn f() { <Mine as Provider>::submit(&mine, &request, &key); }\n";
        write(house, "crates/kling-bot/src/new.rs", text);
    });
}

#[test]
fn a_provider_without_its_files_is_noticed() {
    bites("a provider is the seven files", |house| {
        house
            .files
            .retain(|path, _| !path.starts_with("crates/kling-aimlapi/src/convert"));
    });
}

#[test]
fn what_stands_below_something_for_tests_is_seen_too() {
    bites("no bot names a provider", |house| {
        let text = "//! x\n#[cfg(test)]\nuse a::b;\nconst WHO: &str = \"aimlapi\";\n";
        write(house, "crates/kling-bot/src/new.rs", text);
    });
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    bites("links in readmes lead somewhere", |house| {
        write(
            house,
            "config/README.md",
            "See [the keys](no-such-file.toml).\n",
        );
    });
}

#[test]
fn a_dependency_that_nobody_uses_is_noticed() {
    bites("no dependency stands idle", |house| {
        let path = "crates/kling-core/Cargo.toml".to_owned();
        let text = house.files[&path].replace(
            "bytes.workspace = true",
            "bytes.workspace = true\nserde_json.workspace = true",
        );
        house.files.insert(path, text);
    });
    bites("no dependency stands idle", |house| {
        let text = house.files["Cargo.toml"].replace(
            "[workspace.dependencies]",
            "[workspace.dependencies]\nnobody-wants-it = \"1\"",
        );
        house.files.insert("Cargo.toml".to_owned(), text);
    });
}

#[test]
fn the_rules_hold_for_the_outside_too() {
    bites("dependencies follow the plan", |house| {
        let acme = house.packages.get_mut("acme").unwrap();
        acme.ours.insert("kling-engine".into());
    });
    bites("no dependency stands idle", |house| {
        let path = "tests/outside/Cargo.toml".to_owned();
        let text = house.files[&path].replace(
            "[workspace.dependencies]",
            "[workspace.dependencies]\nserde_path_to_error = \"0.1\"",
        );
        house.files.insert(path, text);
    });
    let name = "the outside is built from the same";
    bites(name, |house| {
        let features = house.features[0].values_mut().next_back().unwrap();
        features.insert("unheard-of".to_owned());
    });
    bites(name, |house| {
        let path = "tests/outside/Cargo.lock".to_owned();
        let text = house.files[&path].replacen("version = \"1.", "version = \"1.99", 1);
        house.files.insert(path, text);
    });
    bites(name, |house| {
        let path = "tests/outside/Cargo.toml".to_owned();
        let text = house.files[&path].replace("opt-level = 2", "opt-level = 3");
        house.files.insert(path, text);
    });
}

#[test]
fn every_rule_is_broken_here_once() {
    let text = include_str!("broken.rs");

    for (name, _) in RULES {
        assert!(
            text.contains(&format!("\"{name}\"")),
            "nothing breaks `{name}`"
        );
    }
}
