//! Log lines: for people or for machines, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::{LogFormat, LogSettings};

/// The levels that may stand alone.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Logging that could not be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TelemetryError {
    /// The variable is set to something that is no filter.
    #[error("variable RUST_LOG: {0}")]
    Variable(InvalidFilter),
    /// The setting is; it was checked when the configuration was read.
    #[error("log.level: {0}")]
    Setting(InvalidFilter),
    /// Somebody else set it up before.
    #[error("logging is set up already")]
    Taken(#[from] TryInitError),
}

/// A text that is neither a level nor a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no log level: use {fix}", fix = Self::FIX)]
pub(crate) struct InvalidFilter(String);

impl InvalidFilter {
    /// What to write instead.
    pub(crate) const FIX: &'static str =
        "error, warn, info, debug or trace, or a filter such as \"info,kling_engine=debug\"";
}

/// Whether a text is a level or a filter.
pub(crate) fn is_filter(text: &str) -> bool {
    filter(text, &[]).is_ok()
}

/// Starts logging. `rust_log` is the variable of that name, which overrides the settings; nothing overrides
/// `unlogged`, targets that are always off.
pub(crate) fn start(
    settings: &LogSettings,
    rust_log: Option<&str>,
    unlogged: &[&str],
) -> Result<(), TelemetryError> {
    let filter = match rust_log {
        Some(text) => filter(text, unlogged).map_err(TelemetryError::Variable)?,
        None => filter(&settings.level, unlogged).map_err(TelemetryError::Setting)?,
    };
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
fn filter(text: &str, unlogged: &[&str]) -> Result<EnvFilter, InvalidFilter> {
    let text = text.trim();
    let invalid = || InvalidFilter(text.to_owned());
    // A word that is no level would be taken for a target, and everything else would fall silent.
    let is_misspelt = |part: &str| {
        let part = part.trim();
        !part.contains(['=', '[', ']', '{', '}'])
            && !LEVELS.contains(&part.to_ascii_lowercase().as_str())
    };
    if text.split(',').any(is_misspelt) {
        return Err(invalid());
    }
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
    EnvFilter::try_new(directives).map_err(|_| invalid())
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

    #[test]
    fn a_misspelt_level_is_refused_and_does_not_silence_everything() {
        for misspelt in ["inof", "loud", "", "info,debgu", "kling_engine"] {
            assert!(filter(misspelt, &[]).is_err(), "{misspelt}");
        }
        assert!(is_filter("warn,kling_engine=trace"));
    }
}
