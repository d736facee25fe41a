//! A vendor on loopback with one client, and what the tests ask of both.

use std::io::Cursor;
use std::time::Duration;

use kling_aimlapi::{AimlApi, Config};
use kling_core::{
    Asset, AssetInfo, Dimensions, GenerationRequest, MediaType, ModelId, Operation, Output, Prompt,
    Provider as _, ProviderError, Secret, Submission, SubmissionKey,
};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

pub(crate) const KEY: &str = "sk-very-private-0815";
pub(crate) const PROMPT: &str = "zanzibar lighthouse made of marzipan";

/// What one picture costs, in nano-dollars.
pub(crate) const PRICE: i64 = 29_400_000;

pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) provider: AimlApi,
}

impl Bench {
    pub(crate) async fn strict() -> Self {
        Self::with(Options::default(), |_| {}).await
    }

    pub(crate) async fn with(options: Options, change: impl FnOnce(&mut Config)) -> Self {
        let emulator = Emulator::start(options).await.unwrap();
        let mut config = config(&emulator.base("aimlapi"));
        change(&mut config);
        Self {
            provider: AimlApi::new(config, Secret::new(KEY).unwrap()).unwrap(),
            emulator,
        }
    }

    pub(crate) fn play(&self, effect: Effect) {
        let fault = Fault::once("aimlapi", "POST /v1/images", effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) async fn submit(
        &self,
        request: &GenerationRequest,
    ) -> Result<Output, ProviderError> {
        let key = SubmissionKey::literal("part:1.a_b-c");
        match self.provider.submit(request, &key).await {
            Ok(Submission::Finished(output)) => Ok(output),
            Ok(Submission::Started(handle)) => panic!("it answers at once, not {handle}"),
            Err(error) => {
                assert_quiet(&error);
                Err(error)
            }
        }
    }

    /// Submits one picture and gives the error that must come of it.
    pub(crate) async fn refused(&self) -> ProviderError {
        self.submit(&request(1)).await.expect_err("it must fail")
    }

    /// What the vendor has billed, in nano-dollars.
    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("aimlapi")
    }

    /// How many submissions the vendor has seen, answered or not.
    pub(crate) fn submissions(&self) -> usize {
        let entries = self.emulator.world().journal.entries(0);
        let ends = ["answered", "hung", "reset", "gone"];
        entries
            .iter()
            .filter(|entry| entry.method == "POST" && ends.contains(&entry.event()))
            .count()
    }
}

pub(crate) fn config(base_url: &str) -> Config {
    let mut config = Config::default();
    config.base_url = Url::parse(base_url).unwrap();
    config.request_timeout = Duration::from_mins(1);
    config
}

/// A request with that many pictures, all different.
pub(crate) fn request(pictures: u8) -> GenerationRequest {
    let operation = match pictures {
        0 => Operation::TextToImage,
        _ => Operation::ImageToImage,
    };
    let model = ModelId::literal("klingai/image-o1");
    let mut request = GenerationRequest::new(model, operation, Prompt::new(PROMPT).unwrap());
    request.images = (0..pictures).map(picture).collect();
    request
}

pub(crate) fn picture(shade: u8) -> Asset {
    sized(shade, 400, 300)
}

pub(crate) fn sized(shade: u8, width: u32, height: u32) -> Asset {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([shade, 120, 200]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let bytes = png.into_inner();
    let info = AssetInfo {
        media_type: MediaType::Png,
        size_bytes: bytes.len() as u64,
        dimensions: Some(Dimensions { width, height }),
        duration: None,
    };
    Asset::from_bytes(info, bytes.into())
}

/// Nothing of an error may show the key, the prompt or a body: neither it nor what lies below.
fn assert_quiet(error: &ProviderError) {
    let mut told = vec![format!("{error:#?}")];
    let mut below: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = below {
        told.push(format!("{error} {error:?}"));
        below = error.source();
    }
    let told = told.join("\n");
    for secret in [KEY, PROMPT, "marzipan", "<html", "base64"] {
        assert!(!told.contains(secret), "`{secret}` shows in: {told}");
    }
}
