//! The whole configuration as one struct: defaults, then the file, then the environment.

mod bucket;
mod layers;
mod limits;
mod problem;
mod providers;
mod read;
mod secrets;
mod sections;
mod units;

use std::path::{Path, PathBuf};

use kling_engine::Limits;
use kling_http::BasePolicy;
use kling_providers::Registry;
use serde::de::DeserializeOwned;
use url::Url;

pub(crate) use bucket::BucketSettings;
use layers::{Layers, Origins};
pub use problem::{ConfigError, ConfigErrors, Place};
pub(crate) use providers::ProviderSettings;
pub use sections::{
    ArchiveSettings, JobSettings, LogFormat, LogSettings, ServerSettings, StoreSettings,
};
pub use units::Listen;

use crate::platform::{SecretKey, Secrets};
use crate::secret::{Environment, SecretSource};
use crate::telemetry::{self, InvalidFilter};

/// Where the file is looked for when `--config` does not say.
pub(crate) const DEFAULT_FILES: [&str; 2] = ["config/kling.toml", "/etc/kling/kling.toml"];

/// Chat platforms whose tables may stand in the same file; each bot reads its own.
const PLATFORM_TABLES: [&str; 2] = ["discord", "slack"];

/// Everything an operator can set, checked, for a bot with platform settings `P`.
#[derive(Debug)]
pub struct Config<P> {
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// The platform's own settings.
    pub platform: P,
    /// Whether calls to the platform may go to other machines in plain http.
    pub platform_policy: BasePolicy,
    /// The platform's secrets that were found.
    pub secrets: Secrets,
    /// The secrets that the platform cannot do without and that are not there.
    pub missing: Vec<MissingSecret>,
    /// `[store]`
    pub store: StoreSettings,
    /// `[archive]`
    pub archive: ArchiveSettings,
    /// What `archive.url` leads to, where that is a bucket.
    pub(crate) bucket: Option<BucketSettings>,
    /// `[server]`
    pub server: ServerSettings,
    /// `[limits]`
    pub limits: Limits,
    /// `limits.drift_alarm_percent`
    pub drift_alarm_percent: Option<u32>,
    /// `[jobs]`
    pub jobs: JobSettings,
    /// `[log]`
    pub log: LogSettings,
    /// Every provider of the build.
    pub(crate) providers: Vec<ProviderSettings>,
}

/// A secret that is not where it is looked for.
#[derive(Clone, Debug)]
pub struct MissingSecret {
    /// Which one.
    pub key: SecretKey,
    platform: &'static str,
    source: SecretSource,
}

impl std::fmt::Display for MissingSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the {} {} is missing: get it from {}, and put it into {}",
            self.platform,
            self.key.key.replace('_', " "),
            self.key.from,
            self.source
        )
    }
}

/// What the loader knows about a platform.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlatformPart {
    /// Its table.
    pub(crate) name: &'static str,
    /// Where its server listens by default.
    pub(crate) default_listen: &'static str,
    /// Its secrets.
    pub(crate) secrets: &'static [SecretKey],
}

/// The file to read: the one that was named, else the first default that exists.
pub(crate) fn file_to_read(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| {
        DEFAULT_FILES
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
    })
}

