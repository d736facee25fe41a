//! The app as Slack knows it: manifest, credentials, installations and tokens.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An organisation of several workspaces.
#[derive(Clone, Debug)]
pub(crate) struct Enterprise {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) teams: BTreeSet<String>,
}

/// Where a request of Slack goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Slash commands.
    Commands,
    /// Buttons, shortcuts and modals.
    Interactivity,
    /// Events.
    Events,
    /// Options of external selects.
    Options,
}

/// What the app asks for in its manifest, and what Slack gave it.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a manifest is a list of switches"
)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) signing_secret: String,
    /// The old, unsigned token that every payload still carries.
    pub(crate) verification: String,
    pub(crate) socket_mode: bool,
    pub(crate) interactive: bool,
    pub(crate) rotation: bool,
    pub(crate) org_deploy: bool,
    /// Where requests go when socket mode is off.
    pub(crate) urls: BTreeMap<Door, String>,
    /// Slash commands, each with `should_escape`.
    pub(crate) commands: BTreeMap<String, bool>,
    /// Shortcuts by callback id and whether they are for messages; none while any is taken.
    pub(crate) shortcuts: Option<BTreeMap<String, bool>>,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) events: BTreeSet<String>,
    pub(crate) redirects: Vec<String>,
    pub(crate) home: bool,
    pub(crate) unfurl_domains: Vec<String>,
    pub(crate) enterprise: Option<Enterprise>,
    /// Whether the app is installed for the whole organisation.
    pub(crate) org_wide: bool,
}

impl App {
    /// The organisation that a workspace belongs to.
    pub(crate) fn enterprise_of(&self, team: &str) -> Option<&Enterprise> {
        self.enterprise
            .as_ref()
            .filter(|enterprise| enterprise.teams.contains(team))
    }

    /// Takes over what a manifest says.
    pub(crate) fn adopt(&mut self, manifest: &Value) -> Result<(), String> {
        let at = |path: &str| manifest.pointer(path);
        let flag = |path: &str| at(path).and_then(Value::as_bool).unwrap_or(false);
        let texts = |path: &str| -> Vec<String> {
            let listed = at(path).and_then(Value::as_array);
            let listed = listed.into_iter().flatten().filter_map(Value::as_str);
            listed.map(str::to_owned).collect()
        };
        let name = at("/display_information/name")
            .and_then(Value::as_str)
            .ok_or("display_information.name is missing")?;
        let mut urls = BTreeMap::new();
        let mut commands = BTreeMap::new();
        for command in list(manifest, "/features/slash_commands") {
            let word = command["command"].as_str().unwrap_or_default();
            if !word.starts_with('/') {
                return Err(format!("{word} is no command"));
            }
            let escapes = command["should_escape"].as_bool().unwrap_or(false);
            commands.insert(word.to_owned(), escapes);
            if let Some(url) = command["url"].as_str() {
                urls.insert(Door::Commands, url.to_owned());
            }
        }
        let mut shortcuts = BTreeMap::new();
        for shortcut in list(manifest, "/features/shortcuts") {
            let id = shortcut["callback_id"].as_str().unwrap_or_default();
            shortcuts.insert(id.to_owned(), shortcut["type"] == "message");
        }
        let places = [
            (Door::Events, "/settings/event_subscriptions/request_url"),
            (Door::Interactivity, "/settings/interactivity/request_url"),
            (
                Door::Options,
                "/settings/interactivity/message_menu_options_url",
            ),
        ];
        for (door, path) in places {
            if let Some(url) = at(path).and_then(Value::as_str) {
                urls.insert(door, url.to_owned());
            }
        }
        name.clone_into(&mut self.name);
        self.socket_mode = flag("/settings/socket_mode_enabled");
        self.interactive = flag("/settings/interactivity/is_enabled");
        self.rotation = flag("/settings/token_rotation_enabled");
        self.org_deploy = flag("/settings/org_deploy_enabled");
        self.home = flag("/features/app_home/home_tab_enabled");
        self.urls = urls;
        self.commands = commands;
        self.shortcuts = Some(shortcuts);
        self.scopes = texts("/oauth_config/scopes/bot").into_iter().collect();
        let optional = texts("/oauth_config/scopes/bot_optional");
        self.scopes.extend(optional);
        self.events = texts("/settings/event_subscriptions/bot_events")
            .into_iter()
            .collect();
        self.redirects = texts("/oauth_config/redirect_urls");
        self.unfurl_domains = texts("/features/unfurl_domains");
        Ok(())
    }
}

fn list<'a>(manifest: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> {
    let listed = manifest.pointer(path).and_then(Value::as_array);
    listed.into_iter().flatten()
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `xoxb-`: the bot in a workspace or an organisation.
    Bot,
    /// `xapp-`: the app itself.
    App,
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// Answers `token_revoked`.
    Revoked,
    /// Answers `account_inactive`.
    Uninstalled,
}

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The workspace; none for the app and for a whole organisation.
    pub(crate) team: Option<String>,
    pub(crate) enterprise: Option<String>,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) standing: Standing,
    pub(crate) expires_ms: Option<u64>,
}
