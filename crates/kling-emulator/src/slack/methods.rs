//! The methods of the Web API: who may call them, how often, and with what.

use super::app::TokenKind;
use super::door::Call;
use super::refusal::Outcome;
use super::state::State;
use super::tiers::Tier;
use super::{chat, conversations, directory, uploads, views};

/// A method.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&mut State, &Call) -> Outcome,
    /// The scope that it always needs; some need more, by what they are called with.
    pub(crate) scope: &'static str,
    pub(crate) tier: Tier,
    /// Whose token it takes; none for either.
    pub(crate) token: Option<TokenKind>,
    /// Whether it reads JSON bodies. Those that do not ignore them.
    pub(crate) reads_json: bool,
    /// Whether it refuses GET.
    pub(crate) only_post: bool,
    /// The arguments that it knows.
    pub(crate) known: &'static [&'static str],
}

const fn method(
    name: &'static str,
    run: fn(&mut State, &Call) -> Outcome,
    scope: &'static str,
    tier: Tier,
    known: &'static [&'static str],
) -> Method {
    Method {
        name,
        run,
        scope,
        tier,
        token: Some(TokenKind::Bot),
        reads_json: true,
        only_post: false,
        known,
    }
}

/// A method that takes forms and queries only.
const fn form(
    name: &'static str,
    run: fn(&mut State, &Call) -> Outcome,
    scope: &'static str,
    tier: Tier,
    known: &'static [&'static str],
) -> Method {
    Method {
        reads_json: false,
        ..method(name, run, scope, tier, known)
    }
}

const POST: &[&str] = &[
    "channel",
    "text",
    "blocks",
    "attachments",
    "thread_ts",
    "reply_broadcast",
    "metadata",
    "mrkdwn",
    "parse",
    "link_names",
    "unfurl_links",
    "unfurl_media",
    "username",
    "icon_emoji",
    "icon_url",
    "as_user",
    "markdown_text",
    "user",
    "ts",
    "file_ids",
];
const READ: &[&str] = &[
    "channel",
    "ts",
    "latest",
    "oldest",
    "inclusive",
    "limit",
    "cursor",
    "include_all_metadata",
];
const VIEW: &[&str] = &[
    "view",
    "trigger_id",
    "interactivity_pointer",
    "view_id",
    "external_id",
    "hash",
    "user_id",
];

/// Every method there is, but `oauth.v2.access`, which takes no token.
pub(crate) const METHODS: &[Method] = &[
    Method {
        token: None,
        ..method("auth.test", directory::auth_test, "", Tier::Free, &[])
    },
    form(
        "auth.revoke",
        directory::auth_revoke,
        "",
        Tier::Of(3),
        &["test"],
    ),
    Method {
        token: None,
        ..method(
            "api.test",
            directory::api_test,
            "",
            Tier::Of(4),
            &["error", "foo"],
        )
    },
    Method {
        token: Some(TokenKind::App),
        only_post: true,
        ..method(
            "apps.connections.open",
            directory::open_connection,
            "connections:write",
            Tier::Of(3),
            &[],
        )
    },
    method(
        "chat.postMessage",
        chat::post_message,
        "chat:write",
        Tier::Post,
        POST,
    ),
    method("chat.update", chat::update, "chat:write", Tier::Of(3), POST),
    method("chat.delete", chat::delete, "chat:write", Tier::Of(3), POST),
    method(
        "chat.postEphemeral",
        chat::post_ephemeral,
        "chat:write",
        Tier::Of(4),
        POST,
    ),
    form(
        "chat.getPermalink",
        chat::permalink,
        "",
        Tier::Free,
        &["channel", "message_ts"],
    ),
    method("views.open", views::open, "", Tier::Of(4), VIEW),
    method("views.push", views::push, "", Tier::Of(4), VIEW),
    method("views.update", views::update, "", Tier::Of(4), VIEW),
    method("views.publish", views::publish, "", Tier::Of(4), VIEW),
    form(
        "files.getUploadURLExternal",
        uploads::upload_url,
        "files:write",
        Tier::Of(4),
        &["filename", "length", "alt_txt", "snippet_type"],
    ),
    method(
        "files.completeUploadExternal",
        uploads::complete,
        "files:write",
        Tier::Of(4),
        &[
            "files",
            "channel_id",
            "channels",
            "thread_ts",
            "initial_comment",
            "blocks",
        ],
    ),
    form(
        "files.info",
        uploads::info,
        "files:read",
        Tier::Of(4),
        &["file", "count", "cursor", "limit", "page"],
    ),
    method(
        "files.delete",
        uploads::delete,
        "files:write",
        Tier::Of(3),
        &["file"],
    ),
    method(
        "conversations.open",
        conversations::open,
        "",
        Tier::Of(3),
        &["users", "channel", "return_im", "prevent_creation"],
    ),
    form(
        "conversations.info",
        conversations::info,
        "",
        Tier::Of(3),
        &["channel", "include_locale", "include_num_members"],
    ),
    form(
        "conversations.list",
        conversations::list,
        "",
        Tier::Of(2),
        &["types", "exclude_archived", "limit", "cursor", "team_id"],
    ),
    form(
        "conversations.members",
        conversations::members,
        "",
        Tier::Of(4),
        &["channel", "limit", "cursor"],
    ),
    method(
        "conversations.join",
        conversations::join,
        "channels:join",
        Tier::Of(3),
        &["channel"],
    ),
    form(
        "conversations.history",
        conversations::history,
        "",
        Tier::History,
        READ,
    ),
    form(
        "conversations.replies",
        conversations::replies,
        "",
        Tier::History,
        READ,
    ),
    method(
        "reactions.add",
        conversations::react,
        "reactions:write",
        Tier::Of(3),
        &["channel", "name", "timestamp"],
    ),
    method(
        "reactions.remove",
        conversations::unreact,
        "reactions:write",
        Tier::Of(2),
        &["channel", "name", "timestamp"],
    ),
    form(
        "users.info",
        directory::user_info,
        "users:read",
        Tier::Of(4),
        &["user", "include_locale"],
    ),
    form(
        "team.info",
        directory::team_info,
        "team:read",
        Tier::Of(3),
        &["team", "domain"],
    ),
    form(
        "bots.info",
        directory::bot_info,
        "users:read",
        Tier::Of(3),
        &["bot", "team_id"],
    ),
];
