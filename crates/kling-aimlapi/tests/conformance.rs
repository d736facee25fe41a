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
    ignored: &[
        // The vendor has no stream.
        "any_json::in_a_stream_does_no_harm",
        "time::a_stream_that_never_begins_is_left_in_time",
        "watch::a_broken_stream_is_not_the_end_of_the_task",
        "watch::a_task_that_shows_late_is_waited_for",
        "watch::events_come_in_order_and_end_with_the_task",
        "watch::whoever_stops_watching_cancels_nothing",
        // Pictures come at once: there is no task.
        "any_json::in_answer_to_a_look_is_classified::klingai/image-o1",
        "cost::a_failed_task_reports_what_was_charged::klingai/image-o1",
        "poll::a_failed_task_is_a_status::klingai/image-o1",
        "poll::a_handle_from_the_future_is_refused::klingai/image-o1",
        "poll::a_look_that_fails_does_not_end_the_task::klingai/image-o1",
        "poll::a_missing_task_is_gone::klingai/image-o1",
        "poll::a_moderated_task_is_a_status::klingai/image-o1",
        "poll::a_task_that_shows_late_is_waited_for::klingai/image-o1",
        "poll::a_terminal_state_stays::klingai/image-o1",
        "poll::an_unheard_of_state_counts_as_running::klingai/image-o1",
        "senseless::an_answer_to_a_look_is_no_result::klingai/image-o1",
        "submit::a_handle_survives_text_and_a_fresh_instance::klingai/image-o1",
        "time::a_hanging_look_is_left_in_time::klingai/image-o1",
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
        "submit::a_synchronous_model_answers_with_the_result::klingai/video-o1-image-to-video",
        "submit::a_synchronous_model_answers_with_the_result::klingai/video-o1-reference-to-video",
        "submit::a_synchronous_model_answers_with_the_result::klingai/video-o1-video-to-video-edit",
        "submit::a_synchronous_model_answers_with_the_result::klingai/video-o1-video-to-video-reference",
    ],
};

fn client(base: &str, timeout: Duration, grace: Duration) -> Arc<dyn Provider> {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    config.image_urls_required = false;
    config.unknown_task_grace = grace;
    Arc::new(AimlApi::new(config, Secret::new(KEY).unwrap()).unwrap())
}

fn main() -> ExitCode {
    kling_conformance::run(SUBJECT)
}
