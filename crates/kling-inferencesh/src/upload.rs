//! Files on their way to the vendor: a place is asked for, the bytes are streamed there, the name goes into
//! the task. All of it comes before the submission, so nothing here can cost anything.

use kling_core::{Asset, AssetInfo, GenerationRequest, ProviderError, ReplyNote, Transport};
use kling_http::{Call, Guard, Request, Url, classify, decode};
use serde_json::Value;

use crate::error::{self, Attempt};
use crate::provider::Account;
use crate::wire::{FileRequest, FileSlot, FileUri, FilesRequest};

/// The longest name of a file that is believed.
const MAX_URI_BYTES: usize = 4_096;

/// The files of a request, as the vendor calls them.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) images: Vec<FileUri>,
    pub(crate) first_frame: Option<FileUri>,
    pub(crate) last_frame: Option<FileUri>,
    pub(crate) video: Option<FileUri>,
}

/// Brings every file of a request to where the vendor finds it, one after the other, all of them within
/// [`Config::upload_timeout`](crate::Config::upload_timeout).
///
/// # Errors
///
/// Never one of kind *unknown*: nothing has been submitted yet.
pub(crate) async fn all(
    account: &Account,
    request: &GenerationRequest,
    transports: &[Transport],
) -> Result<Files, ProviderError> {
    let limit = account.config.upload_timeout;
    tokio::time::timeout(limit, one_by_one(account, request, transports))
        .await
        .unwrap_or_else(|_| {
            Err(ProviderError::Unavailable {
                retry_after: None,
                source: Some("the files were not uploaded in time".into()),
            })
        })
}

async fn one_by_one(
    account: &Account,
    request: &GenerationRequest,
    transports: &[Transport],
) -> Result<Files, ProviderError> {
    let mut files = Files::default();
    let mut upload = Upload {
        account,
        transports,
        sent: 0,
    };
    for image in &request.images {
        files.images.push(upload.one(image).await?);
    }
    if let Some(frame) = &request.first_frame {
        files.first_frame = Some(upload.one(frame).await?);
    }
    if let Some(frame) = &request.last_frame {
        files.last_frame = Some(upload.one(frame).await?);
    }
    if let Some(video) = &request.video {
        files.video = Some(upload.one(video).await?);
    }
    Ok(files)
}

struct Upload<'a> {
    account: &'a Account,
    transports: &'a [Transport],
    sent: u32,
}

impl Upload<'_> {
    /// One file, in the first way that the model takes and the file can go.
    async fn one(&mut self, asset: &Asset) -> Result<FileUri, ProviderError> {
        let way = self
            .transports
            .iter()
            .find(|&&transport| asset.can_travel(transport));
        if let (Some(Transport::Url), Some(url)) = (way, asset.public_url()) {
            return Ok(FileUri(url.expose().as_str().to_owned()));
        }
        self.sent += 1;
        let slot = self
            .place(asset.info())
            .await
            .map_err(error::before_submission)?;
        self.bring(asset, &slot)
            .await
            .map_err(error::before_submission)?;
        Ok(FileUri(slot.uri))
    }

    /// Asks for a place. The file is called by its number, since its own name is nobody's business.
    async fn place(&self, info: &AssetInfo) -> Result<FileSlot, ProviderError> {
        let filename = format!("input-{}.{}", self.sent, info.media_type.extension());
        let wanted = FilesRequest {
            files: [FileRequest {
                uri: "",
                filename: &filename,
                content_type: info.media_type.mime(),
                path: None,
                size: info.size_bytes,
                public: self.account.config.public_uploads,
            }],
        };
        let request = Request::post(self.account.config.endpoint(&["files"])).json(&wanted);
        let content = self.account.ask(request, Attempt::Other).await?;
        let slot = match content {
            Value::Array(mut slots) if slots.len() == 1 => slots.remove(0),
            Value::Object(slot) => Value::Object(slot),
            _ => return Err(decode::unexpected("$", "not one place for one file")),
        };
        let slot: FileSlot = serde_json::from_value(slot)
            .map_err(|_| decode::unexpected("$[0]", "not a place for a file"))?;
        let fits = (1..=MAX_URI_BYTES).contains(&slot.uri.len())
            && slot.uri.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(decode::unexpected("$[0].uri", "not the name of a file"));
        }
        Ok(slot)
    }

    /// Streams the bytes to their place, without the key: the address is its own permission.
    async fn bring(&self, asset: &Asset, slot: &FileSlot) -> Result<(), ProviderError> {
        let url = Url::parse(&slot.upload_url)
            .ok()
            .filter(|url| self.is_allowed(url))
            .ok_or_else(|| decode::unexpected("$[0].upload_url", "not an address to upload to"))?;
        let request = Request::put(url)
            .asset(asset)
            .timeout(self.account.config.upload_timeout);
        let reply = self.account.client.send(request, Call::Read).await?;
        match reply.status {
            200..=299 => Ok(()),
            413 => Err(ProviderError::Declined {
                note: ReplyNote::of_code("upload-too-large"),
                reason: None,
            }),
            status => Err(ProviderError::Unavailable {
                retry_after: reply.retry_after(),
                source: Some(Box::new(classify::UnexpectedStatus(status))),
            }),
        }
    }

    /// The public internet over https, this machine where the base is on it, and the base's own origin.
    fn is_allowed(&self, url: &Url) -> bool {
        let base = &self.account.config.base_url;
        Guard::for_base(base).check_url(url).is_ok() || url.origin() == base.origin()
    }
}
