//! What a person asked for, checked field by field, in no vendor's dialect.

mod field;
mod operation;

use std::collections::BTreeMap;

pub use field::{AspectRatio, ImageCount, ImageFormat, InvalidField, Prompt, Resolution, Seconds};
pub use operation::{MediaKind, Operation};

use crate::{Asset, ModelId};

/// One generation, ready to be checked against a [`Capability`](crate::Capability) and submitted.
///
/// `None` leaves a field to the provider's default. Its `Debug` shows no prompt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GenerationRequest {
    /// Which model, in the provider's spelling.
    pub model: ModelId,
    /// What kind of work.
    pub operation: Operation,
    /// What to make.
    pub prompt: Prompt,
    /// What to avoid.
    pub negative_prompt: Option<Prompt>,
    /// Reference images, in the order the prompt refers to them.
    pub images: Vec<Asset>,
    /// The image a video starts with.
    pub first_frame: Option<Asset>,
    /// The image a video ends with.
    pub last_frame: Option<Asset>,
    /// The video to edit or to take as a reference.
    pub video: Option<Asset>,
    /// Things or persons that must look the same throughout.
    pub elements: Vec<Element>,
    /// Width against height of the result.
    pub aspect_ratio: Option<AspectRatio>,
    /// How fine the result is.
    pub resolution: Option<Resolution>,
    /// How many images; 1 for a video.
    pub count: ImageCount,
    /// What kind of file an image comes as.
    pub format: Option<ImageFormat>,
    /// How long a video is.
    pub duration: Option<Seconds>,
    /// Whether the sound of the input video is kept.
    pub keep_audio: Option<bool>,
    /// Settings that only one provider has, by the names its capability lists.
    ///
    /// An unknown name is a violation, never ignored.
    pub provider_options: BTreeMap<String, String>,
}

impl GenerationRequest {
    /// A request with nothing but a prompt.
    pub fn new(model: ModelId, operation: Operation, prompt: Prompt) -> Self {
        Self {
            model,
            operation,
            prompt,
            negative_prompt: None,
            images: Vec::new(),
            first_frame: None,
            last_frame: None,
            video: None,
            elements: Vec::new(),
            aspect_ratio: None,
            resolution: None,
            count: ImageCount::ONE,
            format: None,
            duration: None,
            keep_audio: None,
            provider_options: BTreeMap::new(),
        }
    }

    /// Every image that goes in: references, frames and the pictures of elements.
    pub fn input_images(&self) -> impl Iterator<Item = &Asset> {
        self.images
            .iter()
            .chain(&self.first_frame)
            .chain(&self.last_frame)
            .chain(
                self.elements.iter().flat_map(|element| {
                    std::iter::once(&element.frontal).chain(&element.references)
                }),
            )
    }
}

/// A thing or person shown from several sides, so that it looks the same throughout.
#[derive(Clone, Debug)]
pub struct Element {
    /// Seen from the front.
    pub frontal: Asset,
    /// Seen from other sides.
    pub references: Vec<Asset>,
}
