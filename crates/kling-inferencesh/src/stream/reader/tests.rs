//! Every kind of line and event, and bytes that are none.

use proptest::prelude::*;

use super::*;

fn shown(message: &Message) -> String {
    match message {
        Message::Whole(task) => format!("whole {}", task.len()),
        Message::Part(task, fields) => format!("part {} {}", task.len(), fields.join(",")),
        Message::Heartbeat => "heartbeat".to_owned(),
        Message::Other => "other".to_owned(),
        Message::Malformed => "malformed".to_owned(),
        Message::End(task) => format!("end {}", task.as_ref().map_or(0, serde_json::Map::len)),
    }
}

fn all(kind: StreamKind, bytes: &[u8], cut: usize) -> Vec<String> {
    let mut reader = Reader::new(kind);
    let mut told = Vec::new();
    for piece in bytes.chunks(cut) {
        reader.push(piece);
        while let Some(message) = reader.next_message() {
            told.push(shown(&message));
        }
    }
    reader.finish();
    while let Some(message) = reader.next_message() {
        told.push(shown(&message));
    }
    told
}

#[test]
fn every_kind_of_line_is_known() {
    let lines = concat!(
        "{\"id\":\"t1\",\"status\":1}\n\n",
        "{\"data\":{\"status\":7,\"logs\":[]},\"fields\":[\"status\"]}\r\n",
        "{\"type\":\"heartbeat\"}\n",
        "{\"event\":\"delta\",\"data\":{\"delta\":\"x\",\"seq\":1,\"resource_id\":\"t1\"}}\n",
        "{\"event\":\"chat\",\"data\":7}\n",
        "{\"data\":{\"id\":\"t1\",\"status\":7},\"messages\":[]}\n",
        "{\"broken\n[1]\n7\n",
        "{\"data\":7}\n{\"hello\":1}\n",
        "{\"id\":\"t1\",\"status\":10,\"event\":\"x\"}",
    );

    let told = all(StreamKind::Ndjson, lines.as_bytes(), 1_000);

    assert_eq!(
        told,
        [
            "whole 2",
            "part 2 status",
            "heartbeat",
            "other",
            "other",
            "whole 2",
            "malformed",
            "malformed",
            "malformed",
            "malformed",
            "other",
            "whole 3",
        ]
    );
}

#[test]
fn every_kind_of_event_is_known() {
    let events = concat!(
        "event: update\ndata: {\"id\":\"t1\",\"status\":1}\n\n",
        ": keep-alive\n",
        "event: update\ndata: {\"data\":{\"status\":7},\"fields\":[\"status\"]}\n\n",
        "data: {\"id\":\"t1\",\"status\":7}\n\n",
        "event: update\ndata: {\"type\":\"heartbeat\"}\n\n",
        "event: update\ndata: {broken\n\n",
        "event: chat\ndata: {}\n\n",
        "event: error\ndata: boom\n\n",
        "event: done\ndata:\n\n",
        "event: done\ndata: {\"id\":\"t1\",\"status\":10}\n\n",
        "event: update\ndata: {\"id\":\"cut off",
    );

    let told = all(StreamKind::Sse, events.as_bytes(), 1_000);

    assert_eq!(
        told,
        [
            "whole 2",
            "heartbeat",
            "part 1 status",
            "whole 2",
            "heartbeat",
            "malformed",
            "other",
            "end 0",
            "end 0",
            "end 2",
        ]
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_in_arbitrary_chunks_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        cut in 1_usize..40,
        sse: bool,
    ) {
        let kind = if sse { StreamKind::Sse } else { StreamKind::Ndjson };
        prop_assert_eq!(all(kind, &bytes, cut), all(kind, &bytes, 1_000));
    }

    #[test]
    fn arbitrary_lines_in_arbitrary_chunks_never_panic(
        lines in "((\\{|\\}|\"data\":|\"fields\":\\[|\"status\"|\"event\":|\\]|7|,|\"x\"|event: |data: |id: 1|done|\\n){0,60})",
        cut in 1_usize..9,
        sse: bool,
    ) {
        let kind = if sse { StreamKind::Sse } else { StreamKind::Ndjson };
        prop_assert_eq!(all(kind, lines.as_bytes(), cut), all(kind, lines.as_bytes(), 1_000));
    }
}
