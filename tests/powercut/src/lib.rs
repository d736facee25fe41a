//! What SQLite wrote and synced, entry by entry, and what a disk may hold after a power cut in between.
//!
//! The recorder (`record.c`) is a file system beneath SQLite, linked into the tests of this package; it is built
//! against the headers of `libsqlite3_sys`, and registers itself. [`read`] reads what it wrote, and [`Disk`] is
//! a disk that has some of it: a sync makes a file's earlier writes certain, and of those since then any
//! sector may be there or not, in any order.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// The bytes in front of each entry's own.
const HEAD: usize = 24;

/// One of SQLite's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The database.
    Main,
    /// The write-ahead log.
    Log,
    /// The rollback journal, which a new database has until its log begins.
    Journal,
}

/// What was done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Bytes were written at a place.
    Write(usize, Vec<u8>),
    /// It was cut, or grew, to a size.
    Truncate(usize),
    /// Everything before is certain.
    Sync,
    /// It is gone; for certain, once its folder is synced.
    Delete(bool),
}

/// One entry of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which file.
    pub file: File,
    /// Whether the folder was synced with it: SQLite does so at the first sync of a log or journal that it made.
    pub syncs_folder: bool,
    /// What happened to it.
    pub deed: Deed,
    /// The size of the recording with this entry, by which other events are put between entries.
    pub end: u64,
}

/// Reads a recording; an entry that is not whole ends it.
pub fn read(mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut end = 0;
    let mut is_new = [true; 2];
    while let Some((head, rest)) = bytes.split_at_checked(HEAD) {
        let number = |at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&head[at..at + 8]);
            usize::try_from(u64::from_le_bytes(eight)).unwrap_or(usize::MAX)
        };
        let (at, length) = (number(8), number(16));
        let Some((own, rest)) = rest.split_at_checked(length) else {
            break;
        };
        let file = match head[1] {
            b'm' => File::Main,
            b'w' => File::Log,
            _ => File::Journal,
        };
        let deed = match head[0] {
            b'W' => Deed::Write(at, own.to_vec()),
            b'T' => Deed::Truncate(at),
            b'S' => Deed::Sync,
            _ => Deed::Delete(at != 0),
        };
        end += (HEAD + length) as u64;
        let is_new = match file {
            File::Main => &mut false,
            File::Log => &mut is_new[0],
            File::Journal => &mut is_new[1],
        };
        let syncs_folder = match deed {
            Deed::Sync => std::mem::replace(is_new, false),
            Deed::Delete(synced) => {
                *is_new = true;
                synced
            }
            Deed::Write(..) | Deed::Truncate(_) => false,
        };
        entries.push(Entry {
            file,
            syncs_folder,
            deed,
            end,
        });
        bytes = rest;
    }
    entries
}

/// Which of the writes that were not synced are on the disk after the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Luck {
    /// None of them.
    None,
    /// All of them.
    All,
    /// Only the last one: they were put in another order.
    LastAlone,
    /// All but the first one.
    AllButFirst,
    /// All, but half of the last one.
    Torn,
    /// Any sectors, by a seed.
    Any(u64),
}

/// What a disk holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// The database.
    pub main: Option<Vec<u8>>,
    /// The write-ahead log.
    pub log: Option<Vec<u8>>,
    /// The journal.
    pub journal: Option<Vec<u8>>,
}

