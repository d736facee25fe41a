//! From flags to a request that its model takes, or to everything that is wrong with it.

use kling_core::{
    Asset, AssetUrl, Element, Field, GenerationRequest, InvalidField, Prompt, ProviderId,
    Violations,
};
use kling_http::Downloader;
use kling_providers::{Catalogue, Choice, InputError, Inputs, NoChoice};

use crate::account::Reached;
use crate::args::RequestArgs;
use crate::exit::{Complaint, Ending, chain};

/// Reads the inputs, builds the request and finds its model. Nothing is sent to the provider.
pub(crate) async fn choose(flags: &RequestArgs, reached: &Reached) -> Result<Choice, Box<Ending>> {
    let catalogue = Catalogue::new([std::sync::Arc::clone(&reached.provider)]);
    let mut reading = Reading {
        inputs: Inputs::default(),
        downloader: &reached.downloader,
        complaints: Vec::new(),
    };
    let request = reading.request(flags).await;
    let complaints = reading.complaints;
    let request = match request {
        Some(request) if complaints.is_empty() => request,
        Some(_) | None => {
            let mut ending = Ending::usage("input", "the request cannot be read");
            ending.violations = complaints;
            return Err(ending);
        }
    };
    let provider = reached.provider.id();
    match &flags.model {
        None if flags.split => catalogue.choose_split(&request, Some(provider)),
        None => catalogue.choose(&request, Some(provider)),
        Some(_) => return exactly(&catalogue, provider, request, flags.split),
    }
    .map_err(|error| no_choice(&error))
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
            "`{provider}` has no model `{}` for {}: it has {}",
            request.model,
            request.operation,
            there.join(", ")
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

fn no_choice(error: &NoChoice) -> Box<Ending> {
    match error {
        NoChoice::NoSuchProvider { .. } => Ending::usage("no-such-provider", error.to_string()),
        NoChoice::NoSuchOperation {
            operation,
            available,
            ..
        } => {
            let there: Vec<_> = available.iter().map(|one| one.as_str()).collect();
            let there = there.join(", ");
            let message = format!("this provider does not do {operation}: it does {there}");
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
    inputs: Inputs,
    downloader: &'a Downloader,
    complaints: Vec<Complaint>,
}

impl Reading<'_> {
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
        for place in places.split(',') {
            files.push(self.file(&Field::Elements, "--element", place).await?);
        }
        let mut files = files.into_iter();
        Some(Element {
            frontal: files.next()?,
            references: files.collect(),
        })
    }

    async fn file(&mut self, field: &Field, flag: &str, place: &str) -> Option<Asset> {
        let lower = place.trim_start().to_ascii_lowercase();
        let is_address = lower.starts_with("http://") || lower.starts_with("https://");
        let (shown, read) = if is_address {
            match AssetUrl::parse(place) {
                // An address may be signed; only its host is shown.
                Ok(url) => (
                    url.to_string(),
                    self.inputs
                        .url(&url, self.downloader)
                        .await
                        .map_err(|error| told(&error)),
                ),
                Err(error) => {
                    let offer = "give https:// and a host, without user name and password";
                    let told = (chain(&error), offer.to_owned());
                    ("the address".to_owned(), Err(told))
                }
            }
        } else {
            (
                place.to_owned(),
                self.inputs.path(place).await.map_err(|error| told(&error)),
            )
        };
        match read {
            Ok(asset) => Some(asset),
            Err((problem, offer)) => {
                self.complaints.push(Complaint {
                    field: field.as_str().to_owned(),
                    flag: flag.to_owned(),
                    problem: format!("{shown}: {problem}"),
                    offer,
                });
                None
            }
        }
    }
}

/// What is wrong with a file, and what would have worked.
fn told(error: &InputError) -> (String, String) {
    let offer = match error {
        InputError::Unreadable(_) => "give the path of a file that you may read".to_owned(),
        InputError::NotAFile => "give the path of a file".to_owned(),
        InputError::Unrecognised { .. } => {
            "use PNG, JPEG, WebP, GIF, MP4, MOV or WebM; the bytes count, not the name".to_owned()
        }
        InputError::Picture(_) => "use a picture that is whole".to_owned(),
        InputError::Video(_) => "use a video that is whole".to_owned(),
        InputError::TooLarge { limit_bytes } => {
            format!("use a file of at most {limit_bytes} bytes")
        }
        _ => "give a public https:// address that leads to the file itself".to_owned(),
    };
    (chain(error), offer)
}
