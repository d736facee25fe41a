//! Bodies that are streamed, with a length known beforehand.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use kling_core::{Asset, AssetContent, AssetReadError, ByteStream};

/// What a request carries.
pub(crate) enum Outgoing {
    Empty,
    Whole(Bytes),
    Pieces(Vec<Piece>),
}

/// A part of a body.
pub(crate) enum Piece {
    Bytes(Bytes),
    Content {
        content: Arc<dyn AssetContent>,
        size_bytes: u64,
    },
}

impl Piece {
    pub(crate) fn asset(asset: &Asset) -> Self {
        Self::Content {
            size_bytes: asset.info().size_bytes,
            content: Arc::new(AssetAsContent(asset.clone())),
        }
    }
}

#[derive(Debug)]
struct AssetAsContent(Asset);

#[async_trait::async_trait]
impl AssetContent for AssetAsContent {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        self.0.open().await
    }
}

/// How many bytes the pieces have together.
pub(crate) fn length(pieces: &[Piece]) -> u64 {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Content { size_bytes, .. } => *size_bytes,
        })
        .fold(0, u64::saturating_add)
}

/// Where a stream leaves the reason for which it ended early.
///
/// The HTTP layers get [`CutShort`] instead, which has no source: a "connection refused" from the place that
/// holds the file must not be taken for one from the server.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<AssetReadError>>>);

impl Failure {
    pub(crate) fn take(&self) -> Option<AssetReadError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn leave(&self, error: AssetReadError) -> CutShort {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        CutShort
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a file of the request could not be read")]
pub(crate) struct CutShort;

#[derive(Debug, thiserror::Error)]
#[error("the file does not have the {expected_bytes} bytes it is said to have")]
struct WrongLength {
    expected_bytes: u64,
}

struct Open {
    stream: ByteStream,
    left: u64,
    size_bytes: u64,
}

impl Open {
    /// The next bytes. The last ones are handed out only when nothing follows them, so that a
    /// file that grew meanwhile is noticed rather than cut.
    async fn next(&mut self) -> Result<Option<Bytes>, AssetReadError> {
        while let Some(chunk) = self.stream.next().await {
            let chunk = chunk?;
            if chunk.is_empty() {
                continue;
            }
            self.left = self
                .left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| self.wrong())?;
            if self.left == 0 {
                while let Some(more) = self.stream.next().await {
                    if !more?.is_empty() {
                        return Err(self.wrong());
                    }
                }
            }
            return Ok(Some(chunk));
        }
        if self.left == 0 {
            Ok(None)
        } else {
            Err(self.wrong())
        }
    }

    fn wrong(&self) -> AssetReadError {
        AssetReadError::Failed(Box::new(WrongLength {
            expected_bytes: self.size_bytes,
        }))
    }
}

/// The pieces as one stream; only one file is open at a time, and one chunk in memory.
pub(crate) fn stream(
    pieces: Vec<Piece>,
    failure: Failure,
) -> impl Stream<Item = Result<Bytes, CutShort>> + Send + 'static {
    let start = (pieces.into_iter(), None::<Open>);
    stream::try_unfold(start, move |(mut pieces, mut open)| {
        let failure = failure.clone();
        async move {
            loop {
                if let Some(file) = &mut open {
                    let chunk = file.next().await.map_err(|error| failure.leave(error))?;
                    if let Some(chunk) = chunk {
                        return Ok(Some((chunk, (pieces, open))));
                    }
                    open = None;
                }
                match pieces.next() {
                    None => return Ok(None),
                    Some(Piece::Bytes(bytes)) if bytes.is_empty() => {}
                    Some(Piece::Bytes(bytes)) => return Ok(Some((bytes, (pieces, open)))),
                    Some(Piece::Content {
                        content,
                        size_bytes,
                    }) => {
                        let stream = content.open().await.map_err(|error| failure.leave(error))?;
                        open = Some(Open {
                            stream,
                            left: size_bytes,
                            size_bytes,
                        });
                    }
                }
            }
        }
    })
}
