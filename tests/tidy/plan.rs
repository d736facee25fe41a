//! Who may depend on whom, and on what.

use std::collections::BTreeSet;

use crate::house::{House, OUTSIDE};

/// Our packages, each with the ones of ours it may use directly, by normal dependencies.
///
/// What a crate may reach it may also name, so the arrows of the plan are written out.
const PLAN: &[(&str, &[&str])] = &[
    ("kling-core", &[]),
    ("kling-http", &["kling-core"]),
    ("kling-aimlapi", &["kling-core", "kling-http"]),
    ("kling-apiin", &["kling-core", "kling-http"]),
    ("kling-inferencesh", &["kling-core", "kling-http"]),
    (
        "kling-providers",
        &[
            "kling-core",
            "kling-http",
            "kling-aimlapi",
            "kling-apiin",
            "kling-inferencesh",
        ],
    ),
    ("kling-engine", &["kling-core", "kling-http"]),
    (
        "kling-bot",
        &[
            "kling-core",
            "kling-http",
            "kling-providers",
            "kling-engine",
        ],
    ),
    ("kling-emulator", &[]),
    ("kling-conformance", &["kling-core"]),
    // For tests alone: where the two above meet, so that neither knows the other.
    (
        "kling-emulated",
        &["kling-core", "kling-conformance", "kling-emulator"],
    ),
    (
        "kling-cli",
        &["kling-core", "kling-http", "kling-providers"],
    ),
    (
        "kling-discord",
        &[
            "kling-core",
            "kling-http",
            "kling-providers",
            "kling-engine",
            "kling-bot",
        ],
    ),
    ("kling-demo", ANYTHING),
    ("kling-tests", ANYTHING),
    ("kling-bench", ANYTHING),
    // What it records is the SQLite of whatever is linked with it.
    ("kling-powercut", &[]),
    (
        "kling-live",
        &[
            "kling-core",
            "kling-http",
            "kling-providers",
            "kling-emulator",
        ],
    ),
    // Somebody else's workspace.
    ("acme", &["kling-core", "kling-http", "kling-providers"]),
    ("acme-vendor", &[]),
    (
        "acme-discord",
        &["acme", "kling-bot", "kling-discord", "kling-providers"],
    ),
];

/// For the packages at the very top: everything of ours but each other.
const ANYTHING: &[&str] = &[
    "kling-core",
    "kling-http",
    "kling-aimlapi",
    "kling-apiin",
    "kling-inferencesh",
    "kling-providers",
    "kling-engine",
    "kling-bot",
    "kling-emulator",
    "kling-discord",
    "kling-demo",
];

/// What must not be in the tree of a crate that a service embeds: databases, chat, servers.
const HEAVY: &[&str] = &[
    "sqlx",
    "sqlx-core",
    "rusqlite",
    "serenity",
    "slack-morphism",
    "axum",
    "object_store",
];

const LIGHT_CRATES: &[&str] = &[
    "kling-core",
    "kling-http",
    "kling-aimlapi",
    "kling-apiin",
    "kling-inferencesh",
    "kling-providers",
    "acme",
];

/// Old or unwanted TLS, by the start of `name version`.
const FORBIDDEN: &[&str] = &[
    "rustls 0.22",
    "rustls-webpki 0.102",
    "aws-lc-rs ",
    "aws-lc-sys ",
];

/// Every arrow between our packages stands in the plan.
pub(crate) fn dependencies_follow_the_plan(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, package) in &house.packages {
        let Some((_, allowed)) = PLAN.iter().find(|(known, _)| known == name) else {
            complaints.push(format!("{name} is not in the plan"));
            continue;
        };
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        for other in package
            .ours
            .iter()
            .filter(|other| !allowed.contains(other.as_str()))
        {
            complaints.push(format!("{name} must not depend on {other}"));
        }
    }
    complaints
}

/// A service that embeds a provider gets no database, no chat and no server.
pub(crate) fn provider_crates_stay_light(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in LIGHT_CRATES {
        let Some(package) = house.packages.get(*name) else {
            continue;
        };
        for heavy in HEAVY {
            let start = format!("{heavy} ");
            if package.tree.iter().any(|entry| entry.starts_with(&start)) {
                complaints.push(format!("{name} has {heavy} in its tree"));
            }
        }
    }
    complaints
}

/// Nothing that ships has the old rustls line, or aws-lc, in its tree.
pub(crate) fn no_forbidden_crate_ships(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, package) in &house.packages {
        for entry in &package.tree {
            if FORBIDDEN.iter().any(|start| entry.starts_with(start)) {
                complaints.push(format!("{name} has {entry} in its tree"));
            }
        }
    }
    complaints
}

