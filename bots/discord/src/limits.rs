//! Every number of Discord's that this bot counts on, with its reason.
//!
//! Unless another source is named, they are from Discord's developer documentation.

use std::time::Duration;

/// How long an interaction waits for its first answer; after that its token is worthless.
pub(crate) const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// How old an interaction may be when it reaches us and still be taken on: what is left must hold the
/// durable commit (2 s at most) and the way back.
pub(crate) const OLDEST_TO_ACCEPT: Duration = Duration::from_millis(2_400);
/// A clock may run ahead of Discord's or behind it; an age beyond this is the clock's fault and not the
/// interaction's, since no gateway delivers an event that late.
pub(crate) const AGE_WORTH_BELIEVING: Duration = Duration::from_mins(1);
/// How long an interaction's token may be used (15 min), less a minute for a slow upload and for
/// clocks that disagree.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_mins(14);

/// Characters of a message's content.
pub(crate) const CONTENT_CHARS: usize = 2_000;
/// Characters of an attachment's description, its alternative text.
pub(crate) const ALT_TEXT_CHARS: usize = 1_024;
/// Files of one message.
pub(crate) const ATTACHMENTS: usize = 10;
/// Bytes of one file where neither the server nor the requester has more: 10 MiB.
pub(crate) const FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Bytes of one request, files and form together: 25 MiB, less what the form itself takes.
pub(crate) const REQUEST_BYTES: u64 = 25 * 1024 * 1024 - 64 * 1024;
/// Characters of a nonce.
pub(crate) const NONCE_CHARS: usize = 25;
/// How many recent messages are looked through for one of ours; the most one request returns.
pub(crate) const MESSAGES_PER_LOOK: u32 = 100;

/// Options of a command, and choices of an option.
pub(crate) const OPTIONS: usize = 25;
/// Characters of a choice's name, of its value, and of a description.
pub(crate) const SHORT_TEXT_CHARS: usize = 100;
/// Characters of a command's or an option's name.
pub(crate) const NAME_CHARS: usize = 32;
/// Characters of all names, descriptions and values of a command, in its longest language.
pub(crate) const COMMAND_CHARS: usize = 8_000;
/// Characters of a text option.
pub(crate) const STRING_OPTION_CHARS: u32 = 6_000;
/// Kinds of file an attachment option may name.
pub(crate) const FILE_TYPES: usize = 10;

/// Requests per second that the bot's token allows (50), less a few, since what leaves evenly may
/// arrive in bursts. Interaction endpoints are exempt.
pub(crate) const GLOBAL_PER_SECOND: usize = 45;
/// Answers of 401, 403 and 429 within [`INVALID_WINDOW`] that get an address banned.
pub(crate) const INVALID_REQUESTS: u32 = 10_000;
/// From here on nothing is sent until older ones have left the window: a ban would be worse.
pub(crate) const INVALID_STOP: u32 = INVALID_REQUESTS * 9 / 10;
/// From here on progress is not sent any more.
pub(crate) const INVALID_CALM: u32 = INVALID_REQUESTS / 2;
/// The window of [`INVALID_REQUESTS`].
pub(crate) const INVALID_WINDOW: Duration = Duration::from_mins(10);
/// The longest wait that is believed: the longest slow mode a channel can have.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// Buckets remembered at once. Each interaction has its own, and is over within minutes; 4096 is about
/// 400 KB and room for 270 new interactions a minute before one is forgotten early.
pub(crate) const BUCKETS: usize = 4_096;
/// Requests that may wait in one bucket; one more is told to come back later.
pub(crate) const WAITING_PER_BUCKET: usize = 64;

/// The largest input worth copying from Discord: nobody can attach more than 500 MB.
pub(crate) const INPUT_BYTES: u64 = 500 * 1024 * 1024;
/// Where Discord keeps people's files.
pub(crate) const FILE_HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES, READ_MESSAGE_HISTORY and
/// SEND_MESSAGES_IN_THREADS: what late results need, asked for in the invite link.
pub(crate) const PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 38;
