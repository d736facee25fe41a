//! What every store does, written over a factory, so that each kind of store runs the same suite.

mod admission;
mod claims;
#[path = "../../tests/engine/cluster.rs"]
mod cluster;
mod durability;
mod enforced;
mod files;
mod fixture;
mod money;
mod moving;
mod queue;
mod recorded;
mod replicas;
mod rules;
mod totals;
mod transitions;
mod upgrades;

/// One test for each behaviour, on one kind of store.
macro_rules! suite {
    ($ground:ty) => {
        suite! { $ground:
            admission::a_repeated_command_is_the_same_job,
            admission::a_refusal_tells_every_reason_and_writes_nothing,
            admission::a_job_at_its_end_or_waiting_for_a_choice_is_not_open,
            admission::the_quota_of_a_day_is_free_again_when_it_says_so,
            admission::budgets_count_each_in_their_own_scope,
            admission::the_budget_of_a_day_has_room_again_when_it_says_so,
            admission::an_unknown_price_is_held_as_unknown_and_not_as_nothing,
            admission::a_job_taken_back_is_never_submitted_and_counts_for_nothing,
            admission::a_submitted_job_cannot_be_taken_back,
            admission::a_job_is_read_back_as_it_was_accepted,
            claims::a_claim_takes_only_due_work_of_its_kind,
            claims::a_claim_takes_only_what_it_can_serve,
            claims::two_claims_never_take_the_same_job,
            claims::a_lease_that_ran_out_lets_the_next_one_in_and_the_old_holder_writes_nothing,
            claims::a_renewed_lease_holds_on,
            claims::a_job_put_off_comes_back_when_it_is_due,
            claims::a_step_that_went_well_forgets_the_tries_before_it,
            claims::a_wish_to_cancel_wakes_a_job_and_leaves_it_with_its_holder,
            claims::a_wish_to_cancel_outlives_being_put_off,
            claims::what_cannot_be_cancelled_says_so,
            claims::the_next_due_moment_is_known,
            claims::an_unconfirmed_job_is_claimed_by_name_and_by_one_only,
            claims::a_bell_rung_between_looking_and_waiting_is_heard,
            files::a_file_is_written_down_once_and_only_by_the_holder,
            files::forgotten_files_are_those_that_no_other_job_refers_to,
            files::inline_results_come_back_whole_until_the_archive_has_them,
            money::a_reservation_is_held_until_the_cost_is_known,
            money::a_cost_is_settled_once_however_often_it_is_told,
            money::a_failure_before_a_submission_frees_its_reservation,
            money::a_failure_that_cost_nothing_is_settled_at_nothing,
            money::a_failure_whose_cost_nobody_knows_may_have_been_charged,
            money::a_failure_that_was_charged_is_settled,
            money::a_lost_submission_that_is_given_up_stays_in_the_ledger_as_unconfirmed,
            money::trying_again_keeps_both_submissions_apart,
            money::an_adopted_task_is_settled_and_not_doubted,
            money::a_cost_nobody_tells_is_settled_at_the_estimate_and_not_shown,
            money::what_may_have_been_charged_before_is_never_said_to_have_cost_nothing,
            money::a_submission_that_the_provider_disproves_is_not_doubted,
            money::a_notice_that_cannot_be_delivered_leaves_the_doubt_in_the_ledger,
            money::what_may_have_been_spent_leaves_the_budget_like_what_was,
            money::a_cancelled_task_that_may_have_been_charged_is_not_forgotten,
            queue::nobodys_second_job_goes_before_somebody_elses_first,
            queue::nobody_saves_up_turns_by_staying_away,
            queue::the_place_in_the_queue_counts_what_is_in_front,
            queue::lists_show_what_they_promise,
            queue::jobs_nobody_decided_about_are_found,
            queue::stages_are_counted,
            rules::a_change_of_rules_is_written_down_with_who_made_it,
            rules::a_job_is_never_decided_by_rules_that_have_changed,
            rules::every_scope_has_quotas_and_budgets_of_its_own,
            rules::a_quota_of_many_has_room_again_when_it_says_so,
            rules::the_budget_of_a_month_has_room_again_when_it_says_so,
            rules::a_job_whose_price_nobody_knows_passes_no_budget_unless_it_is_let,
            rules::spending_is_told_by_whom_and_the_unknown_as_unknown,
            rules::every_movement_of_money_has_two_sides,
            rules::estimates_are_compared_with_what_was_told,
            transitions::every_stage_obeys_the_table_on_every_event,
            transitions::a_transition_writes_what_the_next_loop_needs,
            transitions::a_choice_to_try_again_begins_the_wait_anew_and_voids_older_wishes,
            transitions::an_old_epoch_never_writes,
            transitions::an_ended_job_keeps_no_signed_address,
            transitions::a_status_message_is_written_down_once,
        }
    };
    ($ground:ty: $($module:ident :: $behaviour:ident,)*) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                super::$module::$behaviour(super::fixture::House::on::<$ground>().await).await;
            }
        )*
    };
}

mod on_sqlite {
    suite! { super::fixture::SqliteFile }
}

mod on_postgres {
    suite! { super::fixture::PostgresDatabase }
}
