//! `kling-bench`: what it costs, against a stated base, on a machine that is named.

mod accept;
mod bare;
mod call;
mod cluster;
mod counting;
mod end_to_end;
mod figure;
mod load;
mod machine;
mod meter;
mod outside;
mod process;
mod recorder;
mod serving;
mod setting;
mod sink;
mod stages;
mod still;
mod turn;
mod waiting;
mod wish;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

use crate::figure::Report;
use crate::setting::Setting;
use crate::still::Mood;

/// Measures, prints a table, and writes JSON.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// What is measured.
    what: What,

    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,

    /// A few seconds of everything, to see that it works; the figures mean little.
    #[arg(long)]
    short: bool,

    /// Where databases and archives are put; the machine's temporary folder unless told otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,

    /// How often each contender has its turn; else 5 times, and 3 times for what takes long.
    #[arg(long)]
    rounds: Option<usize>,

    /// One contender of `end-to-end` alone, by its name.
    #[arg(long)]
    only: Option<String>,

    /// The database of `serve`.
    #[arg(long, hide = true)]
    store: Option<String>,

    /// How the provider of `serve` behaves.
    #[arg(long, hide = true, default_value = "silent")]
    mood: Mood,

    /// How long a claim of `serve` holds.
    #[arg(long, hide = true)]
    lease_ms: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Taking a job in, durable commit included.
    Accept,
    /// From acceptance to delivery, through the emulator.
    EndToEnd,
    /// A hundred thousand jobs that wait.
    Waiting,
    /// One generation through each provider crate.
    Call,
    /// All of them.
    All,
    /// The vendors, as a process of their own.
    #[value(hide = true)]
    Emulator,
    /// An engine on a store, as a process of its own.
    #[value(hide = true)]
    Serve,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.what {
        What::Emulator => return outside::serve().await,
        What::Serve => {
            let store = arguments.store.context("serve needs --store")?;
            let folder = arguments.folder.context("serve needs --folder")?;
            let order = serving::Order {
                lease: arguments.lease_ms.map(Duration::from_millis),
                ..serving::Order::of(&store, &folder).in_mood(arguments.mood)
            };
            return serving::serve(order).await;
        }
        What::Accept | What::EndToEnd | What::Waiting | What::Call | What::All => {}
    }
    counting::start()?;
    // The other connection of this process, for the bare contender.
    drop(rustls::crypto::ring::default_provider().install_default());
    tokio::select! {
        measured = measure(&arguments) => measured,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("stopped"),
    }
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let setting = Setting::new(
        arguments.short,
        arguments.rounds,
        arguments.folder.as_deref(),
    )?;
    let mut report = Report::new(machine::describe(setting.folder())?);
    let wanted = |what| arguments.what == what || arguments.what == What::All;
    if wanted(What::Accept) {
        accept::measure(&setting, &mut report).await?;
    }
    if wanted(What::EndToEnd) {
        end_to_end::measure(&setting, arguments.only.as_deref(), &mut report).await?;
    }
    if wanted(What::Waiting) {
        waiting::measure(&setting, &mut report).await?;
    }
    if wanted(What::Call) {
        call::measure(&setting, &mut report).await?;
    }
    let mut out = std::io::stdout().lock();
    out.write_all(report.table().as_bytes())?;
    if let Some(path) = &arguments.json {
        std::fs::write(path, report.json()).context("cannot write the JSON")?;
    }
    Ok(())
}
