//! The laws of a provider, kept by this one against the emulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test program: its constants are addresses and keys"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kling_aimlapi::{AimlApi, Config};
use kling_conformance::Call;
use kling_core::{MediaKind, Provider, Secret};
use kling_emulated::{Emulated, Wire};
use kling_emulator::Options;
use kling_emulator::aimlapi::VENDOR;
use kling_http::Url;

const KEY: &str = "sk-very-private-0815";

/// The vendor under test, and how its client is set up.
pub(crate) const SUBJECT: Emulated = Emulated {
    vendor: VENDOR,
    options: || Options {
        aimlapi_lenient: true,
        ..Options::default()
    },
    client,
    secrets: &[KEY],
    answers_at_once: |model| model.operation().output() == MediaKind::Image,
    wire: Wire {
        calls: &[
            (
                Call::Submission,
                "POST /v",
                r#"{"id":"n1","status":"queued","data":[{"url":"https://files.example.com/a.png","b64_json":null}],"video":{"url":"https://files.example.com/a.mp4"},"error":{"name":"E","message":"no"},"meta":{"usage":{"credits_used":58800,"usd_spent":0.0294}}}"#,
            ),
            (
                Call::Look,
                "GET /v2/video",
                r#"{"id":"n1","status":"completed","video":{"url":"https://files.example.com/a.mp4"},"error":{"name":"E","message":"no","data":{"kind":"k"}},"meta":{"usage":{"credits_used":1176000,"usd_spent":0.588}}}"#,
            ),
            (
                Call::Balance,
                "GET /v2/billing",
                r#"{"current_balance":12.5,"currency":"USD"}"#,
            ),
        ],
        unheard: r#"{"id":"n1","status":"simmering"}"#,
        bad_request: r#"{"statusCode":400,"message":"Bad Request","error":{"message":"no","name":"BadRequest"}}"#,
        fails: "upstream went away",
        moderated: "content policy violation",
    },
};

fn client(base: &str, timeout: Duration) -> Arc<dyn Provider> {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    config.image_urls_required = false;
    // A video that is not known is to be gone at once.
    config.unknown_task_grace = Duration::ZERO;
    Arc::new(AimlApi::new(config, Secret::new(KEY).unwrap()).unwrap())
}

fn main() -> ExitCode {
    kling_conformance::run(SUBJECT)
}
