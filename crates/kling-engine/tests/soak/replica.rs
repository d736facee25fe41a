//! One engine as a process of its own: this test binary once more, told so by its environment.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{Estimate, Operation, Prompt};
use kling_engine::{
    Admission, Archive, ArchiveLimits, Backoff, Engine, EngineError, JobRequest, NewJob, Options,
    PlatformId, PostgresOptions, ReplyAddress, Requester, Stage, Store, open_store,
};
use tokio_util::sync::CancellationToken;

use crate::outside::{BLIND, FINDER, MODEL, PRICE, Shop, Wall, book, note};

/// The environment variable that holds the settings.
pub(crate) const VARIABLE: &str = "KLING_SOAK_REPLICA";

/// How many commands are on their way in at a time.
const AT_ONCE: usize = 16;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) store: String,
    pub(crate) folder: PathBuf,
    pub(crate) seed: u64,
    pub(crate) index: usize,
    pub(crate) replicas: usize,
    pub(crate) jobs: usize,
    pub(crate) submit_ms: u64,
    pub(crate) margin_ms: u64,
}

impl Settings {
    pub(crate) fn as_text(&self) -> String {
        let numbers = [
            self.seed,
            self.index as u64,
            self.replicas as u64,
            self.jobs as u64,
            self.submit_ms,
            self.margin_ms,
        ];
        let folder = self.folder.to_str().unwrap();
        format!(
            "{}\n{folder}\n{}",
            self.store,
            numbers.map(|n| n.to_string()).join(" ")
        )
    }

    fn read(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let numbers = lines[2]
            .split(' ')
            .map(|number| number.parse::<u64>().unwrap());
        let numbers: Vec<u64> = numbers.collect();
        let count = |at: usize| usize::try_from(numbers[at]).unwrap();
        Self {
            store: lines[0].to_owned(),
            folder: PathBuf::from(lines[1]),
            seed: numbers[0],
            index: count(1),
            replicas: count(2),
            jobs: count(3),
            submit_ms: numbers[4],
            margin_ms: numbers[5],
        }
    }
}

/// Not a test by itself: it is what the others start.
#[test]
fn runs_when_it_is_told_to() {
    let Ok(text) = std::env::var(VARIABLE) else {
        return;
    };
    let settings = Settings::read(&text);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(settings));
}

pub(crate) async fn open(address: &str, folder: &std::path::Path) -> Arc<dyn Store> {
    loop {
        let options = PostgresOptions {
            state_folder: folder.join("state"),
            ..PostgresOptions::default()
        };
        match open_store(address, options).await {
            Ok(store) => return store,
            // Whoever had the file was killed just now.
            Err(EngineError::Locked) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn run(settings: Settings) {
    let store = open(&settings.store, &settings.folder).await;
    let archive = settings.folder.join("archive");
    let archive = Archive::open(archive.to_str().unwrap(), ArchiveLimits::default());
    let submit_timeout = Duration::from_millis(settings.submit_ms);
    let shop = |id| {
        let folder = settings.folder.clone();
        Arc::new(Shop::new(id, folder, settings.seed, submit_timeout))
    };
    let quickly = Duration::from_millis(50);
    let engine = Engine::builder(store, archive.await.unwrap())
        .provider(shop(FINDER))
        .provider(shop(BLIND))
        .deliverer(Arc::new(Wall::new(settings.folder.clone(), settings.seed)))
        .options(Options {
            period: quickly,
            lease: Duration::from_millis(400),
            margin: Duration::from_millis(settings.margin_ms),
            backoff: Backoff {
                base: Duration::from_millis(5),
                cap: quickly,
            },
            ..Options::default()
        })
        .build()
        .unwrap();
    tokio::spawn({
        let engine = engine.clone();
        async move { engine.run(CancellationToken::new()).await }
    });
    order(&engine, &settings).await;
    watch(&engine, &settings).await;
}

/// Gives this replica's share of the commands, and repeats those that were not answered.
async fn order(engine: &Engine, settings: &Settings) {
    let ours = (0..settings.jobs).filter(|n| n % settings.replicas == settings.index);
    let ours: Vec<usize> = ours.collect();
    for some in ours.chunks(AT_ONCE) {
        let orders = some.iter().map(|number| async move {
            let name = format!("command-{number}");
            while !settings.folder.join("promises").join(&name).exists() {
                match engine.accept(command(*number)).await {
                    Ok(Admission::Accepted { job, .. } | Admission::Duplicate { job }) => {
                        note(&settings.folder, "promises", &name, job.id.as_str());
                    }
                    Ok(Admission::Refused(refusal)) => panic!("{refusal:?}"),
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        });
        futures::future::join_all(orders).await;
    }
}

/// Says so when nothing is left to be done.
async fn watch(engine: &Engine, settings: &Settings) {
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let health = engine.health().await;
        let open = health
            .counts
            .iter()
            .filter(|(stage, _)| !stage.is_terminal() && *stage != Stage::Unconfirmed);
        let is_over = health.store_ok && health.working_on == 0 && open.count() == 0;
        if is_over && book(&settings.folder, "promises").len() == settings.jobs {
            let unconfirmed = health
                .counts
                .iter()
                .find(|(stage, _)| *stage == Stage::Unconfirmed);
            let posts = book(&settings.folder, "posts");
            let notices = posts.iter().filter(|(name, _)| name.contains(".notice."));
            if notices.count() as u64 >= unconfirmed.map_or(0, |(_, count)| *count) {
                note(&settings.folder, ".", "settled", "");
            }
        }
    }
}

fn command(number: usize) -> NewJob {
    let prompt = Prompt::new("a paper boat").unwrap();
    NewJob {
        dedupe_key: format!("command-{number}"),
        requester: Requester {
            platform: PlatformId::new("chat"),
            workspace: None,
            channel: "general".to_owned(),
            user: format!("person-{}", number % 17),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(Operation::TextToImage, prompt),
        provider: if number.is_multiple_of(3) {
            BLIND
        } else {
            FINDER
        },
        model: MODEL,
        estimate: Estimate::Exact(PRICE),
    }
}
