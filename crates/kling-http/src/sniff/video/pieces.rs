//! A file as far as its bytes are here.

use bytes::Bytes;

use super::boxes::Stop;

/// Some stretches of a file of known size.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    size_bytes: u64,
    here: Vec<Piece<'a>>,
}

#[derive(Debug)]
struct Piece<'a> {
    start: u64,
    bytes: Stretch<'a>,
}

#[derive(Debug)]
enum Stretch<'a> {
    Borrowed(&'a [u8]),
    Owned(Bytes),
}

impl Stretch<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl<'a> Pieces<'a> {
    /// Nothing of a file of that size.
    pub(super) const fn none(size_bytes: u64) -> Self {
        Self {
            size_bytes,
            here: Vec::new(),
        }
    }

    /// A file that is here completely.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Self {
            size_bytes: bytes.len() as u64,
            here: vec![Piece {
                start: 0,
                bytes: Stretch::Borrowed(bytes),
            }],
        }
    }

    /// The first bytes of a file of which nobody knows how long it is.
    pub(super) fn head(bytes: &'a [u8]) -> Self {
        Self {
            size_bytes: u64::MAX,
            ..Self::whole(bytes)
        }
    }

    /// How many bytes the file has.
    pub(super) const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Whether nothing will be added, though the file goes on.
    pub(super) const fn is_head(&self) -> bool {
        self.size_bytes == u64::MAX
    }

    /// How many stretches are here.
    pub(super) const fn count(&self) -> usize {
        self.here.len()
    }

    /// Takes another stretch.
    pub(super) fn add(&mut self, start: u64, bytes: Bytes) {
        self.here.push(Piece {
            start,
            bytes: Stretch::Owned(bytes),
        });
    }

    /// The bytes at a place, where one stretch has them all.
    pub(super) fn read<const N: usize>(&self, at: u64) -> Result<[u8; N], Stop> {
        let found = self.here.iter().find_map(|piece| {
            let offset = usize::try_from(at.checked_sub(piece.start)?).ok()?;
            piece.bytes.as_slice().get(offset..)?.first_chunk::<N>()
        });
        found.copied().ok_or(Stop::Missing(at))
    }
}
