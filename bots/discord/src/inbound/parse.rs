//! Reads an interaction as a command. Pure: nothing in it is trusted, and nothing is looked up.

use std::collections::BTreeMap;
use std::time::Duration;

use kling_bot::{Command, CommandAttachment};
use kling_core::{Dimensions, Secret, Timestamp};
use kling_engine::{PlatformId, Requester, Standing};
use serenity::model::application::{
    AuthorizingIntegrationOwner, CommandDataOption, CommandDataOptionValue, CommandInteraction,
};
use serenity::model::channel::{Attachment, ChannelType};

use crate::PLATFORM;
use crate::address::{Address, Place};
use crate::limits;

/// A command, with what its first answer needs.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// What was typed.
    pub(crate) command: Command,
    /// The interaction's token.
    pub(crate) token: Secret,
}

/// Reads an interaction that arrived at `now` and was made `age` before; `None` when it has no token to answer
/// with.
pub(crate) fn parse(
    interaction: &CommandInteraction,
    now: Timestamp,
    age: Duration,
) -> Option<Arrival> {
    let token = Secret::new(&interaction.token)?;
    let address = Address {
        application: interaction.application_id.to_string(),
        token: token.clone(),
        channel: interaction.channel_id.to_string(),
        user: interaction.user.id.to_string(),
        place: place(interaction),
        // By our clock, which is the one that is asked later.
        created_at: now - age,
        file_bytes: match interaction.attachment_size_limit {
            0 => limits::FILE_BYTES,
            told => u64::from(told),
        },
    };
    let mut fields = BTreeMap::new();
    let mut attachments = Vec::new();
    for CommandDataOption { name, value, .. } in &interaction.data.options {
        match value {
            CommandDataOptionValue::String(text) => {
                fields.insert(name.clone(), text.clone());
            }
            CommandDataOptionValue::Integer(number) => {
                fields.insert(name.clone(), number.to_string());
            }
            CommandDataOptionValue::Number(number) => {
                fields.insert(name.clone(), number.to_string());
            }
            CommandDataOptionValue::Boolean(flag) => {
                fields.insert(name.clone(), flag.to_string());
            }
            CommandDataOptionValue::Attachment(id) => {
                let file = interaction.data.resolved.attachments.get(id);
                attachments.push(attachment(name, file));
            }
            // No command of ours asks for any other kind; what is not ours is told so at the gate.
            other => {
                fields.insert(name.clone(), format!("{:?}", other.kind()));
            }
        }
    }
    let requester = Requester {
        platform: PlatformId::new(PLATFORM),
        workspace: interaction.guild_id.map(|guild| guild.to_string()),
        channel: home(interaction),
        user: address.user.clone(),
    };
    let command = Command {
        name: interaction.data.name.clone(),
        fields,
        attachments,
        requester,
        reply_address: address.store(),
        dedupe_key: interaction.id.to_string(),
        locale: Some(interaction.locale.clone()).filter(|locale| !locale.is_empty()),
        standing: standing(interaction),
    };
    Some(Arrival { command, token })
}

/// The channel that a command counts for: a thread belongs to the one it hangs on, or a limit on that would hold
/// nobody who opens threads.
fn home(interaction: &CommandInteraction) -> String {
    let is_thread = |kind| {
        matches!(
            kind,
            ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread
        )
    };
    let thread = interaction
        .channel
        .as_ref()
        .filter(|channel| is_thread(channel.kind));
    let parent = thread.and_then(|thread| thread.parent_id);
    parent.unwrap_or(interaction.channel_id).to_string()
}

/// The roles of whoever asks. That a place is for adults only is not among what serenity reads of it, so none is
/// taken for one.
fn standing(interaction: &CommandInteraction) -> Standing {
    let member = interaction.member.iter();
    Standing {
        roles: member
            .flat_map(|member| &member.roles)
            .map(ToString::to_string)
            .collect(),
        age_restricted: false,
    }
}

/// A place where only the person has the app is closed to the bot itself.
fn place(interaction: &CommandInteraction) -> Place {
    let owners = &interaction.authorizing_integration_owners.0;
    let in_server = |owner: &AuthorizingIntegrationOwner| {
        matches!(owner, AuthorizingIntegrationOwner::GuildInstall(_))
    };
    if owners.is_empty() || owners.iter().any(in_server) {
        Place::Member
    } else {
        Place::Guest
    }
}

