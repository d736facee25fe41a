//! The ledger: what is held, paid, and perhaps paid.

use kling_core::{Cost, CostSource};

use super::fixture::{
    House, cents, cost, delivered, ended, failed, finished, intent, lost, notice_shown, started,
    way_to, wish,
};
use crate::{Ending, Event, Job, LedgerKind, LedgerSource, Reason, Stage};

const HELD: (LedgerKind, i64, u32) = (LedgerKind::Reservation, 10, 0);
const FREED: (LedgerKind, i64, u32) = (LedgerKind::Release, 10, 0);

async fn check(house: &House, job: &Job, expected: &[(LedgerKind, i64, u32)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, amount, attempt)| (*kind, Some(cents(*amount)), *attempt))
        .collect();
    assert_eq!(house.ledger(job).await, expected);
}

pub(super) async fn a_reservation_is_held_until_the_cost_is_known(mut house: House) {
    house.limits.deployment.spend_per_day = Some(cents(19));
    let job = house.accept("ann").await;
    check(&house, &job, &[HELD]).await;
    let job = house.through(job, way_to(Stage::Running)).await;
    House::refused(house.ask(wish("bob")).await);

    let job = house.advance(&job, finished(Some(cost(9)))).await;

    check(&house, &job, &[HELD, (LedgerKind::Settlement, 9, 1), FREED]).await;
    assert_eq!(job.cost, Some(cents(9)));
    house.accept("bob").await;
}

pub(super) async fn a_cost_is_settled_once_however_often_it_is_told(house: House) {
    let job = house.accept("ann").await;
    let way = [way_to(Stage::Running), vec![finished(Some(cost(9)))]].concat();
    let job = house.through(job, way).await;

    let job = house.advance(&job, finished(Some(cost(12)))).await;
    let gone = Ending::Failed {
        reason: Reason::new("result-gone"),
    };
    let job = house
        .advance(&job, ended(gone.clone(), Some(cost(9))))
        .await;
    let job = house.advance(&job, delivered(gone)).await;

    check(&house, &job, &[HELD, (LedgerKind::Settlement, 9, 1), FREED]).await;
    assert_eq!(job.cost, Some(cents(9)));
}

pub(super) async fn a_failure_before_a_submission_frees_its_reservation(mut house: House) {
    house.limits.deployment.spend_per_day = Some(cents(10));
    for stage in [Stage::Accepted, Stage::Collected] {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(stage)).await;

        let job = house.advance(&job, ended(failed(), None)).await;

        check(&house, &job, &[HELD, FREED]).await;
        assert_eq!(job.cost, None);
    }
}

pub(super) async fn a_failure_that_cost_nothing_is_settled_at_nothing(mut house: House) {
    house.limits.deployment.spend_per_day = Some(cents(10));
    for stage in [Stage::Submitting, Stage::Running] {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(stage)).await;

        let job = house.advance(&job, ended(failed(), Some(cost(0)))).await;

        check(&house, &job, &[HELD, (LedgerKind::Settlement, 0, 1), FREED]).await;
        assert_eq!(job.cost, Some(cents(0)));
    }
}

pub(super) async fn a_failure_whose_cost_nobody_knows_may_have_been_charged(house: House) {
    for stage in [Stage::Submitting, Stage::Submitted, Stage::Running] {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(stage)).await;

        let job = house.advance(&job, ended(failed(), None)).await;

        check(
            &house,
            &job,
            &[HELD, (LedgerKind::Unconfirmed, 10, 1), FREED],
        )
        .await;
        assert_eq!(job.cost, None);
    }
}

pub(super) async fn a_failure_that_was_charged_is_settled(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Running)).await;
    let computed = Cost {
        amount: cents(8),
        source: CostSource::Computed,
    };

    let job = house.advance(&job, ended(failed(), Some(computed))).await;

    check(&house, &job, &[HELD, (LedgerKind::Settlement, 8, 1), FREED]).await;
    let settlement = house.store.ledger(&job.id).await.unwrap()[1];
    assert_eq!(settlement.source, LedgerSource::Computed);
    assert_eq!(job.cost, Some(cents(8)));
}

pub(super) async fn a_lost_submission_that_is_given_up_stays_in_the_ledger_as_unconfirmed(
    mut house: House,
) {
    house.limits.deployment.spend_per_day = Some(cents(19));
    let job = house.accept("ann").await;
    let way = [way_to(Stage::Unconfirmed), vec![notice_shown()]].concat();
    let job = house.through(job, way).await;
    check(&house, &job, &[HELD]).await;
    let given_up = Ending::Failed {
        reason: Reason::new("given-up"),
    };

    let job = house.advance(&job, ended(given_up, None)).await;

    check(
        &house,
        &job,
        &[HELD, (LedgerKind::Unconfirmed, 10, 1), FREED],
    )
    .await;
    assert_eq!(job.cost, None);
    House::refused(house.ask(wish("bob")).await);
}

