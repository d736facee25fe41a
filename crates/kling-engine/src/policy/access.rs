//! Who may do what: block lists, lists of those who may, and what a refusal is called.

use std::collections::{BTreeMap, BTreeSet};

use super::key::Matter;
use super::place::{Place, Where};
use crate::admission::{NewJob, Standing};
use crate::job::Requester;
use crate::reason::Reason;

/// What is said about one matter.
#[derive(Clone, Debug, Default)]
struct Said {
    allowed: BTreeSet<Place>,
    denied: BTreeSet<Place>,
}

/// Who may do what.
#[derive(Clone, Debug, Default)]
pub(super) struct Access(BTreeMap<Matter, Said>);

impl Access {
    pub(super) fn say(&mut self, matter: Matter, place: Place, allow: bool) {
        let said = self.0.entry(matter).or_default();
        if allow {
            said.allowed.insert(place);
        } else {
            said.denied.insert(place);
        }
    }

    /// Everything that is against a job.
    pub(super) fn against(&self, job: &NewJob, standing: &Standing) -> Vec<Reason> {
        let about = About::new(&job.requester, standing);
        let operation = job.request.operation.as_str();
        let provider = job.provider.as_str();
        let refused = |matter: &Matter| self.0.get(matter).and_then(|said| about.refused(said));
        let mut reasons = Vec::new();
        if let Some(code) = refused(&Matter::Anything) {
            reasons.push(Reason::new(code));
        }
        if refused(&Matter::Operation(operation.to_owned())).is_some() {
            reasons.push(Reason::new("access-operation").with("operation", operation));
        }
        if refused(&Matter::Provider(provider.to_owned())).is_some() {
            reasons.push(Reason::new("access-provider").with("provider", provider));
        }
        reasons
    }

    /// Whether somebody may have work done at a provider, as far as that is said.
    pub(super) fn lets(&self, provider: &str, requester: &Requester, standing: &Standing) -> bool {
        let said = self.0.get(&Matter::Provider(provider.to_owned()));
        said.is_none_or(|said| About::new(requester, standing).refused(said).is_none())
    }
}

/// The places that somebody is in.
struct About {
    requester: Place,
    workspace: Option<Place>,
    channel: Place,
    roles: Vec<Place>,
    at: Where,
}

impl About {
    fn new(requester: &Requester, standing: &Standing) -> Self {
        let platform = requester.platform.as_str();
        let workspace = requester.workspace.as_deref();
        let at = Where::new(platform, workspace.unwrap_or_default());
        let role = |role: &String| Place::Role(at.clone(), role.clone());
        Self {
            requester: Place::Requester {
                platform: platform.to_owned(),
                user: requester.user.clone(),
            },
            workspace: workspace.map(|_| Place::Workspace(at.clone())),
            channel: Place::Channel(at.clone(), requester.channel.clone()),
            roles: standing.roles.iter().map(role).collect(),
            at,
        }
    }

    /// What refuses: whoever is denied is, wherever; and where some workspaces of the platform, or some channels
    /// or roles of the workspace, are allowed, the others are not. A person who is allowed by name needs no role
    /// and no workspace.
    fn refused(&self, said: &Said) -> Option<&'static str> {
        let denied = |place: &Place| said.denied.contains(place);
        let allowed = |place: &Place| said.allowed.contains(place);
        if denied(&self.requester) {
            return Some("access-requester");
        }
        if denied(&Place::Deployment) {
            return Some("access-deployment");
        }
        if self.workspace.as_ref().is_some_and(denied) {
            return Some("access-workspace");
        }
        if denied(&self.channel) {
            return Some("access-channel");
        }
        if self.roles.iter().any(denied) {
            return Some("access-role");
        }
        let by_name = allowed(&self.requester);
        let here = |at: &Where| *at == self.at;
        let lists = |is_one: &dyn Fn(&Place) -> bool| said.allowed.iter().any(is_one);
        let lists_workspaces = lists(
            &|place| matches!(place, Place::Workspace(at) if at.platform == self.at.platform),
        );
        if lists_workspaces && !by_name && !self.workspace.as_ref().is_some_and(allowed) {
            return Some("access-workspace");
        }
        let lists_channels = lists(&|place| matches!(place, Place::Channel(at, _) if here(at)));
        if lists_channels && !allowed(&self.channel) {
            return Some("access-channel");
        }
        let lists_roles = lists(&|place| matches!(place, Place::Role(at, _) if here(at)));
        if lists_roles && !by_name && !self.roles.iter().any(allowed) {
            return Some("access-role");
        }
        None
    }
}
