//! Does the work of a task: its states over the world's clock, its result, its price.

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use super::{
    apps::{App, Order},
    note,
    status::Status,
    tasks::{Task, TaskFile},
    webhook,
};
use crate::{
    ledger::Hold,
    media::{
        Format, Scene,
        size::{CLIP_RATIOS, clip_pixels, nearest_ratio, pixels},
        video::ClipScene,
    },
    moderation,
    reading::Issue,
    references::{self, Clip, Labels, Looked},
    script::Effect,
    shelving::{put_clip, put_picture},
    world::World,
};

/// The states on the way, each after so many tenths of the time.
const WAY: [(u64, Status); 6] = [
    (0, Status::Queued),
    (2, Status::Dispatched),
    (3, Status::Preparing),
    (3, Status::Serving),
    (4, Status::SettingUp),
    (5, Status::Running),
];

/// Accepted work.
pub(super) struct Job {
    pub(super) world: Arc<World>,
    pub(super) task: Task,
    pub(super) webhook: Option<Url>,
    pub(super) app: App,
    pub(super) began_ms: u64,
    pub(super) latency_ms: u64,
    pub(super) order: Order,
    pub(super) twist: Option<Effect>,
    /// None when the account has too little.
    pub(super) hold: Option<Hold>,
}

/// How a task ended.
struct End {
    status: Status,
    output: Value,
    error: String,
    files: Vec<TaskFile>,
}

impl End {
    fn without_result(status: Status, error: &str) -> Self {
        Self {
            status,
            output: Value::Null,
            error: error.to_owned(),
            files: Vec::new(),
        }
    }

    fn failed(error: &str) -> Self {
        Self::without_result(Status::Failed, error)
    }
}

impl Job {
    /// Does the work until its end, and tells whoever wants to know.
    pub(super) async fn run(mut self) {
        let world = Arc::clone(&self.world);
        let end = tokio::select! {
            () = world.closing.cancelled() => None,
            end = self.work() => Some(end),
        };
        let is_result = end.as_ref().is_some_and(|end| !end.files.is_empty());
        if let Some(hold) = self.hold.take() {
            if is_result {
                world.ledger.settle(hold);
            } else {
                world.ledger.release(hold);
            }
        }
        let Some(end) = end else {
            return;
        };
        let (id, now_ms) = (&self.task.id, world.clock.now_ms());
        let status = end.status;
        world.inferencesh.tasks.step(id, now_ms, status, |task| {
            task.output = end.output;
            task.error = end.error;
            task.files.extend(end.files);
        });
        let event = if is_result { "billed" } else { status.name() };
        note(&world, event, json!({ "task_id": id }));
        if let Some(address) = &self.webhook {
            let times = match self.twist {
                Some(Effect::NoWebhook) => 0,
                Some(Effect::DuplicateWebhook) => 2,
                Some(_) | None => 1,
            };
            for _ in 0..times {
                webhook::send(&world, address, &self.task.id, &self.task.account).await;
            }
        }
    }

