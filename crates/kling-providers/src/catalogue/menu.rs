//! The union of capabilities: what a command has to offer so that every model can be used.

use kling_core::{
    AspectRatio, CountRange, FileRule, ImageFormat, MediaType, Need, ProviderId, ProviderOption,
    Resolution, Returned, Seconds, Support,
};

use super::Entry;

/// What anybody takes. A combination may still fit nobody: [`Catalogue::choose`](super::Catalogue::choose) tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    /// Who is on it, in the catalogue's order.
    pub providers: Vec<ProviderId>,
    /// The most characters of a prompt that anybody takes.
    pub prompt_chars: u32,
    /// Whether a negative prompt has an effect anywhere.
    pub negative_prompt: bool,
    /// Reference images: the fewest anybody needs, the most anybody takes.
    pub images: CountRange,
    /// The image a video starts with: required where everybody needs it.
    pub first_frame: Need,
    /// The image a video ends with.
    pub last_frame: Need,
    /// The input video.
    pub video: Need,
    /// The most elements.
    pub max_elements: u8,
    /// Shapes, those of the first entry first.
    pub aspect_ratios: Vec<AspectRatio>,
    /// From coarse to fine.
    pub resolutions: Vec<Resolution>,
    /// Files an image can come as.
    pub formats: Vec<ImageFormat>,
    /// Lengths of a video, from short to long.
    pub durations: Vec<Seconds>,
    /// The most images at once, of which all come back.
    pub max_count: u8,
    /// Whether keeping the sound of the input video has an effect anywhere.
    pub keep_audio: bool,
    /// The kinds of image files anybody takes.
    pub image_types: Vec<MediaType>,
    /// The most bytes of an image file; `None` where somebody states no limit.
    pub image_bytes: Option<u64>,
    /// The kinds of video files anybody takes.
    pub video_types: Vec<MediaType>,
    /// The most bytes of a video file; `None` where somebody states no limit.
    pub video_bytes: Option<u64>,
    /// Settings that only one provider has, with whose they are.
    pub options: Vec<(ProviderId, ProviderOption)>,
}

impl Menu {
    pub(super) fn over<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<Self> {
        let mut entries = entries.peekable();
        entries.peek()?;
        Some(entries.fold(Self::nothing(), Self::and))
    }

    /// Neutral: whatever is added to it is the result.
    fn nothing() -> Self {
        Self {
            providers: Vec::new(),
            prompt_chars: 0,
            negative_prompt: false,
            images: CountRange {
                min: u8::MAX,
                max: 0,
            },
            first_frame: Need::Required,
            last_frame: Need::Required,
            video: Need::Required,
            max_elements: 0,
            aspect_ratios: Vec::new(),
            resolutions: Vec::new(),
            formats: Vec::new(),
            durations: Vec::new(),
            max_count: 1,
            keep_audio: false,
            image_types: Vec::new(),
            image_bytes: Some(0),
            video_types: Vec::new(),
            video_bytes: Some(0),
            options: Vec::new(),
        }
    }

    fn and(mut self, entry: &Entry) -> Self {
        let id = entry.provider.id();
        let one = &entry.info.capability;
        let first = self.providers.is_empty();
        let need = |so_far, need| if first { need } else { either(so_far, need) };
        self.first_frame = need(self.first_frame, one.first_frame);
        self.last_frame = need(self.last_frame, one.last_frame);
        self.video = need(self.video, one.video);
        add(&mut self.providers, [id.clone()]);
        self.prompt_chars = self.prompt_chars.max(one.prompt_chars);
        self.negative_prompt |= one.negative_prompt == Support::Yes;
        self.images.min = self.images.min.min(one.images.min);
        self.images.max = self.images.max.max(one.images.max);
        self.max_elements = self
            .max_elements
            .max(one.elements.map_or(0, |rule| rule.max));
        add(&mut self.aspect_ratios, one.aspect_ratios.values.clone());
        add(&mut self.resolutions, one.resolutions.values.clone());
        self.resolutions.sort_unstable();
        add(&mut self.formats, one.formats.values.clone());
        add(&mut self.durations, one.durations.values.clone());
        self.durations.sort_unstable();
        self.max_count = self.max_count.max(match one.returned {
            Returned::All => one.count.max,
            Returned::FirstOnly => 1,
        });
        self.keep_audio |= one.keep_audio == Support::Yes;
        files(
            &mut self.image_types,
            &mut self.image_bytes,
            &one.image_files,
        );
        files(
            &mut self.video_types,
            &mut self.video_bytes,
            &one.video_files,
        );
        let options = one
            .options
            .iter()
            .map(|option| (id.clone(), option.clone()));
        add(&mut self.options, options);
        self
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

fn either(one: Need, other: Need) -> Need {
    if one == other { one } else { Need::Optional }
}

fn files(types: &mut Vec<MediaType>, bytes: &mut Option<u64>, rule: &FileRule) {
    add(types, rule.types.clone());
    *bytes = bytes.zip(rule.max_bytes).map(|(most, max)| most.max(max));
}
