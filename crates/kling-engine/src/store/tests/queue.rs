//! The fair queue, and what lists show.

use super::fixture::{House, way_to};
use crate::{Admission, Event, Job, PlatformId, Stage, Work};

/// Submits the next job in the queue and tells whose it was.
async fn submit_next(house: &House) -> String {
    let job = house.claim(Work::Collect, 1).await.remove(0);
    let way = way_to(Stage::Submitted);
    house.through(job, way).await.requester.user
}

pub(super) async fn nobodys_second_job_goes_before_somebody_elses_first(house: House) {
    for user in ["ann", "ann", "ann", "ann", "bob", "bob", "cec"] {
        house.accept(user).await;
    }

    let claimed = house.claim(Work::Collect, 5).await;

    let users: Vec<_> = claimed
        .iter()
        .map(|job| job.requester.user.as_str())
        .collect();
    assert_eq!(users, ["ann", "bob", "cec", "ann", "bob"]);
    house.accept("dan").await;
    let next = house.claim(Work::Collect, 1).await.remove(0);
    assert_eq!(next.requester.user, "dan");
}

pub(super) async fn nobody_saves_up_turns_by_staying_away(house: House) {
    for _ in 0..5 {
        house.accept("ann").await;
    }
    for _ in 0..3 {
        submit_next(&house).await;
    }
    house.accept("bob").await;
    house.accept("bob").await;

    let mut order = Vec::new();
    for _ in 0..4 {
        order.push(submit_next(&house).await);
    }

    assert_eq!(order, ["ann", "bob", "ann", "bob"]);
}

pub(super) async fn the_place_in_the_queue_counts_what_is_in_front(house: House) {
    let first = house.accept("ann").await;
    let second = house.accept("ann").await;
    let third = house.accept("ann").await;
    let admission = house.ask(super::fixture::wish("bob")).await;
    let Admission::Accepted { job: other, ahead } = admission else {
        panic!("not accepted");
    };
    let ahead_of = async |job: &Job| house.store.ahead_of(job).await.unwrap();

    assert_eq!(ahead, 1);
    assert_eq!(ahead_of(&first).await, 0);
    assert_eq!(ahead_of(&other).await, 1);
    assert_eq!(ahead_of(&second).await, 2);
    assert_eq!(ahead_of(&third).await, 3);
    let first = house.advance(&first, Event::Collected).await;
    assert_eq!(ahead_of(&third).await, 3);
    house
        .through(first, way_to(Stage::Submitting).into_iter().skip(1))
        .await;
    assert_eq!(ahead_of(&third).await, 2);
}

pub(super) async fn lists_show_what_they_promise(house: House) {
    let mut ids = Vec::new();
    for stage in Stage::ALL {
        let job = house.accept("ann").await;
        ids.push(house.through(job, way_to(stage)).await.id);
    }
    let other = house.accept("bob").await;
    let withdrawn = house.accept("ann").await;
    house.store.withdraw(&withdrawn.id).await.unwrap();

    let here = [PlatformId::new("chat")];
    let live = house.store.live(&here, 100).await.unwrap();
    let anns = house.store.jobs_of(&live[0].requester, 3).await.unwrap();

    let stages: Vec<_> = live.iter().map(|job| job.stage).collect();
    assert_eq!(
        stages,
        [
            Stage::Accepted,
            Stage::Collected,
            Stage::Submitting,
            Stage::Submitted,
            Stage::Running,
            Stage::Accepted,
        ]
    );
    assert_eq!(live[5].id, other.id);
    let newest: Vec<_> = anns.iter().map(|job| &job.id).collect();
    assert_eq!(newest, ids.iter().rev().take(3).collect::<Vec<_>>());
    let elsewhere = [PlatformId::new("elsewhere")];
    assert!(house.store.live(&elsewhere, 100).await.unwrap().is_empty());
}

pub(super) async fn stages_are_counted(house: House) {
    house.accept("ann").await;
    house.accept("bob").await;
    let job = house.accept("cec").await;
    house.advance(&job, Event::Collected).await;

    let counts = house.store.counts().await.unwrap();

    assert_eq!(counts, [(Stage::Accepted, 2), (Stage::Collected, 1)]);
}

pub(super) async fn jobs_nobody_decided_about_are_found(house: House) {
    let mut old = Vec::new();
    for stage in [Stage::Unconfirmed, Stage::Running] {
        let job = house.accept("ann").await;
        old.push(house.through(job, way_to(stage)).await);
    }
    house.clock.advance(std::time::Duration::from_mins(1));
    let young = house.accept("ann").await;
    let young = house.through(young, way_to(Stage::Unconfirmed)).await;

    let here = [PlatformId::new("chat")];
    let before = young.stage_since;
    let found = house.store.unresolved(&here, before, 10).await.unwrap();

    let ids: Vec<_> = found.into_iter().map(|job| job.id).collect();
    assert_eq!(ids, std::slice::from_ref(&old[0].id));
}
