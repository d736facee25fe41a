//! What was paid for, on disk before anything else happens: one line of JSON for each step of a call.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use kling_core::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Which step.
    pub(crate) step: Step,
    /// Our name for the submission.
    pub(crate) key: String,
    /// Where.
    pub(crate) provider: String,
    /// Which model.
    pub(crate) model: String,
    /// What for.
    pub(crate) operation: String,
    /// The task, once it is known.
    pub(crate) handle: Option<String>,
    /// Where the result is, of a model that answered at once and whose result could not be fetched.
    #[serde(default)]
    pub(crate) addresses: Vec<String>,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// It is about to be submitted.
    Intent,
    /// There is a task, or an answer.
    Started,
    /// The result is here, or there will be none.
    Done,
}

/// The file of one run.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    folder: PathBuf,
    file: Mutex<File>,
}

impl Archive {
    /// A new file in a folder, which is made when it is not there.
    pub(crate) fn create(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let now = SystemClock.now().as_millis();
        let path = folder.join(format!("handles-{now}.jsonl"));
        Self::open(path, OpenOptions::new().append(true).create_new(true))
    }

    /// The file of an earlier run, to go on with.
    pub(crate) fn again(path: &Path) -> anyhow::Result<Self> {
        Self::open(path.to_owned(), OpenOptions::new().append(true))
    }

    fn open(path: PathBuf, options: &OpenOptions) -> anyhow::Result<Self> {
        let file = options
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Ok(Self {
            path,
            folder,
            file: Mutex::new(file),
        })
    }

    /// Every line of a file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let entry = |(line, number): (&str, usize)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}:{number} is no line of ours", path.display()))
        };
        text.lines().zip(1..).map(entry).collect()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where results go.
    pub(crate) fn results(&self) -> PathBuf {
        self.folder.join("results")
    }

    /// Writes a line, and is back when it is on the disk.
    pub(crate) fn write(&self, entry: &Entry) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line)
            .and_then(|()| file.sync_all())
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}
