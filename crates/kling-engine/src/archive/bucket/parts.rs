//! Large files go part by part, so that what fails is sent again and not the whole; uploads that nobody finished are
//! aborted.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kling_core::{AssetContent as _, Clock as _, SystemClock};
use kling_http::Request;
use object_store::ObjectStoreExt as _;
use object_store::multipart::{MultipartStore as _, PartId};
use object_store::path::Path;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Arriving, Bucket, Piece, Trouble};

/// How large a part is, and the largest file that is sent whole. The store wants 5 MiB at least, and takes 10,000 parts.
pub(super) const PART_BYTES: u64 = 16 * 1024 * 1024;

impl Bucket {
    pub(super) async fn in_parts(&self, file: &Arriving, path: &Path) -> Result<(), Trouble> {
        let upload = self.s3.create_multipart(path).await;
        let upload = upload.map_err(|error| trouble_of(&error))?;
        let sent = self.send_parts(file, path, &upload).await;
        if sent.is_err()
            && let Err(error) = self.s3.abort_multipart(path, &upload).await
        {
            // It is aborted when somebody cleans up.
            tracing::debug!(
                error = &trouble_of(&error) as &dyn std::error::Error,
                "an upload stays for now"
            );
        }
        sent
    }

    async fn send_parts(&self, file: &Arriving, path: &Path, upload: &str) -> Result<(), Trouble> {
        let mut parts = Vec::new();
        let mut start = 0;
        while start < file.size_bytes {
            let end = file.size_bytes.min(start + PART_BYTES);
            let piece = Arc::new(Piece::of(file, start..end));
            let sha256 = hash(&piece).await?;
            let number = (parts.len() + 1).to_string();
            let query = [("partNumber", number.as_str()), ("uploadId", upload)];
            let content_id = self.put(path, &query, piece, end - start, &sha256).await?;
            parts.push(PartId { content_id });
            start = end;
        }
        let upload = upload.to_owned();
        let completed = self.s3.complete_multipart(path, &upload, parts).await;
        // Where the answer was lost and it was completed, the second try finds no such upload: what is there decides.
        let there = self.s3.head(path).await;
        match (completed, there) {
            (_, Ok(there)) if there.size == file.size_bytes => Ok(()),
            (Ok(_), Ok(_)) => Err(Trouble::NotWhole),
            (Err(error), _) | (Ok(_), Err(error)) => Err(trouble_of(&error)),
        }
    }

    /// Aborts what was begun so long ago that whoever began it is gone; how many there were.
    pub(in crate::archive) async fn abort_abandoned(
        &self,
        older_than: Duration,
    ) -> Result<usize, Trouble> {
        let prefix = self.prefix.as_ref();
        let url = self.address("", &[("uploads", ""), ("prefix", prefix)])?;
        let nothing: [u8; 32] = Sha256::digest([]).into();
        let reply = self
            .wire
            .send(|| {
                let signed = self.signed("GET", &url, &nothing);
                signed
                    .iter()
                    .fold(Request::get(url.clone()), |request, (name, value)| {
                        request.header(name, value)
                    })
            })
            .await?;
        let text = String::from_utf8_lossy(&reply.body);
        let Ok(open) = quick_xml::de::from_str::<OpenUploads>(&text) else {
            return Ok(0);
        };
        let before = (SystemClock.now() - older_than).as_seconds();
        let mut aborted = 0;
        for upload in open.uploads {
            let begun = OffsetDateTime::parse(&upload.begun, &Rfc3339);
            if begun.is_ok_and(|begun| begun.unix_timestamp() <= before) {
                let path = Path::from(upload.key.as_str());
                let done = self.s3.abort_multipart(&path, &upload.id).await;
                done.map_err(|error| trouble_of(&error))?;
                aborted += 1;
            }
        }
        Ok(aborted)
    }
}

/// One page of them: what is left over is aborted the next time.
#[derive(Deserialize)]
struct OpenUploads {
    #[serde(rename = "Upload", default)]
    uploads: Vec<OpenUpload>,
}

#[derive(Deserialize)]
struct OpenUpload {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "UploadId")]
    id: String,
    #[serde(rename = "Initiated")]
    begun: String,
}

async fn hash(piece: &Piece) -> Result<[u8; 32], Trouble> {
    let mut stream = piece.open().await.map_err(|_| Trouble::Unread)?;
    let mut hash = Sha256::new();
    while let Some(chunk) = stream.next().await {
        hash.update(chunk.map_err(|_| Trouble::Unread)?);
    }
    Ok(hash.finalize().into())
}

fn trouble_of(error: &object_store::Error) -> Trouble {
    Trouble::below(error).cloned().unwrap_or(Trouble::NotWhole)
}
