//! Everything that was shown while a law ran: errors, `Debug` output and log lines.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use kling_core::ProviderError;
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Metadata, Subscriber};

/// What was shown, line by line; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Transcript(Arc<Mutex<Vec<String>>>);

impl Transcript {
    /// Writes down whatever was shown.
    pub(crate) fn tell(&self, shown: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(shown);
    }

    /// Writes down an error with all that lies below it, in every way it can be shown.
    pub(crate) fn tell_error(&self, error: &ProviderError) {
        let mut below: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = below {
            self.tell(format!("{error} {error:?}"));
            below = error.source();
        }
    }

    /// The first line that holds this text, in any case of letters.
    pub(crate) fn line_with(&self, secret: &str) -> Option<String> {
        let secret = secret.to_lowercase();
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .find(|line| line.to_lowercase().contains(&secret))
            .cloned()
    }

    /// A subscriber that writes every span and event down, whatever its level.
    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        Listener(self.clone())
    }
}

struct Listener(Transcript);

/// The fields of one span or event as text.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Listener {
    fn write(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Words)) {
        let mut words = Words(format!("{} {}", metadata.target(), metadata.name()));
        record(&mut words);
        self.0.tell(words.0);
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        self.write(attributes.metadata(), |words| attributes.record(words));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut words = Words("span".to_owned());
        values.record(&mut words);
        self.0.tell(words.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(event.metadata(), |words| event.record(words));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_a_field_of_any_level_are_written_down() {
        let transcript = Transcript::default();

        tracing::subscriber::with_default(transcript.subscriber(), || {
            let _span = tracing::trace_span!("work", key = "sk-1").entered();
            tracing::trace!(prompt = "A Boat", "begun");
        });

        assert!(transcript.line_with("sk-1").is_some());
        assert!(transcript.line_with("a boat").is_some());
        assert!(transcript.line_with("begun").is_some());
        assert_eq!(transcript.line_with("lost"), None);
    }
}
