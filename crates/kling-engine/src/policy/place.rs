//! What a setting is about, and its one spelling.

use std::fmt::{self, Display, Write as _};
use std::str::FromStr;

use super::PolicyError;

/// The shapes of places, for people.
pub(super) const SHAPES: &str = "deployment, workspaces, workspace:PLATFORM:ID, channels, \
    channels:PLATFORM:WORKSPACE, channel:PLATFORM:WORKSPACE:ID, requesters, requesters:PLATFORM:WORKSPACE, \
    role:PLATFORM:WORKSPACE:ID and requester:PLATFORM:ID";

/// What a setting is about. The singular ones are one thing, the plural ones a default for each of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Everything together.
    Deployment,
    /// Each workspace.
    Workspaces,
    /// One workspace.
    Workspace(Where),
    /// Each channel.
    Channels,
    /// Each channel of a workspace.
    ChannelsOf(Where),
    /// One channel; its workspace is empty outside of workspaces.
    Channel(Where, String),
    /// Each person.
    Requesters,
    /// Each person who asks in a workspace.
    RequestersOf(Where),
    /// Each person with a role in a workspace.
    Role(Where, String),
    /// One person, in every workspace of their platform.
    Requester {
        /// The platform.
        platform: String,
        /// The person.
        user: String,
    },
}

/// A workspace of a platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Where {
    /// The platform.
    pub platform: String,
    /// The workspace; empty outside of workspaces.
    pub workspace: String,
}

impl Where {
    /// A workspace of a platform.
    pub fn new(platform: impl Into<String>, workspace: impl Into<String>) -> Self {
        Self {
            platform: platform.into(),
            workspace: workspace.into(),
        }
    }
}

/// A colon parts names, so one inside a name is written otherwise.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            ':' => text.push_str("%3A"),
            '%' => text.push_str("%25"),
            other => text.push(other),
        }
    }
    text
}

fn unescaped(name: &str) -> String {
    name.replace("%3A", ":").replace("%25", "%")
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut write = |kind: &str, names: &[&str]| {
            f.write_str(kind)?;
            for name in names {
                f.write_char(':')?;
                f.write_str(&escaped(name))?;
            }
            Ok(())
        };
        match self {
            Self::Deployment => write("deployment", &[]),
            Self::Workspaces => write("workspaces", &[]),
            Self::Workspace(at) => write("workspace", &[&at.platform, &at.workspace]),
            Self::Channels => write("channels", &[]),
            Self::ChannelsOf(at) => write("channels", &[&at.platform, &at.workspace]),
            Self::Channel(at, id) => write("channel", &[&at.platform, &at.workspace, id]),
            Self::Requesters => write("requesters", &[]),
            Self::RequestersOf(at) => write("requesters", &[&at.platform, &at.workspace]),
            Self::Role(at, id) => write("role", &[&at.platform, &at.workspace, id]),
            Self::Requester { platform, user } => write("requester", &[platform, user]),
        }
    }
}

impl FromStr for Place {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let parts: Vec<String> = text.trim().split(':').map(unescaped).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let whole = |names: &[&str]| names.iter().all(|name| !name.is_empty());
        Ok(match *parts.as_slice() {
            ["deployment"] => Self::Deployment,
            ["workspaces"] => Self::Workspaces,
            ["workspace", platform, id] if whole(&[platform, id]) => {
                Self::Workspace(Where::new(platform, id))
            }
            ["channels"] => Self::Channels,
            ["channels", platform, at] if whole(&[platform, at]) => {
                Self::ChannelsOf(Where::new(platform, at))
            }
            ["channel", platform, at, id] if whole(&[platform, id]) => {
                Self::Channel(Where::new(platform, at), id.to_owned())
            }
            ["requesters"] => Self::Requesters,
            ["requesters", platform, at] if whole(&[platform, at]) => {
                Self::RequestersOf(Where::new(platform, at))
            }
            ["role", platform, at, id] if whole(&[platform, at, id]) => {
                Self::Role(Where::new(platform, at), id.to_owned())
            }
            ["requester", platform, user] if whole(&[platform, user]) => Self::Requester {
                platform: platform.to_owned(),
                user: user.to_owned(),
            },
            _ => {
                return Err(PolicyError::NoSuchPlace {
                    given: text.to_owned(),
                });
            }
        })
    }
}
