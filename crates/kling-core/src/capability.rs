//! What a model accepts, as data: one record that menus, checks, routing, prices and docs are read from.

mod check;
mod files;
mod split;
mod violation;

use std::time::Duration;

pub use violation::{Offer, Problem, Violation, Violations};

use crate::{
    AspectRatio, FrameRate, GenerationRequest, ImageFormat, MediaType, Operation, Resolution,
    Seconds, Transport,
};

/// What one model accepts for one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Capability {
    /// The kind of work.
    pub operation: Operation,
    /// The most characters of a prompt.
    pub prompt_chars: u32,
    /// What becomes of a negative prompt.
    pub negative_prompt: Support,
    /// How many reference images.
    pub images: CountRange,
    /// The image a video starts with.
    pub first_frame: Need,
    /// The image a video ends with.
    pub last_frame: Need,
    /// The input video.
    pub video: Need,
    /// Elements, where the model takes them.
    pub elements: Option<ElementRule>,
    /// Shapes of the result.
    pub aspect_ratios: Choices<AspectRatio>,
    /// How fine the result can be.
    pub resolutions: Choices<Resolution>,
    /// Files an image can come as.
    pub formats: Choices<ImageFormat>,
    /// Lengths of a video.
    pub durations: Choices<Seconds>,
    /// How many images can be asked for at once.
    pub count: CountRange,
    /// How many of those come back.
    pub returned: Returned,
    /// What becomes of the wish to keep the input video's sound.
    pub keep_audio: Support,
    /// What an input image may be.
    pub image_files: FileRule,
    /// What an input video may be.
    pub video_files: FileRule,
    /// How files travel, the best way first.
    pub transports: Vec<Transport>,
    /// Settings that only this provider has.
    pub options: Vec<ProviderOption>,
    /// Rules between fields.
    pub rules: Vec<Rule>,
    /// What is left when an answer is lost.
    pub recovery: Recovery,
}

impl Capability {
    /// A record that accepts a prompt of up to 2500 characters and nothing else; fill in the rest.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            prompt_chars: 2500,
            negative_prompt: Support::No,
            images: CountRange::NONE,
            first_frame: Need::No,
            last_frame: Need::No,
            video: Need::No,
            elements: None,
            aspect_ratios: Choices::none(),
            resolutions: Choices::none(),
            formats: Choices::none(),
            durations: Choices::none(),
            count: CountRange { min: 1, max: 1 },
            returned: Returned::All,
            keep_audio: Support::No,
            image_files: FileRule::any_image(),
            video_files: FileRule::any_video(),
            transports: vec![Transport::Url],
            options: Vec::new(),
            rules: Vec::new(),
            recovery: Recovery::default(),
        }
    }

    /// Tells everything that is wrong with a request, each with the nearest thing that would work.
    ///
    /// # Errors
    ///
    /// All violations, when there is at least one.
    pub fn check(&self, request: &GenerationRequest) -> Result<(), Violations> {
        let found = check::violations(self, request);
        if found.is_empty() {
            Ok(())
        } else {
            Err(Violations(found))
        }
    }
}

/// A field of a request, for pointing at it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// [`GenerationRequest::operation`], with the model.
    Operation,
    /// [`GenerationRequest::prompt`]
    Prompt,
    /// [`GenerationRequest::negative_prompt`]
    NegativePrompt,
    /// [`GenerationRequest::images`]
    Images,
    /// [`GenerationRequest::first_frame`]
    FirstFrame,
    /// [`GenerationRequest::last_frame`]
    LastFrame,
    /// [`GenerationRequest::video`]
    Video,
    /// [`GenerationRequest::elements`]
    Elements,
    /// [`Element::references`](crate::Element::references), of one of them
    ElementReferences,
    /// [`GenerationRequest::aspect_ratio`]
    AspectRatio,
    /// [`GenerationRequest::resolution`]
    Resolution,
    /// [`GenerationRequest::format`]
    Format,
    /// [`GenerationRequest::duration`]
    Duration,
    /// [`GenerationRequest::count`]
    Count,
    /// [`GenerationRequest::keep_audio`]
    KeepAudio,
    /// One of [`GenerationRequest::provider_options`]
    Option(String),
}

