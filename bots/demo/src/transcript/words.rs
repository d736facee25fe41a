//! A message's text as a person in the channel would see it, on a terminal.

use kling_emulator::discord::Snowflake;

/// Shows mentions by name and moments by distance, drops the markup's backslashes, and lets nothing through that
/// would steer a terminal.
pub(super) fn readable(
    text: &str,
    now_ms: u64,
    name_of: &dyn Fn(Snowflake) -> Option<String>,
) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((words, after)) = mention(rest, name_of).or_else(|| moment(rest, now_ms)) {
            shown.push_str(&words);
            rest = after;
            continue;
        }
        let mut letters = rest.chars();
        letters.next();
        match letter {
            '\\' => match letters.clone().next() {
                Some(escaped) if escaped.is_ascii_punctuation() => {
                    shown.push(escaped);
                    letters.next();
                }
                Some(_) | None => shown.push(letter),
            },
            '\n' => shown.push(letter),
            control if control.is_control() => {}
            other => shown.push(other),
        }
        rest = letters.as_str();
    }
    shown
}

/// `<@118…>` at the start of `text`, and what follows.
fn mention<'a>(
    text: &'a str,
    name_of: &dyn Fn(Snowflake) -> Option<String>,
) -> Option<(String, &'a str)> {
    let (id, after) = text.strip_prefix("<@")?.split_once('>')?;
    let name = name_of(Snowflake::parse(id)?)?;
    Some((format!("@{name}"), after))
}

/// `<t:1700000000:R>` at the start of `text`, and what follows.
fn moment(text: &str, now_ms: u64) -> Option<(String, &str)> {
    let (inside, after) = text.strip_prefix("<t:")?.split_once('>')?;
    let (seconds, _) = inside.split_once(':').unwrap_or((inside, ""));
    let seconds: u64 = seconds.parse().ok()?;
    let now = now_ms / 1000;
    let words = if seconds >= now {
        format!("in {}", span(seconds - now))
    } else {
        format!("{} ago", span(now - seconds))
    };
    Some((words, after))
}

fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        readable(text, 1_700_000_000_000, &|id| {
            (id == Snowflake(7)).then(|| "ada".to_owned())
        })
    }

    #[test]
    fn mentions_moments_and_escapes_are_shown_as_a_client_shows_them() {
        assert_eq!(shown("✅ <@7> Here it is."), "✅ @ada Here it is.");
        assert_eq!(shown("<@8> <@x> <@"), "<@8> <@x> <@");
        assert_eq!(shown("again <t:1700007500:R>."), "again in 2 h 5 min.");
        assert_eq!(shown("<t:1699999990:R>"), "10 s ago");
        assert_eq!(shown(r"a \*star\* and a \ b"), r"a *star* and a \ b");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(shown("a\u{1b}[31mb\u{9b}c\r\nd\u{7}"), "a[31mbc\nd");
    }
}
