//! From the fields of a command to a checked job, with everything that is wrong at once.

use std::collections::BTreeMap;
use std::fmt::Display;

use kling_core::{
    AspectRatio, Capability, Choices, ImageCount, ImageFormat, InvalidField, Prompt, ProviderId,
    Resolution,
};
use kling_engine::{InputFile, JobRequest, NewJob, Reason, Refusal};
use kling_providers::{Catalogue, Choice, NoChoice};

use super::{Command, files};
use crate::menu::{IMAGINE, option_field};

/// Checks a command against everything that can be known before any file is fetched. Of several models that would
/// do, the preferred one does. `is_public` tells which inputs providers that take addresses only can have.
pub(super) fn job(
    command: &Command,
    catalogue: &Catalogue,
    max_input_bytes: u64,
    preferred: Option<&str>,
    is_public: impl Fn(&InputFile) -> bool,
) -> Result<NewJob, Refusal> {
    if command.name != "imagine" {
        return Err(refusal(
            Reason::new("command-unknown").with("given", &command.name),
        ));
    }
    if catalogue.providers().is_empty() {
        return Err(refusal(Reason::new("provider-none")));
    }
    let mut reading = Reading {
        fields: &command.fields,
        catalogue,
        reasons: Vec::new(),
    };
    let (named, options) = reading.provider();
    let inputs = files::images(&command.attachments, max_input_bytes, &mut reading.reasons);
    let operation = catalogue.image_operation(!inputs.is_empty(), named.as_ref());
    let able = catalogue.for_operation(operation);
    let nearest = able
        .iter()
        .find(|entry| named.as_ref().is_none_or(|id| entry.provider.id() == id))
        .or(able.first());
    let capability = nearest.map_or_else(
        || Capability::new(operation),
        |entry| entry.info.capability.clone(),
    );
    let Some(prompt) = reading.prompt(&capability) else {
        return Err(Refusal {
            reasons: reading.reasons,
        });
    };
    let mut request = JobRequest::new(operation, prompt);
    request.aspect_ratio = reading.chosen(
        "aspect_ratio",
        &capability.aspect_ratios,
        AspectRatio::parse,
    );
    request.resolution = reading.chosen("resolution", &capability.resolutions, Resolution::parse);
    request.format = reading.chosen("format", &capability.formats, ImageFormat::parse);
    request.count = reading.count(&capability);
    request.provider_options = options;
    request.inputs = inputs;
    reading.unknown_fields();
    let reasons = reading.reasons;
    let announced = request.announced(Catalogue::UNCHOSEN, is_public);
    let choice = catalogue.choose(&announced, named.as_ref());
    let choice = choice.map(|choice| match preferred {
        Some(model) => prefer(catalogue, choice, model, named.as_ref()),
        None => choice,
    });
    place(command, request, choice, named.as_ref(), reasons)
}

/// The choice of a model by its name, where that takes the request as well.
fn prefer(
    catalogue: &Catalogue,
    choice: Choice,
    model: &str,
    named: Option<&ProviderId>,
) -> Choice {
    let entries = catalogue.for_operation(choice.request.operation);
    let found = entries.into_iter().find_map(|entry| {
        let is_it = entry.info.id.as_str() == model
            && named.is_none_or(|provider| entry.provider.id() == provider);
        let estimate = is_it.then(|| entry.whole(&choice.request).ok())??;
        Some((entry.clone(), estimate))
    });
    match found {
        Some((entry, estimate)) => Choice {
            entry,
            estimate,
            ..choice
        },
        None => choice,
    }
}

