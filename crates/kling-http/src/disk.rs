//! A file on disk, as content that can be sent.

use std::path::PathBuf;

use futures::TryStreamExt;
use kling_core::{AssetContent, AssetReadError, ByteStream};
use tokio_util::io::ReaderStream;

/// A file on disk, opened anew each time its bytes are wanted.
#[derive(Clone, Debug)]
pub struct FileOnDisk(PathBuf);

impl FileOnDisk {
    /// The file at that path; nothing is opened yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

#[async_trait::async_trait]
impl AssetContent for FileOnDisk {
    async fn open(&self) -> Result<ByteStream, AssetReadError> {
        let failed = |error: std::io::Error| AssetReadError::Failed(Box::new(error));
        let file = tokio::fs::File::open(&self.0).await.map_err(failed)?;
        Ok(Box::pin(
            ReaderStream::with_capacity(file, 64 * 1024).map_err(failed),
        ))
    }
}
