//! Application commands: registering, listing, overwriting.

use serde_json::{Map, Value, json};

use super::command_rules;
use super::form::Form;
use super::limits;
use super::refusal::{Complaints, Refusal};
use super::reply::{Outcome, Reply};
use super::snowflake::Snowflake;
use super::state::State;

/// A registered command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: Snowflake,
    pub(crate) guild: Option<Snowflake>,
    /// The definition with every default filled in; what GET answers, without ids.
    pub(crate) body: Map<String, Value>,
    version: Snowflake,
}

impl Command {
    pub(crate) fn name(&self) -> &str {
        self.body
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// 1 slash, 2 user, 3 message.
    pub(crate) fn kind(&self) -> u64 {
        self.body.get("type").and_then(Value::as_u64).unwrap_or(1)
    }

    pub(crate) fn json(&self, application: Snowflake, with_localizations: bool) -> Value {
        let mut body = Value::Object(self.body.clone());
        if !with_localizations {
            strip_localizations(&mut body);
        }
        body["id"] = json!(self.id);
        body["application_id"] = json!(application);
        body["version"] = json!(self.version);
        if let Some(guild) = self.guild {
            body["guild_id"] = json!(guild);
        }
        body
    }
}

fn strip_localizations(value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    fields.remove("name_localizations");
    fields.remove("description_localizations");
    for key in ["options", "choices"] {
        for inner in fields
            .get_mut(key)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            strip_localizations(inner);
        }
    }
}

/// A definition as Discord keeps it: defaults filled in, nothing it does not know.
fn normalised(given: &Value) -> Map<String, Value> {
    let mut body = Map::new();
    let kind = given["type"].as_u64().unwrap_or(1);
    let or = |key: &str, default: Value| match &given[key] {
        Value::Null => default,
        value => value.clone(),
    };
    body.insert("type".to_owned(), json!(kind));
    body.insert("name".to_owned(), given["name"].clone());
    body.insert(
        "name_localizations".to_owned(),
        or("name_localizations", Value::Null),
    );
    let description = if kind == 1 {
        or("description", json!(""))
    } else {
        json!("")
    };
    body.insert("description".to_owned(), description);
    body.insert(
        "description_localizations".to_owned(),
        or("description_localizations", Value::Null),
    );
    let permissions = match &given["default_member_permissions"] {
        Value::Number(bits) => json!(bits.to_string()),
        other => other.clone(),
    };
    body.insert("default_member_permissions".to_owned(), permissions);
    body.insert("dm_permission".to_owned(), or("dm_permission", json!(true)));
    body.insert("contexts".to_owned(), or("contexts", Value::Null));
    body.insert(
        "integration_types".to_owned(),
        or("integration_types", json!([0])),
    );
    body.insert("nsfw".to_owned(), or("nsfw", json!(false)));
    let options = given["options"].as_array().map_or(&[][..], Vec::as_slice);
    if !options.is_empty() {
        body.insert(
            "options".to_owned(),
            options.iter().map(normalised_option).collect(),
        );
    }
    body
}

fn normalised_option(given: &Value) -> Value {
    const KNOWN: [&str; 15] = [
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "choices",
        "options",
        "channel_types",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
        "file_types",
    ];
    let mut option = Map::new();
    for key in KNOWN {
        let value = match (key, &given[key]) {
            ("name_localizations" | "description_localizations", value) => value.clone(),
            // Discord leaves out what says nothing.
            (_, Value::Null | Value::Bool(false)) => continue,
            (_, Value::Array(list)) if list.is_empty() => continue,
            ("options", Value::Array(list)) => list.iter().map(normalised_option).collect(),
            ("choices", Value::Array(list)) => list
                .iter()
                .map(|choice| {
                    json!({
                        "name": choice["name"],
                        "name_localizations": choice["name_localizations"],
                        "value": choice["value"],
                    })
                })
                .collect(),
            (_, value) => value.clone(),
        };
        option.insert(key.to_owned(), value);
    }
    Value::Object(option)
}

impl State {
    fn scope(&self, guild: Option<Snowflake>) -> Result<(), Refusal> {
        match guild {
            None => Ok(()),
            Some(guild) => match self.guilds.get(&guild) {
                Some(known) if known.has_bot => Ok(()),
                Some(_) => Err(Refusal::missing_access()),
                None => Err(Refusal::unknown_guild()),
            },
        }
    }

    fn command(&self, guild: Option<Snowflake>, id: Snowflake) -> Result<&Command, Refusal> {
        self.commands
            .get(&id)
            .filter(|command| command.guild == guild)
            .ok_or_else(Refusal::unknown_command)
    }

