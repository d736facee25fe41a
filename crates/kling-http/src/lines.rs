//! Lines out of bytes, however the bytes were cut into chunks; what newline-delimited JSON is read with.

use std::collections::VecDeque;

use bytes::Bytes;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, with a carriage return before it or not: newline-delimited JSON.
    LineFeed,
    /// A line feed, a carriage return, or both: server-sent events.
    Any,
}

/// One line, without what ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The whole line.
    Whole(Bytes),
    /// There was a line, and it was longer than the cap; its bytes are gone.
    TooLong,
}

/// Cuts bytes into lines. Memory is bounded by the cap and what was pushed and not taken out yet.
#[derive(Debug)]
pub struct Lines {
    end: LineEnd,
    max_bytes: usize,
    line: Vec<u8>,
    is_too_long: bool,
    after_return: bool,
    ready: VecDeque<Line>,
}

impl Lines {
    /// Cuts at such ends, and gives up on lines of more than `max_bytes`.
    pub fn new(end: LineEnd, max_bytes: usize) -> Self {
        Self {
            end,
            max_bytes,
            line: Vec::new(),
            is_too_long: false,
            after_return: false,
            ready: VecDeque::new(),
        }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let after_return = std::mem::take(&mut self.after_return);
            match (byte, self.end) {
                // The second half of an end that was cut in two.
                (b'\n', LineEnd::Any) if after_return => {}
                (b'\n', _) => self.close(),
                (b'\r', LineEnd::Any) => {
                    self.after_return = true;
                    self.close();
                }
                _ if self.line.len() < self.max_bytes => self.line.push(byte),
                _ => self.is_too_long = true,
            }
        }
    }

    /// The next whole line, if there is one.
    pub fn next_line(&mut self) -> Option<Line> {
        self.ready.pop_front()
    }

    /// Says that nothing follows: what came after the last end is a line as well. Whether there was anything.
    pub fn finish(&mut self) -> bool {
        let is_more = !self.line.is_empty() || self.is_too_long;
        if is_more {
            self.close();
        }
        is_more
    }

    fn close(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        let line = if std::mem::take(&mut self.is_too_long) {
            Line::TooLong
        } else {
            if self.end == LineEnd::LineFeed && line.last() == Some(&b'\r') {
                line.pop();
            }
            Line::Whole(line.into())
        };
        self.ready.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(lines: &mut Lines) -> Vec<Line> {
        std::iter::from_fn(|| lines.next_line()).collect()
    }

    fn whole(text: &'static str) -> Line {
        Line::Whole(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn a_line_is_whole_once_its_end_is_there() {
        let mut lines = Lines::new(LineEnd::LineFeed, 100);

        lines.push(b"{\"a\":1}\r\n{\"b\"");
        assert_eq!(all(&mut lines), [whole("{\"a\":1}")]);

        lines.push(b":2}\n\nlast");
        assert_eq!(all(&mut lines), [whole("{\"b\":2}"), whole("")]);

        lines.finish();
        assert_eq!(all(&mut lines), [whole("last")]);
        lines.finish();
        assert_eq!(all(&mut lines), []);
    }

    #[test]
    fn a_line_over_the_cap_is_told_and_the_next_one_is_read() {
        let mut lines = Lines::new(LineEnd::LineFeed, 4);

        lines.push(b"12345678\n1234\n");

        assert_eq!(all(&mut lines), [Line::TooLong, whole("1234")]);
    }

    #[test]
    fn every_end_counts_once_where_any_counts() {
        let mut lines = Lines::new(LineEnd::Any, 100);

        lines.push(b"a\rb\r");
        lines.push(b"\nc\n\n");

        assert_eq!(
            all(&mut lines),
            [whole("a"), whole("b"), whole("c"), whole("")]
        );
    }

    proptest! {
        #[test]
        fn where_the_chunks_are_cut_makes_no_difference(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..120),
            cut in 1_usize..20,
            any_end: bool,
        ) {
            let end = if any_end { LineEnd::Any } else { LineEnd::LineFeed };
            let (mut at_once, mut in_pieces) = (Lines::new(end, 16), Lines::new(end, 16));

            at_once.push(&bytes);
            at_once.finish();
            for piece in bytes.chunks(cut) {
                in_pieces.push(piece);
            }
            in_pieces.finish();

            prop_assert_eq!(all(&mut at_once), all(&mut in_pieces));
        }
    }
}
