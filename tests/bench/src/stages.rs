//! Where the time of jobs went, by what their history in the store says.

use std::collections::BTreeMap;
use std::path::Path;

use kling_engine::{PostgresOptions, Stage, export_store};
use serde_json::Value;

/// How long jobs were in each stage, in milliseconds, in the order of stages.
pub(crate) async fn of_store(url: &str, folder: &Path) -> anyhow::Result<Vec<(Stage, Vec<i64>)>> {
    let options = PostgresOptions {
        state_folder: folder.join("state"),
        ..PostgresOptions::default()
    };
    let mut lines = Vec::new();
    export_store(url, options, &mut lines).await?;
    let mut last: BTreeMap<String, (Stage, i64)> = BTreeMap::new();
    let mut spent: BTreeMap<Stage, Vec<i64>> = BTreeMap::new();
    // The rows of a table come in the order in which they were written.
    for line in std::str::from_utf8(&lines)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        if line["table"] != "transitions" {
            continue;
        }
        let row = &line["row"];
        let (job, stage) = (row["job"].as_str(), row["to_stage"].as_str());
        let (Some(job), Some(stage)) = (job, stage.and_then(Stage::parse)) else {
            anyhow::bail!("a row of the history cannot be read");
        };
        let Some(at) = row["at"].as_i64() else {
            anyhow::bail!("a row of the history has no time");
        };
        match last.insert(job.to_owned(), (stage, at)) {
            Some((before, since)) if before == stage => {
                last.insert(job.to_owned(), (stage, since));
            }
            Some((before, since)) => spent.entry(before).or_default().push(at - since),
            None => {}
        }
    }
    Ok(spent.into_iter().collect())
}
