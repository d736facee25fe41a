//! From flags to a request that its model takes, or to everything that is wrong with it.

mod files;

use kling_core::{
    Asset, Element, Field, GenerationRequest, InvalidField, Operation, Prompt, ProviderId,
    Violations,
};
use kling_http::Downloader;
use kling_providers::{Catalogue, Choice, NoChoice};

use crate::account::Reached;
use crate::args::RequestArgs;
use crate::exit::{Complaint, Ending, Exit};
use crate::request::files::{Files, Trouble};

/// A request with its model, and what was taken on trust.
pub(crate) struct Chosen {
    pub(crate) choice: Choice,
    /// The flags whose addresses nobody looked behind.
    pub(crate) not_looked_at: Vec<String>,
}

/// Operations that a provider does only under a setting of its own, because its documents contradict each other.
const UNDER_A_SETTING: [(&str, Operation, &str); 1] = [(
    "aimlapi",
    Operation::TextToImage,
    "image_urls_required=false",
)];

/// Reads the inputs, builds the request and finds its model. Nothing is sent to the provider. Without a downloader
/// addresses are not looked behind: whatever they lead to is taken to fit.
pub(crate) async fn choose(
    flags: &RequestArgs,
    reached: &Reached,
    downloader: Option<&Downloader>,
) -> Result<Chosen, Box<Ending>> {
    let catalogue = Catalogue::new([std::sync::Arc::clone(&reached.provider)]);
    let mut reading = Reading {
        files: Files::for_operation(flags, &catalogue, downloader),
        complaints: Vec::new(),
        passing: 0,
    };
    let request = reading.request(flags).await;
    let request = match request {
        Some(request) if reading.complaints.is_empty() => request,
        Some(_) | None => return Err(reading.ending()),
    };
    let not_looked_at = reading.files.not_looked_at;
    let provider = reached.provider.id();
    let choice = match &flags.model {
        None if flags.split => catalogue.choose_split(&request, Some(provider)),
        None => catalogue.choose(&request, Some(provider)),
        Some(_) => {
            let choice = exactly(&catalogue, provider, request, flags.split)?;
            return Ok(Chosen {
                choice,
                not_looked_at,
            });
        }
    };
    Ok(Chosen {
        choice: choice.map_err(|error| no_choice(provider, &error))?,
        not_looked_at,
    })
}

/// How the provider could be told to do what it does not do, if it can.
fn under_a_setting(provider: &ProviderId, wanted: Operation) -> String {
    let found = UNDER_A_SETTING
        .iter()
        .find(|(id, operation, _)| provider.as_str() == *id && wanted == *operation);
    found.map_or_else(String::new, |(_, operation, setting)| {
        format!("; its documents do not agree on {operation}, and with --set {setting} it is tried")
    })
}

/// The model that was named, and no other.
fn exactly(
    catalogue: &Catalogue,
    provider: &ProviderId,
    request: GenerationRequest,
    split: bool,
) -> Result<Choice, Box<Ending>> {
    let Some(entry) = catalogue.find(provider, &request.model, request.operation) else {
        let entries = catalogue.entries().iter();
        let there: Vec<_> = entries
            .map(|entry| format!("{} for {}", entry.info.id, entry.info.operation()))
            .collect();
        let message = format!(
            "`{provider}` has no model `{}` for {}: it has {}{}",
            request.model,
            request.operation,
            there.join(", "),
            under_a_setting(provider, request.operation)
        );
        return Err(Ending::usage("no-such-model", message));
    };
    let estimate = if split {
        entry.in_parts(&request)
    } else {
        entry.whole(&request)
    };
    Ok(Choice {
        estimate: estimate
            .map_err(|violations| unfit(provider, request.model.as_str(), &violations))?,
        entry: entry.clone(),
        request,
    })
}

fn no_choice(provider: &ProviderId, error: &NoChoice) -> Box<Ending> {
    match error {
        NoChoice::NoSuchProvider { .. } => Ending::usage("no-such-provider", error.to_string()),
        NoChoice::NoSuchOperation {
            operation,
            available,
            ..
        } => {
            let there: Vec<_> = available.iter().map(|one| one.as_str()).collect();
            let there = there.join(", ");
            let more = under_a_setting(provider, *operation);
            let message = format!("this provider does not do {operation}: it does {there}{more}");
            Ending::usage("no-such-operation", message)
        }
        NoChoice::Unfit {
            provider,
            model,
            violations,
            ..
        } => unfit(provider, model.as_str(), violations),
    }
}

