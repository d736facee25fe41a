//! Requests that a model does not take, one thing wrong in each.

use kling_core::{
    AspectRatio, Asset, AssetInfo, Element, GenerationRequest, ImageCount, ImageFormat, MediaType,
    ModelId, ModelInfo, Operation, Prompt, Resolution, Seconds,
};

use crate::files::Files;
use crate::request::words;
use crate::verdict::Stop;

/// Every way to be wrong that this model has, with its name.
pub(crate) fn all(
    fitting: &GenerationRequest,
    model: &ModelInfo,
    catalogue: &[ModelInfo],
    files: &Files,
) -> Result<Vec<(String, GenerationRequest)>, Stop> {
    let mut wrong = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut GenerationRequest)| {
        let mut request = fitting.clone();
        change(&mut request);
        if model.capability.check(&request).is_err() {
            wrong.push((name.to_owned(), request));
        }
    };
    let long = words(Some(model.capability.prompt_chars.saturating_add(1)))?;
    let plain = words(None)?;
    add("a prompt too long", &|request| {
        request.prompt.clone_from(&long);
    });
    add("a negative prompt", &|request| {
        request.negative_prompt = Some(plain.clone());
    });
    add("no pictures", &|request| request.images.clear());
    add("too many pictures", &|request| {
        let count = usize::from(model.capability.images.max) + 1;
        request.images.resize_with(count, || files.picture());
    });
    add("no first frame", &|request| request.first_frame = None);
    add("a first frame", &|request| {
        request.first_frame = Some(files.picture());
    });
    add("a last frame", &|request| {
        request.last_frame = Some(files.picture());
    });
    add("no clip", &|request| request.video = None);
    add("a clip", &|request| {
        request.video = Some(Asset::pending(AssetInfo {
            media_type: MediaType::Mp4,
            size_bytes: 1_000,
            dimensions: None,
            duration: None,
            frame_rate: None,
        }));
    });
    add("too many elements", &|request| {
        let count = model.capability.elements.map_or(0, |rule| rule.max);
        request.elements.resize_with(usize::from(count) + 1, || {
            let frontal = files.picture();
            Element {
                frontal,
                references: vec![files.picture()],
            }
        });
    });
    add("an odd shape", &|request| {
        request.aspect_ratio = Some(AspectRatio::of(1, 200));
    });
    for resolution in Resolution::ALL {
        add(resolution.as_str(), &|request| {
            request.resolution = Some(resolution);
        });
    }
    for format in ImageFormat::ALL {
        add(format.as_str(), &|request| request.format = Some(format));
    }
    for seconds in [1, 7, 11, Seconds::MAX] {
        add(&format!("{seconds} seconds"), &|request| {
            request.duration = Seconds::new(seconds).ok();
        });
    }
    add("ten results", &|request| {
        request.count = ImageCount::new(ImageCount::MAX).unwrap_or(ImageCount::ONE);
    });
    add("the clip's sound", &|request| {
        request.keep_audio = Some(true);
    });
    add("an unknown option", &|request| {
        let name = "no-such-option".to_owned();
        request.provider_options.insert(name, "yes".to_owned());
    });

    for operation in Operation::ALL {
        let known = |entry: &ModelInfo| entry.id == model.id && entry.operation() == operation;
        if !catalogue.iter().any(known) {
            let mut request = fitting.clone();
            request.operation = operation;
            wrong.push((operation.to_string(), request));
        }
    }
    let mut unknown = GenerationRequest::new(
        ModelId::literal("no-such-model"),
        model.operation(),
        Prompt::clone(&plain),
    );
    unknown.images.clone_from(&fitting.images);
    wrong.push(("an unknown model".to_owned(), unknown));
    Ok(wrong)
}
