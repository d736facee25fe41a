//! Every reason that is made anywhere, with the figures it is made with.

use std::time::Duration;

use kling_core::{Dimensions, Field, FrameRate, MediaType, Offer, Problem, Transport, Violation};
use kling_engine::Reason;

pub(super) fn every_reason() -> Vec<Reason> {
    let mut all = violations();
    all.extend(limits_and_files());
    all.extend(the_rest());
    for code in Reason::CODES {
        if !all.iter().any(|reason| reason.code == code) {
            all.push(Reason::new(code).with("provider", "aimlapi"));
        }
    }
    all
}

fn violation(field: Field, problem: Problem, offer: Offer) -> Reason {
    Reason::of_violation(&Violation {
        field,
        problem,
        offer,
    })
}

#[expect(
    clippy::too_many_lines,
    reason = "one line and more for each problem and offer there is"
)]
fn violations() -> Vec<Reason> {
    let images = || Field::Images;
    let size = Dimensions {
        width: 100,
        height: 90,
    };
    vec![
        violation(Field::Prompt, Problem::Missing, Offer::Give),
        violation(images(), Problem::Missing, Offer::AtLeast(1)),
        violation(Field::Video, Problem::Missing, Offer::Give),
        violation(Field::NegativePrompt, Problem::NotTaken, Offer::LeaveOut),
        violation(
            Field::Option("route".to_owned()),
            Problem::NotTaken,
            Offer::LeaveOut,
        ),
        violation(Field::KeepAudio, Problem::Dropped, Offer::LeaveOut),
        violation(
            Field::Prompt,
            Problem::TooLong {
                chars: 4100,
                max: 4000,
            },
            Offer::Shorten(4000),
        ),
        violation(
            images(),
            Problem::TooMany { given: 11, max: 10 },
            Offer::AtMost(10),
        ),
        violation(
            Field::Count,
            Problem::TooMany { given: 10, max: 9 },
            Offer::Use("9".into()),
        ),
        violation(
            Field::Elements,
            Problem::TooMany { given: 8, max: 7 },
            Offer::AtMost(7),
        ),
        violation(
            images(),
            Problem::TooFew { given: 1, min: 2 },
            Offer::AtLeast(2),
        ),
        violation(
            Field::Count,
            Problem::TooFew { given: 1, min: 2 },
            Offer::Use("2".into()),
        ),
        violation(
            Field::AspectRatio,
            Problem::NotOneOf {
                given: "5:1 *bold*".to_owned(),
                allowed: vec!["16:9".to_owned(), "1:1".to_owned()],
            },
            Offer::Use("16:9".to_owned()),
        ),
        violation(
            Field::Count,
            Problem::OnlyFirstReturned { asked: 3 },
            Offer::Use("1".to_owned()),
        ),
        violation(
            Field::LastFrame,
            Problem::NotWith(Field::Video),
            Offer::LeaveOut,
        ),
        violation(
            Field::LastFrame,
            Problem::Needs(Field::FirstFrame),
            Offer::LeaveOut,
        ),
        violation(
            images(),
            Problem::FileType {
                file: 2,
                given: MediaType::Gif,
            },
            Offer::Convert(vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp]),
        ),
        violation(
            images(),
            Problem::FileTooLarge {
                file: 1,
                bytes: 60_000_000,
                max_bytes: 10_000_000,
            },
            Offer::Shrink(10_000_000),
        ),
        violation(
            Field::FirstFrame,
            Problem::TooSmall {
                file: 1,
                given: size,
                min_side: 300,
            },
            Offer::ScaleUp(300),
        ),
        violation(
            Field::Elements,
            Problem::TooBig {
                file: 3,
                given: size,
                max_side: 80,
            },
            Offer::ScaleDown(80),
        ),
        violation(
            images(),
            Problem::Shape {
                file: 1,
                given: size,
                allowed: (0.4, 2.5),
            },
            Offer::Crop,
        ),
        violation(
            Field::Video,
            Problem::PlayingTime {
                file: 1,
                given: Duration::from_millis(2500),
                allowed: (Duration::from_secs(3), Duration::from_millis(10_050)),
            },
            Offer::Longer(Duration::from_secs(3)),
        ),
        violation(
            Field::Video,
            Problem::PlayingTime {
                file: 1,
                given: Duration::from_secs(12),
                allowed: (Duration::from_secs(3), Duration::from_millis(10_050)),
            },
            Offer::Trim,
        ),
        violation(
            Field::Video,
            Problem::Pace {
                file: 1,
                given: FrameRate::from_thousandths(12_500),
                allowed: (FrameRate::per_second(24), FrameRate::per_second(60)),
            },
            Offer::Repace(FrameRate::per_second(24)),
        ),
        violation(
            Field::Video,
            Problem::TooSmall {
                file: 1,
                given: size,
                min_side: 720,
            },
            Offer::ScaleUp(720),
        ),
        violation(
            Field::Video,
            Problem::FileType {
                file: 1,
                given: MediaType::Webm,
            },
            Offer::Convert(vec![MediaType::Mp4, MediaType::Mov]),
        ),
        violation(
            images(),
            Problem::Transport {
                file: 1,
                accepted: vec![Transport::Url],
            },
            Offer::PublicUrl,
        ),
    ]
}

