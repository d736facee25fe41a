//! The store: opened by its address, and looked after by hand while the bot is stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use kling_engine::{
    Checked, EngineError, PostgresOptions, Store, check_store, export_store, import_store,
    open_store,
};
use tokio::fs::{File, OpenOptions};
use tokio::io::{BufReader, BufWriter};

use super::{DONE, FAILED, complain, tell};
use crate::config::StoreSettings;
use crate::platform::CheckLine;

/// What `-` stands for.
const TERMINAL_IN: &str = "/dev/stdin";
const TERMINAL_OUT: &str = "/dev/stdout";

/// What can be done with a store. The bot, and every other one that uses it, is to be stopped meanwhile.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum StoreAction {
    /// Bring the store up to date with this version, making it where it is not there
    Migrate,
    /// Look through the store and change nothing: exit code 1 when something is wrong
    Check,
    /// Write everything that is in the store down, as lines of JSON
    Export {
        /// The new file, or - for the terminal
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// Fill a store without jobs with what was exported, from a store of either kind
    Import {
        /// The file, or - for the terminal
        #[arg(value_name = "FILE")]
        from: PathBuf,
    },
}

/// Opens the store.
pub(super) async fn open(settings: &StoreSettings) -> anyhow::Result<Arc<dyn Store>> {
    open_store(&settings.url, options(settings))
        .await
        .with_context(|| format!("the store {} cannot be opened", settings.shown()))
}

/// Whether the store answers; `None` for a file that is made at the first start.
pub(super) async fn line(settings: &StoreSettings) -> Option<CheckLine> {
    let file = settings.file();
    if file.is_some_and(|file| !Path::new(file).exists()) {
        return None;
    }
    Some(match check_store(&settings.url).await {
        Ok(checked) if checked.is_fine() => CheckLine::good(summary(&checked)),
        Ok(checked) => CheckLine::missing(troubles(&checked).join("; ")),
        Err(EngineError::Locked) => {
            CheckLine::note("the store is in use by another process: is the bot running?")
        }
        Err(error) => CheckLine::missing(format!(
            "the store does not answer: {:#}; check store.url and the database",
            anyhow::Error::from(error)
        )),
    })
}

/// Does what was asked, and tells how it went.
pub(super) async fn look_after(settings: &StoreSettings, action: StoreAction) -> u8 {
    let done = match action {
        StoreAction::Migrate => migrate(settings).await,
        StoreAction::Check => check(settings).await,
        StoreAction::Export { to } => export(settings, &to).await,
        StoreAction::Import { from } => import(settings, &from).await,
    };
    done.unwrap_or_else(|error| {
        complain(&format!("the store {}: {error:#}.", settings.shown()));
        FAILED
    })
}

async fn migrate(settings: &StoreSettings) -> anyhow::Result<u8> {
    open(settings).await?.close().await;
    tell(&format!("The store {} is up to date.", settings.shown()));
    Ok(DONE)
}

async fn check(settings: &StoreSettings) -> anyhow::Result<u8> {
    let checked = check_store(&settings.url).await?;
    tell(&summary(&checked));
    let troubles = troubles(&checked);
    for trouble in &troubles {
        tell(trouble);
    }
    Ok(if troubles.is_empty() { DONE } else { FAILED })
}

async fn export(settings: &StoreSettings, to: &Path) -> anyhow::Result<u8> {
    let to_terminal = to == Path::new("-");
    let mut options_of_file = OpenOptions::new();
    // What stands there already may be the only copy of something. It holds prompts and tokens.
    options_of_file.write(true).create_new(!to_terminal);
    #[cfg(unix)]
    options_of_file.mode(0o600);
    let file = options_of_file.open(if to_terminal {
        TERMINAL_OUT.as_ref()
    } else {
        to
    });
    let file = file
        .await
        .with_context(|| format!("{} cannot be made", to.display()))?;
    let mut sink = BufWriter::new(file);
    let moved = export_store(&settings.url, options(settings), &mut sink).await?;
    if !to_terminal {
        tell(&format!("{} jobs are in {}.", moved.jobs(), to.display()));
    }
    Ok(DONE)
}

async fn import(settings: &StoreSettings, from: &Path) -> anyhow::Result<u8> {
    let from_terminal = from == Path::new("-");
    let file = File::open(if from_terminal {
        TERMINAL_IN.as_ref()
    } else {
        from
    });
    let file = file
        .await
        .with_context(|| format!("{} cannot be opened", from.display()))?;
    let mut source = BufReader::new(file);
    let moved = import_store(&settings.url, options(settings), &mut source).await?;
    tell(&format!(
        "{} jobs are in the store {}. Its files are where they were: archive.url must lead there.",
        moved.jobs(),
        settings.shown()
    ));
    Ok(DONE)
}

fn options(settings: &StoreSettings) -> PostgresOptions {
    PostgresOptions {
        state_folder: settings.state_folder.clone(),
        ..PostgresOptions::default()
    }
}

fn summary(checked: &Checked) -> String {
    if checked.schema == 0 {
        return "the store is empty; it is made ready at the first start".to_owned();
    }
    let counts: Vec<String> = checked
        .counts
        .iter()
        .map(|(stage, count)| format!("{count} {stage}"))
        .collect();
    let jobs = if counts.is_empty() {
        "no jobs".to_owned()
    } else {
        format!("jobs: {}", counts.join(", "))
    };
    format!(
        "the store answers; schema {} of {}; {jobs}",
        checked.schema, checked.known
    )
}

fn troubles(checked: &Checked) -> Vec<String> {
    let mut troubles = Vec::new();
    if checked.schema > checked.known {
        troubles.push("the store was written by a newer version of this program".to_owned());
    }
    for (job, what) in &checked.unreadable {
        troubles.push(format!("job {job} cannot be read ({what})"));
    }
    for damage in &checked.damage {
        troubles.push(format!("the database is damaged: {damage}"));
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(folder: &Path, name: &str) -> StoreSettings {
        StoreSettings {
            url: format!("sqlite://{}", folder.join(name).display()),
            state_folder: folder.to_owned(),
        }
    }

    #[tokio::test]
    async fn a_store_is_made_looked_through_written_down_and_filled_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let old = settings(folder.path(), "old.db");
        let new = settings(folder.path(), "new.db");
        let file = folder.path().join("store.jsonl");
        let export = || StoreAction::Export { to: file.clone() };
        let import = || StoreAction::Import { from: file.clone() };

        assert_eq!(look_after(&old, StoreAction::Check).await, FAILED);
        assert_eq!(look_after(&old, StoreAction::Migrate).await, DONE);
        assert_eq!(look_after(&old, StoreAction::Check).await, DONE);
        assert_eq!(look_after(&old, export()).await, DONE);
        // An export is never written over.
        assert_eq!(look_after(&old, export()).await, FAILED);
        assert_eq!(look_after(&new, import()).await, DONE);

        assert!(check_store(&new.url).await.expect("a store").is_fine());
    }

    #[test]
    fn what_is_wrong_with_a_store_is_told_in_words() {
        let checked = Checked {
            schema: 9,
            known: 1,
            unreadable: vec![("01k".to_owned(), "request")],
            damage: vec!["page 7 is missing".to_owned()],
            ..Checked::default()
        };

        assert_eq!(
            troubles(&checked),
            [
                "the store was written by a newer version of this program",
                "job 01k cannot be read (request)",
                "the database is damaged: page 7 is missing",
            ]
        );
    }
}
