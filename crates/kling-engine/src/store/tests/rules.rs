//! Rules that are changed while jobs are accepted, the books they are kept by, and what every scope counts.

use std::time::Duration;

use kling_core::{Cost, CostSource, Estimate, Money, Timestamp};

use super::fixture::{
    House, cents, cost, finished, intent, lost, notice_shown, started, way_to, wish,
};
use crate::{
    Admission, Caps, Edit, EngineError, Event, JobId, Limits, Reason, Span, SpendBy, Stage,
    UnknownPrice,
};

pub(super) fn edit(place: &str, key: &str, value: Option<&str>) -> Edit {
    Edit {
        place: place.parse().unwrap(),
        key: key.parse().unwrap(),
        value: value.map(str::to_owned),
    }
}

fn codes(admission: Admission) -> Vec<String> {
    let reasons = House::refused(admission).into_iter();
    reasons.map(|reason| reason.code.into_owned()).collect()
}

pub(super) async fn a_change_of_rules_is_written_down_with_who_made_it(house: House) {
    let first = edit("requester:chat:ann", "open-jobs", Some("3"));
    let both = [first.clone(), edit("deployment", "words", Some(r#"["x"]"#))];
    let store = &house.store;

    assert_eq!(store.policy().await.unwrap().version, 0);
    assert_eq!(store.change_policy("operator", &both).await.unwrap(), 1);
    assert_eq!(store.change_policy("operator", &both).await.unwrap(), 1);
    let gone = edit("requester:chat:ann", "open-jobs", None);
    assert_eq!(store.change_policy("chat:bob", &[gone]).await.unwrap(), 2);

    let policy = store.policy().await.unwrap();
    assert_eq!((policy.version, policy.settings.len()), (2, 1));
    let changes = store.policy_changes(None, 10).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            let said = (change.before.as_deref(), change.after.as_deref());
            (change.version, &*change.actor, &*change.key, said)
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, "chat:bob", "open-jobs", (Some("3"), None)),
            (1, "operator", "words", (None, Some(r#"["x"]"#))),
            (1, "operator", "open-jobs", (None, Some("3"))),
        ]
    );
    assert_eq!(changes[0].at.as_millis(), house.now());
    assert_eq!(store.policy_changes(Some(2), 10).await.unwrap().len(), 2);
}

pub(super) async fn a_job_is_never_decided_by_rules_that_have_changed(mut house: House) {
    let ask = async |house: &House, limits: &Limits| {
        let id = JobId::new(Timestamp::from_millis(house.now()));
        house.store.accept(id, wish("ann"), limits).await
    };
    let plain = Limits {
        version: Some(0),
        ..Limits::default()
    };
    let capped = Limits {
        deployment: Caps {
            open_jobs: Some(100),
            ..Caps::default()
        },
        ..plain.clone()
    };
    let against = Limits {
        against: vec![Reason::new("access-requester")],
        ..plain.clone()
    };
    for limits in [&plain, &capped] {
        House::accepted(ask(&house, limits).await.unwrap());
    }
    assert_eq!(
        codes(ask(&house, &against).await.unwrap()),
        ["access-requester"]
    );
    let change = [edit("deployment", "access", Some("deny"))];
    house
        .store
        .change_policy("operator", &change)
        .await
        .unwrap();

    for limits in [&plain, &capped, &against] {
        let stale = ask(&house, limits).await;
        assert!(matches!(stale, Err(EngineError::StaleRules)), "{stale:?}");
    }

    // What was accepted before is not asked for again.
    let again = wish("bob");
    house.limits = Limits::default();
    let job = House::accepted(house.ask(again.clone()).await);
    let id = JobId::new(Timestamp::from_millis(house.now()));
    let duplicate = house.store.accept(id, again, &against).await.unwrap();
    assert!(matches!(duplicate, Admission::Duplicate { job: same } if same.id == job.id));
}

pub(super) async fn every_scope_has_quotas_and_budgets_of_its_own(mut house: House) {
    let caps = [
        Caps {
            open_jobs: Some(1),
            ..Caps::default()
        },
        Caps {
            jobs_per_day: Some(1),
            ..Caps::default()
        },
        Caps {
            spend_per_day: Some(cents(15)),
            ..Caps::default()
        },
        Caps {
            spend_per_month: Some(cents(15)),
            ..Caps::default()
        },
    ];
    house.accept("ann").await;
    let elsewhere = |scope: &str| {
        let mut other = wish("bob");
        if scope != "deployment" {
            other.requester.workspace = Some("another".to_owned());
            other.requester.channel = "other".to_owned();
        }
        other
    };
    for caps in caps {
        for scope in ["requester", "channel", "workspace", "deployment"] {
            let mut limits = Limits::default();
            *match scope {
                "requester" => &mut limits.requester,
                "channel" => &mut limits.channel,
                "workspace" => &mut limits.workspace,
                _ => &mut limits.deployment,
            } = caps;
            house.limits = limits;
            let reasons = House::refused(house.ask(wish("ann")).await);
            assert_eq!(reasons.len(), 1, "{scope} {caps:?}");
            let (code, told) = (&*reasons[0].code, reasons[0].args.get("scope"));
            assert!(
                code.ends_with(scope) || told.is_some_and(|told| told == scope),
                "{code}"
            );
            let other = house.ask(elsewhere(scope)).await;
            if scope == "deployment" {
                assert_eq!(House::refused(other).len(), 1);
            } else {
                let job = House::accepted(other);
                assert!(house.store.withdraw(&job.id).await.unwrap());
            }
        }
    }
}

pub(super) async fn a_quota_of_many_has_room_again_when_it_says_so(mut house: House) {
    house.limits.channel.jobs_per_day = Some(2);
    house.accept("ann").await;
    let taken_back = house.accept("bob").await;
    house.store.withdraw(&taken_back.id).await.unwrap();
    house.clock.advance(Duration::from_hours(1));
    house.accept("cec").await;
    let reasons = House::refused(house.ask(wish("dan")).await);
    assert_eq!(reasons[0].args["used"], "2");
    let until: i64 = reasons[0].args["until"].parse().unwrap();
    let wait = |house: &House, to: i64| {
        let millis = u64::try_from(to - house.now()).unwrap();
        house.clock.advance(Duration::from_millis(millis));
    };

    // It is counted in pieces of ten minutes, and never let through early.
    assert!(until * 1000 - house.now() <= 23 * 3_600_000 + 600_000);
    wait(&house, until * 1000 - 2_000);
    House::refused(house.ask(wish("dan")).await);
    wait(&house, until * 1000);

    house.accept("dan").await;
    House::refused(house.ask(wish("eve")).await);
}

pub(super) async fn the_budget_of_a_month_has_room_again_when_it_says_so(mut house: House) {
    house.limits.workspace.spend_per_month = Some(cents(25));
    for _ in 0..2 {
        let job = house.accept("ann").await;
        let way = [
            Event::Collected,
            intent(),
            started(),
            finished(Some(cost(9))),
        ];
        house.through(job, way).await;
        house.clock.advance(Duration::from_hours(49));
    }
    house.limits.workspace.spend_per_day = Some(cents(10));
    let reasons = House::refused(house.ask(wish("bob")).await);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert_eq!(reasons[0].args["window"], "month");
    assert_eq!(reasons[0].args["used"], "$0.18");
    assert_eq!(reasons[0].args["left"], "$0.07");
    let until: i64 = reasons[0].args["until"].parse().unwrap();
    let wait = |house: &House, to: i64| {
        let millis = u64::try_from(to - house.now()).unwrap();
        house.clock.advance(Duration::from_millis(millis));
    };

    wait(&house, until * 1000 - 2_000);
    House::refused(house.ask(wish("bob")).await);
    wait(&house, until * 1000);

    house.accept("bob").await;
}

pub(super) async fn a_job_whose_price_nobody_knows_passes_no_budget_unless_it_is_let(
    mut house: House,
) {
    let mut unknown = wish("ann");
    unknown.estimate = Estimate::Unknown;
    house.limits.channel.spend_per_month = Some(cents(1_000));

    let reasons = House::refused(house.ask(unknown.clone()).await);
    let told = Reason::new("budget-unknown-price").with("provider", "acme");
    assert_eq!(reasons, [told]);

    house.limits.unknown_price = UnknownPrice::Allow;
    House::accepted(house.ask(unknown.clone()).await);
    house.limits = Limits::default();
    unknown.dedupe_key = "another".to_owned();
    House::accepted(house.ask(unknown).await);
}

pub(super) async fn spending_is_told_by_whom_and_the_unknown_as_unknown(house: House) {
    let begin = Timestamp::from_millis(house.now());
    let told = Some(Cost {
        amount: cents(9),
        source: CostSource::Reported,
    });
    let way = |cost| [Event::Collected, intent(), started(), finished(cost)];
    let ann = house.accept("ann").await;
    house.through(ann, way(told)).await;
    let untold = house.accept("ann").await;
    house.through(untold, way(None)).await;
    let mut unknown = wish("bob");
    unknown.requester.workspace = None;
    unknown.estimate = Estimate::Unknown;
    let unknown = House::accepted(house.ask(unknown).await);
    house.through(unknown, way(None)).await;
    let doubted = house.accept("cec").await;
    let doubted = house.through(doubted, way_to(Stage::Submitting)).await;
    house
        .through(doubted, [lost(), notice_shown(), Event::TryAgain])
        .await;
    house.accept("dan").await;
    let span = Span {
        from: begin,
        to: Timestamp::from_millis(house.now() + 1),
    };
    let spend = async |by| house.store.spend(by, span).await.unwrap();

    let people = spend(SpendBy::Requester).await;
    let names: Vec<_> = people.iter().map(|line| &*line.whose).collect();
    assert_eq!(names, ["ann", "cec", "bob"]);
    let ann = &people[0];
    assert_eq!((ann.of.as_deref(), ann.submissions), (Some("chat"), 2));
    assert_eq!(
        (ann.paid, ann.assumed, ann.unknown),
        (cents(19), cents(10), 0)
    );
    assert_eq!(
        (people[1].in_doubt, people[1].paid),
        (cents(10), Money::ZERO)
    );
    let bob = &people[2];
    assert_eq!(
        (bob.submissions, bob.paid, bob.unknown),
        (1, Money::ZERO, 1)
    );

    let workspaces = spend(SpendBy::Workspace).await;
    let names: Vec<_> = workspaces.iter().map(|line| &*line.whose).collect();
    assert_eq!(names, ["guild", ""]);
    assert_eq!(spend(SpendBy::Provider).await[0].paid, cents(19));
    assert_eq!(spend(SpendBy::Model).await[0].whose, "acme/image-1");
    assert_eq!(spend(SpendBy::Day).await[0].whose, "2023-11-14");
    let later = Span {
        from: span.to,
        to: span.to + Duration::from_secs(1),
    };
    assert!(
        house
            .store
            .spend(SpendBy::Day, later)
            .await
            .unwrap()
            .is_empty()
    );
}

pub(super) async fn every_movement_of_money_has_two_sides(house: House) {
    for stage in Stage::ALL {
        let job = house.accept("ann").await;
        house.through(job, way_to(stage)).await;
    }
    let balances = house.store.balances().await.unwrap();

    let sum: Money = balances.iter().map(|account| account.balance).sum();
    assert_eq!(sum, Money::ZERO);
    let of = |name: &str| {
        let account = balances.iter().find(|account| account.account == name);
        account.map_or(Money::ZERO, |account| account.balance)
    };
    // Accepted, collected, submitting, unconfirmed, submitted and running hold theirs; six are paid for.
    let held = cents(10).times(6);
    assert_eq!((of("held"), of("paid")), (held, cents(9).times(5)));
    assert_eq!(of("allowance"), Money::ZERO - held - cents(9).times(5));
}

pub(super) async fn estimates_are_compared_with_what_was_told(house: House) {
    let way = |cost| [Event::Collected, intent(), started(), finished(cost)];
    for told in [Some(cost(13)), Some(cost(12)), None] {
        let job = house.accept("ann").await;
        house.through(job, way(told)).await;
    }

    let drift = house.store.drift(100).await.unwrap();

    assert_eq!(drift.len(), 1);
    assert_eq!((drift[0].submissions, drift[0].percent()), (2, 25));
    let last = house.store.drift(1).await.unwrap();
    assert_eq!((last[0].submissions, last[0].actual), (1, cents(12)));
}