/// Versions, edition, licence and lints stand once, in the root.
pub(crate) fn manifests_take_from_the_workspace(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, package) in &house.packages {
        let path = format!("{}/Cargo.toml", package.folder);
        let Some(text) = house.files.get(&path) else {
            complaints.push(format!("{name} has no manifest that is committed"));
            continue;
        };
        let manifest: toml::Table = text.parse().unwrap();
        let at = |section: &str, key: &str| {
            manifest
                .get(section)
                .and_then(|table| table.get(key))
                .cloned()
        };
        for key in ["version", "edition", "rust-version", "license"] {
            let inherited =
                at("package", key).is_some_and(|value| value.get("workspace").is_some());
            if !inherited {
                complaints.push(format!(
                    "{path}: package.{key} does not come from the workspace"
                ));
            }
        }
        if at("lints", "workspace").is_none() {
            complaints.push(format!("{path}: lints do not come from the workspace"));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (dependency, value) in dependencies {
                if value.get("workspace").is_none() && value.get("path").is_none() {
                    complaints.push(format!("{path}: {dependency} names its own version"));
                }
            }
        }
    }
    complaints
}

/// What a manifest names is used: in the sources of its package, or (for the root) by some member.
pub(crate) fn no_dependency_stands_idle(house: &House) -> Vec<String> {
    // Named only to choose its features, or used by a macro of another crate.
    const FOR_FEATURES: &[(&str, &str)] = &[
        ("kling-discord", "reqwest"),
        // What the house is tested with: the outside is built with the same features.
        ("acme-discord", "rcgen"),
        ("acme-discord", "rustix"),
        ("acme-discord", "slack-morphism"),
        // Its library goes by another name, `md5`.
        ("kling-emulator", "md-5"),
    ];
    let mut complaints = Vec::new();
    let mut named = BTreeSet::new();
    for (name, package) in &house.packages {
        let workspace = workspace_of(&package.folder);
        let Some(text) = house.files.get(&format!("{}/Cargo.toml", package.folder)) else {
            continue;
        };
        let manifest: toml::Table = text.parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get(section).and_then(toml::Value::as_table);
            for dependency in table.into_iter().flat_map(toml::Table::keys) {
                named.insert((workspace, dependency.clone()));
                let word = dependency.replace('-', "_");
                let inside = format!("{}/", package.folder);
                let used = house.files.iter().any(|(path, text)| {
                    path.starts_with(&inside) && is_rust(path) && text.contains(&word)
                });
                let excused = FOR_FEATURES.contains(&(name.as_str(), dependency.as_str()));
                if !used && !excused {
                    complaints.push(format!("{name} does not use {dependency}"));
                }
            }
        }
    }
    for workspace in ["Cargo.toml", OUTSIDE_MANIFEST] {
        let root: toml::Table = house.files[workspace].parse().unwrap();
        let listed = root["workspace"]["dependencies"].as_table().unwrap();
        let idle = listed
            .keys()
            .filter(|dependency| !named.contains(&(workspace, String::clone(dependency))));
        complaints
            .extend(idle.map(|dependency| format!("{workspace}: no member uses {dependency}")));
    }
    complaints
}

const OUTSIDE_MANIFEST: &str = "tests/outside/Cargo.toml";

/// The manifest that a package takes its versions from.
fn workspace_of(folder: &str) -> &'static str {
    if folder.starts_with(OUTSIDE) {
        OUTSIDE_MANIFEST
    } else {
        "Cargo.toml"
    }
}

/// What macros are made of is built apart for them, without what the tidy test asks of it.
const FOR_MACROS: &[&str] = &["proc-macro2", "syn"];

/// Somebody else's workspace is built from the versions that ours is built from, with the same features and
/// profiles: what both need is built once, and what is tested there is what ships here.
pub(crate) fn the_outside_is_built_from_the_same(house: &House) -> Vec<String> {
    let table = |path: &str| -> toml::Table { house.files[path].parse().unwrap() };
    let locked = |path: &str| {
        let lock = table(path);
        let packages = lock["package"].as_array().unwrap().iter();
        let from_elsewhere = packages.filter(|package| package.get("source").is_some());
        let named = from_elsewhere.map(|package| {
            let text = |key: &str| package[key].as_str().unwrap().to_owned();
            (text("name"), text("version"))
        });
        named.collect::<BTreeSet<_>>()
    };
    let ours = locked("Cargo.lock");
    let theirs = locked("tests/outside/Cargo.lock");
    let mut complaints: Vec<String> = theirs
        .difference(&ours)
        .map(|(name, version)| {
            format!("{OUTSIDE} is locked to {name} {version}, and we are not: see its README")
        })
        .collect();
    let [ours, theirs] = &house.features;
    let is_for_macros =
        |package: &str| FOR_MACROS.contains(&package.split(' ').next().unwrap_or_default());
    for (package, features) in theirs.iter().filter(|(name, _)| !is_for_macros(name)) {
        let common = ours.get(package).filter(|ours| *ours != features);
        for feature in common.into_iter().flat_map(|ours| ours ^ features) {
            complaints.push(format!(
                "{package} has its feature {feature} only here or only in {OUTSIDE}: whatever needs it is built twice"
            ));
        }
    }
    let profile = |path: &str| table(path)["profile"]["dev"].clone();
    let mut wanted = profile("Cargo.toml");
    // Nobody outside builds the tests of this house.
    let packages = wanted
        .get_mut("package")
        .and_then(toml::Value::as_table_mut);
    packages.and_then(|packages| packages.remove("kling-tests"));
    if wanted != profile(OUTSIDE_MANIFEST) {
        complaints.push(format!("{OUTSIDE_MANIFEST}: profile.dev is not ours"));
    }
    complaints
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|end| end == "rs")
}
