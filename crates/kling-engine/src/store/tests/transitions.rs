//! Transitions: the table, the fence, and what each leaves in the row.

use std::time::Duration;

use kling_core::{SubmissionKey, TaskHandle};

use super::fixture::{
    House, cents, cost, delivered, every_event, failed, finished, intent, lost, started, way_to,
};
use crate::{Ending, Event, Receipt, Stage};

pub(super) async fn every_stage_obeys_the_table_on_every_event(house: House) {
    for stage in Stage::ALL {
        let mut job = house.accept("ann").await;
        job = house.through(job, way_to(stage)).await;
        assert_eq!(job.stage, stage);
        for event in every_event() {
            let name = event.name();
            let expected = stage.after(&event);

            let moved = house.store.advance(&job, event, None).await.unwrap();

            assert_eq!(
                moved.as_ref().map(|job| job.stage),
                expected,
                "{stage} on {name}"
            );
            if let Some(moved) = moved {
                assert_eq!(moved.epoch, job.epoch + 1);
                assert_eq!(moved.finished_at.is_some(), moved.stage.is_terminal());
                job = house.accept("ann").await;
                job = house.through(job, way_to(stage)).await;
            } else {
                let same = house.job(&job.id).await;
                assert_eq!((same.stage, same.epoch), (stage, job.epoch));
            }
        }
    }
}

pub(super) async fn a_transition_writes_what_the_next_loop_needs(house: House) {
    let job = house.accept("ann").await;
    let accepted_at = job.stage_since;
    house.clock.advance(Duration::from_secs(5));

    let job = house.advance(&job, Event::Collected).await;
    assert_eq!(job.stage_since.since(accepted_at), Duration::from_secs(5));
    let job = house.advance(&job, intent()).await;
    assert_eq!(job.attempt, 1);
    assert_eq!(job.submission_key, Some(SubmissionKey::literal("key-1")));
    let job = house
        .advance(&job, Event::NotSent { why: "unreachable" })
        .await;
    assert_eq!((job.attempt, job.submission_key.as_ref()), (1, None));
    let job = house.through(job, [intent(), started()]).await;
    assert_eq!(job.attempt, 2);
    assert_eq!(job.task, Some(TaskHandle::literal("task-1")));
    let running_since = job.stage_since;
    let job = house
        .advance(&job, Event::Progress { percent: Some(40) })
        .await;
    house.clock.advance(Duration::from_secs(5));
    let job = house.advance(&job, finished(Some(cost(9)))).await;
    assert_eq!((job.percent, job.stage), (Some(40), Stage::Running));
    assert_eq!(job.stage_since, running_since);
    let job = house
        .through(job, [Event::Fetched, Event::Delivering])
        .await;
    assert_eq!(job.ending, Some(Ending::Result));
    let job = house.advance(&job, delivered(Ending::Result)).await;
    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(job.cost, Some(cents(9)));
    assert_eq!(job.status_message, Some(Receipt::new("message-1")));
    assert_eq!(job.elapsed(job.created_at), Duration::from_secs(10));
    let read = house.job(&job.id).await;
    assert_eq!(format!("{read:?}"), format!("{job:?}"));
}

pub(super) async fn an_old_epoch_never_writes(house: House) {
    let old = house.accept("ann").await;
    let new = house.advance(&old, Event::Collected).await;

    let late = [
        house.store.advance(&old, Event::Collected, None).await,
        house.store.advance(&old, Event::Withdrawn, None).await,
        house
            .store
            .advance(
                &old,
                Event::Ended {
                    ending: failed(),
                    cost: Some(cost(9)),
                },
                None,
            )
            .await,
    ];

    for late in late {
        assert!(late.unwrap().is_none());
    }
    assert!(!house.store.renew(&old, Duration::ZERO).await.unwrap());
    let same = house.job(&new.id).await;
    assert_eq!((same.stage, same.epoch), (Stage::Collected, new.epoch));
    assert_eq!(house.ledger(&new).await.len(), 1);
}

pub(super) async fn an_ended_job_keeps_no_signed_address(house: House) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Fetched)).await;
    assert!(job.output.is_some());
    assert!(!job.request.inputs[0].source.is_empty());

    let job = house
        .through(job, [Event::Delivering, delivered(Ending::Result)])
        .await;

    assert_eq!(job.output, None);
    assert_eq!(job.request.inputs[0].source, "");
    assert_eq!(job.request.inputs[0].name, "a.png");
    assert_eq!(job.reply_address.expose(), "token-5ec2e7");
}

pub(super) async fn a_status_message_is_written_down_once(house: House) {
    let job = house.accept("ann").await;
    for text in ["first", "second"] {
        house
            .store
            .set_status_message(&job.id, &Receipt::new(text))
            .await
            .unwrap();
    }

    let read = house.job(&job.id).await;

    assert_eq!(read.status_message, Some(Receipt::new("first")));
    assert_eq!(read.epoch, job.epoch);
}

pub(super) async fn a_choice_to_try_again_begins_the_wait_anew_and_voids_older_wishes(
    house: House,
) {
    let job = house.accept("ann").await;
    let job = house.through(job, way_to(Stage::Submitting)).await;
    house.store.request_cancel(&job.id).await.unwrap();
    let job = house.through(job, [lost()]).await;
    assert!(job.cancel_requested);
    house.clock.advance(Duration::from_hours(2));

    let job = house.advance(&job, Event::TryAgain).await;

    assert!(!job.cancel_requested);
    assert_eq!(
        job.waiting_since.since(job.created_at),
        Duration::from_hours(2)
    );
    let bounced = [intent(), Event::NotSent { why: "busy" }];
    house.clock.advance(Duration::from_hours(1));
    let bounced = house.through(job.clone(), bounced).await;
    assert_eq!(bounced.waiting_since, job.waiting_since);
}
