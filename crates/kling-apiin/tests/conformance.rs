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
    ignored: &[
        // The vendor has no stream.
        "any_json::in_a_stream_does_no_harm",
        "time::a_stream_that_never_begins_is_left_in_time",
        "watch::a_broken_stream_is_not_the_end_of_the_task",
        "watch::a_task_that_shows_late_is_waited_for",
        "watch::events_come_in_order_and_end_with_the_task",
        "watch::whoever_stops_watching_cancels_nothing",
        // The vendor does not tell what is left.
        "any_json::in_answer_about_the_balance_is_classified",
        "time::a_hanging_question_for_the_balance_is_left_in_time",
        // Nothing can be looked for by our key.
        "any_json::in_answer_to_a_search_is_classified",
        "find::what_was_never_submitted_is_not_found",
        "time::a_hanging_search_is_left_in_time",
        // Nothing can be cancelled.
        "any_json::in_answer_to_a_wish_to_cancel_is_classified",
        "cancel::a_finished_task_is_too_late",
        "time::a_hanging_wish_to_cancel_is_left_in_time",
        // Prices are approximate: the vendor does not state what it charges.
        "cost::an_exact_estimate_is_exact",
        // It answers with a task.
        "submit::a_synchronous_model_answers_with_the_result",
    ],
};

fn client(base: &str, timeout: Duration, grace: Duration) -> Arc<dyn Provider> {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    config.multi_shot_images = 3;
    config.unknown_task_grace = grace;
    Arc::new(Apiin::new(config, Secret::new(KEY).unwrap()).unwrap())
}

fn main() -> ExitCode {
    kling_conformance::run(SUBJECT)
}
