//! The `[discord]` table.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use url::Url;

/// Settings of this bot. Its secrets (`token`, `public_key`) are read beside them.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where Discord is; `/api/v10` is added. Anything but the default is taken for a stand-in: nothing is
    /// ever sent to the real Discord then.
    pub base_url: Url,
    /// Allows a `base_url` in plain http on another machine, which shows the token to the network.
    pub allow_insecure: bool,
    /// The application whose bot this is; asked from Discord when left out.
    #[serde(deserialize_with = "one_id")]
    pub application_id: Option<String>,
    /// Servers to register the commands in, at once and only there. When empty they are registered everywhere.
    #[serde(deserialize_with = "many_ids")]
    pub guild_ids: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: discord(),
            allow_insecure: false,
            application_id: None,
            guild_ids: Vec::new(),
        }
    }
}

impl Config {
    /// Whether this is the real Discord.
    pub(crate) fn is_real(&self) -> bool {
        self.base_url.origin() == discord().origin()
    }
}

/// An id as people write it: in quotes, or as the number it looks like.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Number(u64),
}

const ID: &str =
    "not an id of Discord's: those are 15 to 20 digits, such as \"175928847299117063\"";
const IDS: &str =
    "not a list of Discord's ids: those are 15 to 20 digits, such as [\"175928847299117063\"]";

impl Written {
    fn id(self) -> Option<String> {
        let id = match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        };
        let is_id = (15..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then_some(id)
    }
}

fn one_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = Written::deserialize(deserializer)
        .ok()
        .and_then(Written::id);
    id.map(Some).ok_or_else(|| D::Error::custom(ID))
}

fn many_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let written = Vec::<Written>::deserialize(deserializer).map_err(|_| D::Error::custom(IDS))?;
    let ids: Option<Vec<String>> = written.into_iter().map(Written::id).collect();
    ids.ok_or_else(|| D::Error::custom(IDS))
}

#[expect(clippy::expect_used, reason = "the text is a constant and an address")]
fn discord() -> Url {
    Url::parse("https://discord.com").expect("a URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn with_nothing_set_it_is_the_real_discord() {
        let config = config("{}").expect("defaults");

        assert_eq!(config.base_url.as_str(), "https://discord.com/");
        assert!(config.is_real());
    }

    #[test]
    fn a_stand_in_is_known_and_an_unknown_key_is_not() {
        let emulated = config(r#"{"base_url": "http://127.0.0.1:4700/discord"}"#).expect("valid");

        assert!(!emulated.is_real());
        assert!(config(r#"{"guilds": []}"#).is_err());
    }

    #[test]
    fn ids_may_stand_in_quotes_or_not_and_nothing_else_is_one() {
        let ids = config(
            r#"{"application_id": 175928847299117063, "guild_ids": ["175928847299117064", 175928847299117065]}"#,
        )
        .expect("ids");

        assert_eq!(ids.application_id.as_deref(), Some("175928847299117063"));
        assert_eq!(ids.guild_ids, ["175928847299117064", "175928847299117065"]);
        for wrong in [
            r#"{"application_id": "my app"}"#,
            r#"{"application_id": 5}"#,
            r#"{"guild_ids": ["175928847299117064", "my server"]}"#,
            r#"{"guild_ids": "175928847299117064"}"#,
        ] {
            let error = config(wrong).expect_err("wrong").to_string();
            assert!(error.contains("15 to 20 digits"), "{error}");
        }
    }
}
