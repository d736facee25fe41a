//! What `kling` can be told on its command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use kling_core::{
    AspectRatio, ImageCount, ImageFormat, InvalidField, ModelId, Operation, Resolution, Seconds,
    TaskHandle,
};
use kling_providers::{Plugin, Registry};

use crate::exit::Exit;

/// How keys are found, for every provider that this build has, and what scripts can tell from the end.
fn after_help() -> String {
    let registry = Registry::builtin();
    let variables: Vec<_> = registry.plugins().map(Plugin::key_env).collect();
    let meant = |exit: Exit| format!("\n  {:<5}{}", exit.code(), exit.meaning());
    let exits: String = Exit::ALL.into_iter().map(meant).collect();
    format!(
        "Keys: a provider's key is taken from its variable ({}) or from --key-file.\n\
         With a --base-url on this machine none is needed.\n\nExit codes:{exits}",
        variables.join(", ")
    )
}

/// Pictures and videos with Kling, from a terminal or a script.
///
/// On a terminal there is a progress bar; `generate` and `resume` write one JSON object for each event to standard output
/// when that is no terminal, or with --json.
#[derive(Debug, Parser)]
#[command(name = "kling", version, after_help = after_help())]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Write one JSON object for each event, whatever standard output is.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Submit once, wait, and save the result.
    #[command(after_help = after_help())]
    Generate(Box<Generate>),
    /// Wait for a task that was started earlier, and save its result.
    #[command(after_help = after_help())]
    Resume(Resume),
    /// Ask the provider to stop a task.
    #[command(after_help = after_help())]
    Cancel(Cancel),
    /// What each model takes and costs; needs no key.
    Models(Models),
    /// What a request would cost; needs no key, and sends and fetches nothing.
    #[command(after_help = after_help())]
    Price(Box<Price>),
    /// What is left on the accounts whose keys are here.
    #[command(after_help = after_help())]
    Balance(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    pub(crate) account: Account,
    #[command(flatten)]
    pub(crate) saving: Saving,
    /// Do not ask on a terminal whether the price is fine.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The task, as `generate` printed it.
    #[arg(value_parser = handle)]
    pub(crate) handle: TaskHandle,
    /// Whose task it is; the handle says so when it is not given.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    #[command(flatten)]
    pub(crate) account: Account,
    #[command(flatten)]
    pub(crate) saving: Saving,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The task, as `generate` printed it.
    #[arg(value_parser = handle)]
    pub(crate) handle: TaskHandle,
    /// Whose task it is; the handle says so when it is not given.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    #[command(flatten)]
    pub(crate) account: Account,
}

#[derive(Debug, Args)]
pub(crate) struct Price {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    pub(crate) account: Account,
}

#[derive(Debug, Args)]
pub(crate) struct Models {
    /// Only those of this provider.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// A setting of the provider, as in its table of the configuration file.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, requires = "provider")]
    pub(crate) set: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only this provider; otherwise all whose keys are here.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// Another address of the provider, such as an emulator's.
    #[arg(long, value_name = "URL", requires = "provider")]
    pub(crate) base_url: Option<String>,
    /// A file with the provider's key.
    #[arg(long, value_name = "FILE", requires = "provider")]
    pub(crate) key_file: Option<PathBuf>,
    /// A setting of the provider, as in its table of the configuration file.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, requires = "provider")]
    pub(crate) set: Vec<(String, String)>,
}

impl Which {
    pub(crate) fn account(&self) -> Account {
        Account {
            base_url: self.base_url.clone(),
            key_file: self.key_file.clone(),
            set: self.set.clone(),
        }
    }
}

/// How a provider is reached.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Account {
    /// Another address of the provider, such as an emulator's.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// A file with the key, in place of the provider's environment variable.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// A setting of the provider, as in its table of the configuration file; repeatable.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// Waiting for a result, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Saving {
    /// The folder for the result; made if it is not there. No file is ever replaced.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// The start of the files' names; the submission's key, or the handle, when not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How long to watch a started task, such as 10m; the model's own patience when not given.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) timeout: Option<Duration>,
}

