//! The examples of a package as programs of their own: found beside the test, started, read, killed.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// No program takes longer, whatever goes wrong.
const BOUND: Duration = Duration::from_mins(2);

/// What could hold a key of the person at whose machine the tests run.
const KEYS: [&str; 3] = ["AIMLAPI_API_KEY", "APIIN_API_KEY", "INFERENCE_API_KEY"];

/// The examples of a package, as the tests of that package find them.
#[derive(Clone, Copy, Debug)]
pub struct Examples(&'static str);

impl Examples {
    /// Those of the package in this folder: `Examples::of(env!("CARGO_MANIFEST_DIR"))`.
    pub const fn of(package: &'static str) -> Self {
        Self(package)
    }

    /// An example, ready to be started against that base address, with no key in its environment.
    ///
    /// # Errors
    ///
    /// When it is not built, or not since it was last changed; the sentence says what builds it.
    pub fn program(
        self,
        name: &str,
        base_url: &str,
        arguments: &[&str],
    ) -> Result<Program, String> {
        let mut command = Command::new(self.built(name)?);
        command
            .args(["--base-url", base_url])
            .args(arguments)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for key in KEYS {
            command.env_remove(key);
        }
        Ok(Program(command))
    }

    /// `target/<profile>/examples`, beside the `deps` that the test is in.
    fn built(self, name: &str) -> Result<PathBuf, String> {
        let test = std::env::current_exe().map_err(|error| error.to_string())?;
        let profile = test.parent().and_then(Path::parent);
        let profile = profile.ok_or("the test is in no folder")?;
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let program = profile.join("examples").join(file);
        let package = Path::new(self.0);
        let source = package.join("examples").join(name).with_extension("rs");
        let changed = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified());
        let written = changed(&source).map_err(|error| error.to_string())?;
        if changed(&program).is_ok_and(|built| built >= written) {
            return Ok(program);
        }
        let package = package.file_name().unwrap_or_default().to_string_lossy();
        Err(format!(
            "the example {name} is not built, or not since it was last changed; `cargo nextest run -p {package}` and \
             `cargo test -p {package}` build it, and so does `cargo build -p {package} --examples`"
        ))
    }
}

/// An example that is about to run. What goes wrong with it is told in a sentence.
#[derive(Debug)]
pub struct Program(Command);

impl Program {
    /// The same, with the certificates in this file as the only ones it trusts.
    #[must_use]
    pub fn trusting(mut self, certificates: &Path) -> Self {
        self.0
            .env("SSL_CERT_FILE", certificates)
            .env_remove("SSL_CERT_DIR");
        self
    }

    /// What it printed, once it has ended.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or does not end.
    pub async fn ended(mut self) -> Result<Output, String> {
        let output = tokio::time::timeout(BOUND, self.0.output()).await;
        output
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }

    /// What it printed to standard output, once it has ended well.
    ///
    /// # Errors
    ///
    /// When it ends with a failure, or not at all.
    pub async fn printed(self) -> Result<String, String> {
        let output = self.ended().await?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(told);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}: {told}\n{errors}", output.status))
    }

    /// Starts it, waits for the first line that begins so, kills it, and gives that line.
    ///
    /// # Errors
    ///
    /// When there is no such line, or it ended before it could be killed.
    pub async fn killed_after(mut self, start: &str) -> Result<String, String> {
        let mut child = self.0.spawn().map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("it has no output")?;
        let mut lines = BufReader::new(output).lines();
        let found = async {
            while let Some(line) = lines.next_line().await.map_err(|error| error.to_string())? {
                if line.starts_with(start) {
                    return Ok(line);
                }
            }
            Err(format!("it ended without a line that starts with {start}"))
        };
        let line = tokio::time::timeout(BOUND, found)
            .await
            .map_err(|error| error.to_string())??;
        if let Some(ended) = child.try_wait().map_err(|error| error.to_string())? {
            return Err(format!("it ended before it could be killed: {ended}"));
        }
        child.kill().await.map_err(|error| error.to_string())?;
        Ok(line)
    }
}
