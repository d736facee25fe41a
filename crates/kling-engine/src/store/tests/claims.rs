//! Claims and leases: one holder at a time, and nobody forgotten.

use std::time::Duration;

use kling_core::{ProviderId, Timestamp};

use super::fixture::{HOLD, House, ended, failed, finished, way_to, wish};
use crate::{Event, PlatformId, Stage, Work};

/// One millisecond short of [`HOLD`].
const HOLD_ALMOST: Duration = Duration::from_millis(29_999);

const ALL_WORK: [Work; 6] = [
    Work::Collect,
    Work::Dispatch,
    Work::Poll,
    Work::Fetch,
    Work::Deliver,
    Work::Rescue,
];

pub(super) async fn a_claim_takes_only_due_work_of_its_kind(house: House) {
    let scenes: [(Vec<Event>, Option<Work>); 8] = [
        (way_to(Stage::Accepted), Some(Work::Collect)),
        (way_to(Stage::Collected), Some(Work::Dispatch)),
        (way_to(Stage::Submitting), Some(Work::Rescue)),
        (way_to(Stage::Running), Some(Work::Poll)),
        (
            [way_to(Stage::Submitting), vec![finished(None)]].concat(),
            Some(Work::Fetch),
        ),
        (way_to(Stage::Fetched), Some(Work::Deliver)),
        (way_to(Stage::Unconfirmed), Some(Work::Deliver)),
        (way_to(Stage::Delivered), None),
    ];

    for (way, expected) in scenes {
        let job = house.accept("ann").await;
        let job = house.through(job, way).await;
        house.clock.advance(HOLD);
        for work in ALL_WORK {
            let claimed = house.claim(work, 10).await;
            let ids: Vec<_> = claimed.iter().map(|job| job.id.clone()).collect();
            if Some(work) == expected {
                assert_eq!(
                    ids,
                    std::slice::from_ref(&job.id),
                    "{work:?} for {}",
                    job.stage
                );
                assert_eq!(claimed[0].epoch, job.epoch + 1);
                let over = ended(failed(), None);
                if claimed[0].stage.after(&over).is_some() {
                    house.advance(&claimed[0], over).await;
                }
                house
                    .store
                    .put_off(&house.job(&job.id).await, HOLD * 1000)
                    .await
                    .unwrap();
            } else {
                assert!(ids.is_empty(), "{work:?} for {}", job.stage);
            }
        }
    }
}

pub(super) async fn a_claim_takes_only_what_it_can_serve(house: House) {
    let job = house.accept("ann").await;
    let platforms = [PlatformId::new("elsewhere")];
    let providers = [ProviderId::literal("other")];
    let mut stranger = house.lease(10);
    stranger.platforms = &platforms;

    let collected = house.store.claim(Work::Collect, stranger.clone()).await;
    assert!(collected.unwrap().is_empty());
    let job = house.advance(&job, Event::Collected).await;
    house.clock.advance(HOLD);
    stranger.providers = &providers;
    let dispatched = house.store.claim(Work::Dispatch, stranger.clone()).await;
    assert!(dispatched.unwrap().is_empty());
    let due = house.store.next_due(Work::Dispatch, stranger).await;
    assert_eq!(due.unwrap(), None);
    assert_eq!(house.claim(Work::Dispatch, 10).await[0].id, job.id);
}

pub(super) async fn two_claims_never_take_the_same_job(house: House) {
    for _ in 0..20 {
        house.accept("ann").await;
    }

    let claims = (0..8).map(|_| house.claim(Work::Collect, 5));
    let claimed = futures::future::join_all(claims).await;

    let mut ids: Vec<_> = claimed.into_iter().flatten().map(|job| job.id).collect();
    assert_eq!(ids.len(), 20);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

pub(super) async fn a_lease_that_ran_out_lets_the_next_one_in_and_the_old_holder_writes_nothing(
    house: House,
) {
    house.accept("ann").await;
    let old = house.claim(Work::Collect, 1).await.remove(0);

    house.clock.advance(HOLD_ALMOST);
    assert!(house.claim(Work::Collect, 1).await.is_empty());
    house.clock.advance(Duration::from_millis(1));
    let new = house.claim(Work::Collect, 1).await.remove(0);

    assert_eq!(new.id, old.id);
    let late = house.store.advance(&old, Event::Collected, None).await;
    assert!(late.unwrap().is_none());
    assert!(!house.store.renew(&old, HOLD).await.unwrap());
    assert!(!house.store.put_off(&old, HOLD).await.unwrap());
    assert_eq!(house.job(&old.id).await.stage, Stage::Accepted);
    house.advance(&new, Event::Collected).await;
}

pub(super) async fn a_renewed_lease_holds_on(house: House) {
    house.accept("ann").await;
    let job = house.claim(Work::Collect, 1).await.remove(0);
    house.clock.advance(HOLD / 2);

    assert!(house.store.renew(&job, HOLD).await.unwrap());

    house.clock.advance(HOLD / 2);
    assert!(house.claim(Work::Collect, 1).await.is_empty());
    house.advance(&job, Event::Collected).await;
}

pub(super) async fn a_job_put_off_comes_back_when_it_is_due(house: House) {
    house.accept("ann").await;
    let job = house.claim(Work::Collect, 1).await.remove(0);

    assert!(house.store.put_off(&job, HOLD * 2).await.unwrap());

    house.clock.advance(HOLD);
    assert!(house.claim(Work::Collect, 1).await.is_empty());
    assert!(!house.store.put_off(&job, HOLD).await.unwrap());
    house.clock.advance(HOLD);
    let back = house.claim(Work::Collect, 1).await.remove(0);
    assert_eq!(back.tries, 1);
    assert_eq!(house.advance(&back, Event::Collected).await.tries, 0);
}

pub(super) async fn a_wish_to_cancel_wakes_a_job_and_leaves_it_with_its_holder(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Running)).await;
    house.store.put_off(&job, HOLD * 10).await.unwrap();
    assert!(house.claim(Work::Poll, 1).await.is_empty());

    assert!(house.store.request_cancel(&job.id).await.unwrap());

    let held = house.claim(Work::Poll, 1).await.remove(0);
    assert!(held.cancel_requested);
    assert!(house.store.request_cancel(&job.id).await.unwrap());
    let moved = house
        .advance(&held, Event::Progress { percent: None })
        .await;
    assert!(moved.cancel_requested);
    assert_eq!(moved.percent, Some(40));
}

