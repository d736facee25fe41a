//! The part of the check that looks at input files.

use super::{Capability, Field, FileRule, Offer, Problem, Violation};
use crate::{Asset, AssetInfo, Dimensions, FrameRate, GenerationRequest};

pub(super) fn check(
    capability: &Capability,
    request: &GenerationRequest,
    found: &mut Vec<Violation>,
) {
    let pictures = &capability.image_files;
    for (index, image) in request.images.iter().enumerate() {
        one(
            capability,
            pictures,
            &Field::Images,
            index + 1,
            image,
            found,
        );
    }
    for (field, frame) in [
        (Field::FirstFrame, &request.first_frame),
        (Field::LastFrame, &request.last_frame),
    ] {
        if let Some(frame) = frame {
            one(capability, pictures, &field, 1, frame, found);
        }
    }
    for (index, element) in request.elements.iter().enumerate() {
        for image in std::iter::once(&element.frontal).chain(&element.references) {
            one(
                capability,
                pictures,
                &Field::Elements,
                index + 1,
                image,
                found,
            );
        }
    }
    if let Some(video) = &request.video {
        one(
            capability,
            &capability.video_files,
            &Field::Video,
            1,
            video,
            found,
        );
    }
}

fn one(
    capability: &Capability,
    rule: &FileRule,
    field: &Field,
    file: usize,
    asset: &Asset,
    found: &mut Vec<Violation>,
) {
    let mut add = |problem, offer| {
        found.push(Violation {
            field: field.clone(),
            problem,
            offer,
        });
    };
    let AssetInfo {
        media_type,
        size_bytes,
        dimensions,
        duration,
        frame_rate,
    } = *asset.info();
    if !rule.types.contains(&media_type) {
        let problem = Problem::FileType {
            file,
            given: media_type,
        };
        add(problem, Offer::Convert(rule.types.clone()));
    }
    if let Some(max_bytes) = rule.max_bytes.filter(|&max| size_bytes > max) {
        let problem = Problem::FileTooLarge {
            file,
            bytes: size_bytes,
            max_bytes,
        };
        add(problem, Offer::Shrink(max_bytes));
    }
    if let Some(given) = dimensions {
        pixels(rule, file, given, &mut add);
    }
    if let (Some(given), Some(allowed)) = (duration, rule.duration)
        && !(allowed.0..=allowed.1).contains(&given)
    {
        let problem = Problem::PlayingTime {
            file,
            given,
            allowed,
        };
        let offer = if given < allowed.0 {
            Offer::Longer(allowed.0)
        } else {
            Offer::Trim
        };
        add(problem, offer);
    }
    if let Some(given) = frame_rate {
        pace(rule, file, given, &mut add);
    }
    if !capability
        .transports
        .iter()
        .any(|&way| asset.can_travel(way))
    {
        let problem = Problem::Transport {
            file,
            accepted: capability.transports.clone(),
        };
        add(problem, Offer::PublicUrl);
    }
}

/// How far beside its limit a frame rate may be, in thousandths of a frame a second.
const PACE_TOLERANCE: u32 = 100;

fn pace(rule: &FileRule, file: usize, given: FrameRate, add: &mut impl FnMut(Problem, Offer)) {
    let Some(allowed) = rule.frame_rate else {
        return;
    };
    let rate = given.as_thousandths();
    let nearest = if rate.saturating_add(PACE_TOLERANCE) < allowed.0.as_thousandths() {
        allowed.0
    } else if rate > allowed.1.as_thousandths().saturating_add(PACE_TOLERANCE) {
        allowed.1
    } else {
        return;
    };
    let problem = Problem::Pace {
        file,
        given,
        allowed,
    };
    add(problem, Offer::Repace(nearest));
}

fn pixels(rule: &FileRule, file: usize, given: Dimensions, add: &mut impl FnMut(Problem, Offer)) {
    let Dimensions { width, height } = given;
    if let Some(min_side) = rule.min_side.filter(|&min| width.min(height) < min) {
        add(
            Problem::TooSmall {
                file,
                given,
                min_side,
            },
            Offer::ScaleUp(min_side),
        );
    }
    if let Some(max_side) = rule.max_side.filter(|&max| width.max(height) > max) {
        add(
            Problem::TooBig {
                file,
                given,
                max_side,
            },
            Offer::ScaleDown(max_side),
        );
    }
    if let Some(allowed) = rule.ratio {
        let shape = f64::from(width) / f64::from(height.max(1));
        if !(allowed.0..=allowed.1).contains(&shape) {
            add(
                Problem::Shape {
                    file,
                    given,
                    allowed,
                },
                Offer::Crop,
            );
        }
    }
}
