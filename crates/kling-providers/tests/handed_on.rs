//! A layered provider hands on every method of the trait, those that have a default and those that come later included.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::Path;

fn source(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(file).unwrap()
}

/// The methods that stand in the block that begins so, by how rustfmt lays it out.
fn methods(source: &str, beginning: &str) -> Vec<String> {
    let (_, block) = source.split_once(beginning).unwrap();
    let (block, _) = block.split_once("\n}").unwrap();
    let name = |line: &str| {
        let line = line.strip_prefix("    ")?;
        let line = line.strip_prefix("async ").unwrap_or(line);
        let name = line.strip_prefix("fn ")?.split(['(', '<']).next()?;
        Some(name.to_owned())
    };
    block.lines().filter_map(name).collect()
}

#[test]
fn every_method_of_the_trait_is_handed_on_and_asked_for_in_a_test() {
    let the_trait = source("kling-core/src/provider.rs");
    let layered = source("kling-providers/src/layers/layered.rs");
    let asked = source("kling-providers/src/layers/tests/forwarding.rs");

    let wanted = methods(&the_trait, "pub trait Provider");
    assert!(wanted.len() >= 9, "{wanted:?}");

    let given = methods(&layered, "Provider for Layered<L>");
    assert_eq!(
        given, wanted,
        "hand on what is missing in layers/layered.rs"
    );
    for method in wanted {
        let call = format!("layered.{method}(");
        assert!(
            asked.contains(&call),
            "ask for `{method}` in layers/tests/forwarding.rs"
        );
    }
}
