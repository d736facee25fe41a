//! From the command line to a running bot, and back to an exit code.

mod assemble;
mod check;
mod govern;
mod resolve;
mod serve;
mod store;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use kling_engine::{JobId, failpoint};
use kling_providers::Registry;

use crate::config::{self, Config, PlatformPart};
use crate::platform::PlatformPlugin;
use crate::secret::Environment;
use crate::telemetry;

use self::resolve::Decision;

/// The bot did what was asked: it ran and was stopped, `check` found nothing missing, a decision was carried out.
const DONE: u8 = 0;
/// It could not start or go on, `check` found something missing, or a decision could not be carried out.
const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
const USAGE: u8 = 2;
/// A second signal came while it was stopping.
const HURRIED: u8 = 130;

/// How long what is left over may take after everything was stopped.
const LAST_CALLS: Duration = Duration::from_secs(2);

#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true)]
struct Cli {
    /// The configuration file [default: config/kling.toml, then /etc/kling/kling.toml; none is fine]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Run the bot (the default)
    Run,
    /// Tell what is configured, which providers answer and what is missing, without starting
    Check,
    /// List the jobs of a stopped bot whose outcome nobody knows
    Unconfirmed,
    /// Decide about an unconfirmed job of a stopped bot
    Resolve {
        /// The job's name, from the log or from `unconfirmed`
        #[arg(value_name = "JOB", value_parser = resolve::job_id)]
        job: JobId,
        /// What to do about it
        #[arg(value_enum, value_name = "DECISION")]
        decision: Decision,
    },
    /// Look at the rules, change them, and see who did: limits, who may do what, words, what is usual
    #[command(subcommand)]
    Policy(govern::PolicyAction),
    /// Tell what was spent, by whom
    Spend(govern::SpendArgs),
    /// Look after the store of a stopped bot: bring it up to date, look through it, move it
    #[command(subcommand)]
    Store(store::StoreAction),
}

/// The whole of a bot's `main`: reads the command line, and does what it says.
///
/// Exit codes: 0 when the bot was stopped by a signal, `check` found nothing missing, or a decision was
/// carried out; 1 when it could not start or go on, `check` found something missing, or a decision could
/// not be carried out; 2 when the command line or the configuration is wrong; 130 when a second signal
/// came while it was stopping.
pub fn run<P: PlatformPlugin>(plugin: P, registry: Registry) -> ExitCode {
    run_as(P::BINARY, plugin, registry)
}

/// As [`run`], for a program that is not called as the platform's own: this is its name in help, messages and the log.
pub fn run_as<P: PlatformPlugin>(name: &'static str, plugin: P, registry: Registry) -> ExitCode {
    main_as(name, plugin, registry, std::env::args_os())
}

/// As [`run`], with the command line given: the program's name first. For a program that is several bots.
pub fn main_with<P, I>(plugin: P, registry: Registry, args: I) -> ExitCode
where
    P: PlatformPlugin,
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    main_as(P::BINARY, plugin, registry, args)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a registry is made for this one call, on the spot"
)]
fn main_as<P, I>(name: &'static str, plugin: P, registry: Registry, args: I) -> ExitCode
where
    P: PlatformPlugin,
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let matches = Cli::command()
        .name(name)
        .about("A chat bot that makes pictures and videos with Kling O1")
        .after_help(help_on_secrets::<P>(&registry))
        .try_get_matches_from(args);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come here too, with 0. A closed terminal is no reason to fail.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    let environment = Environment::of_process();
    let part = PlatformPart {
        name: P::NAME,
        default_listen: P::DEFAULT_LISTEN,
        secrets: P::SECRETS,
    };
    let file = config::file_to_read(cli.config);
    let config = match Config::<P::Config>::load(part, &registry, file.as_deref(), &environment) {
        Ok(config) => config,
        Err(errors) => {
            let number = match errors.0.len() {
                1 => "a setting is wrong".to_owned(),
                number => format!("{number} settings are wrong"),
            };
            complain(&format!("{name} cannot start: {number}.\n{errors}"));
            return ExitCode::from(USAGE);
        }
    };
    match start(
        name,
        plugin,
        config,
        cli.action.unwrap_or(Action::Run),
        &environment,
    ) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&format!("{name} cannot start: {error:#}."));
            ExitCode::from(FAILED)
        }
    }
}

/// Which variables are read when the configuration says nothing else.
fn help_on_secrets<P: PlatformPlugin>(registry: &Registry) -> String {
    let mut lines =
        vec!["Secrets, from the environment unless the file says otherwise:".to_owned()];
    for secret in P::SECRETS {
        let (name, from) = (secret.env, secret.from);
        let need = if secret.required { "" } else { " (not needed)" };
        lines.push(format!("  {name}{need}\n          from {from}"));
    }
    for plugin in registry.plugins() {
        let (name, id) = (plugin.key_env(), plugin.id());
        lines.push(format!("  {name}\n          the key of the provider {id}"));
    }
    lines.push(
        "\nAny setting can be a variable: server.listen is KLING__SERVER__LISTEN. See config/README.md."
            .to_owned(),
    );
    lines.join("\n")
}

fn start<P: PlatformPlugin>(
    name: &'static str,
    plugin: P,
    config: Config<P::Config>,
    action: Action,
    environment: &Environment,
) -> anyhow::Result<u8> {
    telemetry::start(&config.log, environment.get("RUST_LOG"), P::UNLOGGED)?;
    failpoint::arm_from_env()?;
    if let Some(armed) = environment.get(failpoint::VARIABLE) {
        tracing::warn!(
            armed,
            "failpoints are armed: this program breaks on purpose; unset {} where that is no test",
            failpoint::VARIABLE
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads of the program cannot be started")?;
    let bot = resolve::Bot {
        binary: name,
        platform: P::NAME,
    };
    let code = match action {
        Action::Run => runtime.block_on(serve::serve(name, plugin, config)),
        Action::Check => Ok(runtime.block_on(check::check(name, plugin, config))),
        Action::Unconfirmed => Ok(runtime.block_on(resolve::list(bot, &config))),
        Action::Resolve { job, decision } => {
            Ok(runtime.block_on(resolve::resolve(bot, &config, &job, decision)))
        }
        Action::Policy(action) => Ok(runtime.block_on(govern::policy(bot, &config, action))),
        Action::Spend(args) => Ok(runtime.block_on(govern::spend(bot, &config, args))),
        Action::Store(action) => Ok(runtime.block_on(store::look_after(&config.store, action))),
    };
    match code {
        Ok(HURRIED) => runtime.shutdown_background(),
        Ok(_) | Err(_) => runtime.shutdown_timeout(LAST_CALLS),
    }
    code
}

/// Says something to whoever started the program. A closed terminal is no reason to fail.
fn complain(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{}", text.trim_end()));
}

/// Writes a line of what was asked for.
fn tell(text: &str) {
    drop(writeln!(std::io::stdout().lock(), "{}", text.trim_end()));
}

#[cfg(test)]
mod tests;
