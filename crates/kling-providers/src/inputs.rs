//! Files that go in, from a path, from memory, from a stream or from an address: looked at before a cent is spent.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use kling_core::{Asset, AssetUrl, Source};
use kling_http::sniff::{self, FileFacts, NotAPicture, NotAVideo};
use kling_http::{DownloadError, Downloader, FileOnDisk};

/// The most bytes of a file unless told otherwise: the largest video that any model takes.
const MAX_BYTES: u64 = 200_000_000;

/// Makes [`Asset`]s whose type is what the bytes say, whose size is counted, and which are whole: a picture can be
/// decoded, a video has all its parts and says how long it plays and how large it is.
///
/// What a certain model takes is for its capability to check.
#[derive(Clone, Debug)]
pub struct Inputs {
    max_bytes: u64,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            max_bytes: MAX_BYTES,
        }
    }
}

impl Inputs {
    /// Takes files of at most that many bytes.
    pub fn up_to(max_bytes: u64) -> Self {
        Self { max_bytes }
    }

    /// A file on disk. Its bytes stay there, and are read when they are sent.
    ///
    /// # Errors
    ///
    /// [`InputError`], by what is wrong with it.
    pub async fn path(&self, path: impl AsRef<Path>) -> Result<Asset, InputError> {
        let path = path.as_ref().to_owned();
        let metadata = tokio::fs::metadata(&path)
            .await
            .map_err(InputError::Unreadable)?;
        if !metadata.is_file() {
            return Err(InputError::NotAFile);
        }
        self.check_size(metadata.len())?;
        let sniffed = path.clone();
        let head = blocking(move || sniff::head_of_file(&sniffed)).await?;
        let facts = recognised(&head)?;
        let facts = if facts.media_type.is_image() {
            sniff::verify_image_file(&path).await?
        } else {
            sniff::verify_video_file(&path).await?
        };
        let info = facts.info(metadata.len());
        Ok(Asset::from_content(info, Arc::new(FileOnDisk::new(path))))
    }

    /// A file in memory.
    ///
    /// # Errors
    ///
    /// [`InputError`], by what is wrong with it.
    pub async fn bytes(&self, bytes: impl Into<Bytes>) -> Result<Asset, InputError> {
        let bytes: Bytes = bytes.into();
        self.check_size(bytes.len() as u64)?;
        let facts = recognised(&bytes)?;
        let facts = if facts.media_type.is_image() {
            sniff::verify_image_bytes(bytes.clone()).await?
        } else {
            sniff::verify_video(&bytes)?
        };
        Ok(Asset::from_bytes(facts.info(bytes.len() as u64), bytes))
    }

    /// A file that arrives in pieces, such as an upload that is being received (for an `AsyncRead` there is
    /// `tokio_util::io::ReaderStream`). It is kept in memory, and no more is read than may be kept.
    ///
    /// # Errors
    ///
    /// [`InputError`], by what is wrong with it; [`InputError::Interrupted`] when the stream itself fails.
    pub async fn stream<E>(
        &self,
        pieces: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Asset, InputError>
    where
        E: Into<Source>,
    {
        let mut pieces = pin!(pieces);
        let mut whole = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| InputError::Interrupted(error.into()))?;
            let size_bytes = (whole.len() as u64).saturating_add(piece.len() as u64);
            self.check_size(size_bytes)?;
            whole.extend_from_slice(&piece);
        }
        self.bytes(whole).await
    }

    /// A file at an address: it is fetched, so that it can be looked at, and can travel as bytes or by its address.
    ///
    /// # Errors
    ///
    /// [`InputError`], by what is wrong with it.
    pub async fn url(&self, url: &AssetUrl, downloader: &Downloader) -> Result<Asset, InputError> {
        let mut bytes = Vec::new();
        let downloader = downloader.with_max_bytes(self.max_bytes);
        match downloader.fetch(url, &mut bytes).await {
            Ok(_) => {}
            Err(DownloadError::TooLarge { limit_bytes }) => {
                return Err(InputError::TooLarge { limit_bytes });
            }
            Err(DownloadError::NotMedia { found, .. }) => {
                return Err(InputError::Unrecognised { found });
            }
            Err(error) => return Err(InputError::Download(error)),
        }
        let asset = self.bytes(bytes).await?;
        Ok(asset.with_public_url(url.clone()))
    }

    fn check_size(&self, size_bytes: u64) -> Result<(), InputError> {
        if size_bytes > self.max_bytes {
            return Err(InputError::TooLarge {
                limit_bytes: self.max_bytes,
            });
        }
        Ok(())
    }
}

