//! Pictures: `POST /v1/images/generations` for `klingai/image-o1`, answered in one go.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Settings, VENDOR,
    auth::account,
    error::{Asked, Failure, set_header},
};
use crate::{
    journal::Entry,
    ledger::{Hold, OutOfFunds, Work},
    media::{Reference, Scene},
    play::{Detail, Twist},
    reading::Issue,
    references,
    script::Effect,
    shelving::put_picture,
    world::World,
};

mod order;

use self::order::Order;

/// The vendor's name of the model.
pub(super) const MODEL: &str = "klingai/image-o1";

/// What one picture costs, in credits; as in the vendor's own sample.
pub const CREDITS_PER_IMAGE: i64 = 58_800;

/// What a credit is worth: two million of them are a dollar.
pub const NANODOLLARS_PER_CREDIT: i64 = 500;

const PATH: &str = "/v1/images/generations";

/// Makes pictures.
pub(super) async fn generate(
    State(world): State<Arc<World>>,
    twist: Option<Extension<Twist>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = Asked::new(&world, &uri, &headers);
    let twist = twist.map(|Extension(Twist(effect))| effect);
    let response = match answer(&world, &asked, &headers, twist, body).await {
        Ok(response) => response,
        Err(failure) => failure.respond(&world, &asked),
    };
    let mut response = asked.sign_inference(response);
    response.extensions_mut().insert(Detail(about(&asked)));
    response
}

/// What every journal entry of a request says.
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

async fn answer(
    world: &Arc<World>,
    asked: &Asked,
    headers: &HeaderMap,
    twist: Option<Effect>,
    body: Bytes,
) -> Result<Response, Failure> {
    let account = account(world, headers)?;
    let settings = world.aimlapi.settings();
    // A body that does not say that it is JSON is not read, and so lacks everything.
    let body = if is_json(headers) {
        body
    } else {
        Bytes::from_static(b"{}")
    };
    let read = tokio::task::spawn_blocking(move || Order::read(&body, settings.lenient)).await;
    let mut order = read
        .map_err(|_| Failure::Internal)?
        .map_err(Failure::Invalid)?;
    let sources = std::mem::take(&mut order.sources);
    let looked = references::look(sources, settings.labels())
        .await
        .map_err(Failure::Invalid)?;

    let work = Work {
        vendor: VENDOR.to_owned(),
        model: MODEL.to_owned(),
        operation: "image".to_owned(),
        account: account.clone(),
        client_request_id: asked.client_request_id.clone(),
        reference: asked.request_id.clone(),
        amount_nanodollars: order.credits() * NANODOLLARS_PER_CREDIT,
    };
    let hold = world
        .ledger
        .hold(work)
        .map_err(|OutOfFunds| Failure::OutOfCredits)?;

    // Taken before the journal speaks of it, so that a push after that always counts.
    let due_ms = world.clock.now_ms().saturating_add(settings.latency_ms);
    let mut detail = about(asked);
    detail.insert("account".to_owned(), json!(account));
    detail.extend(order.describe());
    detail.insert(
        "images".to_owned(),
        looked.iter().map(|looked| looked.note.clone()).collect(),
    );
    note(world, "accepted", detail);

    let job = Job {
        world: Arc::clone(world),
        due_ms,
        order,
        references: looked.into_iter().map(|looked| looked.reference).collect(),
        twist,
        hold,
        about: about(asked),
    };
    // Accepted work is finished and billed even when the client does not wait for it.
    world
        .tasks
        .spawn(job.run())
        .await
        .ok()
        .flatten()
        .ok_or(Failure::Internal)
}

/// What would be complained about in this body.
pub(super) async fn complaints(body: &[u8], settings: &Settings) -> Vec<Issue> {
    match Order::read(body, settings.lenient) {
        Ok(order) => {
            let looked = references::look(order.sources, settings.labels()).await;
            looked.err().unwrap_or_default()
        }
        Err(issues) => issues,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn note(world: &World, event: &str, mut detail: Map<String, Value>) {
    detail.insert("event".to_owned(), json!(event));
    world
        .journal
        .append(Entry::new(VENDOR, "POST", PATH).detail(Value::Object(detail)));
}

/// Accepted work.
struct Job {
    world: Arc<World>,
    /// When the result is ready, in the world's time.
    due_ms: u64,
    order: Order,
    references: Vec<Reference>,
    twist: Option<Effect>,
    hold: Hold,
    about: Map<String, Value>,
}

impl Job {
    /// Does the work and charges for it; none when the emulator stops first or a codec fails.
    async fn run(self) -> Option<Response> {
        let Self {
            world,
            due_ms,
            order,
            references,
            twist,
            hold,
            about,
        } = self;
        let is_closing = tokio::select! {
            () = world.closing.cancelled() => true,
            () = world.clock.sleep_until(due_ms) => false,
        };
        if is_closing {
            world.ledger.release(hold);
            return None;
        }
        match &twist {
            Some(Effect::NullData) => {
                world.ledger.release(hold);
                return Some(reply(StatusCode::OK, &Value::Null, None));
            }
            Some(Effect::EmptyData) => {
                world.ledger.release(hold);
                return Some(reply(StatusCode::OK, &json!([]), Some(0)));
            }
            // The rest changes what is put on the shelf, or is played elsewhere.
            Some(_) | None => {}
        }

        let credits = order.credits();
        let drawing_for = Arc::clone(&world);
        let drawn = tokio::task::spawn_blocking(move || {
            draw(&drawing_for, &order, &references, twist.as_ref())
        });
        let Some(urls) = drawn.await.ok().flatten() else {
            world.ledger.release(hold);
            return None;
        };
        world.ledger.settle(hold);
        note(&world, "billed", about);
        let data: Value = urls
            .into_iter()
            .map(|url| json!({ "url": url, "b64_json": null }))
            .collect();
        Some(reply(StatusCode::OK, &data, Some(credits)))
    }
}

/// Draws every picture of an order and puts it up; answers the links.
fn draw(
    world: &World,
    order: &Order,
    references: &[Reference],
    twist: Option<&Effect>,
) -> Option<Vec<String>> {
    let links = (1..=order.count).map(|index| {
        let scene = Scene {
            model: MODEL.to_owned(),
            prompt: order.prompt.clone(),
            references: references.to_vec(),
            index,
            count: order.count,
            pixels: order.pixels,
        };
        put_picture(world, &scene, order.format, twist)
    });
    links.collect()
}

/// A success as the schema has it; without `credits` there is no `meta`.
fn reply(status: StatusCode, data: &Value, credits: Option<i64>) -> Response {
    let meta = credits
        .map(|credits| json!({ "usage": { "credits_used": credits, "usd_spent": usd(credits) } }));
    let body = json!({ "data": data, "meta": meta });
    let mut response = (status, Json(body)).into_response();
    if let Some(credits) = credits {
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
    }
    response
}

/// Credits in dollars.
pub(super) fn usd(credits: i64) -> f64 {
    dollars(credits * NANODOLLARS_PER_CREDIT)
}

/// Nano-dollars in dollars.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to nine million dollars"
)]
pub(super) fn dollars(nanodollars: i64) -> f64 {
    nanodollars as f64 / 1e9
}
