//! What tests do to the app: its manifest, its transport, its tokens.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::app::{Door, Standing, Token, TokenKind};
use super::state::State;
use super::{NotSent, Slack};

impl State {
    /// Installs the app for the whole organisation.
    pub(crate) fn make_org_wide(&mut self) {
        let teams: BTreeSet<String> = self.teams.keys().cloned().collect();
        if let Some(enterprise) = &mut self.app.enterprise {
            enterprise.teams = teams;
            self.app.org_wide = true;
        }
    }
}

impl Slack {
    /// The scopes that the bot has in a workspace from now on; false when it is not installed there.
    pub fn set_scopes<'a>(&self, team: &str, scopes: impl IntoIterator<Item = &'a str>) -> bool {
        let scopes: BTreeSet<String> = scopes.into_iter().map(str::to_owned).collect();
        let mut state = self.lock();
        let Some(team) = state.find_team(team).map(|team| team.id.clone()) else {
            return false;
        };
        let mut tokens = std::mem::take(&mut state.tokens);
        let mut found = false;
        for token in tokens.values_mut() {
            if token.kind == TokenKind::Bot && state.reaches(token, &team) {
                token.scopes.clone_from(&scopes);
                found = true;
            }
        }
        state.tokens = tokens;
        found
    }

    /// Gives the bot of a workspace a token of its own, with the scopes that the app asks for.
    ///
    /// # Errors
    ///
    /// When there is no such workspace.
    pub fn add_bot_token(&self, team: &str, token: &str) -> Result<(), NotSent> {
        let mut state = self.lock();
        let Some(team) = state.find_team(team).map(|team| team.id.clone()) else {
            return NotSent::because(format!("there is no team {team}"));
        };
        let scopes = state.app.scopes.clone();
        let known = Token {
            kind: TokenKind::Bot,
            team: Some(team),
            enterprise: None,
            scopes,
            standing: Standing::Good,
            expires_ms: None,
        };
        state.tokens.insert(token.to_owned(), known);
        Ok(())
    }

    /// Revokes a token (`token_revoked`); false when there is none. The bot is told nothing.
    pub fn revoke_token(&self, token: &str) -> bool {
        let mut state = self.lock();
        let known = state.tokens.get_mut(token);
        known
            .map(|known| known.standing = Standing::Revoked)
            .is_some()
    }

    /// Lets a token expire now (`token_expired`); false when there is none.
    pub fn expire_token(&self, token: &str) -> bool {
        let now_ms = self.now_ms();
        let mut state = self.lock();
        let known = state.tokens.get_mut(token);
        known.map(|known| known.expires_ms = Some(now_ms)).is_some()
    }

    /// Both workspaces become one organisation, for which the app is installed: its token is good for all of it.
    pub fn make_org_wide(&self) {
        let mut state = self.lock();
        state.make_org_wide();
        let enterprise = state.app.enterprise.as_ref().map(|known| known.id.clone());
        for token in state
            .tokens
            .values_mut()
            .filter(|token| token.kind == TokenKind::Bot)
        {
            token.team = None;
            token.enterprise.clone_from(&enterprise);
        }
    }

    /// Takes over a manifest: commands, shortcuts, scopes, events, transport, addresses. Bot tokens that are there get
    /// its scopes.
    ///
    /// # Errors
    ///
    /// When it has no name, or a command without a slash.
    pub fn adopt(&self, manifest: &Value) -> Result<(), NotSent> {
        let mut state = self.lock();
        state.app.adopt(manifest).map_err(NotSent)?;
        let scopes = state.app.scopes.clone();
        for token in state
            .tokens
            .values_mut()
            .filter(|token| token.kind == TokenKind::Bot)
        {
            token.scopes.clone_from(&scopes);
        }
        Ok(())
    }

    /// Switches to HTTP: everything goes to these addresses from now on.
    pub fn use_requests(&self, urls: BTreeMap<Door, String>) {
        let mut state = self.lock();
        state.app.socket_mode = false;
        state.app.urls = urls;
    }

    /// Switches to HTTP with one address for everything, as Bolt does.
    pub fn use_request_url(&self, url: &str) {
        let doors = [
            Door::Commands,
            Door::Interactivity,
            Door::Events,
            Door::Options,
        ];
        self.use_requests(doors.map(|door| (door, url.to_owned())).into());
    }

    /// Switches to socket mode.
    pub fn use_sockets(&self) {
        self.lock().app.socket_mode = true;
    }
}
