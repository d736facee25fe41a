//! Permission bits, as Discord numbers them.

/// May do anything.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// May change the server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// Sees the channel.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Writes in the channel.
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Deletes other people's messages.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Links and bot answers show embeds.
pub const EMBED_LINKS: u64 = 1 << 14;
/// Attaches files.
pub const ATTACH_FILES: u64 = 1 << 15;
/// Reads what was written before; needed to reply.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// Mentions everyone.
pub const MENTION_EVERYONE: u64 = 1 << 17;
/// Uses slash commands.
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
/// Writes in threads.
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
/// Apps a person installed for themselves answer in public.
pub const USE_EXTERNAL_APPS: u64 = 1 << 50;

/// What an ordinary member may do.
pub const MEMBER: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | SEND_MESSAGES_IN_THREADS
    | USE_EXTERNAL_APPS;

/// What the bot may do in a channel of the default world.
pub const BOT: u64 = MEMBER | MENTION_EVERYONE;

/// Whether `bits` hold all of `wanted`; an administrator holds everything.
pub fn holds(bits: u64, wanted: u64) -> bool {
    bits & ADMINISTRATOR != 0 || bits & wanted == wanted
}
