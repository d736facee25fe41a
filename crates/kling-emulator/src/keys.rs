//! Bearer keys, and the accounts behind them.

use std::{collections::BTreeSet, fmt};

use axum::http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

use crate::media::hex;

/// Which keys are good.
#[derive(Clone)]
pub enum Keys {
    /// Any but these, and none that is empty.
    AnyBut(BTreeSet<String>),
    /// These alone.
    Only(BTreeSet<String>),
}

impl Default for Keys {
    /// Any but `bad-key` and `revoked`.
    fn default() -> Self {
        Self::AnyBut(["bad-key", "revoked"].map(str::to_owned).into())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    fn accept(&self, key: &str) -> bool {
        match self {
            Self::AnyBut(refused) => !key.is_empty() && !refused.contains(key),
            Self::Only(accepted) => accepted.contains(key),
        }
    }

    /// The account that a request is made for; none when its key is missing or not good.
    pub(crate) fn account(&self, headers: &HeaderMap) -> Option<String> {
        let key = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, key)| key.trim());
        self.accept(key).then(|| account_of(key))
    }
}

/// The account behind a key: a name that does not give the key away.
pub fn account_of(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    format!("acct_{}", hex(digest.get(..4).unwrap_or_default()))
}
