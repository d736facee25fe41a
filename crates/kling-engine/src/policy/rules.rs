//! The settings as they are asked about: what holds for one job.

use std::collections::{BTreeMap, BTreeSet};

use kling_core::{Money, ProviderId};

use super::access::Access;
use super::content::{List, Text};
use super::key::{Key, ListKind, Number, Usual};
use super::place::{Place, Where};
use super::{Policy, Setting};
use crate::admission::{Caps, Limits, NewJob, Standing, UnknownPrice};
use crate::job::Requester;
use crate::reason::Reason;

/// A version of the settings, ready to be asked. It never changes; the engine gets a new one when they do.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    version: i64,
    limits: BTreeMap<(Place, Number), Limit>,
    prices: BTreeMap<Place, UnknownPrice>,
    access: Access,
    admins: BTreeSet<Place>,
    lists: BTreeMap<(Place, ListKind), List>,
    naming: BTreeMap<Place, bool>,
    usual: BTreeMap<(Place, Usual), String>,
}

/// A limit that is set: an amount in its own unit, or none at all, which is the most generous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    At(i64),
    None,
}

impl Limit {
    fn read(number: Number, value: &str) -> Option<Self> {
        if value == "none" {
            return Some(Self::None);
        }
        Some(Self::At(match number {
            Number::OpenJobs | Number::JobsPerDay => i64::from(value.parse::<u32>().ok()?),
            Number::SpendPerDay | Number::SpendPerMonth => {
                Money::parse_dollars(value).ok()?.as_nanodollars()
            }
        }))
    }

    fn of(caps: &Caps, number: Number) -> Self {
        let count = |count: Option<u32>| count.map_or(Self::None, |count| Self::At(count.into()));
        let money = |money: Option<Money>| {
            money.map_or(Self::None, |money| Self::At(money.as_nanodollars()))
        };
        match number {
            Number::OpenJobs => count(caps.open_jobs),
            Number::JobsPerDay => count(caps.jobs_per_day),
            Number::SpendPerDay => money(caps.spend_per_day),
            Number::SpendPerMonth => money(caps.spend_per_month),
        }
    }

    fn count(self) -> Option<u32> {
        match self {
            Self::At(count) => Some(u32::try_from(count).unwrap_or(u32::MAX)),
            Self::None => None,
        }
    }

    fn money(self) -> Option<Money> {
        match self {
            Self::At(nanos) => Some(Money::from_nanodollars(nanos)),
            Self::None => None,
        }
    }
}

/// The places around a job, the most specific first.
struct Around {
    deployment: Place,
    workspace: Option<Place>,
    channel: Place,
    channels_here: Option<Place>,
    requester: Place,
    requesters_here: Option<Place>,
    roles: Vec<Place>,
}

impl Around {
    fn new(requester: &Requester, standing: &Standing) -> Self {
        let platform = requester.platform.as_str();
        let workspace = requester.workspace.as_deref();
        let at = Where::new(platform, workspace.unwrap_or_default());
        let here = workspace.map(|_| at.clone());
        Self {
            deployment: Place::Deployment,
            workspace: here.clone().map(Place::Workspace),
            channel: Place::Channel(at.clone(), requester.channel.clone()),
            channels_here: here.clone().map(Place::ChannelsOf),
            requester: Place::Requester {
                platform: platform.to_owned(),
                user: requester.user.clone(),
            },
            requesters_here: here.map(Place::RequestersOf),
            roles: standing
                .roles
                .iter()
                .map(|role| Place::Role(at.clone(), role.clone()))
                .collect(),
        }
    }

    /// Where things are said that hold in a place: nearest first.
    fn outwards(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.channel)
            .chain(&self.workspace)
            .chain(std::iter::once(&self.deployment))
    }
}

impl Rules {
    /// Reads the settings. One that cannot be read says nothing, and the log says so.
    pub fn read(policy: &Policy) -> Self {
        let mut rules = Self {
            version: policy.version,
            ..Self::default()
        };
        for setting in &policy.settings {
            if rules.add(setting).is_none() {
                tracing::error!(
                    place = %setting.place, key = %setting.key,
                    "the setting {} for {} cannot be read, and is not heeded",
                    setting.key, setting.place,
                );
            }
        }
        rules
    }

    fn add(&mut self, setting: &Setting) -> Option<()> {
        let (place, value) = (setting.place.clone(), setting.value.as_str());
        match &setting.key {
            Key::Limit(number) => {
                let limit = Limit::read(*number, value)?;
                self.limits.insert((place, *number), limit);
            }
            Key::UnknownPrice => {
                let allowed = if value == "allow" {
                    UnknownPrice::Allow
                } else {
                    UnknownPrice::Refuse
                };
                self.prices.insert(place, allowed);
            }
            Key::Access(matter) => self.access.say(matter.clone(), place, value == "allow"),
            Key::Admin => {
                if value == "yes" {
                    self.admins.insert(place);
                }
            }
            Key::List(kind) => {
                self.lists.insert((place, *kind), List::read(*kind, value)?);
            }
            Key::NameMatches => {
                self.naming.insert(place, value == "yes");
            }
            Key::Usual(field) => {
                self.usual.insert((place, *field), value.to_owned());
            }
        }
        Some(())
    }

