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
    /// Grows when every link given out so far is made an expired one.
    pub(crate) generation: u64,
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
        let issued = format!("{:x}", now_ms / 1000);
        let signature = self.signature(self.generation, &path, &expires, &issued);
        format!(
            "{}/cdn/{path}?ex={expires}&is={issued}&hm={signature}&",
            self.base
        )
    }

    /// Looks at a link: its path below the content network and its three parameters.
    pub(crate) fn verdict(&self, path: &str, ex: &str, is: &str, hm: &str, now_ms: u64) -> Verdict {
        let (Ok(expires), Ok(_)) = (u64::from_str_radix(ex, 16), u64::from_str_radix(is, 16))
        else {
            return Verdict::Expired;
        };
        let is_of = |generation| hm == self.signature(generation, path, ex, is);
        if is_of(self.generation) {
            return if now_ms / 1000 < expires {
                Verdict::Good
            } else {
                Verdict::Expired
            };
        }
        if (0..self.generation).any(is_of) {
            Verdict::Expired
        } else {
            Verdict::Forged
        }
    }

    fn signature(&self, generation: u64, path: &str, expires: &str, issued: &str) -> String {
        let text = format!("{generation}\n{path}\n{expires}\n{issued}");
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
        let mut signer = Signer {
            base: "http://x".to_owned(),
            key: [7; 32],
            generation: 0,
        };
        let file = FileIn::new("a.png", "abc");
        let file = Attachment::take(Snowflake(1), Snowflake(2), file, false);

        let (path, values) = parts(&signer.link(&file, Snowflake(3), 5_000));
        let look = |signer: &Signer, path: &str, now| {
            signer.verdict(path, &values[0], &values[1], &values[2], now)
        };

        assert_eq!(path, "attachments/2/1/a.png");
        assert_eq!(values[1], "5", "both moments are seconds in hexadecimal");
        assert_eq!(look(&signer, &path, 6_000), Verdict::Good);
        let late = 5_000 + limits::LINK_LIFE_MS;
        assert_eq!(look(&signer, &path, late), Verdict::Expired);
        let other = "attachments/2/9/a.png";
        assert_eq!(look(&signer, other, 6_000), Verdict::Forged);
        signer.generation = 1;
        assert_eq!(look(&signer, &path, 6_000), Verdict::Expired);
        assert_eq!(look(&signer, other, 6_000), Verdict::Forged);
    }
}
