//! The external-upload flow, `files.info` and `files.delete`.

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::Slack;
use super::app::Token;
use super::arguments::multipart;
use super::chat::{good_blocks, thread};
use super::door::Call;
use super::event::Change;
use super::files::{Progress, Stored};
use super::message::Message;
use super::refusal::{Outcome, Refusal};
use super::state::{Chore, State};
use crate::script::Effect;

/// The longest alternative text, in characters.
const ALT_TEXT: usize = 1000;

/// Where a completed upload goes once it is looked through.
#[derive(Clone, Debug)]
pub(crate) struct Sharing {
    pub(crate) channels: Vec<String>,
    pub(crate) thread_ts: Option<String>,
    pub(crate) comment: String,
    pub(crate) blocks: Vec<Value>,
}

/// `files.getUploadURLExternal`.
pub(crate) fn upload_url(state: &mut State, call: &Call) -> Outcome {
    let name = call.arguments.required("filename")?;
    let length = call
        .arguments
        .whole("length")?
        .ok_or_else(|| Refusal::missing("length"))?;
    if length == 0 {
        return Err(Refusal::new("missing_argument"));
    }
    let alt_txt = call.arguments.text("alt_txt");
    if alt_txt
        .as_ref()
        .is_some_and(|alt| alt.chars().count() > ALT_TEXT)
    {
        return Err(Refusal::new("alt_txt_too_large"));
    }
    let ending = name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_lowercase();
    let settings = &state.settings;
    if settings.uploads_disabled {
        return Err(Refusal::new("file_uploads_disabled"));
    }
    let is_image = ["png", "jpg", "jpeg", "gif", "webp", "heic"].contains(&ending.as_str());
    if settings.images_only && !is_image {
        return Err(Refusal::new("file_uploads_except_images_disabled"));
    }
    if settings.blocked_types.contains(&ending) {
        return Err(Refusal::new("file_type_not_allowed"));
    }
    if length > settings.file_bytes {
        return Err(Refusal::new("file_upload_size_restricted"));
    }
    let team = call.token.team.clone().or_else(|| {
        let mut teams = state.teams.keys();
        teams.find(|team| state.reaches(&call.token, team)).cloned()
    });
    let team = team.ok_or_else(|| Refusal::new("team_not_found"))?;
    let id = state.mint.id('F');
    let secret = state.mint.secret();
    state.files.put(Stored {
        id: id.clone(),
        user: state.bot_user(&team).to_owned(),
        team,
        title: name.clone(),
        name,
        alt_txt,
        length,
        bytes: None,
        progress: Progress::Announced,
        created_ms: call.now_ms,
        shares: Vec::new(),
        foreign: false,
        granted: false,
    });
    state.files.uploads.insert(secret.clone(), id.clone());
    let url = format!("{}/upload/v1/{secret}", state.base);
    Ok(json!({"upload_url": url, "file_id": id}))
}

/// `POST /upload/v1/{secret}`: the bytes, raw or in a form. No token is needed.
pub(crate) async fn upload(
    Shared(slack): Shared<Slack>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let bytes = if kind.starts_with("multipart/form-data") {
        match multipart(kind, body).await {
            Ok(parts) => parts
                .into_iter()
                .next()
                .map(|(_, bytes)| bytes)
                .unwrap_or_default(),
            Err(refusal) => return (StatusCode::BAD_REQUEST, refusal.error).into_response(),
        }
    } else {
        body
    };
    let size = bytes.len() as u64;
    let mut state = slack.lock();
    let id = state.files.uploads.get(&secret).cloned();
    let file = id.as_ref().and_then(|id| state.files.get_mut(id));
    let file =
        file.filter(|file| matches!(file.progress, Progress::Announced | Progress::Uploaded));
    let Some(file) = file else {
        return (StatusCode::NOT_FOUND, "no such upload").into_response();
    };
    if file.length != size {
        let words = format!("{} bytes were announced, and {size} came", file.length);
        return (StatusCode::BAD_REQUEST, words).into_response();
    }
    file.progress = Progress::Uploaded;
    let id = file.id.clone();
    state.files.fill(&id, bytes);
    (StatusCode::OK, format!("OK - {size}")).into_response()
}

/// Whether a text is the id of a conversation, as this method wants it.
fn is_channel_id(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| "CGDZ".contains(first))
        && text.chars().count() >= 9
        && letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// `files.completeUploadExternal`.
pub(crate) fn complete(state: &mut State, call: &Call) -> Outcome {
    let files = call
        .arguments
        .list("files")?
        .ok_or_else(|| Refusal::missing("files"))?;
    if files.is_empty() {
        return Err(Refusal::missing("files"));
    }
    let sharing = sharing(state, call)?;
    let mut ids = Vec::new();
    for named in &files {
        let id = named["id"]
            .as_str()
            .ok_or_else(|| Refusal::missing("files/0/id"))?;
        let file = state
            .files
            .get(id)
            .filter(|file| state.reaches(&call.token, &file.team));
        let file = file.ok_or_else(Refusal::file_not_found)?;
        if matches!(file.progress, Progress::Announced | Progress::Deleted) {
            return Err(Refusal::file_not_found());
        }
        ids.push(id.to_owned());
    }
    let mut shown = Vec::new();
    for (id, named) in ids.iter().zip(&files) {
        let Some(file) = state.files.get_mut(id) else {
            continue;
        };
        if let Some(title) = named["title"].as_str() {
            title.clone_into(&mut file.title);
        }
        if file.progress == Progress::Uploaded {
            file.progress = Progress::Processing;
        }
        state.files.uploads.retain(|_, known| known != id);
        let brief = state.files.get(id).map(|file| state.file_shown(file));
        shown.extend(brief);
    }
    let wait_ms = match &call.twist {
        Some(Effect::Hidden { ms }) => *ms,
        _ => state.settings.processing_ms,
    };
    let is_lost = call.twist == Some(Effect::EmptyData);
    state.chores.push(Chore::Process {
        files: ids,
        at_ms: call.now_ms + wait_ms,
        share: sharing
            .filter(|_| !is_lost)
            .map(|sharing| Box::new((sharing, call.token.clone()))),
    });
    Ok(json!({"files": shown}))
}

