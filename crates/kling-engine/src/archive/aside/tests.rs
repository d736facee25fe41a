//! One process writes a file down, others delete it: every order of their steps, on two archives in one folder.

use std::sync::Arc;

use super::*;
use crate::archive::ArchiveLimits;
use crate::archive::tests::{House, Kind, keep, on_both_kinds};

/// Has the file that was there, names it, and looks whether it is there still.
const RECORDER: usize = 0;
/// Moves the file aside, asks who names it, and judges.
const CLEANER: usize = 1;
/// Finds what is aside and asks who names it, and judges.
const SUCCESSOR: usize = 2;

/// One order of steps, played.
struct Play {
    ours: Archive,
    theirs: Archive,
    bytes: Vec<u8>,
    key: String,
    /// What the store says: whether a row names the file.
    is_named: bool,
    /// Whether the recorder went on, sure of its file.
    is_sure: bool,
    moved: Option<Aside>,
    found: Vec<Aside>,
    /// What the store said to each when asked.
    told: [bool; 3],
    turns: [usize; 3],
}

impl Play {
    /// A file that no row names any more, and is about to be deleted.
    async fn begin(ours: &Archive, theirs: &Archive, bytes: Vec<u8>) -> Self {
        let old = keep(ours, &bytes).await.unwrap();
        Self {
            ours: ours.clone(),
            theirs: theirs.clone(),
            bytes,
            key: old.key,
            is_named: false,
            is_sure: false,
            moved: None,
            found: Vec::new(),
            told: [false; 3],
            turns: [0; 3],
        }
    }

    async fn step(&mut self, who: usize) {
        let turn = self.turns[who];
        self.turns[who] += 1;
        match (who, turn) {
            (RECORDER, 0) => {
                keep(&self.ours, &self.bytes).await.unwrap();
            }
            (RECORDER, 1) => self.is_named = true,
            (RECORDER, _) => self.is_sure = self.ours.still_has(&self.key).await.is_ok(),
            (CLEANER, 0) => self.moved = self.theirs.set_aside(&self.key).await.unwrap(),
            (CLEANER, 1) => self.told[CLEANER] = self.is_named,
            (CLEANER, _) => self.judge(CLEANER, self.moved.clone()).await,
            (_, 0) => {
                self.found = self.theirs.left_aside().await.unwrap();
                self.told[SUCCESSOR] = self.is_named;
            }
            (..) => self.judge(SUCCESSOR, self.found.clone()).await,
        }
    }

    async fn judge(&self, who: usize, files: impl IntoIterator<Item = Aside>) {
        for file in files {
            self.theirs.judge(&file, self.told[who]).await.unwrap();
        }
    }

    /// What comes after: the recorder's job is taken up again unless it went on, and somebody cleans up.
    async fn end(mut self) -> Self {
        if !self.is_sure {
            let is_kept = self.is_named && self.ours.still_has(&self.key).await.is_ok();
            self.turns[RECORDER] = if is_kept { 2 } else { 0 };
            for _ in self.turns[RECORDER]..3 {
                self.step(RECORDER).await;
            }
        }
        self.turns[SUCCESSOR] = 0;
        self.step(SUCCESSOR).await;
        self.step(SUCCESSOR).await;
        self
    }

    async fn is_whole(&self) -> bool {
        let read = self.ours.read(&self.key, 100).await;
        let is_there = read.is_ok_and(|read| read == self.bytes);
        is_there && self.is_sure && self.ours.left_aside().await.unwrap().is_empty()
    }
}