    async fn work(&mut self) -> End {
        if self.hold.is_none() {
            let error = "insufficient balance, please add credits";
            return End::without_result(Status::Rejected, error);
        }
        let cancel = self.task.cancel.clone();
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                self.step(Status::Cancelling);
                End::without_result(Status::Cancelled, "")
            }
            end = self.uncancelled() => end,
        }
    }

    async fn uncancelled(&mut self) -> End {
        for (tenths, status) in WAY {
            self.sleep(tenths).await;
            self.step(status);
        }
        if self.twist == Some(Effect::ForgedWebhook)
            && let Some(address) = &self.webhook
        {
            webhook::send_forged(&self.world, address, &self.task.id).await;
        }
        self.sleep(10).await;
        let end = match &self.twist {
            Some(Effect::NullData) => End::without_result(Status::Completed, ""),
            Some(Effect::EmptyData) => End {
                output: json!({}),
                ..End::without_result(Status::Completed, "")
            },
            Some(Effect::Fail { message }) => End::failed(message),
            Some(_) | None if moderation::is_refused(&self.order.prompt) => {
                End::failed("[1301] Failure to pass the risk control system")
            }
            Some(_) | None => match self.order.refusal.take() {
                Some(refusal) => End::failed(&refusal),
                None => self.made().await,
            },
        };
        if end.status == Status::Completed {
            self.step(Status::Uploading);
        }
        end
    }

    async fn sleep(&self, tenths: u64) {
        let until_ms = self.began_ms.saturating_add(self.latency_ms / 10 * tenths);
        self.world.clock.sleep_until(until_ms).await;
    }

    fn step(&self, status: Status) {
        let now_ms = self.world.clock.now_ms();
        let tasks = &self.world.inferencesh.tasks;
        tasks.step(&self.task.id, now_ms, status, |_| {});
    }

    /// Looks at what was sent, draws the result and puts it up.
    async fn made(&mut self) -> End {
        let pictures = std::mem::take(&mut self.order.pictures);
        let looked = references::look(pictures, Labels::Strict).await;
        let looked = match looked {
            Ok(looked) => looked,
            Err(issues) => return unusable(&issues),
        };
        let clip = match self.order.clip.take() {
            None => None,
            Some(sent) => match references::look_at_clip(sent, Labels::Strict).await {
                Ok(clip) => Some(clip),
                Err(issue) => return unusable(&[issue]),
            },
        };
        let order = std::mem::take(&mut self.order);
        let (world, twist) = (Arc::clone(&self.world), self.twist.clone());
        let (field, drawn) = match self.app {
            App::Image => {
                let scene = picture(order, looked);
                let draw = move || put_picture(&world, &scene, Format::Png, twist.as_ref());
                ("image", tokio::task::spawn_blocking(draw).await)
            }
            App::Video => {
                let scene = film(&order, looked, clip);
                let seconds = u32::try_from(scene.length_ms.div_ceil(1000)).unwrap_or(u32::MAX);
                if let Some(hold) = &self.hold {
                    world.ledger.reprice(hold, order.nanodollars(seconds));
                }
                let draw = move || put_clip(&world, &scene, twist.as_ref());
                ("video", tokio::task::spawn_blocking(draw).await)
            }
        };
        let Some(uri) = drawn.ok().flatten() else {
            return End::failed("worker lost");
        };
        let output = if self.world.inferencesh.settings().output_objects {
            json!({ field: { "uri": uri } })
        } else {
            json!({ field: uri })
        };
        End {
            status: Status::Completed,
            output,
            error: String::new(),
            files: vec![TaskFile {
                role: "output",
                uri,
            }],
        }
    }
}

fn unusable(issues: &[Issue]) -> End {
    let sentences: Vec<String> = issues.iter().map(Issue::sentence).collect();
    End::failed(&format!("[1201] {}", sentences.join("; ")))
}

/// The first of `n` pictures: the others are made and never shown.
fn picture(order: Order, looked: Vec<Looked>) -> Scene {
    let ratio = order.aspect_ratio.unwrap_or_default();
    Scene {
        model: App::Image.name().to_owned(),
        prompt: order.prompt,
        references: looked.into_iter().map(|looked| looked.reference).collect(),
        index: 1,
        count: order.count,
        pixels: pixels(&ratio, &order.resolution).unwrap_or((1360, 768)),
    }
}

fn film(order: &Order, looked: Vec<Looked>, clip: Option<Clip>) -> ClipScene {
    let shape = clip.as_ref().and_then(|clip| clip.shape);
    let sent = shape
        .map(|shape| shape.pixels)
        .or_else(|| looked.first().and_then(|looked| looked.pixels));
    let ratio = order
        .aspect_ratio
        .as_deref()
        .or_else(|| nearest_ratio(sent?, &CLIP_RATIOS))
        .unwrap_or("16:9");
    let length_ms = match (order.seconds, shape) {
        (Some(seconds), _) => u64::from(seconds) * 1000,
        (None, Some(shape)) => shape.duration_ms,
        (None, None) => 5000,
    };
    let seen = clip.into_iter().map(|clip| clip.reference);
    let pictures = looked.into_iter().map(|looked| looked.reference);
    ClipScene {
        model: App::Video.name().to_owned(),
        prompt: order.prompt.clone(),
        references: seen.chain(pictures).collect(),
        length_ms,
        pixels: clip_pixels(ratio, &order.resolution).unwrap_or((1920, 1080)),
    }
}
