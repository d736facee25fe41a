//! The gate: once, within limits, and with every reason told.

use std::time::Duration;

use kling_core::{Estimate, Money};

use super::fixture::{
    House, cents, cost, ended, failed, finished, intent, lost, notice_shown, started, way_to, wish,
};
use crate::{
    Admission, Caps, Event, Job, LedgerKind, LedgerSource, Limits, Reason, Stage, UnknownPrice,
    Work,
};

pub(super) async fn a_repeated_command_is_the_same_job(house: House) {
    let first = wish("ann");
    let job = House::accepted(house.ask(first.clone()).await);

    let again = house.ask(first).await;

    let Admission::Duplicate { job: same } = again else {
        panic!("accepted twice");
    };
    assert_eq!(same.id, job.id);
    assert_eq!(house.claim(Work::Collect, 10).await.len(), 1);
}

pub(super) async fn a_refusal_tells_every_reason_and_writes_nothing(mut house: House) {
    house.limits = Limits {
        requester: Caps {
            open_jobs: Some(1),
            jobs_per_day: Some(1),
            spend_per_day: Some(cents(15)),
            ..Caps::default()
        },
        workspace: Caps {
            spend_per_day: Some(cents(16)),
            ..Caps::default()
        },
        deployment: Caps {
            spend_per_day: Some(cents(17)),
            ..Caps::default()
        },
        ..Limits::default()
    };
    let first = house.accept("ann").await;
    let again = wish("ann");

    let reasons = House::refused(house.ask(again.clone()).await);

    let budget = |code: &'static str, limit: Money| {
        Reason::new(code)
            .with("limit", limit)
            .with("used", cents(10))
            .with("left", limit - cents(10))
            .with("window", "day")
            .with("estimate", cents(10))
    };
    assert_eq!(
        reasons,
        [
            Reason::new("quota-open-jobs")
                .with("scope", "requester")
                .with("limit", 1)
                .with("used", 1),
            Reason::new("quota-window")
                .with("scope", "requester")
                .with("limit", 1)
                .with("used", 1)
                .with("until", first.created_at.as_seconds() + 86_401),
            budget("budget-requester", cents(15)),
            budget("budget-workspace", cents(16)),
            budget("budget-deployment", cents(17)),
        ]
    );
    house.limits = Limits::default();
    House::accepted(house.ask(again).await);
}

pub(super) async fn a_job_at_its_end_or_waiting_for_a_choice_is_not_open(mut house: House) {
    house.limits.requester.open_jobs = Some(1);
    let ended_job = house.accept("ann").await;
    house.through(ended_job, way_to(Stage::Delivered)).await;

    let unconfirmed = house.accept("ann").await;
    let unconfirmed = house.through(unconfirmed, way_to(Stage::Unconfirmed)).await;
    House::refused(house.ask(wish("ann")).await);
    house.advance(&unconfirmed, notice_shown()).await;

    house.accept("ann").await;
    House::refused(house.ask(wish("ann")).await);
    house.accept("bob").await;
}

pub(super) async fn the_quota_of_a_day_is_free_again_when_it_says_so(mut house: House) {
    house.limits.requester.jobs_per_day = Some(2);
    house.accept("ann").await;
    house.clock.advance(Duration::from_hours(1));
    house.accept("ann").await;
    let reasons = House::refused(house.ask(wish("ann")).await);
    let until: i64 = reasons[0].args["until"].parse().unwrap();

    house.clock.advance(just_before(&house, until));
    House::refused(house.ask(wish("ann")).await);
    house.clock.advance(Duration::from_secs(2));

    house.accept("ann").await;
}

pub(super) async fn budgets_count_each_in_their_own_scope(mut house: House) {
    house.limits.requester.spend_per_day = Some(cents(20));
    house.limits.workspace.spend_per_day = Some(cents(30));
    house.limits.deployment.spend_per_day = Some(cents(40));
    house.accept("ann").await;
    house.accept("ann").await;
    let codes = |admission| -> Vec<String> {
        House::refused(admission)
            .into_iter()
            .map(|reason| reason.code.into_owned())
            .collect()
    };

    assert_eq!(codes(house.ask(wish("ann")).await), ["budget-requester"]);
    house.accept("bob").await;
    assert_eq!(codes(house.ask(wish("cec")).await), ["budget-workspace"]);
    let mut elsewhere = wish("cec");
    elsewhere.requester.workspace = None;
    House::accepted(house.ask(elsewhere.clone()).await);
    elsewhere.dedupe_key = "another".to_owned();
    assert_eq!(codes(house.ask(elsewhere).await), ["budget-deployment"]);
}

