//! A service that makes pictures, without a bot: jobs in SQLite, files in a folder, progress as it comes, and a restart in
//! the middle, of which neither the job nor the provider notices anything.
//!
//! `cargo run -p kling-engine --example durable_service`. It needs no key, and leaves the picture in `service/`: the
//! provider is played on loopback. For a real one, take its own address and key (`Registry::builtin().build(…)` with a
//! table of settings, or the provider's crate), and leave the emulator out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{Estimate, ModelId, Operation, Prompt, Provider, Secret, SystemClock};
use kling_emulator::Emulator;
use kling_engine::{
    Admission, Archive, ArchiveLimits, Deliverer, Delivery, DeliveryError, Engine, JobId,
    JobRequest, NewJob, PlatformId, Receipt, ReplyAddress, Requester, SqliteStore, Stage,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use kling_providers::Registry;
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where jobs of this service come from, in the words of the engine: a "platform" is whoever is told how jobs end.
const US: &str = "our-service";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "its output is what it is for")]
async fn main() -> Result<(), Failure> {
    let saved = make_a_picture(Path::new("service"), |line| println!("{line}")).await?;
    println!("it is in {}", saved.display());
    Ok(())
}

/// All of it: submit, watch, restart, watch on, save the file.
async fn make_a_picture(folder: &Path, say: impl Fn(String)) -> Result<PathBuf, Failure> {
    let emulator = Emulator::start(kling_emulator::Options::default()).await?;
    let vendor = Vendor::on(&emulator)?;

    // Once `accept` has answered, the job is in the database: whatever happens now, it is made once and not twice.
    let first = Service::start(folder, &vendor).await?;
    let mut events = first.engine.events();
    let wish = wish("order-1", "a paper boat on a quiet sea", &vendor)?;
    let job = match first.engine.accept(wish).await? {
        Admission::Accepted { job, .. } | Admission::Duplicate { job } => job,
        Admission::Refused(refusal) => return Err(format!("{:?}", refusal.reasons).into()),
    };
    say(format!("{}: {}", job.id, job.stage));

    // The provider is at work, and paid for it. Just then the service is stopped: a deployment, say.
    while !matches!(
        stage_of(&first.engine, &job.id).await?,
        Stage::Submitted | Stage::Running
    ) {
        drop(tokio::time::timeout(Duration::from_millis(100), events.recv()).await);
    }
    first.stop().await?;
    say("stopped in the middle".to_owned());
    // Provider and emulator go by the emulator's clock; nobody has to wait here.
    emulator.world().clock.advance(Duration::from_mins(2));

    // The next process opens the same folder and goes on: nothing has to be handed over to it.
    let second = Service::start(folder, &vendor).await?;
    let mut events = second.engine.events();
    let mut told = None;
    let job = loop {
        let now = second.engine.job(&job.id).await?.ok_or("the job is gone")?;
        let progress = (now.stage, now.percent);
        if told.replace(progress) != Some(progress) {
            let percent = now.percent.map(|percent| format!(", {percent} %"));
            say(format!(
                "{}: {}{}",
                now.id,
                now.stage,
                percent.unwrap_or_default()
            ));
        }
        if now.stage.is_terminal() {
            break now;
        }
        // Events are gossip: a listener that is late misses some. The row is the truth, so it is looked at in any case.
        drop(tokio::time::timeout(Duration::from_secs(1), events.recv()).await);
    };
    let saved = match job.stage {
        Stage::Delivered => save(&second.engine, &job.id, folder).await?,
        stage => return Err(format!("it ended as {stage}: {:?}", job.ending).into()),
    };
    second.stop().await?;
    emulator.shutdown().await;
    Ok(saved)
}

