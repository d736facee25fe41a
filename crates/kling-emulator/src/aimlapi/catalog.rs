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
    let list = json!({ "object": "list", "data": [image_o1(&wanted.include)] });
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
    let wants = |part: &str| {
        include
            .split(',')
            .any(|given| given == part || given == "all")
    };
    let mut model = json!({
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
    let parts = [
        (
            "pricing",
            json!({ "unit": "image", "credits": CREDITS_PER_IMAGE, "usd": usd(CREDITS_PER_IMAGE) }),
        ),
        (
            "modalities",
            json!({ "input": ["text", "image"], "output": ["image"] }),
        ),
        ("capabilities", json!(["image-to-image"])),
    ];
    if let Some(fields) = model.as_object_mut() {
        for (name, part) in parts {
            if wants(name) {
                fields.insert(name.to_owned(), part);
            }
        }
    }
    model
}
