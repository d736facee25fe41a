//! What a setting is about, what it may say, and for which places.

use std::fmt::{self, Display};
use std::str::FromStr;

use kling_core::{Money, Operation, ProviderId};

use super::{Place, PolicyError, content};

/// The names of settings, for people.
pub(super) const NAMES: &str = "open-jobs, jobs-per-day, spend-per-day, spend-per-month, unknown-price, access, \
    access.operation.NAME, access.provider.NAME, admin, words, patterns, words-outside-age-restricted, \
    patterns-outside-age-restricted, name-matches, default.provider, default.model, default.aspect_ratio, \
    default.resolution, default.format and default.count";

/// What a setting is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A limit: a number, an amount in dollars, or `none`.
    Limit(Number),
    /// What becomes of jobs whose price nobody knows, where a budget applies: `allow` or `refuse`.
    UnknownPrice,
    /// Who may, and who may not: `allow` or `deny`.
    Access(Matter),
    /// Whether a person, or everybody with a role, may change rules in chat: `yes` or `no`.
    Admin,
    /// What a prompt must not contain: a JSON list of texts.
    List(ListKind),
    /// Whether a refusal names what it found: `yes` or `no`.
    NameMatches,
    /// What is taken where a command says nothing.
    Usual(Usual),
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Number {
    /// Jobs that are open.
    OpenJobs,
    /// Jobs started in any 24 hours.
    JobsPerDay,
    /// Dollars in any 24 hours.
    SpendPerDay,
    /// Dollars in any 30 days.
    SpendPerMonth,
}

/// What somebody may do or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// Anything at all.
    Anything,
    /// One kind of work, by [`Operation::as_str`].
    Operation(String),
    /// Work at one provider.
    Provider(String),
}

/// What a list holds, and where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Words and phrases that are refused everywhere.
    Words,
    /// Regular expressions that are refused everywhere.
    Patterns,
    /// Words and phrases that are refused where the place is not for adults only.
    WordsOutside,
    /// Regular expressions that are refused where the place is not for adults only.
    PatternsOutside,
}

/// What a command may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usual {
    /// Who does it.
    Provider,
    /// Which model does it.
    Model,
    /// Width against height.
    AspectRatio,
    /// How fine it is.
    Resolution,
    /// What kind of file it comes as.
    Format,
    /// How many.
    Count,
}

const NUMBERS: [(Number, &str); 4] = [
    (Number::OpenJobs, "open-jobs"),
    (Number::JobsPerDay, "jobs-per-day"),
    (Number::SpendPerDay, "spend-per-day"),
    (Number::SpendPerMonth, "spend-per-month"),
];

const LISTS: [(ListKind, &str); 4] = [
    (ListKind::Words, "words"),
    (ListKind::Patterns, "patterns"),
    (ListKind::WordsOutside, "words-outside-age-restricted"),
    (ListKind::PatternsOutside, "patterns-outside-age-restricted"),
];

impl Usual {
    /// Every one, the one that narrows most first.
    pub const ALL: [Self; 6] = [
        Self::Provider,
        Self::Model,
        Self::AspectRatio,
        Self::Resolution,
        Self::Format,
        Self::Count,
    ];

    /// What a command calls it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Model => "model",
            Self::AspectRatio => "aspect_ratio",
            Self::Resolution => "resolution",
            Self::Format => "format",
            Self::Count => "count",
        }
    }
}

impl Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |all: &[(Number, &'static str)], one: &Number| {
            all.iter()
                .find(|(known, _)| known == one)
                .map_or("", |(_, name)| *name)
        };
        match self {
            Self::Limit(number) => f.write_str(named(&NUMBERS, number)),
            Self::UnknownPrice => f.write_str("unknown-price"),
            Self::Access(Matter::Anything) => f.write_str("access"),
            Self::Access(Matter::Operation(name)) => write!(f, "access.operation.{name}"),
            Self::Access(Matter::Provider(name)) => write!(f, "access.provider.{name}"),
            Self::Admin => f.write_str("admin"),
            Self::List(kind) => {
                let found = LISTS.iter().find(|(known, _)| known == kind);
                f.write_str(found.map_or("", |(_, name)| *name))
            }
            Self::NameMatches => f.write_str("name-matches"),
            Self::Usual(field) => write!(f, "default.{}", field.field()),
        }
    }
}

