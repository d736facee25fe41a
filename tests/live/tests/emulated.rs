//! The live run, at the emulator: it spends what it may, once, and prints what is not as it is known to be.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Parser as _;
use kling_core::{Money, Secret};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_live::{Arguments, Keys, Live, Outcome};
use kling_providers::Sleeper;

const KEY: &str = "live-key-very-private";
const VENDORS: [&str; 3] = ["aimlapi", "apiin", "inferencesh"];

/// Waits a moment instead of the time between two looks, and as long as told for all else.
#[derive(Debug)]
struct Impatient;

#[async_trait::async_trait]
impl Sleeper for Impatient {
    async fn sleep(&self, duration: Duration) {
        let looks = duration <= Duration::from_secs(30);
        let moment = Duration::from_millis(20);
        tokio::time::sleep(if looks {
            duration.min(moment)
        } else {
            duration
        })
        .await;
    }
}

struct Bench {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn open() -> Self {
        Self {
            emulator: Emulator::start(Options::default()).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn run(&self, arguments: &[&str]) -> (Outcome, String) {
        let mut out = Vec::new();
        let outcome = self.live(arguments).run(&mut out).await.unwrap();
        let told = String::from_utf8(out).unwrap();
        assert!(!told.contains(KEY), "the key is in:\n{told}");
        (outcome, told)
    }

    fn live(&self, arguments: &[&str]) -> Live {
        let mut all = vec!["kling-live".to_owned()];
        for vendor in VENDORS {
            let base = self.emulator.base(vendor);
            all.extend(["--base-url".to_owned(), format!("{vendor}={base}")]);
        }
        let archive = self.folder.path().display().to_string();
        all.extend(["--archive".to_owned(), archive]);
        all.extend(arguments.iter().map(ToString::to_string));
        let key = || Secret::new(KEY).unwrap();
        let keys = VENDORS.iter();
        Live {
            arguments: Arguments::try_parse_from(all).unwrap(),
            keys: keys.fold(Keys::default(), |keys, vendor| keys.with(vendor, key())),
            sleeper: Arc::new(Impatient),
        }
    }

    fn charged(&self) -> Money {
        let ledger = &self.emulator.world().ledger;
        let each = VENDORS.map(|vendor| Money::from_nanodollars(ledger.total(vendor)));
        each.into_iter().sum()
    }

    fn charges(&self) -> usize {
        let charges = self.emulator.world().ledger.list();
        charges.iter().filter(|charge| charge.billed).count()
    }

    /// The file of handles that a run has left.
    fn handles(&self) -> PathBuf {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        let is_one = |path: &PathBuf| path.extension().is_some_and(|end| end == "jsonl");
        paths.find(is_one).unwrap()
    }
}

fn results(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("results")).unwrap().count()
}

#[tokio::test]
async fn every_model_is_called_once_at_its_cheapest_and_nothing_is_new() {
    let bench = Bench::open().await;

    let picture = "https://example.com/boat.png";
    let (outcome, told) = bench.run(&["--budget", "20", "--image-url", picture]).await;

    assert_eq!((outcome.drifts, outcome.failures), (0, 0), "{told}");
    assert_eq!(outcome.left_out, 0, "{told}");
    // Five models at AIML API, one at apiin.one, two at inference.sh.
    assert_eq!(bench.charges(), 8, "{told}");
    assert_eq!(results(bench.folder.path()), 8);
    assert_eq!(outcome.spent, bench.charged(), "{told}");
    let handles = std::fs::read_to_string(bench.handles()).unwrap();
    assert!(!handles.contains(KEY));
}

#[tokio::test]
async fn nothing_is_started_that_could_pass_the_budget() {
    let bench = Bench::open().await;

    // Two pictures of about three cents; apiin's six cents are only believed, and a film costs more.
    let (outcome, told) = bench.run(&["--budget", "0.10"]).await;

    assert_eq!(bench.charges(), 2, "{told}");
    assert!(bench.charged() <= Money::parse_dollars("0.10").unwrap());
    assert_eq!(outcome.left_out, 6, "{told}");
    assert!(
        told.contains("apiin kling-image-o1 text-to-image: not started"),
        "{told}"
    );
}

#[tokio::test]
async fn a_difference_from_what_is_known_is_printed() {
    let bench = Bench::open().await;
    let body = r#"{"data": [{"url": "http://127.0.0.1:9/x.png", "watermark": "a-secret-value"}],
        "meta": {"usage": {"credits_used": "58800"}}}"#;
    let effect = Effect::BilledThen {
        status: 201,
        body: body.to_owned(),
    };
    let fault = Fault::once("aimlapi", "POST /v1/images", effect);
    bench.emulator.world().script.push(fault);

