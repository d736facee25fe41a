//! `kling-emulator`: the outside world on loopback, until Ctrl-C or SIGTERM.

use std::{io::Write as _, net::SocketAddr};

use clap::Parser;
use kling_emulator::{Emulator, Options};
use tracing_subscriber::EnvFilter;

/// Plays the providers and the chat platforms on loopback.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Where everything listens. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4700")]
    listen: SocketAddr,

    /// A listener of its own for Discord, for clients that take an origin and not a path.
    #[arg(long)]
    discord_listen: Option<SocketAddr>,

    /// Let the AIML vendor accept image requests without image_urls.
    #[arg(long)]
    aimlapi_lenient: bool,

    /// How long the AIML vendor takes for a picture, in milliseconds.
    #[arg(long, default_value_t = 0)]
    aimlapi_latency_ms: u64,

    /// How long the AIML vendor takes for a video, in milliseconds.
    #[arg(long, default_value_t = 0)]
    aimlapi_video_latency_ms: u64,

    /// How long apiin.one takes, in milliseconds.
    #[arg(long, default_value_t = 0)]
    apiin_latency_ms: u64,

    /// How long inference.sh takes, in milliseconds.
    #[arg(long, default_value_t = 0)]
    inferencesh_latency_ms: u64,

    /// Draw results once for each shape, and serve them again.
    #[arg(long)]
    prepared: bool,

    /// The seed of all ids.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let emulator = Emulator::start(Options {
        listen: arguments.listen,
        discord_listen: arguments.discord_listen,
        aimlapi_lenient: arguments.aimlapi_lenient,
        seed: arguments.seed,
    })
    .await?;
    let world = emulator.world();
    world.media.prepare(arguments.prepared);
    world.aimlapi.change(|settings| {
        settings.latency_ms = arguments.aimlapi_latency_ms;
        settings.video.latency_ms = arguments.aimlapi_video_latency_ms;
    });
    world
        .apiin
        .change(|settings| settings.latency_ms = arguments.apiin_latency_ms);
    world
        .inferencesh
        .change(|settings| settings.latency_ms = arguments.inferencesh_latency_ms);

    // Before anything is told: whoever reads it may ask for the end at once.
    let asked_to_end = listening()?;
    let mut out = std::io::stdout().lock();
    for vendor in ["aimlapi", "apiin", "inferencesh", "discord", "slack", "s3"] {
        writeln!(out, "{vendor:<12} {}", emulator.base(vendor))?;
    }
    writeln!(out, "{:<12} {}/_emulator", "control", emulator.origin())?;
    out.flush()?;
    drop(out);

    asked_to_end.await?;
    emulator.shutdown().await;
    Ok(())
}

/// Listens from now on for Ctrl-C, and for SIGTERM, which ends no first process of a container by itself.
#[cfg(unix)]
fn listening() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn listening() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
