//! The numbers of Discord's documentation, each in one place.

/// How long an interaction waits for its first answer, in milliseconds.
pub(crate) const FIRST_ANSWER_MS: u64 = 3_000;
/// How long an interaction's token may be used, in milliseconds.
pub(crate) const TOKEN_LIFE_MS: u64 = 15 * 60 * 1_000;
/// Follow-ups that an app installed only for its user may send per interaction.
pub(crate) const USER_INSTALL_FOLLOW_UPS: u32 = 5;

/// Bytes of one file for a bot in a guild without boosts.
pub(crate) const FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Bytes of one request.
pub(crate) const REQUEST_BYTES: usize = 25 * 1024 * 1024;
/// Attachments of one message.
pub(crate) const ATTACHMENTS: usize = 10;
/// Characters of an attachment's description.
pub(crate) const ALT_TEXT: usize = 1024;

/// Characters of a message's content.
pub(crate) const CONTENT: usize = 2000;
/// Embeds of one message.
pub(crate) const EMBEDS: usize = 10;
/// Characters of all embeds of one message together.
pub(crate) const EMBED_CHARACTERS: usize = 6000;
/// Characters of a nonce.
pub(crate) const NONCE: usize = 25;
/// How long `enforce_nonce` remembers ("the past few minutes"), in milliseconds.
pub(crate) const NONCE_MEMORY_MS: u64 = 5 * 60 * 1_000;
/// Ids in one list of `allowed_mentions`.
pub(crate) const ALLOWED_MENTIONS: usize = 100;

/// Rows of a classic message.
pub(crate) const ROWS: usize = 5;
/// Components of a message of the second kind, nested ones included.
pub(crate) const COMPONENTS: usize = 40;
/// Characters of a component's `custom_id`.
pub(crate) const CUSTOM_ID: usize = 100;
/// Characters of a modal's title, and of a field's label.
pub(crate) const MODAL_TITLE: usize = 45;

/// Options of a command, and choices of an option.
pub(crate) const OPTIONS: usize = 25;
/// Characters over all names, descriptions and values of a command.
pub(crate) const COMMAND_CHARACTERS: usize = 8000;
/// Commands that may be made per day and guild (or globally).
pub(crate) const COMMAND_CREATES_PER_DAY: usize = 200;

/// How long a signed link lives, in milliseconds.
pub(crate) const LINK_LIFE_MS: u64 = 24 * 60 * 60 * 1_000;

/// Milliseconds between heartbeats, as HELLO asks for them.
pub(crate) const HEARTBEAT_MS: u64 = 41_250;
/// IDENTIFYs a bot may send per day.
pub(crate) const IDENTIFIES_PER_DAY: u64 = 1000;
/// Bytes of one payload that a client sends to the gateway.
pub(crate) const GATEWAY_PAYLOAD: usize = 4096;
/// Payloads that a client may send in [`GATEWAY_WINDOW_MS`].
pub(crate) const GATEWAY_SENDS: usize = 120;
/// The window of [`GATEWAY_SENDS`], in milliseconds.
pub(crate) const GATEWAY_WINDOW_MS: u64 = 60_000;

/// 401, 403 and 429 answers in [`INVALID_WINDOW_MS`] that get an address banned.
pub(crate) const INVALID_REQUESTS: usize = 10_000;
/// The window of [`INVALID_REQUESTS`], in milliseconds.
pub(crate) const INVALID_WINDOW_MS: u64 = 10 * 60 * 1_000;
/// How long such a ban lasts here, in milliseconds. Discord does not say; an hour is what people report.
pub(crate) const BAN_MS: u64 = 60 * 60 * 1_000;
