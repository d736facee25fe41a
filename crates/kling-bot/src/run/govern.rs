//! `policy` and `spend`: an operator looks at the rules, changes them, sees who did, and where the money went. With
//! a database file for a bot that is stopped: its store belongs to one process.

use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use kling_engine::{Edit, Engine, Key, Place, PolicyChange, Setting, Span, SpendBy, SpendLine};
use serde::Serialize;

use super::assemble::{Assembled, assemble};
use super::resolve::{Bot, answer, exists};
use crate::config::Config;

/// What can be done with the rules.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum PolicyAction {
    /// List every setting, or those of one place
    List {
        /// Such as deployment, workspace:discord:123 or requester:discord:456
        #[arg(value_name = "PLACE")]
        place: Option<Place>,
    },
    /// Make a setting say something; it holds at once, for every process on the store
    Set {
        /// What it is about, such as deployment, workspace:discord:123, role:discord:123:456 or requesters
        #[arg(value_name = "PLACE")]
        place: Place,
        /// Which setting, such as spend-per-day, access or words
        #[arg(value_name = "SETTING")]
        key: Key,
        /// What it says from now on; lists are JSON, such as `["one","two"]`
        #[arg(value_name = "VALUE")]
        value: String,
        /// Who does it, for the record
        #[arg(long = "as", value_name = "NAME", default_value = "operator")]
        actor: String,
    },
    /// Take a setting away, so that the next more general one holds
    Unset {
        /// What it is about
        #[arg(value_name = "PLACE")]
        place: Place,
        /// Which setting
        #[arg(value_name = "SETTING")]
        key: Key,
        /// Who does it, for the record
        #[arg(long = "as", value_name = "NAME", default_value = "operator")]
        actor: String,
    },
    /// List who changed what, newest first
    Audit {
        /// How many changes at most
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        last: u32,
    },
}

/// What spending is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// Each person
    Requester,
    /// Each server or workspace
    Workspace,
    /// Each provider
    Provider,
    /// Each model
    Model,
    /// Each day (UTC)
    Day,
}

impl From<By> for SpendBy {
    fn from(by: By) -> Self {
        match by {
            By::Requester => Self::Requester,
            By::Workspace => Self::Workspace,
            By::Provider => Self::Provider,
            By::Model => Self::Model,
            By::Day => Self::Day,
        }
    }
}

/// Which report on spending.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct SpendArgs {
    /// What it is told by
    #[arg(long, value_enum, value_name = "WHAT", default_value = "workspace")]
    by: By,
    /// How many days back it looks
    #[arg(long, value_name = "NUMBER", default_value_t = 30)]
    days: u32,
    /// Write one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Does what was asked of the rules.
pub(super) async fn policy<C>(bot: Bot, config: &Config<C>, action: PolicyAction) -> u8 {
    let doing = "see to the rules";
    let engine = match open(config).await {
        Ok(engine) => engine,
        Err(error) => return answer(bot, doing, Err(error)),
    };
    let said = carried_out(&engine, action).await;
    engine.close().await;
    answer(bot, doing, said)
}

/// Tells where the money went.
pub(super) async fn spend<C>(bot: Bot, config: &Config<C>, args: SpendArgs) -> u8 {
    let doing = "add up what was spent";
    let engine = match open(config).await {
        Ok(engine) => engine,
        Err(error) => return answer(bot, doing, Err(error)),
    };
    let said = spent(&engine, args).await;
    engine.close().await;
    answer(bot, doing, said)
}

async fn open<C>(config: &Config<C>) -> anyhow::Result<Engine> {
    exists(config)?;
    let Assembled { builder, .. } = assemble(config).await?;
    Ok(builder.build()?)
}

async fn carried_out(engine: &Engine, action: PolicyAction) -> anyhow::Result<String> {
    match action {
        PolicyAction::List { place } => {
            let policy = engine.policy().await?;
            let of_place =
                |setting: &&Setting| place.as_ref().is_none_or(|place| *place == setting.place);
            let lines = policy.settings.iter().filter(of_place).map(|setting| {
                let Setting { place, key, value } = setting;
                format!("{place} {key} = {value}")
            });
            Ok(or_nothing(lines, "No rule is set."))
        }
        PolicyAction::Set {
            place,
            key,
            value,
            actor,
        } => change(engine, &actor, place, key, Some(value)).await,
        PolicyAction::Unset { place, key, actor } => change(engine, &actor, place, key, None).await,
        PolicyAction::Audit { last } => {
            let changes = engine.policy_changes(None, last).await?;
            let lines = changes.iter().map(change_line);
            Ok(or_nothing(lines, "No rule was ever changed."))
        }
    }
}