fn unfit(provider: &ProviderId, model: &str, violations: &Violations) -> Box<Ending> {
    let message = format!("the request does not fit model `{model}` of provider `{provider}`");
    Ending::unfit(message, violations)
}

/// Reads everything, and notes all that cannot be read.
struct Reading<'a> {
    files: Files<'a>,
    complaints: Vec<Complaint>,
    /// How many of the complaints waiting may mend.
    passing: usize,
}

impl Reading<'_> {
    /// The end, where there was anything to complain of.
    fn ending(self) -> Box<Ending> {
        let mut ending = if self.passing > 0 && self.passing == self.complaints.len() {
            let message = "an input could not be fetched from its address; nothing was sent";
            Ending::new(Exit::Busy, "input-unavailable", message)
        } else {
            Ending::usage("input", "the request cannot be read")
        };
        ending.violations = self.complaints;
        ending
    }

    async fn request(&mut self, flags: &RequestArgs) -> Option<GenerationRequest> {
        let prompt = self.prompt("prompt", &flags.prompt);
        let negative_prompt = flags
            .negative_prompt
            .as_ref()
            .and_then(|words| self.prompt("negative_prompt", words));
        let mut images = Vec::new();
        for place in &flags.image {
            images.extend(self.file(&Field::Images, "--image", place).await);
        }
        let mut elements = Vec::new();
        for places in &flags.element {
            elements.extend(self.element(places).await);
        }
        let [first_frame, last_frame, video] = [
            (Field::FirstFrame, "--first-frame", &flags.first_frame),
            (Field::LastFrame, "--last-frame", &flags.last_frame),
            (Field::Video, "--video", &flags.video),
        ];
        let first_frame = self.optional(first_frame).await;
        let last_frame = self.optional(last_frame).await;
        let video = self.optional(video).await;

        let model = flags.model.clone().unwrap_or(Catalogue::UNCHOSEN);
        let mut request = GenerationRequest::new(model, flags.operation, prompt?);
        request.negative_prompt = negative_prompt;
        request.images = images;
        request.elements = elements;
        request.first_frame = first_frame;
        request.last_frame = last_frame;
        request.video = video;
        request.aspect_ratio = flags.aspect_ratio;
        request.resolution = flags.resolution;
        request.count = flags.count.unwrap_or(request.count);
        request.format = flags.format;
        request.duration = flags.duration;
        request.keep_audio = flags.keep_audio;
        for (name, value) in &flags.option {
            let options = &mut request.provider_options;
            if options.insert(name.clone(), value.clone()).is_some() {
                self.complaints.push(Complaint {
                    field: name.clone(),
                    flag: format!("--option {name}"),
                    problem: "it is given twice".to_owned(),
                    offer: "give it once".to_owned(),
                });
            }
        }
        Some(request)
    }

    fn prompt(&mut self, field: &str, words: &str) -> Option<Prompt> {
        let read = Prompt::new(words);
        if let Err(InvalidField { rule, .. }) = &read {
            self.complaints.push(Complaint {
                field: field.to_owned(),
                flag: format!("--{}", field.replace('_', "-")),
                problem: "it is not valid".to_owned(),
                offer: format!("it takes {rule}"),
            });
        }
        read.ok()
    }

    async fn optional(
        &mut self,
        (field, flag, place): (Field, &str, &Option<String>),
    ) -> Option<Asset> {
        match place {
            Some(place) => self.file(&field, flag, place).await,
            None => None,
        }
    }

    async fn element(&mut self, places: &str) -> Option<Element> {
        let mut files = Vec::new();
        for place in files::places(places) {
            files.push(self.file(&Field::Elements, "--element", &place).await?);
        }
        let mut files = files.into_iter();
        Some(Element {
            frontal: files.next()?,
            references: files.collect(),
        })
    }

    async fn file(&mut self, field: &Field, flag: &str, place: &str) -> Option<Asset> {
        match self.files.read(field, flag, place).await {
            Ok(asset) => Some(asset),
            Err(Trouble {
                problem,
                offer,
                passes,
            }) => {
                self.passing += usize::from(passes);
                self.complaints.push(Complaint {
                    field: field.as_str().to_owned(),
                    flag: flag.to_owned(),
                    problem,
                    offer,
                });
                None
            }
        }
    }
}