pub(super) async fn the_budget_of_a_day_has_room_again_when_it_says_so(mut house: House) {
    house.limits.requester.spend_per_day = Some(cents(25));
    for _ in 0..2 {
        let job = house.accept("ann").await;
        let way = [
            Event::Collected,
            intent(),
            started(),
            finished(Some(cost(9))),
        ];
        house.through(job, way).await;
        house.clock.advance(Duration::from_hours(1));
    }
    let reasons = House::refused(house.ask(wish("ann")).await);
    assert_eq!(reasons[0].args["used"], "$0.18");
    let until: i64 = reasons[0].args["until"].parse().unwrap();

    house.clock.advance(just_before(&house, until));
    House::refused(house.ask(wish("ann")).await);
    house.clock.advance(Duration::from_secs(2));

    house.accept("ann").await;
}

pub(super) async fn an_unknown_price_is_held_as_unknown_and_not_as_nothing(mut house: House) {
    house.limits.deployment.spend_per_day = Some(cents(10));
    house.limits.unknown_price = UnknownPrice::Allow;
    let mut unknown = wish("ann");
    unknown.estimate = Estimate::Unknown;

    let job = House::accepted(house.ask(unknown.clone()).await);

    assert_eq!(job.estimate, Estimate::Unknown);
    let entry = house.store.ledger(&job.id).await.unwrap()[0];
    assert_eq!(entry.kind, LedgerKind::Reservation);
    assert_eq!(entry.amount, None);
    assert_eq!(entry.source, LedgerSource::Unknown);
    house.accept("bob").await;
    unknown.dedupe_key = "another".to_owned();
    let reasons = House::refused(house.ask(unknown).await);
    assert!(!reasons[0].args.contains_key("estimate"));
}

pub(super) async fn a_job_taken_back_is_never_submitted_and_counts_for_nothing(mut house: House) {
    house.limits = Limits {
        requester: Caps {
            open_jobs: Some(1),
            jobs_per_day: Some(1),
            spend_per_day: Some(cents(10)),
            ..Caps::default()
        },
        ..Limits::default()
    };
    let job = house.accept("ann").await;
    let held = house.claim(Work::Collect, 1).await.remove(0);

    assert!(house.store.withdraw(&job.id).await.unwrap());

    let late = house.store.advance(&held, Event::Collected, None).await;
    assert!(late.unwrap().is_none());
    let job = house.job(&job.id).await;
    assert_eq!(job.stage, Stage::Cancelled);
    assert!(job.finished_at.is_some());
    assert!(house.claim(Work::Deliver, 1).await.is_empty());
    assert!(!house.store.withdraw(&job.id).await.unwrap());
    house.accept("ann").await;
}

pub(super) async fn a_submitted_job_cannot_be_taken_back(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, [Event::Collected, intent()]).await;

    assert!(!house.store.withdraw(&job.id).await.unwrap());

    let job = house.advance(&job, lost()).await;
    assert!(!house.store.withdraw(&job.id).await.unwrap());
    let job = house.advance(&job, ended(failed(), None)).await;
    assert_eq!(job.stage, Stage::Delivering);
}

pub(super) async fn a_job_is_read_back_as_it_was_accepted(house: House) {
    let new = wish("ann");

    let accepted = House::accepted(house.ask(new.clone()).await);

    let read: Job = house.job(&accepted.id).await;
    assert_eq!(format!("{read:?}"), format!("{accepted:?}"));
    assert_eq!(read.request, new.request);
    assert_eq!(read.requester, new.requester);
    assert_eq!(read.reply_address, new.reply_address);
    assert_eq!(read.stage, Stage::Accepted);
    assert_eq!(read.created_at.as_millis(), house.now());
}

/// From now to two seconds before a moment that was rounded up to a whole second.
fn just_before(house: &House, until: i64) -> Duration {
    let millis = until * 1000 - house.now() - 2000;
    Duration::from_millis(u64::try_from(millis).unwrap())
}
