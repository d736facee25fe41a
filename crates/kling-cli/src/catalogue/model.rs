//! One entry of the catalogue, for scripts and for people.

mod limits;

use std::fmt::{self, Display};

use kling_core::{
    Choices, CountRange, Field, ModelInfo, Need, PriceUnit, Returned, Rule, Support, Transport,
};
use serde::Serialize;

use crate::catalogue::model::limits::FileLimits;
use crate::event::Amount;

/// What a model takes and costs.
#[derive(Debug, Serialize)]
pub(crate) struct Model {
    provider: String,
    #[serde(rename = "model")]
    id: String,
    name: String,
    operation: &'static str,
    price: Option<UnitPrice>,
    /// A usual time from submission to result.
    typical_seconds: u64,
    prompt_chars: u32,
    /// `yes`, `dropped` or `no`.
    negative_prompt: &'static str,
    images: Range,
    /// `required`, `optional` or `no`; so are the next two.
    first_frame: &'static str,
    last_frame: &'static str,
    video: &'static str,
    elements: Option<Elements>,
    /// What the pictures of `images`, the frames and the elements may be; null where the model takes none.
    image_files: Option<FileLimits>,
    video_files: Option<FileLimits>,
    aspect_ratio: Values,
    resolution: Values,
    format: Values,
    duration: Values,
    count: Range,
    /// Whether all images that are asked for come back.
    all_returned: bool,
    keep_audio: &'static str,
    /// `upload`, `data_uri`, `url`; the best way first.
    transports: Vec<&'static str>,
    options: Vec<OptionValues>,
    /// Rules between fields, in words.
    rules: Vec<String>,
    can_cancel: bool,
}

#[derive(Debug, Serialize)]
struct UnitPrice {
    /// `request`, `image`, `second` or `input_second`: a second of the video that goes in.
    unit: &'static str,
    #[serde(flatten)]
    amount: Amount,
    /// Whether the provider states it, or we believe it.
    stated: bool,
}

#[derive(Debug, Serialize)]
struct Range {
    min: u8,
    max: u8,
}

#[derive(Debug, Serialize)]
struct Elements {
    max: u8,
    references: Range,
}

#[derive(Debug, Serialize)]
struct Values {
    values: Vec<String>,
    default: Option<String>,
}

#[derive(Debug, Serialize)]
struct OptionValues {
    name: &'static str,
    about: &'static str,
    values: &'static [&'static str],
}

impl Model {
    pub(crate) fn of(provider: &str, info: &ModelInfo) -> Self {
        let capability = &info.capability;
        let frames = [capability.first_frame, capability.last_frame];
        let takes_pictures = capability.images.max > 0
            || capability.elements.is_some()
            || frames.iter().any(|need| *need != Need::No);
        let takes_video = capability.video != Need::No;
        Self {
            provider: provider.to_owned(),
            id: info.id.to_string(),
            name: info.name.clone(),
            operation: info.operation().as_str(),
            price: info.price.map(|price| UnitPrice {
                unit: match price.unit {
                    PriceUnit::Request => "request",
                    PriceUnit::Image => "image",
                    PriceUnit::Second { .. } => "second",
                    PriceUnit::InputSecond => "input_second",
                },
                amount: Amount::of(price.amount),
                stated: price.stated,
            }),
            typical_seconds: info.pace.typical.as_secs(),
            prompt_chars: capability.prompt_chars,
            negative_prompt: support(capability.negative_prompt),
            images: range(capability.images),
            first_frame: need(capability.first_frame),
            last_frame: need(capability.last_frame),
            video: need(capability.video),
            elements: capability.elements.map(|rule| Elements {
                max: rule.max,
                references: range(rule.references),
            }),
            image_files: takes_pictures.then(|| FileLimits::of(&capability.image_files)),
            video_files: takes_video.then(|| FileLimits::of(&capability.video_files)),
            aspect_ratio: values(&capability.aspect_ratios),
            resolution: values(&capability.resolutions),
            format: values(&capability.formats),
            duration: values(&capability.durations),
            count: range(capability.count),
            all_returned: capability.returned == Returned::All,
            keep_audio: support(capability.keep_audio),
            transports: capability
                .transports
                .iter()
                .copied()
                .map(transport)
                .collect(),
            options: capability
                .options
                .iter()
                .map(|option| OptionValues {
                    name: option.name,
                    about: option.about,
                    values: option.values,
                })
                .collect(),
            rules: capability.rules.iter().map(sentence).collect(),
            can_cancel: capability.recovery.cancel,
        }
    }

