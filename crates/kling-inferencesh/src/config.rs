//! What an operator can set about inference.sh. The key is no part of it.

use std::time::Duration;

use kling_core::Money;
use kling_http::setting::{self, SettingError};
use kling_http::{BasePolicy, Url, is_loopback};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{StatusTable, models};

/// The `[providers.inferencesh]` table. The key is handed over on its own, as a
/// [`Secret`](kling_core::Secret).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where inference.sh is. Another address is for an emulator or a gateway of one's own; it may have a path.
    #[serde(deserialize_with = "setting::address")]
    pub base_url: Url,
    /// The longest any call may take, such as `"60s"`; uploads of files have a limit of their own besides.
    #[serde(deserialize_with = "setting::humane")]
    pub request_timeout: Duration,
    /// The longest the uploads of one request's files may take together, such as `"10m"`.
    #[serde(deserialize_with = "setting::humane")]
    pub upload_timeout: Duration,
    /// Whether plain http may lead elsewhere than to this machine.
    ///
    /// Off, because the key would travel in the clear.
    pub allow_insecure: bool,
    /// Which app makes images; a version can be pinned: `klingai/image-o1@0pbaxv40`.
    pub image_app: String,
    /// Which app makes videos; a version can be pinned.
    pub video_app: String,
    /// The most characters of a prompt.
    ///
    /// The vendor states 2500 in a description only and does not enforce it; Kling behind it does.
    pub prompt_chars: u32,
    /// What a picture costs, in dollars: `0.028` or `"0.028"`.
    ///
    /// The default is the price on the app's page. That each of several pictures costs as much is an assumption. The vendor
    /// sends no price with a task, so estimates and costs alike are made from this.
    #[serde(deserialize_with = "setting::dollars")]
    pub image_usd: Money,
    /// What a second of video costs at 1080p, which is what is made when nothing is said, in dollars: `0.112` or `"0.112"`.
    ///
    /// The vendor states no price for videos. The default is what fal asks for the same model.
    #[serde(deserialize_with = "setting::dollars")]
    pub video_second_usd: Money,
    /// The same at 720p: `0.084` or `"0.084"`. Where a request says no resolution, its estimate takes the dearer of the two.
    #[serde(deserialize_with = "setting::dollars")]
    pub video_second_720p_usd: Money,
    /// Where tasks run; unset leaves it to the vendor.
    pub infra: Option<Infra>,
    /// Workers of one's own that may run tasks; for `private` infrastructure.
    pub workers: Vec<String>,
    /// What workers are warmed up with, as the app wants it; empty sends nothing.
    pub setup: Map<String, Value>,
    /// What is kept with each task at the vendor, for one's own lists; empty sends nothing. Nothing secret belongs here.
    pub metadata: Map<String, Value>,
    /// The session that tasks run in: `"new"`, or the id of one; unset runs each on its own.
    pub session: Option<String>,
    /// How long a new session stays without work, in whole seconds from `"1s"` to `"1h"`; only with `session = "new"`.
    ///
    /// Unset leaves it to the vendor, whose documents say 60 s and five minutes.
    #[serde(deserialize_with = "setting::optional_humane")]
    pub session_timeout: Option<Duration>,
    /// Which of the vendor's two tables of status numbers is in use.
    pub status_table: StatusTable,
    /// How the progress of a task is watched.
    pub stream: StreamKind,
    /// How long a stream may tell nothing but heartbeats before the task is looked at, such as `"30s"`.
    #[serde(deserialize_with = "setting::humane")]
    pub stream_idle_timeout: Duration,
    /// How long to wait before a stream that ended early is opened again, such as `"1s"`, which is what the
    /// vendor's own client waits. A `retry` in server-sent events comes before it.
    #[serde(deserialize_with = "setting::humane")]
    pub stream_reconnect_after: Duration,
    /// How long after its submission a task that the vendor does not know still counts as queued.
    ///
    /// Nobody promises that a task can be seen at once; whoever took one for gone would pay twice. After this it
    /// counts as gone. The default is an assumption, and the same as for AIML API, where late visibility was seen.
    #[serde(deserialize_with = "setting::humane")]
    pub unknown_task_grace: Duration,
    /// The address that tasks report their end to. Each submission adds a query of its own to it.
    ///
    /// Unset, no webhook is sent, and a lost answer cannot be looked up. For looking up alone it
    /// is enough that the address is yours; nothing needs to answer there.
    #[serde(deserialize_with = "setting::optional_address")]
    pub webhook_base_url: Option<Url>,
    /// Whether a submission that is not in the vendor's task list is proof that it started nothing.
    ///
    /// Off, because nobody has promised that the list is complete at once. On, a submission whose answer was
    /// lost is sent again when it is not in the list, which may be charged twice if the list is late.
    pub absence_is_proof: bool,
    /// Whether uploaded files are marked as public at the vendor.
    pub public_uploads: bool,
}

impl Config {
    /// The vendor's public address.
    pub const BASE_URL: &'static str = "https://api.inference.sh";
    /// The shortest and the longest of every length of time that can be set: bounds of the house's own, for the vendor
    /// states none. Below the one no answer comes in time, and beyond the other a connection is dead.
    pub const TIMEOUTS: (Duration, Duration) =
        (Duration::from_millis(100), Duration::from_hours(1));

    /// The longest [`Config::unknown_task_grace`]: the house's own bound, far above the seconds after which a task is
    /// usually visible. The vendor states none.
    pub const LONGEST_GRACE: Duration = Duration::from_hours(1);

