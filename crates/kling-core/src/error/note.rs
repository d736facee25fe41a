//! What a reply said about itself: a code, and the name its sender knows it by.

/// What a provider's reply gave to ask its people about it: a code and a request id.
///
/// Both are short tokens, or absent: what is longer, or has any other character in it, is not kept, so a
/// sentence, a prompt or an address can never be in one. Whoever makes a note has taken out what repeats the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyNote {
    code: Option<Box<str>>,
    request_id: Option<Box<str>>,
}

impl ReplyNote {
    /// The most bytes of a code that is kept.
    pub const MAX_CODE_BYTES: usize = 64;

    /// The most bytes of a request id that is kept: AIML API's ids of a generation with its model have about 80.
    pub const MAX_REQUEST_ID_BYTES: usize = 128;

    /// A note with the provider's code, or the HTTP status where it gave none: letters, digits, `_`, `-`, `.`
    /// and `:`.
    pub fn of_code(code: &str) -> Self {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
        Self {
            code: token(code, Self::MAX_CODE_BYTES, fits),
            request_id: None,
        }
    }

    /// The same, with the id that the provider's support knows the request by: as a code, and `/`.
    #[must_use]
    pub fn with_request_id(self, id: &str) -> Self {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        Self {
            request_id: token(id, Self::MAX_REQUEST_ID_BYTES, fits),
            ..self
        }
    }

    /// The provider's code, or the HTTP status.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the provider's support knows the request by.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// What follows a sentence: ` (code, request id)`, as far as there is any of it.
impl std::fmt::Display for ReplyNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code(), self.request_id()) {
            (Some(code), Some(id)) => write!(f, " ({code}, request {id})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(id)) => write!(f, " (request {id})"),
            (None, None) => Ok(()),
        }
    }
}

fn token(text: &str, max_bytes: usize, fits: impl Fn(u8) -> bool) -> Option<Box<str>> {
    let is_token = (1..=max_bytes).contains(&text.len()) && text.bytes().all(fits);
    is_token.then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_note_follows_a_sentence_as_far_as_there_is_one() {
        let both = ReplyNote::of_code("rate_limited").with_request_id("a1:klingai/x");

        assert_eq!(both.to_string(), " (rate_limited, request a1:klingai/x)");
        assert_eq!(ReplyNote::of_code("401").to_string(), " (401)");
        assert_eq!(
            ReplyNote::default().with_request_id("a1").to_string(),
            " (request a1)"
        );
        assert_eq!(ReplyNote::default().to_string(), "");
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_note_is_short_and_plain(code in ".{0,200}", id in ".{0,200}") {
            let note = ReplyNote::of_code(&code).with_request_id(&id);
            let told = note.to_string();

            prop_assert!(told.len() <= 64 + 128 + " (, request )".len());
            let odd = |c: char| c.is_control() || "?&=%\"'<>{}".contains(c);
            prop_assert!(!told.chars().any(odd));
        }
    }
}
