//! The harness works: every benchmark makes its figures. Nothing is said about how large they are.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Where PostgreSQL cannot be started the program says so in a sentence, and measures the rest.
#[test]
fn a_short_run_of_everything_finds_figures() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("figures.json");
    let run = Command::new(env!("CARGO_BIN_EXE_kling-bench"))
        .args(["all", "--short", "--json"])
        .arg(&json)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");

    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let figures = report["figures"].as_array().unwrap();
    let text = |figure: &Value, key: &str| figure[key].as_str().unwrap().to_owned();
    let benches: BTreeSet<String> = figures.iter().map(|figure| text(figure, "bench")).collect();
    let without_number: Vec<&Value> = figures
        .iter()
        .filter(|figure| !figure["median"].is_number())
        .collect();
    let notes = report["notes"].as_array().unwrap();
    let left_out = notes
        .iter()
        .any(|note| note.as_str().unwrap().starts_with("PostgreSQL"));
    let on_postgres = figures
        .iter()
        .any(|figure| text(figure, "contender").starts_with("postgres"));

    let all = ["accept", "call", "end-to-end", "waiting"].map(str::to_owned);
    assert_eq!(benches, BTreeSet::from(all));
    assert!(report["machine"]["cores"].is_string());
    assert_eq!(without_number, Vec::<&Value>::new());
    assert_ne!(left_out, on_postgres);
}
