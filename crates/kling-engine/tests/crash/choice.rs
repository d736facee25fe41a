//! Somebody's choice to try again, and a crash in the middle of it.

use std::path::Path;

use kling_engine::{Choice, Job, JobId, Stage, failpoint};
use tokio::runtime::Runtime;

use crate::chat::Seen;
use crate::house::{BOUND, House, made_of};
use crate::world::{World, one_picture};
use crate::{ALONE, Kind, is_settled, patient};

/// A first life that ends while somebody chooses to try an unconfirmed job again.
fn chooses_and_dies(folder: &Path, world: &World, point: &str) -> JobId {
    let runtime = Runtime::new().unwrap();
    let id = runtime.block_on(async {
        let house = House::with(folder, world, patient()).await;
        let job = house.order(made_of(&["cat"])).await;
        house.until(&job.id, |job| is_settled(job, world)).await;
        failpoint::arm(&format!("{point}=pause")).unwrap();
        tokio::select! {
            chosen = house.engine.resolve(&job.id, Choice::TryAgain) => panic!("{chosen:?}"),
            () = failpoint::tripped() => {}
        }
        job.id
    });
    runtime.shutdown_timeout(BOUND);
    failpoint::disarm();
    id
}

fn next_life(folder: &Path, world: &World, id: &JobId, over: impl Fn(&Job) -> bool) -> Job {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let house = House::with(folder, world, patient()).await;
        let job = house.until(id, over).await;
        house.stop().await;
        job
    })
}

#[test]
fn a_choice_that_was_not_written_down_was_not_made() {
    let _alone = ALONE.blocking_lock();
    let folder = tempfile::tempdir().unwrap();
    let world = Kind::Loses.world();

    let id = chooses_and_dies(folder.path(), &world, "commit.try-again.before");
    let job = next_life(folder.path(), &world, &id, |job| is_settled(job, &world));

    assert_eq!(job.stage, Stage::Unconfirmed);
    assert_eq!(world.acme.billed(), 1, "nothing was sent again");
    assert_eq!(world.chat.posts(), [Seen::Unconfirmed]);
}

#[test]
fn a_choice_that_was_written_down_is_carried_out_once() {
    let _alone = ALONE.blocking_lock();
    let folder = tempfile::tempdir().unwrap();
    let world = Kind::Loses.world();

    let id = chooses_and_dies(folder.path(), &world, "commit.try-again.after");
    let job = next_life(folder.path(), &world, &id, |job| job.stage.is_terminal());

    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(
        world.acme.billed(),
        2,
        "the one that was lost, and the one that was chosen"
    );
    assert_eq!(world.chat.posts().last(), Some(&one_picture()));
}
