//! The laws of a provider, kept by this one against the emulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test program: its constants are addresses and keys"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kling_apiin::{Apiin, Config};
use kling_conformance::Call;
use kling_core::{Provider, Secret};
use kling_emulated::{Emulated, Wire};
use kling_emulator::Options;
use kling_emulator::apiin::VENDOR;
use kling_http::Url;

const KEY: &str = "aio_very-private-0815";

/// The vendor under test, and how its client is set up.
pub(crate) const SUBJECT: Emulated = Emulated {
    vendor: VENDOR,
    options: Options::default,
    client,
    secrets: &[KEY],
    answers_at_once: |_| false,
    wire: Wire {
        calls: &[
            (
                Call::Submission,
                "POST /images/generations",
                r#"{"code":200,"message":"success","data":{"task_id":"n1","status":"IN_PROGRESS"}}"#,
            ),
            (
                Call::Look,
                "GET /tasks/",
                r#"{"code":200,"message":"success","data":{"task_id":"n1","status":"COMPLETED","output":{"images":["https://files.example.com/a.png"]},"error":null}}"#,
            ),
        ],
        unheard: r#"{"code":200,"data":{"task_id":"n1","status":"SIMMERING"}}"#,
        bad_request: r#"{"error":{"code":400,"message":"Body validation error","type":"invalid_request"}}"#,
        fails: "Upstream went away",
        moderated: "Content policy violation",
    },
};

fn client(base: &str, timeout: Duration) -> Arc<dyn Provider> {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    config.multi_shot_images = 3;
    // A task that is not known is to be gone at once.
    config.unknown_task_grace = Duration::ZERO;
    Arc::new(Apiin::new(config, Secret::new(KEY).unwrap()).unwrap())
}

fn main() -> ExitCode {
    kling_conformance::run(SUBJECT)
}
