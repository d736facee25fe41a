//! Requests made from a capability: the smallest that fits, and the largest.

use kling_core::{
    AspectRatio, Element, Field, GenerationRequest, ImageCount, ImageFormat, ModelInfo, Need,
    Offer, Prompt, Resolution, Returned, Seconds, Support, Violation,
};

use crate::files::Files;
use crate::verdict::{Stop, broken, cannot};

/// What every prompt begins with. No error or log line may ever hold it.
pub(crate) const WORDS: &str = "zanzibar lighthouse made of marzipan";

/// How often offers are followed before a capability counts as one that nothing fits.
const ROUNDS: usize = 24;

/// A request with nothing that need not be there.
pub(crate) fn minimal(model: &ModelInfo, files: &Files) -> Result<GenerationRequest, Stop> {
    let capability = &model.capability;
    let mut request = GenerationRequest::new(model.id.clone(), model.operation(), words(None)?);
    request.images = (0..capability.images.min)
        .map(|_| files.picture())
        .collect();
    let required = |need| need == Need::Required;
    request.first_frame = required(capability.first_frame).then(|| files.picture());
    request.last_frame = required(capability.last_frame).then(|| files.picture());
    if required(capability.video) {
        request.video = Some(clip(files)?);
    }
    fitted(request, model, files)
}

/// The smallest request, but of two images and with the shortest video, where there is a choice.
///
/// What it costs differs from what the smallest does, and it is quickly made.
pub(crate) fn several(model: &ModelInfo, files: &Files) -> Result<GenerationRequest, Stop> {
    let capability = &model.capability;
    let mut request = minimal(model, files)?;
    if capability.returned == Returned::All {
        let count = ImageCount::new(capability.count.max.min(2));
        request.count = count.unwrap_or(ImageCount::ONE);
    }
    request.duration = capability.durations.values.iter().min().copied();
    fitted(request, model, files)
}

/// A request with everything that may be there, as much of it as fits.
pub(crate) fn maximal(model: &ModelInfo, files: &Files) -> Result<GenerationRequest, Stop> {
    let capability = &model.capability;
    let prompt = words(Some(capability.prompt_chars))?;
    let mut request = GenerationRequest::new(model.id.clone(), model.operation(), prompt);
    if capability.negative_prompt == Support::Yes {
        request.negative_prompt = Some(words(None)?);
    }
    request.images = (0..capability.images.max)
        .map(|_| files.picture())
        .collect();
    let may = |need| need != Need::No;
    request.first_frame = may(capability.first_frame).then(|| files.picture());
    request.last_frame = may(capability.last_frame).then(|| files.picture());
    if may(capability.video) {
        request.video = files.clip();
    }
    if let Some(rule) = capability.elements {
        let element = |_| Element {
            frontal: files.picture(),
            references: (0..rule.references.max).map(|_| files.picture()).collect(),
        };
        request.elements = (0..rule.max).map(element).collect();
    }
    request.aspect_ratio = capability.aspect_ratios.values.last().copied();
    request.resolution = capability.resolutions.values.iter().max().copied();
    request.format = capability.formats.values.last().copied();
    request.duration = capability.durations.values.iter().max().copied();
    if capability.returned == Returned::All {
        request.count = ImageCount::new(capability.count.max).unwrap_or(ImageCount::ONE);
    }
    request.keep_audio = (capability.keep_audio == Support::Yes).then_some(true);
    for option in &capability.options {
        if let Some(value) = option.values.last() {
            let name = option.name.to_owned();
            request.provider_options.insert(name, (*value).to_owned());
        }
    }
    fitted(request, model, files)
}

/// Follows the capability's own offers until the request fits.
fn fitted(
    mut request: GenerationRequest,
    model: &ModelInfo,
    files: &Files,
) -> Result<GenerationRequest, Stop> {
    for _ in 0..ROUNDS {
        let Err(violations) = model.capability.check(&request) else {
            return Ok(request);
        };
        // One at a time: an offer may mend the next violation too.
        let Some(violation) = violations.0.first() else {
            return Ok(request);
        };
        if !follow(&mut request, violation, files)? {
            return cannot(format!("no request could be made that fits: {violation}"));
        }
    }
    broken("whoever follows the capability's offers gets no request that fits")
}

