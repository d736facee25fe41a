//! An archive in a bucket: Amazon S3, or whatever speaks as it does.
//!
//! A file is written down on this machine first, so that its name, its hash, is known before a byte of it leaves:
//! it arrives under that name or not at all, and no more of it is in memory than one piece. The hash is signed into
//! each request that carries bytes, so the store itself refuses what was damaged on the way.
//!
//! Any number of processes may share a bucket. A name only ever stands for the same bytes, so two that write it at
//! once do the same; what is deleted is moved aside first, as in a folder (`aside.rs`), by a copy that is whole before
//! the name is taken away.

mod parts;
mod trouble;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;

use kling_core::{AssetContent, Secret};
use kling_http::{BasePolicy, Request, Url};
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequestBody;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

pub(super) use trouble::Trouble;
use wire::Wire;

use crate::error::EngineError;

/// What bytes are when nobody says.
const BYTES: &str = "application/octet-stream";

/// A bucket, and how to get into it.
#[derive(Clone, Debug)]
pub struct BucketOptions {
    /// Its name.
    pub bucket: String,
    /// What the names of all files begin with; empty for none.
    pub prefix: String,
    /// Where the store is, without the bucket; `None` for Amazon's own in `region`.
    pub endpoint: Option<Url>,
    /// Where the bucket is, as requests are signed.
    pub region: String,
    /// Whether the bucket stands in the path (`https://host/bucket`) and not in the host's name.
    pub path_style: bool,
    /// The name of the key.
    pub access_key_id: Secret,
    /// The key.
    pub secret_access_key: Secret,
    /// What temporary keys have besides.
    pub session_token: Option<Secret>,
    /// Whether a plain `http` endpoint may be on another machine.
    pub policy: BasePolicy,
    /// A folder of this machine for files on their way into the bucket: at most those that are being written, each
    /// until it has arrived. Not a folder in memory.
    pub work_folder: PathBuf,
}

/// A bucket that was opened.
#[derive(Debug)]
pub(super) struct Bucket {
    s3: AmazonS3,
    wire: Wire,
    credential: AwsCredential,
    region: String,
    /// The bucket's own address, without a slash at its end.
    base: String,
    prefix: Path,
}

/// A file on this machine that is to arrive in the bucket.
#[derive(Debug)]
pub(super) struct Arriving {
    pub(super) desk: Arc<dyn ObjectStore>,
    /// Where it is on the desk.
    pub(super) place: Path,
    pub(super) size_bytes: u64,
    pub(super) sha256: [u8; 32],
}

impl Bucket {
    pub(super) fn open(options: &BucketOptions) -> Result<Self, EngineError> {
        let wrong = |error| super::failed("open its bucket", error);
        let base = base_of(options).ok_or_else(|| EngineError::Archive {
            doing: "read its address",
            source: "the bucket's address cannot be used".into(),
        })?;
        let wire = Wire::new(options.policy).map_err(EngineError::Setup)?;
        let credential = AwsCredential {
            key_id: options.access_key_id.expose().to_owned(),
            secret_key: options.secret_access_key.expose().to_owned(),
            token: options
                .session_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
        };
        // Tried again is by the wire, which tells the troubles apart.
        let retry = RetryConfig {
            max_retries: 0,
            ..RetryConfig::default()
        };
        let credentials = Arc::new(object_store::StaticCredentialProvider::new(AwsCredential {
            key_id: credential.key_id.clone(),
            secret_key: credential.secret_key.clone(),
            token: credential.token.clone(),
        }));
        let s3 = AmazonS3Builder::new()
            .with_bucket_name(&options.bucket)
            .with_region(&options.region)
            .with_endpoint(base.as_str())
            // The endpoint has the bucket in it already, whatever its style.
            .with_virtual_hosted_style_request(true)
            .with_credentials(credentials)
            .with_allow_http(true)
            .with_retry(retry)
            .with_disable_bulk_delete(true)
            .with_http_connector(wire.clone())
            .build()
            .map_err(wrong)?;
        Ok(Self {
            s3,
            wire,
            credential,
            region: options.region.clone(),
            base,
            prefix: Path::from(options.prefix.as_str()),
        })
    }