    /// Which version it is.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// What holds for a job, where `defaults` is what the configuration says of each scope.
    pub fn limits(&self, defaults: &Limits, job: &NewJob, standing: &Standing) -> Limits {
        let around = Around::new(&job.requester, standing);
        let mut against = defaults.against.clone();
        against.extend(self.access.against(job, standing));
        against.extend(self.found_in(job.request.prompt.as_str(), &around, standing));
        let places = [&around.workspace, &Some(Place::Workspaces)];
        let unknown_price = places
            .into_iter()
            .flatten()
            .chain([&around.deployment])
            .find_map(|place| self.prices.get(place));
        Limits {
            requester: self.caps(&defaults.requester, |number| {
                let of_roles = around
                    .roles
                    .iter()
                    .filter_map(|role| self.limit(role, number));
                self.limit(&around.requester, number)
                    .or_else(|| of_roles.max())
                    .or_else(|| self.limit(around.requesters_here.as_ref()?, number))
                    .or_else(|| self.limit(&Place::Requesters, number))
            }),
            channel: self.caps(&defaults.channel, |number| {
                self.limit(&around.channel, number)
                    .or_else(|| self.limit(around.channels_here.as_ref()?, number))
                    .or_else(|| self.limit(&Place::Channels, number))
            }),
            workspace: self.caps(&defaults.workspace, |number| {
                let own = around.workspace.as_ref();
                own.and_then(|place| self.limit(place, number))
                    .or_else(|| self.limit(&Place::Workspaces, number))
            }),
            deployment: self.caps(&defaults.deployment, |number| {
                self.limit(&around.deployment, number)
            }),
            unknown_price: unknown_price.copied().unwrap_or(defaults.unknown_price),
            version: Some(self.version),
            against,
        }
    }

    fn limit(&self, place: &Place, number: Number) -> Option<Limit> {
        // The common case is that nothing is set at all.
        if self.limits.is_empty() {
            return None;
        }
        self.limits.get(&(place.clone(), number)).copied()
    }

    fn caps(&self, defaults: &Caps, set: impl Fn(Number) -> Option<Limit>) -> Caps {
        if self.limits.is_empty() {
            return *defaults;
        }
        let limit = |number| set(number).unwrap_or_else(|| Limit::of(defaults, number));
        Caps {
            open_jobs: limit(Number::OpenJobs).count(),
            jobs_per_day: limit(Number::JobsPerDay).count(),
            spend_per_day: limit(Number::SpendPerDay).money(),
            spend_per_month: limit(Number::SpendPerMonth).money(),
        }
    }

    /// What of a prompt is not wanted in a place. It names no word, unless a setting says that it may.
    fn found_in(&self, prompt: &str, around: &Around, standing: &Standing) -> Option<Reason> {
        if self.lists.is_empty() {
            return None;
        }
        let text = Text::read(prompt);
        let find = |kind| {
            around.outwards().find_map(|place| {
                let list = self.lists.get(&(place.clone(), kind))?;
                list.find(&text)
            })
        };
        let everywhere = find(ListKind::Words).or_else(|| find(ListKind::Patterns));
        let outside = || find(ListKind::WordsOutside).or_else(|| find(ListKind::PatternsOutside));
        let (code, found) = match everywhere {
            Some(found) => ("content-refused", found),
            None if standing.age_restricted => return None,
            None => ("content-age-restricted", outside()?),
        };
        let named = around.outwards().find_map(|place| self.naming.get(place));
        let reason = Reason::new(code);
        Some(match named {
            Some(true) => reason.with("given", found),
            Some(false) | None => reason,
        })
    }

    /// What is taken where a command says nothing, nearest place first.
    pub fn usual(&self, requester: &Requester, field: Usual) -> Option<&str> {
        let around = Around::new(requester, &Standing::default());
        around
            .outwards()
            .find_map(|place| self.usual.get(&(place.clone(), field)))
            .map(String::as_str)
    }

    /// Whether somebody may have work done at a provider.
    pub fn lets(&self, provider: &ProviderId, requester: &Requester, standing: &Standing) -> bool {
        self.access.lets(provider.as_str(), requester, standing)
    }

    /// Whether somebody may change rules about the place they are in: by name, or by a role there.
    pub fn administers(&self, requester: &Requester, standing: &Standing) -> bool {
        let around = Around::new(requester, standing);
        let mut places = around.roles.iter().chain([&around.requester]);
        places.any(|place| self.admins.contains(place))
    }
}
