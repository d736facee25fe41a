//! What is told while a command runs: one JSON object each, whose shape is a promise.

use kling_core::{Cost, CostSource, Estimate, Money};
use kling_providers::{GeneratedFile, Place};
use serde::Serialize;

use crate::catalogue::model::Model;
use crate::exit::Ending;

/// One line. Every field is always there; what is not known is null.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The request fits and is about to be sent.
    Start {
        provider: String,
        model: String,
        operation: &'static str,
        submission_key: String,
        estimate: Price,
    },
    /// The task began; its handle is for `kling resume`. Here and in what follows, `part` is which part of a request
    /// that was split, counted from 1.
    Submitted {
        part: Option<usize>,
        provider: String,
        handle: String,
    },
    /// Accepted, not begun; how many are in front.
    Queued {
        part: Option<usize>,
        position: Option<u32>,
    },
    /// Begun; how much is done, 0 to 100.
    Running {
        part: Option<usize>,
        percent: Option<u8>,
    },
    /// That many files are done before the rest.
    Partial { part: Option<usize>, files: usize },
    /// A file of the result is being fetched.
    Fetching {
        part: Option<usize>,
        file: usize,
        of: usize,
    },
    /// We were asked to stop waiting.
    Stopping,
    /// What came of one part of a request that was split; `error` is null where its result is here.
    Part {
        part: usize,
        of: usize,
        submission_key: String,
        handle: Option<String>,
        cost: Option<Charged>,
        files: Vec<Saved>,
        error: Option<Box<Ending>>,
    },
    /// The result is here. The last line.
    Done {
        handle: Option<String>,
        cost: Option<Charged>,
        files: Vec<Saved>,
    },
    /// It did not work. The last line.
    Error(Box<Ending>),
    /// One entry of the catalogue.
    Model(Box<Model>),
    /// What a request would cost.
    Price {
        provider: String,
        model: String,
        operation: &'static str,
        estimate: Price,
        /// The flags whose addresses nobody looked behind: what they lead to is taken to fit.
        not_looked_at: Vec<String>,
    },
    /// What is left on an account; null where the provider does not tell.
    Balance {
        provider: String,
        available: Option<Amount>,
    },
    /// The task ended, or will; whether it is charged, where known.
    Cancelled {
        handle: String,
        charged: Option<bool>,
    },
    /// The task had ended before it could be cancelled.
    TooLate { handle: String },
}

/// Money: exactly, and as people write it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Amount {
    pub(crate) nanodollars: i64,
    /// Dollars, such as `0.0294`.
    pub(crate) usd: String,
}

impl Amount {
    pub(crate) fn of(money: Money) -> Self {
        Self {
            nanodollars: money.as_nanodollars(),
            usd: money.to_string().replace('$', ""),
        }
    }
}

/// What a request will cost, with how sure that is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Price {
    /// `exact`, `approximate` or `unknown`.
    pub(crate) exactness: &'static str,
    pub(crate) amount: Option<Amount>,
}

impl Price {
    pub(crate) fn of(estimate: Estimate) -> Self {
        Self {
            exactness: match estimate {
                Estimate::Exact(_) => "exact",
                Estimate::Approximate(_) => "approximate",
                Estimate::Unknown => "unknown",
            },
            amount: estimate.amount().map(Amount::of),
        }
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.amount {
            None => f.write_str("nobody says what it costs"),
            Some(amount) if self.exactness == "exact" => write!(f, "${} (exact)", amount.usd),
            Some(amount) => write!(f, "about ${} (approximate)", amount.usd),
        }
    }
}

/// What was charged, and who says so.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Charged {
    #[serde(flatten)]
    pub(crate) amount: Amount,
    /// `reported` by the provider, or `computed` from the price list.
    pub(crate) source: &'static str,
}

impl Charged {
    pub(crate) fn of(cost: Cost) -> Self {
        Self {
            amount: Amount::of(cost.amount),
            source: match cost.source {
                CostSource::Reported => "reported",
                CostSource::Computed => "computed",
            },
        }
    }

    /// Of all that are known: reported, where each is; `None` where there is none.
    pub(crate) fn sum<'a>(known: impl Iterator<Item = &'a Self>) -> Option<Self> {
        known.cloned().reduce(|sum, one| {
            let nanodollars = sum
                .amount
                .nanodollars
                .saturating_add(one.amount.nanodollars);
            Self {
                amount: Amount::of(Money::from_nanodollars(nanodollars)),
                source: if sum.source == one.source {
                    sum.source
                } else {
                    "computed"
                },
            }
        })
    }
}

/// A file of the result.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Saved {
    /// Which of the result's files, counted from 1.
    pub(crate) number: usize,
    /// Where it is; a path that is no Unicode is shown with replacement characters.
    pub(crate) path: Option<String>,
    pub(crate) media_type: &'static str,
    pub(crate) size_bytes: u64,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
}

impl Saved {
    pub(crate) fn of(file: &GeneratedFile) -> Self {
        let path = match &file.place {
            Place::File(path) => Some(path.to_string_lossy().into_owned()),
            Place::Memory(_) => None,
        };
        Self {
            number: file.number,
            path,
            media_type: file.media_type.mime(),
            size_bytes: file.size_bytes,
            width: file.dimensions.map(|size| size.width),
            height: file.dimensions.map(|size| size.height),
        }
    }
}
