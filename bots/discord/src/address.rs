//! Where to answer: what a job keeps of its interaction, and what a receipt says of a message.

use kling_core::{Secret, Timestamp};
use kling_engine::{Receipt, ReplyAddress};
use serde::{Deserialize, Serialize};

use crate::limits;

/// What is needed to answer an interaction now, or its channel later.
///
/// It goes through the database as JSON: fields may be added, never renamed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The application whose interaction it is; the webhook's id.
    pub(crate) application: String,
    /// The interaction's token, which edits and follows up for 15 minutes.
    pub(crate) token: Secret,
    /// The channel.
    pub(crate) channel: String,
    /// Who asked.
    pub(crate) user: String,
    /// Where `@original` is edited, and whether the bot itself may be there.
    pub(crate) place: Place,
    /// When the interaction was made, by Discord's clock.
    pub(crate) created_at: Timestamp,
    /// The most bytes a file may have here, for this person.
    pub(crate) file_bytes: u64,
}

/// Whether the bot is a member of the place it answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// A server that has the bot, or the bot's own direct messages: channel routes may work.
    Member,
    /// A place in which only the person has the app: nothing but the token works.
    Guest,
}

#[derive(Serialize, Deserialize)]
struct StoredAddress {
    v: u8,
    application: String,
    token: String,
    channel: String,
    user: String,
    place: Place,
    created_ms: i64,
    file_bytes: u64,
}

impl Address {
    /// Reads an address that [`Address::store`] wrote; `None` for text of another maker.
    pub(crate) fn read(address: &ReplyAddress) -> Option<Self> {
        let stored: StoredAddress = serde_json::from_str(address.expose()).ok()?;
        Some(Self {
            application: stored.application,
            token: Secret::new(stored.token)?,
            channel: stored.channel,
            user: stored.user,
            place: stored.place,
            created_at: Timestamp::from_millis(stored.created_ms),
            file_bytes: stored.file_bytes,
        })
    }

    /// Writes it down for a job.
    pub(crate) fn store(&self) -> ReplyAddress {
        let stored = serde_json::json!({
            "v": 1,
            "application": self.application,
            "token": self.token.expose(),
            "channel": self.channel,
            "user": self.user,
            "place": self.place,
            "created_ms": self.created_at.as_millis(),
            "file_bytes": self.file_bytes,
        });
        ReplyAddress::new(stored.to_string())
    }

    /// Whether the token still edits.
    pub(crate) fn token_lives(&self, now: Timestamp) -> bool {
        now.since(self.created_at) < limits::TOKEN_LIFE
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("channel", &self.channel)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// A message of ours: what editing it through the channel takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Posted {
    /// The channel.
    pub(crate) channel: String,
    /// The message.
    pub(crate) message: String,
}

impl Posted {
    /// Reads a receipt that [`Posted::receipt`] wrote.
    pub(crate) fn read(receipt: &Receipt) -> Option<Self> {
        let (channel, message) = receipt.as_str().split_once('/')?;
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        (numeric(channel) && numeric(message)).then(|| Self {
            channel: channel.to_owned(),
            message: message.to_owned(),
        })
    }

    /// Writes it down for the engine.
    pub(crate) fn receipt(&self) -> Receipt {
        Receipt::new(format!("{}/{}", self.channel, self.message))
    }
}

/// Discord's ids carry their time, in milliseconds since 2015 began, above 22 bits of other things.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// When an id was made.
pub(crate) fn made_at(snowflake: u64) -> Timestamp {
    let since_epoch = i64::try_from(snowflake >> 22).unwrap_or(0);
    Timestamp::from_millis(EPOCH_MS + since_epoch)
}

/// The smallest id that can have been made at a moment.
pub(crate) fn snowflake_at(moment: Timestamp) -> u64 {
    let since_epoch = u64::try_from(moment.as_millis() - EPOCH_MS).unwrap_or(0);
    since_epoch << 22
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(created_ms: i64) -> Address {
        Address {
            application: "1".to_owned(),
            token: Secret::new("tok").expect("a token"),
            channel: "2".to_owned(),
            user: "3".to_owned(),
            place: Place::Member,
            created_at: Timestamp::from_millis(created_ms),
            file_bytes: limits::FILE_BYTES,
        }
    }

    #[test]
    fn an_address_survives_the_database_and_hides_its_token() {
        let address = address(1_000);

        assert_eq!(Address::read(&address.store()), Some(address.clone()));
        assert!(!format!("{address:?}").contains("tok"));
        assert_eq!(Address::read(&ReplyAddress::new("C123")), None);
    }

    #[test]
    fn a_token_is_not_trusted_in_its_last_minute() {
        let address = address(0);

        assert!(address.token_lives(Timestamp::from_millis(14 * 60_000 - 1)));
        assert!(!address.token_lives(Timestamp::from_millis(14 * 60_000)));
    }

    #[test]
    fn a_receipt_is_a_channel_and_a_message() {
        let posted = Posted {
            channel: "12".to_owned(),
            message: "34".to_owned(),
        };

        assert_eq!(Posted::read(&posted.receipt()), Some(posted));
        assert_eq!(Posted::read(&Receipt::new("12/../34")), None);
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        // The example of Discord's documentation.
        let example = 175_928_847_299_117_063;

        assert_eq!(made_at(example).as_millis(), 1_462_015_105_796);
        assert_eq!(made_at(snowflake_at(made_at(example))), made_at(example));
    }
}
