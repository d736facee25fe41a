//! The `[discord]` table.

use serde::Deserialize;
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
    pub application_id: Option<String>,
    /// Servers to register the commands in, at once and only there. When empty they are registered everywhere.
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

    /// Checks what types cannot.
    ///
    /// # Errors
    ///
    /// With a sentence that names the key and says what to write.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for id in self.application_id.iter().chain(&self.guild_ids) {
            let is_id =
                (15..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
            anyhow::ensure!(
                is_id,
                "discord.application_id and discord.guild_ids take Discord's ids, 15 to 20 digits in quotes, \
                 such as \"175928847299117063\""
            );
        }
        Ok(())
    }
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
        assert!(config.is_real() && config.check().is_ok());
    }

    #[test]
    fn a_stand_in_and_a_wrong_id_are_told() {
        let emulated = config(r#"{"base_url": "http://127.0.0.1:4700/discord"}"#).expect("valid");
        let wrong = config(r#"{"guild_ids": ["my server"]}"#).expect("text");

        assert!(!emulated.is_real());
        assert!(wrong.check().is_err());
        assert!(config(r#"{"guilds": []}"#).is_err());
    }
}
