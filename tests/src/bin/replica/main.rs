//! An engine with one provider and a small chat, for tests to kill, stop and start again; as much of a bot as a crash can
//! make a difference to. It takes orders on its standard input, and ends with that.

mod chat;
mod hasty;

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use kling_core::{
    AssetInfo, Clock, ImageCount, MediaType, Operation, Prompt, Provider as _, Secret, SystemClock,
    Timestamp,
};
use kling_engine::{
    Archive, ArchiveLimits, Backoff, Choice, Engine, InputFile, InputRole, JobRequest, NewJob,
    Options, PostgresOptions, PostgresStore, ReplyAddress, Requester, SqliteStore, Store,
    StoreTime, failpoint,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use kling_providers::Registry;
use kling_tests::{Order, Record, ReplicaSettings, SETTINGS};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use chat::Chat;
use hasty::Hasty;

type Failure = Box<dyn Error + Send + Sync>;

/// What every order is carried out with.
struct Replica {
    engine: Engine,
    store: Arc<dyn Store>,
    provider: Arc<Hasty>,
    input: String,
    shutdown: CancellationToken,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let settings: ReplicaSettings = serde_json::from_str(&std::env::var(SETTINGS)?)?;
    failpoint::arm_from_env()?;
    // For whoever has to find out why a test failed.
    tracing_subscriber::fmt()
        .with_env_filter("kling_engine=debug")
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let replica = Arc::new(assemble(settings).await?);
    let running = tokio::spawn({
        let (engine, shutdown) = (replica.engine.clone(), replica.shutdown.clone());
        async move { engine.run(shutdown).await }
    });
    let mut lines = typed();
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            () = replica.shutdown.cancelled() => None,
        };
        // Whoever started this is gone, or said so.
        let Some(line) = line else { break };
        let replica = Arc::clone(&replica);
        tokio::spawn(async move {
            let (number, order): (u64, Order) = serde_json::from_str(&line)?;
            let answer = replica.carry_out(order).await;
            let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", json!([number, answer]))?;
            out.flush()?;
            Ok::<(), Failure>(())
        });
    }
    replica.shutdown.cancel();
    running.await?;
    Ok(())
}

/// The lines of the standard input.
fn typed() -> UnboundedReceiver<String> {
    let (tell, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A clock that is ahead of this machine's.
#[derive(Debug)]
struct Ahead(Duration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now() + self.0
    }
}

async fn assemble(settings: ReplicaSettings) -> Result<Replica, Failure> {
    let millis = Duration::from_millis;
    let clock: Arc<dyn Clock> = match settings.ahead_ms {
        Some(ahead) => Arc::new(Ahead(millis(ahead))),
        None => Arc::new(SystemClock),
    };
    let time = match settings.ahead_ms {
        Some(_) => StoreTime::Handed(Arc::clone(&clock)),
        None => StoreTime::Database,
    };
    let postgres = PostgresOptions {
        state_folder: settings.folder.join("state"),
        connections: 3,
        time,
    };
    let store: Arc<dyn Store> = if settings.store.starts_with("sqlite:") {
        Arc::new(SqliteStore::open(&settings.store, Arc::clone(&clock)).await?)
    } else {
        Arc::new(PostgresStore::open(&settings.store, postgres).await?)
    };
    let archive = settings.folder.join("archive");
    let archive = Archive::open(&archive.to_string_lossy(), ArchiveLimits::default()).await?;
    let table: toml::Table = settings.table.parse()?;
    let base = table.get("base_url").and_then(toml::Value::as_str);
    let base = Url::parse(base.ok_or("no base_url")?)?;
    let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(&base))?;
    let key = Secret::new("emulated-key").ok_or("no key")?;
    let provider = Registry::builtin().build(&settings.provider, table, key)?;
    let provider = Arc::new(Hasty::new(provider, millis(settings.submit_ms)));
    let options = Options {
        accept_timeout: millis(settings.accept_ms),
        lease: millis(settings.lease_ms),
        margin: millis(settings.margin_ms),
        period: millis(300),
        backoff: Backoff {
            base: millis(10),
            cap: millis(100),
        },
        retention: millis(settings.retention_ms),
        clean_every: millis(settings.clean_ms),
        delivery_give_up_after: Duration::ZERO,
        ..Options::default()
    };
    let chat = Chat::new(
        settings.chat,
        settings.input,
        settings.input_address.clone(),
    );
    let engine = Engine::builder(Arc::clone(&store), archive)
        .provider_with(Arc::clone(&provider) as _, downloader)
        .deliverer(Arc::new(chat))
        .clock(clock)
        .options(options)
        .build()?;
    Ok(Replica {
        engine,
        store,
        provider,
        input: settings.input_address,
        shutdown: CancellationToken::new(),
    })
}

