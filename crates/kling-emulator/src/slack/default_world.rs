//! The world that everyone finds at the start: two workspaces, a few people, and the app "Kling".

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::watch;

use super::app::{App, Enterprise, Standing, Token, TokenKind};
use super::event::History;
use super::files::Files;
use super::mint::Mint;
use super::oauth::Oauth;
use super::places::{Kind, Role, Team, User};
use super::socket::Sockets;
use super::state::{Settings, State, channel};
use super::tiers::Tiers;

/// The bot token of "Kling Studio".
pub const BOT_TOKEN: &str = "xoxb-emulated-bot-token";
/// The app-level token.
pub const APP_TOKEN: &str = "xapp-emulated-app-token";
/// The secret that requests are signed with.
pub const SIGNING_SECRET: &str = "emulated-signing-secret";
/// The app's id for OAuth.
pub const CLIENT_ID: &str = "1180000000001.1180000000002";
/// The app's secret for OAuth.
pub const CLIENT_SECRET: &str = "emulated-client-secret";
/// The app "Kling".
pub const APP: &str = "A0KLING001";
/// The bot's account in "Kling Studio".
pub const BOT_USER: &str = "U0KLING001";
/// The bot itself in "Kling Studio".
pub const BOT_ID: &str = "B0KLING001";
/// The workspace "Kling Studio".
pub const TEAM: &str = "T0STUDIO01";
/// The workspace "Second Studio", where the app is not installed.
pub const SECOND_TEAM: &str = "T0SECOND01";
/// The organisation that both belong to once the app is installed for it.
pub const ENTERPRISE: &str = "E0STUDIOS1";
/// The public channel "pictures", with the bot.
pub const PICTURES: &str = "C0PICTURES";
/// The public channel "videos", without the bot.
pub const VIDEOS: &str = "C0VIDEOS01";
/// The private channel "secrets", without the bot.
pub const SECRETS: &str = "C0SECRETS1";
/// The archived channel "attic".
pub const ATTIC: &str = "C0ATTIC001";
/// The conversation of ada, grace and the bot.
pub const GROUP: &str = "G0GROUP001";
/// The direct conversation of ada and the bot; its name is "@ada".
pub const DIRECT: &str = "D0ADA00001";
/// The person "ada", a member.
pub const ADA: &str = "U0ADA00001";
/// The person "grace", an administrator.
pub const GRACE: &str = "U0GRACE001";
/// The person "gus", a guest in "pictures".
pub const GUS: &str = "U0GUS00001";
/// The person "linus", in the second workspace only.
pub const LINUS: &str = "U0LINUS001";
/// The channel "sketches" of the second workspace, without the bot.
const SKETCHES: &str = "C0SKETCHES";
/// The bot in the second workspace.
const SECOND_BOT: (&str, &str) = ("U0KLING002", "B0KLING002");

/// What a manifest would ask for.
const SCOPES: [&str; 10] = [
    "commands",
    "chat:write",
    "files:read",
    "files:write",
    "app_mentions:read",
    "im:history",
    "im:write",
    "users:read",
    "channels:read",
    "groups:read",
];

/// The events that the app hears of.
const EVENTS: [&str; 5] = [
    "app_mention",
    "message.im",
    "app_home_opened",
    "app_uninstalled",
    "tokens_revoked",
];

