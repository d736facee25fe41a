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

use kling_core::ModelInfo;

use crate::Subject;
use crate::bench::Bench;
use crate::verdict::Verdict;

/// A law: what it is called, and how it is judged.
pub(crate) struct Law {
    pub(crate) name: &'static str,
    /// What a model must have for this law to be about it.
    pub(crate) about: Option<About>,
    pub(crate) judge: for<'a> fn(&'a Bench) -> Judgement<'a>,
}

/// What models a law is about, as far as that is known before anything is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// Those that answer a submission with a task.
    Tasks,
    /// Those that answer a submission with the result.
    Results,
    /// Those whose tasks can be cancelled.
    Cancelling,
    /// Those whose submissions can be looked for.
    Finding,
    /// Those of which the provider states the price.
    StatedPrices,
}

impl About {
    /// Why a law about these is not about this model, in words that follow "ignored: ".
    pub(crate) fn leaves_out(
        self,
        subject: &dyn Subject,
        model: &ModelInfo,
    ) -> Option<&'static str> {
        let recovery = model.capability.recovery;
        let at_once = subject.answers_at_once(model);
        match self {
            Self::Tasks if at_once => {
                Some("the model answers a submission with its result: there is no task")
            }
            Self::Results if !at_once => Some("the model answers a submission with a task"),
            Self::Cancelling if !recovery.cancel => {
                Some("the capability does not claim that a task can be cancelled")
            }
            Self::Finding if !recovery.find => {
                Some("the capability does not claim that a submission can be looked for")
            }
            Self::StatedPrices if !model.price.is_some_and(|price| price.stated) => {
                Some("the price of this model is not stated as exact")
            }
            Self::Tasks | Self::Results | Self::Cancelling | Self::Finding | Self::StatedPrices => {
                None
            }
        }
    }
}

/// A law at work. It stays on its thread.
pub(crate) type Judgement<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

macro_rules! laws {
    ($($group:ident::$name:ident $(of $about:ident)?),+ $(,)?) => {
        /// All of them.
        pub(crate) const LAWS: &[Law] = &[
            $(Law {
                name: concat!(stringify!($group), "::", stringify!($name)),
                about: [$(Some(About::$about),)? None][0],
                judge: |bench| Box::pin($group::$name(bench)),
            }),+
        ];
    };
}

laws![
    submit::a_handle_survives_text_and_a_fresh_instance of Tasks,
    submit::a_synchronous_model_answers_with_the_result of Results,
    submit::one_submission_is_one_charge,
    submit::the_largest_request_is_taken,
    submit::the_same_key_again_is_found_or_charged_and_never_hidden,
    submit::a_refused_connection_is_retryable_and_free,
    submit::a_dropped_connection_leaves_open_whether_work_began,
    submit::a_server_error_leaves_open_whether_work_began,
    submit::a_hanging_vendor_is_left_in_time,
    senseless::an_answer_to_a_submission_is_no_refusal,
    any_json::in_answer_to_a_submission_is_classified,
    any_json::in_answer_to_a_look_is_classified of Tasks,
    any_json::in_answer_to_a_wish_to_cancel_is_classified of Cancelling,
    any_json::in_answer_to_a_search_is_classified of Finding,
    any_json::in_answer_about_the_balance_is_classified,
    any_json::in_a_stream_does_no_harm of Tasks,
    refusal::a_rate_limit_carries_its_wait,
    refusal::a_refused_key_is_unauthorized,
    refusal::an_empty_account_is_out_of_funds,
    refusal::a_bad_request_is_declined,
    check::nothing_outside_the_capability_reaches_the_wire,
    check::whatever_fits_is_taken,
    poll::an_unheard_of_state_counts_as_running of Tasks,
    poll::a_terminal_state_stays of Tasks,
    poll::a_success_without_media_is_an_error,
    poll::a_failed_task_is_a_status of Tasks,
    poll::a_moderated_task_is_a_status of Tasks,
    poll::a_missing_task_is_gone of Tasks,
    poll::a_task_that_shows_late_is_waited_for of Tasks,
    poll::a_foreign_handle_is_refused,
    poll::a_handle_from_the_future_is_refused of Tasks,
    poll::a_look_that_fails_does_not_end_the_task of Tasks,
    senseless::an_answer_to_a_look_is_no_result of Tasks,
    watch::events_come_in_order_and_end_with_the_task of Tasks,
    watch::a_broken_stream_is_not_the_end_of_the_task of Tasks,
    watch::a_task_that_shows_late_is_waited_for of Tasks,
    watch::whoever_stops_watching_cancels_nothing of Tasks,
    time::a_hanging_look_is_left_in_time of Tasks,
    time::a_hanging_wish_to_cancel_is_left_in_time of Cancelling,
    time::a_hanging_search_is_left_in_time of Finding,
    time::a_hanging_question_for_the_balance_is_left_in_time,
    time::a_stream_that_never_begins_is_left_in_time of Tasks,
    cancel::a_task_ends_or_it_is_unsupported,
    cancel::a_finished_task_is_too_late of Cancelling,
    find::a_lost_submission_is_found_or_it_is_unsupported,
    find::what_was_never_submitted_is_not_found of Finding,
    cost::what_is_reported_is_what_was_charged,
    cost::an_exact_estimate_is_exact of StatedPrices,
    cost::a_failed_task_reports_what_was_charged of Tasks,
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