impl<P: DeserializeOwned> Config<P> {
    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// With everything that is wrong, each at its place and with what to write instead.
    pub(crate) fn load(
        part: PlatformPart,
        registry: &Registry,
        file: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, ConfigErrors> {
        let mut problems = Vec::new();
        let defaults = [
            ("store.url", format!("sqlite://kling-{}.db", part.name)),
            ("store.state_folder", format!("kling-{}-state", part.name)),
            ("server.listen", part.default_listen.to_owned()),
        ];
        let Layers { mut table, origins } =
            Layers::read(&defaults, file, environment, &mut problems);
        let providers = providers::read(
            table.remove("providers"),
            registry,
            &origins,
            environment,
            &mut problems,
        );
        let mut tables = Tables {
            table,
            origins: &origins,
            problems: &mut problems,
        };
        let mut own = tables.take(part.name);
        let (secrets, missing) = tables.secrets(part, &mut own, environment);
        let platform_policy = tables.base_url(part.name, &mut own);
        let secret_keys: Vec<&str> = part.secrets.iter().map(|secret| secret.key).collect();
        let platform = read::read::<P>(own, part.name, &secret_keys, &origins, tables.problems);
        let store: Option<StoreSettings> = tables.section("store");
        let mut own = tables.take("archive");
        let keys = bucket::BucketKeys::take(&mut own, tables.origins, environment, tables.problems);
        let secret_keys = ["access_key_id", "secret_access_key", "session_token"];
        let archive: Option<ArchiveSettings> = read::read(
            own,
            "archive",
            &secret_keys,
            tables.origins,
            tables.problems,
        );
        let server = tables.section("server");
        let limits: Option<limits::LimitSettings> = tables.section("limits");
        let jobs = tables.section("jobs");
        let log = tables.section("log");
        tables.rest(part.name);
        let is_told =
            |table: &str, problems: &[ConfigError]| problems.iter().any(|p| p.is_in(table));
        if let Some(store) = &store
            && !is_told("store", &problems)
        {
            check_store(store, &origins, &mut problems);
        }
        if let Some(log) = &log
            && !is_told("log", &problems)
        {
            check_log(log, &origins, &mut problems);
        }
        let mut bucket = None;
        if let Some(archive) = &archive {
            check_archive(archive, &origins, &mut problems);
            bucket = bucket::read(archive, &keys, &origins, &mut problems);
        }
        if let (Some(archive), Some(server)) = (&archive, &server) {
            check_links(archive, server, &origins, &mut problems);
        }
        let parts = (platform, store, archive, server, limits, jobs, log);
        match parts {
            (
                Some(platform),
                Some(store),
                Some(archive),
                Some(server),
                Some(limits),
                Some(jobs),
                Some(log),
            ) if problems.is_empty() => Ok(Self {
                file: file.map(Path::to_owned),
                platform,
                platform_policy,
                secrets,
                missing,
                store,
                archive,
                bucket,
                server,
                drift_alarm_percent: limits.drift_alarm_percent(),
                limits: limits.into(),
                jobs,
                log,
                providers,
            }),
            _ => {
                problems.sort_by(|one, other| one.order().cmp(&other.order()));
                Err(ConfigErrors(problems))
            }
        }
    }
}

fn check_store(store: &StoreSettings, origins: &Origins, problems: &mut Vec<ConfigError>) {
    let scheme = store.url.split_once(':').map(|(scheme, _)| scheme);
    let reason = match scheme {
        Some("sqlite") => return,
        Some("postgres" | "postgresql") if Url::parse(&store.url).is_ok() => return,
        _ => "it is not the address of a store",
    };
    let fix =
        "write sqlite:// and a file, such as sqlite://kling.db, or postgres://user@host/database";
    problems.push(origins.problem("store.url", reason, fix));
}

fn check_log(log: &LogSettings, origins: &Origins, problems: &mut Vec<ConfigError>) {
    if !telemetry::is_filter(&log.level) {
        let reason = format!("`{}` is no log level", log.level);
        let fix = format!("use {}", InvalidFilter::FIX);
        problems.push(origins.problem("log.level", reason, fix));
    }
}

fn check_archive(archive: &ArchiveSettings, origins: &Origins, problems: &mut Vec<ConfigError>) {
    if let Some(url) = &archive.public_base_url
        && BasePolicy::HttpsOrLoopback.check(url).is_err()
    {
        problems.push(origins.problem(
            "archive.public_base_url",
            "links to files would be sent in the clear",
            "use https, or a loopback address",
        ));
    }
    if let Some(url) = &archive.url
        && (url.trim().is_empty()
            || url
                .split_once(':')
                .is_some_and(|(scheme, _)| !matches!(scheme, "file" | "s3")))
    {
        problems.push(origins.problem(
            "archive.url",
            "it is neither a folder nor a bucket",
            "write file: and a folder, such as file:/var/lib/kling/files, or s3://BUCKET/PREFIX",
        ));
    }
}

fn check_links(
    archive: &ArchiveSettings,
    server: &ServerSettings,
    origins: &Origins,
    problems: &mut Vec<ConfigError>,
) {
    if archive.public_base_url.is_some() && server.listen == Listen::None {
        problems.push(origins.problem(
            "archive.public_base_url",
            "links to files lead to the bot's own server, which is off",
            "set server.listen to an address that is reached from there",
        ));
    }
}

fn has_more_than_a_place(url: &Url) -> bool {
    let has_user = !url.username().is_empty() || url.password().is_some();
    has_user || url.query().is_some() || url.fragment().is_some()
}

/// The tables of the file, taken out one by one.
struct Tables<'a> {
    table: toml::Table,
    origins: &'a Origins,
    problems: &'a mut Vec<ConfigError>,
}