async fn change(
    engine: &Engine,
    actor: &str,
    place: Place,
    key: Key,
    value: Option<String>,
) -> anyhow::Result<String> {
    let edit = Edit { place, key, value };
    // The engine says that it cannot be; this says why.
    edit.check()?;
    let version = engine
        .change_policy(actor, std::slice::from_ref(&edit))
        .await?;
    let Edit { place, key, value } = edit;
    Ok(match value {
        Some(value) => format!("{place} {key} = {value} (version {version} of the rules)"),
        None => format!("{place} {key} says nothing any more (version {version} of the rules)"),
    })
}

fn change_line(change: &PolicyChange) -> String {
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let at = std::time::UNIX_EPOCH
        + Duration::from_secs(u64::try_from(change.at.as_seconds()).unwrap_or(0));
    format!(
        "{} {} by {}: {} {} said {}, says {}",
        change.version,
        humantime::format_rfc3339_seconds(at),
        change.actor,
        change.place,
        change.key,
        said(&change.before),
        said(&change.after)
    )
}

/// A line of the report for machines. What is not known is counted beside the amounts, and never in them.
#[derive(Debug, Serialize)]
struct Line<'a> {
    of: Option<&'a str>,
    whose: &'a str,
    submissions: u64,
    paid_nanodollars: i64,
    assumed_nanodollars: i64,
    submissions_of_unknown_cost: u64,
    in_doubt_nanodollars: i64,
    in_doubt_of_unknown_cost: u64,
}

async fn spent(engine: &Engine, args: SpendArgs) -> anyhow::Result<String> {
    let to = engine.now().await? + Duration::from_millis(1);
    let back = Duration::from_hours(24).saturating_mul(args.days);
    let span = Span {
        from: to - back,
        to,
    };
    let lines = engine.spend(args.by.into(), span).await?;
    if args.json {
        let lines: Result<Vec<String>, _> = lines.iter().map(json_line).collect();
        return Ok(lines?.join("\n"));
    }
    let nothing = format!("Nothing was spent in the last {} days.", args.days);
    Ok(or_nothing(lines.iter().map(text_line), &nothing))
}

fn json_line(line: &SpendLine) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Line {
        of: line.of.as_deref(),
        whose: &line.whose,
        submissions: line.submissions,
        paid_nanodollars: line.paid.as_nanodollars(),
        assumed_nanodollars: line.assumed.as_nanodollars(),
        submissions_of_unknown_cost: line.unknown,
        in_doubt_nanodollars: line.in_doubt.as_nanodollars(),
        in_doubt_of_unknown_cost: line.in_doubt_unknown,
    })
}

fn text_line(line: &SpendLine) -> String {
    let of = line.of.as_ref().map(|of| format!("{of} "));
    let whose = match line.whose.as_str() {
        "" => "outside of any workspace",
        name => name,
    };
    let mut parts = Vec::new();
    let known = line.submissions - line.unknown;
    if known > 0 || line.submissions == 0 && line.in_doubt_unknown == 0 && line.in_doubt.is_zero() {
        parts.push(format!("{} for {known} submissions", line.paid));
    }
    if !line.assumed.is_zero() {
        parts.push(format!("of which {} is what was expected", line.assumed));
    }
    if line.unknown > 0 {
        parts.push(format!(
            "an unknown amount for {} submissions",
            line.unknown
        ));
    }
    if !line.in_doubt.is_zero() {
        parts.push(format!("perhaps {} for lost submissions", line.in_doubt));
    }
    if line.in_doubt_unknown > 0 {
        let lost = line.in_doubt_unknown;
        parts.push(format!(
            "perhaps an unknown amount for {lost} lost submissions"
        ));
    }
    format!("{}{whose}: {}", of.unwrap_or_default(), parts.join(", "))
}

fn or_nothing(lines: impl Iterator<Item = String>, nothing: &str) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        nothing.to_owned()
    } else {
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use kling_core::Money;

    use super::*;

    #[test]
    fn an_unknown_cost_is_told_as_unknown_and_never_as_nothing() {
        let line = |submissions, paid, unknown, in_doubt_unknown| SpendLine {
            of: Some("chat".to_owned()),
            whose: "ann".to_owned(),
            submissions,
            paid: Money::from_microdollars(paid),
            assumed: Money::ZERO,
            unknown,
            in_doubt: Money::ZERO,
            in_doubt_unknown,
        };

        assert_eq!(
            text_line(&line(3, 30_000, 1, 0)),
            "chat ann: $0.03 for 2 submissions, an unknown amount for 1 submissions"
        );
        assert_eq!(
            text_line(&line(1, 0, 1, 0)),
            "chat ann: an unknown amount for 1 submissions"
        );
        assert_eq!(
            text_line(&line(0, 0, 0, 2)),
            "chat ann: perhaps an unknown amount for 2 lost submissions"
        );
        let json = json_line(&line(1, 0, 1, 0)).expect("it can be written");
        assert!(json.contains("\"submissions_of_unknown_cost\":1"), "{json}");
    }
}
