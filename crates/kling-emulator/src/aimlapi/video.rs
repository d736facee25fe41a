//! Videos: `POST` and `GET /v2/video/generations` for the four models, worked on in the background.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    NANODOLLARS_PER_CREDIT, Settings, VENDOR,
    auth::account,
    error::{Asked, Failure, set_header},
    image::usd,
};
use crate::{
    journal::Entry,
    ledger::{Hold, OutOfFunds, Work},
    media::{
        size::{CLIP_RATIOS, clip_pixels, nearest_ratio},
        video::ClipScene,
    },
    moderation,
    play::{Detail, Twist},
    reading::Issue,
    references::{self, Clip, Labels, Looked},
    script::Effect,
    shelving::put_clip,
    world::World,
};

mod generations;
mod order;

pub(super) use self::{generations::Generations, order::Model};
use self::{
    generations::{End, Generation},
    order::Order,
};

/// What a second of video costs, in credits: 11.2 cents and the twentieth that the vendor adds to the
/// price of a picture. The vendor's own price is not published.
pub const CREDITS_PER_SECOND: i64 = 235_200;

/// How long a result is when the clip it follows is not known, in milliseconds.
const UNKNOWN_MS: u64 = 5000;

/// Accepts work on a video.
pub(super) async fn create(
    State(world): State<Arc<World>>,
    twist: Option<Extension<Twist>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked::new(&world, &uri, &headers);
    let twist = twist.map(|Extension(Twist(effect))| effect);
    let response = match accept(&world, &asked, &uri, &headers, twist, body).await {
        Ok(response) => response,
        Err(failure) => failure.respond(&world, &asked),
    };
    let mut response = asked.sign_inference(response);
    response.extensions_mut().insert(Detail(about(&asked)));
    response
}