fn limits_and_files() -> Vec<Reason> {
    let mut all = vec![
        Reason::new("quota-open-jobs")
            .with("limit", 1)
            .with("used", 1),
        Reason::new("quota-open-jobs")
            .with("limit", 5)
            .with("used", 5),
        Reason::new("quota-window").with("limit", 1).with("used", 1),
        Reason::new("quota-window").with("limit", 5).with("used", 5),
        Reason::new("quota-window")
            .with("limit", 5)
            .with("used", 5)
            .with("until", 1_700_000_000),
    ];
    for code in [
        "budget-requester",
        "budget-channel",
        "budget-workspace",
        "budget-deployment",
    ] {
        let reason = Reason::new(code)
            .with("limit", "$1.00")
            .with("used", "$0.90")
            .with("left", "$0.10");
        all.push(reason.clone());
        let reason = reason.with("estimate", "$0.35").with("window", "month");
        all.push(reason.with("until", 1_700_000_000));
    }
    for scope in ["channel", "workspace", "deployment"] {
        let of = |code: &'static str| {
            let reason = Reason::new(code).with("scope", scope);
            reason.with("limit", 5).with("used", 7)
        };
        all.push(of("quota-open-jobs"));
        all.push(of("quota-window").with("until", 1_700_000_000));
    }
    for count in [1, 3] {
        let reason = Reason::new("fits-count").with("count", count);
        all.push(reason.with("estimate", "$0.03"));
    }
    for (code, name, value) in [
        ("fits-resolution", "value", "1K"),
        ("fits-duration", "value", "5"),
        ("fits-provider", "provider", "apiin"),
    ] {
        let reason = Reason::new(code).with(name, value);
        all.push(reason.with("estimate", "$0.03"));
    }
    for code in ["content-refused", "content-age-restricted"] {
        all.push(Reason::new(code));
        all.push(Reason::new(code).with("given", "boat"));
    }
    all.push(Reason::new("access-operation").with("operation", "text-to-image"));
    all.push(Reason::new("budget-unknown-price"));
    for code in [
        "input-gone",
        "input-not-media",
        "input-corrupt",
        "input-blocked",
        "input-unavailable",
    ] {
        all.push(Reason::new(code).with("file", 2));
    }
    for code in ["input-not-media", "input-corrupt"] {
        all.push(Reason::new(code).with("file", 1).with("field", "video"));
    }
    all
}

fn the_rest() -> Vec<Reason> {
    vec![
        Reason::new("input-gone"),
        Reason::new("input-gone").with("file", "boat.png"),
        Reason::new("input-too-large").with("file", 2),
        Reason::new("input-too-large")
            .with("file", 2)
            .with("max", 50_000_000),
        Reason::new("input-wrong-type")
            .with("file", 2)
            .with("given", "text/plain"),
        Reason::new("provider-declined"),
        Reason::new("provider-declined").with("reason", "The picture is too dark."),
        Reason::new("provider-declined").with("reason", "invalid image"),
        Reason::new("command-unknown").with("given", "imgine"),
        Reason::new("field-unknown").with("given", "speed"),
        Reason::new("field-characters").with("field", "prompt"),
        Reason::new("field-not-a-number")
            .with("field", "count")
            .with("given", "many")
            .with("min", 1)
            .with("max", 9),
        Reason::new("provider-unknown")
            .with("given", "acme")
            .with("allowed", "aimlapi"),
        Reason::new("provider-none"),
        Reason::new("operation-missing")
            .with("operation", "text-to-image")
            .with("operations", "image-to-image, text-to-video"),
        Reason::new("operation-missing-here")
            .with("operation", "text-to-image")
            .with("operations", "image-to-image")
            .with("provider", "aimlapi"),
        Reason::new("option-elsewhere")
            .with("given", "aimlapi_provider")
            .with("provider", "aimlapi"),
        Reason::new("taken-elsewhere").with("allowed", "apiin"),
        Reason::new("slack-file-hidden"),
    ]
}
