//! The rule for limits against a naive reading of it; who may do what; and what is written down and read back.

use kling_core::{Estimate, ModelId, Money, Operation, Prompt, ProviderId};
use proptest::prelude::*;

use super::*;
use crate::admission::{Caps, Limits, NewJob, Standing, UnknownPrice};
use crate::job::{PlatformId, ReplyAddress, Requester};
use crate::request::JobRequest;

fn asked(place: (&str, Option<&str>, &str, &str), prompt: &str) -> NewJob {
    let (platform, workspace, channel, user) = place;
    NewJob {
        dedupe_key: "key".to_owned(),
        requester: Requester {
            platform: PlatformId::new(platform),
            workspace: workspace.map(str::to_owned),
            channel: channel.to_owned(),
            user: user.to_owned(),
        },
        reply_address: ReplyAddress::new("here"),
        locale: None,
        request: JobRequest::new(Operation::TextToImage, Prompt::new(prompt).unwrap()),
        provider: ProviderId::literal("acme"),
        model: ModelId::literal("acme/image-1"),
        estimate: Estimate::Unknown,
    }
}

fn ann() -> NewJob {
    asked(("chat", Some("guild"), "general", "ann"), "a paper boat")
}

fn with_roles(roles: &[&str]) -> Standing {
    Standing {
        roles: roles.iter().map(ToString::to_string).collect(),
        age_restricted: false,
    }
}

fn rules(settings: &[(&str, &str, &str)]) -> Rules {
    let settings = settings.iter().map(|(place, key, value)| {
        let edit = Edit {
            place: place.parse().unwrap(),
            key: key.parse().unwrap(),
            value: Some((*value).to_owned()),
        };
        edit.check().unwrap();
        Setting {
            place: edit.place,
            key: edit.key,
            value: (*value).to_owned(),
        }
    });
    Rules::read(&Policy {
        version: 7,
        settings: settings.collect(),
    })
}

fn against(settings: &[(&str, &str, &str)], standing: &Standing) -> Vec<String> {
    let limits = rules(settings).limits(&Limits::default(), &ann(), standing);
    let codes = limits.against.into_iter();
    codes.map(|reason| reason.code.into_owned()).collect()
}

/// Every place there is around a few people, as it is written.
fn places() -> impl Strategy<Value = String> {
    let platform = prop::sample::select(vec!["chat", "talk"]);
    let workspace = prop::sample::select(vec!["guild", "team"]);
    let name = prop::sample::select(vec!["x", "y"]);
    let kinds = vec![
        "deployment",
        "workspaces",
        "workspace",
        "channels",
        "channels-of",
        "channel",
        "requesters",
        "requesters-of",
        "role",
        "requester",
    ];
    (prop::sample::select(kinds), platform, workspace, name).prop_map(|(kind, on, at, name)| {
        match kind {
            "workspace" => format!("workspace:{on}:{at}"),
            "channels-of" => format!("channels:{on}:{at}"),
            "requesters-of" => format!("requesters:{on}:{at}"),
            "channel" => format!("channel:{on}:{at}:{name}"),
            "role" => format!("role:{on}:{at}:{name}"),
            "requester" => format!("requester:{on}:{name}"),
            alone => alone.to_owned(),
        }
    })
}