    /// What can be said, flag by flag.
    fn flags(&self) -> Vec<String> {
        let mut flags = vec![format!("--prompt up to {} characters", self.prompt_chars)];
        if self.images.max > 0 {
            flags.push(format!("--image {}", self.images));
        }
        for (flag, need) in [
            ("--first-frame", self.first_frame),
            ("--last-frame", self.last_frame),
            ("--video", self.video),
        ] {
            if need != "no" {
                flags.push(format!("{flag} ({need})"));
            }
        }
        if let Some(rule) = &self.elements {
            let (max, references) = (rule.max, &rule.references);
            flags.push(format!(
                "--element up to {max}, each with {references} sides"
            ));
        }
        for (files, limits) in [
            ("each picture", &self.image_files),
            ("the video", &self.video_files),
        ] {
            flags.extend(limits.iter().map(|limits| format!("{files}: {limits}")));
        }
        for (flag, values) in [
            ("--aspect-ratio", &self.aspect_ratio),
            ("--resolution", &self.resolution),
            ("--format", &self.format),
            ("--duration", &self.duration),
        ] {
            if !values.values.is_empty() {
                flags.push(format!("{flag} {values}"));
            }
        }
        if self.count.max > 1 {
            let only = if self.all_returned {
                ""
            } else {
                ", of which only the first comes back without --split"
            };
            flags.push(format!("--count {}{only}", self.count));
        }
        if self.keep_audio == "yes" {
            flags.push("--keep-audio".to_owned());
        }
        for option in &self.options {
            flags.push(format!(
                "--option {}={}",
                option.name,
                option.values.join("|")
            ));
        }
        flags.extend(self.rules.iter().cloned());
        flags
    }
}

impl Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: ", self.provider, self.id, self.operation)?;
        match &self.price {
            None => f.write_str("nobody says what it costs")?,
            Some(price) => {
                let about = if price.stated { "" } else { "about " };
                let unit = match price.unit {
                    "input_second" => "second of the video that goes in",
                    plain => plain,
                };
                write!(f, "{about}${} for each {unit}", price.amount.usd)?;
            }
        }
        for flag in self.flags() {
            write!(f, "\n    {flag}")?;
        }
        Ok(())
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            write!(f, "{}", self.min)
        } else {
            write!(f, "{} to {}", self.min, self.max)
        }
    }
}

impl Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.values.join(", "))?;
        match &self.default {
            Some(default) => write!(f, " (when not said: {default})"),
            None => Ok(()),
        }
    }
}

fn range(range: CountRange) -> Range {
    Range {
        min: range.min,
        max: range.max,
    }
}

fn values<T: Display>(choices: &Choices<T>) -> Values {
    Values {
        values: choices.values.iter().map(ToString::to_string).collect(),
        default: choices.default.as_ref().map(ToString::to_string),
    }
}

const fn need(need: Need) -> &'static str {
    match need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::No => "no",
    }
}

const fn support(support: Support) -> &'static str {
    match support {
        Support::Yes => "yes",
        Support::Dropped => "dropped",
        Support::No => "no",
    }
}

const fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Upload => "upload",
        Transport::DataUri => "data_uri",
        Transport::Url => "url",
    }
}

fn sentence(rule: &Rule) -> String {
    match rule {
        Rule::Together {
            fields,
            min,
            max,
            when,
        } => {
            let fields: Vec<_> = fields.iter().map(Field::as_str).collect();
            let fields = fields.join(" and ");
            let when = when.as_ref();
            let when = when.map(|field| format!(" when {} is given", field.as_str()));
            format!(
                "{fields} together {min} to {max}{}",
                when.unwrap_or_default()
            )
        }
        Rule::NotTogether(one, other) => {
            format!("{} does not go with {}", one.as_str(), other.as_str())
        }
        Rule::Needs(one, other) => format!("{} needs {}", one.as_str(), other.as_str()),
        Rule::RequiredUnless(one, other) => {
            let (one, other) = (one.as_str(), other.as_str());
            format!("{one} is required unless {other} is given")
        }
        Rule::DurationsWhen {
            field,
            given,
            allowed,
        } => {
            let allowed: Vec<_> = allowed.iter().map(ToString::to_string).collect();
            let (field, allowed) = (field.as_str(), allowed.join(", "));
            let with = if *given { "with" } else { "without" };
            format!("{with} {field} the duration is one of {allowed}")
        }
    }
}
