//! Log lines: for people or for machines, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::{LogFormat, LogSettings};

/// The levels that may stand alone.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Logging that could not be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelemetryError {
    /// The filter is not in the notation.
    #[error(
        "`{0}` is no log level: use error, warn, info, debug or trace, or a filter such as kling=debug"
    )]
    Filter(String, #[source] ParseError),
    /// Somebody else set it up before.
    #[error("logging is set up already")]
    Taken(#[from] TryInitError),
}

/// Starts logging. `rust_log` is the variable of that name, which overrides the settings; nothing overrides
/// `unlogged`, targets that are always off.
pub(crate) fn start(
    settings: &LogSettings,
    rust_log: Option<&str>,
    unlogged: &[&str],
) -> Result<(), TelemetryError> {
    let filter = filter(rust_log.unwrap_or(&settings.level), unlogged)?;
    let registry = tracing_subscriber::registry().with(filter);
    match settings.format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            let layer = tracing_subscriber::fmt::layer()
                .with_ansi(std::io::stderr().is_terminal())
                .with_writer(std::io::stderr);
            registry.with(layer).try_init()?;
        }
        LogFormat::Json => {
            let layer = tracing_subscriber::fmt::layer()
                .json()
                .with_writer(std::io::stderr);
            registry.with(layer).try_init()?;
        }
    }
    Ok(())
}

/// A level that stands alone is for this house's crates; others only warn, since nobody promised that
/// their finer lines carry no token.
fn filter(text: &str, unlogged: &[&str]) -> Result<EnvFilter, TelemetryError> {
    let text = text.trim();
    let level = text.to_ascii_lowercase();
    let mut directives = if LEVELS.contains(&level.as_str()) {
        let others = if matches!(level.as_str(), "off" | "error") {
            level.as_str()
        } else {
            "warn"
        };
        format!("{others},kling={level}")
    } else {
        text.to_owned()
    };
    for target in unlogged {
        directives.push(',');
        directives.push_str(target);
        directives.push_str("=off");
    }
    EnvFilter::try_new(directives).map_err(|error| TelemetryError::Filter(text.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_other_peoples_words_is_never_logged() {
        let filter = filter("trace", &["chatty::socket"]).expect("a level");

        assert!(filter.to_string().contains("chatty::socket=off"));
    }

    #[test]
    fn a_level_alone_is_for_our_own_crates() {
        assert_eq!(
            filter("debug", &[]).expect("a level").to_string(),
            "kling=debug,warn"
        );
        assert_eq!(
            filter("ERROR", &[]).expect("a level").to_string(),
            "kling=error,error"
        );
        assert_eq!(
            filter("hyper=trace", &[]).expect("a filter").to_string(),
            "hyper=trace"
        );
        assert!(filter("a=loud", &[]).is_err());
    }
}
