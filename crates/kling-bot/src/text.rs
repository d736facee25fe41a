//! Every sentence for chat people, looked up from the message files and only here.

mod command;
mod figures;
mod job;
mod lookup;
mod reason;

use std::sync::Arc;

use fluent_langneg::NegotiationStrategy;
use kling_core::Timestamp;
use kling_engine::Requester;
use unic_langid::LanguageIdentifier;

use lookup::Language;
pub use lookup::TextError;

/// The message files, the first one complete: English.
const FILES: [(&str, &str); 1] = [("en-US", include_str!("../text/en-US.ftl"))];

/// What a message is, at a glance and to a program: the sign every message about a job begins with, the
/// same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The job is going on; the message will change.
    Progress,
    /// Here is the result.
    Done,
    /// There will be no result.
    Failed,
    /// It was not started, and cost nothing.
    Refused,
    /// Nobody knows whether it was done; somebody has to choose.
    Unconfirmed,
    /// Somebody cancelled it.
    Cancelled,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 6] = [
        Self::Progress,
        Self::Done,
        Self::Failed,
        Self::Refused,
        Self::Unconfirmed,
        Self::Cancelled,
    ];

    /// The sign.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Progress => "⏳",
            Self::Done => "✅",
            Self::Failed => "❌",
            Self::Refused => "🚫",
            Self::Unconfirmed => "❓",
            Self::Cancelled => "🛑",
        }
    }

    /// The mark that a message begins with.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        Self::ALL
            .into_iter()
            .find(|mark| text.starts_with(mark.as_str()))
    }

    /// Whether no other message about the job will follow by itself.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Progress => false,
            Self::Done | Self::Failed | Self::Refused | Self::Unconfirmed | Self::Cancelled => true,
        }
    }

    fn before(self, text: &str) -> String {
        format!("{} {}", self.as_str(), text.trim())
    }
}

/// How a platform writes what is not plain text.
pub trait Markup: Send + Sync {
    /// Words of other people (prompts, names, what was typed), so that they format, link and mention nothing.
    fn escape(&self, text: &str) -> String;
    /// Names the person so that they notice: `<@123>`.
    fn mention(&self, requester: &Requester) -> String;
    /// A moment in the reader's own time zone, to stand after "again": `<t:1700000000:R>`.
    fn moment(&self, at: Timestamp) -> String;
    /// The most characters of one message, where an emoji may count as two.
    fn max_chars(&self) -> usize;
}

/// The sentences in every language there is. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Texts(Arc<[Arc<Language>]>);

/// The sentences in one language, with English behind it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Text {
    own: Arc<Language>,
    english: Arc<Language>,
}

impl Texts {
    /// The languages that come with the program.
    ///
    /// # Errors
    ///
    /// When a message file has a mistake; a test reads them all.
    pub fn builtin() -> Result<Self, TextError> {
        let languages: Result<Vec<_>, _> = FILES
            .into_iter()
            .map(|(locale, source)| Language::read(locale, source).map(Arc::new))
            .collect();
        Ok(Self(languages?.into()))
    }

    /// The languages there are, as `en-US`; English first.
    pub fn locales(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|language| language.id().to_string())
            .collect()
    }

    /// The sentences for somebody who prefers this language (`de`, `pt-BR`); English where there is no
    /// better one.
    pub fn of(&self, locale: Option<&str>) -> Text {
        let english = &self.0[0];
        let wanted: Vec<LanguageIdentifier> = locale
            .and_then(|locale| locale.parse().ok())
            .into_iter()
            .collect();
        let available: Vec<&LanguageIdentifier> =
            self.0.iter().map(|language| language.id()).collect();
        let chosen = fluent_langneg::negotiate_languages(
            &wanted,
            &available,
            available.first(),
            NegotiationStrategy::Lookup,
        );
        let own = chosen
            .first()
            .and_then(|id| self.0.iter().find(|language| language.id() == **id));
        Text {
            own: Arc::clone(own.unwrap_or(english)),
            english: Arc::clone(english),
        }
    }
}

#[cfg(test)]
mod tests;