    let only = "aimlapi/klingai/image-o1";
    let (outcome, told) = bench.run(&["--budget", "1", "--only", only]).await;

    for drift in [
        "drift: the status is 201, known is 200",
        "drift: `data[].watermark` is not known (text)",
        "drift: `meta.usage.credits_used` is text, known is a number",
    ] {
        assert!(told.contains(drift), "{drift} is not in:\n{told}");
    }
    assert!(!told.contains("a-secret-value"), "{told}");
    assert!(!outcome.is_clean());
    assert_eq!(bench.charges(), 1);
}

#[tokio::test]
async fn a_misspelt_name_calls_nobody() {
    let bench = Bench::open().await;
    for (flag, value, offered) in [
        (
            "--base-url",
            "aimlapy=http://127.0.0.1:9/",
            "aimlapi, apiin",
        ),
        ("--base-url", "http://127.0.0.1:9/", "PROVIDER=URL"),
        ("--only", "aimlapy", "aimlapi, apiin"),
        ("--only", "apiin/kling-image-01", "kling-image-o1"),
    ] {
        let live = bench.live(&["--budget", "20", flag, value]);

        let refused = live.run(&mut Vec::new()).await.unwrap_err();

        let told = refused.to_string();
        assert!(told.contains(value) && told.contains(offered), "{told}");
    }
    assert!(bench.emulator.world().journal.entries(0).is_empty());
}

#[tokio::test]
async fn a_dry_run_calls_nobody() {
    let bench = Bench::open().await;

    let (_, told) = bench.run(&["--dry-run"]).await;

    assert!(
        told.contains("$0.0588  aimlapi klingai/image-o1 image-to-image"),
        "{told}"
    );
    assert!(told.contains("at worst"), "{told}");
    let journal = bench.emulator.world().journal.entries(0);
    assert!(journal.is_empty(), "{journal:#?}");
}

#[tokio::test]
async fn what_was_answered_at_once_and_did_not_come_down_is_fetched_later() {
    let bench = Bench::open().await;
    let away = Effect::Status {
        status: 404,
        headers: std::collections::BTreeMap::default(),
        body: String::new(),
        content_type: String::new(),
    };
    bench.emulator.world().script.push(Fault {
        times: u32::MAX,
        ..Fault::once("media", "GET", away)
    });

    let only = "aimlapi/klingai/image-o1";
    let (first, told) = bench.run(&["--budget", "1", "--only", only]).await;
    assert_eq!(first.failures, 1, "{told}");
    assert_eq!(first.spent, bench.charged(), "{told}");
    bench.emulator.world().script.clear();
    let handles = bench.handles().display().to_string();
    let (second, told) = bench.run(&["--resume", &handles]).await;

    assert_eq!(second.failures, 0, "{told}");
    assert_eq!(results(bench.folder.path()), 1);
    assert_eq!(bench.charges(), 1);
}

#[tokio::test]
async fn what_was_paid_for_and_not_waited_for_is_fetched_later() {
    let bench = Bench::open().await;
    let only = ["--only", "inferencesh/klingai/image-o1"];
    bench.emulator.world().script.push(Fault {
        times: u32::MAX,
        // The free look at a task that is not there.
        after: 1,
        ..Fault::once("inferencesh", "GET /tasks", Effect::Hang)
    });

    let arguments = [&["--budget", "1", "--patience", "0"], &only[..]].concat();
    let (first, told) = bench.run(&arguments).await;
    assert_eq!(first.failures, 1, "{told}");
    assert!(told.contains("--resume"), "{told}");
    bench.emulator.world().script.clear();
    let handles = bench.handles().display().to_string();
    let (second, told) = bench.run(&["--resume", &handles]).await;
    let (third, nothing) = bench.run(&["--resume", &handles]).await;

    assert_eq!((second.failures, third.failures), (0, 0), "{told}{nothing}");
    assert!(told.contains("1 files in"), "{told}");
    assert_eq!(nothing, "");
    assert_eq!(results(bench.folder.path()), 1);
    assert_eq!(bench.charges(), 1);
}
