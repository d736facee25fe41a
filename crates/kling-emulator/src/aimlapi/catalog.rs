//! What there is: `GET /v1/models`, which asks for no key.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    error::{Asked, set_header},
    image::{CREDITS_PER_IMAGE, MODEL, usd},
    video::{CREDITS_PER_SECOND, Model},
};
use crate::{media::hex, world::World};

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    include: String,
}

/// Lists the models; 304 when the client has the list already.
pub(super) async fn models(
    State(world): State<Arc<World>>,
    Query(wanted): Query<Wanted>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::new(&world, &uri, &headers);
    let mut data = vec![image_o1(&wanted.include)];
    data.extend(Model::ALL.map(|model| video_o1(model, &wanted.include)));
    let list = json!({ "object": "list", "data": data });
    let tag = format!("\"{}\"", hex(&Sha256::digest(list.to_string())));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| {
        tags.split(',')
            .any(|given| given.trim().trim_start_matches("W/") == tag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(list).into_response()
    };
    set_header(&mut response, "etag", &tag);
    asked.sign(response)
}

fn image_o1(include: &str) -> Value {
    let model = json!({
        "id": MODEL,
        "aliases": [],
        "type": "openai/image-generations",
        "info": {
            "name": "Kling Image O1",
            "developer": "Kling AI",
            "description": "Makes and edits pictures from a prompt and up to ten references.",
            "url": "https://aimlapi.com/models/klingai/image-o1",
        },
        "tags": ["image", "image-to-image"],
    });
    let pricing =
        json!({ "unit": "image", "credits": CREDITS_PER_IMAGE, "usd": usd(CREDITS_PER_IMAGE) });
    let modalities = json!({ "input": ["text", "image"], "output": ["image"] });
    with(
        model,
        include,
        [pricing, modalities, json!(["image-to-image"])],
    )
}

fn video_o1(model: Model, include: &str) -> Value {
    let operation = match model {
        Model::Reference => "reference-to-video",
        Model::Image => "image-to-video",
        Model::Edit => "video-to-video-edit",
        Model::ClipReference => "video-to-video-reference",
    };
    let input = match model {
        Model::Reference | Model::Image => json!(["text", "image"]),
        Model::Edit | Model::ClipReference => json!(["text", "image", "video"]),
    };
    let described = json!({
        "id": model.id(),
        "aliases": [],
        "type": "internal/video-generations/submit",
        "info": {
            "name": format!("Kling Video O1 {operation}"),
            "developer": "Kling AI",
            "description": "Makes and changes short videos.",
            "url": format!("https://aimlapi.com/models/{}", model.id()),
        },
        "tags": ["video", operation],
    });
    let pricing = json!({
        "unit": "second",
        "credits": CREDITS_PER_SECOND,
        "usd": usd(CREDITS_PER_SECOND),
    });
    let modalities = json!({ "input": input, "output": ["video"] });
    with(
        described,
        include,
        [pricing, modalities, json!([operation])],
    )
}

/// The model with those of pricing, modalities and capabilities that are asked for.
fn with(mut model: Value, include: &str, parts: [Value; 3]) -> Value {
    let wants = |part: &str| {
        include
            .split(',')
            .any(|given| given == part || given == "all")
    };
    if let Some(fields) = model.as_object_mut() {
        for (name, part) in ["pricing", "modalities", "capabilities"]
            .into_iter()
            .zip(parts)
        {
            if wants(name) {
                fields.insert(name.to_owned(), part);
            }
        }
    }
    model
}
