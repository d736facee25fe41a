//! The world that everyone finds at the start: two guilds, a few people, and the bot "Kling".

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use tokio::sync::watch;

use super::bucket::Buckets;
use super::gateway::Sessions;
use super::history::History;
use super::limits;
use super::link::Signer;
use super::people::{Channel, Guild, Role, User};
use super::permission::{self, ADMINISTRATOR, MANAGE_MESSAGES};
use super::shelf::Shelf;
use super::snowflake::{Mint, Snowflake};
use super::state::State;

/// The token that the bot "Kling" has unless it is given others.
pub const BOT_TOKEN: &str = "emulated-discord-token";

/// The application "Kling" and its bot account.
pub const APPLICATION: Snowflake = Snowflake(1_180_000_000_000_000_001);
/// The guild "Kling Studio".
pub const GUILD: Snowflake = Snowflake(1_180_000_000_000_000_100);
/// The channel "pictures" in it.
pub const CHANNEL: Snowflake = Snowflake(1_180_000_000_000_000_101);
/// The channel "videos" in it.
const VIDEOS: Snowflake = Snowflake(1_180_000_000_000_000_102);
/// The role "artist" in it, which "ada" has.
const ARTIST: Snowflake = Snowflake(1_180_000_000_000_000_110);
/// The role "moderator" in it, which "grace" has.
const MODERATOR: Snowflake = Snowflake(1_180_000_000_000_000_111);
/// The guild "Second Studio".
const SECOND_GUILD: Snowflake = Snowflake(1_180_000_000_000_000_200);
/// The channel "sketches" in it.
const SKETCHES: Snowflake = Snowflake(1_180_000_000_000_000_201);
/// The person "ada".
pub const ADA: Snowflake = Snowflake(1_180_000_000_000_000_010);
/// The person "grace".
pub const GRACE: Snowflake = Snowflake(1_180_000_000_000_000_011);
/// The person "linus", in the second guild only, without roles.
const LINUS: Snowflake = Snowflake(1_180_000_000_000_000_012);
/// The direct channel between "ada" and the bot; its name is "@ada".
const DIRECT: Snowflake = Snowflake(1_180_000_000_000_000_300);

pub(super) fn state(key: [u8; 32]) -> State {
    let users = [
        user(APPLICATION, "Kling", true),
        user(ADA, "ada", false),
        user(GRACE, "grace", false),
        user(LINUS, "linus", false),
    ];
    let studio_roles = vec![
        role(GUILD, "@everyone", permission::MEMBER),
        role(ARTIST, "artist", 0),
        role(MODERATOR, "moderator", ADMINISTRATOR | MANAGE_MESSAGES),
    ];
    let studio_members = [(ADA, vec![ARTIST]), (GRACE, vec![MODERATOR])];
    let second_members = [(LINUS, vec![]), (ADA, vec![])];
    let second_roles = vec![role(SECOND_GUILD, "@everyone", permission::MEMBER)];
    let guilds = [
        guild(GUILD, "Kling Studio", studio_roles, studio_members.into()),
        guild(
            SECOND_GUILD,
            "Second Studio",
            second_roles,
            second_members.into(),
        ),
    ];
    let channels = [
        channel(CHANNEL, "pictures", Some(GUILD), None),
        channel(VIDEOS, "videos", Some(GUILD), None),
        channel(SKETCHES, "sketches", Some(SECOND_GUILD), None),
        channel(DIRECT, "@ada", None, Some(ADA)),
    ];
    State {
        mint: Mint::default(),
        application: APPLICATION,
        application_name: "Kling".to_owned(),
        bot_tokens: BTreeSet::from([BOT_TOKEN.to_owned()]),
        users: users.into_iter().map(|user| (user.id, user)).collect(),
        guilds: guilds.into_iter().map(|guild| (guild.id, guild)).collect(),
        channels: channels
            .into_iter()
            .map(|channel| (channel.id, channel))
            .collect(),
        messages: BTreeMap::new(),
        attachments: Shelf::default(),
        commands: BTreeMap::new(),
        creates: HashMap::new(),
        interactions: BTreeMap::new(),
        tokens: HashMap::new(),
        nonces: VecDeque::new(),
        buckets: Buckets::default(),
        sessions: Sessions::default(),
        signer: Signer {
            base: String::new(),
            key,
            generation: 0,
        },
        events: History::default(),
        changed: watch::Sender::new(0),
    }
}

fn user(id: Snowflake, name: &str, bot: bool) -> User {
    User {
        id,
        name: name.to_owned(),
        display: name.to_owned(),
        bot,
        takes_messages: true,
    }
}

fn role(id: Snowflake, name: &str, permissions: u64) -> Role {
    Role {
        id,
        name: name.to_owned(),
        permissions,
    }
}

pub(super) fn guild(
    id: Snowflake,
    name: &str,
    roles: Vec<Role>,
    members: BTreeMap<Snowflake, Vec<Snowflake>>,
) -> Guild {
    Guild {
        id,
        name: name.to_owned(),
        locale: "en-US".to_owned(),
        file_bytes: limits::FILE_BYTES,
        roles,
        members,
        has_bot: true,
    }
}

pub(super) fn channel(
    id: Snowflake,
    name: &str,
    guild: Option<Snowflake>,
    recipient: Option<Snowflake>,
) -> Channel {
    Channel {
        id,
        name: name.to_owned(),
        guild,
        recipient,
        nsfw: false,
        bot_permissions: permission::BOT,
        last_message: None,
        position: 0,
    }
}
