//! Installing the app: the page that asks, codes, tokens, rotation, and the end of an installation.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::app::{Standing, Token, TokenKind};
use super::arguments::Arguments;
use super::default_world::{GRACE, TEAM};
use super::refusal::{Outcome, Refusal};
use super::state::State;
use super::{NotSent, Slack};

/// How long a code can be exchanged.
const CODE_MS: u64 = 10 * 60 * 1000;

/// How long a token that rotates is good, in seconds.
const TOKEN_SECONDS: u64 = 43_200;

/// Codes and refresh tokens that were given out.
#[derive(Debug, Default)]
pub(crate) struct Oauth {
    codes: BTreeMap<String, Code>,
    /// The access token that each refresh token renews; none once it was used.
    refresh: BTreeMap<String, Option<String>>,
}

#[derive(Clone, Debug)]
struct Code {
    made_ms: u64,
    user: String,
    team: String,
    is_org: bool,
    scopes: BTreeSet<String>,
    redirect: String,
    used: bool,
}

/// How somebody answers the page that asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Consent {
    /// The page, as the bot links to it.
    pub url: String,
    /// Who answers.
    pub user: String,
    /// For which workspace.
    pub team: String,
    /// Whether it is for the whole organisation.
    pub org: bool,
    /// Whether the answer is no.
    pub deny: bool,
}

impl Default for Consent {
    fn default() -> Self {
        Self {
            url: String::new(),
            user: GRACE.to_owned(),
            team: TEAM.to_owned(),
            org: false,
            deny: false,
        }
    }
}

/// `GET /oauth/v2/authorize`: grace says yes for her workspace.
pub(crate) async fn authorize(
    Shared(slack): Shared<Slack>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    let url = format!("{}/oauth/v2/authorize?{query}", slack.base());
    let consent = Consent {
        url,
        ..Consent::default()
    };
    match slack.consent(&consent) {
        Ok(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Err(NotSent(why)) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

impl Slack {
    /// Somebody answers the page that asks to install the app. Answers the address that their browser is sent to.
    ///
    /// # Errors
    ///
    /// When the page would show an error instead: a wrong client id, a scope or redirect that the manifest does not
    /// have, an unknown person.
    pub fn consent(&self, consent: &Consent) -> Result<String, NotSent> {
        let refuse = |why: &str| NotSent(why.to_owned());
        let page = Url::parse(&consent.url).map_err(|_| refuse("that is no address"))?;
        let asked: BTreeMap<String, String> = page.query_pairs().into_owned().collect();
        let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
        self.act(|state, now_ms| {
            if get("client_id") != state.app.client_id {
                return Err(refuse("invalid client_id"));
            }
            let scopes: BTreeSet<String> = get("scope")
                .split([',', ' '])
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect();
            if scopes.is_empty() {
                return Err(refuse("no scopes requested"));
            }
            if let Some(strange) = scopes
                .iter()
                .find(|scope| !state.app.scopes.contains(*scope))
            {
                return Err(NotSent(format!("invalid scope {strange}")));
            }
            let redirects = &state.app.redirects;
            let redirect = match (get("redirect_uri"), redirects.first()) {
                (given, Some(first)) if given.is_empty() => first.clone(),
                (given, _) => given,
            };
            if !redirects.is_empty() && !redirects.iter().any(|known| redirect.starts_with(known)) {
                return Err(refuse("redirect_uri did not match any configured URIs"));
            }
            let mut to = Url::parse(&redirect).map_err(|_| refuse("redirect_uri is no address"))?;
            let team = state
                .find_team(&consent.team)
                .ok_or_else(|| refuse("there is no such team"))?
                .id
                .clone();
            let user = state
                .find_user(&consent.user)
                .ok_or_else(|| refuse("there is no such user"))?
                .id
                .clone();
            if consent.org && !state.app.org_deploy {
                return Err(refuse("the app cannot be installed for an organisation"));
            }
            let answer = if consent.deny {
                ("error", "access_denied".to_owned())
            } else {
                let code = state.mint.secret();
                let known = Code {
                    made_ms: now_ms,
                    user,
                    team,
                    is_org: consent.org,
                    scopes,
                    redirect: get("redirect_uri"),
                    used: false,
                };
                state.oauth.codes.insert(code.clone(), known);
                ("code", code)
            };
            to.query_pairs_mut()
                .append_pair(answer.0, &answer.1)
                .append_pair("state", &get("state"));
            Ok(to.to_string())
        })
    }

    /// Removes the app from a workspace: its tokens die, and the bot hears of it in either order.
    ///
    /// # Errors
    ///
    /// When there is no such workspace, or the app is not installed there.
    pub fn uninstall(&self, team: &str, revoked_first: bool) -> Result<(), NotSent> {
        self.act(|state, now_ms| {
            let team = state
                .find_team(team)
                .ok_or_else(|| NotSent("there is no such team".to_owned()))?
                .id
                .clone();
            if state.installed(&team).is_none() {
                return Err(NotSent("the app is not installed there".to_owned()));
            }
            let bot = state.bot_user(&team).to_owned();
            let revoked = json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [bot]}});
            let gone = json!({"type": "app_uninstalled"});
            let mut events = [("app_uninstalled", gone), ("tokens_revoked", revoked)];
            if revoked_first {
                events.reverse();
            }
            for (name, event) in events {
                state.tell(now_ms, &team, name, &event);
            }
            let tokens = std::mem::take(&mut state.tokens);
            state.tokens = tokens
                .into_iter()
                .map(|(secret, mut token)| {
                    if token.kind == TokenKind::Bot && state.reaches(&token, &team) {
                        token.standing = Standing::Uninstalled;
                    }
                    (secret, token)
                })
                .collect();
            state.app.org_wide &= state.app.enterprise_of(&team).is_none();
            Ok(())
        })
    }
}

