//! A PostgreSQL of this run's own, durable as in production, started and stopped by `tests/postgres`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::bare;

/// A running server. Dropping it stops it and removes its folder.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: PathBuf,
    url: String,
}

impl Cluster {
    /// Starts one, or tells in a sentence why that cannot be.
    pub(crate) async fn start() -> Result<Self, String> {
        let started = tokio::task::spawn_blocking(Self::start_now).await;
        started.unwrap_or_else(|error| Err(error.to_string()))
    }

    fn start_now() -> Result<Self, String> {
        // The server may belong to somebody else, who must be able to reach the folder, and a socket's path is short.
        let name = format!("kling-bench-pg-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let done = script("start", &folder).map_err(|error| error.to_string())?;
        if !done.status.success() {
            let why = String::from_utf8_lossy(&done.stderr);
            return Err(why.trim().to_owned());
        }
        let url = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        Ok(Self { folder, url })
    }

    /// Makes an empty database and tells its address.
    pub(crate) async fn database(&self, name: &str) -> anyhow::Result<String> {
        bare::create_database(&self.url, name).await?;
        Ok(self.url.replacen("/postgres?", &format!("/{name}?"), 1))
    }

    /// The process that all others of the server come from.
    pub(crate) fn pid(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nobody is left to be told.
        drop(script("stop", &self.folder));
    }
}

fn script(command: &str, folder: &Path) -> std::io::Result<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../postgres");
    Command::new(script)
        .arg(command)
        .arg(folder)
        // The tests turn this off to be quick; a figure without it would be a lie.
        .env("KLING_TESTS_POSTGRES_FSYNC", "on")
        .output()
}