impl FromStr for Key {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let text = text.trim();
        let unknown = || PolicyError::NoSuchKey {
            given: text.to_owned(),
        };
        if let Some((number, _)) = NUMBERS.iter().find(|(_, name)| *name == text) {
            return Ok(Self::Limit(*number));
        }
        if let Some((kind, _)) = LISTS.iter().find(|(_, name)| *name == text) {
            return Ok(Self::List(*kind));
        }
        if let Some(name) = text.strip_prefix("access.operation.") {
            let known = Operation::ALL.iter().any(|known| known.as_str() == name);
            let matter = Matter::Operation(name.to_owned());
            return known.then_some(Self::Access(matter)).ok_or_else(unknown);
        }
        if let Some(name) = text.strip_prefix("access.provider.") {
            let known = ProviderId::parse(name).is_ok();
            let matter = Matter::Provider(name.to_owned());
            return known.then_some(Self::Access(matter)).ok_or_else(unknown);
        }
        if let Some(name) = text.strip_prefix("default.") {
            let found = Usual::ALL.into_iter().find(|one| one.field() == name);
            return found.map(Self::Usual).ok_or_else(unknown);
        }
        match text {
            "unknown-price" => Ok(Self::UnknownPrice),
            "access" => Ok(Self::Access(Matter::Anything)),
            "admin" => Ok(Self::Admin),
            "name-matches" => Ok(Self::NameMatches),
            _ => Err(unknown()),
        }
    }
}

impl Key {
    /// Whether the setting means something for a place.
    pub fn is_for(&self, place: &Place) -> bool {
        use Place as P;
        match self {
            Self::Limit(_) => true,
            Self::UnknownPrice => matches!(place, P::Deployment | P::Workspaces | P::Workspace(_)),
            Self::Access(_) => matches!(
                place,
                P::Deployment
                    | P::Workspace(_)
                    | P::Channel(..)
                    | P::Role(..)
                    | P::Requester { .. }
            ),
            Self::Admin => matches!(place, P::Role(..) | P::Requester { .. }),
            Self::List(_) | Self::NameMatches | Self::Usual(_) => {
                matches!(place, P::Deployment | P::Workspace(_) | P::Channel(..))
            }
        }
    }

    /// The places it can be set for, in words.
    pub(super) const fn places(&self) -> &'static str {
        match self {
            Self::Limit(_) => "every place",
            Self::UnknownPrice => "the deployment, each workspace and a workspace",
            Self::Access(_) => "the deployment, a workspace, a channel, a role and a requester",
            Self::Admin => "a role and a requester",
            Self::List(_) | Self::NameMatches | Self::Usual(_) => {
                "the deployment, a workspace and a channel"
            }
        }
    }

    /// Whether the setting may say this.
    ///
    /// # Errors
    ///
    /// [`PolicyError::BadValue`], with what it takes.
    pub fn check(&self, value: &str) -> Result<(), PolicyError> {
        let fix = match self {
            Self::Limit(Number::OpenJobs | Number::JobsPerDay) => (value != "none"
                && value.parse::<u32>().is_err())
            .then_some("write a whole number, or none"),
            Self::Limit(Number::SpendPerDay | Number::SpendPerMonth) => {
                let amount = Money::parse_dollars(value).ok();
                (value != "none" && amount.is_none_or(|amount| amount < Money::ZERO))
                    .then_some("write dollars, such as 2.50, or none")
            }
            Self::UnknownPrice => {
                (!matches!(value, "allow" | "refuse")).then_some("write allow or refuse")
            }
            Self::Access(_) => {
                (!matches!(value, "allow" | "deny")).then_some("write allow or deny")
            }
            Self::Admin | Self::NameMatches => {
                (!matches!(value, "yes" | "no")).then_some("write yes or no")
            }
            Self::List(kind) => content::check(*kind, value).err(),
            Self::Usual(_) => {
                let wrong = value.trim().is_empty() || value.chars().count() > 100;
                wrong.then_some("write what a command would take, at most 100 characters")
            }
        };
        match fix {
            Some(fix) => Err(PolicyError::BadValue {
                key: self.clone(),
                fix,
            }),
            None => Ok(()),
        }
    }
}
