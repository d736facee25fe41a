//! The rules of command definitions, each broken once.

use serde_json::json;

use super::*;

#[track_caller]
fn broken(command: &Value, path: &str) {
    let errors = check(command).refusal().errors.unwrap();
    let pointer = if path.is_empty() {
        "/_errors".to_owned()
    } else {
        format!("/{}/_errors", path.replace('.', "/"))
    };
    assert!(
        errors.pointer(&pointer).is_some(),
        "{path} is not named in {errors}"
    );
}

fn with(options: &Value) -> Value {
    json!({"name": "imagine", "description": "Makes a picture", "options": options})
}

fn option(kind: u64, name: &str) -> Value {
    json!({"type": kind, "name": name, "description": "what"})
}

#[test]
fn each_broken_rule_is_named_by_its_path() {
    let mut required = option(3, "b");
    required["required"] = json!(true);
    let mut choices = option(3, "a");
    choices["choices"] = json!(vec![json!({"name": "x", "value": "x"}); 26]);
    let long = json!({"type": 3, "name": "a", "description": "x".repeat(101)});
    let many: Vec<_> = (0..26).map(|at| option(3, &format!("o{at}"))).collect();

    broken(&json!({"name": "Imagine", "description": "x"}), "name");
    broken(&json!({"name": "two words", "description": "x"}), "name");
    broken(&json!({"name": "x".repeat(33), "description": "x"}), "name");
    broken(&json!({"name": "x"}), "description");
    broken(&with(&json!([long])), "options.0.description");
    broken(&with(&json!([option(99, "a")])), "options.0.type");
    broken(&with(&json!([option(3, "a"), required])), "options.1");
    broken(
        &with(&json!([option(3, "a"), option(3, "a")])),
        "options.1.name",
    );
    broken(&with(&json!([choices])), "options.0.choices");
    broken(&with(&json!(many)), "options");
    broken(
        &json!({"type": 3, "name": "Use it", "description": "x"}),
        "description",
    );
}

#[test]
fn a_command_weighs_no_more_than_eight_thousand_characters() {
    let heavy = |at: usize| {
        let choices: Vec<_> = (0..10)
            .map(|n| json!({"name": format!("{n}{}", "n".repeat(60)), "value": "v".repeat(60)}))
            .collect();
        json!({"type": 3, "name": format!("o{at}"), "description": "d", "choices": choices})
    };
    let light: Vec<_> = (0..6).map(heavy).collect();
    let too_heavy: Vec<_> = (0..7).map(heavy).collect();

    assert!(check(&with(&json!(light))).is_empty());
    broken(&with(&json!(too_heavy)), "");
}

#[test]
fn names_of_other_scripts_are_names() {
    assert!(check(&json!({"name": "画像-猫_1", "description": "x"})).is_empty());
    assert!(check(&json!({"type": 3, "name": "Use As Reference"})).is_empty());
}