/// A file that Discord did not resolve has no address, and is refused when it is to be fetched.
fn attachment(field: &str, file: Option<&Attachment>) -> CommandAttachment {
    let Some(file) = file else {
        return CommandAttachment {
            field: field.to_owned(),
            file_name: String::new(),
            source: String::new(),
            content_type: None,
            size_bytes: 0,
            dimensions: None,
        };
    };
    CommandAttachment {
        field: field.to_owned(),
        file_name: file.filename.clone(),
        source: file.url.clone(),
        content_type: file.content_type.clone(),
        size_bytes: u64::from(file.size),
        dimensions: file
            .dimensions()
            .map(|(width, height)| Dimensions { width, height }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::address::snowflake_at;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const AGE: Duration = Duration::from_millis(400);

    fn interaction(change: impl FnOnce(&mut Value)) -> CommandInteraction {
        let user = json!({"id": "30", "username": "ada", "discriminator": "0", "avatar": null});
        let mut json = json!({
            "id": snowflake_at(NOW - AGE).to_string(),
            "application_id": "10",
            "type": 2,
            "token": "interaction-token",
            "version": 1,
            "guild_id": "40",
            "channel_id": "50",
            "locale": "de",
            "guild_locale": "en-US",
            "app_permissions": "2048",
            "entitlements": [],
            "authorizing_integration_owners": {"0": "40"},
            "context": 0,
            "attachment_size_limit": 26_214_400,
            "member": {
                "user": user, "roles": [], "joined_at": "2024-01-01T00:00:00Z",
                "deaf": false, "mute": false, "flags": 0, "permissions": "0",
            },
            "data": {
                "id": "60", "name": "imagine", "type": 1,
                "options": [
                    {"name": "prompt", "type": 3, "value": "a paper boat"},
                    {"name": "count", "type": 4, "value": 2},
                    {"name": "image1", "type": 11, "value": "70"},
                ],
                "resolved": {"attachments": {"70": {
                    "id": "70", "filename": "a.png", "size": 1234, "content_type": "image/png",
                    "url": "https://cdn.discordapp.com/ephemeral-attachments/1/70/a.png?ex=1",
                    "proxy_url": "https://media.discordapp.net/a.png", "width": 640, "height": 480,
                }}},
            },
        });
        change(&mut json);
        serde_json::from_value(json).expect("an interaction")
    }

    #[test]
    fn an_interaction_becomes_a_command() {
        let arrival = parse(&interaction(|_| {}), NOW, AGE).expect("a command");
        let command = &arrival.command;

        assert_eq!(command.name, "imagine");
        assert_eq!(command.fields["prompt"], "a paper boat");
        assert_eq!(command.fields["count"], "2");
        assert_eq!(command.requester.workspace.as_deref(), Some("40"));
        assert_eq!(command.requester.user, "30");
        assert_eq!(command.locale.as_deref(), Some("de"));
        let [file] = command.attachments.as_slice() else {
            panic!("one attachment");
        };
        assert_eq!((file.field.as_str(), file.size_bytes), ("image1", 1234));
        assert_eq!(
            file.dimensions,
            Some(Dimensions {
                width: 640,
                height: 480
            })
        );
    }

    #[test]
    fn the_place_to_answer_is_kept_with_the_token() {
        let arrival = parse(&interaction(|_| {}), NOW, AGE).expect("a command");
        let address = Address::read(&arrival.command.reply_address).expect("an address");

        assert_eq!(address.token.expose(), "interaction-token");
        assert_eq!(
            (address.channel.as_str(), address.user.as_str()),
            ("50", "30")
        );
        assert_eq!(address.place, Place::Member);
        assert_eq!(address.file_bytes, 26_214_400);
        assert_eq!(address.created_at, NOW - AGE);
    }

    #[test]
    fn roles_come_along_and_a_thread_counts_for_the_channel_it_hangs_on() {
        let in_thread = interaction(|json| {
            json["member"]["roles"] = json!(["80", "81"]);
            json["channel_id"] = json!("51");
            json["channel"] = json!({"id": "51", "name": "boats", "type": 11, "parent_id": "50"});
        });
        let in_category = interaction(|json| {
            json["channel"] = json!({"id": "50", "name": "art", "type": 0, "parent_id": "49"});
        });

        let command = parse(&in_thread, NOW, AGE).expect("a command").command;
        assert_eq!(command.standing.roles, ["80", "81"]);
        assert_eq!(command.requester.channel, "50");
        let address = Address::read(&command.reply_address).expect("an address");
        assert_eq!(address.channel, "51");
        let command = parse(&in_category, NOW, AGE).expect("a command").command;
        assert_eq!(command.requester.channel, "50");
        assert!(command.standing.roles.is_empty());
    }

    #[test]
    fn where_only_the_person_has_the_app_the_bot_is_a_guest() {
        let own = parse(
            &interaction(|json| json["authorizing_integration_owners"] = json!({"1": "30"})),
            NOW,
            AGE,
        );
        let address = Address::read(&own.expect("a command").command.reply_address);

        assert_eq!(address.expect("an address").place, Place::Guest);
    }

    #[test]
    fn a_file_that_is_not_resolved_has_no_address() {
        let arrival = parse(
            &interaction(|json| json["data"]["resolved"] = json!({})),
            NOW,
            AGE,
        );

        assert_eq!(
            arrival.expect("a command").command.attachments[0].source,
            ""
        );
    }

    #[test]
    fn where_no_limit_for_files_is_told_the_ordinary_one_holds() {
        let untold = interaction(|json| json["attachment_size_limit"] = json!(0));
        let arrival = parse(&untold, NOW, AGE).expect("a command");
        let address = Address::read(&arrival.command.reply_address).expect("an address");

        assert_eq!(address.file_bytes, limits::FILE_BYTES);
    }
}