impl Tables<'_> {
    fn take(&mut self, name: &str) -> toml::Table {
        match self.table.remove(name) {
            None => toml::Table::new(),
            Some(toml::Value::Table(table)) => table,
            Some(_) => {
                let fix = format!("write its keys below [{name}]");
                self.problems
                    .push(self.origins.problem(name, "it is not a table", fix));
                toml::Table::new()
            }
        }
    }

    fn section<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let table = self.take(name);
        read::read(table, name, &[], self.origins, self.problems)
    }

    fn secrets(
        &mut self,
        part: PlatformPart,
        table: &mut toml::Table,
        environment: &Environment,
    ) -> (Secrets, Vec<MissingSecret>) {
        let mut missing = Vec::new();
        let found = part.secrets.iter().filter_map(|&key| {
            let found = secrets::take(
                table,
                part.name,
                key.key,
                key.env,
                self.origins,
                environment,
                self.problems,
            );
            if key.required && found.value.is_none() {
                missing.push(MissingSecret {
                    key,
                    platform: part.name,
                    source: found.source,
                });
            }
            Some((key.key, found.value?))
        });
        (found.collect(), missing)
    }

    /// Checks the platform's address, so that a token is never sent in the clear by mistake.
    fn base_url(&mut self, name: &str, table: &mut toml::Table) -> BasePolicy {
        let insecure = table.get("allow_insecure").and_then(toml::Value::as_bool);
        let policy = if insecure == Some(true) {
            BasePolicy::AllowInsecure
        } else {
            BasePolicy::HttpsOrLoopback
        };
        let Some(text) = table.get("base_url").and_then(toml::Value::as_str) else {
            return policy;
        };
        let problem = match Url::parse(text) {
            Err(_) => Some("not a web address: it takes https:// and a host".to_owned()),
            Ok(url) if has_more_than_a_place(&url) => {
                Some("it has more than a place: a user name, a query or a fragment".to_owned())
            }
            Ok(url) => policy.check(&url).err().map(|error| error.to_string()),
        };
        if let Some(reason) = problem {
            let fix = "use https, a loopback address, or allow_insecure = true beside it";
            let key = layers::join(name, "base_url");
            self.problems.push(self.origins.problem(key, reason, fix));
            // Once is enough.
            table.remove("base_url");
        }
        policy
    }

    /// Whatever nobody took is a mistake, except for tables of other bots.
    fn rest(self, platform: &str) {
        for name in self.table.keys() {
            if PLATFORM_TABLES.contains(&name.as_str()) {
                continue;
            }
            let fix = format!(
                "the tables are providers, {platform}, store, archive, server, limits, jobs, log"
            );
            self.problems
                .push(self.origins.problem(name, "unknown key", fix));
        }
    }
}

#[cfg(test)]
mod tests;
