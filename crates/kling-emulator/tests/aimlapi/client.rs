//! A plain client, and pictures to send.

use std::{io::Cursor, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::{DynamicImage, ImageFormat, RgbImage};
use kling_emulator::{
    Emulator, Options,
    journal::Entry,
    script::{Effect, Fault},
};
use reqwest::{RequestBuilder, Response, redirect};
use serde_json::{Value, json};

use crate::json::{ReadJson as _, WithJson as _};

/// Generous: it is only waited for when something is broken.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// What one picture costs.
pub(crate) const PRICE: i64 = 29_400_000;

/// An emulator and a client of it.
pub(crate) struct Client {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
}

impl Client {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            emulator: Emulator::start(options).await.unwrap(),
            http,
        }
    }

    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.base("aimlapi"))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http
            .get(self.address(path))
            .bearer_auth("test-key")
            .timeout(LONG)
    }

    /// A request for pictures, not sent yet.
    pub(crate) fn order(&self, body: &Value) -> RequestBuilder {
        self.http
            .post(self.address("/v1/images/generations"))
            .bearer_auth("test-key")
            .timeout(LONG)
            .with_json(body)
    }

    pub(crate) async fn send(&self, body: &Value) -> Response {
        self.order(body).send().await.unwrap()
    }

    /// Sends an order that must succeed; answers the links.
    pub(crate) async fn links(&self, body: &Value) -> Vec<String> {
        let response = self.send(body).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.read_json().await;
        let links = body["data"].as_array().unwrap().iter();
        links
            .map(|picture| picture["url"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Sends an order that must succeed; answers the first picture, decoded.
    pub(crate) async fn picture(&self, body: &Value) -> DynamicImage {
        let link = self.links(body).await.remove(0);
        let bytes = self
            .http
            .get(link)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        image::load_from_memory(&bytes).unwrap()
    }

    pub(crate) fn fault(&self, place: &str, effect: Effect) {
        self.emulator
            .world()
            .script
            .push(Fault::once(place, "", effect));
    }

    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("aimlapi")
    }

    /// Waits until the journal says that `event` happened at `place`.
    pub(crate) async fn event(&self, place: &str, event: &str) -> Entry {
        let journal = &self.emulator.world().journal;
        let wanted = |entry: &Entry| entry.place == place && entry.event() == event;
        journal.wait_for(wanted, LONG).await.unwrap()
    }
}

/// A small order with one public picture.
pub(crate) fn small(prompt: &str) -> Value {
    json!({
        "model": "klingai/image-o1",
        "prompt": prompt,
        "image_urls": ["https://example.org/reference.png"],
    })
}

/// A small order with these pictures.
pub(crate) fn showing(image_urls: &[String]) -> Value {
    json!({ "model": "klingai/image-o1", "prompt": "a cat", "image_urls": image_urls })
}

/// A plain picture.
pub(crate) fn plain(width: u32, height: u32, colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_raw(width, height, colour.repeat((width * height) as usize));
    DynamicImage::ImageRgb8(picture.unwrap())
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

/// A plain PNG of 320 by 300.
pub(crate) fn png(colour: [u8; 3]) -> Vec<u8> {
    plain(320, 300, colour, ImageFormat::Png)
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn data_uri(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", base64(bytes))
}

/// A body with everything that changes from run to run blotted out.
pub(crate) fn steady(mut body: Value) -> String {
    blot(&mut body);
    serde_json::to_string_pretty(&body).unwrap()
}

fn blot(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if [
                    "requestId",
                    "timestamp",
                    "created_at",
                    "lastUpdated",
                    "reference_id",
                    "url",
                ]
                .contains(&name.as_str())
                    && value.is_string()
                {
                    *value = json!(format!("[{name}]"));
                } else {
                    blot(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(blot),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
