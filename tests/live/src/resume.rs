//! What an earlier run paid for and did not get. Nothing is submitted here.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use kling_core::{AssetUrl, Output, OutputAsset, OutputSource, SubmissionKey, TaskHandle};
use kling_providers::{ProviderExt as _, fetch_output};

use crate::account::Account;
use crate::archive::{Archive, Entry, Step};
use crate::{Live, Outcome, drift, paid};

/// Goes through a file of handles, and fetches what is open.
pub(crate) async fn all(
    file: &Path,
    accounts: &[Account],
    live: &Live,
    outcome: &mut Outcome,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let entries = Archive::read(file)?;
    let archive = Arc::new(Archive::again(file)?);
    let keys_at = |step| {
        let at = entries.iter().filter(move |entry| entry.step == step);
        at.map(|entry| entry.key.clone()).collect::<BTreeSet<_>>()
    };
    let (started, done) = (keys_at(Step::Started), keys_at(Step::Done));
    for entry in entries.iter().filter(|entry| !done.contains(&entry.key)) {
        let account = accounts
            .iter()
            .find(|account| account.name() == entry.provider);
        let Some(account) = account else { continue };
        let title = format!("{} {} {}", entry.provider, entry.model, entry.operation);
        let handle = match entry.step {
            Step::Intent if started.contains(&entry.key) => continue,
            Step::Intent => find(account, entry).await,
            Step::Started => entry
                .handle
                .clone()
                .and_then(|text| TaskHandle::parse(text).ok()),
            Step::Done => continue,
        };
        let options = paid::options(account, live, &archive, entry)?;
        let generated = match &handle {
            Some(handle) => {
                writeln!(out, "== {title}: {handle}")?;
                account.provider().resume(handle, &options).await
            }
            None if !entry.addresses.is_empty() => {
                writeln!(out, "== {title}: answered, and not fetched")?;
                let output = Output {
                    assets: entry
                        .addresses
                        .iter()
                        .filter_map(|address| asset(address))
                        .collect(),
                    cost: None,
                };
                let mut options = options;
                options.stem = Some(entry.key.clone());
                fetch_output(output, None, &options).await
            }
            None => {
                outcome.failures += 1;
                let key = &entry.key;
                writeln!(
                    out,
                    "== {title}: no answer came to {key}; look for it in the account"
                )?;
                continue;
            }
        };
        account.told(outcome, out)?;
        let is_over = match generated {
            Ok(generated) => {
                let results = archive.results();
                writeln!(
                    out,
                    "  {} files in {}",
                    generated.files.len(),
                    results.display()
                )?;
                true
            }
            Err(error) => {
                outcome.failures += 1;
                writeln!(out, "  no result: {}", drift::chain(&error))?;
                !paid::may_come(&error)
            }
        };
        if is_over {
            let step = Step::Done;
            archive.write(&Entry {
                step,
                ..entry.clone()
            })?;
        }
    }
    Ok(())
}

/// Asks for a submission whose answer was lost, where the service can be asked.
async fn find(account: &Account, entry: &Entry) -> Option<TaskHandle> {
    let key = SubmissionKey::parse(entry.key.clone()).ok()?;
    account.provider().find(&key).await.ok().flatten()
}

fn asset(address: &str) -> Option<OutputAsset> {
    Some(OutputAsset {
        source: OutputSource::Url(AssetUrl::parse(address).ok()?),
        media_type: None,
    })
}
