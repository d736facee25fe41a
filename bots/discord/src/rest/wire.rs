//! Discord's JSON, as far as it is read.

use serde::Deserialize;

/// Anything with an id.
#[derive(Debug, Deserialize)]
pub(crate) struct Id {
    pub(crate) id: String,
}

/// The application a token belongs to.
#[derive(Debug, Deserialize)]
pub(crate) struct Application {
    /// Its id.
    pub(crate) id: String,
    /// What people call it.
    #[serde(default)]
    pub(crate) name: String,
    /// How it can be installed: `0` in a server, `1` by a person for themselves.
    #[serde(default)]
    integration_types_config: serde_json::Map<String, serde_json::Value>,
}

impl Application {
    /// The ways of installation its commands are for; a server where it does not say.
    pub(crate) fn integration_types(&self) -> Vec<u8> {
        let types: Vec<u8> = [0, 1]
            .into_iter()
            .filter(|kind| {
                self.integration_types_config
                    .contains_key(&kind.to_string())
            })
            .collect();
        if types.is_empty() { vec![0] } else { types }
    }

    /// Where its commands show: servers and its own direct messages, and other conversations where people have
    /// installed it for themselves.
    pub(crate) fn contexts(&self) -> Vec<u8> {
        if self.integration_types().contains(&1) {
            vec![0, 1, 2]
        } else {
            vec![0, 1]
        }
    }
}

/// Where to connect.
#[derive(Debug, Deserialize)]
pub(crate) struct Gateway {
    /// The address of the WebSocket.
    pub(crate) url: String,
    /// How many connections Discord wants for this bot.
    pub(crate) shards: u32,
    /// How often a new session may be started.
    pub(crate) session_start_limit: SessionStartLimit,
}

/// How often a new session may be started. Beyond it Discord resets the token.
#[derive(Debug, Deserialize)]
pub(crate) struct SessionStartLimit {
    /// How many are left.
    pub(crate) remaining: u32,
    /// Milliseconds until there are more.
    pub(crate) reset_after: u64,
}

/// A message, as far as we look at it.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    /// Its id.
    pub(crate) id: String,
    /// Where it is.
    pub(crate) channel_id: String,
    /// What it says; empty for other people's messages, since we ask for no intent to read them.
    #[serde(default)]
    pub(crate) content: String,
    /// Who wrote it.
    #[serde(default)]
    pub(crate) author: Author,
}

/// Who wrote a message.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Author {
    /// Their id; empty where Discord does not say.
    #[serde(default)]
    pub(crate) id: String,
}

/// What a refusal says.
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorBody {
    /// Discord's own number for what is wrong.
    #[serde(default)]
    pub(crate) code: u32,
}