    /// As a store of files by their names below the prefix.
    pub(super) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::new(PrefixStore::new(self.s3.clone(), self.prefix.clone()))
    }

    /// Brings a file from the desk into the bucket. Afterwards it is there, whole.
    pub(super) async fn take_in(&self, file: &Arriving, path: &Path) -> Result<(), Trouble> {
        let path = self.full(path);
        if file.size_bytes > parts::PART_BYTES {
            return self.in_parts(file, &path).await;
        }
        let content = Arc::new(Piece::of(file, 0..file.size_bytes));
        self.put(&path, &[], content, file.size_bytes, &file.sha256)
            .await?;
        Ok(())
    }

    /// Sends bytes as they are read, with their hash in the signature; the ETag that they got.
    async fn put(
        &self,
        path: &Path,
        query: &[(&str, &str)],
        content: Arc<dyn AssetContent>,
        size_bytes: u64,
        sha256: &[u8; 32],
    ) -> Result<String, Trouble> {
        let url = self.address(path.as_ref(), query)?;
        let reply = self
            .wire
            .send(|| {
                let signed = self.signed("PUT", &url, sha256);
                signed
                    .iter()
                    .fold(Request::put(url.clone()), |request, (name, value)| {
                        request.header(name, value)
                    })
                    .content(Arc::clone(&content), size_bytes)
            })
            .await?;
        let etag = reply.headers.get("etag");
        let etag = etag.and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        match etag {
            Some(etag) if (200..300).contains(&reply.status) => Ok(etag),
            Some(_) | None => Err(Trouble::Refused {
                status: reply.status,
                code: "no ETag".to_owned(),
            }),
        }
    }

    fn address(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, Trouble> {
        let mut url =
            Url::parse(&format!("{}/{path}", self.base)).map_err(|_| Trouble::Refused {
                status: 0,
                code: "no address".to_owned(),
            })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// The headers that make a request ours, made at this moment.
    fn signed(&self, method: &str, url: &Url, sha256: &[u8; 32]) -> Vec<(String, String)> {
        let request = http::Request::builder()
            .method(method)
            .uri(url.as_str())
            .header("content-type", BYTES)
            .body(HttpRequestBody::empty());
        let Ok(mut request) = request else {
            return Vec::new();
        };
        let signed = AwsAuthorizer::new(&self.credential, "s3", &self.region)
            .try_authorize(&mut request, Some(sha256));
        if let Err(error) = signed {
            // Unsigned it is refused, and that is told.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "nothing can be signed"
            );
        }
        let headers = request.headers().iter();
        headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect()
    }

    fn full(&self, path: &Path) -> Path {
        path.parts().fold(self.prefix.clone(), Path::join)
    }
}

/// The bucket's own address.
fn base_of(options: &BucketOptions) -> Option<String> {
    let BucketOptions { bucket, region, .. } = options;
    let amazon = || Url::parse(&format!("https://s3.{region}.amazonaws.com")).ok();
    let mut url = options.endpoint.clone().or_else(amazon)?;
    options.policy.check(&url).ok()?;
    if options.path_style {
        url.path_segments_mut().ok()?.pop_if_empty().push(bucket);
    } else {
        let host = format!("{bucket}.{}", url.host_str()?);
        url.set_host(Some(&host)).ok()?;
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// A part of a file on the desk, read as often as needed.
#[derive(Debug)]
struct Piece {
    desk: Arc<dyn ObjectStore>,
    place: Path,
    range: std::ops::Range<u64>,
}

impl Piece {
    fn of(file: &Arriving, range: std::ops::Range<u64>) -> Self {
        Self {
            desk: Arc::clone(&file.desk),
            place: file.place.clone(),
            range,
        }
    }
}

#[async_trait::async_trait]
impl AssetContent for Piece {
    async fn open(&self) -> Result<kling_core::ByteStream, kling_core::AssetReadError> {
        super::opened(self.desk.as_ref(), &self.place, self.range.clone()).await
    }
}

#[cfg(test)]
mod tests;
