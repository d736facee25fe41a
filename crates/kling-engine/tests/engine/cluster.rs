//! A PostgreSQL for tests: that of the whole run where there is one, or a small one of our own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Where the PostgreSQL of the whole run is, as `tests/postgres start` prints it.
const VARIABLE: &str = "KLING_TESTS_POSTGRES";

/// A running PostgreSQL.
#[derive(Debug)]
pub(crate) struct Cluster {
    address: String,
    /// Whose it is: ours, in this folder, to be stopped when nobody needs it any more.
    own: Option<tempfile::TempDir>,
}

/// A database in it, empty at first and gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    name: String,
    cluster: Arc<Cluster>,
}

impl Cluster {
    /// The one of the whole run, or the one of this process.
    pub(crate) fn shared() -> Arc<Self> {
        static OURS: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        if let Ok(address) = std::env::var(VARIABLE) {
            return Arc::new(Self { address, own: None });
        }
        let mut ours = OURS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = ours.upgrade() {
            return running;
        }
        let cluster = Arc::new(Self::alone());
        *ours = Arc::downgrade(&cluster);
        cluster
    }

    /// One of its own, that can be stopped.
    pub(crate) fn alone() -> Self {
        let folder = tempfile::Builder::new().prefix("kling-pg-").tempdir();
        let folder = folder.expect("a folder for PostgreSQL");
        Self {
            address: script("start", folder.path()),
            own: Some(folder),
        }
    }

    /// A new database.
    pub(crate) fn database(self: &Arc<Self>) -> Database {
        let name = format!("t{:032x}", rand::random::<u128>());
        // Nobody is ever connected to this template, so nobody waits for anybody.
        self.run("createdb", &["--template=template0", &name]);
        Database {
            name,
            cluster: Arc::clone(self),
        }
    }

    /// Stops it as a power cut would.
    pub(crate) fn halt(&self) {
        script("halt", self.folder());
    }

    /// Starts it again.
    pub(crate) fn start(&self) {
        script("start", self.folder());
    }

    fn folder(&self) -> &Path {
        let own = self
            .own
            .as_ref()
            .expect("the cluster of the whole run is not to be stopped");
        own.path()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = programs().join(program);
        let done = Command::new(&program)
            .arg(format!("--maintenance-db={}", self.address))
            .args(arguments)
            .output();
        let done = done.expect("the programs of PostgreSQL");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.own {
            script("stop", folder.path());
        }
    }
}

impl Database {
    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.cluster
            .address
            .replacen("/postgres?", &format!("/{}?", self.name), 1)
    }

    /// Where it lives.
    pub(crate) fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // With a cluster of our own it goes anyway.
        if self.cluster.own.is_none() && !std::thread::panicking() {
            self.cluster.run("dropdb", &["--force", &self.name]);
        }
    }
}

/// Where the programs of PostgreSQL are.
pub(crate) fn programs() -> PathBuf {
    PathBuf::from(script("found", Path::new("")))
}

fn script(command: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/postgres");
    let done = Command::new(&script)
        .arg(command)
        .arg(folder)
        .stdin(Stdio::null())
        .output();
    let done = done.expect("tests/postgres");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "tests/postgres {command}: {said}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}
