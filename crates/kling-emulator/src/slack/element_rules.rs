//! The published limits of the elements that people press, choose in and write in.

use serde_json::Value;

use super::rules::Complaints;

/// Elements that a section or an actions block may have.
pub(crate) const ACTIVE: &[&str] = &[
    "button",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
];

/// Elements that only an input block may have.
const INPUTS: &[&str] = &[
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
];

/// Whether an input block may have it.
pub(crate) fn is_input(kind: &str) -> bool {
    INPUTS.contains(&kind) || (ACTIVE.contains(&kind) && kind != "button" && kind != "overflow")
}

const MOST_OPTIONS: usize = 100;

/// Checks one element.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of element"
)]
pub(crate) fn check(complaints: &mut Complaints, at: &str, element: &Value) {
    let kind = element["type"].as_str().unwrap_or_default();
    let c = complaints;
    c.maybe(at, element, "action_id", 255);
    match kind {
        "button" => {
            c.known(
                at,
                element,
                &[
                    "type",
                    "text",
                    "action_id",
                    "url",
                    "value",
                    "style",
                    "confirm",
                    "accessibility_label",
                ],
            );
            c.text_object(at, element, "text", true, 75);
            c.maybe(at, element, "url", 3000);
            c.text(at, element, "value", 0, 2000);
            c.maybe(at, element, "accessibility_label", 75);
            if element
                .get("style")
                .is_some_and(|style| style != "primary" && style != "danger")
            {
                c.add(&format!("{at}/style"), "must be one of primary, danger");
            }
        }
        "overflow" => {
            c.known(at, element, &["type", "action_id", "options", "confirm"]);
            options(c, at, element, 1, 5);
        }
        "checkboxes" | "radio_buttons" => {
            c.known(
                at,
                element,
                &[
                    "type",
                    "action_id",
                    "options",
                    "initial_option",
                    "initial_options",
                    "confirm",
                    "focus_on_load",
                ],
            );
            options(c, at, element, 1, 10);
            initial_is_offered(c, at, element);
        }
        "static_select" | "multi_static_select" => {
            select(
                c,
                at,
                element,
                &[
                    "options",
                    "option_groups",
                    "initial_option",
                    "initial_options",
                ],
            );
            static_options(c, at, element);
            initial_is_offered(c, at, element);
        }
        "external_select" | "multi_external_select" => {
            select(
                c,
                at,
                element,
                &["min_query_length", "initial_option", "initial_options"],
            );
        }
        "users_select" | "multi_users_select" => {
            select(c, at, element, &["initial_user", "initial_users"]);
        }
        "conversations_select" | "multi_conversations_select" => select(
            c,
            at,
            element,
            &[
                "initial_conversation",
                "initial_conversations",
                "default_to_current_conversation",
                "response_url_enabled",
                "filter",
            ],
        ),
        "channels_select" | "multi_channels_select" => select(
            c,
            at,
            element,
            &[
                "initial_channel",
                "initial_channels",
                "response_url_enabled",
            ],
        ),
        "datepicker" | "timepicker" | "datetimepicker" => select(
            c,
            at,
            element,
            &[
                "initial_date",
                "initial_time",
                "initial_date_time",
                "timezone",
            ],
        ),
        "plain_text_input" => plain_text_input(c, at, element),
        "number_input" => {
            let own = &[
                "is_decimal_allowed",
                "initial_value",
                "min_value",
                "max_value",
                "dispatch_action_config",
            ];
            select(c, at, element, own);
            if !element["is_decimal_allowed"].is_boolean() {
                c.add(at, "missing required field: is_decimal_allowed");
            }
        }
        "email_text_input" | "url_text_input" | "rich_text_input" => {
            select(c, at, element, &["initial_value", "dispatch_action_config"]);
        }
        "file_input" => {
            c.known(
                at,
                element,
                &["type", "action_id", "filetypes", "max_files"],
            );
            if let Some(most) = element.get("max_files")
                && !most.as_u64().is_some_and(|most| (1..=10).contains(&most))
            {
                c.add(&format!("{at}/max_files"), "must be between 1 and 10");
            }
            if element
                .get("filetypes")
                .is_some_and(|types| !types.is_array())
            {
                c.add(&format!("{at}/filetypes"), "must be an array");
            }
        }
        other => c.add(&format!("{at}/type"), format!("unsupported type: {other}")),
    }
    confirm(c, at, element);
}

