//! Which request means what: method and path, read once.

use axum::http::Method;

use super::refusal::Refusal;
use super::snowflake::Snowflake;

/// A message of a webhook: the first answer, or one by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// `@original`.
    Original,
    /// A follow-up (or the original by its number).
    Id(Snowflake),
}

/// A request of the REST API, by meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Gateway,
    GatewayBot,
    Me,
    Application,
    OauthApplication,
    ListCommands {
        guild: Option<Snowflake>,
    },
    CreateCommand {
        guild: Option<Snowflake>,
    },
    OverwriteCommands {
        guild: Option<Snowflake>,
    },
    GetCommand {
        guild: Option<Snowflake>,
        command: Snowflake,
    },
    EditCommand {
        guild: Option<Snowflake>,
        command: Snowflake,
    },
    DeleteCommand {
        guild: Option<Snowflake>,
        command: Snowflake,
    },
    Callback {
        interaction: Snowflake,
        token: String,
    },
    ExecuteWebhook {
        token: String,
    },
    GetWebhookMessage {
        token: String,
        which: Which,
    },
    EditWebhookMessage {
        token: String,
        which: Which,
    },
    DeleteWebhookMessage {
        token: String,
        which: Which,
    },
    GetChannel {
        channel: Snowflake,
    },
    ListMessages {
        channel: Snowflake,
    },
    CreateMessage {
        channel: Snowflake,
    },
    GetMessage {
        channel: Snowflake,
        message: Snowflake,
    },
    EditMessage {
        channel: Snowflake,
        message: Snowflake,
    },
    DeleteMessage {
        channel: Snowflake,
        message: Snowflake,
    },
    Typing {
        channel: Snowflake,
    },
    OpenDirect,
    GetGuild {
        guild: Snowflake,
    },
    GetUser {
        user: Snowflake,
    },
}

impl Route {
    /// Reads a request below the API's version; `steps` are decoded already.
    ///
    /// `application` is the only application of this world.
    pub(crate) fn parse(
        method: &Method,
        steps: &[&str],
        application: Snowflake,
    ) -> Result<Self, Refusal> {
        let verbs = Verbs(method);
        match steps {
            ["gateway"] => verbs.pick(&[(Method::GET, Self::Gateway)]),
            ["gateway", "bot"] => verbs.pick(&[(Method::GET, Self::GatewayBot)]),
            ["users", "@me"] => verbs.pick(&[(Method::GET, Self::Me)]),
            ["users", "@me", "channels"] => verbs.pick(&[(Method::POST, Self::OpenDirect)]),
            ["users", user] => {
                let user = id(user, "user_id")?;
                verbs.pick(&[(Method::GET, Self::GetUser { user })])
            }
            ["applications", "@me"] => verbs.pick(&[(Method::GET, Self::Application)]),
            ["oauth2", "applications", "@me"] => {
                verbs.pick(&[(Method::GET, Self::OauthApplication)])
            }
            ["applications", app, "commands", rest @ ..] => {
                own(app, application)?;
                verbs.commands(None, rest)
            }
            ["applications", app, "guilds", guild, "commands", rest @ ..] => {
                own(app, application)?;
                verbs.commands(Some(id(guild, "guild_id")?), rest)
            }
            ["interactions", interaction, token, "callback"] => {
                let interaction = id(interaction, "interaction_id")?;
                let token = (*token).to_owned();
                verbs.pick(&[(Method::POST, Self::Callback { interaction, token })])
            }
            ["webhooks", app, token, rest @ ..] => {
                if id(app, "webhook_id")? != application {
                    return Err(Refusal::unknown_webhook());
                }
                verbs.webhook(token, rest)
            }
            ["channels", channel, rest @ ..] => verbs.channel(id(channel, "channel_id")?, rest),
            ["guilds", guild] => {
                let guild = id(guild, "guild_id")?;
                verbs.pick(&[(Method::GET, Self::GetGuild { guild })])
            }
            _ => Err(Refusal::not_found()),
        }
    }

    /// Whether the caller must show the bot's token. An interaction's token is in the path instead.
    pub(crate) fn needs_token(&self) -> bool {
        !self.is_interaction() && *self != Self::Gateway
    }

    /// Whether this is one of the interaction endpoints, which the global limit spares.
    pub(crate) fn is_interaction(&self) -> bool {
        matches!(
            self,
            Self::Callback { .. }
                | Self::ExecuteWebhook { .. }
                | Self::GetWebhookMessage { .. }
                | Self::EditWebhookMessage { .. }
                | Self::DeleteWebhookMessage { .. }
        )
    }

