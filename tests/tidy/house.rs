//! The house as data: its packages with their dependencies, and the text of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The workspace of somebody else that is tested along.
pub(crate) const OUTSIDE: &str = "tests/outside";

/// Everything the rules look at.
#[derive(Clone, Debug)]
pub(crate) struct House {
    /// Our packages, by name.
    pub(crate) packages: BTreeMap<String, Package>,
    /// With which features packages from elsewhere are built, by `name version`: in our workspace, and in
    /// the one outside.
    pub(crate) features: [Features; 2],
    /// Every file git would commit, by its path from the root, with its text (empty for binaries).
    pub(crate) files: BTreeMap<String, String>,
}

/// Packages from elsewhere, as `name version`, each with its features.
pub(crate) type Features = BTreeMap<String, BTreeSet<String>>;

/// One of our packages.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Its folder, from the root.
    pub(crate) folder: String,
    /// Our packages it depends on by normal dependencies, directly.
    pub(crate) ours: BTreeSet<String>,
    /// Every package in its tree of normal and build dependencies, as `name version`.
    pub(crate) tree: BTreeSet<String>,
}

impl House {
    /// Reads the house this test was built from.
    pub(crate) fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let ours = metadata(root, "Cargo.toml");
        let theirs = metadata(root, &format!("{OUTSIDE}/Cargo.toml"));
        let mut all = packages(root, &ours);
        all.extend(packages(root, &theirs));
        Self {
            packages: all,
            features: [features(&ours), features(&theirs)],
            files: files(root),
        }
    }

    /// The Rust sources under a folder, tests left out, as path and text.
    pub(crate) fn sources<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files.iter().filter_map(move |(path, text)| {
            let inside = path.starts_with(folder) && path.contains("/src/");
            let rust = Path::new(path).extension().is_some_and(|end| end == "rs");
            let test = path.ends_with("/tests.rs") || path.contains("/tests/");
            (inside && rust && !test).then_some((path.as_str(), text.as_str()))
        })
    }
}

/// The lines of a source file that are code: comments, and what stands under `#[cfg(test)]`, left out.
pub(crate) fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = test_lines(text);
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(move |(number, _)| !tests.iter().any(|lines| lines.contains(number)))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Where the items under `#[cfg(test)]` stand, by how rustfmt lays them out: up to a line that ends with a
/// semicolon or is a closing brace, at the item's own indentation.
fn test_lines(text: &str) -> Vec<RangeInclusive<usize>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if line.trim() != "#[cfg(test)]" {
            continue;
        }
        let indentation = line.len() - line.trim_start().len();
        let ends = |line: &str| {
            let own = line.len() - line.trim_start().len() == indentation;
            own && (line.ends_with(';') || line.trim_end().ends_with('}'))
        };
        let length = lines[start..]
            .iter()
            .position(|line| ends(line))
            .unwrap_or(0);
        found.push(start + 1..=start + 1 + length);
    }
    found
}

/// What cargo knows of one workspace.
fn metadata(root: &Path, manifest: &str) -> Metadata {
    let known = MetadataCommand::new()
        .manifest_path(root.join(manifest))
        .other_options(vec![
            "--locked".into(),
            "--offline".into(),
            // What only other platforms need was never fetched here.
            format!("--filter-platform={}", host()),
        ])
        .exec();
    known.unwrap_or_else(|error| {
        panic!("{manifest} (after a change of our dependencies see {OUTSIDE}/README.md): {error}")
    })
}

fn features(metadata: &Metadata) -> Features {
    let nodes = metadata.resolve.as_ref().unwrap().nodes.iter();
    let from_elsewhere = nodes.filter(|node| metadata[&node.id].source.is_some());
    let named = from_elsewhere.map(|node| {
        let package = &metadata[&node.id];
        let features = node.features.iter().map(ToString::to_string);
        let name = format!("{} {}", package.name, package.version);
        (name, features.collect())
    });
    named.collect()
}

/// The members of one workspace.
fn packages(root: &Path, metadata: &Metadata) -> BTreeMap<String, Package> {
    let members: BTreeSet<_> = metadata.workspace_members.iter().cloned().collect();
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let shipped =
        |kind: DependencyKind| matches!(kind, DependencyKind::Normal | DependencyKind::Build);
    let name_of = |id| &metadata[id].name;

    let mut found = BTreeMap::new();
    for id in &members {
        let mut tree = BTreeSet::new();
        let mut ours = BTreeSet::new();
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            for dependency in &nodes[next].deps {
                if !dependency.dep_kinds.iter().any(|kind| shipped(kind.kind)) {
                    continue;
                }
                let package = &metadata[&dependency.pkg];
                tree.insert(format!("{} {}", package.name, package.version));
                // Whatever is from no registry is ours, of this workspace or of the other.
                if next == id && package.source.is_none() {
                    ours.insert(package.name.to_string());
                }
                if seen.insert(&dependency.pkg) {
                    open.push(&dependency.pkg);
                }
            }
        }
        let manifest = metadata[id].manifest_path.as_std_path();
        let folder = manifest.parent().unwrap().strip_prefix(root).unwrap();
        let folder = folder.to_str().unwrap().to_owned();
        found.insert(name_of(id).to_string(), Package { folder, ours, tree });
    }
    found
}

/// The platform this runs on, as rustc names it.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("-vV").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(listed.status.success(), "git lists the files of the house");
    String::from_utf8(listed.stdout)
        .unwrap()
        .split('\0')
        .filter(|path| root.join(path).is_file())
        .map(|path| {
            let text = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            (path.to_owned(), text)
        })
        .collect()
}
