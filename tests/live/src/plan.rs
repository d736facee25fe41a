//! Which calls are made: the cheapest request of each model that can be put together here.

use std::io::{Cursor, Write};

use anyhow::Context as _;
use image::{ImageFormat, Rgb, RgbImage};
use kling_core::{
    AspectRatio, Asset, AssetInfo, AssetUrl, Capability, Estimate, Field, GenerationRequest,
    MediaType, ModelInfo, Money, Need, Offer, Prompt, Transport,
};
use kling_emulator::media::video;
use kling_providers::Inputs;

use crate::account::Account;
use crate::budget;

/// The words of every request.
const WORDS: &str = "a small paper boat on a calm lake, seen from above";

/// The side of the square picture that goes in: every model takes it.
const SIDE: u32 = 768;

/// The clip that goes in: as short and as small as every model takes.
const CLIP_SECONDS: u32 = 3;
const CLIP_PIXELS: (u32, u32) = (1280, 720);

/// How often a capability's offers are followed.
const ROUNDS: usize = 8;

/// A call that can be made.
pub(crate) struct Planned {
    pub(crate) provider: &'static str,
    pub(crate) request: GenerationRequest,
    pub(crate) estimate: Estimate,
}

impl Planned {
    /// The most it is expected to cost.
    pub(crate) fn worst(&self) -> Option<Money> {
        budget::worst(self.estimate)
    }

    /// Cheap calls first, of those the ones with the fewest files, and those that nobody knows the price of last.
    pub(crate) fn order(&self) -> (bool, Option<Money>, usize) {
        let request = &self.request;
        let files = request.input_images().count() + usize::from(request.video.is_some());
        (self.worst().is_none(), self.worst(), files)
    }

    pub(crate) fn title(&self) -> String {
        let request = &self.request;
        format!("{} {} {}", self.provider, request.model, request.operation)
    }
}

/// What can go into a request.
pub(crate) struct Files {
    picture: Asset,
    clip: Asset,
    address: Option<AssetUrl>,
}

impl Files {
    pub(crate) async fn make(image_url: Option<&str>) -> anyhow::Result<Self> {
        let mut png = Cursor::new(Vec::new());
        RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let shade = u8::try_from((x + y) * 255 / (2 * SIDE)).unwrap_or(u8::MAX);
            Rgb([shade, 120, 255 - shade])
        })
        .write_to(&mut png, ImageFormat::Png)?;
        let clip = video::sample("a paper boat", CLIP_SECONDS, CLIP_PIXELS);
        let inputs = Inputs::default();
        let address = image_url.map(AssetUrl::parse).transpose();
        Ok(Self {
            picture: inputs.bytes(png.into_inner()).await?,
            clip: inputs.bytes(clip.context("no clip can be made")?).await?,
            address: address.context("--image-url is no address of a picture")?,
        })
    }

    fn picture_for(&self, capability: &Capability) -> Option<Asset> {
        let travels = |asset: &Asset| {
            let mut ways = capability.transports.iter();
            ways.any(|way: &Transport| asset.can_travel(*way))
        };
        if travels(&self.picture) {
            return Some(self.picture.clone());
        }
        let info = AssetInfo {
            media_type: MediaType::Png,
            ..self.picture.info().clone()
        };
        self.address.clone().map(|url| Asset::from_url(info, url))
    }
}

/// The calls of a provider: for each model the cheapest, or every one. What cannot be made says why.
pub(crate) fn of(
    account: &Account,
    files: &Files,
    every: bool,
    wanted: impl Fn(&ModelInfo) -> bool,
) -> Vec<Result<Planned, String>> {
    let mut models: Vec<&ModelInfo> = account.provider().models().iter().collect();
    models.retain(|model| wanted(model));
    let mut ids: Vec<_> = models.iter().map(|model| &model.id).collect();
    ids.dedup();
    let mut calls = Vec::new();
    for id in ids {
        let entries = models.iter().filter(|entry| entry.id == *id);
        let (made, missing): (Vec<_>, Vec<_>) = entries
            .map(|entry| planned(account.name(), entry, files))
            .partition(Result::is_ok);
        if every {
            calls.extend(made.into_iter().chain(missing));
        } else {
            let cheapest = made.into_iter().flatten().min_by_key(Planned::order);
            calls.extend(cheapest.map(Ok).or_else(|| missing.into_iter().next()));
        }
    }
    calls
}

fn planned(provider: &'static str, entry: &ModelInfo, files: &Files) -> Result<Planned, String> {
    let cannot = |why: &str| format!("{} {}: left out, {why}", entry.id, entry.operation());
    let request = cheapest(entry, files).map_err(|why| cannot(&why))?;
    Ok(Planned {
        provider,
        estimate: entry.estimate(&request),
        request,
    })
}

/// The smallest request that fits, square where there is a choice.
fn cheapest(entry: &ModelInfo, files: &Files) -> Result<GenerationRequest, String> {
    let capability = &entry.capability;
    let prompt = Prompt::new(WORDS).map_err(|error| error.to_string())?;
    let mut request = GenerationRequest::new(entry.id.clone(), entry.operation(), prompt);
    let picture = || {
        let picture = files.picture_for(capability);
        picture.ok_or("it takes addresses of pictures only: give one with --image-url".to_owned())
    };
    for _ in 0..capability.images.min {
        request.images.push(picture()?);
    }
    if capability.first_frame == Need::Required {
        request.first_frame = Some(picture()?);
    }
    if capability.last_frame == Need::Required {
        request.last_frame = Some(picture()?);
    }
    if capability.video == Need::Required {
        request.video = Some(files.clip.clone());
    }
    let square = AspectRatio::of(1, 1);
    if capability.aspect_ratios.values.contains(&square) {
        request.aspect_ratio = Some(square);
    }
    request.resolution = capability.resolutions.values.iter().min().copied();
    request.duration = capability.durations.values.iter().min().copied();
    for _ in 0..ROUNDS {
        let Err(violations) = capability.check(&request) else {
            return Ok(request);
        };
        let Some(violation) = violations.0.first() else {
            break;
        };
        match (&violation.field, &violation.offer) {
            (Field::Images, Offer::Give | Offer::AtLeast(_)) => request.images.push(picture()?),
            (Field::AspectRatio, Offer::LeaveOut) => request.aspect_ratio = None,
            (Field::Duration, Offer::LeaveOut) => request.duration = None,
            _ => return Err(violation.to_string()),
        }
    }
    Err("no request fits it".to_owned())
}

/// Tells what would be called, and what it would cost at worst.
pub(crate) fn tell(planned: &[Planned], out: &mut dyn Write) -> std::io::Result<()> {
    let mut sum = Money::ZERO;
    for call in planned {
        match call.worst() {
            Some(worst) => {
                sum = sum + worst;
                budget::line(out, worst, &call.title())?;
            }
            None => budget::line(out, "?", &call.title())?,
        }
    }
    budget::line(out, sum, "at worst, without what nobody knows")
}