    pub(crate) fn list_commands(
        &self,
        guild: Option<Snowflake>,
        with_localizations: bool,
    ) -> Outcome {
        self.scope(guild)?;
        let list: Vec<Value> = self
            .commands
            .values()
            .filter(|command| command.guild == guild)
            .map(|command| command.json(self.application, with_localizations))
            .collect();
        Ok(Reply::ok(json!(list)))
    }

    pub(crate) fn get_command(&self, guild: Option<Snowflake>, id: Snowflake) -> Outcome {
        Ok(Reply::ok(
            self.command(guild, id)?.json(self.application, true),
        ))
    }

    /// POST is an upsert: a command of the same name and type is replaced.
    pub(crate) fn create_command(
        &mut self,
        now_ms: u64,
        guild: Option<Snowflake>,
        form: &Form,
    ) -> Outcome {
        self.scope(guild)?;
        command_rules::check(&form.json).verdict()?;
        let (id, is_new) = self.upsert(now_ms, guild, &form.json)?;
        let body = self.command(guild, id)?.json(self.application, true);
        self.stir();
        Ok(if is_new {
            Reply::created(body)
        } else {
            Reply::ok(body)
        })
    }

    fn upsert(
        &mut self,
        now_ms: u64,
        guild: Option<Snowflake>,
        given: &Value,
    ) -> Result<(Snowflake, bool), Refusal> {
        let body = normalised(given);
        let known = self.commands.values_mut().find(|command| {
            command.guild == guild
                && body.get("name").and_then(Value::as_str) == Some(command.name())
                && body.get("type").and_then(Value::as_u64) == Some(command.kind())
        });
        if let Some(known) = known {
            if known.body != body {
                known.body = body;
                known.version = self.mint.make(now_ms);
            }
            return Ok((known.id, false));
        }
        let creates = self.creates.entry(guild).or_default();
        creates.retain(|at| at + 24 * 60 * 60 * 1000 > now_ms);
        if creates.len() >= limits::COMMAND_CREATES_PER_DAY {
            return Err(Refusal::too_many_creates());
        }
        creates.push_back(now_ms);
        let id = self.mint.make(now_ms);
        self.commands.insert(
            id,
            Command {
                id,
                guild,
                body,
                version: self.mint.make(now_ms),
            },
        );
        Ok((id, true))
    }

    /// PUT replaces the whole set; what stays by name and type keeps its id.
    pub(crate) fn overwrite_commands(
        &mut self,
        now_ms: u64,
        guild: Option<Snowflake>,
        form: &Form,
    ) -> Outcome {
        self.scope(guild)?;
        let Some(given) = form.json.as_array() else {
            return Err(Refusal::field(
                "",
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            ));
        };
        let mut wrong = Complaints::default();
        for (at, command) in given.iter().enumerate() {
            wrong.below(&at.to_string(), command_rules::check(command));
        }
        command_rules::check_set(given, &mut wrong);
        wrong.verdict()?;
        let mut kept = Vec::new();
        for command in given {
            kept.push(self.upsert(now_ms, guild, command)?.0);
        }
        self.commands
            .retain(|id, command| command.guild != guild || kept.contains(id));
        self.stir();
        let list: Vec<Value> = kept
            .iter()
            .filter_map(|id| self.commands.get(id))
            .map(|command| command.json(self.application, true))
            .collect();
        Ok(Reply::ok(json!(list)))
    }

    /// PATCH changes the fields that are given.
    pub(crate) fn edit_command(
        &mut self,
        now_ms: u64,
        guild: Option<Snowflake>,
        id: Snowflake,
        form: &Form,
    ) -> Outcome {
        let mut whole = Value::Object(self.command(guild, id)?.body.clone());
        for (key, value) in form.json.as_object().into_iter().flatten() {
            if key != "type" {
                whole[key.as_str()] = value.clone();
            }
        }
        command_rules::check(&whole).verdict()?;
        let version = self.mint.make(now_ms);
        if let Some(command) = self.commands.get_mut(&id) {
            command.body = normalised(&whole);
            command.version = version;
        }
        Ok(Reply::ok(
            self.command(guild, id)?.json(self.application, true),
        ))
    }

    pub(crate) fn delete_command(&mut self, guild: Option<Snowflake>, id: Snowflake) -> Outcome {
        let id = self.command(guild, id)?.id;
        self.commands.remove(&id);
        Ok(Reply::nothing())
    }
}
