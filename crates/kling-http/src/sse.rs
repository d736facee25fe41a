//! Server-sent events (the HTML standard, "Interpreting an event stream") out of bytes.

use std::time::Duration;

use crate::lines::{Line, LineEnd, Lines};

/// The longest wait before reconnecting that a server may ask for.
const MAX_RETRY: Duration = Duration::from_mins(1);

/// The longest id that is kept and sent back as `Last-Event-ID`.
const MAX_ID_BYTES: usize = 512;

/// One event.
#[derive(Clone, PartialEq, Eq)]
pub struct SseEvent {
    /// Its name; `message` where the server gives none.
    pub name: String,
    /// Its data, the lines of it joined by line feeds.
    pub data: String,
}

impl std::fmt::Debug for SseEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SseEvent")
            .field("name", &self.name)
            .field("data_bytes", &self.data.len())
            .finish()
    }
}

/// What an event stream says next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SseItem {
    /// An event.
    Event(SseEvent),
    /// A comment, which servers send to keep a connection alive.
    Comment,
    /// An event whose data is longer than the cap; it is gone.
    TooLong,
}

/// Puts events together. What is not UTF-8 is replaced, as the standard says.
#[derive(Debug)]
pub struct SseDecoder {
    lines: Lines,
    max_bytes: usize,
    is_first: bool,
    name: String,
    data: Option<String>,
    is_too_long: bool,
    last_id: Option<String>,
    /// Of the event that is not whole yet: should it be cut off, it is to come again.
    next_id: Option<String>,
    retry: Option<Duration>,
}

impl SseDecoder {
    /// Gives up on events whose data has more than `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            // A line has its field's name in front.
            lines: Lines::new(LineEnd::Any, max_bytes.saturating_add(16)),
            max_bytes,
            is_first: true,
            name: String::new(),
            data: None,
            is_too_long: false,
            last_id: None,
            next_id: None,
            retry: None,
        }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
    }

    /// What comes next, if it is all there. An event that the end of the stream cut off never is.
    pub fn next_item(&mut self) -> Option<SseItem> {
        loop {
            let line = match self.lines.next_line()? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    self.is_too_long = true;
                    continue;
                }
            };
            let text = String::from_utf8_lossy(&line);
            let first = std::mem::take(&mut self.is_first);
            let text = if first {
                text.strip_prefix('\u{feff}').unwrap_or(&text)
            } else {
                &text
            };
            if text.is_empty() {
                if let Some(item) = self.dispatch() {
                    return Some(item);
                }
            } else if text.starts_with(':') {
                return Some(SseItem::Comment);
            } else {
                let (field, value) = text.split_once(':').unwrap_or((text, ""));
                self.field(field, value.strip_prefix(' ').unwrap_or(value));
            }
        }
    }

    /// The id of the last event that had one: what to resume after.
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// How long the server asks to wait before reconnecting; never more than a minute.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    fn field(&mut self, field: &str, value: &str) {
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                let data = self.data.get_or_insert_default();
                if data.len() + value.len() > self.max_bytes {
                    self.is_too_long = true;
                } else {
                    data.push_str(value);
                    data.push('\n');
                }
            }
            "id" if !value.contains('\0') && value.len() <= MAX_ID_BYTES => {
                self.next_id = (!value.is_empty()).then(|| value.to_owned());
            }
            "retry" => {
                let millis = value.parse().ok().map(Duration::from_millis);
                self.retry = millis.map(|wait| wait.min(MAX_RETRY)).or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<SseItem> {
        self.last_id.clone_from(&self.next_id);
        let name = std::mem::take(&mut self.name);
        let data = self.data.take();
        if std::mem::take(&mut self.is_too_long) {
            return Some(SseItem::TooLong);
        }
        let mut data = data?;
        data.pop();
        let name = if name.is_empty() {
            "message".to_owned()
        } else {
            name
        };
        Some(SseItem::Event(SseEvent { name, data }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(decoder: &mut SseDecoder) -> Vec<SseItem> {
        std::iter::from_fn(|| decoder.next_item()).collect()
    }

    fn event(name: &str, data: &str) -> SseItem {
        SseItem::Event(SseEvent {
            name: name.to_owned(),
            data: data.to_owned(),
        })
    }

    #[test]
    fn an_event_that_is_cut_off_is_not_what_to_resume_after() {
        let mut decoder = SseDecoder::new(100);
        decoder.push(b"id: 1\ndata: whole\n\nid: 2\ndata: cut o");

        assert_eq!(all(&mut decoder), [event("message", "whole")]);
        assert_eq!(decoder.last_id(), Some("1"));
    }

    #[test]
    fn events_are_put_together_from_their_lines() {
        let mut decoder = SseDecoder::new(1_000);

        decoder
            .push("\u{feff}id: 7\nevent: update\ndata: {\"a\":\ndata:1}\n\n: ping\r\n".as_bytes());
        decoder.push(b"data\n\nevent: lonely\n\nretry: 250\nid\ndata: x\n\ndata: cut");

        assert_eq!(
            all(&mut decoder),
            [
                event("update", "{\"a\":\n1}"),
                SseItem::Comment,
                event("message", ""),
                event("message", "x"),
            ]
        );
        assert_eq!(decoder.last_id(), None);
        assert_eq!(decoder.retry(), Some(Duration::from_millis(250)));
    }

    #[test]
    fn the_last_id_is_kept_until_another_comes() {
        let mut decoder = SseDecoder::new(1_000);

        decoder.push(b"id: 41\ndata: a\n\ndata: b\n\n");

        assert_eq!(all(&mut decoder).len(), 2);
        assert_eq!(decoder.last_id(), Some("41"));
    }

    #[test]
    fn an_event_over_the_cap_is_told_and_the_next_one_is_read() {
        let mut decoder = SseDecoder::new(8);

        decoder.push(b"data: 12345\ndata: 67890\n\ndata: fine\n\n");
        decoder.push(format!("data: {}\n\ndata: ok\n\n", "x".repeat(99)).as_bytes());

        assert_eq!(
            all(&mut decoder),
            [
                SseItem::TooLong,
                event("message", "fine"),
                SseItem::TooLong,
                event("message", "ok"),
            ]
        );
    }

    proptest! {
        #[test]
        fn where_the_chunks_are_cut_makes_no_difference(
            text in "(data|event|id|retry|:|\\n|\\r|: |[a-z0-9\\u{feff}é]){0,60}",
            cut in 1_usize..9,
        ) {
            let (mut at_once, mut in_pieces) = (SseDecoder::new(32), SseDecoder::new(32));

            at_once.push(text.as_bytes());
            for piece in text.as_bytes().chunks(cut) {
                in_pieces.push(piece);
            }

            prop_assert_eq!(all(&mut at_once), all(&mut in_pieces));
            prop_assert_eq!(at_once.last_id(), in_pieces.last_id());
        }
    }
}
