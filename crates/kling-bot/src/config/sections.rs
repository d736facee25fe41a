//! The tables that every bot has, each key with its default and why.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::units::{self, Listen};

/// `[store]`: where jobs live.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    /// `sqlite://FILE`, or `postgres://…` for several bots and processes together. The variable
    /// `DATABASE_URL` overrides it. A file per bot by default, so that nothing has to be installed.
    pub url: String,
    /// With PostgreSQL: a folder of this machine for what must be written down while the database is
    /// slow. In a container it belongs on a volume. Beside the program by default.
    pub state_folder: PathBuf,
}

impl StoreSettings {
    /// The folder beside the store where files are kept when `[archive]` names none.
    ///
    /// Bots on one database share the files too: one bot copies a result that another one delivers.
    pub(crate) fn folder_beside(&self) -> String {
        if self.is_postgres() {
            return "kling-files".to_owned();
        }
        let path = self.file().unwrap_or(&self.url);
        format!("{}-files", path.strip_suffix(".db").unwrap_or(path))
    }

    /// The database's file, where it is one.
    pub(crate) fn file(&self) -> Option<&str> {
        let path = self.url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        path.split('?').next()
    }

    /// Whether it is a database that several processes can share.
    pub(crate) fn is_postgres(&self) -> bool {
        let scheme = self.url.split_once(':').map(|(scheme, _)| scheme);
        matches!(scheme, Some("postgres" | "postgresql"))
    }

    /// Where it is, for people and logs: without the password and what else may stand in the address.
    pub(crate) fn shown(&self) -> String {
        if !self.is_postgres() {
            return self.url.clone();
        }
        let Ok(url) = Url::parse(&self.url) else {
            return "postgres://…".to_owned();
        };
        let host = url.host_str().unwrap_or_default();
        let port = url.port().map(|port| format!(":{port}"));
        format!(
            "postgres://{host}{}{}",
            port.unwrap_or_default(),
            url.path()
        )
    }
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreSettings")
            .field("url", &self.shown())
            .field("state_folder", &self.state_folder)
            .finish()
    }
}

/// `[archive]`: where input files and results are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArchiveSettings {
    /// A folder, or `file:` and a folder, or `s3://BUCKET/PREFIX`. A folder beside the store by default.
    pub url: Option<String>,
    /// Where a store that speaks as Amazon S3 does is; Amazon's own by default.
    #[serde(deserialize_with = "units::url")]
    pub endpoint: Option<Url>,
    /// Where the bucket is, as requests are signed. `us-east-1`, which most stores that have no regions take.
    pub region: String,
    /// Whether the bucket stands in the path and not in the host's name. What is not Amazon's mostly wants it so, and
    /// so it is with an `endpoint`.
    pub path_style: Option<bool>,
    /// Whether a plain http endpoint may lead to another machine. Requests are signed, and files travel in the clear.
    pub allow_insecure: bool,
    /// Where files of the archive can be fetched from outside; none by default. Only needed for
    /// providers that take addresses and no uploads.
    #[serde(deserialize_with = "units::url")]
    pub public_base_url: Option<Url>,
    /// The most bytes of one input file. 50 MB: more than any picture a provider takes, and little
    /// enough that a few at once do not fill a small disk.
    #[serde(deserialize_with = "units::size")]
    pub max_input_size: u64,
    /// The most bytes of all files together; a job that would go over it is refused. `none` leaves it
    /// to the disk.
    #[serde(deserialize_with = "units::optional_size")]
    pub max_size: Option<u64>,
    /// How much of its disk is left free, of the folder or of the folder for files on their way into a bucket. 256 MB:
    /// enough for the database beside it to go on.
    #[serde(deserialize_with = "units::optional_size")]
    pub min_free: Option<u64>,
}

impl Default for ArchiveSettings {
    fn default() -> Self {
        Self {
            url: None,
            endpoint: None,
            region: "us-east-1".to_owned(),
            path_style: None,
            allow_insecure: false,
            public_base_url: None,
            max_input_size: 50_000_000,
            max_size: None,
            min_free: Some(256_000_000),
        }
    }
}

/// `[server]`: health for whoever watches the bot.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// An address and a port, or `none`. Loopback by default, since nothing outside needs it.
    pub listen: Listen,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: Listen::None,
        }
    }
}

/// `[jobs]`: how jobs are worked through.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// How often a status message is brought up to date while something changes. 5 s: livelier helps
    /// nobody and meets the platform's limits.
    #[serde(deserialize_with = "units::duration")]
    pub status_every: Duration,
    /// How long a job may wait to be submitted before it ends as expired. 1 h.
    #[serde(deserialize_with = "units::duration")]
    pub expire_after: Duration,
    /// How long the results of an ended job are kept. 30 days.
    #[serde(deserialize_with = "units::duration")]
    pub retention: Duration,
    /// How long the input files of an ended job are kept. 30 days.
    #[serde(deserialize_with = "units::duration")]
    pub input_retention: Duration,
    /// How long a stopping bot waits for what is on its way: longer than a provider may take to answer. 6 min.
    #[serde(deserialize_with = "units::duration")]
    pub drain_timeout: Duration,
    /// How many submissions may be on their way to one provider at a time. 8.
    #[serde(deserialize_with = "units::at_least_one")]
    pub submissions_per_provider: u32,
    /// How long a claim on a job holds before another process on the same database may take it, from 200 ms to 1 h. 1 min,
    /// for the reasons that the engine's options give.
    #[serde(deserialize_with = "units::lease")]
    pub lease: Duration,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            status_every: Duration::from_secs(5),
            expire_after: Duration::from_hours(1),
            retention: Duration::from_hours(30 * 24),
            input_retention: Duration::from_hours(30 * 24),
            drain_timeout: Duration::from_mins(6),
            submissions_per_provider: 8,
            lease: Duration::from_mins(1),
        }
    }
}

/// `[log]`: what the operator reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// A level (`error`, `warn`, `info`, `debug`, `trace`) or a filter in the notation of `RUST_LOG`,
    /// which overrides it. `info`.
    pub level: String,
    /// Lines for people, or one JSON object a line for machines.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
