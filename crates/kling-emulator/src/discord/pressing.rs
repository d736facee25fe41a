//! How a pressed button or a sent modal becomes an interaction, checked as a client checks it.

use serde_json::{Map, Value, json};

use super::callbacks;
use super::component_rules::kind;
use super::interaction::{Deed, InteractionKind};
use super::invoking::put;
use super::message::Attachment;
use super::person::{ModalSubmit, NotSent, Press};
use super::snowflake::Snowflake;
use super::state::State;

impl State {
    /// Uses a component of a message that the person sees.
    pub(crate) fn press(
        &mut self,
        now_ms: u64,
        press: &Press,
    ) -> Result<(Snowflake, usize), NotSent> {
        let Some(message) = self.messages.get(&press.message).cloned() else {
            return NotSent::because(format!("there is no message {}", press.message));
        };
        let (user, channel) = self.whereabouts(&press.user, &message.channel.to_string(), None)?;
        if message.only_for.is_some_and(|only| only != user) {
            return NotSent::because("the message is for somebody else");
        }
        let Some(component) = find(&message.components, &press.custom_id) else {
            return NotSent::because(format!("the message has no component {}", press.custom_id));
        };
        if component["disabled"] == true {
            return NotSent::because(format!("{} is disabled", press.custom_id));
        }
        let mut data = json!({
            "id": component["id"],
            "custom_id": press.custom_id,
            "component_type": component["type"],
        });
        if component["type"] == kind::BUTTON {
            if !press.values.is_empty() {
                return NotSent::because("nothing is chosen in a button");
            }
        } else {
            choose(component, &press.values)?;
            data["values"] = json!(press.values);
        }
        Ok(self.interact(
            now_ms,
            Deed {
                kind: InteractionKind::Component,
                command_type: 0,
                name: press.custom_id.clone(),
                user,
                channel: channel.id,
                data,
                source: Some(message.id),
                locale: press.locale.clone(),
                file_bytes: None,
                app_permissions: None,
                user_installed: false,
            },
        ))
    }

    /// Sends a modal that an interaction was answered with.
    pub(crate) fn submit(
        &mut self,
        now_ms: u64,
        submit: &ModalSubmit,
    ) -> Result<(Snowflake, usize), NotSent> {
        let shown = self
            .interactions
            .get(&submit.interaction)
            .filter(|opener| opener.answer == Some(callbacks::kind::MODAL))
            .and_then(|opener| Some((opener.clone(), opener.modal.clone()?)));
        let Some((opener, modal)) = shown else {
            return NotSent::because("that interaction was not answered with a modal");
        };
        let mut filling = Filling {
            state: self,
            now_ms,
            submit,
            used: Vec::new(),
            resolved: Map::new(),
            file_bytes: opener.file_bytes,
            channel: opener.channel,
        };
        let parts = modal["components"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let components = parts
            .iter()
            .map(|part| filling.part(part))
            .collect::<Result<Vec<_>, _>>()?;
        let named = submit.values.iter().map(|(id, _)| id);
        for id in named.chain(submit.files.iter().map(|(id, _)| id)) {
            if !filling.used.contains(id) {
                return NotSent::because(format!("the modal has no field {id}"));
            }
        }
        let mut data = json!({"custom_id": modal["custom_id"], "components": components});
        if !filling.resolved.is_empty() {
            data["resolved"] = Value::Object(filling.resolved);
        }
        Ok(self.interact(
            now_ms,
            Deed {
                kind: InteractionKind::Modal,
                command_type: 0,
                name: modal["custom_id"].as_str().unwrap_or_default().to_owned(),
                user: opener.user,
                channel: opener.channel,
                data,
                source: opener.source,
                locale: opener.event["locale"]
                    .as_str()
                    .unwrap_or("en-US")
                    .to_owned(),
                file_bytes: Some(opener.file_bytes),
                app_permissions: None,
                user_installed: opener.user_installed,
            },
        ))
    }
}

/// A component of a message by its id, however deep it stands.
fn find<'a>(components: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    components.iter().find_map(|part| {
        if part["custom_id"] == *custom_id {
            return Some(part);
        }
        let inner = part["components"].as_array().map_or(&[][..], Vec::as_slice);
        find(inner, custom_id)
            .or_else(|| Some(&part["accessory"]).filter(|part| part["custom_id"] == *custom_id))
    })
}