/// The job for whoever does it; the reasons found so far come first.
fn place(
    command: &Command,
    request: JobRequest,
    choice: Result<Choice, NoChoice>,
    named: Option<&ProviderId>,
    mut reasons: Vec<Reason>,
) -> Result<NewJob, Refusal> {
    match choice {
        Ok(choice) if reasons.is_empty() => {
            return Ok(NewJob {
                dedupe_key: command.dedupe_key.clone(),
                requester: command.requester.clone(),
                reply_address: command.reply_address.clone(),
                locale: command.locale.clone(),
                provider: choice.entry.provider.id().clone(),
                model: choice.entry.info.id.clone(),
                estimate: choice.estimate,
                request,
            });
        }
        Ok(_) => {}
        Err(no) => {
            let (more, elsewhere) = reasons_of(no, named);
            // What another provider would take "as it is" is only true when nothing else is wrong.
            let elsewhere = elsewhere.filter(|_| reasons.is_empty());
            reasons.retain(|reason| !is_covered(reason, &more));
            reasons.extend(more);
            reasons.extend(elsewhere);
        }
    }
    reasons.dedup();
    Err(Refusal { reasons })
}

/// Whether a file that is too large for the bot is already known to be too large for the model, whose
/// limit is the one to keep.
fn is_covered(reason: &Reason, by: &[Reason]) -> bool {
    let file = reason.args.get("file");
    reason.code == "input-too-large"
        && by
            .iter()
            .any(|other| other.code == "violation-file-too-large" && other.args.get("file") == file)
}

/// Why nobody does it, and who else would.
fn reasons_of(no: NoChoice, named: Option<&ProviderId>) -> (Vec<Reason>, Option<Reason>) {
    let (reasons, elsewhere) = match no {
        NoChoice::NoSuchProvider { given, available } => (
            vec![unknown_provider(given.as_str(), &available)],
            Vec::new(),
        ),
        NoChoice::NoSuchOperation {
            operation,
            available,
            elsewhere,
        } => {
            let code = match named {
                Some(_) => "operation-missing-here",
                None => "operation-missing",
            };
            let reason = Reason::new(code)
                .with("operation", operation)
                .with("operations", listed(&available));
            let reason = match named {
                Some(provider) => reason.with("provider", provider),
                None => reason,
            };
            (vec![reason], elsewhere)
        }
        NoChoice::Unfit {
            violations,
            elsewhere,
            provider: _,
            model: _,
        } => {
            let reasons = violations.0.iter().map(Reason::of_violation).collect();
            (reasons, elsewhere)
        }
    };
    let offer = (!elsewhere.is_empty())
        .then(|| Reason::new("taken-elsewhere").with("allowed", listed(&elsewhere)));
    (reasons, offer)
}

/// Reads the fields one by one, and notes what is wrong.
struct Reading<'a> {
    fields: &'a BTreeMap<String, String>,
    catalogue: &'a Catalogue,
    reasons: Vec<Reason>,
}

