//! What the demo can be told on its command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The emulator and the real bot, for trying Kling without an account.
///
/// Without a subcommand: starts both, runs a sample command with two sample pictures, shows the channel as it grows, and
/// keeps running until Ctrl-C. Lines that start with a slash are further commands.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) mode: Option<Mode>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// What can be said in every mode.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Where the pictures are saved.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "kling-demo-pictures"
    )]
    pub(crate) out: PathBuf,

    /// Show each event of the channel as one line of JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Where the emulator listens; a free port unless said otherwise.
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:0"
    )]
    pub(crate) listen: SocketAddr,

    /// How long the emulated provider takes for a picture, in milliseconds.
    #[arg(long, global = true, value_name = "MS", default_value_t = 2500)]
    pub(crate) latency_ms: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mode {
    /// Run one command; exits with 0 when the result is posted, 1 when the channel shows a failure or a refusal, 2 for bad usage.
    Once(Once),
    /// Be one of the bots: how the demo starts its own executable again as a child process.
    #[command(hide = true)]
    Bot {
        /// Which bot.
        platform: Platform,
        /// The bot's own arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// One command.
#[derive(Debug, Args)]
pub(crate) struct Once {
    /// The chat platform.
    #[arg(long)]
    pub(crate) platform: Platform,

    /// The provider, unless the command names one.
    #[arg(long)]
    pub(crate) provider: Option<String>,

    /// The command as a person types it, such as `/imagine prompt:"a paper boat" image1:@boat.png count:2`.
    #[arg(long, value_name = "LINE")]
    pub(crate) command: String,

    /// How many seconds to wait for the end.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    pub(crate) patience: Duration,
}

/// A chat platform that the emulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Platform {
    Discord,
}

impl Platform {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        Ok(_) | Err(_) => Err("a whole number of seconds from 1 to 86400".to_owned()),
    }
}