/// Where the call wants its files, if anywhere.
fn sharing(state: &State, call: &Call) -> Result<Option<Sharing>, Refusal> {
    let arguments = &call.arguments;
    let given = match (arguments.text("channel_id"), arguments.text("channels")) {
        (None, None) => return Ok(None),
        (Some(one), None) => vec![one],
        (None, Some(many)) => many.split(',').map(|id| id.trim().to_owned()).collect(),
        (Some(_), Some(_)) => return Err(Refusal::invalid_arguments(&[])),
    };
    let comment = arguments.text("initial_comment");
    let blocks = arguments.list("blocks")?;
    if comment.is_some() && blocks.is_some() {
        let both = "[ERROR] must provide either initial_comment or blocks".to_owned();
        return Err(Refusal::invalid_arguments(&[both]));
    }
    let has_markdown = blocks
        .iter()
        .flatten()
        .any(|block| block["type"] == "markdown");
    if has_markdown {
        return Err(Refusal::new("internal_error"));
    }
    let blocks = good_blocks(state, call)?.unwrap_or_default();
    let mut thread_ts = None;
    for id in &given {
        if !is_channel_id(id) {
            let pattern =
                "[ERROR] must match pattern \"^[CGDZ][A-Z0-9]{8,}$\" [json-pointer:/channel_id]";
            return Err(Refusal::invalid_arguments(&[pattern.to_owned()]));
        }
        let channel = state.visible(&call.token, id)?;
        if channel.archived {
            return Err(Refusal::new("is_archived"));
        }
        if !state.bot_is_in(channel) {
            return Err(Refusal::new("not_in_channel"));
        }
        if channel.restricted {
            return Err(Refusal::new("restricted_action"));
        }
        thread_ts = thread(state, call, channel)?;
    }
    if thread_ts.is_some() && given.len() > 1 {
        let words = "[ERROR] thread_ts needs exactly one channel".to_owned();
        return Err(Refusal::invalid_arguments(&[words]));
    }
    Ok(Some(Sharing {
        channels: given,
        thread_ts,
        comment: comment.unwrap_or_default(),
        blocks,
    }))
}

impl State {
    /// An upload was looked through: it is shown, and shared where that is still possible.
    pub(crate) fn processed(
        &mut self,
        now_ms: u64,
        files: &[String],
        share: Option<Box<(Sharing, Token)>>,
    ) {
        for id in files {
            if let Some(file) = self.files.get_mut(id)
                && file.progress == Progress::Processing
            {
                file.progress = Progress::Ready;
            }
        }
        self.stir();
        let Some((sharing, token)) = share.map(|share| *share) else {
            return;
        };
        for id in &sharing.channels {
            let Ok(channel) = self.visible(&token, id).cloned() else {
                continue;
            };
            if channel.archived || !self.bot_is_in(&channel) {
                continue;
            }
            let message = Message {
                channel: id.clone(),
                thread_ts: sharing.thread_ts.clone(),
                user: self.bot_user(&channel.team).to_owned(),
                text: sharing.comment.clone(),
                blocks: sharing.blocks.clone(),
                files: files.to_vec(),
                ..Message::default()
            };
            self.post(now_ms, message);
        }
    }

    /// Takes a file down, and shows the messages without it; false when there was none.
    pub(crate) fn delete_file(&mut self, now_ms: u64, id: &str) -> bool {
        if !self.files.delete(id) {
            return false;
        }
        let held = |message: &&Message| message.files.iter().any(|file| file == id);
        let messages: Vec<Message> = self.messages.values().filter(held).cloned().collect();
        for message in messages {
            let Some(channel) = self.channels.get(&message.channel) else {
                continue;
            };
            let event = self.seen(Change::Edit, &message, channel);
            self.show(now_ms, event);
        }
        true
    }
}

/// `files.info`.
pub(crate) fn info(state: &mut State, call: &Call) -> Outcome {
    let id = call.arguments.required("file")?;
    let file = state.files.get(&id).ok_or_else(Refusal::file_not_found)?;
    if !state.may_read(&call.token, file) {
        return Err(Refusal::file_not_found());
    }
    match file.progress {
        Progress::Deleted => Err(Refusal::new("file_deleted")),
        Progress::Announced | Progress::Uploaded => Err(Refusal::file_not_found()),
        Progress::Processing | Progress::Ready => {
            Ok(json!({"file": state.file_shown(file), "comments": []}))
        }
    }
}

/// `files.delete`.
pub(crate) fn delete(state: &mut State, call: &Call) -> Outcome {
    let id = call.arguments.required("file")?;
    let file = state
        .files
        .get(&id)
        .filter(|file| state.may_read(&call.token, file));
    let file = file.ok_or_else(Refusal::file_not_found)?;
    if file.progress == Progress::Deleted {
        return Err(Refusal::new("file_deleted"));
    }
    if file.user != state.bot_user(&file.team) {
        return Err(Refusal::new("cant_delete_file"));
    }
    state.delete_file(call.now_ms, &id);
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_conversations_are_taken() {
        assert!(is_channel_id("C0PICTURES"));
        assert!(!is_channel_id("U0ADA00001"));
        assert!(!is_channel_id("C0pictures"));
        assert!(!is_channel_id("C0SHORT"));
    }
}
