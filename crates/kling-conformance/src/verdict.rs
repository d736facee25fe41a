//! How a law ends: kept, broken, or not to be judged here.

/// Why something cannot be done here, in words that follow "ignored: ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cannot(pub String);

impl Cannot {
    /// Takes words as the reason.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Why a law stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The law is broken: how.
    Broken(String),
    /// It cannot be judged here: why.
    Cannot(String),
}

/// A law's answer.
pub(crate) type Verdict = Result<(), Stop>;

impl From<Cannot> for Stop {
    fn from(cannot: Cannot) -> Self {
        Self::Cannot(cannot.0)
    }
}

/// The law is broken.
pub(crate) fn broken<T>(how: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Broken(how.into()))
}

/// The law cannot be judged here.
pub(crate) fn cannot<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Cannot(why.into()))
}

/// The law is broken unless `holds`.
pub(crate) fn require(holds: bool, how: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { broken(how()) }
}
