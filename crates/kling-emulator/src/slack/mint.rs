//! Makes ids, timestamps and secrets in the shapes that Slack uses.

use crate::ids::Ids;

/// Makes ids. All of one kind are different, and a later one is greater.
#[derive(Debug)]
pub(crate) struct Mint {
    ids: Ids,
    count: u64,
    /// The last `ts` given out, in microseconds.
    last_us: u64,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            ids: Ids::new(seed),
            count: 0,
            last_us: 0,
        }
    }

    /// A small number that nothing else has.
    pub(crate) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// An id such as `F0000000A7`.
    pub(crate) fn id(&mut self, kind: char) -> String {
        format!("{kind}0{:08X}", self.number())
    }

    /// The `ts` of something that happens now: seconds and six digits, unique.
    pub(crate) fn ts(&mut self, now_ms: u64) -> String {
        self.last_us = (self.last_us + 1).max(now_ms * 1000);
        ts(self.last_us)
    }

    /// 32 hexadecimal digits that nobody guesses.
    pub(crate) fn secret(&self) -> String {
        self.ids.hex()
    }

    /// A UUID, as envelopes have.
    pub(crate) fn uuid(&self) -> String {
        let hex = self.ids.hex();
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!(
            "{}-{}-4{}-a{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }

    /// The `hash` of a view that was made or changed now.
    pub(crate) fn hash(&self, now_ms: u64) -> String {
        let secret = self.secret();
        let tail: String = secret.chars().take(8).collect();
        format!("{}.{tail}", now_ms / 1000)
    }

    /// A short id for a block or an element that was sent without one.
    pub(crate) fn short(&self) -> String {
        self.secret().chars().take(5).collect()
    }
}

/// Microseconds as a `ts`.
pub(crate) fn ts(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}

/// Whether a text has the shape of a `ts`.
pub(crate) fn is_ts(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(seconds, rest)| digits(seconds) && digits(rest) && rest.len() == 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_messages_have_the_same_ts() {
        let mut mint = Mint::new(1);

        let first = mint.ts(1_500);
        let second = mint.ts(1_500);

        assert_eq!((first.as_str(), second.as_str()), ("1.500000", "1.500001"));
        assert!(is_ts(&second) && !is_ts("1.5") && !is_ts("x.500000"));
        assert_eq!(mint.uuid().len(), 36);
        assert!(mint.id('F').len() >= 9);
    }
}