/// A file that cannot go in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It is not there, or may not be read.
    #[error("the file cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// It is a folder or something else that has no bytes of its own.
    #[error("it is not a file")]
    NotAFile,
    /// Its bytes are of no kind that any model takes, whatever its name says.
    #[error("the file is neither a picture nor a video but {found}")]
    Unrecognised {
        /// What it seems to be.
        found: &'static str,
    },
    /// It begins like a picture and is none, or none that can be opened.
    #[error("the picture cannot be used")]
    Picture(#[from] NotAPicture),
    /// It begins like a video and is none, or none that is whole.
    #[error("the video cannot be used")]
    Video(#[from] NotAVideo),
    /// It has too many bytes.
    #[error("the file is larger than the {limit_bytes} bytes allowed")]
    TooLarge {
        /// How many it may have.
        limit_bytes: u64,
    },
    /// The stream that it came by broke off.
    #[error("the file did not arrive whole")]
    Interrupted(#[source] Source),
    /// It could not be fetched from its address.
    #[error("the file could not be fetched")]
    Download(#[source] DownloadError),
}

fn recognised(head: &[u8]) -> Result<FileFacts, InputError> {
    sniff::inspect(head).ok_or_else(|| InputError::Unrecognised {
        found: sniff::describe(head),
    })
}

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, InputError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|gone| Err(std::io::Error::other(gone)))
        .map_err(InputError::Unreadable)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use futures::stream;
    use kling_core::{Dimensions, MediaType};

    use super::*;

    fn boat() -> Bytes {
        let mut png = Cursor::new(Vec::new());
        image::RgbImage::new(400, 300)
            .write_to(&mut png, image::ImageFormat::Png)
            .expect("a picture");
        png.into_inner().into()
    }

    fn pieces(whole: &Bytes) -> Vec<Result<Bytes, std::io::Error>> {
        let pieces = whole.chunks(7);
        pieces
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect()
    }

    #[tokio::test]
    async fn a_file_in_pieces_is_what_its_bytes_say() {
        let boat = boat();

        let asset = Inputs::default().stream(stream::iter(pieces(&boat))).await;

        let asset = asset.expect("a picture");
        let info = asset.info();
        assert_eq!(info.media_type, MediaType::Png);
        assert_eq!(info.size_bytes, boat.len() as u64);
        let dimensions = Dimensions {
            width: 400,
            height: 300,
        };
        assert_eq!(info.dimensions, Some(dimensions));
    }

    #[tokio::test]
    async fn a_stream_is_read_no_further_than_may_be_kept() {
        let boat = boat();
        let first = Ok(boat.slice(..8));
        let endless = stream::iter([first]).chain(stream::repeat_with(|| {
            Ok::<_, std::io::Error>(Bytes::from_static(b"more"))
        }));

        let refused = Inputs::up_to(1_000).stream(endless).await;

        let error = refused.expect_err("too large");
        assert!(matches!(error, InputError::TooLarge { limit_bytes: 1_000 }));
    }

    #[tokio::test]
    async fn a_stream_that_breaks_off_or_ends_early_is_no_file() {
        let boat = boat();
        let mut broken = pieces(&boat.slice(..70));
        broken.push(Err(std::io::Error::other("the sender left")));
        let early = pieces(&boat.slice(..70));

        let broken = Inputs::default().stream(stream::iter(broken)).await;
        let early = Inputs::default().stream(stream::iter(early)).await;

        let error = broken.expect_err("no file");
        assert!(matches!(error, InputError::Interrupted(_)), "{error:?}");
        let error = early.expect_err("half a file");
        assert!(matches!(error, InputError::Picture(_)), "{error:?}");
    }
}