pub(super) async fn trying_again_keeps_both_submissions_apart(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Unconfirmed)).await;

    let way = [
        Event::TryAgain,
        intent(),
        started(),
        finished(Some(cost(9))),
    ];
    let job = house.through(job, way).await;

    assert_eq!(job.attempt, 2);
    check(
        &house,
        &job,
        &[
            HELD,
            (LedgerKind::Unconfirmed, 10, 1),
            (LedgerKind::Settlement, 9, 2),
            FREED,
        ],
    )
    .await;
}

pub(super) async fn an_adopted_task_is_settled_and_not_doubted(house: House) {
    let job = house.accept("ann").await;
    let way = [
        Event::Collected,
        intent(),
        lost(),
        notice_shown(),
        started(),
        finished(Some(cost(9))),
        ended(Ending::Expired, None),
    ];

    let job = house.through(job, way).await;

    check(&house, &job, &[HELD, (LedgerKind::Settlement, 9, 1), FREED]).await;
}

pub(super) async fn a_cost_nobody_tells_is_settled_at_the_estimate_and_not_shown(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Running)).await;

    let job = house.advance(&job, finished(None)).await;

    check(
        &house,
        &job,
        &[HELD, (LedgerKind::Settlement, 10, 1), FREED],
    )
    .await;
    let settlement = house.store.ledger(&job.id).await.unwrap()[1];
    assert_eq!(settlement.source, LedgerSource::Estimated);
    assert_eq!(job.cost, None);
}

pub(super) async fn a_cancelled_task_that_may_have_been_charged_is_not_forgotten(house: House) {
    for (charged, doubt) in [(None, true), (Some(true), true), (Some(false), false)] {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(Stage::Running)).await;

        let job = house
            .advance(&job, ended(Ending::Cancelled { charged }, None))
            .await;

        let kinds: Vec<_> = house.ledger(&job).await.into_iter().map(|e| e.0).collect();
        assert_eq!(
            kinds.contains(&LedgerKind::Unconfirmed),
            doubt,
            "{charged:?}"
        );
    }
}

pub(super) async fn what_may_have_been_charged_before_is_never_said_to_have_cost_nothing(
    house: House,
) {
    let nothing = Some(cost(0));
    let doubt = (LedgerKind::Unconfirmed, 10, 1);
    let again = [way_to(Stage::Unconfirmed), vec![Event::TryAgain]].concat();

    let job = house.accept("ann").await;
    let job = house.through(job, again.clone()).await;
    assert!(job.in_doubt);
    let job = house.advance(&job, ended(failed(), nothing)).await;

    check(&house, &job, &[HELD, doubt, FREED]).await;
    assert_eq!(job.cost, None);

    let job = house.accept("ann").await;
    let job = house.through(job, again).await;
    let job = house
        .through(job, [intent(), ended(failed(), nothing)])
        .await;

    let declined = (LedgerKind::Settlement, 0, 2);
    check(&house, &job, &[HELD, doubt, declined, FREED]).await;
    assert_eq!(job.cost, None);
}

pub(super) async fn a_submission_that_the_provider_disproves_is_not_doubted(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Unconfirmed)).await;

    let way = [
        Event::NotSent { why: "not-found" },
        intent(),
        started(),
        finished(Some(cost(9))),
    ];
    let job = house.through(job, way).await;

    check(&house, &job, &[HELD, (LedgerKind::Settlement, 9, 2), FREED]).await;
    assert!(!job.in_doubt);
}

pub(super) async fn a_notice_that_cannot_be_delivered_leaves_the_doubt_in_the_ledger(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Unconfirmed)).await;

    let reason = Reason::new("undeliverable");
    let job = house.advance(&job, Event::Undeliverable { reason }).await;

    assert_eq!((job.stage, job.cost), (Stage::Failed, None));
    check(
        &house,
        &job,
        &[HELD, (LedgerKind::Unconfirmed, 10, 1), FREED],
    )
    .await;
}

pub(super) async fn what_may_have_been_spent_leaves_the_budget_like_what_was(mut house: House) {
    house.limits.deployment.spend_per_day = Some(cents(10));
    let job = house.accept("ann").await;
    let way = [way_to(Stage::Unconfirmed), vec![notice_shown()]].concat();
    house.through(job, way).await;
    House::refused(house.ask(wish("bob")).await);

    house.clock.advance(std::time::Duration::from_hours(24));

    house.accept("bob").await;
}