impl Reading<'_> {
    /// What was typed in a field; nothing but white space is nothing.
    fn given(&self, name: &str) -> Option<&str> {
        let text = self.fields.get(name).map(|text| text.trim());
        text.filter(|text| !text.is_empty())
    }

    /// The provider that was named, or that a setting of its own names, with those settings.
    fn provider(&mut self) -> (Option<ProviderId>, BTreeMap<String, String>) {
        let mut named = None;
        if let Some(given) = self.given("provider") {
            let known = ProviderId::parse(given.to_ascii_lowercase())
                .ok()
                .filter(|id| self.catalogue.provider(id).is_some());
            if known.is_none() {
                let available: Vec<_> = self.provider_ids();
                let reason = unknown_provider(given, &available);
                self.reasons.push(reason);
            }
            named = known;
        }
        let mut options = BTreeMap::new();
        let menu = self.catalogue.menu(&IMAGINE);
        for (provider, option) in menu.map(|menu| menu.options).unwrap_or_default() {
            let field = option_field(&provider, option.name);
            let Some(value) = self.given(&field).map(str::to_owned) else {
                continue;
            };
            if named.get_or_insert_with(|| provider.clone()) == &provider {
                options.insert(option.name.to_owned(), value);
            } else {
                let reason = Reason::new("option-elsewhere")
                    .with("given", field)
                    .with("provider", provider);
                self.reasons.push(reason);
            }
        }
        (named, options)
    }

    fn provider_ids(&self) -> Vec<ProviderId> {
        let providers = self.catalogue.providers().iter();
        providers.map(|provider| provider.id().clone()).collect()
    }

    /// The prompt; where it cannot be one, a stand-in, so that the rest is checked as well.
    fn prompt(&mut self, capability: &Capability) -> Option<Prompt> {
        let text = self.given("prompt").unwrap_or_default();
        if let Ok(prompt) = Prompt::new(text) {
            return Some(prompt);
        }
        let chars = text.chars().count();
        let max = (capability.prompt_chars as usize).min(Prompt::MAX_CHARS);
        let reason = if chars == 0 {
            Reason::new("violation-missing").with("offer", "give")
        } else if chars > Prompt::MAX_CHARS {
            Reason::new("violation-too-long")
                .with("given", chars)
                .with("max", max)
                .with("offer", "shorten")
                .with("value", max)
        } else {
            Reason::new("field-characters")
        };
        self.reasons.push(reason.with("field", "prompt"));
        Prompt::new("a stand-in").ok()
    }

    fn chosen<T: Copy + Display>(
        &mut self,
        name: &str,
        choices: &Choices<T>,
        parse: impl Fn(&str) -> Result<T, InvalidField>,
    ) -> Option<T> {
        let given = self.given(name)?.to_owned();
        let value = parse(&given).ok();
        if value.is_none() {
            let reason = Reason::new("violation-not-one-of")
                .with("field", name)
                .with("given", given)
                .with("allowed", listed(&choices.values));
            let usual = choices.default.or_else(|| choices.values.first().copied());
            self.reasons.push(match usual {
                Some(usual) => reason.with("offer", "use").with("value", usual),
                None => Reason::new("violation-not-taken")
                    .with("field", name)
                    .with("offer", "leave-out"),
            });
        }
        value
    }

    fn count(&mut self, capability: &Capability) -> ImageCount {
        let Some(given) = self.given("count").map(str::to_owned) else {
            return ImageCount::ONE;
        };
        let (min, max) = (capability.count.min, capability.count.max);
        let number = given.parse::<i64>();
        let fits = number.as_ref().ok().and_then(|&n| u8::try_from(n).ok());
        if let Some(count) = fits.and_then(|count| ImageCount::new(count).ok()) {
            return count;
        }
        let reason = match number {
            Ok(number) => {
                let (code, limit, offer) = if number < 1 {
                    ("violation-too-few", "min", min)
                } else {
                    ("violation-too-many", "max", max)
                };
                Reason::new(code)
                    .with(limit, offer)
                    .with("offer", "use")
                    .with("value", offer)
            }
            Err(_) => Reason::new("field-not-a-number")
                .with("min", min)
                .with("max", max),
        };
        self.reasons
            .push(reason.with("field", "count").with("given", given));
        ImageCount::ONE
    }

    fn unknown_fields(&mut self) {
        let options = self.catalogue.menu(&IMAGINE).map(|menu| menu.options);
        let options: Vec<_> = options
            .unwrap_or_default()
            .iter()
            .map(|(provider, option)| option_field(provider, option.name))
            .collect();
        for name in self.fields.keys() {
            let known = matches!(
                name.as_str(),
                "prompt" | "aspect_ratio" | "resolution" | "format" | "count" | "provider"
            );
            if !known && !options.contains(name) {
                self.reasons
                    .push(Reason::new("field-unknown").with("given", name));
            }
        }
    }
}

fn refusal(reason: Reason) -> Refusal {
    Refusal {
        reasons: vec![reason],
    }
}

fn unknown_provider(given: &str, available: &[ProviderId]) -> Reason {
    Reason::new("provider-unknown")
        .with("given", given)
        .with("allowed", listed(available))
}

fn listed<T: Display>(all: &[T]) -> String {
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