pub(super) fn state(seed: u64) -> State {
    let bot = user(BOT_USER, TEAM, "kling", Role::Member, true);
    let second_bot = user(SECOND_BOT.0, SECOND_TEAM, "kling", Role::Member, true);
    let users = [
        user(ADA, TEAM, "ada", Role::Member, false),
        user(GRACE, TEAM, "grace", Role::Admin, false),
        user(GUS, TEAM, "gus", Role::SingleChannelGuest, false),
        user(LINUS, SECOND_TEAM, "linus", Role::Owner, false),
        bot,
        second_bot,
    ];
    let people =
        |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
    let in_studio = |id, name, kind, ids: &[&str]| channel(id, TEAM, name, kind, people(ids));
    let mut attic = in_studio(ATTIC, "attic", Kind::Public, &[ADA, GRACE, BOT_USER]);
    attic.archived = true;
    let channels = [
        in_studio(
            PICTURES,
            "pictures",
            Kind::Public,
            &[ADA, GRACE, GUS, BOT_USER],
        ),
        in_studio(VIDEOS, "videos", Kind::Public, &[ADA, GRACE]),
        in_studio(SECRETS, "secrets", Kind::Private, &[ADA, GRACE]),
        attic,
        in_studio(
            GROUP,
            "mpdm-ada--grace--kling-1",
            Kind::Group,
            &[ADA, GRACE, BOT_USER],
        ),
        in_studio(DIRECT, "@ada", Kind::Direct, &[ADA, BOT_USER]),
        channel(
            SKETCHES,
            SECOND_TEAM,
            "sketches",
            Kind::Public,
            people(&[LINUS]),
        ),
    ];
    let teams = [
        team(TEAM, "Kling Studio", "kling-studio", BOT_USER, BOT_ID),
        team(
            SECOND_TEAM,
            "Second Studio",
            "second-studio",
            SECOND_BOT.0,
            SECOND_BOT.1,
        ),
    ];
    let scopes: BTreeSet<String> = SCOPES.map(str::to_owned).into();
    let app_scopes = BTreeSet::from(["connections:write".to_owned()]);
    let tokens = [
        (BOT_TOKEN, token(TokenKind::Bot, Some(TEAM), scopes.clone())),
        (APP_TOKEN, token(TokenKind::App, None, app_scopes)),
    ];
    State {
        mint: Mint::new(seed),
        base: String::new(),
        app: app(scopes),
        teams: teams
            .into_iter()
            .map(|team| (team.id.clone(), team))
            .collect(),
        users: users
            .into_iter()
            .map(|user| (user.id.clone(), user))
            .collect(),
        channels: channels
            .into_iter()
            .map(|channel| (channel.id.clone(), channel))
            .collect(),
        tokens: tokens
            .into_iter()
            .map(|(text, token)| (text.to_owned(), token))
            .collect(),
        messages: BTreeMap::new(),
        files: Files::default(),
        views: BTreeMap::new(),
        stacks: BTreeMap::new(),
        homes: BTreeMap::new(),
        triggers: BTreeMap::new(),
        hooks: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        chores: Vec::new(),
        tiers: Tiers::default(),
        sockets: Sockets::default(),
        oauth: Oauth::default(),
        settings: Settings::default(),
        events: History::default(),
        changed: watch::Sender::new(0),
    }
}

fn app(scopes: BTreeSet<String>) -> App {
    let enterprise = Enterprise {
        id: ENTERPRISE.to_owned(),
        name: "Studios".to_owned(),
        teams: BTreeSet::new(),
    };
    App {
        id: APP.to_owned(),
        name: "Kling".to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        signing_secret: SIGNING_SECRET.to_owned(),
        verification: "emulated-verification-token".to_owned(),
        socket_mode: true,
        interactive: true,
        rotation: false,
        org_deploy: true,
        urls: BTreeMap::new(),
        commands: BTreeMap::from([("/kling".to_owned(), false)]),
        shortcuts: None,
        scopes,
        events: EVENTS.map(str::to_owned).into(),
        redirects: Vec::new(),
        home: true,
        unfurl_domains: Vec::new(),
        enterprise: Some(enterprise),
        org_wide: false,
    }
}

fn token(kind: TokenKind, team: Option<&str>, scopes: BTreeSet<String>) -> Token {
    Token {
        kind,
        team: team.map(str::to_owned),
        enterprise: None,
        scopes,
        standing: Standing::Good,
        expires_ms: None,
    }
}

fn team(id: &str, name: &str, domain: &str, bot_user: &str, bot_id: &str) -> Team {
    Team {
        id: id.to_owned(),
        name: name.to_owned(),
        domain: domain.to_owned(),
        bot_user: bot_user.to_owned(),
        bot_id: bot_id.to_owned(),
    }
}

pub(super) fn user(id: &str, team: &str, name: &str, role: Role, bot: bool) -> User {
    User {
        id: id.to_owned(),
        team: team.to_owned(),
        name: name.to_owned(),
        role,
        bot,
        deleted: false,
        tz: "Europe/Amsterdam".to_owned(),
        tz_offset: 3600,
        locale: "en-US".to_owned(),
    }
}
