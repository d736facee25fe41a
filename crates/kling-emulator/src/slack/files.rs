//! Files, as many as there is room for.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::app::Token;
use super::places::Kind;
use super::state::State;

/// The most bytes kept; the oldest go first, and their links lead nowhere.
const ROOM: usize = 512 * 1024 * 1024;

/// Where a file was posted.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) channel: String,
    pub(crate) ts: String,
    pub(crate) thread_ts: Option<String>,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has an upload URL and nothing else.
    Announced,
    /// The bytes are there.
    Uploaded,
    /// The upload was completed; it is being looked through.
    Processing,
    /// It can be shown.
    Ready,
    Deleted,
}

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) team: String,
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) alt_txt: Option<String>,
    /// What it was announced with.
    pub(crate) length: u64,
    /// None before the upload, and when it had to make room.
    pub(crate) bytes: Option<Bytes>,
    pub(crate) progress: Progress,
    pub(crate) created_ms: u64,
    pub(crate) shares: Vec<Share>,
    /// Whether it comes from another organisation and shows as `check_file_info`.
    pub(crate) foreign: bool,
    /// Whether somebody gave it to the app in a form.
    pub(crate) granted: bool,
}

impl Stored {
    /// What the content is: mimetype and filetype.
    pub(crate) fn kind(&self) -> (&'static str, &'static str) {
        let bytes: &[u8] = self.bytes.as_deref().unwrap_or_default();
        sniff(bytes, &self.name)
    }

    fn pixels(&self) -> Option<(u32, u32)> {
        let bytes = self.bytes.as_ref()?;
        image::ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .ok()?
            .into_dimensions()
            .ok()
    }
}

/// Looks into a file, and at its name where that says nothing.
pub(crate) fn sniff(bytes: &[u8], name: &str) -> (&'static str, &'static str) {
    let brand = bytes.get(4..12).unwrap_or_default();
    if bytes.starts_with(b"\x89PNG") {
        ("image/png", "png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        ("image/jpeg", "jpg")
    } else if bytes.starts_with(b"GIF8") {
        ("image/gif", "gif")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        ("image/webp", "webp")
    } else if brand.starts_with(b"ftypqt") {
        ("video/quicktime", "mov")
    } else if brand.starts_with(b"ftyp") {
        ("video/mp4", "mp4")
    } else if bytes.starts_with(b"%PDF") {
        ("application/pdf", "pdf")
    } else if name.to_lowercase().ends_with("txt") {
        ("text/plain", "text")
    } else {
        ("application/octet-stream", "binary")
    }
}

/// Every file there is. Ids grow with time.
#[derive(Debug)]
pub(crate) struct Files {
    by_id: BTreeMap<String, Stored>,
    /// Files by the secret of their upload URL.
    pub(crate) uploads: BTreeMap<String, String>,
    bytes: usize,
    room: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            uploads: BTreeMap::new(),
            bytes: 0,
            room: ROOM,
        }
    }
}

impl Files {
    pub(crate) fn get(&self, id: &str) -> Option<&Stored> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Stored> {
        self.by_id.get_mut(id)
    }

    /// Takes a file in.
    pub(crate) fn put(&mut self, file: Stored) {
        let id = file.id.clone();
        let bytes = file.bytes.clone();
        self.by_id.insert(
            id.clone(),
            Stored {
                bytes: None,
                ..file
            },
        );
        if let Some(bytes) = bytes {
            self.fill(&id, bytes);
        }
    }

    /// Gives a file its bytes, and makes room for them.
    pub(crate) fn fill(&mut self, id: &str, bytes: Bytes) {
        let Some(file) = self.by_id.get_mut(id) else {
            return;
        };
        self.bytes += bytes.len();
        let old = file.bytes.replace(bytes);
        self.bytes -= old.map_or(0, |old| old.len());
        for file in self.by_id.values_mut() {
            if self.bytes <= self.room || file.id == id {
                break;
            }
            self.bytes -= file.bytes.take().map_or(0, |gone| gone.len());
        }
    }

    /// Takes a file down; false when there was none.
    pub(crate) fn delete(&mut self, id: &str) -> bool {
        let Some(file) = self.by_id.get_mut(id) else {
            return false;
        };
        self.bytes -= file.bytes.take().map_or(0, |gone| gone.len());
        let was_there = file.progress != Progress::Deleted;
        file.progress = Progress::Deleted;
        was_there
    }
}

impl State {
    /// Whether a bot token may read a file: it is the bot's own, it was given to the app, or it is in a
    /// conversation with the bot.
    pub(crate) fn may_read(&self, token: &Token, file: &Stored) -> bool {
        let in_sight = |share: &Share| {
            let channel = self.channels.get(&share.channel);
            channel.is_some_and(|channel| {
                self.reaches(token, &channel.team)
                    && (channel.kind == Kind::Public || self.bot_is_in(channel))
            })
        };
        let own = self.reaches(token, &file.team)
            && (file.granted || file.user == self.bot_user(&file.team));
        own || file.shares.iter().any(in_sight)
    }