fn choose(component: &Value, values: &[String]) -> Result<(), NotSent> {
    let least = component["min_values"].as_u64().unwrap_or(1);
    let most = component["max_values"].as_u64().unwrap_or(1);
    if !(least..=most).contains(&(values.len() as u64)) {
        return NotSent::because(format!(
            "between {least} and {most} entries are chosen here"
        ));
    }
    let offered = component["options"].as_array();
    for value in values {
        let is_offered =
            |options: &Vec<Value>| options.iter().any(|option| option["value"] == **value);
        if component["type"] == kind::STRING_SELECT && !offered.is_some_and(is_offered) {
            return NotSent::because(format!("{value} is not offered"));
        }
    }
    Ok(())
}

/// A modal while it is filled in.
struct Filling<'a> {
    state: &'a mut State,
    now_ms: u64,
    submit: &'a ModalSubmit,
    used: Vec<String>,
    resolved: Map<String, Value>,
    file_bytes: u64,
    channel: Snowflake,
}

impl Filling<'_> {
    fn part(&mut self, part: &Value) -> Result<Value, NotSent> {
        match part["type"].as_u64() {
            Some(kind::ROW) => {
                let inner = self.part(&part["components"][0])?;
                Ok(json!({"type": kind::ROW, "id": part["id"], "components": [inner]}))
            }
            Some(kind::LABEL) => {
                let inner = self.part(&part["component"])?;
                Ok(json!({"type": kind::LABEL, "id": part["id"], "component": inner}))
            }
            Some(kind::TEXT) | None => Ok(json!({"type": kind::TEXT, "id": part["id"]})),
            Some(_) => self.field(part),
        }
    }

    fn field(&mut self, part: &Value) -> Result<Value, NotSent> {
        let id = part["custom_id"].as_str().unwrap_or_default().to_owned();
        let given = self.submit.values.iter().find(|(known, _)| *known == id);
        let given = given.map(|(_, values)| values.clone());
        let required = part["required"] != false;
        self.used.push(id.clone());
        let mut field = json!({"type": part["type"], "id": part["id"], "custom_id": id});
        match part["type"].as_u64() {
            Some(kind::TEXT_INPUT) => {
                let text = given
                    .and_then(|values| values.into_iter().next())
                    .or_else(|| part["value"].as_str().map(str::to_owned))
                    .unwrap_or_default();
                let length = text.chars().count() as u64;
                let least = part["min_length"].as_u64().unwrap_or(u64::from(required));
                let most = part["max_length"].as_u64().unwrap_or(4000);
                let is_left_out = !required && text.is_empty();
                if !is_left_out && !(least..=most).contains(&length) {
                    return NotSent::because(format!(
                        "{id} takes between {least} and {most} characters"
                    ));
                }
                field["value"] = json!(text);
            }
            Some(kind::FILE_UPLOAD) => field["values"] = json!(self.upload(part, &id, required)?),
            Some(kind::CHECKBOX) => {
                let is_on = given.is_some_and(|values| values.iter().any(|value| value == "true"));
                field["value"] = json!(is_on);
            }
            _ => {
                let values = given.unwrap_or_default();
                if required || !values.is_empty() {
                    choose(part, &values)?;
                }
                if part["type"] == kind::RADIO_GROUP {
                    field["value"] = json!(values.first());
                } else {
                    field["values"] = json!(values);
                }
            }
        }
        Ok(field)
    }

    fn upload(
        &mut self,
        part: &Value,
        id: &str,
        required: bool,
    ) -> Result<Vec<Snowflake>, NotSent> {
        let files: Vec<_> = self
            .submit
            .files
            .iter()
            .filter(|(known, _)| known == id)
            .map(|(_, file)| file.clone())
            .collect();
        let least = part["min_values"].as_u64().unwrap_or(u64::from(required));
        let most = part["max_values"].as_u64().unwrap_or(1);
        if !(least..=most).contains(&(files.len() as u64)) {
            return NotSent::because(format!("{id} takes between {least} and {most} files"));
        }
        let mut ids = Vec::new();
        for file in files {
            State::file_fits(file.bytes.len(), self.file_bytes, &file.filename)?;
            let id = self.state.mint.make(self.now_ms);
            let file = Attachment::take(id, self.channel, file, true);
            let json = self.state.attachment_json(self.now_ms, &file);
            put(&mut self.resolved, "attachments", id, json);
            self.state.attachments.put(file);
            ids.push(id);
        }
        Ok(ids)
    }
}