/// The rule as one would read it out, over the settings of one key: what the person, channel, workspace and
/// deployment may have; `None` inside is no limit.
fn as_read_out(
    said: &[(String, Option<u32>)],
    defaults: [Option<u32>; 4],
    job: &NewJob,
    roles: &[String],
) -> [Option<u32>; 4] {
    let at = |place: String| {
        said.iter()
            .rev()
            .find(|(known, _)| *known == place)
            .map(|(_, n)| *n)
    };
    let on = job.requester.platform.as_str();
    let (channel, user) = (&job.requester.channel, &job.requester.user);
    let here = job.requester.workspace.clone();
    let in_workspace = |kind: &str| {
        here.as_ref()
            .and_then(|here| at(format!("{kind}:{on}:{here}")))
    };
    let here = here.clone().unwrap_or_default();
    let mut generous: Option<Option<u32>> = None;
    for role in roles {
        let Some(own) = at(format!("role:{on}:{here}:{role}")) else {
            continue;
        };
        generous = Some(match (generous, own) {
            (Some(None), _) | (_, None) => None,
            (None, own) => own,
            (Some(Some(one)), Some(other)) => Some(one.max(other)),
        });
    }
    let candidates: [Vec<Option<Option<u32>>>; 4] = [
        vec![
            at(format!("requester:{on}:{user}")),
            generous,
            in_workspace("requesters"),
            at("requesters".to_owned()),
        ],
        vec![
            at(format!("channel:{on}:{here}:{channel}")),
            in_workspace("channels"),
            at("channels".to_owned()),
        ],
        vec![in_workspace("workspace"), at("workspaces".to_owned())],
        vec![at("deployment".to_owned())],
    ];
    let mut found = defaults;
    for (found, candidates) in found.iter_mut().zip(candidates) {
        if let Some(first) = candidates.into_iter().flatten().next() {
            *found = first;
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn limits_are_what_the_rule_says_when_it_is_read_out(
        said in prop::collection::vec((places(), prop::option::weighted(0.8, 0_u32..5)), 0..30),
        defaults in prop::array::uniform4(prop::option::of(0_u32..5)),
        on in prop::sample::select(vec!["chat", "talk"]),
        at in prop::option::weighted(0.8, prop::sample::select(vec!["guild", "team"])),
        channel in prop::sample::select(vec!["x", "y"]),
        user in prop::sample::select(vec!["x", "y"]),
        roles in prop::collection::vec(prop::sample::select(vec!["x", "y"]), 0..3),
    ) {
        let job = asked((on, at, channel, user), "a paper boat");
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let mut policy = Policy::default();
        for (place, value) in &said {
            let place: Place = place.parse().unwrap();
            policy.settings.retain(|setting| setting.place != place);
            policy.settings.push(Setting {
                place,
                key: Key::Limit(Number::OpenJobs),
                value: value.map_or("none".to_owned(), |value| value.to_string()),
            });
        }
        let caps = |open_jobs| Caps { open_jobs, ..Caps::default() };
        let configured = Limits {
            requester: caps(defaults[0]),
            channel: caps(defaults[1]),
            workspace: caps(defaults[2]),
            deployment: caps(defaults[3]),
            ..Limits::default()
        };
        let standing = Standing { roles: roles.clone(), age_restricted: false };

        let limits = Rules::read(&policy).limits(&configured, &job, &standing);

        let found = [limits.requester, limits.channel, limits.workspace, limits.deployment];
        let expected = as_read_out(&said, defaults, &job, &roles);
        prop_assert_eq!(found.map(|caps| caps.open_jobs), expected);
    }

    #[test]
    fn a_place_is_read_as_it_is_written(names in prop::array::uniform3("[a-z0-9:%é]{1,8}")) {
        let [platform, workspace, id] = names;
        let at = Where::new(platform.clone(), workspace);
        let all = [
            Place::Deployment, Place::Workspaces, Place::Channels, Place::Requesters,
            Place::Workspace(at.clone()), Place::ChannelsOf(at.clone()), Place::RequestersOf(at.clone()),
            Place::Channel(at.clone(), id.clone()), Place::Role(at, id.clone()),
            Place::Requester { platform, user: id },
        ];
        for place in all {
            prop_assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
    }
}

#[test]
fn each_limit_is_looked_up_on_its_own() {
    let set = rules(&[
        ("requesters", "spend-per-day", "1"),
        ("role:chat:guild:artist", "spend-per-day", "5"),
        ("role:chat:guild:patron", "spend-per-day", "none"),
        ("role:chat:guild:artist", "spend-per-month", "20.50"),
        ("workspaces", "unknown-price", "allow"),
    ]);
    let of = |roles: &[&str]| set.limits(&Limits::default(), &ann(), &with_roles(roles));

    let dollars = |n: i64| Some(Money::from_microdollars(n * 1_000_000));
    assert_eq!(of(&[]).requester.spend_per_day, dollars(1));
    assert_eq!(of(&["artist"]).requester.spend_per_day, dollars(5));
    assert_eq!(of(&["artist", "patron"]).requester.spend_per_day, None);
    let month = Some(Money::from_microdollars(20_500_000));
    assert_eq!(of(&["artist", "patron"]).requester.spend_per_month, month);
    assert_eq!(of(&[]).unknown_price, UnknownPrice::Allow);
    assert_eq!(of(&[]).version, Some(7));
}

mod said;
