//! Typed ids: text with a rule, so that one can never stand where another belongs.

use std::borrow::Cow;

/// Text that is not a valid id of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: it takes {rule}")]
pub struct InvalidId {
    kind: &'static str,
    rule: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// The most bytes one may have.
            pub const MAX_LEN: usize = $max;

            /// Takes text as an id.
            ///
            /// # Errors
            ///
            /// When it is empty, longer than [`Self::MAX_LEN`], or has a character outside the rule.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if Self::fits(text.as_bytes()) {
                    Ok(Self(Cow::Owned(text)))
                } else {
                    Err(InvalidId { kind: $kind, rule: $rule })
                }
            }

            /// An id written in source code; used in a `const`, a wrong one stops the build.
            ///
            /// # Panics
            ///
            /// When the text breaks the rule of its kind.
            pub const fn literal(text: &'static str) -> Self {
                assert!(Self::fits(text.as_bytes()), $rule);
                Self(Cow::Borrowed(text))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            const fn fits(bytes: &[u8]) -> bool {
                if bytes.is_empty() || bytes.len() > $max {
                    return false;
                }
                let mut at = 0;
                while at < bytes.len() {
                    if !$allowed(bytes[at]) {
                        return false;
                    }
                    at += 1;
                }
                true
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into_owned()
            }
        }
    };
}

const fn slug(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

const fn visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

const fn token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-')
}

text_id! {
    /// Names a provider, as in `aimlapi`: what a person types and the configuration is keyed by.
    ProviderId, "provider id", "1 to 32 lower-case letters, digits and hyphens", 32, slug
}

text_id! {
    /// Names one entry of a provider's catalogue, in the provider's own spelling.
    ModelId, "model id", "1 to 128 visible ASCII characters", 128, visible
}

text_id! {
    /// Text from which a provider finds its task again: in another process, or a later version.
    ///
    /// Opaque to everyone but the provider that made it.
    TaskHandle, "task handle", "1 to 2048 visible ASCII characters", 2048, visible
}

text_id! {
    /// Our own name for one paid submission, sent along wherever a provider takes one.
    ///
    /// The rule is the narrowest one known: AIML API's `X-Client-Request-Id`. It correlates; no
    /// provider so far promises that a repeated key is not charged again.
    SubmissionKey, "submission key",
    "1 to 128 ASCII letters, digits, dots, underscores, colons and hyphens", 128, token
}

impl SubmissionKey {
    /// The key of one part of a request that was [split](crate::Capability::split), the parts counted from 1:
    /// always the same for the same part, so that it can be looked up later.
    ///
    /// # Errors
    ///
    /// When it would be longer than [`Self::MAX_LEN`].
    pub fn of_part(&self, part: usize) -> Result<Self, InvalidId> {
        Self::parse(format!("{self}.{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_keeps_the_text_it_was_made_from() {
        let model = ModelId::literal("klingai/image-o1");

        assert_eq!(model.as_str(), "klingai/image-o1");
        assert_eq!(ModelId::parse("klingai/image-o1"), Ok(model));
    }

    #[test]
    fn a_part_has_a_key_of_its_own_where_there_is_room_for_one() {
        let key = SubmissionKey::literal("job:1");
        let longest = SubmissionKey::parse("k".repeat(127)).expect("a key");

        assert_eq!(key.of_part(2), SubmissionKey::parse("job:1.2"));
        assert!(longest.of_part(2).is_err());
    }

    #[test]
    fn text_outside_the_rule_is_told_the_rule() {
        let error = ProviderId::parse("AIML API").expect_err("upper case and a space");

        assert_eq!(
            error.to_string(),
            "not a valid provider id: it takes 1 to 32 lower-case letters, digits and hyphens"
        );
        assert!(SubmissionKey::parse("").is_err());
        assert!(SubmissionKey::parse("k".repeat(129)).is_err());
    }
}