    /// The rate limit's group and its top-level resource; `None` for what has no bucket.
    pub(crate) fn bucket(&self) -> Option<(&'static str, String)> {
        Some(match self {
            Self::Callback { .. } | Self::Gateway => return None,
            Self::GatewayBot => ("gateway", String::new()),
            Self::Me | Self::GetUser { .. } => ("users", String::new()),
            Self::Application | Self::OauthApplication => ("applications", String::new()),
            Self::ListCommands { guild } | Self::GetCommand { guild, .. } => {
                ("commands-read", scope(*guild))
            }
            Self::CreateCommand { guild }
            | Self::EditCommand { guild, .. }
            | Self::DeleteCommand { guild, .. } => ("commands-write", scope(*guild)),
            Self::OverwriteCommands { guild } => ("commands-overwrite", scope(*guild)),
            Self::ExecuteWebhook { token }
            | Self::GetWebhookMessage { token, .. }
            | Self::EditWebhookMessage { token, .. }
            | Self::DeleteWebhookMessage { token, .. } => ("webhook", token.clone()),
            Self::GetChannel { channel }
            | Self::ListMessages { channel }
            | Self::GetMessage { channel, .. } => ("messages-read", channel.to_string()),
            Self::CreateMessage { channel } => ("messages-create", channel.to_string()),
            Self::EditMessage { channel, .. } => ("messages-edit", channel.to_string()),
            Self::DeleteMessage { channel, .. } => ("messages-delete", channel.to_string()),
            Self::Typing { channel } => ("typing", channel.to_string()),
            Self::OpenDirect => ("direct", String::new()),
            Self::GetGuild { guild } => ("guilds", guild.to_string()),
        })
    }
}

/// The method of a request, asked what it means at a path.
struct Verbs<'a>(&'a Method);

impl Verbs<'_> {
    fn pick(&self, offers: &[(Method, Route)]) -> Result<Route, Refusal> {
        let wanted = if *self.0 == Method::HEAD {
            &Method::GET
        } else {
            self.0
        };
        offers
            .iter()
            .find(|(method, _)| method == wanted)
            .map(|(_, route)| route.clone())
            .ok_or_else(Refusal::method_not_allowed)
    }

    fn commands(&self, guild: Option<Snowflake>, rest: &[&str]) -> Result<Route, Refusal> {
        match rest {
            [] => self.pick(&[
                (Method::GET, Route::ListCommands { guild }),
                (Method::POST, Route::CreateCommand { guild }),
                (Method::PUT, Route::OverwriteCommands { guild }),
            ]),
            [command] => {
                let command = id(command, "command_id")?;
                self.pick(&[
                    (Method::GET, Route::GetCommand { guild, command }),
                    (Method::PATCH, Route::EditCommand { guild, command }),
                    (Method::DELETE, Route::DeleteCommand { guild, command }),
                ])
            }
            _ => Err(Refusal::not_found()),
        }
    }

    fn webhook(&self, token: &str, rest: &[&str]) -> Result<Route, Refusal> {
        let token = token.to_owned();
        let which = match rest {
            [] => return self.pick(&[(Method::POST, Route::ExecuteWebhook { token })]),
            ["messages", "@original"] => Which::Original,
            ["messages", message] => Which::Id(id(message, "message_id")?),
            _ => return Err(Refusal::not_found()),
        };
        self.pick(&[
            (
                Method::GET,
                Route::GetWebhookMessage {
                    token: token.clone(),
                    which,
                },
            ),
            (
                Method::PATCH,
                Route::EditWebhookMessage {
                    token: token.clone(),
                    which,
                },
            ),
            (Method::DELETE, Route::DeleteWebhookMessage { token, which }),
        ])
    }

    fn channel(&self, channel: Snowflake, rest: &[&str]) -> Result<Route, Refusal> {
        match rest {
            [] => self.pick(&[(Method::GET, Route::GetChannel { channel })]),
            ["typing"] => self.pick(&[(Method::POST, Route::Typing { channel })]),
            ["messages"] => self.pick(&[
                (Method::GET, Route::ListMessages { channel }),
                (Method::POST, Route::CreateMessage { channel }),
            ]),
            ["messages", message] => {
                let message = id(message, "message_id")?;
                self.pick(&[
                    (Method::GET, Route::GetMessage { channel, message }),
                    (Method::PATCH, Route::EditMessage { channel, message }),
                    (Method::DELETE, Route::DeleteMessage { channel, message }),
                ])
            }
            _ => Err(Refusal::not_found()),
        }
    }
}

fn scope(guild: Option<Snowflake>) -> String {
    guild.map_or_else(|| "global".to_owned(), |guild| guild.to_string())
}

fn own(app: &str, application: Snowflake) -> Result<(), Refusal> {
    if id(app, "application_id")? == application {
        Ok(())
    } else {
        Err(Refusal::not_your_application())
    }
}

fn id(text: &str, name: &str) -> Result<Snowflake, Refusal> {
    Snowflake::parse(text).ok_or_else(|| {
        let message = format!("Value \"{text}\" is not snowflake.");
        Refusal::field(name, "NUMBER_TYPE_COERCE", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: Snowflake = Snowflake(7);

    #[test]
    fn the_same_path_means_something_else_by_method() {
        let steps = ["webhooks", "7", "tok", "messages", "@original"];
        let which = Which::Original;
        let token = "tok".to_owned();

        let edit = Route::parse(&Method::PATCH, &steps, APP).unwrap();
        let put = Route::parse(&Method::PUT, &steps, APP).unwrap_err();

        assert_eq!(edit, Route::EditWebhookMessage { token, which });
        assert_eq!(put.status, 405);
    }

    #[test]
    fn another_applications_commands_are_not_ours() {
        let refusal = Route::parse(&Method::GET, &["applications", "8", "commands"], APP);

        assert_eq!(refusal.unwrap_err().code, 20012);
    }

    #[test]
    fn callbacks_have_neither_bucket_nor_bot_token() {
        let steps = ["interactions", "1", "tok", "callback"];

        let route = Route::parse(&Method::POST, &steps, APP).unwrap();

        assert!(route.bucket().is_none() && !route.needs_token());
    }
}