/// What every journal entry of a video says.
fn about(asked: &Asked) -> Map<String, Value> {
    let fields = [
        ("inference_id", json!(asked.request_id)),
        ("client_request_id", json!(asked.client_request_id)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

async fn accept(
    world: &Arc<World>,
    asked: &Asked,
    uri: &Uri,
    headers: &HeaderMap,
    twist: Option<Effect>,
    body: Bytes,
) -> Result<Response, Failure> {
    let account = account(world, headers)?;
    let settings = world.aimlapi.settings();
    let (labels, settings) = (settings.labels(), settings.video);
    let read = tokio::task::spawn_blocking(move || Order::read(&body)).await;
    let mut order = read
        .map_err(|_| Failure::Internal)?
        .map_err(Failure::Invalid)?;
    let (pictures, clip) = look(&mut order, labels).await.map_err(Failure::Invalid)?;
    let mut detail = about(asked);
    detail.insert("account".to_owned(), json!(account));
    detail.extend(order.describe());
    let notes: Value = pictures.iter().map(|looked| looked.note.clone()).collect();
    detail.insert("images".to_owned(), notes);
    detail.insert(
        "video".to_owned(),
        json!(clip.as_ref().map(|clip| &clip.note)),
    );
    let refusal = order.refusal.clone();
    let scene = scene(order, &pictures, clip);
    let credits = credits(&scene);

    let work = Work {
        vendor: VENDOR.to_owned(),
        model: scene.model.clone(),
        operation: "video".to_owned(),
        account: account.clone(),
        client_request_id: asked.client_request_id.clone(),
        reference: asked.request_id.clone(),
        amount_nanodollars: credits * NANODOLLARS_PER_CREDIT,
    };
    let hold = world
        .ledger
        .hold(work)
        .map_err(|OutOfFunds| Failure::OutOfCredits)?;
    let hidden_ms = match twist {
        Some(Effect::Hidden { ms }) => ms,
        Some(_) | None => settings.hidden_ms,
    };
    // Taken before the journal speaks of it, so that a push after that always counts.
    let now_ms = world.clock.now_ms();
    let generation = Generation {
        account,
        credits,
        visible_ms: now_ms.saturating_add(hidden_ms),
        begun_ms: now_ms.saturating_add(settings.latency_ms / 4),
        end: None,
    };
    // The first answer always says that it is queued.
    let body = generation.body(&asked.request_id, 0, settings);
    world.aimlapi.videos.add(&asked.request_id, generation);
    note(world, uri.path(), "accepted", detail);
    let job = Job {
        world: Arc::clone(world),
        id: asked.request_id.clone(),
        path: uri.path().to_owned(),
        due_ms: now_ms.saturating_add(settings.latency_ms),
        scene,
        refusal,
        twist,
        hold,
        about: about(asked),
    };
    drop(world.tasks.spawn(job.run()));
    let status = if settings.created_201 {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(priced((status, Json(body)).into_response(), credits))
}

/// What would be complained about in this body, by the schema or by the upstream.
pub(super) async fn complaints(body: &[u8], settings: &Settings) -> Vec<Issue> {
    let mut order = match Order::read(body) {
        Ok(order) => order,
        Err(issues) => return issues,
    };
    let mut issues = look(&mut order, settings.labels())
        .await
        .err()
        .unwrap_or_default();
    issues.extend(order.refusal.map(|refusal| Issue::new("upstream", refusal)));
    issues
}

/// Looks at everything that was sent; complains about all that cannot be used.
async fn look(
    order: &mut Order,
    labels: Labels,
) -> Result<(Vec<Looked>, Option<Clip>), Vec<Issue>> {
    let pictures = std::mem::take(&mut order.pictures);
    let (pictures, mut issues) = match references::look(pictures, labels).await {
        Ok(pictures) => (pictures, Vec::new()),
        Err(issues) => (Vec::new(), issues),
    };
    let mut clip = None;
    if let Some(sent) = order.clip.take() {
        match references::look_at_clip(sent, labels).await {
            Ok(seen) => clip = Some(seen),
            Err(issue) => issues.push(issue),
        }
    }
    if issues.is_empty() {
        Ok((pictures, clip))
    } else {
        Err(issues)
    }
}

/// What the result shows, how long, and how large.
fn scene(order: Order, pictures: &[Looked], clip: Option<Clip>) -> ClipScene {
    let shape = clip.as_ref().and_then(|clip| clip.shape);
    let first_frame = pictures.first().and_then(|looked| looked.pixels);
    let follows = order
        .aspect_ratio
        .as_deref()
        .or_else(|| first_frame.and_then(|pixels| nearest_ratio(pixels, &CLIP_RATIOS)));
    let wide = clip_pixels(follows.unwrap_or("16:9"), "1080p").unwrap_or((1920, 1080));
    let pixels = match shape {
        Some(shape) if order.model == Model::Edit => {
            (shape.pixels.0 / 4 * 4, shape.pixels.1 / 4 * 4)
        }
        Some(_) | None => wide,
    };
    let length_ms = match order.seconds {
        Some(seconds) => u64::from(seconds) * 1000,
        None => shape.map_or(UNKNOWN_MS, |shape| shape.duration_ms),
    };
    let seen = clip.into_iter().map(|clip| clip.reference);
    let references = seen.chain(pictures.iter().map(|looked| looked.reference.clone()));
    ClipScene {
        model: order.model.id().to_owned(),
        prompt: order.prompt,
        references: references.collect(),
        length_ms,
        pixels,
    }
}

/// The price: whole seconds, begun ones included.
fn credits(scene: &ClipScene) -> i64 {
    let seconds = scene.length_ms.div_ceil(1000);
    CREDITS_PER_SECOND * i64::try_from(seconds).unwrap_or(i64::MAX / CREDITS_PER_SECOND)
}

fn priced(mut response: Response, credits: i64) -> Response {
    set_header(
        &mut response,
        "x-aimlapi-credits-used",
        &credits.to_string(),
    );
    set_header(
        &mut response,
        "x-aimlapi-usd-spent",
        &usd(credits).to_string(),
    );
    response
}

fn note(world: &World, path: &str, event: &str, mut detail: Map<String, Value>) {
    detail.insert("event".to_owned(), json!(event));
    let entry = Entry::new(VENDOR, "POST", path).detail(Value::Object(detail));
    world.journal.append(entry);
}

/// Accepted work.
struct Job {
    world: Arc<World>,
    id: String,
    path: String,
    /// When the result is ready, in the world's time.
    due_ms: u64,
    scene: ClipScene,
    /// Why the upstream refuses it.
    refusal: Option<String>,
    twist: Option<Effect>,
    hold: Hold,
    about: Map<String, Value>,
}

impl Job {
    /// Does the work, and charges for it when there is a result.
    async fn run(self) {
        let Self {
            world,
            id,
            path,
            due_ms,
            scene,
            refusal,
            twist,
            hold,
            about,
        } = self;
        tokio::select! {
            () = world.closing.cancelled() => return world.ledger.release(hold),
            () = world.clock.sleep_until(due_ms) => {}
        }
        let end = match &twist {
            Some(Effect::NullData) => End::Made(Value::Null),
            Some(Effect::EmptyData) => End::Made(json!([])),
            Some(Effect::Fail { message }) => failed("GenerationError", message),
            Some(_) | None if moderation::is_refused(&scene.prompt) => failed(
                "ContentModerationError",
                "The request was rejected by content moderation",
            ),
            Some(_) | None => match refusal {
                Some(refusal) => failed("BadRequestError", &refusal),
                None => made(&world, scene, twist).await,
            },
        };
        // A link in the field is a result; what is empty or failed costs nothing.
        let (event, is_result) = match &end {
            End::Made(Value::Object(_)) => ("billed", true),
            End::Made(_) => ("empty", false),
            End::Failed { .. } => ("failed", false),
        };
        if is_result {
            world.ledger.settle(hold);
        } else {
            world.ledger.release(hold);
        }
        world.aimlapi.videos.end(&id, end);
        note(&world, &path, event, about);
    }
}

fn failed(name: &'static str, message: &str) -> End {
    End::Failed {
        name,
        message: message.to_owned(),
    }
}

/// Draws the film and puts it up.
async fn made(world: &Arc<World>, scene: ClipScene, twist: Option<Effect>) -> End {
    let drawing_for = Arc::clone(world);
    let drawn = tokio::task::spawn_blocking(move || put_clip(&drawing_for, &scene, twist.as_ref()));
    match drawn.await.ok().flatten() {
        Some(url) => End::Made(json!({ "url": url })),
        None => failed("InternalServerError", "Internal server error"),
    }
}

/// The query of a poll.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    generation_id: Option<String>,
}

/// Tells how far a video is.
pub(super) async fn poll(
    State(world): State<Arc<World>>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::new(&world, &uri, &headers);
    let response = match found(&world, &headers, wanted.generation_id.as_deref()) {
        Ok((id, response)) => {
            let mut response = response;
            set_header(&mut response, "x-inference-id", &id);
            response
        }
        Err(failure) => failure.respond(&world, &asked),
    };
    asked.sign(response)
}

fn found(
    world: &World,
    headers: &HeaderMap,
    id: Option<&str>,
) -> Result<(String, Response), Failure> {
    let account = account(world, headers)?;
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Err(Failure::Invalid(vec![Issue::new(
            "generation_id",
            "Required",
        )]));
    };
    let now_ms = world.clock.now_ms();
    let found = world.aimlapi.videos.get(id, &account, now_ms);
    let generation = found.ok_or(Failure::NoSuchGeneration)?;
    let body = generation.body(id, now_ms, world.aimlapi.settings().video);
    let response = Json(body).into_response();
    let response = if generation.is_paid() {
        priced(response, generation.credits)
    } else {
        response
    };
    Ok((id.to_owned(), response))
}
