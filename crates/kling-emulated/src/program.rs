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
    /// When it is not built, or not since it, or anything of ours that is in it, was last changed; the sentence says
    /// what builds it.
    pub fn program(
        self,
        name: &str,
        base_url: &str,
        arguments: &[&str],
    ) -> Result<Program, String> {
        let words = [&["--base-url", base_url], arguments].concat();
        self.alone(name, &words)
    }

    /// An example that knows of no base address, with no key in its environment.
    ///
    /// # Errors
    ///
    /// As [`Examples::program`].
    pub fn alone(self, name: &str, arguments: &[&str]) -> Result<Program, String> {
        let mut command = Command::new(self.built(name)?);
        command
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
        if is_current(&program) {
            return Ok(program);
        }
        let package = Path::new(self.0);
        let package = package.file_name().unwrap_or_default().to_string_lossy();
        Err(format!(
            "the example {name} is not built, or not since something of it was last changed; `cargo nextest run -p {package}` and \
             `cargo test -p {package}` build it, and so does `cargo build -p {package} --examples`"
        ))
    }
}

/// Whether a program is newer than every file of ours that is in it: the example, its package and the packages below.
/// Cargo writes them down beside the program, `<program>: <file> <file>…`, with a backslash before a space in a name.
fn is_current(program: &Path) -> bool {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified());
    let (Ok(built), Ok(listed)) = (
        changed(program),
        std::fs::read_to_string(program.with_extension("d")),
    ) else {
        return false;
    };
    let Some((_, files)) = listed.split_once(": ") else {
        return false;
    };
    let files = files.replace("\\ ", "\0");
    files
        .split_whitespace()
        .map(|file| file.replace('\0', " "))
        .all(|file| changed(Path::new(&file)).is_ok_and(|written| written <= built))
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

    /// The same, with this in its environment.
    #[must_use]
    pub fn with_key(mut self, variable: &str, key: &str) -> Self {
        self.0.env(variable, key);
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;

    fn write(path: &Path, text: &str, second: u64) {
        std::fs::write(path, text).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(then).unwrap();
    }

    #[test]
    fn a_program_is_stale_once_anything_below_it_changed() {
        let folder = std::env::temp_dir().join(format!("kling-stale-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (program, example, below) = (
            folder.join("boat"),
            folder.join("boat.rs"),
            folder.join("the library.rs"),
        );
        write(&example, "", 100);
        write(&below, "", 200);
        write(&program, "", 300);
        assert!(!is_current(&program), "nobody knows what is in it");
        let escaped = below.to_str().unwrap().replace(' ', "\\ ");
        let listed = format!("{}: {} {escaped}\n", program.display(), example.display());
        write(&folder.join("boat.d"), &listed, 300);

        let before = is_current(&program);
        write(&below, "", 400);
        let after = is_current(&program);
        std::fs::remove_dir_all(&folder).unwrap();

        assert!(before);
        assert!(!after);
    }
}
