//! What a message says and carries. The words are the house's; their form is Discord's.

use kling_bot::{Markup, Text, Texts};
use kling_core::Timestamp;
use kling_engine::{Delivery, DeliveryContent, DeliveryFile, Job, JobId, Requester, StatusUpdate};
use serde_json::json;

use crate::escape;
use crate::limits;
use crate::rest::Draft;

/// Room kept for the line that carries a job's name.
const SIGNATURE_CHARS: usize = 48;

/// How words are dressed here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiscordMarkup;

impl Markup for DiscordMarkup {
    fn escape(&self, text: &str) -> String {
        escape::harmless(text)
    }

    fn mention(&self, requester: &Requester) -> String {
        format!("<@{}>", requester.user)
    }

    fn moment(&self, at: Timestamp) -> String {
        format!("<t:{}:R>", at.as_seconds())
    }

    fn max_chars(&self) -> usize {
        limits::CONTENT_CHARS - SIGNATURE_CHARS
    }
}

/// Makes messages from jobs.
#[derive(Clone, Debug)]
pub(crate) struct Composer {
    texts: Texts,
}

impl Composer {
    pub(crate) fn new(texts: Texts) -> Self {
        Self { texts }
    }

    /// How far a job is. Mentions nobody.
    pub(crate) fn status(&self, job: &Job, update: &StatusUpdate) -> Draft {
        let words = self.text(job).status(job, update, &DiscordMarkup);
        draft(&words, &[])
    }

    /// The last message, with the files that fit. `left_out` more of them, the largest, stay behind.
    ///
    /// Mentions the requester, and nobody else whatever the words hold.
    pub(crate) fn last_words(
        &self,
        delivery: &Delivery,
        file_bytes: u64,
        left_out: usize,
    ) -> Draft {
        let job = &delivery.job;
        let text = self.text(job);
        let mut words = text.delivery(delivery, &DiscordMarkup);
        let DeliveryContent::Result { files, .. } = &delivery.content else {
            return draft(&words, &[&job.requester.user]);
        };
        let (fitting, too_large) = choose(files, file_bytes, left_out);
        if !too_large.is_empty() {
            let names: Vec<&str> = too_large.iter().map(|file| file.name.as_str()).collect();
            words.push('\n');
            words.push_str(&text.left_out(&names, &DiscordMarkup));
        }
        let of = files.len();
        let files = fitting
            .into_iter()
            .map(|(index, file)| {
                let alt = text.alt_text(job, index, of, limits::ALT_TEXT_CHARS);
                let alt = escape::shorten(&escape::plain(&alt), limits::ALT_TEXT_CHARS);
                (file.clone(), alt)
            })
            .collect();
        Draft {
            files,
            ..draft(&words, &[&job.requester.user])
        }
    }

    fn text(&self, job: &Job) -> Text {
        self.texts.of(job.locale.as_deref())
    }
}

/// A message with these words, which may mention these people and nobody else.
pub(crate) fn draft(words: &str, mentions: &[&str]) -> Draft {
    Draft::new(json!({
        "content": escape::shorten(words, limits::CONTENT_CHARS - SIGNATURE_CHARS),
        "allowed_mentions": {"parse": [], "users": mentions, "replied_user": false},
    }))
}

/// The same message with the job's name in it, by which it is found again after a crash.
pub(crate) fn signed(draft: Draft, id: &JobId) -> Draft {
    let content = draft.payload["content"].as_str().unwrap_or_default();
    if content.contains(id.as_str()) {
        return draft;
    }
    let content = format!("{content}\n-# {id}");
    draft.with("content", content)
}

/// A nonce that Discord takes.
pub(crate) fn nonce(text: &str) -> String {
    text.chars().take(limits::NONCE_CHARS).collect()
}

/// Which files fit into one message, by number, and which do not.
fn choose(
    files: &[DeliveryFile],
    file_bytes: u64,
    left_out: usize,
) -> (Vec<(usize, &DeliveryFile)>, Vec<&DeliveryFile>) {
    let mut room = limits::REQUEST_BYTES;
    let mut fitting: Vec<(usize, &DeliveryFile)> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let fits = file.size_bytes <= file_bytes.min(room) && fitting.len() < limits::ATTACHMENTS;
        if fits {
            room -= file.size_bytes;
            fitting.push((index, file));
        }
    }
    for _ in 0..left_out {
        let largest = fitting.iter().map(|(_, file)| file.size_bytes).max();
        if let Some(at) = fitting
            .iter()
            .position(|(_, file)| Some(file.size_bytes) == largest)
        {
            fitting.remove(at);
        }
    }
    let chosen = |index: usize| fitting.iter().any(|(at, _)| *at == index);
    let too_large = files
        .iter()
        .enumerate()
        .filter(|(index, _)| !chosen(*index))
        .map(|(_, file)| file)
        .collect();
    (fitting, too_large)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kling_core::{AssetContent, AssetReadError, ByteStream, MediaType};

    use super::*;

    #[derive(Debug)]
    struct Nothing;

    #[async_trait::async_trait]
    impl AssetContent for Nothing {
        async fn open(&self) -> Result<ByteStream, AssetReadError> {
            Err(AssetReadError::NoContent)
        }
    }

    fn file(name: &str, mebibytes: u64) -> DeliveryFile {
        DeliveryFile {
            name: name.to_owned(),
            media_type: MediaType::Png,
            size_bytes: mebibytes * 1024 * 1024,
            dimensions: None,
            content: Arc::new(Nothing),
        }
    }

    fn names(
        files: &[DeliveryFile],
        mebibytes: u64,
        left_out: usize,
    ) -> (Vec<String>, Vec<String>) {
        let (fitting, too_large) = choose(files, mebibytes * 1024 * 1024, left_out);
        (
            fitting.iter().map(|(_, file)| file.name.clone()).collect(),
            too_large.iter().map(|file| file.name.clone()).collect(),
        )
    }

    #[test]
    fn what_fits_is_sent_and_what_does_not_is_named() {
        let files = [file("a", 8), file("b", 12), file("c", 3)];

        assert_eq!(
            names(&files, 10, 0),
            (vec!["a".into(), "c".into()], vec!["b".into()])
        );
        assert_eq!(
            names(&files, 10, 1),
            (vec!["c".into()], vec!["a".into(), "b".into()])
        );
    }

    #[test]
    fn one_request_holds_no_more_than_25_mebibytes_and_ten_files() {
        let large = [file("a", 10), file("b", 10), file("c", 10)];
        let many: Vec<_> = (0..12).map(|n| file(&n.to_string(), 1)).collect();

        assert_eq!(names(&large, 10, 0).1, ["c"]);
        assert_eq!(names(&many, 10, 0).1, ["10", "11"]);
    }

    #[test]
    fn a_message_mentions_whom_it_is_for_and_nobody_else() {
        let draft = draft("@everyone look", &["7"]);

        assert_eq!(
            draft.payload["allowed_mentions"],
            json!({"parse": [], "users": ["7"], "replied_user": false})
        );
    }

    #[test]
    fn a_message_is_found_again_by_the_job_it_is_about() {
        let id = JobId::parse("01j9z3k4m5n6p7q8r9s0t1v2w3").expect("an id");

        let once = signed(draft("Done.", &[]), &id);
        let twice = signed(once.clone(), &id);

        assert_eq!(
            once.payload["content"],
            "Done.\n-# 01j9z3k4m5n6p7q8r9s0t1v2w3"
        );
        assert_eq!(twice.payload, once.payload);
    }
}
