//! Signed links that expire.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::limits;
use super::message::Attachment;
use super::snowflake::Snowflake;

/// Signs the links of the content network, and checks them.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    /// Where the API (and below it the content network) is reached.
    pub(crate) base: String,
    pub(crate) key: [u8; 32],
    /// Links signed before this moment count as expired.
    pub(crate) void_before_ms: u64,
}

/// What a link is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    /// Expired, or without a signature: the content "is no longer available".
    Expired,
    Forged,
}

impl Signer {
    /// The path of a file below the content network.
    fn path(attachment: &Attachment, application: Snowflake) -> String {
        if attachment.ephemeral {
            format!(
                "ephemeral-attachments/{application}/{}/{}",
                attachment.id, attachment.filename
            )
        } else {
            format!(
                "attachments/{}/{}/{}",
                attachment.channel, attachment.id, attachment.filename
            )
        }
    }

    /// A fresh link to a file.
    pub(crate) fn link(
        &self,
        attachment: &Attachment,
        application: Snowflake,
        now_ms: u64,
    ) -> String {
        let path = Self::path(attachment, application);
        let expires = format!("{:x}", (now_ms + limits::LINK_LIFE_MS) / 1000);
        let issued = format!("{now_ms:x}");
        let signature = self.signature(&path, &expires, &issued);
        format!(
            "{}/cdn/{path}?ex={expires}&is={issued}&hm={signature}&",
            self.base
        )
    }

    /// Looks at a link: its path below the content network and its three parameters.
    pub(crate) fn verdict(&self, path: &str, ex: &str, is: &str, hm: &str, now_ms: u64) -> Verdict {
        let (Ok(expires), Ok(issued)) = (u64::from_str_radix(ex, 16), u64::from_str_radix(is, 16))
        else {
            return Verdict::Expired;
        };
        if hm != self.signature(path, ex, is) {
            return Verdict::Forged;
        }
        if now_ms / 1000 >= expires || issued < self.void_before_ms {
            return Verdict::Expired;
        }
        Verdict::Good
    }

    fn signature(&self, path: &str, expires: &str, issued: &str) -> String {
        let text = format!("{path}\n{expires}\n{issued}");
        // A key of any length is a key; the arm for a wrong one is never taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return String::new();
        };
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| DIGITS.get(usize::from(half)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::message::FileIn;

    fn parts(link: &str) -> (String, Vec<String>) {
        let (path, query) = link.split_once('?').unwrap();
        let path = path.split_once("/cdn/").unwrap().1.to_owned();
        let values = query.split('&').filter_map(|pair| pair.split_once('='));
        (path, values.map(|(_, value)| value.to_owned()).collect())
    }

    #[test]
    fn a_link_is_good_until_it_expires_and_cannot_be_forged() {
        let signer = Signer {
            base: "http://x".to_owned(),
            key: [7; 32],
            void_before_ms: 0,
        };
        let file = FileIn::new("a.png", "abc");
        let file = Attachment::take(Snowflake(1), Snowflake(2), file, false);

        let (path, values) = parts(&signer.link(&file, Snowflake(3), 5_000));
        let look = |path: &str, now| signer.verdict(path, &values[0], &values[1], &values[2], now);

        assert_eq!(path, "attachments/2/1/a.png");
        assert_eq!(look(&path, 6_000), Verdict::Good);
        assert_eq!(look(&path, 5_000 + limits::LINK_LIFE_MS), Verdict::Expired);
        assert_eq!(look("attachments/2/9/a.png", 6_000), Verdict::Forged);
    }
}
