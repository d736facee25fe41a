//! Every law by its name.

mod any_json;
mod cancel;
mod check;
mod cost;
mod find;
mod poll;
mod refusal;
mod senseless;
mod submit;
mod time;
mod watch;

use std::future::Future;
use std::pin::Pin;

use crate::bench::Bench;
use crate::verdict::Verdict;

/// A law: what it is called, and how it is judged.
pub(crate) struct Law {
    pub(crate) name: &'static str,
    pub(crate) judge: for<'a> fn(&'a Bench) -> Judgement<'a>,
}

/// A law at work. It stays on its thread.
pub(crate) type Judgement<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

macro_rules! laws {
    ($($group:ident::$name:ident),+ $(,)?) => {
        /// All of them.
        pub(crate) const LAWS: &[Law] = &[
            $(Law {
                name: concat!(stringify!($group), "::", stringify!($name)),
                judge: |bench| Box::pin($group::$name(bench)),
            }),+
        ];
    };
}

laws![
    submit::a_handle_survives_text_and_a_fresh_instance,
    submit::a_synchronous_model_answers_with_the_result,
    submit::one_submission_is_one_charge,
    submit::the_largest_request_is_taken,
    submit::the_same_key_again_is_found_or_charged_and_never_hidden,
    submit::a_refused_connection_is_retryable_and_free,
    submit::a_dropped_connection_leaves_open_whether_work_began,
    submit::a_server_error_leaves_open_whether_work_began,
    submit::a_hanging_vendor_is_left_in_time,
    senseless::an_answer_to_a_submission_is_no_refusal,
    any_json::in_answer_to_a_submission_is_classified,
    any_json::in_answer_to_a_look_is_classified,
    any_json::in_answer_to_a_wish_to_cancel_is_classified,
    any_json::in_answer_to_a_search_is_classified,
    any_json::in_answer_about_the_balance_is_classified,
    any_json::in_a_stream_does_no_harm,
    refusal::a_rate_limit_carries_its_wait,
    refusal::a_refused_key_is_unauthorized,
    refusal::an_empty_account_is_out_of_funds,
    refusal::a_bad_request_is_declined,
    check::nothing_outside_the_capability_reaches_the_wire,
    check::whatever_fits_is_taken,
    poll::an_unheard_of_state_counts_as_running,
    poll::a_terminal_state_stays,
    poll::a_success_without_media_is_an_error,
    poll::a_failed_task_is_a_status,
    poll::a_moderated_task_is_a_status,
    poll::a_missing_task_is_gone,
    poll::a_foreign_handle_is_refused,
    poll::a_look_that_fails_does_not_end_the_task,
    senseless::an_answer_to_a_look_is_no_result,
    watch::events_come_in_order_and_end_with_the_task,
    watch::a_broken_stream_is_not_the_end_of_the_task,
    watch::whoever_stops_watching_cancels_nothing,
    time::a_hanging_look_is_left_in_time,
    time::a_hanging_wish_to_cancel_is_left_in_time,
    time::a_hanging_search_is_left_in_time,
    time::a_hanging_question_for_the_balance_is_left_in_time,
    time::a_stream_that_never_begins_is_left_in_time,
    cancel::a_task_ends_or_it_is_unsupported,
    cancel::a_finished_task_is_too_late,
    find::a_lost_submission_is_found_or_it_is_unsupported,
    find::what_was_never_submitted_is_not_found,
    cost::what_is_reported_is_what_was_charged,
    cost::an_exact_estimate_is_exact,
    cost::a_failed_task_reports_what_was_charged,
    secrets::nothing_shows_in_a_whole_life,
];

mod secrets {
    //! The law that is judged after every other, once more over what every task goes through.

    use crate::bench::Bench;
    use crate::verdict::Verdict;

    /// The smallest request, to its end; the transcript is searched afterwards, as always.
    pub(crate) async fn nothing_shows_in_a_whole_life(bench: &Bench) -> Verdict {
        bench.result_of(&bench.minimal()?).await?;
        bench.nothing_leaked()
    }
}