/// An engine at work.
struct Service {
    engine: Engine,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Service {
    async fn start(folder: &Path, vendor: &Vendor) -> Result<Self, Failure> {
        tokio::fs::create_dir_all(folder).await?;
        let database = folder.join("jobs.db");
        let store = SqliteStore::open(&database.to_string_lossy(), Arc::new(SystemClock)).await?;
        let files = folder.join("files");
        let archive = Archive::open(&files.to_string_lossy(), ArchiveLimits::default()).await?;
        // Results are fetched from the public internet and nowhere else, unless the provider itself is on loopback.
        let guard = Guard::for_base(&vendor.base);
        let engine = Engine::builder(Arc::new(store), archive)
            .provider_with(
                Arc::clone(&vendor.provider),
                Downloader::new(DownloadOptions::default(), guard)?,
            )
            .deliverer(Arc::new(Outbox(PlatformId::new(US))))
            .build()?;
        let stop = CancellationToken::new();
        let running = tokio::spawn({
            let (engine, stop) = (engine.clone(), stop.clone());
            async move { engine.run(stop).await }
        });
        Ok(Self {
            engine,
            stop,
            running,
        })
    }

    /// Takes up nothing new, lets running steps finish, and closes the database.
    async fn stop(self) -> Result<(), Failure> {
        self.stop.cancel();
        Ok(self.running.await?)
    }
}

async fn stage_of(engine: &Engine, id: &JobId) -> Result<Stage, Failure> {
    let job = engine.job(id).await?;
    Ok(job.ok_or("the job is gone")?.stage)
}

/// Copies the result out of the archive, piece by piece.
async fn save(engine: &Engine, id: &JobId, folder: &Path) -> Result<PathBuf, Failure> {
    let files = engine.files(id).await?;
    let file = files.first().ok_or("there is no file")?;
    let path = folder.join(&file.name);
    let mut to = tokio::fs::File::create(&path).await?;
    let mut from = file.content.open().await?;
    while let Some(piece) = from.next().await {
        to.write_all(&piece?).await?;
    }
    to.flush().await?;
    Ok(path)
}

fn wish(name: &str, prompt: &str, vendor: &Vendor) -> Result<NewJob, Failure> {
    Ok(NewJob {
        // The same name is the same job, however often it is asked for: a client may try again.
        dedupe_key: name.to_owned(),
        requester: Requester {
            platform: PlatformId::new(US),
            workspace: None,
            channel: "api".to_owned(),
            user: "customer-7".to_owned(),
        },
        reply_address: ReplyAddress::new("https://customer.example/callback"),
        locale: None,
        request: JobRequest::new(Operation::TextToImage, Prompt::new(prompt)?),
        provider: vendor.provider.id().clone(),
        model: vendor.model.clone(),
        estimate: Estimate::Unknown,
    })
}

/// Who is told how jobs end. A service would call its customer back here, by the job's reply address; until it answers
/// `Ok`, it is asked again, after a restart too.
#[derive(Debug)]
struct Outbox(PlatformId);

#[async_trait::async_trait]
impl Deliverer for Outbox {
    fn platform(&self) -> &PlatformId {
        &self.0
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        Ok(Receipt::new(delivery.nonce.clone()))
    }
}

/// The first provider of the build that makes pictures from words alone, on the emulator.
struct Vendor {
    provider: Arc<dyn Provider>,
    model: ModelId,
    base: Url,
}

impl Vendor {
    fn on(emulator: &Emulator) -> Result<Self, Failure> {
        let registry = Registry::builtin();
        let key = Secret::new("any-key").ok_or("the key is empty")?;
        for plugin in registry.plugins() {
            let base = emulator.base(plugin.id().as_str());
            let settings = [("base_url".to_owned(), toml::Value::from(base.as_str()))];
            let settings = toml::Table::from_iter(settings);
            let provider = registry.build(plugin.id().as_str(), settings, key.clone())?;
            let mut models = provider.models().iter();
            let model = models
                .find(|model| model.capability.operation == Operation::TextToImage)
                .map(|model| model.id.clone());
            if let Some(model) = model {
                let base = Url::parse(&base)?;
                return Ok(Self {
                    provider,
                    model,
                    base,
                });
            }
        }
        Err("no provider makes pictures from words alone".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_is_stopped_in_the_middle_has_its_picture_in_the_end() {
        let folder = tempfile::tempdir().unwrap();

        let saved = make_a_picture(folder.path(), |_| {}).await.unwrap();

        let picture = std::fs::read(saved).unwrap();
        image::load_from_memory(&picture).unwrap();
    }
}