/// `oauth.v2.access`: a code or a refresh token for an access token.
pub(crate) fn access(
    state: &mut State,
    now_ms: u64,
    headers: &HeaderMap,
    arguments: &Arguments,
) -> Outcome {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|value| String::from_utf8(STANDARD.decode(value).ok()?).ok());
    let text = |name| arguments.text(name).unwrap_or_default();
    let (id, secret) = match basic.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((id, secret)) => (id.to_owned(), secret.to_owned()),
        None => (text("client_id"), text("client_secret")),
    };
    if id != state.app.client_id {
        return Err(Refusal::new("invalid_client_id"));
    }
    if secret != state.app.client_secret {
        return Err(Refusal::new("bad_client_secret"));
    }
    if arguments.text("grant_type").as_deref() == Some("refresh_token") {
        return refreshed(state, now_ms, &arguments.required("refresh_token")?);
    }
    let code = arguments
        .text("code")
        .ok_or_else(|| Refusal::new("invalid_code"))?;
    let known = state
        .oauth
        .codes
        .get_mut(&code)
        .ok_or_else(|| Refusal::new("invalid_code"))?;
    if known.used {
        return Err(Refusal::new("code_already_used"));
    }
    if now_ms > known.made_ms + CODE_MS {
        return Err(Refusal::new("invalid_code"));
    }
    if arguments.text("redirect_uri").unwrap_or_default() != known.redirect {
        return Err(Refusal::new("bad_redirect_uri"));
    }
    known.used = true;
    let code = known.clone();
    if code.is_org {
        state.make_org_wide();
    }
    // A workspace has one bot token; a new consent adds scopes to it.
    let team = (!code.is_org).then(|| code.team.clone());
    let enterprise = code
        .is_org
        .then(|| state.app.enterprise.as_ref().map(|known| known.id.clone()))
        .flatten();
    let token = Token {
        kind: TokenKind::Bot,
        team,
        enterprise,
        scopes: code.scopes.clone(),
        standing: Standing::Good,
        expires_ms: None,
    };
    let answer = issued(state, now_ms, token, &code.team);
    Ok(with_user(answer, &code.user))
}

fn with_user(mut answer: serde_json::Value, user: &str) -> serde_json::Value {
    answer["authed_user"] = json!({"id": user});
    answer
}

fn refreshed(state: &mut State, now_ms: u64, refresh: &str) -> Outcome {
    let old = match state.oauth.refresh.get_mut(refresh) {
        None => return Err(Refusal::new("invalid_refresh_token")),
        Some(slot) => slot
            .take()
            .ok_or_else(|| Refusal::new("invalid_refresh_token"))?,
    };
    let token = state
        .tokens
        .remove(&old)
        .ok_or_else(|| Refusal::new("invalid_refresh_token"))?;
    if token.standing != Standing::Good {
        let standing = token.standing;
        state.tokens.insert(old, token);
        let word = if standing == Standing::Revoked {
            "token_revoked"
        } else {
            "account_inactive"
        };
        return Err(Refusal::new(word));
    }
    let team = token.team.clone().unwrap_or_else(|| TEAM.to_owned());
    // The old one is good until it expires by itself.
    state.tokens.insert(old, token.clone());
    Ok(issued(state, now_ms, token, &team))
}

/// Gives a token out, with a refresh token where the app rotates.
fn issued(state: &mut State, now_ms: u64, token: Token, team: &str) -> serde_json::Value {
    let name = state.teams.get(team).map(|team| team.name.clone());
    let enterprise = token
        .enterprise
        .as_ref()
        .and(state.app.enterprise.as_ref())
        .or_else(|| state.app.enterprise_of(team))
        .map(|known| json!({"id": known.id, "name": known.name}));
    let scopes: Vec<&str> = token.scopes.iter().map(String::as_str).collect();
    let mut answer = json!({
        "app_id": state.app.id,
        "scope": scopes.join(","),
        "token_type": "bot",
        "bot_user_id": state.bot_user(team),
        "team": token.team.as_ref().map(|id| json!({"id": id, "name": name})),
        "enterprise": enterprise,
        "is_enterprise_install": token.enterprise.is_some(),
    });
    let mut token = token;
    let secret = if state.app.rotation {
        let secret = format!("xoxe.xoxb-1-{}", state.mint.secret());
        let refresh = format!("xoxe-1-{}", state.mint.secret());
        token.expires_ms = Some(now_ms + TOKEN_SECONDS * 1000);
        answer["expires_in"] = json!(TOKEN_SECONDS);
        answer["refresh_token"] = json!(refresh);
        state.oauth.refresh.insert(refresh, Some(secret.clone()));
        secret
    } else {
        format!("xoxb-{}", state.mint.secret())
    };
    answer["access_token"] = json!(secret);
    state.tokens.insert(secret, token);
    answer
}
