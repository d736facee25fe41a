//! What all benchmarks of a run share: how long they take, where files go, and the database server.

use std::path::Path;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::cluster::Cluster;

/// One run.
#[derive(Debug)]
pub(crate) struct Setting {
    short: bool,
    rounds: Option<usize>,
    folder: tempfile::TempDir,
    cluster: OnceCell<Result<Cluster, String>>,
}

impl Setting {
    pub(crate) fn new(
        short: bool,
        rounds: Option<usize>,
        folder: Option<&Path>,
    ) -> std::io::Result<Self> {
        let parent = folder.map_or_else(std::env::temp_dir, Path::to_path_buf);
        let folder = tempfile::Builder::new()
            .prefix("kling-bench-")
            .tempdir_in(parent)?;
        Ok(Self {
            short,
            rounds,
            folder,
            cluster: OnceCell::new(),
        })
    }

    /// Where this run may write; gone at its end.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// One of two values, the second for a short run.
    pub(crate) fn either<T>(&self, full: T, short: T) -> T {
        if self.short { short } else { full }
    }

    /// How often each contender has its turn.
    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(self.either(5, 2)).max(1)
    }

    /// The same for what takes long.
    pub(crate) fn long_rounds(&self) -> usize {
        self.rounds.unwrap_or(self.either(3, 1)).max(1)
    }

    /// How long one turn of a load takes.
    pub(crate) fn turn(&self) -> Duration {
        self.either(Duration::from_secs(5), Duration::from_millis(200))
    }

    /// The database server of this run, started when it is first asked for; else a sentence on why there is none.
    pub(crate) async fn cluster(&self) -> Result<&Cluster, &str> {
        let started = self
            .cluster
            .get_or_init(|| async { Cluster::start().await })
            .await;
        started.as_ref().map_err(String::as_str)
    }
}
