//! What a command accepts, read from the catalogue, in no platform's dialect.

use kling_core::{MediaType, Operation, Prompt, ProviderId};
use kling_providers::Catalogue;

/// Every command that a bot offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The commands, in the order people should see them.
    pub commands: Vec<MenuCommand>,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuCommand {
    /// What is typed after the slash; the same in every language. Localised names and descriptions:
    /// [`Text::command_name`](crate::Text::command_name) and [`Text::command_about`](crate::Text::command_about).
    pub name: &'static str,
    /// Its fields, required ones first; at most [`MenuCommand::MAX_FIELDS`].
    pub fields: Vec<MenuField>,
}

/// One field of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuField {
    /// Its name in commands, the same in every language: at most 32 of `a-z 0-9 _ -`.
    pub name: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether the command is of no use without it.
    pub required: bool,
    /// What it does, for a setting that only one provider has; `None` for fields whose description is
    /// in the message files ([`Text::field_about`](crate::Text::field_about) knows both).
    pub about: Option<&'static str>,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Words.
    Text {
        /// The most characters.
        max_chars: u32,
    },
    /// One of these.
    Choice(Vec<String>),
    /// A whole number.
    Number {
        /// The smallest.
        min: u8,
        /// The largest.
        max: u8,
    },
    /// A file.
    Attachment {
        /// Of one of these kinds.
        types: Vec<MediaType>,
    },
}

impl Menu {
    /// What a bot with this catalogue offers. A provider added to the catalogue changes it.
    pub fn of(catalogue: &Catalogue) -> Self {
        Self {
            commands: imagine(catalogue).into_iter().collect(),
        }
    }

    /// The command of that name.
    pub fn command(&self, name: &str) -> Option<&MenuCommand> {
        self.commands.iter().find(|command| command.name == name)
    }
}

impl MenuCommand {
    /// The most fields of a command: what Discord takes.
    pub const MAX_FIELDS: usize = 25;

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&MenuField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The most pictures that a command has fields for.
pub(crate) const MAX_IMAGE_FIELDS: u8 = 10;

/// The operations behind `/imagine`.
pub(crate) const IMAGINE: [Operation; 2] = [Operation::TextToImage, Operation::ImageToImage];

fn imagine(catalogue: &Catalogue) -> Option<MenuCommand> {
    let union = catalogue.menu(&IMAGINE)?;
    let most = u32::try_from(Prompt::MAX_CHARS).unwrap_or(u32::MAX);
    let mut fields = vec![MenuField {
        required: true,
        ..field(
            "prompt",
            FieldKind::Text {
                max_chars: union.prompt_chars.min(most),
            },
        )
    }];
    for number in 1..=union.images.max.min(MAX_IMAGE_FIELDS) {
        let types = union.image_types.clone();
        // Never required, though every model may need one: a person who leaves it out is told so in a sentence.
        fields.push(field(
            format!("image{number}"),
            FieldKind::Attachment { types },
        ));
    }
    fields.extend(choice("aspect_ratio", &union.aspect_ratios));
    fields.extend(choice("resolution", &union.resolutions));
    if union.max_count > 1 {
        let kind = FieldKind::Number {
            min: 1,
            max: union.max_count,
        };
        fields.push(field("count", kind));
    }
    fields.extend(choice("format", &union.formats));
    fields.extend(choice("provider", &union.providers));
    for (provider, option) in &union.options {
        fields.push(MenuField {
            about: Some(option.about),
            ..field(
                option_field(provider, option.name),
                FieldKind::Choice(option.values.iter().map(ToString::to_string).collect()),
            )
        });
    }
    fields.truncate(MenuCommand::MAX_FIELDS);
    Some(MenuCommand {
        name: "imagine",
        fields,
    })
}

/// What a command calls a setting that only one provider has: at most 32 characters.
pub(crate) fn option_field(provider: &ProviderId, option: &str) -> String {
    format!("{provider}_{option}").chars().take(32).collect()
}

fn field(name: impl Into<String>, kind: FieldKind) -> MenuField {
    MenuField {
        name: name.into(),
        kind,
        required: false,
        about: None,
    }
}

fn choice<T: ToString>(name: &str, values: &[T]) -> Option<MenuField> {
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    (!values.is_empty()).then(|| field(name, FieldKind::Choice(values)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake;

    fn names(menu: &Menu) -> Vec<&str> {
        let command = menu.command("imagine").expect("it is offered");
        command
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect()
    }

    #[test]
    fn imagine_offers_what_the_catalogue_has() {
        let menu = Menu::of(&fake::catalogue([fake::strict()]));

        assert_eq!(
            names(&menu),
            [
                "prompt",
                "image1",
                "image2",
                "image3",
                "aspect_ratio",
                "resolution",
                "count",
                "format",
                "provider",
                "strict_route"
            ]
        );
        let command = menu.command("imagine").expect("it is offered");
        let of = |name| &command.field(name).expect("a field").kind;
        assert_eq!(*of("prompt"), FieldKind::Text { max_chars: 40 });
        assert_eq!(*of("count"), FieldKind::Number { min: 1, max: 4 });
        assert_eq!(
            *of("resolution"),
            FieldKind::Choice(vec!["1K".to_owned(), "2K".to_owned()])
        );
    }

    #[test]
    fn a_provider_added_to_the_registry_changes_the_menu() {
        let menu = Menu::of(&fake::catalogue([fake::strict(), fake::generous()]));

        let command = menu.command("imagine").expect("it is offered");
        let of = |name| &command.field(name).expect("a field").kind;
        assert_eq!(*of("prompt"), FieldKind::Text { max_chars: 4000 });
        assert_eq!(*of("count"), FieldKind::Number { min: 1, max: 9 });
        assert_eq!(
            *of("provider"),
            FieldKind::Choice(vec!["strict".to_owned(), "generous".to_owned()])
        );
        assert!(names(&menu).contains(&"image10"));
        assert!(command.fields.len() <= MenuCommand::MAX_FIELDS);
    }

    #[test]
    fn without_a_provider_there_is_no_command() {
        assert_eq!(Menu::of(&fake::catalogue([])).commands, []);
    }
}