impl Replica {
    async fn carry_out(&self, order: Order) -> Result<Value, Failure> {
        match order {
            Order::Arm { points } if points.is_empty() => {
                failpoint::disarm();
                Ok(Value::Null)
            }
            Order::Arm { points } => {
                failpoint::arm(&points)?;
                Ok(Value::Null)
            }
            Order::Accept { who } => {
                let job = self.command(&who)?;
                let admission = self.engine.accept(job).await?;
                let kind = format!("{admission:?}");
                Ok(json!(kind.split([' ', '(']).next()))
            }
            Order::Look { who } => Ok(json!(self.record(&who).await?)),
            Order::Cancel { who } => {
                let id = self.job_of(&who).await?;
                let answer = self.engine.cancel(&id).await?;
                Ok(json!(format!("{answer:?}")))
            }
            Order::Resolve { who, again } => {
                let id = self.job_of(&who).await?;
                let choice = if again {
                    Choice::TryAgain
                } else {
                    Choice::LookAgain
                };
                let stage = self.engine.resolve(&id, choice).await?;
                Ok(json!(stage.as_str()))
            }
            Order::Stop => {
                self.shutdown.cancel();
                Ok(Value::Null)
            }
        }
    }

    async fn record(&self, who: &str) -> Result<Record, Failure> {
        let mut record = Record {
            working_on: self.engine.health().await.working_on,
            ..Record::default()
        };
        for job in self.engine.jobs_of(&requester(who), 10).await? {
            record.stages.push(job.stage.as_str().to_owned());
            for line in self.store.ledger(&job.id).await? {
                let amount = line.amount.map(kling_core::Money::as_nanodollars);
                record.ledger.push((line.kind.as_str().to_owned(), amount));
            }
        }
        Ok(record)
    }

    async fn job_of(&self, who: &str) -> Result<kling_engine::JobId, Failure> {
        let jobs = self.engine.jobs_of(&requester(who), 1).await?;
        let job = jobs.into_iter().next().ok_or("nobody's job")?;
        Ok(job.id)
    }

    /// One picture made of one picture.
    fn command(&self, who: &str) -> Result<NewJob, Failure> {
        let operation = Operation::ImageToImage;
        let models = self.provider.models();
        let model = models.iter().find(|model| model.operation() == operation);
        let model = model.ok_or("no model makes pictures of pictures")?;
        let mut request = JobRequest::new(operation, Prompt::new("a paper boat")?);
        request.count = ImageCount::new(1)?;
        request.inputs = vec![InputFile {
            role: InputRole::Image,
            name: "boat.png".to_owned(),
            source: self.input.clone(),
            info: AssetInfo {
                media_type: MediaType::Png,
                size_bytes: 1_000,
                dimensions: None,
                duration: None,
                frame_rate: None,
            },
        }];
        let estimate = model.estimate(&request.to_generation(model.id.clone(), []));
        Ok(NewJob {
            dedupe_key: who.to_owned(),
            requester: requester(who),
            reply_address: ReplyAddress::new("here"),
            locale: None,
            request,
            provider: self.provider.id().clone(),
            model: model.id.clone(),
            estimate,
        })
    }
}

fn requester(who: &str) -> Requester {
    Requester {
        platform: Chat::platform_id(),
        workspace: None,
        channel: "general".to_owned(),
        user: who.to_owned(),
    }
}