/// What to make.
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// Who makes it.
    #[arg(long)]
    pub(crate) provider: String,
    /// Which model; the cheapest of the provider's that takes the request when not given.
    #[arg(long, value_parser = model)]
    pub(crate) model: Option<ModelId>,
    /// The kind of work.
    #[arg(long, value_name = "OP", value_parser = operation())]
    pub(crate) operation: Operation,
    /// What to make, in words.
    #[arg(long, value_name = "WORDS")]
    pub(crate) prompt: String,
    /// What to avoid, in words.
    #[arg(long, value_name = "WORDS")]
    pub(crate) negative_prompt: Option<String>,
    /// A reference image; repeat it for more.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) image: Vec<String>,
    /// The image a video starts with.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) first_frame: Option<String>,
    /// The image a video ends with.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) last_frame: Option<String>,
    /// The video to edit or to take as a reference.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) video: Option<String>,
    /// A thing or person from several sides, the frontal picture first, with commas between; repeat it for more. A comma
    /// that belongs to a path or an address is written `\,`.
    #[arg(long, value_name = "FRONT,SIDE,…")]
    pub(crate) element: Vec<String>,
    /// Width against height, such as 16:9, or auto.
    #[arg(long, value_name = "W:H", value_parser = AspectRatio::parse)]
    pub(crate) aspect_ratio: Option<AspectRatio>,
    /// How fine: 720p, 1080p, 1K, 2K or 4K.
    #[arg(long, value_parser = Resolution::parse)]
    pub(crate) resolution: Option<Resolution>,
    /// How many images, 1 to 10.
    #[arg(long, value_name = "N", value_parser = count)]
    pub(crate) count: Option<ImageCount>,
    /// Where a model hands over only the first of several images, send a request for each: every one is charged.
    #[arg(long)]
    pub(crate) split: bool,
    /// What kind of file an image comes as: png, jpeg or webp.
    #[arg(long, value_parser = ImageFormat::parse)]
    pub(crate) format: Option<ImageFormat>,
    /// How long a video is, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<Seconds>,
    /// Keep the sound of the input video, or with =false do not.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) keep_audio: Option<bool>,
    /// A setting that only this provider has, as `kling models` lists it; repeatable.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) option: Vec<(String, String)>,
}

fn operation() -> impl TypedValueParser<Value = Operation> {
    PossibleValuesParser::new(Operation::ALL.map(Operation::as_str))
        .try_map(|name| Operation::parse(&name).ok_or("not an operation"))
}

fn model(text: &str) -> Result<ModelId, kling_core::InvalidId> {
    ModelId::parse(text)
}

fn handle(text: &str) -> Result<TaskHandle, kling_core::InvalidId> {
    TaskHandle::parse(text)
}

fn count(text: &str) -> Result<ImageCount, InvalidField> {
    ImageCount::new(text.parse().unwrap_or_default())
}

fn seconds(text: &str) -> Result<Seconds, InvalidField> {
    let number = text.strip_suffix('s').unwrap_or(text);
    Seconds::new(number.parse().unwrap_or_default())
}

fn time(text: &str) -> Result<Duration, &'static str> {
    match humantime::parse_duration(text) {
        Ok(time) if !time.is_zero() => Ok(time),
        Ok(_) | Err(_) => Err("it takes numbers with units, such as 90s or 10m"),
    }
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        Some(_) | None => Err("it takes a name, an equals sign and a value"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_wrong_value_is_told_what_would_be_right() {
        assert!(time("10").is_err() && time("0s").is_err());
        assert_eq!(time("10m"), Ok(Duration::from_mins(10)));
        assert!(count("eleven").is_err() && count("11").is_err());
        assert_eq!(seconds("5s"), seconds("5"));
        assert!(pair("=x").is_err() && pair("x").is_err());
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
    }
}
