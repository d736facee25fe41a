//! What was asked, as a job keeps it: the fields of a request, and its inputs by where they come from.

use std::collections::BTreeMap;

use kling_core::{
    AspectRatio, Asset, AssetInfo, Element, GenerationRequest, ImageCount, ImageFormat, ModelId,
    Operation, Prompt, Resolution, Seconds,
};

/// The fields of a generation request without its files.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRequest {
    /// What kind of work.
    pub operation: Operation,
    /// What to make.
    pub prompt: Prompt,
    /// What to avoid.
    pub negative_prompt: Option<Prompt>,
    /// Width against height of the result.
    pub aspect_ratio: Option<AspectRatio>,
    /// How fine the result is.
    pub resolution: Option<Resolution>,
    /// How many images.
    pub count: ImageCount,
    /// What kind of file an image comes as.
    pub format: Option<ImageFormat>,
    /// How long a video is.
    pub duration: Option<Seconds>,
    /// Whether the sound of the input video is kept.
    pub keep_audio: Option<bool>,
    /// Settings that only one provider has.
    pub provider_options: BTreeMap<String, String>,
    /// The input files, in order.
    pub inputs: Vec<InputFile>,
}

/// One input file, as it was announced. Its `Debug` does not show where it comes from.
#[derive(Clone, PartialEq)]
pub struct InputFile {
    /// What it is for.
    pub role: InputRole,
    /// Its name, for people.
    pub name: String,
    /// Opaque text by which the platform fetches it. It may be signed: never logged.
    pub source: String,
    /// What the platform says it is; the bytes may say otherwise.
    pub info: AssetInfo,
}

impl std::fmt::Debug for InputFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputFile")
            .field("role", &self.role)
            .field("name", &self.name)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

/// What an input file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputRole {
    /// A reference image.
    Image,
    /// The image a video starts with.
    FirstFrame,
    /// The image a video ends with.
    LastFrame,
    /// The input video.
    Video,
    /// The frontal picture of an element, by the element's number from 0.
    ElementFrontal(u8),
    /// A further picture of an element, by the element's number from 0.
    ElementReference(u8),
}

impl JobRequest {
    /// A request with nothing but a prompt.
    pub fn new(operation: Operation, prompt: Prompt) -> Self {
        Self {
            operation,
            prompt,
            negative_prompt: None,
            aspect_ratio: None,
            resolution: None,
            count: ImageCount::ONE,
            format: None,
            duration: None,
            keep_audio: None,
            provider_options: BTreeMap::new(),
            inputs: Vec::new(),
        }
    }

    /// The request for a model, with an asset for each input, in the order of [`JobRequest::inputs`].
    ///
    /// At the gate the assets are [`Asset::pending`]; at dispatch they read from the archive.
    pub fn to_generation(
        &self,
        model: ModelId,
        assets: impl IntoIterator<Item = Asset>,
    ) -> GenerationRequest {
        let mut request = GenerationRequest::new(model, self.operation, self.prompt.clone());
        request.negative_prompt.clone_from(&self.negative_prompt);
        request.aspect_ratio = self.aspect_ratio;
        request.resolution = self.resolution;
        request.count = self.count;
        request.format = self.format;
        request.duration = self.duration;
        request.keep_audio = self.keep_audio;
        request.provider_options.clone_from(&self.provider_options);
        let mut elements: BTreeMap<u8, (Option<Asset>, Vec<Asset>)> = BTreeMap::new();
        for (input, asset) in self.inputs.iter().zip(assets) {
            match input.role {
                InputRole::Image => request.images.push(asset),
                InputRole::FirstFrame => request.first_frame = Some(asset),
                InputRole::LastFrame => request.last_frame = Some(asset),
                InputRole::Video => request.video = Some(asset),
                InputRole::ElementFrontal(n) => elements.entry(n).or_default().0 = Some(asset),
                InputRole::ElementReference(n) => elements.entry(n).or_default().1.push(asset),
            }
        }
        request.elements = elements
            .into_values()
            .filter_map(|(frontal, references)| {
                frontal.map(|frontal| Element {
                    frontal,
                    references,
                })
            })
            .collect();
        request
    }

    /// The request for a model as it is known at the gate, before any file was read. `is_public` tells which inputs
    /// will have a public address.
    pub fn announced(
        &self,
        model: ModelId,
        is_public: impl Fn(&InputFile) -> bool,
    ) -> GenerationRequest {
        let assets = self.inputs.iter().map(|input| {
            let asset = Asset::pending(input.info.clone());
            if is_public(input) {
                asset
            } else {
                asset.without_address()
            }
        });
        self.to_generation(model, assets)
    }
}
