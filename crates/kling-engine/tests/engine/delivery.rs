//! Chats that are busy, silent or gone.

use std::time::Duration;

use kling_engine::{DeliveryError, Job, Stage};

use crate::acme::{Acme, Act};
use crate::chat::{Seen, Taken};
use crate::house::{House, pictures};
use crate::world::{World, one_picture};

async fn becomes(acme: Acme, taken: Vec<Taken>) -> (Job, World, usize) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(acme);
    world.chat.next(taken);
    let house = House::open(folder.path(), &world).await;
    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;
    let files = house.engine.files(&job.id).await.unwrap().len();
    house.stop().await;
    (job, world, files)
}

fn busy() -> Taken {
    Taken::Not(DeliveryError::Busy {
        retry_after: Some(Duration::from_millis(1)),
    })
}

#[tokio::test]
async fn a_busy_chat_gets_the_result_later() {
    let (job, world, _) = becomes(Acme::new(), vec![busy(), busy()]).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.tries(), 3);
    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_one_message() {
    let (job, world, _) = becomes(Acme::new(), vec![Taken::Silently]).await;

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.tries(), 2);
    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_place_that_is_gone_ends_the_job_and_keeps_the_result() {
    let gone = Taken::Not(DeliveryError::Gone {
        code: "10003".to_owned(),
    });

    let (job, world, files) = becomes(Acme::new(), vec![gone]).await;

    assert_eq!(job.stage, Stage::Failed);
    assert_eq!((world.chat.posts(), files), (vec![], 1));
}

#[tokio::test]
async fn a_chat_that_stays_busy_is_not_tried_for_ever() {
    let (job, world, files) = becomes(Acme::new(), (0..100).map(|_| busy()).collect()).await;

    assert_eq!(job.stage, Stage::Failed);
    assert_eq!((world.chat.tries(), files), (4, 1));
}

#[tokio::test]
async fn a_notice_that_was_not_taken_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new().acting([Act::Lose]));
    world.chat.next([busy(), Taken::Silently]);
    let house = House::open(folder.path(), &world).await;

    let job = house.order(pictures(1)).await;
    house
        .until(&job.id, |job| {
            job.status_message
                .as_ref()
                .is_some_and(|message| message.as_str() == "message")
        })
        .await;

    assert_eq!(world.chat.posts(), [Seen::Unconfirmed]);
    assert_eq!(world.acme.submissions(), 1);
    house.stop().await;
}

#[tokio::test]
async fn a_notice_that_nobody_can_be_given_ends_the_job_in_time() {
    let gone = Taken::Not(DeliveryError::Gone {
        code: "10003".to_owned(),
    });

    let (job, world, _) = becomes(Acme::new().acting([Act::Lose]), vec![gone]).await;

    assert_eq!((job.stage, job.cost), (Stage::Failed, None));
    assert_eq!(world.chat.posts(), []);
    assert_eq!(world.acme.submissions(), 1);
}
