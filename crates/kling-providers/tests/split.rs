//! Several images from inference.sh, which hands over only the first of those it is asked for at once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;

use kling_core::{GenerationRequest, ImageCount, Operation, Prompt, Secret, SubmissionKey};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use kling_providers::{
    Catalogue, Choice, Destination, GenerateError, GenerateOptions, NoChoice, Part,
    ProviderExt as _, Registry, toml,
};

struct Bench {
    emulator: Emulator,
    catalogue: Catalogue,
}

impl Bench {
    async fn start() -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        emulator
            .world()
            .inferencesh
            .change(|set| set.latency_ms = 1);
        let base = emulator.base("inferencesh");
        let settings: toml::Table = format!("base_url = '{base}'").parse().unwrap();
        let key = Secret::new("inf_any").unwrap();
        let provider = Registry::builtin().build("inferencesh", settings, key);
        Self {
            catalogue: Catalogue::new([provider.unwrap()]),
            emulator,
        }
    }

    async fn generate(&self, choice: &Choice) -> Vec<Part> {
        let base = Url::parse(&self.emulator.base("inferencesh")).unwrap();
        let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(&base));
        let options = GenerateOptions::new(downloader.unwrap(), Destination::Memory);
        let key = SubmissionKey::literal("job-7");
        let provider = &choice.entry.provider;
        let parts = provider.generate_split(&choice.request, &key, &options);
        parts.await.unwrap()
    }

    fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("inferencesh")
    }
}

fn three_boats() -> GenerationRequest {
    let prompt = Prompt::new("a boat made of glass").unwrap();
    let mut request = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::TextToImage, prompt);
    request.count = ImageCount::new(3).unwrap();
    request
}

#[tokio::test]
async fn three_pictures_are_three_submissions_at_the_price_that_was_told() {
    let bench = Bench::start().await;

    let refused = bench.catalogue.choose(&three_boats(), None).unwrap_err();
    let NoChoice::Unfit { violations, .. } = refused else {
        panic!("not a refusal of what was asked: {refused:?}");
    };
    assert!(violations.to_string().contains("split it into 3 requests"));
    let choice = bench.catalogue.choose_split(&three_boats(), None).unwrap();
    let parts = bench.generate(&choice).await;

    let handles: HashSet<_> = parts
        .iter()
        .map(|part| part.outcome.as_ref().unwrap())
        .inspect(|generated| assert_eq!(generated.files.len(), 1))
        .map(|generated| generated.handle.clone().unwrap())
        .collect();
    assert_eq!(handles.len(), 3);
    let told = choice.estimate.amount().unwrap().as_nanodollars();
    assert_eq!((bench.billed(), told), (84_000_000, 84_000_000));
}

#[tokio::test]
async fn a_part_that_nobody_pays_for_leaves_the_paid_one_and_sends_no_more() {
    let bench = Bench::start().await;
    let broke = Effect::Status {
        status: 402,
        headers: std::collections::BTreeMap::new(),
        body: String::new(),
        content_type: String::new(),
    };
    let second = Fault {
        after: 1,
        ..Fault::once("inferencesh", "POST /apps/run", broke)
    };
    bench.emulator.world().script.push(second);

    let choice = bench.catalogue.choose_split(&three_boats(), None).unwrap();
    let parts = bench.generate(&choice).await;

    assert!(parts[0].outcome.is_ok(), "{parts:?}");
    assert!(
        matches!(&parts[1].outcome, Err(GenerateError::Submit(error)) if error.name() == "out-of-funds"),
        "{parts:?}"
    );
    assert!(matches!(parts[2].outcome, Err(GenerateError::HeldBack)));
    assert_eq!(bench.billed(), 28_000_000);
}
