//! Does the work of a task, and charges for it when there are results.

use std::sync::Arc;

use serde_json::Value;

use super::{
    about, note,
    order::{MODEL, Order},
    shape::Progress,
};
use crate::{
    ledger::Hold,
    media::{Format, Scene},
    moderation,
    reading::Issue,
    references::{self, Labels, Looked},
    script::Effect,
    shelving::put_picture,
    world::World,
};

/// Accepted work.
pub(super) struct Job {
    pub(super) world: Arc<World>,
    pub(super) id: Value,
    /// When the result is ready, in the world's time.
    pub(super) due_ms: u64,
    pub(super) order: Order,
    pub(super) twist: Option<Effect>,
    pub(super) hold: Hold,
}

impl Job {
    /// Does the work; none when the emulator stops first.
    pub(super) async fn run(self) -> Option<Progress> {
        let Self {
            world,
            id,
            due_ms,
            mut order,
            twist,
            hold,
        } = self;
        let sources = std::mem::take(&mut order.sources);
        let is_closing = tokio::select! {
            () = world.closing.cancelled() => true,
            () = world.clock.sleep_until(due_ms) => false,
        };
        if is_closing {
            world.ledger.release(hold);
            return None;
        }
        let end = match &twist {
            Some(Effect::NullData) => Progress::Done(None),
            Some(Effect::EmptyData) => Progress::Done(Some(Vec::new())),
            Some(Effect::Fail { message }) => Progress::Failed(message.clone()),
            Some(_) | None if moderation::is_refused(&order.prompt) => {
                Progress::Failed("Content policy violation".to_owned())
            }
            Some(_) | None => match references::look(sources, Labels::Strict).await {
                Ok(looked) => draw(&world, order, looked, twist).await,
                Err(issues) => {
                    let sentences: Vec<String> = issues.iter().map(Issue::sentence).collect();
                    Progress::Failed(sentences.join("; "))
                }
            },
        };
        let (event, is_result) = match &end {
            Progress::Done(Some(links)) if !links.is_empty() => ("billed", true),
            Progress::Done(_) => ("empty", false),
            Progress::Failed(_) | Progress::Pending | Progress::Running => ("failed", false),
        };
        if is_result {
            world.ledger.settle(hold);
        } else {
            world.ledger.release(hold);
        }
        world.apiin.tasks.end(&id, end.clone());
        note(&world, event, about(&id));
        Some(end)
    }
}

/// Draws every picture of an order and puts it up.
async fn draw(
    world: &Arc<World>,
    order: Order,
    looked: Vec<Looked>,
    twist: Option<Effect>,
) -> Progress {
    let world = Arc::clone(world);
    let drawn = tokio::task::spawn_blocking(move || {
        let pixels = order.pixels(looked.first().and_then(|looked| looked.pixels));
        let references: Vec<_> = looked.into_iter().map(|looked| looked.reference).collect();
        let links = (1..=order.count).map(|index| {
            let scene = Scene {
                model: MODEL.to_owned(),
                prompt: order.prompt.clone(),
                references: references.clone(),
                index,
                count: order.count,
                pixels,
            };
            put_picture(&world, &scene, Format::Png, twist.as_ref())
        });
        links.collect::<Option<Vec<String>>>()
    });
    match drawn.await.ok().flatten() {
        Some(links) => Progress::Done(Some(links)),
        None => Progress::Failed("Internal server error".to_owned()),
    }
}