impl Field {
    /// A stable name: what commands and stored rows call it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Operation => "operation",
            Self::Prompt => "prompt",
            Self::NegativePrompt => "negative_prompt",
            Self::Images => "images",
            Self::FirstFrame => "first_frame",
            Self::LastFrame => "last_frame",
            Self::Video => "video",
            Self::Elements => "elements",
            Self::ElementReferences => "element_references",
            Self::AspectRatio => "aspect_ratio",
            Self::Resolution => "resolution",
            Self::Format => "format",
            Self::Duration => "duration",
            Self::Count => "count",
            Self::KeepAudio => "keep_audio",
            Self::Option(name) => name,
        }
    }

    /// Whether the request says anything about it.
    pub fn is_given(&self, request: &GenerationRequest) -> bool {
        match self {
            Self::Operation | Self::Prompt => true,
            Self::NegativePrompt => request.negative_prompt.is_some(),
            Self::Images => !request.images.is_empty(),
            Self::FirstFrame => request.first_frame.is_some(),
            Self::LastFrame => request.last_frame.is_some(),
            Self::Video => request.video.is_some(),
            Self::Elements => !request.elements.is_empty(),
            Self::ElementReferences => request
                .elements
                .iter()
                .any(|element| !element.references.is_empty()),
            Self::AspectRatio => request.aspect_ratio.is_some(),
            Self::Resolution => request.resolution.is_some(),
            Self::Format => request.format.is_some(),
            Self::Duration => request.duration.is_some(),
            Self::Count => request.count.get() > 1,
            Self::KeepAudio => request.keep_audio.is_some(),
            Self::Option(name) => request.provider_options.contains_key(name),
        }
    }

    /// How many inputs it brings, for rules that count them together.
    pub fn inputs(&self, request: &GenerationRequest) -> usize {
        match self {
            Self::Images => request.images.len(),
            Self::Elements => request.elements.len(),
            Self::FirstFrame | Self::LastFrame | Self::Video => usize::from(self.is_given(request)),
            Self::Operation
            | Self::Prompt
            | Self::NegativePrompt
            | Self::AspectRatio
            | Self::Resolution
            | Self::Format
            | Self::Duration
            | Self::Count
            | Self::KeepAudio
            | Self::ElementReferences
            | Self::Option(_) => 0,
        }
    }
}

/// Whether something single must, may or must not be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// It must be given.
    Required,
    /// It may be given.
    Optional,
    /// The model does not take it.
    No,
}

/// Whether a setting has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Support {
    /// It has.
    Yes,
    /// The provider takes it and then drops it in silence; we say so instead.
    Dropped,
    /// The model does not take it.
    No,
}

/// How many of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountRange {
    /// At least.
    pub min: u8,
    /// At most.
    pub max: u8,
}

impl CountRange {
    /// None at all.
    pub const NONE: Self = Self { min: 0, max: 0 };
}

/// The values a setting can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices<T> {
    /// In the order people should see them; empty when the model does not take the setting.
    pub values: Vec<T>,
    /// What the provider does when nothing is said, where it says.
    pub default: Option<T>,
}

impl<T> Choices<T> {
    /// The model does not take the setting.
    pub const fn none() -> Self {
        Self {
            values: Vec::new(),
            default: None,
        }
    }

    /// These values, with what the provider does when nothing is said.
    pub fn new(values: impl Into<Vec<T>>, default: Option<T>) -> Self {
        Self {
            values: values.into(),
            default,
        }
    }
}

/// What elements a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElementRule {
    /// The most elements.
    pub max: u8,
    /// How many further pictures each has beside the frontal one.
    pub references: CountRange,
}

/// Of several images asked for, how many come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Returned {
    /// All of them.
    All,
    /// Only the first, though all may be charged.
    FirstOnly,
}

/// What an input file may be. `None` where no limit is known.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRule {
    /// Kinds of file.
    pub types: Vec<MediaType>,
    /// The most bytes of one file.
    pub max_bytes: Option<u64>,
    /// The fewest pixels of a side.
    pub min_side: Option<u32>,
    /// The most pixels of a side.
    pub max_side: Option<u32>,
    /// Width divided by height, from and to.
    pub ratio: Option<(f64, f64)>,
    /// Playing time, from and to.
    pub duration: Option<(Duration, Duration)>,
    /// Frames a second of a video, from and to. A tenth beside them still counts: what is sold as 24 is often 23.976,
    /// and the length it is worked out from is rounded.
    pub frame_rate: Option<(FrameRate, FrameRate)>,
}

impl FileRule {
    /// The still pictures everybody takes.
    pub fn any_image() -> Self {
        Self {
            types: vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp],
            max_bytes: None,
            min_side: None,
            max_side: None,
            ratio: None,
            duration: None,
            frame_rate: None,
        }
    }

    /// The videos everybody takes.
    pub fn any_video() -> Self {
        Self {
            types: vec![MediaType::Mp4, MediaType::Mov],
            ..Self::any_image()
        }
    }
}

/// A setting that only one provider has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderOption {
    /// Its name in [`GenerationRequest::provider_options`].
    pub name: &'static str,
    /// What it does, in one sentence without a full stop.
    pub about: &'static str,
    /// The values it takes, in lower case.
    pub values: &'static [&'static str],
}

/// A rule between fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// These inputs, counted together, are at least `min` and at most `max`; where `when` is given,
    /// only in requests that have that field.
    Together {
        /// What is counted; where something is missing, the first is asked for.
        fields: Vec<Field>,
        /// At least.
        min: u8,
        /// At most.
        max: u8,
        /// Only when this is given.
        when: Option<Field>,
    },
    /// The two cannot be given together.
    NotTogether(Field, Field),
    /// The first is of no use without the second.
    Needs(Field, Field),
    /// The field must be given, unless another is.
    RequiredUnless(Field, Field),
    /// With this field given (or, with `given` false, absent) only these lengths are possible.
    DurationsWhen {
        /// The field that decides.
        field: Field,
        /// Whether it decides by being there or by being absent.
        given: bool,
        /// The lengths that are possible then.
        allowed: Vec<Seconds>,
    },
}

/// What is left when the answer to a submission is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// [`Provider::find`](crate::Provider::find) can look the submission up by our key.
    pub find: bool,
    /// [`Provider::cancel`](crate::Provider::cancel) can stop a task.
    pub cancel: bool,
}
