//! An example of this package as a program of its own: found beside the test, started, read, killed.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use kling_emulator::{Emulator, Options};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// No program takes longer, whatever goes wrong.
pub(crate) const BOUND: Duration = Duration::from_mins(2);

/// Where an example of this package was built: `target/<profile>/examples`, beside the `deps` that this test is in.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = profile.join("examples").join(file);
    let package = env!("CARGO_PKG_NAME");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let written = std::fs::metadata(folder.join(name).with_extension("rs"));
    let written = written.and_then(|source| source.modified()).unwrap();

    let when = std::fs::metadata(&program).and_then(|program| program.modified());
    assert!(
        when.is_ok_and(|built| built >= written),
        "the example {name} is not built, or not since it was last changed; `cargo nextest run -p {package}` and \
         `cargo test -p {package}` build it, and so does `cargo build -p {package} --examples`",
    );
    program
}

/// The example, ready to be started against that base address, with no key in its environment.
pub(crate) fn example(name: &str, base_url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(built(name));
    command
        .args(["--base-url", base_url])
        .args(arguments)
        .env_remove("AIMLAPI_API_KEY")
        .env_remove("APIIN_API_KEY")
        .env_remove("INFERENCE_API_KEY")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// What a program printed, once it has ended.
pub(crate) async fn ended(mut command: Command) -> Output {
    let output = command.output();
    tokio::time::timeout(BOUND, output).await.unwrap().unwrap()
}

/// What a program printed, once it has ended well.
pub(crate) async fn printed(command: Command) -> String {
    let output = ended(command).await;
    let told = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{errors}");
    told
}

/// Starts a program, waits for the first line that begins so, and kills it.
pub(crate) async fn killed_after(mut command: Command, start: &str) -> String {
    let mut child: Child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.starts_with(start) {
                return line;
            }
        }
        unreachable!("it ended without a line that starts with {start}");
    };
    let line = tokio::time::timeout(BOUND, found).await.unwrap();
    let is_still_running = child.try_wait().unwrap().is_none();
    assert!(is_still_running, "it ended before it could be killed");
    child.kill().await.unwrap();
    line
}

pub(crate) async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

/// How many submissions were paid for.
pub(crate) fn charges(emulator: &Emulator) -> usize {
    let charges = emulator.world().ledger.list();
    charges.iter().filter(|charge| charge.billed).count()
}

/// A server that speaks no TLS, for clients that expect it: its https address.
pub(crate) fn no_tls() -> String {
    use std::io::Write as _;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.write_all(b"this is not TLS at all\r\n").ok();
        }
    });
    format!("https://{address}")
}
