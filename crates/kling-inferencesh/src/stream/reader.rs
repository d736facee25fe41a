//! Bytes of a stream into messages, in either of the vendor's two ways.

use std::time::Duration;

use kling_http::header::{CONTENT_TYPE, HeaderMap};
use kling_http::{Line, LineEnd, Lines, SseDecoder, SseItem};

use super::message::Message;
use crate::StreamKind;

/// The most bytes of one message: a task with its logs.
const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug)]
pub(super) enum Reader {
    Ndjson(Lines),
    Sse(SseDecoder),
}

impl Reader {
    pub(super) fn new(kind: StreamKind) -> Self {
        match kind {
            StreamKind::Ndjson | StreamKind::Off => {
                Self::Ndjson(Lines::new(LineEnd::LineFeed, MAX_MESSAGE_BYTES))
            }
            StreamKind::Sse => Self::Sse(SseDecoder::new(MAX_MESSAGE_BYTES)),
        }
    }

    /// What to ask for, so that this is what comes.
    pub(super) const fn accepts(kind: StreamKind) -> &'static str {
        match kind {
            StreamKind::Ndjson | StreamKind::Off => "application/x-ndjson",
            StreamKind::Sse => "text/event-stream",
        }
    }

    /// What does come, where the vendor says: its older versions send events whatever was asked for.
    pub(super) fn sent(headers: &HeaderMap) -> Option<StreamKind> {
        let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        match value.split(';').next()?.trim() {
            "text/event-stream" => Some(StreamKind::Sse),
            "application/x-ndjson" | "application/ndjson" => Some(StreamKind::Ndjson),
            _ => None,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Ndjson(lines) => lines.push(bytes),
            Self::Sse(events) => events.push(bytes),
        }
    }

    /// Says that nothing follows; whether there was a last line without an end.
    pub(super) fn finish(&mut self) -> bool {
        match self {
            Self::Ndjson(lines) => lines.finish(),
            // The standard says that an event which was cut off never happened.
            Self::Sse(_) => false,
        }
    }

    pub(super) fn next_message(&mut self) -> Option<Message> {
        match self {
            Self::Ndjson(lines) => loop {
                match lines.next_line()? {
                    Line::Whole(line) if line.trim_ascii().is_empty() => {}
                    Line::Whole(line) => return Some(Message::of_line(&line)),
                    Line::TooLong => return Some(Message::Malformed),
                }
            },
            Self::Sse(events) => Some(match events.next_item()? {
                SseItem::Event(event) => Message::of_event(&event.name, event.data.as_bytes()),
                SseItem::Comment => Message::Heartbeat,
                SseItem::TooLong => Message::Malformed,
            }),
        }
    }

    /// What to resume after, where the stream can be resumed.
    pub(super) fn last_id(&self) -> Option<&str> {
        match self {
            Self::Ndjson(_) => None,
            Self::Sse(events) => events.last_id(),
        }
    }

    /// How long the vendor asks to wait before the stream is opened again.
    pub(super) fn retry(&self) -> Option<Duration> {
        match self {
            Self::Ndjson(_) => None,
            Self::Sse(events) => events.retry(),
        }
    }
}

#[cfg(test)]
mod tests;
