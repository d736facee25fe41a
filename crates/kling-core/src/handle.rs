//! Task handles as text: whose they are, in which layout, and what a provider has to remember.
//!
//! `<provider>.<version>.<rest>`. Whoever reads one is told whether it is somebody else's, comes from a later version,
//! or is damaged, and what would have worked. A new layout of the rest gets a new number; the old ones
//! stay readable.

mod remembered;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{InvalidId, ProviderId, TaskHandle};

pub use remembered::RememberedTask;

/// The most characters of a provider's own id of a task. The longest that was seen has about 80.
const MAX_ID_CHARS: usize = 256;

/// What ids are made of in practice stays readable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-');

/// How one provider writes its handles.
#[derive(Clone, Copy, Debug)]
pub struct HandleFormat {
    provider: &'static str,
    version: u32,
}

/// A handle that cannot be read. Each sort says what would have worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandleError {
    /// Another provider has made it, or nobody.
    Foreign {
        /// What the provider's own begin with, without the dot.
        expected: &'static str,
        /// Who has made it, where it looks like a handle at all.
        found: Option<ProviderId>,
    },
    /// A later version of this provider has made it.
    FromTheFuture {
        /// Which provider.
        provider: &'static str,
        /// The version of the handle's layout.
        found: u32,
        /// The latest version that can be read here.
        known: u32,
    },
    /// It begins as it should, and what follows makes no sense.
    Damaged {
        /// What the provider's own begin with, without the dot.
        expected: &'static str,
    },
}

impl HandleError {
    /// A stable name, for logs, metrics and scripts.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "foreign-handle",
            Self::FromTheFuture { .. } => "handle-from-the-future",
            Self::Damaged { .. } => "damaged-handle",
        }
    }
}

impl std::error::Error for HandleError {}

impl std::fmt::Display for HandleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign {
                expected,
                found: Some(found),
            } => write!(
                f,
                "the task handle is one of `{found}`: give it to that provider; here it takes one that starts \
                 with `{expected}.`"
            ),
            Self::Foreign {
                expected,
                found: None,
            } => write!(
                f,
                "not a task handle of this provider: it takes one that starts with `{expected}.`"
            ),
            Self::FromTheFuture {
                provider,
                found,
                known,
            } => write!(
                f,
                "the task handle is of a later version: up to `{provider}.{known}.` can be read here, so use a \
                 version that reads `{provider}.{found}.`"
            ),
            Self::Damaged { expected } => write!(
                f,
                "the task handle is damaged: it takes the whole text that starts with `{expected}.`, exactly as \
                 it was given"
            ),
        }
    }
}

impl HandleFormat {
    /// The handles of this provider, written in this version of the layout, which is 1 or more.
    pub const fn new(provider: &'static str, version: u32) -> Self {
        Self { provider, version }
    }

    /// Writes a handle. `rest` is visible ASCII, such as [`RememberedTask::to_text`] or [`encode_id`] make.
    ///
    /// # Errors
    ///
    /// When it is longer than a [`TaskHandle`] may be, or has other characters.
    pub fn write(self, rest: &str) -> Result<TaskHandle, InvalidId> {
        TaskHandle::parse(format!("{}.{}.{rest}", self.provider, self.version))
    }

    /// Takes a handle apart: the version of its layout, 1 to the provider's own, and the rest.
    ///
    /// # Errors
    ///
    /// [`HandleError`], by what is wrong with it.
    pub fn read(self, handle: &TaskHandle) -> Result<(u32, &str), HandleError> {
        let mut parts = handle.as_str().splitn(3, '.');
        let (owner, version, rest) = (parts.next(), parts.next(), parts.next());
        let number = version.and_then(number);
        if owner != Some(self.provider) {
            let is_handle = number.is_some() && rest.is_some();
            return Err(HandleError::Foreign {
                expected: self.provider,
                found: owner
                    .filter(|_| is_handle)
                    .and_then(|owner| ProviderId::parse(owner).ok()),
            });
        }
        match (number, rest) {
            (Some(found), Some(_)) if found > self.version => Err(HandleError::FromTheFuture {
                provider: self.provider,
                found,
                known: self.version,
            }),
            (Some(version @ 1..), Some(rest)) => Ok((version, rest)),
            _ => Err(self.damaged()),
        }
    }

    /// Writes the handle of a remembered task.
    ///
    /// # Errors
    ///
    /// As [`HandleFormat::write`]: its id is too long.
    pub fn write_task(self, task: &RememberedTask) -> Result<TaskHandle, InvalidId> {
        self.write(&task.to_text())
    }

    /// Reads what [`HandleFormat::write_task`] has written, in any version so far.
    ///
    /// # Errors
    ///
    /// [`HandleError`], by what is wrong with it.
    pub fn read_task(self, handle: &TaskHandle) -> Result<RememberedTask, HandleError> {
        let (_, rest) = self.read(handle)?;
        RememberedTask::from_text(rest).ok_or_else(|| self.damaged())
    }

    /// What is said of a rest that cannot be read.
    pub const fn damaged(self) -> HandleError {
        HandleError::Damaged {
            expected: self.provider,
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// Whether text can be a provider's own id of a task: not blank, of at most 256 characters, none of them a control
/// character, and not `.` or `..`, which as a segment of a path would lead to another endpoint.
pub fn is_task_id(text: &str) -> bool {
    !text.trim().is_empty()
        && !matches!(text, "." | "..")
        && text.chars().count() <= MAX_ID_CHARS
        && !text.chars().any(char::is_control)
}

/// A provider's own id, fit to stand in a handle or as one segment of a path.
pub fn encode_id(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

/// What [`encode_id`] has written; `None` for what [`is_task_id`] would not take.
pub fn decode_id(text: &str) -> Option<String> {
    let id = percent_decode_str(text).decode_utf8().ok()?;
    is_task_id(&id).then(|| id.into_owned())
}

#[cfg(test)]
mod tests;
