//! What a bucket says no with, in words of ours: no address, no key and nothing that it wrote but its code.

/// How much of an answer is looked through for its code.
pub(super) const LOOK_BYTES: usize = 16 * 1024;

/// The codes of stores that are full, or that take no more for us: Amazon's kin have them, Amazon does not.
const FULL: [&str; 6] = [
    "EntityTooLargeForQuota",
    "InsufficientStorage",
    "QuotaExceeded",
    "StorageQuotaExceeded",
    "XMinioAdminBucketQuotaExceeded",
    "XMinioStorageFull",
];

/// What went wrong at a bucket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// It takes no more: by its disk, or by a quota.
    #[error("the bucket has no room ({code})")]
    Full { code: String },
    /// The credentials are wrong, or may not do this.
    #[error("the bucket does not let us in ({code})")]
    Denied { code: String },
    /// It asked to wait, or is not well.
    #[error("the bucket is busy ({status} {code})")]
    Busy { status: u16, code: String },
    /// It does not do this.
    #[error("the bucket refused ({status} {code})")]
    Refused { status: u16, code: String },
    /// No connection came about.
    #[error("the bucket could not be reached")]
    Unreachable,
    /// The request, or a part of it, may have arrived.
    #[error("the bucket's answer was lost")]
    Lost,
    /// What is there is not what was sent.
    #[error("a file did not arrive whole in the bucket")]
    NotWhole,
    /// What was to be sent could not be read here.
    #[error("a file could not be read on its way to the bucket")]
    Unread,
}

impl Trouble {
    /// What an answer means; `None` when the caller has to decide: success, and what is missing or in the way.
    pub(super) fn of(status: u16, body: &[u8]) -> Option<Self> {
        let code = code_of(body);
        if status == 507 || FULL.contains(&code.as_str()) {
            return Some(Self::Full { code });
        }
        match status {
            200..=299 | 304 | 404 | 409 | 412 => None,
            401 | 403 => Some(Self::Denied { code }),
            408 | 429 | 500 | 502..=504 => Some(Self::Busy { status, code }),
            _ => Some(Self::Refused { status, code }),
        }
    }

    /// Whether the same request may go better. All that we send may be sent twice.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Unreachable | Self::Lost => true,
            Self::Full { .. }
            | Self::Denied { .. }
            | Self::Refused { .. }
            | Self::NotWhole
            | Self::Unread => false,
        }
    }

    /// The trouble at the bottom of an error.
    pub(crate) fn below<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            let inner = error.downcast_ref::<std::io::Error>();
            let inner = inner.and_then(|error| error.get_ref());
            if let Some(found) = inner.and_then(|inner| Self::below(inner)) {
                return Some(found);
            }
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }
}

/// The code of an answer in XML, letters and digits only.
fn code_of(body: &[u8]) -> String {
    let head = String::from_utf8_lossy(body.get(..LOOK_BYTES).unwrap_or(body));
    let code = head
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map_or("", |(code, _)| code);
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect();
    if code.is_empty() {
        "no code".to_owned()
    } else {
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, code: &str) -> Option<Trouble> {
        let body = format!("<Error><Code>{code}</Code><Message>x</Message></Error>");
        Trouble::of(status, body.as_bytes())
    }

    #[test]
    fn answers_are_told_apart_by_what_can_be_done_about_them() {
        let code = |code: &str| code.to_owned();

        assert_eq!(of(200, ""), None);
        assert_eq!(of(404, "NoSuchKey"), None);
        let full = code("XMinioStorageFull");
        assert_eq!(of(507, &full), Some(Trouble::Full { code: full.clone() }));
        let quota = code("QuotaExceeded");
        assert_eq!(
            of(403, &quota),
            Some(Trouble::Full {
                code: quota.clone()
            })
        );
        let denied = code("AccessDenied");
        assert_eq!(
            of(403, &denied),
            Some(Trouble::Denied {
                code: denied.clone()
            })
        );
        let slow = of(503, "SlowDown").unwrap();
        assert!(slow.may_pass());
        assert_eq!(slow.to_string(), "the bucket is busy (503 SlowDown)");
        assert!(!of(501, "NotImplemented").unwrap().may_pass());
        assert_eq!(
            Trouble::of(400, b"<html>nothing").unwrap().to_string(),
            "the bucket refused (400 no code)"
        );
    }

    #[test]
    fn the_trouble_is_found_below_other_errors() {
        let full = Trouble::Full {
            code: "Full".to_owned(),
        };
        let wrapped = std::io::Error::other(std::io::Error::other(full.clone()));

        assert_eq!(Trouble::below(&wrapped), Some(&full));
        assert_eq!(Trouble::below(&std::io::Error::other("no")), None);
    }
}