/// Does what an offer says; whether that was possible.
fn follow(
    request: &mut GenerationRequest,
    violation: &Violation,
    files: &Files,
) -> Result<bool, Stop> {
    let field = &violation.field;
    Ok(match &violation.offer {
        Offer::LeaveOut => leave_out(request, field),
        Offer::Give => give(request, field, 1, files)?,
        Offer::AtLeast(count) => give(request, field, usize::from(*count), files)?,
        Offer::AtMost(count) => at_most(request, field, usize::from(*count)),
        Offer::Use(value) => put(request, field, value),
        Offer::Shorten(_)
        | Offer::Convert(_)
        | Offer::Shrink(_)
        | Offer::ScaleUp(_)
        | Offer::ScaleDown(_)
        | Offer::Crop
        | Offer::Trim
        | Offer::Longer(_)
        | Offer::Repace(_)
        | Offer::PublicUrl => false,
    })
}

fn leave_out(request: &mut GenerationRequest, field: &Field) -> bool {
    match field {
        Field::Operation | Field::Prompt => return false,
        Field::NegativePrompt => request.negative_prompt = None,
        Field::Images => request.images.clear(),
        Field::FirstFrame => request.first_frame = None,
        Field::LastFrame => request.last_frame = None,
        Field::Video => request.video = None,
        Field::Elements => request.elements.clear(),
        Field::ElementReferences => {
            for element in &mut request.elements {
                element.references.clear();
            }
        }
        Field::AspectRatio => request.aspect_ratio = None,
        Field::Resolution => request.resolution = None,
        Field::Format => request.format = None,
        Field::Duration => request.duration = None,
        Field::Count => request.count = ImageCount::ONE,
        Field::KeepAudio => request.keep_audio = None,
        Field::Option(name) => {
            request.provider_options.remove(name);
        }
    }
    true
}

fn give(
    request: &mut GenerationRequest,
    field: &Field,
    count: usize,
    files: &Files,
) -> Result<bool, Stop> {
    match field {
        Field::Images => request.images.resize_with(count, || files.picture()),
        Field::FirstFrame => request.first_frame = Some(files.picture()),
        Field::LastFrame => request.last_frame = Some(files.picture()),
        Field::Video => request.video = Some(clip(files)?),
        Field::Elements => request.elements.resize_with(count, || Element {
            frontal: files.picture(),
            references: Vec::new(),
        }),
        Field::ElementReferences => {
            for element in &mut request.elements {
                if element.references.len() < count {
                    element.references.resize_with(count, || files.picture());
                }
            }
        }
        Field::Operation
        | Field::Prompt
        | Field::NegativePrompt
        | Field::AspectRatio
        | Field::Resolution
        | Field::Format
        | Field::Duration
        | Field::Count
        | Field::KeepAudio
        | Field::Option(_) => return Ok(false),
    }
    Ok(true)
}

fn at_most(request: &mut GenerationRequest, field: &Field, count: usize) -> bool {
    match field {
        Field::Images => request.images.truncate(count),
        Field::Elements => request.elements.truncate(count),
        Field::ElementReferences => {
            for element in &mut request.elements {
                element.references.truncate(count);
            }
        }
        _ => return false,
    }
    true
}

fn put(request: &mut GenerationRequest, field: &Field, value: &str) -> bool {
    match field {
        Field::AspectRatio => request.aspect_ratio = AspectRatio::parse(value).ok(),
        Field::Resolution => request.resolution = Resolution::parse(value).ok(),
        Field::Format => request.format = ImageFormat::parse(value).ok(),
        Field::Duration => {
            request.duration = value.parse().ok().and_then(|n| Seconds::new(n).ok());
        }
        Field::Count => match value.parse().ok().and_then(|n| ImageCount::new(n).ok()) {
            Some(count) => request.count = count,
            None => return false,
        },
        Field::Option(name) => {
            let (name, value) = (name.clone(), value.to_owned());
            request.provider_options.insert(name, value);
        }
        _ => return false,
    }
    true
}

fn clip(files: &Files) -> Result<kling_core::Asset, Stop> {
    files.clip().map_or_else(
        || cannot("the subject has no clip, and the model needs one"),
        Ok,
    )
}

/// The words, filled up to a length where one is given.
pub(crate) fn words(chars: Option<u32>) -> Result<Prompt, Stop> {
    let length = chars.map_or(0, |chars| chars as usize);
    let mut text: String = WORDS
        .chars()
        .chain(" é日".chars().cycle())
        .take(length.max(WORDS.len()).min(Prompt::MAX_CHARS))
        .collect();
    if chars.is_some_and(|chars| (chars as usize) < WORDS.len()) {
        text = text.chars().take(length).collect();
    }
    // White space at the end would be taken off.
    if text.ends_with(' ') {
        text.pop();
        text.push('.');
    }
    Prompt::new(text).or_else(|error| cannot(format!("no prompt could be made: {error}")))
}
