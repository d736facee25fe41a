//! Whom a message's text mentions, and whom `allowed_mentions` lets it mention.

use serde_json::Value;

use super::message::Mentions;
use super::snowflake::Snowflake;

/// What stands in the text, before anything is allowed.
fn written(content: &str) -> Mentions {
    let mut found = Mentions {
        everyone: content.contains("@everyone") || content.contains("@here"),
        ..Mentions::default()
    };
    for part in content.split("<@").skip(1) {
        let Some((inside, _)) = part.split_once('>') else {
            continue;
        };
        let (list, digits) = match inside.strip_prefix('&') {
            Some(role) => (&mut found.roles, role),
            None => (&mut found.users, inside.strip_prefix('!').unwrap_or(inside)),
        };
        if let Some(id) = Snowflake::parse(digits)
            && !list.contains(&id)
        {
            list.push(id);
        }
    }
    found
}

/// Whom the message mentions.
///
/// `allowed` is the payload's `allowed_mentions`; without it everything written counts.
/// `replied_to` is the author of the message that is answered.
pub(crate) fn mentions(
    content: &str,
    allowed: &Value,
    replied_to: Option<Snowflake>,
    may_mention_everyone: bool,
) -> Mentions {
    let mut found = written(content);
    found.everyone &= may_mention_everyone;
    let reply_counts = match allowed.as_object() {
        None => true,
        Some(rules) => {
            let parses = |kind: &str| {
                rules
                    .get("parse")
                    .and_then(Value::as_array)
                    .is_some_and(|kinds| kinds.iter().any(|known| known == kind))
            };
            let lists = |kind: &str, id: Snowflake| {
                rules
                    .get(kind)
                    .and_then(Value::as_array)
                    .is_some_and(|ids| ids.iter().any(|known| is(known, id)))
            };
            found.everyone &= parses("everyone");
            found
                .users
                .retain(|id| parses("users") || lists("users", *id));
            found
                .roles
                .retain(|id| parses("roles") || lists("roles", *id));
            rules
                .get("replied_user")
                .and_then(Value::as_bool)
                .unwrap_or(false)
        }
    };
    if let Some(author) = replied_to
        && reply_counts
        && !found.users.contains(&author)
    {
        found.users.push(author);
    }
    found
}

/// Whether a JSON id, text or number, is this one.
pub(crate) fn is(value: &Value, id: Snowflake) -> bool {
    value.as_u64() == Some(id.0) || value.as_str().and_then(Snowflake::parse) == Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_those_who_are_allowed_are_mentioned() {
        let text = "<@1> <@!2> <@&3> @everyone <@1> <@x";

        let all = mentions(text, &Value::Null, Some(Snowflake(9)), true);
        let none = mentions(text, &json!({"parse": []}), Some(Snowflake(9)), true);
        let one = mentions(
            text,
            &json!({"users": ["2"], "parse": ["roles"]}),
            None,
            true,
        );

        assert_eq!(all.users, [Snowflake(1), Snowflake(2), Snowflake(9)]);
        assert!(all.everyone && all.roles == [Snowflake(3)]);
        assert_eq!(none, Mentions::default());
        assert_eq!(one.users, [Snowflake(2)]);
        assert!(!one.everyone && one.roles == [Snowflake(3)]);
    }
}
