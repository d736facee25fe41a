//! Rules that are changed while the program runs: limits, who may do what, words, and what is usual in a place.
//!
//! A [`Setting`] says one thing ([`Key`]) about one place ([`Place`]). The limit on a job is looked up from
//! the most specific place to the least, for each of its four scopes on its own:
//!
//! | scope | the first of these that says something |
//! |---|---|
//! | the person | the person; their roles, of which the most generous counts; everybody in the workspace; everybody; the configuration |
//! | the channel | the channel; every channel of the workspace; every channel; the configuration |
//! | the workspace | the workspace; every workspace; the configuration |
//! | the deployment | the deployment; the configuration |
//!
//! All four must hold. A role's limit is no purse that its members share: it is the limit of each person who
//! has the role, and counts what that person did anywhere on the platform.

mod access;
mod content;
mod keeper;
mod key;
mod place;
mod rules;
#[cfg(test)]
mod tests;

use kling_core::Timestamp;

pub(crate) use keeper::Keeper;
pub use key::{Key, ListKind, Matter, Number, Usual};
pub use place::{Place, Where};
pub use rules::Rules;

/// One thing that is said about one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// About what.
    pub place: Place,
    /// What it is about.
    pub key: Key,
    /// What it says, as [`Key::check`] takes it.
    pub value: String,
}

/// A change to one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// About what.
    pub place: Place,
    /// Which setting.
    pub key: Key,
    /// What it says from now on; `None` takes it away.
    pub value: Option<String>,
}

/// A change that was made, as the audit trail has it. It is never changed or taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// Its number, which is also the version of the rules from then on.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it, in the words of whoever let them: a platform's name and user, or an operator's.
    pub actor: String,
    /// About what, as text: an older version may have known other places.
    pub place: String,
    /// Which setting, as text.
    pub key: String,
    /// What it said before.
    pub before: Option<String>,
    /// What it says since.
    pub after: Option<String>,
}

/// What a setting cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// That is no place.
    #[error("`{given}` is no place; places are {}", place::SHAPES)]
    NoSuchPlace {
        /// What was given.
        given: String,
    },
    /// That is no setting.
    #[error("`{given}` is no setting; settings are {}", key::NAMES)]
    NoSuchKey {
        /// What was given.
        given: String,
    },
    /// The setting means nothing there.
    #[error("`{key}` means nothing for `{place}`; it can be set for {}", .key.places())]
    NotHere {
        /// Where it was to be set.
        place: Place,
        /// Which.
        key: Key,
    },
    /// The setting cannot say that.
    #[error("`{key}` cannot be that: {fix}")]
    BadValue {
        /// Which.
        key: Key,
        /// What it takes.
        fix: &'static str,
    },
}

/// Every setting of a store, and which version of them it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Raised by every change; 0 before the first.
    pub version: i64,
    /// The settings, by place and key. Ones that a newer version wrote and this one does not know are left out.
    pub settings: Vec<Setting>,
}

impl Edit {
    /// Whether it can be made.
    ///
    /// # Errors
    ///
    /// [`PolicyError::NotHere`] and [`PolicyError::BadValue`].
    pub fn check(&self) -> Result<(), PolicyError> {
        let key = || self.key.clone();
        if !self.key.is_for(&self.place) {
            return Err(PolicyError::NotHere {
                place: self.place.clone(),
                key: key(),
            });
        }
        match &self.value {
            Some(value) => self.key.check(value),
            None => Ok(()),
        }
    }
}