impl Disk {
    /// The disk after a power cut behind the last of some entries, on one that had `self` at the beginning.
    #[must_use]
    pub fn cut(mut self, entries: &[Entry], luck: Luck) -> Self {
        for file in [File::Main, File::Log, File::Journal] {
            // What was deleted before its folder was synced is gone, and all that was in it.
            let named = entries.iter().rposition(|entry| entry.syncs_folder);
            let (before, after) = entries.split_at(named.map_or(0, |at| at + 1));
            let deleted = before
                .iter()
                .rposition(|entry| entry.file == file && matches!(entry.deed, Deed::Delete(_)));
            let deeds: Vec<&Deed> = before
                .iter()
                .skip(deleted.unwrap_or(0))
                .chain(after)
                .filter(|entry| entry.file == file)
                .map(|entry| &entry.deed)
                .collect();
            let synced = deeds.iter().rposition(|deed| **deed == Deed::Sync);
            let (certain, doubtful) = deeds.split_at(synced.map_or(0, |at| at + 1));
            let mut bytes = self.of(file).take();
            let doubtful = match (deleted, certain.is_empty()) {
                // The deletion itself is the first of them.
                (Some(_), true) => {
                    bytes = None;
                    &doubtful[1..]
                }
                _ => doubtful,
            };
            for deed in certain {
                apply(&mut bytes, deed, |_| true);
            }
            let mut dice = match luck {
                Luck::Any(seed) => StdRng::seed_from_u64(seed),
                _ => StdRng::seed_from_u64(0),
            };
            let last = doubtful.len().wrapping_sub(1);
            for (place, deed) in doubtful.iter().enumerate() {
                let was_there = bytes.is_some();
                apply(&mut bytes, deed, |half| match luck {
                    Luck::None => false,
                    Luck::All => true,
                    Luck::LastAlone => place == last,
                    Luck::AllButFirst => place > 0,
                    Luck::Torn => place != last || half,
                    Luck::Any(_) => dice.random_bool(0.5),
                });
                if matches!(deed, Deed::Delete(_)) && was_there && bytes.is_some() {
                    // The old file is there after all, and not the new one of the same name.
                    break;
                }
            }
            *self.of(file) = bytes;
        }
        self
    }

    fn of(&mut self, file: File) -> &mut Option<Vec<u8>> {
        match file {
            File::Main => &mut self.main,
            File::Log => &mut self.log,
            File::Journal => &mut self.journal,
        }
    }
}

/// Does what reached the disk of one deed; `is_there` is asked for every sector, with whether it is in the
/// first half.
fn apply(bytes: &mut Option<Vec<u8>>, deed: &Deed, mut is_there: impl FnMut(bool) -> bool) {
    match deed {
        Deed::Sync => {}
        Deed::Delete(_) => {
            if is_there(true) {
                *bytes = None;
            }
        }
        Deed::Truncate(size) => {
            if is_there(true)
                && let Some(bytes) = bytes
            {
                bytes.resize(*size, 0);
            }
        }
        Deed::Write(at, written) => {
            for (number, sector) in written.chunks(SECTOR).enumerate() {
                if is_there(number * SECTOR * 2 < written.len()) {
                    let bytes = bytes.get_or_insert_default();
                    let from = at + number * SECTOR;
                    let to = from + sector.len();
                    if bytes.len() < to {
                        bytes.resize(to, 0);
                    }
                    bytes[from..to].copy_from_slice(sector);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(deed: Deed) -> Entry {
        Entry {
            file: File::Main,
            syncs_folder: false,
            deed,
            end: 0,
        }
    }

    #[test]
    fn what_was_synced_is_there_and_what_was_not_may_be() {
        let entries = [
            entry(Deed::Write(0, vec![1; 1024])),
            entry(Deed::Sync),
            entry(Deed::Write(0, vec![2; 1024])),
        ];
        let after = |luck| Disk::default().cut(&entries, luck).main.unwrap_or_default();

        assert_eq!(after(Luck::None), [1; 1024]);
        assert_eq!(after(Luck::All), [2; 1024]);
        let torn = after(Luck::Torn);
        assert_eq!((&torn[..512], &torn[512..]), (&[2; 512][..], &[1; 512][..]));
    }

    #[test]
    fn a_later_write_may_be_there_without_an_earlier_one() {
        let entries = [
            entry(Deed::Write(0, vec![1; 512])),
            entry(Deed::Write(512, vec![2; 512])),
        ];

        let disk = Disk::default().cut(&entries, Luck::LastAlone);

        let expected = [[0; 512], [2; 512]].concat();
        assert_eq!(disk.main, Some(expected));
    }
}
