//! Where jobs are kept while a sweep goes over them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

/// Where the PostgreSQL of the whole run is, as `tests/postgres start` prints it.
const VARIABLE: &str = "KLING_TESTS_POSTGRES";

/// The kinds of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite,
    Postgres,
}

impl Place {
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// The address of a new store; one in a file lies in `folder`.
    pub(crate) fn address(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", folder.join("jobs.db").display()),
            Self::Postgres => {
                let server = server();
                let number = DATABASES.fetch_add(1, Ordering::Relaxed);
                let name = format!("sweep_{}_{number}", std::process::id());
                // Nobody is ever connected to this template, so nobody waits for anybody.
                let arguments = ["--template=template0", name.as_str()];
                let maintenance = format!("--maintenance-db={server}");
                let program = PathBuf::from(script("found", Path::new(""))).join("createdb");
                let mut command = Command::new(program);
                let done = command.arg(maintenance).args(arguments).status().unwrap();
                assert!(done.success(), "no database");
                server.replacen("/postgres?", &format!("/{name}?"), 1)
            }
        }
    }
}

/// A PostgreSQL of this process's own.
struct Own {
    address: String,
    folder: TempDir,
}

static DATABASES: AtomicUsize = AtomicUsize::new(0);

static OWN: OnceLock<Own> = OnceLock::new();

/// The server of the whole run, or the one of this process.
fn server() -> String {
    if let Ok(address) = std::env::var(VARIABLE) {
        return address;
    }
    let own = OWN.get_or_init(|| {
        let folder = tempfile::Builder::new()
            .prefix("kling-pg-")
            .tempdir()
            .unwrap();
        Own {
            address: script("start", folder.path()),
            folder,
        }
    });
    own.address.clone()
}

/// Stops what this process started.
pub(crate) fn stop_own() {
    if let Some(own) = OWN.get() {
        script("stop", own.folder.path());
    }
}

fn script(command: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres");
    let mut command_line = Command::new(script);
    let done = command_line.arg(command).arg(folder).stdin(Stdio::null());
    let done = done.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "tests/postgres {command}: {said}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}
