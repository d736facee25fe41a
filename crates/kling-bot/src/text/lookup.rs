//! One message file, read, and the look-up of a sentence by its name.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Text;

/// A message file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the sentences for `{locale}` cannot be read: {reason}")]
pub struct TextError {
    locale: String,
    reason: String,
}

/// One language.
pub(super) struct Language {
    id: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

impl Language {
    pub(super) fn read(locale: &str, source: &str) -> Result<Self, TextError> {
        let error = |reason: String| TextError {
            locale: locale.to_owned(),
            reason,
        };
        let id: LanguageIdentifier = locale
            .parse()
            .map_err(|_| error("this is no language".to_owned()))?;
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| error(format!("{errors:?}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id.clone()]);
        // Chat platforms show the invisible signs around figures as boxes in places.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .map_err(|errors| error(format!("{errors:?}")))?;
        Ok(Self { id, bundle })
    }

    pub(super) fn id(&self) -> &LanguageIdentifier {
        &self.id
    }

    fn find(&self, name: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
        let message = self.bundle.get_message(name)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(attribute) => message.get_attribute(attribute)?.value(),
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        if !errors.is_empty() {
            tracing::warn!(name, locale = %self.id, "the sentence `{name}` lacks a figure");
        }
        Some(text.into_owned())
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Language({})", self.id)
    }
}

impl Text {
    /// The sentence of that name, with its figures; its name where no language has it.
    pub(super) fn say(&self, name: &str, figures: &[(&str, &str)]) -> String {
        self.try_say(name, None, figures)
            .unwrap_or_else(|| name.to_owned())
    }

    /// The sentence of that name, or its attribute, where there is one.
    pub(super) fn try_say(
        &self,
        name: &str,
        attribute: Option<&str>,
        figures: &[(&str, &str)],
    ) -> Option<String> {
        let args: FluentArgs<'_> = figures
            .iter()
            .map(|&(name, value)| (name, value_of(value)))
            .collect();
        self.own
            .find(name, attribute, &args)
            .or_else(|| self.english.find(name, attribute, &args))
    }
}

/// Whole numbers are numbers, so that a language can choose its plural by them; all else is text.
fn value_of(text: &str) -> FluentValue<'_> {
    let plain = (1..=9).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if plain {
        FluentValue::try_number(text)
    } else {
        FluentValue::from(text)
    }
}
