//! Signed addresses of files of the archive, for those who take an address and no bytes.
//!
//! An address names one file, ends at its time, and cannot be made by anybody else: it carries an HMAC-SHA256 under a
//! key that lives in the archive itself, so that every process on one archive makes and reads the same ones, also
//! after a restart.
//!
//! Keys are renewed by themselves: a new one is only read at first, until every process has seen it, then it signs, and
//! the old ones are read for as long as an address made with them may be good. To make all addresses void, delete what
//! is below `keys/` and start again.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::TryStreamExt as _;
use hmac::{Hmac, Mac as _};
use kling_core::{AssetUrl, MediaType, Timestamp};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutMode};
use sha2::Sha256;
use url::Url;

use super::{Archive, failed};
use crate::error::EngineError;

/// Where the archive keeps the keys.
const KEYS: &str = "keys";

/// The first key; later ones have the second of their making behind it, with a dot.
const FIRST_KEY: &str = "links";

/// How old the newest key may be.
const RENEW_AFTER: Duration = Duration::from_hours(30 * 24);

/// How long a key is only read: longer than between two looks at the keys.
const RIPENS_FOR: Duration = Duration::from_hours(2);

/// How long a key is read when it signs no more: longer than any address is good.
const OUTLIVED_BY: Duration = Duration::from_hours(30 * 24);

/// A block of SHA-256, which HMAC takes as it is.
const KEY_BYTES: usize = 64;

/// The longest SHA-256, signature or time that is worth reading.
const LONGEST_PART: usize = 64;

/// Makes and reads signed addresses. Its `Debug` does not show the key.
#[derive(Clone)]
pub struct Links {
    base: Url,
    archive: Archive,
    /// Oldest first; never empty.
    keys: Arc<RwLock<Vec<LinkKey>>>,
}

/// A key, and since when it is one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct LinkKey {
    made: Timestamp,
    secret: [u8; KEY_BYTES],
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
        self.make_key(FIRST_KEY).await?;
        let keys = Arc::new(RwLock::new(self.link_keys().await?));
        let archive = self.clone();
        Ok(Links {
            base,
            archive,
            keys,
        })
    }

    /// Makes a key, unless there is one of that name.
    async fn make_key(&self, name: &str) -> Result<(), EngineError> {
        let place = Path::from(KEYS).join(name);
        let is_there = self.contains(&place).await;
        if is_there.map_err(|error| failed("look for the key of its links", error))? {
            return Ok(());
        }
        let fresh: [u8; KEY_BYTES] = rand::random();
        let mode = PutMode::Create.into();
        let made = self.0.store.put_opts(&place, fresh.to_vec().into(), mode);
        match made.await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(failed("keep the key of its links", error)),
        }
    }

    /// All keys as they are kept, oldest first.
    async fn link_keys(&self) -> Result<Vec<LinkKey>, EngineError> {
        let doing = "read the keys of its links";
        let listed = self.0.store.list(Some(&Path::from(KEYS)));
        let listed: Vec<ObjectMeta> = listed
            .try_collect()
            .await
            .map_err(|error| failed(doing, error))?;
        let mut keys = Vec::new();
        for meta in listed {
            let Some(made) = meta.location.filename().and_then(made_at) else {
                continue;
            };
            let read = async { self.0.store.get(&meta.location).await?.bytes().await };
            let bytes = read.await.map_err(|error| failed(doing, error))?;
            let secret = <[u8; KEY_BYTES]>::try_from(bytes.as_ref())
                .map_err(|_| failed(doing, "one has a wrong length"))?;
            keys.push(LinkKey { made, secret });
        }
        keys.sort_unstable();
        if keys.is_empty() {
            return Err(failed(doing, "there is none"));
        }
        Ok(keys)
    }
}

/// When a key of this name was made; the first one long ago.
fn made_at(name: &str) -> Option<Timestamp> {
    let rest = name.strip_prefix(FIRST_KEY)?;
    match rest.strip_prefix('.') {
        Some(seconds) => Some(Timestamp::from_millis(
            seconds.parse::<i64>().ok()?.checked_mul(1000)?,
        )),
        None if rest.is_empty() => Some(Timestamp::from_millis(0)),
        None => None,
    }
}

impl Links {
    /// Looks at the keys: sees those that others made, makes one when the newest is old, and deletes those that can have
    /// signed nothing that is still good.
    pub(crate) async fn renew(&self, now: Timestamp) -> Result<(), EngineError> {
        let mut keys = self.archive.link_keys().await?;
        let newest = keys.last().map_or(now, |key| key.made);
        if now.since(newest) >= RENEW_AFTER {
            // Processes that do this in the same second make one; in two seconds, two, which does no harm.
            let name = format!("{FIRST_KEY}.{}", now.as_seconds());
            self.archive.make_key(&name).await?;
            keys = self.archive.link_keys().await?;
        }
        let successors = keys.iter().skip(1).map(|key| key.made);
        let old: Vec<Timestamp> = keys
            .iter()
            .zip(successors)
            .filter(|(_, successor)| now.since(*successor) > RIPENS_FOR + OUTLIVED_BY)
            .map(|(key, _)| key.made)
            .collect();
        for made in old {
            let name = match made.as_seconds() {
                0 => FIRST_KEY.to_owned(),
                seconds => format!("{FIRST_KEY}.{seconds}"),
            };
            self.archive.remove(&Path::from(KEYS).join(name)).await?;
            keys.retain(|key| key.made != made);
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn keys(&self) -> Vec<LinkKey> {
        let keys = self.keys.read();
        keys.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest key that every process has seen.
    fn signing_key(&self, now: Timestamp) -> Option<LinkKey> {
        let keys = self.keys();
        let ripe = keys
            .iter()
            .rev()
            .find(|key| now.since(key.made) >= RIPENS_FOR);
        ripe.or(keys.first()).copied()
    }

    /// The address of a file, good from `now` until a moment.
    pub fn address(&self, file: &LinkedFile, now: Timestamp, until: Timestamp) -> Option<AssetUrl> {
        let key = self.signing_key(now)?;
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
            .append_pair(
                "sign",
                &super::draft::hexadecimal(&sign(&key, &name, until)),
            );
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
        let keys = self.keys();
        let mut made = keys.iter().filter(|key| {
            // Takes as long whatever is wrong with it.
            mac(key, name, until).verify_slice(&sign).is_ok()
        });
        made.next().ok_or(LinkError::Forged)?;
        let file = named(name).ok_or(LinkError::Forged)?;
        if now.as_seconds() >= until {
            return Err(LinkError::Expired);
        }
        Ok(file)
    }
}

fn sign(key: &LinkKey, name: &str, until: i64) -> Vec<u8> {
    mac(key, name, until).finalize().into_bytes().to_vec()
}

fn mac(key: &LinkKey, name: &str, until: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new(key.secret.as_slice().into());
    mac.update(format!("kling file 1\n{name}\n{until}").as_bytes());
    mac
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
