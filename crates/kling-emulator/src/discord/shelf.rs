//! The files of the content network, as many as there is room for.

use std::collections::BTreeMap;

use super::message::Attachment;
use super::snowflake::Snowflake;

/// The most bytes kept; the oldest files go first, and their links answer 404.
const SHELF_BYTES: usize = 512 * 1024 * 1024;

/// Files by their ids, which grow with time.
#[derive(Debug)]
pub(crate) struct Shelf {
    files: BTreeMap<Snowflake, Attachment>,
    bytes: usize,
    room: usize,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            bytes: 0,
            room: SHELF_BYTES,
        }
    }
}

impl Shelf {
    pub(crate) fn get(&self, id: Snowflake) -> Option<&Attachment> {
        self.files.get(&id)
    }

    /// Gives a file another description; one that is gone needs none.
    pub(crate) fn describe(&mut self, id: Snowflake, description: Option<String>) {
        if let Some(file) = self.files.get_mut(&id) {
            file.description = description;
        }
    }

    /// Puts a file up, and makes room for it.
    pub(crate) fn put(&mut self, file: Attachment) {
        self.take(file.id);
        self.bytes += file.bytes.len();
        self.files.insert(file.id, file);
        while self.bytes > self.room
            && let Some((_, gone)) = self.files.pop_first()
        {
            self.bytes -= gone.bytes.len();
        }
    }

    /// Takes a file down; false when there was none.
    pub(crate) fn take(&mut self, id: Snowflake) -> bool {
        let gone = self.files.remove(&id);
        if let Some(gone) = &gone {
            self.bytes -= gone.bytes.len();
        }
        gone.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::message::FileIn;

    #[test]
    fn the_oldest_files_make_room() {
        let mut shelf = Shelf {
            room: 10,
            ..Shelf::default()
        };
        let file = |id, bytes: usize| {
            let file = FileIn::new("a.png", vec![0; bytes]);
            Attachment::take(Snowflake(id), Snowflake(1), file, false)
        };

        for id in 1..=3 {
            shelf.put(file(id, 4));
        }
        shelf.put(file(3, 5));
        let kept: Vec<bool> = (1..=3)
            .map(|id| shelf.get(Snowflake(id)).is_some())
            .collect();

        assert_eq!(kept, [false, true, true]);
        assert_eq!(shelf.bytes, 9);
        assert!(shelf.take(Snowflake(2)) && !shelf.take(Snowflake(2)));
        assert_eq!(shelf.bytes, 5);
    }
}
