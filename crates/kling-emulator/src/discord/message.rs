//! Messages and the files on them.

use axum::body::Bytes;
use serde_json::Value;

use super::snowflake::Snowflake;

/// Flag: embeds are hidden.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Flag: only the person who asked sees it.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// Flag: "is thinking…", a deferred answer that was not edited yet.
pub(crate) const LOADING: u64 = 1 << 7;
/// Flag: nobody is notified.
pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// Flag: made of the second kind of components.
pub(crate) const COMPONENTS_V2: u64 = 1 << 15;

/// Message type: an ordinary one.
pub(crate) const DEFAULT: u8 = 0;
/// Message type: an answer to another message.
pub(crate) const REPLY: u8 = 19;
/// Message type: the first answer to a slash command.
pub(crate) const COMMAND: u8 = 20;
/// Message type: the first answer to a context menu.
pub(crate) const CONTEXT_MENU: u8 = 23;

/// Whom a message mentions, with `allowed_mentions` taken into account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<Snowflake>,
    pub(crate) roles: Vec<Snowflake>,
    pub(crate) everyone: bool,
}

/// A message in a channel.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Snowflake>,
    pub(crate) flags: u64,
    pub(crate) created_ms: u64,
    pub(crate) edited_ms: Option<u64>,
    pub(crate) mentions: Mentions,
    pub(crate) nonce: Option<Value>,
    /// The message this one answers.
    pub(crate) reference: Option<Snowflake>,
    /// The one person who sees an ephemeral message.
    pub(crate) only_for: Option<Snowflake>,
    /// The interaction whose token made it.
    pub(crate) interaction: Option<Snowflake>,
}

impl Message {
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    /// Whether there is nothing in it to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.content.trim().is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
            && self.attachments.is_empty()
    }

    /// Whether an embed shows this file, which then is not listed beside the message.
    pub(crate) fn embeds_file(&self, filename: &str) -> bool {
        let wanted = format!("attachment://{filename}");
        ["image", "thumbnail", "video", "footer", "author"]
            .iter()
            .any(|part| {
                self.embeds.iter().any(|embed| {
                    let part = &embed[*part];
                    part["url"] == *wanted || part["icon_url"] == *wanted
                })
            })
    }
}

/// A file on the content network.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: Snowflake,
    /// The channel of the message; of an option's file, the channel it was used in.
    pub(crate) channel: Snowflake,
    pub(crate) filename: String,
    /// The name before Discord cleaned it, where that changed it.
    pub(crate) title: Option<String>,
    /// Derived from the name: Discord does not look into files for this.
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
    /// Width and height where the bytes are a picture that can be read.
    pub(crate) pixels: Option<(u32, u32)>,
    pub(crate) description: Option<String>,
    /// A file given to a command or a modal, which vanishes after a while.
    pub(crate) ephemeral: bool,
}

/// A file as it is handed over: by a bot in a form, or by a person.
#[derive(Clone, Debug, Default)]
pub struct FileIn {
    /// Its name; the content type is derived from it, as Discord does.
    pub filename: String,
    /// Replaces the derived content type.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

impl FileIn {
    /// A file whose content type follows from its name.
    pub fn new(filename: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            filename: filename.into(),
            content_type: None,
            bytes: bytes.into(),
        }
    }
}

impl Attachment {
    /// Takes a file in: cleans its name, derives its type, measures a picture.
    pub(crate) fn take(id: Snowflake, channel: Snowflake, file: FileIn, ephemeral: bool) -> Self {
        let filename = clean(&file.filename);
        let content_type = file
            .content_type
            .unwrap_or_else(|| content_type(&filename).to_owned());
        let pixels = image::ImageReader::new(std::io::Cursor::new(&file.bytes))
            .with_guessed_format()
            .ok()
            .and_then(|reader| reader.into_dimensions().ok());
        Self {
            id,
            channel,
            title: (filename != file.filename).then_some(file.filename),
            filename,
            content_type,
            bytes: file.bytes,
            pixels,
            description: None,
            ephemeral,
        }
    }
}

/// What Discord leaves of a file name: letters, digits, dot, dash and underscore of ASCII.
fn clean(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|char| if char.is_whitespace() { '_' } else { char })
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_'))
        .collect();
    let stem_is_empty = kept.trim_start_matches(['.', '_', '-']).is_empty();
    match kept.rsplit_once('.') {
        _ if stem_is_empty => "unknown".to_owned(),
        Some(("", extension)) => format!("unknown.{extension}"),
        _ => kept,
    }
}

/// The content type that a file name promises.
pub(crate) fn content_type(filename: &str) -> &'static str {
    let extension = filename
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "avif" => "image/avif",
        "heic" => "image/heic",
        "svg" => "image/svg+xml",
        "tif" | "tiff" => "image/tiff",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "mp3" => "audio/mpeg",
        "wav" => "audio/x-wav",
        "ogg" => "audio/ogg",
        "m4a" => "audio/mp4",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "json" => "application/json; charset=utf-8",
        "txt" | "log" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "html" | "htm" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_cleaned_and_its_promise_believed() {
        let file = FileIn::new("my cät picture.PNG", "not a picture at all");

        let attachment = Attachment::take(Snowflake(1), Snowflake(2), file, true);

        assert_eq!(attachment.filename, "my_ct_picture.PNG");
        assert_eq!(attachment.title.as_deref(), Some("my cät picture.PNG"));
        assert_eq!(attachment.content_type, "image/png");
        assert_eq!(attachment.pixels, None);
        assert_eq!(clean("猫.png"), "unknown.png");
        assert_eq!(clean("猫"), "unknown");
    }
}
