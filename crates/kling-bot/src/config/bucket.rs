//! `archive.url = "s3://…"`: the bucket, and the keys to it.

use kling_core::Secret;
use kling_http::BasePolicy;
use url::Url;

use super::layers::Origins;
use super::problem::ConfigError;
use super::sections::ArchiveSettings;
use super::{has_more_than_a_place, secrets};
use crate::secret::{Environment, SecretSource};

/// The keys to a bucket, as far as they were found.
#[derive(Clone, Debug)]
pub(crate) struct BucketKeys {
    id: secrets::FoundSecret,
    key: secrets::FoundSecret,
    pub(crate) token: Option<Secret>,
}

/// A bucket that can be opened.
#[derive(Clone, Debug)]
pub(crate) struct BucketSettings {
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    pub(crate) access_key_id: Secret,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    pub(crate) policy: BasePolicy,
}

impl BucketKeys {
    /// Takes them out of the table; whether they are needed is asked later.
    pub(super) fn take(
        table: &mut toml::Table,
        origins: &Origins,
        environment: &Environment,
        problems: &mut Vec<ConfigError>,
    ) -> Self {
        let mut take = |name: &str, env: &str| {
            secrets::take(table, "archive", name, env, origins, environment, problems)
        };
        Self {
            id: take("access_key_id", "AWS_ACCESS_KEY_ID"),
            key: take("secret_access_key", "AWS_SECRET_ACCESS_KEY"),
            token: take("session_token", "AWS_SESSION_TOKEN").value,
        }
    }
}

/// The bucket of an address, checked; none when the archive is in a folder.
pub(super) fn read(
    settings: &ArchiveSettings,
    keys: &BucketKeys,
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
) -> Option<BucketSettings> {
    let rest = settings.url.as_deref()?.strip_prefix("s3://")?;
    let mut wrong = |key: &str, reason: String, fix: &str| {
        problems.push(origins.problem(key, reason, fix));
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_plain = |text: &str, more: &[char]| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(&c))
    };
    let prefix = prefix.trim_end_matches('/').to_owned();
    let is_prefix = prefix.is_empty()
        || prefix.split('/').all(|part| {
            !matches!(part, "" | "." | "..")
                && is_plain(&part.to_ascii_lowercase(), &['-', '_', '.'])
        });
    if !(3..=63).contains(&bucket.len()) || !is_plain(bucket, &['-', '.']) || !is_prefix {
        let reason = "it is not the address of a bucket".to_owned();
        let fix = "write s3://BUCKET or s3://BUCKET/PREFIX, in letters, digits, dots and hyphens";
        wrong("archive.url", reason, fix);
    }
    let policy = if settings.allow_insecure {
        BasePolicy::AllowInsecure
    } else {
        BasePolicy::HttpsOrLoopback
    };
    if let Some(endpoint) = &settings.endpoint {
        let reason = if has_more_than_a_place(endpoint) {
            Some("it has more than a place: a user name, a query or a fragment".to_owned())
        } else {
            policy.check(endpoint).err().map(|error| error.to_string())
        };
        if let Some(reason) = reason {
            let fix = "use https, a loopback address, or archive.allow_insecure = true";
            wrong("archive.endpoint", reason, fix);
        }
    }
    let mut missing = |name: &str, source: &SecretSource| {
        let reason = format!("a bucket has keys, and {source} is empty");
        let fix = format!("put the key into it, or name another place in archive.{name}");
        wrong("archive.url", reason, &fix);
    };
    let (id, key) = (&keys.id, &keys.key);
    if id.value.is_none() {
        missing("access_key_id", &id.source);
    }
    if key.value.is_none() {
        missing("secret_access_key", &key.source);
    }
    Some(BucketSettings {
        bucket: bucket.to_owned(),
        prefix,
        access_key_id: id.value.clone()?,
        secret_access_key: key.value.clone()?,
        session_token: keys.token.clone(),
        policy,
    })
}

impl ArchiveSettings {
    /// Whether the bucket stands in the path.
    pub(crate) fn is_path_style(&self) -> bool {
        self.path_style.unwrap_or(self.endpoint.is_some())
    }

    /// Where the store of the bucket is, for people.
    pub(crate) fn host(&self) -> String {
        let host = self.endpoint.as_ref().and_then(Url::host_str);
        host.map_or_else(|| format!("Amazon S3, {}", self.region), str::to_owned)
    }
}
