//! The definitions as Discord gets them, and when they are written.

use super::*;

fn field(name: &str, kind: FieldKind, required: bool) -> MenuField {
    MenuField {
        name: name.to_owned(),
        kind,
        required,
        about: None,
    }
}

fn imagine() -> Menu {
    let fields = vec![
        field("prompt", FieldKind::Text { max_chars: 2_500 }, true),
        field(
            "image1",
            FieldKind::Attachment {
                types: vec![MediaType::Png, MediaType::Jpeg, MediaType::Webp],
            },
            false,
        ),
        field(
            "aspect_ratio",
            FieldKind::Choice(vec!["16:9".to_owned(), "1:1".to_owned()]),
            false,
        ),
        field("count", FieldKind::Number { min: 1, max: 9 }, false),
    ];
    Menu {
        commands: vec![MenuCommand {
            name: "imagine",
            fields,
        }],
    }
}

fn application(json: Value) -> Application {
    serde_json::from_value(json).unwrap()
}

fn definitions() -> Vec<Value> {
    let application = application(json!({"id": "1", "integration_types_config": {"0": {}}}));
    commands(&imagine(), &Texts::builtin().unwrap(), &application).unwrap()
}

#[test]
fn a_command_is_drawn_from_the_menu() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&definitions()).unwrap());
}

#[test]
fn an_app_that_people_install_for_themselves_shows_everywhere() {
    let both = application(json!({"id": "1", "integration_types_config": {"0": {}, "1": {}}}));
    let untold = application(json!({"id": "1"}));

    assert_eq!(both.contexts(), [0, 1, 2]);
    assert_eq!(
        (untold.integration_types(), untold.contexts()),
        (vec![0], vec![0, 1])
    );
}

#[test]
fn what_discord_adds_is_no_change() {
    let mut registered = definitions();
    for command in &mut registered {
        command["id"] = json!("9");
        command["version"] = json!("10");
        command["application_id"] = json!("1");
        command["default_member_permissions"] = Value::Null;
        command["name_localizations"] = Value::Null;
        command["nsfw"] = json!(false);
        command["contexts"] = json!([1, 0]);
        for option in command["options"].as_array_mut().unwrap() {
            if option["required"] == false {
                option.as_object_mut().unwrap().remove("required");
            }
            option["autocomplete"] = json!(false);
        }
    }

    assert_eq!(changes(&registered, &definitions()), []);
}

#[test]
fn what_is_different_is_named() {
    let mut registered = definitions();
    registered[0]["description"] = json!("Something else");
    registered[0]["options"][2]["choices"]
        .as_array_mut()
        .unwrap()
        .pop();
    registered.push(json!({"type": 1, "name": "old", "description": "Gone"}));

    assert_eq!(
        changes(&registered, &definitions()),
        [
            Change::Changed(
                "imagine".to_owned(),
                vec!["description".to_owned(), "aspect_ratio".to_owned()]
            ),
            Change::Gone("old".to_owned()),
        ]
    );
    assert_eq!(
        changes(&[], &definitions()),
        [Change::New("imagine".to_owned())]
    );
}

#[test]
fn the_order_of_fields_counts() {
    let mut registered = definitions();
    registered[0]["options"].as_array_mut().unwrap().swap(1, 2);

    let found = changes(&registered, &definitions());

    assert_eq!(
        found[0].to_string(),
        "the command `imagine` has changed: the order of its fields"
    );
}

#[test]
fn a_menu_that_discord_would_refuse_is_not_sent() {
    let texts = Texts::builtin().unwrap();
    let application = application(json!({"id": "1"}));
    let mut twice = imagine();
    let again = twice.commands[0].fields[1].clone();
    twice.commands[0].fields.push(again);
    let mut late = imagine();
    late.commands[0].fields[3].required = true;
    let mut heavy = imagine();
    for n in 0..20 {
        let values = (0..25).map(|v| format!("{v:0>50}")).collect();
        heavy.commands[0]
            .fields
            .push(field(&format!("f{n}"), FieldKind::Choice(values), false));
    }
    let mut shouting = imagine();
    shouting.commands[0].fields[1].name = "Image 1".to_owned();

    for wrong in [twice, late, heavy, shouting] {
        assert!(commands(&wrong, &texts, &application).is_err());
    }
}
