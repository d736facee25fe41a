//! Signed addresses of files of the archive, for those who take an address and no bytes.
//!
//! An address names one file, ends at its time, and cannot be made by anybody else: it carries an HMAC-SHA256 under a
//! key that lives in the archive itself, so that every process on one archive makes and reads the same ones, also
//! after a restart.

use hmac::{Hmac, Mac as _};
use kling_core::{AssetUrl, MediaType, Timestamp};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutMode};
use sha2::Sha256;
use url::Url;

use super::{Archive, failed};
use crate::error::EngineError;

/// Where the archive keeps the key.
const KEY_PLACE: &str = "keys/links";

/// A block of SHA-256, which HMAC takes as it is.
const KEY_BYTES: usize = 64;

/// The longest SHA-256, signature or time that is worth reading.
const LONGEST_PART: usize = 64;

/// Makes and reads signed addresses. Its `Debug` does not show the key.
#[derive(Clone)]
pub struct Links {
    base: Url,
    key: [u8; KEY_BYTES],
}

/// A file that an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedFile {
    /// Where the archive has it.
    pub key: String,
    /// What its bytes are.
    pub media_type: MediaType,
}

/// Why an address leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody who has the key made it.
    #[error("the link was not made here")]
    Forged,
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
}

impl Archive {
    /// What makes addresses under `base`, where [`Links::read`] is served at `files/NAME`. The key is made at the
    /// first call, once for all who share the archive.
    ///
    /// # Errors
    ///
    /// [`EngineError::Archive`] when the key can be neither read nor written.
    pub async fn links(&self, base: Url) -> Result<Links, EngineError> {
        let key = self.link_key().await?;
        Ok(Links { base, key })
    }

    async fn link_key(&self) -> Result<[u8; KEY_BYTES], EngineError> {
        let place = Path::from(KEY_PLACE);
        let store = &self.0.store;
        let fresh: [u8; KEY_BYTES] = rand::random();
        let made = store
            .put_opts(&place, fresh.to_vec().into(), PutMode::Create.into())
            .await;
        match made {
            Ok(_) => return Ok(fresh),
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(failed("keep the key of its links", error)),
        }
        let read = async { store.get(&place).await?.bytes().await };
        let bytes = read
            .await
            .map_err(|error| failed("read the key of its links", error))?;
        <[u8; KEY_BYTES]>::try_from(bytes.as_ref())
            .map_err(|_| failed("read the key of its links", "it has a wrong length"))
    }
}

impl Links {
    /// The address of a file, good until a moment.
    pub fn address(&self, file: &LinkedFile, until: Timestamp) -> Option<AssetUrl> {
        let name = format!(
            "{}.{}",
            file.key.replace('/', ""),
            file.media_type.extension()
        );
        let until = until.as_seconds();
        let mut url = self.base.clone();
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(["files", &name]);
        url.query_pairs_mut()
            .append_pair("until", &until.to_string())
            .append_pair("sign", &super::draft::hexadecimal(&self.sign(&name, until)));
        AssetUrl::parse(url.as_str()).ok()
    }

    /// The file that an address names: the last part of its path, and its `until` and `sign`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Forged`] before [`LinkError::Expired`]: strangers learn nothing about times.
    pub fn read(
        &self,
        name: &str,
        until: &str,
        sign: &str,
        now: Timestamp,
    ) -> Result<LinkedFile, LinkError> {
        if until.len() > LONGEST_PART || sign.len() > LONGEST_PART || name.len() > LONGEST_PART + 8
        {
            return Err(LinkError::Forged);
        }
        let until: i64 = until.parse().map_err(|_| LinkError::Forged)?;
        let sign = bytes_of(sign).ok_or(LinkError::Forged)?;
        let mac = self.mac(name, until);
        mac.verify_slice(&sign).map_err(|_| LinkError::Forged)?;
        let file = named(name).ok_or(LinkError::Forged)?;
        if now.as_seconds() >= until {
            return Err(LinkError::Expired);
        }
        Ok(file)
    }

    fn sign(&self, name: &str, until: i64) -> Vec<u8> {
        self.mac(name, until).finalize().into_bytes().to_vec()
    }

    fn mac(&self, name: &str, until: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(self.key.as_slice().into());
        mac.update(format!("kling file 1\n{name}\n{until}").as_bytes());
        mac
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Links({})", self.base)
    }
}

/// The file of a name such as `ba7816…ad.png`.
fn named(name: &str) -> Option<LinkedFile> {
    let (sha256, extension) = name.split_once('.')?;
    let is_hash = sha256.len() == LONGEST_PART && bytes_of(sha256).is_some();
    let media_type = MediaType::ALL
        .into_iter()
        .find(|kind| kind.extension() == extension)?;
    is_hash.then(|| LinkedFile {
        key: super::draft::key_of(sha256),
        media_type,
    })
}

/// Lower-case hexadecimal and nothing else, so that a file has one address and not many.
fn bytes_of(hexadecimal: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = hexadecimal.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?));
    rest.is_empty().then(|| bytes.collect())?
}

#[cfg(test)]
mod tests;