/// Every order in which so many steps of each can come.
fn orders(left: [usize; 3]) -> Vec<Vec<usize>> {
    if left == [0; 3] {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for who in 0..left.len() {
        let mut rest = left;
        if let Some(fewer) = left[who].checked_sub(1) {
            rest[who] = fewer;
            all.extend(orders(rest).into_iter().map(|mut order| {
                order.insert(0, who);
                order
            }));
        }
    }
    all
}

async fn two_archives(house: &House) -> (Archive, Archive) {
    let open = async || hasty(house.open(ArchiveLimits::default()).await.unwrap());
    (open().await, open().await)
}

/// As if the time that copies are left alone were over at once.
fn hasty(archive: Archive) -> Archive {
    let mut inner = Arc::into_inner(archive.0).unwrap();
    inner.settles_after = inner.settles_after.map(|_| Duration::ZERO);
    Archive(Arc::new(inner))
}

/// Plays orders until the end, and looks whether the file is there.
async fn play_all(ours: &Archive, theirs: &Archive, orders: impl Iterator<Item = Vec<usize>>) {
    for order in orders {
        let bytes = format!("{order:?}").into_bytes();
        let mut play = Play::begin(ours, theirs, bytes).await;
        for &who in &order {
            play.step(who).await;
        }
        let play = play.end().await;
        assert!(play.is_whole().await, "{order:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_named_while_it_is_deleted_is_there_in_every_order() {
    let house = House::new(Kind::Folder).await;
    let (ours, theirs) = two_archives(&house).await;
    let orders = orders([3, 3, 2]);
    assert_eq!(orders.len(), 560);

    play_all(&ours, &theirs, orders.into_iter()).await;
}

/// A bucket moves by a copy and a deletion, and others may come in between. Its requests take their time, so it is
/// memory that has the same two steps.
#[tokio::test]
async fn a_move_in_two_steps_loses_nothing_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Arc::new(object_store::memory::InMemory::new());
    let open = || {
        let desk = crate::archive::Desk {
            store: Arc::<object_store::memory::InMemory>::clone(&memory),
            folder: folder.path().to_owned(),
        };
        let mut inner = crate::archive::Inner::new(desk, None, ArchiveLimits::default());
        inner.settles_after = Some(SETTLES_AFTER);
        Archive(Arc::new(inner))
    };
    let (ours, theirs) = (open(), open());
    let orders = orders([3, 4, 2]);
    assert_eq!(orders.len(), 1260);

    for order in orders {
        let bytes = format!("{order:?}").into_bytes();
        let mut play = Play::begin(&ours, &theirs, bytes).await;
        let key = Path::from(play.key.as_str());
        let place = Path::from(ASIDE).join(format!("{}.copy", play.key.replace('/', "")));
        let mut is_copied = false;
        for &who in &order {
            match (who, play.turns[CLEANER]) {
                (CLEANER, 0) if !is_copied => {
                    theirs.0.store.copy(&key, &place).await.unwrap();
                    is_copied = true;
                }
                (CLEANER, 0) => {
                    theirs.0.store.delete(&key).await.unwrap();
                    let moved = aside_at(&place).unwrap();
                    play.moved = Some(Aside {
                        is_fresh: true,
                        ..moved
                    });
                    play.turns[CLEANER] = 1;
                }
                _ => play.step(who).await,
            }
        }
        // An hour later, whoever was in the middle is done or dead, and what is aside is judged for good.
        let (ours, theirs) = (as_later(&ours), as_later(&theirs));
        let play = Play {
            ours,
            theirs,
            ..play
        };
        let play = play.end().await;
        assert!(play.is_whole().await, "{order:?}");
    }
}

/// The same archive when the time that copies are left alone is over.
fn as_later(archive: &Archive) -> Archive {
    let desk = crate::archive::Desk {
        store: Arc::clone(&archive.0.desk.store),
        folder: archive.0.desk.folder.clone(),
    };
    let mut inner = crate::archive::Inner::new(desk, None, ArchiveLimits::default());
    inner.settles_after = Some(Duration::ZERO);
    Archive(Arc::new(inner))
}

#[tokio::test]
async fn a_bucket_keeps_a_file_that_is_named_while_it_is_deleted() {
    let house = House::new(Kind::Bucket).await;
    let (ours, theirs) = two_archives(&house).await;

    // Those of all orders that begin and end differently; every one of them is played in a folder.
    let some = orders([3, 3, 2]).into_iter().step_by(23);
    play_all(&ours, &theirs, some).await;
}

#[tokio::test]
async fn a_process_that_dies_between_any_two_steps_loses_no_named_file() {
    let house = House::new(Kind::Folder).await;
    let (ours, theirs) = two_archives(&house).await;
    let mut played = 0;

    for recorded in 0..=3 {
        for cleaned in 0..=3 {
            let orders = orders([recorded, cleaned, 0]);
            played += orders.len();
            play_all(&ours, &theirs, orders.into_iter()).await;
        }
    }
    assert_eq!(played, 69);
}

on_both_kinds! {
    a_file_that_nobody_names_is_gone_and_one_that_is_not_there_is_no_trouble,
}

async fn a_file_that_nobody_names_is_gone_and_one_that_is_not_there_is_no_trouble(kind: Kind) {
    let house = House::new(kind).await;
    let (ours, theirs) = two_archives(&house).await;
    let kept = keep(&ours, b"boat").await.unwrap();

    let aside = theirs.set_aside(&kept.key).await.unwrap().unwrap();
    assert_eq!(ours.set_aside(&kept.key).await.unwrap(), None);
    let left = ours.left_aside().await.unwrap();
    assert_eq!(left, std::slice::from_ref(&aside));
    theirs.judge(&aside, false).await.unwrap();
    ours.judge(&aside, true).await.unwrap();

    assert_eq!(ours.size(&kept.key).await.unwrap(), None);
    assert!(ours.left_aside().await.unwrap().is_empty());
}