    /// The shortest and the longest [`Config::session_timeout`]: the vendor's own range.
    pub const SESSION_TIMEOUTS: (Duration, Duration) =
        (Duration::from_secs(1), Duration::from_hours(1));

    /// Looks for settings that cannot work together.
    ///
    /// # Errors
    ///
    /// When an address would put the key at risk or cannot be a base, or a number is out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let policy = self.base_policy();
        setting::check_base("base_url", &self.base_url, policy)?;
        if let Some(url) = &self.webhook_base_url {
            setting::check_base("webhook_base_url", url, policy)?;
            if is_loopback(url) && !self.is_loopback() {
                return Err(ConfigError::LocalWebhook);
            }
        }
        for (setting, value) in [
            ("request_timeout", self.request_timeout),
            ("upload_timeout", self.upload_timeout),
            ("stream_idle_timeout", self.stream_idle_timeout),
            ("stream_reconnect_after", self.stream_reconnect_after),
        ] {
            setting::check_time(setting, value, Self::TIMEOUTS)?;
        }
        let graces = (Duration::ZERO, Self::LONGEST_GRACE);
        setting::check_time("unknown_task_grace", self.unknown_task_grace, graces)?;
        for (setting, app) in [
            ("image_app", &self.image_app),
            ("video_app", &self.video_app),
        ] {
            if !is_app(app) {
                return Err(ConfigError::App { setting });
            }
        }
        setting::check_number("prompt_chars", self.prompt_chars, (1, 6_000))?;
        for (setting, price) in [
            ("image_usd", self.image_usd),
            ("video_second_usd", self.video_second_usd),
            ("video_second_720p_usd", self.video_second_720p_usd),
        ] {
            setting::check_price(setting, price)?;
        }
        if !self.workers.is_empty() && matches!(self.infra, None | Some(Infra::Cloud)) {
            return Err(ConfigError::Workers);
        }
        if self.session.as_deref().is_some_and(|id| !is_session(id)) {
            return Err(ConfigError::Session);
        }
        if let Some(timeout) = self.session_timeout {
            setting::check_time("session_timeout", timeout, Self::SESSION_TIMEOUTS)?;
            if self.session.as_deref() != Some(NEW_SESSION) {
                return Err(ConfigError::SessionTimeout);
            }
        }
        Ok(())
    }

    /// Whether the base address is on this machine; only then may results and uploads be, too.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    pub(crate) const fn base_policy(&self) -> BasePolicy {
        BasePolicy::of(self.allow_insecure)
    }

    /// The address of one endpoint, below whatever path the base has.
    pub(crate) fn endpoint(&self, path: &[&str]) -> Url {
        setting::endpoint(&self.base_url, path)
    }
}

impl Default for Config {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant that a test parses")]
        let base_url = Url::parse(Self::BASE_URL).expect("the vendor's address is a URL");
        Self {
            base_url,
            request_timeout: Duration::from_mins(1),
            upload_timeout: Duration::from_mins(10),
            allow_insecure: false,
            image_app: "klingai/image-o1".to_owned(),
            video_app: "klingai/video-o1".to_owned(),
            prompt_chars: 2_500,
            image_usd: models::IMAGE_PRICE,
            video_second_usd: models::SECOND_PRICE,
            video_second_720p_usd: models::SECOND_PRICE_720P,
            infra: None,
            workers: Vec::new(),
            setup: Map::new(),
            metadata: Map::new(),
            session: None,
            session_timeout: None,
            status_table: StatusTable::Current,
            stream: StreamKind::Ndjson,
            stream_idle_timeout: Duration::from_secs(30),
            stream_reconnect_after: Duration::from_secs(1),
            unknown_task_grace: Duration::from_mins(1),
            webhook_base_url: None,
            absence_is_proof: false,
            public_uploads: false,
        }
    }
}

/// Where tasks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Infra {
    /// On the vendor's machines.
    Cloud,
    /// On machines of one's own.
    Private,
    /// On machines of one's own, and on the vendor's where those are busy.
    PrivateFirst,
}

impl Infra {
    /// The vendor's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Private => "private",
            Self::PrivateFirst => "private_first",
        }
    }
}

/// How the progress of a task is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamKind {
    /// Newline-delimited JSON, what the vendor's current clients read.
    Ndjson,
    /// Server-sent events, what its older ones read; a broken stream is resumed where it ended.
    Sse,
    /// Not at all: the status is asked for again and again.
    Off,
}

/// A setting that cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// One that every provider has.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The vendor cannot reach this machine by its loopback address.
    #[error(
        "webhook_base_url leads to this machine, where the vendor cannot call: give a public address"
    )]
    LocalWebhook,
    /// An app's name is not one.
    #[error("{setting} is not an app's name: it takes namespace/name or namespace/name@version")]
    App {
        /// Which setting.
        setting: &'static str,
    },
    /// Workers are named and tasks do not run on them.
    #[error("workers are of no use without infra = \"private\" or \"private_first\"")]
    Workers,
    /// A session's name is not one.
    #[error("session is not one: it takes \"new\", or an id of visible characters")]
    Session,
    /// A session that is there already keeps its own time.
    #[error("session_timeout is of no use without session = \"new\"")]
    SessionTimeout,
}

/// What starts a session of one's own.
const NEW_SESSION: &str = "new";

/// `new`, or an id.
fn is_session(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// `namespace/name`, perhaps with `@version` or `:function` behind it.
fn is_app(text: &str) -> bool {
    let word =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b':');
    text.len() <= 128
        && text.split_once('/').is_some_and(|(namespace, name)| {
            [namespace, name]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(word))
        })
}

#[cfg(test)]
mod tests;