    /// A file as messages and modals carry it: those of other organisations say nothing of themselves.
    pub(crate) fn file_in_payload(&self, id: &str) -> Value {
        match self.files.get(id) {
            None => json!({"id": id, "mode": "tombstone"}),
            Some(file) if file.progress == Progress::Deleted => {
                json!({"id": id, "mode": "tombstone"})
            }
            Some(file) if file.foreign => json!({"id": id, "file_access": "check_file_info"}),
            Some(file) => self.file_shown(file),
        }
    }

    /// A file as `files.info` shows it. Before it is looked through, much of it is empty.
    pub(crate) fn file_shown(&self, file: &Stored) -> Value {
        let is_ready = file.progress == Progress::Ready;
        let (mimetype, filetype) = if is_ready { file.kind() } else { ("", "") };
        let domain = self.teams.get(&file.team).map_or("", |team| &team.domain);
        let base = &self.base;
        let (id, team, name) = (&file.id, &file.team, link_name(&file.name));
        let size = file
            .bytes
            .as_ref()
            .map_or(file.length, |bytes| bytes.len() as u64);
        let of_kind = |kinds: &[Kind]| -> Vec<&str> {
            let is_one = |share: &&Share| {
                let channel = self.channels.get(&share.channel);
                channel.is_some_and(|channel| kinds.contains(&channel.kind))
            };
            let found = file.shares.iter().filter(is_one);
            found.map(|share| share.channel.as_str()).collect()
        };
        let mut shown = json!({
            "id": id,
            "created": file.created_ms / 1000,
            "timestamp": file.created_ms / 1000,
            "name": file.name,
            "title": file.title,
            "mimetype": mimetype,
            "filetype": filetype,
            "pretty_type": filetype.to_uppercase(),
            "user": file.user,
            "user_team": team,
            "editable": false,
            "size": size,
            "mode": "hosted",
            "is_external": false,
            "external_type": "",
            "is_public": !of_kind(&[Kind::Public]).is_empty(),
            "public_url_shared": false,
            "display_as_bot": false,
            "username": "",
            "url_private": format!("{base}/files-pri/{team}-{id}/{name}"),
            "url_private_download": format!("{base}/files-pri/{team}-{id}/download/{name}"),
            "permalink": format!("https://{domain}.slack.com/files/{}/{id}/{name}", file.user),
            "shares": self.shares_shown(file),
            "channels": of_kind(&[Kind::Public]),
            "groups": of_kind(&[Kind::Private, Kind::Group]),
            "ims": of_kind(&[Kind::Direct]),
            "has_rich_preview": false,
            "file_access": "visible",
        });
        if let Some(alt) = &file.alt_txt {
            shown["alt_txt"] = json!(alt);
        }
        if let Some((width, height)) = file.pixels().filter(|_| is_ready) {
            shown["original_w"] = json!(width);
            shown["original_h"] = json!(height);
            shown["thumb_360"] = shown["url_private"].clone();
        }
        shown
    }

    fn shares_shown(&self, file: &Stored) -> Value {
        let mut shown = Map::new();
        for share in &file.shares {
            let Some(channel) = self.channels.get(&share.channel) else {
                continue;
            };
            let word = if channel.kind == Kind::Public {
                "public"
            } else {
                "private"
            };
            let mut entry = json!({
                "reply_users": [],
                "reply_users_count": 0,
                "reply_count": 0,
                "ts": share.ts,
                "channel_name": channel.name,
                "team_id": channel.team,
                "share_user_id": file.user,
            });
            if let Some(thread) = &share.thread_ts {
                entry["thread_ts"] = json!(thread);
            }
            let places = shown.entry(word).or_insert_with(|| json!({}));
            match places[&share.channel].as_array_mut() {
                Some(list) => list.push(entry),
                None => places[&share.channel] = json!([entry]),
            }
        }
        Value::Object(shown)
    }
}

/// A name as it stands in links.
fn link_name(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '.' {
                letter
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, bytes: usize) -> Stored {
        Stored {
            id: id.to_owned(),
            team: String::new(),
            user: String::new(),
            name: "a.png".to_owned(),
            title: String::new(),
            alt_txt: None,
            length: 0,
            bytes: Some(vec![0; bytes].into()),
            progress: Progress::Ready,
            created_ms: 0,
            shares: Vec::new(),
            foreign: false,
            granted: false,
        }
    }

    #[test]
    fn the_oldest_bytes_make_room() {
        let mut files = Files {
            room: 10,
            ..Files::default()
        };

        for id in ["F1", "F2", "F3"] {
            files.put(file(id, 4));
        }
        let kept: Vec<bool> = ["F1", "F2", "F3"]
            .iter()
            .map(|id| files.get(id).is_some_and(|file| file.bytes.is_some()))
            .collect();

        assert_eq!(kept, [false, true, true]);
        assert!(files.delete("F2") && !files.delete("F2"));
        assert_eq!(files.bytes, 4);
    }
}
