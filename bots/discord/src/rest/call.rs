//! One call: its method, its path, and the limits it falls under.

use kling_http::Method;

use crate::address::{Address, Posted};
use crate::ratelimit::{Key, Priority};

/// A call before it has a body.
#[derive(Debug)]
pub(crate) struct Call {
    pub(super) method: Method,
    /// The method and the path without ids: what limits are kept by, and what logs may show.
    pub(super) route: &'static str,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) priority: Priority,
    /// Whether the bot's token goes along; an interaction's own token is in the path.
    pub(super) shows_token: bool,
    major: String,
}

impl Call {
    /// A call on the bot's account.
    pub(crate) fn bot<const N: usize>(
        method: Method,
        route: &'static str,
        path: [&str; N],
    ) -> Self {
        Self {
            method,
            route,
            path: path.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            priority: Priority::Acknowledgement,
            shows_token: true,
            major: String::new(),
        }
    }

    /// A call about the commands of all servers, or of one.
    pub(crate) fn commands(
        method: Method,
        route: &'static str,
        application: &str,
        guild: Option<&str>,
    ) -> Self {
        match guild {
            None => Self::bot(method, route, ["applications", application, "commands"]),
            Some(guild) => {
                let path = ["applications", application, "guilds", guild, "commands"];
                Self {
                    major: guild.to_owned(),
                    ..Self::bot(method, route, path)
                }
            }
        }
    }

    /// A call about the messages of a channel.
    pub(crate) fn channel(method: Method, route: &'static str, channel: &str) -> Self {
        Self {
            major: channel.to_owned(),
            priority: Priority::Result,
            ..Self::bot(method, route, ["channels", channel, "messages"])
        }
    }

    /// A call about one message.
    pub(crate) fn message(method: Method, route: &'static str, posted: &Posted) -> Self {
        let mut call = Self::channel(method, route, &posted.channel);
        call.path.push(posted.message.clone());
        call
    }

    /// A call with an interaction's token.
    pub(crate) fn webhook(method: Method, route: &'static str, address: &Address) -> Self {
        let token = address.token.expose();
        Self {
            shows_token: false,
            major: token.to_owned(),
            priority: Priority::Result,
            ..Self::bot(method, route, ["webhooks", &address.application, token])
        }
    }

    /// A call about an interaction's first answer.
    pub(crate) fn original(method: Method, route: &'static str, address: &Address) -> Self {
        let mut call = Self::webhook(method, route, address);
        call.path
            .extend(["messages".to_owned(), "@original".to_owned()]);
        call
    }

    /// The same call with one more part of its query.
    #[must_use]
    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    /// The same call, more or less urgent.
    #[must_use]
    pub(crate) fn priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    pub(super) fn key(&self) -> Key {
        Key {
            route: self.route,
            major: self.major.clone(),
            // Interaction endpoints do not count against the bot's requests per second.
            counts_globally: self.shows_token,
        }
    }
}
