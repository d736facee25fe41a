//! What a process does for longer than a third of its lease, which it renews meanwhile.

use std::time::Duration;

use kling_engine::{Options, Stage, failpoint};

use crate::ALONE;
use crate::acme::Acme;
use crate::house::{BOUND, House, options, pictures};
use crate::world::{World, one_picture};

#[tokio::test]
async fn a_renewal_that_comes_just_after_a_delivery_was_written_down_drops_nothing() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let short = Options {
        lease: Duration::from_millis(300),
        ..options()
    };
    let house = House::with(folder.path(), &world, short).await;
    let mut events = house.engine.events();
    // The store has written it down, and its answer takes longer than it is to the next renewal.
    failpoint::arm("commit.delivered.after=pause:600").unwrap();

    let job = house.order(pictures(1)).await;
    let told = tokio::time::timeout(BOUND, async {
        loop {
            let (id, stage) = events.recv().await.unwrap();
            if id == job.id && stage == Stage::Delivered {
                break;
            }
        }
    });
    let told = told.await;
    failpoint::disarm();

    assert!(told.is_ok(), "nobody heard of the delivery");
    assert_eq!(world.chat.posts(), [one_picture()]);
    house.stop().await;
}
