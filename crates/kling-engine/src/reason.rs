//! Why something was refused or failed: a code and its figures, for the one place that makes sentences.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use kling_core::{MediaType, Offer, Problem, Violation};

/// A stable code with named figures. It holds no sentence: those are the chat side's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// One of [`Reason::CODES`], or a platform's own.
    pub code: Cow<'static, str>,
    /// Figures and names that the sentence shows.
    pub args: BTreeMap<Cow<'static, str>, String>,
}

impl Reason {
    /// Every code the engine uses itself; each has a sentence in every language.
    pub const CODES: [&'static str; 55] = [
        "violation-missing",
        "violation-not-taken",
        "violation-dropped",
        "violation-too-long",
        "violation-too-many",
        "violation-too-few",
        "violation-not-one-of",
        "violation-only-first-returned",
        "violation-not-with",
        "violation-needs",
        "violation-file-type",
        "violation-file-too-large",
        "violation-too-small",
        "violation-too-big",
        "violation-shape",
        "violation-playing-time",
        "violation-pace",
        "violation-transport",
        "quota-open-jobs",
        "quota-window",
        "budget-requester",
        "budget-channel",
        "budget-workspace",
        "budget-deployment",
        "budget-unknown-price",
        "access-requester",
        "access-role",
        "access-channel",
        "access-workspace",
        "access-deployment",
        "access-operation",
        "access-provider",
        "content-refused",
        "content-age-restricted",
        "input-gone",
        "input-not-media",
        "input-corrupt",
        "input-too-large",
        "input-blocked",
        "input-unavailable",
        "archive-full",
        "provider-declined",
        "provider-moderated",
        "provider-no-result",
        "provider-failed",
        "provider-unauthorized",
        "provider-out-of-funds",
        "provider-not-set-up",
        "provider-unavailable",
        "provider-missing",
        "result-gone",
        "result-not-media",
        "undeliverable",
        "given-up",
        "quarantined",
    ];

    /// A code without figures.
    pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            args: BTreeMap::new(),
        }
    }

    /// The same, with one more figure.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over figures and names as they have them"
    )]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.args.insert(name.into(), value.to_string());
        self
    }

    /// A violation of a capability, with the nearest offer under `offer`, `value` and `file`.
    pub fn of_violation(violation: &Violation) -> Self {
        let Violation {
            field,
            problem,
            offer,
        } = violation;
        let reason = Self::of_problem(problem).with("field", field.as_str());
        match offer {
            Offer::Use(value) => reason.with("offer", "use").with("value", value),
            Offer::LeaveOut => reason.with("offer", "leave-out"),
            Offer::Give => reason.with("offer", "give"),
            Offer::AtLeast(n) => reason.with("offer", "at-least").with("value", n),
            Offer::AtMost(n) => reason.with("offer", "at-most").with("value", n),
            Offer::Shorten(chars) => reason.with("offer", "shorten").with("value", chars),
            Offer::Convert(types) => reason.with("offer", "convert").with("value", names(types)),
            Offer::Shrink(bytes) => reason.with("offer", "shrink").with("value", bytes),
            Offer::ScaleUp(side) => reason.with("offer", "scale-up").with("value", side),
            Offer::ScaleDown(side) => reason.with("offer", "scale-down").with("value", side),
            Offer::Crop => reason.with("offer", "crop"),
            Offer::Trim => reason.with("offer", "trim"),
            Offer::Longer(least) => reason
                .with("offer", "longer")
                .with("value", seconds(*least)),
            Offer::Repace(rate) => reason.with("offer", "repace").with("value", rate),
            Offer::PublicUrl => reason.with("offer", "public-url"),
        }
    }

    fn of_problem(problem: &Problem) -> Self {
        match problem {
            Problem::Missing => Self::new("violation-missing"),
            Problem::NotTaken => Self::new("violation-not-taken"),
            Problem::Dropped => Self::new("violation-dropped"),
            Problem::TooLong { chars, max } => Self::new("violation-too-long")
                .with("given", chars)
                .with("max", max),
            Problem::TooMany { given, max } => Self::new("violation-too-many")
                .with("given", given)
                .with("max", max),
            Problem::TooFew { given, min } => Self::new("violation-too-few")
                .with("given", given)
                .with("min", min),
            Problem::NotOneOf { given, allowed } => Self::new("violation-not-one-of")
                .with("given", given)
                .with("allowed", allowed.join(", ")),
            Problem::OnlyFirstReturned { asked } => {
                Self::new("violation-only-first-returned").with("given", asked)
            }
            Problem::NotWith(other) => {
                Self::new("violation-not-with").with("other", other.as_str())
            }
            Problem::Needs(other) => Self::new("violation-needs").with("other", other.as_str()),
            Problem::FileType { file, given } => Self::new("violation-file-type")
                .with("file", file)
                .with("given", given.name()),
            Problem::FileTooLarge {
                file,
                bytes,
                max_bytes,
            } => Self::new("violation-file-too-large")
                .with("file", file)
                .with("given", bytes)
                .with("max", max_bytes),
            Problem::TooSmall {
                file,
                given,
                min_side,
            } => Self::new("violation-too-small")
                .with("file", file)
                .with("given", given)
                .with("min", min_side),
            Problem::TooBig {
                file,
                given,
                max_side,
            } => Self::new("violation-too-big")
                .with("file", file)
                .with("given", given)
                .with("max", max_side),
            Problem::Shape {
                file,
                given,
                allowed,
            } => Self::new("violation-shape")
                .with("file", file)
                .with("given", given)
                .with("min", format!("{:.2}", allowed.0))
                .with("max", format!("{:.2}", allowed.1)),
            Problem::PlayingTime {
                file,
                given,
                allowed,
            } => Self::new("violation-playing-time")
                .with("file", file)
                .with("given", seconds(*given))
                .with("min", seconds(allowed.0))
                .with("max", seconds(allowed.1)),
            Problem::Pace {
                file,
                given,
                allowed,
            } => Self::new("violation-pace")
                .with("file", file)
                .with("given", given)
                .with("min", allowed.0)
                .with("max", allowed.1),
            Problem::Transport { file, .. } => Self::new("violation-transport").with("file", file),
        }
    }
}

/// To the millisecond: `3`, `10.05`.
fn seconds(time: Duration) -> f64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(millis).as_secs_f64()
}

fn names(types: &[MediaType]) -> String {
    types
        .iter()
        .map(|kind| kind.name())
        .collect::<Vec<_>>()
        .join(", ")
}