pub(super) async fn a_wish_to_cancel_outlives_being_put_off(house: House) {
    house.accept("ann").await;
    let unaware = house.claim(Work::Collect, 1).await.remove(0);
    house.store.request_cancel(&unaware.id).await.unwrap();

    house.store.put_off(&unaware, HOLD).await.unwrap();

    let aware = house.claim(Work::Collect, 1).await.remove(0);
    assert!(aware.cancel_requested);
    house.store.put_off(&aware, HOLD).await.unwrap();
    assert!(house.claim(Work::Collect, 1).await.is_empty());
}

pub(super) async fn what_cannot_be_cancelled_says_so(house: House) {
    for stage in Stage::ALL {
        let job = house.accept("ann").await;
        let job = house.through(job, way_to(stage)).await;

        let heeded = house.store.request_cancel(&job.id).await.unwrap();

        let can = matches!(
            stage,
            Stage::Accepted
                | Stage::Collected
                | Stage::Submitting
                | Stage::Submitted
                | Stage::Running
        );
        assert_eq!(heeded, can, "{stage}");
        assert_eq!(house.job(&job.id).await.cancel_requested, can, "{stage}");
    }
}

pub(super) async fn the_next_due_moment_is_known(house: House) {
    let due = async || {
        house
            .store
            .next_due(Work::Collect, house.lease(1))
            .await
            .unwrap()
            .map(Timestamp::as_millis)
    };
    assert_eq!(due().await, None);

    house.accept("ann").await;
    assert_eq!(due().await, Some(house.now()));
    let held = house.claim(Work::Collect, 1).await.remove(0);
    assert_eq!(due().await, Some(house.now() + 30_000));
    house
        .store
        .put_off(&held, Duration::from_secs(7))
        .await
        .unwrap();
    assert_eq!(due().await, Some(house.now() + 7_000));
    let now = house.now();
    house.clock.advance(Duration::from_secs(1));
    House::accepted(house.ask(wish("bob")).await);
    assert_eq!(due().await, Some(now + 1_001));
}

pub(super) async fn an_unconfirmed_job_is_claimed_by_name_and_by_one_only(house: House) {
    let job = house.accept("ann").await;
    assert!(
        house
            .store
            .claim_unconfirmed(&job.id, HOLD)
            .await
            .unwrap()
            .is_none()
    );
    let job = house.through(job, way_to(Stage::Unconfirmed)).await;
    house.clock.advance(HOLD);

    let held = house.store.claim_unconfirmed(&job.id, HOLD).await.unwrap();

    let second = house.store.claim_unconfirmed(&job.id, HOLD).await.unwrap();
    assert!(second.is_none());
    let again = house.advance(&held.unwrap(), Event::TryAgain).await;
    assert_eq!(again.stage, Stage::Collected);
    assert_eq!(again.submission_key, None);
    assert_eq!(again.attempt, 1);
}

pub(super) async fn a_bell_rung_between_looking_and_waiting_is_heard(house: House) {
    let changed = house.store.changed();
    assert!(house.claim(Work::Collect, 1).await.is_empty());
    house.accept("ann").await;

    tokio::time::timeout(Duration::from_secs(20), changed)
        .await
        .unwrap();
}

pub(super) async fn a_step_that_went_well_forgets_the_tries_before_it(house: House) {
    house.accept("ann").await;
    for _ in 0..3 {
        let job = house.claim(Work::Collect, 1).await.remove(0);
        house.store.put_off(&job, Duration::ZERO).await.unwrap();
    }
    let job = house.claim(Work::Collect, 1).await.remove(0);
    assert_eq!(job.tries, 3);

    assert!(house.store.rest(&job, HOLD).await.unwrap());

    assert!(!house.store.rest(&job, HOLD).await.unwrap());
    assert!(house.claim(Work::Collect, 1).await.is_empty());
    house.clock.advance(HOLD);
    assert_eq!(house.claim(Work::Collect, 1).await[0].tries, 0);
}
