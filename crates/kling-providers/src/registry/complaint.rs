//! What serde says of settings, in words for whoever writes them.

/// What serde says of a setting that does not fit, as what is wrong with it and what to write instead; the second is
/// empty where the first says it. `taken` are valid keys of the table that serde was not told of.
pub fn explain(message: &str, taken: &[&str]) -> (String, String) {
    let message = message.trim();
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let fix = match rest.split_once(", expected ") {
            Some((_, valid)) => {
                let valid = valid.trim_start_matches("one of ").replace(" or ", ", ");
                let valid = valid.replace('`', "");
                let keys = std::iter::once(valid.as_str()).chain(taken.iter().copied());
                format!(
                    "the valid keys here are {}",
                    keys.collect::<Vec<_>>().join(", ")
                )
            }
            None => "there are no keys here".to_owned(),
        };
        return ("unknown key".to_owned(), fix);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ")
        && let Some((given, valid)) = rest.split_once(", expected ")
    {
        let valid = valid.trim_start_matches("one of ").replace(" or ", ", ");
        return (
            format!("unknown value {given}"),
            format!("use one of {}", valid.replace('`', "")),
        );
    }
    if let Some(rest) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        && let Some((given, wanted)) = rest.rsplit_once(", expected ")
    {
        return (
            format!("it cannot be {}", in_plain_words(given)),
            fix_of(wanted),
        );
    }
    (message.to_owned(), String::new())
}

/// serde's name for a value, as people would say it.
fn in_plain_words(given: &str) -> String {
    match given.split_once(' ') {
        Some(("string", value)) => format!("the text {value}"),
        Some(("integer" | "floating", value)) => {
            let value = value.trim_start_matches("point ");
            format!("the number {}", value.trim_matches('`'))
        }
        Some(("boolean", value)) => value.trim_matches('`').to_owned(),
        _ if given == "unit variant" => "what it is".to_owned(),
        _ if given == "map" => "a table".to_owned(),
        _ if given == "sequence" => "a list".to_owned(),
        _ => given.to_owned(),
    }
}

/// What to write where serde wants this.
fn fix_of(wanted: &str) -> String {
    match wanted {
        "a string" | "string only" => "write text in quotes".to_owned(),
        "a string representing an URL" => "write an address in quotes".to_owned(),
        "a boolean" => "write true or false".to_owned(),
        "a sequence" => "write a list, such as [\"…\", \"…\"]".to_owned(),
        "a map" => "write a table".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => {
            "write a whole number that is not negative".to_owned()
        }
        other => format!("write {other}"),
    }
}