/// What all selects, pickers and inputs have in common.
fn select(c: &mut Complaints, at: &str, element: &Value, own: &[&str]) {
    let mut allowed = vec![
        "type",
        "action_id",
        "placeholder",
        "confirm",
        "focus_on_load",
    ];
    allowed.extend(own);
    let is_multi = element["type"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("multi_"));
    if is_multi {
        allowed.push("max_selected_items");
    }
    c.known(at, element, &allowed);
    c.maybe_text_object(at, element, "placeholder", 150);
    if element
        .get("max_selected_items")
        .is_some_and(|most| most.as_u64().is_none_or(|most| most < 1))
    {
        c.add(&format!("{at}/max_selected_items"), "must be at least 1");
    }
}

fn plain_text_input(c: &mut Complaints, at: &str, element: &Value) {
    let own = &[
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "dispatch_action_config",
    ];
    select(c, at, element, own);
    let number = |name: &str| element.get(name).and_then(Value::as_u64);
    let (least, most) = (
        number("min_length").unwrap_or(0),
        number("max_length").unwrap_or(3000),
    );
    if least > 3000 {
        c.add(&format!("{at}/min_length"), "must be less than 3001");
    }
    if !(1..=3000).contains(&most) {
        c.add(&format!("{at}/max_length"), "must be between 1 and 3000");
    } else if least > most {
        c.add(
            &format!("{at}/min_length"),
            "must not be more than max_length",
        );
    }
    let most = usize::try_from(most).unwrap_or(3000);
    c.text(at, element, "initial_value", 0, most);
}

fn static_options(c: &mut Complaints, at: &str, element: &Value) {
    match (element.get("options"), element.get("option_groups")) {
        (Some(_), None) => options(c, at, element, 1, MOST_OPTIONS),
        (None, Some(Value::Array(groups))) => {
            c.count(
                &format!("{at}/option_groups"),
                groups.len(),
                1,
                MOST_OPTIONS,
            );
            for (index, group) in groups.iter().enumerate() {
                let at = format!("{at}/option_groups/{index}");
                c.known(&at, group, &["label", "options"]);
                c.text_object(&at, group, "label", true, 75);
                options(c, &at, group, 1, MOST_OPTIONS);
            }
        }
        _ => c.add(at, "must have either options or option_groups"),
    }
}

/// Checks the `options` of something.
pub(crate) fn options(c: &mut Complaints, at: &str, owner: &Value, least: usize, most: usize) {
    let at = format!("{at}/options");
    let Some(list) = owner["options"].as_array() else {
        c.add(&at, "must be an array");
        return;
    };
    c.count(&at, list.len(), least, most);
    let allows_mrkdwn = matches!(owner["type"].as_str(), Some("checkboxes" | "radio_buttons"));
    for (index, option) in list.iter().enumerate() {
        let at = format!("{at}/{index}");
        c.known(&at, option, &["text", "value", "description", "url"]);
        c.text_object(&at, option, "text", !allows_mrkdwn, 75);
        c.text(&at, option, "value", 1, 150);
        if option
            .get("description")
            .is_some_and(|text| !text.is_null())
        {
            c.text_object(&at, option, "description", !allows_mrkdwn, 75);
        }
        if option.get("url").is_some() && owner["type"] != "overflow" {
            c.add(&at, "url is for overflow menus only");
        }
    }
    let values: Vec<String> = list
        .iter()
        .filter_map(|option| option["value"].as_str().map(str::to_owned))
        .collect();
    c.distinct(&at, "value", &values);
}

/// Every option of an element, those in groups included.
pub(crate) fn offered(element: &Value) -> Vec<Value> {
    let groups = element["option_groups"].as_array().into_iter().flatten();
    let grouped = groups.flat_map(|group| group["options"].as_array().into_iter().flatten());
    let plain = element["options"].as_array().into_iter().flatten();
    plain.chain(grouped).cloned().collect()
}

fn initial_is_offered(c: &mut Complaints, at: &str, element: &Value) {
    let offered = offered(element);
    let mut look = |at: String, option: &Value| {
        if !offered.contains(option) {
            c.add(&at, "must be one of the options, field by field");
        }
    };
    if let Some(option) = element
        .get("initial_option")
        .filter(|option| !option.is_null())
    {
        look(format!("{at}/initial_option"), option);
    }
    for (index, option) in element["initial_options"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        look(format!("{at}/initial_options/{index}"), option);
    }
}

fn confirm(c: &mut Complaints, at: &str, element: &Value) {
    let Some(dialog) = element.get("confirm").filter(|dialog| !dialog.is_null()) else {
        return;
    };
    let at = format!("{at}/confirm");
    c.known(&at, dialog, &["title", "text", "confirm", "deny", "style"]);
    c.text_object(&at, dialog, "title", true, 100);
    c.text_object(&at, dialog, "text", false, 300);
    c.text_object(&at, dialog, "confirm", true, 30);
    c.text_object(&at, dialog, "deny", true, 30);
}
