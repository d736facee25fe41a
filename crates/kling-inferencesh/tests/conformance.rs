//! The laws of a provider, kept by this one against the emulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test program: its constants are addresses and keys"
)]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kling_conformance::Call;
use kling_core::{Provider, Secret};
use kling_emulated::{Emulated, Wire};
use kling_emulator::Options;
use kling_emulator::inferencesh::VENDOR;
use kling_http::Url;
use kling_inferencesh::{Config, InferenceSh};

const KEY: &str = "inf_very-private_0815";

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
                "POST /apps/run",
                r#"{"data":{"id":"n1","status":1,"output":null,"error":"","webhook":"http://127.0.0.1:9/hook","created_at":"2026-01-15T10:30:00Z"},"messages":[{"level":"info","code":"c","message":"m","meta":{}}]}"#,
            ),
            (
                Call::Look,
                "GET /tasks/",
                r#"{"data":{"id":"n1","status":10,"output":{"image":"https://files.example.com/a.png","video":{"uri":"https://files.example.com/a.mp4"},"output_meta":{"outputs":[{"type":"image","count":1}]}},"error":"","logs":[]},"messages":[]}"#,
            ),
            (
                Call::Cancel,
                "/cancel",
                r#"{"data":{"id":"n1","status":12,"output":null,"error":""},"messages":[]}"#,
            ),
            (
                Call::Find,
                "POST /tasks/list",
                r#"{"data":{"items":[{"id":"n1","status":7,"webhook":"http://127.0.0.1:9/hook","metadata":{"nonce":"x"}}],"next_cursor":"","has_next":false,"total":1},"messages":[]}"#,
            ),
            (
                Call::Stream,
                "/stream",
                r#"{"data":{"id":"n1","status":7,"output":{"image":"https://files.example.com/a.png"}},"fields":["status","output"],"event":"delta","type":"heartbeat"}"#,
            ),
        ],
        unheard: r#"{"success":true,"status":200,"data":{"id":"n1","status":77}}"#,
        bad_request: r#"{"success":false,"status":400,"error":{"code":"bad_request","message":"no"}}"#,
        fails: "worker lost",
        moderated: "[1301] Failure to pass the risk control system",
    },
    ignored: &[
        // The vendor does not tell what is left.
        "any_json::in_answer_about_the_balance_is_classified",
        "time::a_hanging_question_for_the_balance_is_left_in_time",
        // The vendor does not tell what a failed task cost.
        "cost::a_failed_task_reports_what_was_charged",
        // Prices are approximate: the vendor does not state what it charges.
        "cost::an_exact_estimate_is_exact::klingai/video-o1",
        // It answers with a task.
        "submit::a_synchronous_model_answers_with_the_result",
    ],
};

fn client(base: &str, timeout: Duration, grace: Duration) -> Arc<dyn Provider> {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    // Nobody listens there; the address alone is what a lost submission is found by.
    config.webhook_base_url = Url::parse("http://127.0.0.1:9/hook").ok();
    config.absence_is_proof = true;
    config.unknown_task_grace = grace;
    // As short as it can be set: the laws break streams again and again.
    config.stream_reconnect_after = Config::TIMEOUTS.0;
    Arc::new(InferenceSh::new(config, Secret::new(KEY).unwrap()).unwrap())
}

fn main() -> ExitCode {
    kling_conformance::run(SUBJECT)
}
