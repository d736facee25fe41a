//! The guard against being sent to places only we can reach (server-side request forgery).

use std::fmt::Debug;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use kling_core::Source;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::base::{is_localhost, is_loopback};

mod range;

pub use range::SpecialRange;

/// Decides which addresses may be fetched from.
///
/// - Only `https`, on any port. Plain `http` is for loopback, where loopback is allowed at all.
/// - An address given as a number is checked as it stands; a name is resolved **once**, every address it
///   resolves to is checked, one bad address refuses them all, and the connection goes to what was checked. A name
///   that resolves differently a moment later (rebinding) changes nothing.
/// - Loopback counts only as a literal address or as `localhost`, and only for a guard made
///   [for a base](Guard::for_base) that is itself on loopback. A public name that resolves to loopback is refused.
#[derive(Clone, Debug)]
pub struct Guard {
    allow_loopback: bool,
    lookup: Arc<dyn Lookup>,
}

/// An address that must not be fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// Neither `http` nor `https`, or without a host.
    #[error("it is not a web address")]
    NotWeb,
    /// It carries a user name or a password.
    #[error("it carries a user name or a password")]
    Credentials,
    /// Plain `http`.
    #[error("it is not https")]
    PlainHttp,
    /// It is, or resolves to, a place that is not on the public internet.
    #[error("it leads to {0}")]
    Address(SpecialRange),
}

impl Guard {
    /// A guard that lets only the public internet through.
    pub fn public_only() -> Self {
        Self {
            allow_loopback: false,
            lookup: Arc::new(SystemLookup),
        }
    }

    /// The guard for addresses that an API under this base named: loopback is allowed when the base is
    /// itself on loopback, nothing else changes.
    pub fn for_base(base: &Url) -> Self {
        Self {
            allow_loopback: is_loopback(base),
            ..Self::public_only()
        }
    }

    /// The same guard with another source of addresses.
    #[must_use]
    pub fn with_lookup(self, lookup: Arc<dyn Lookup>) -> Self {
        Self { lookup, ..self }
    }

    /// Whether loopback is let through.
    pub fn allows_loopback(&self) -> bool {
        self.allow_loopback
    }

    /// Checks what can be told from the address alone, without resolving its name. Good for an early refusal; a
    /// download checks again.
    ///
    /// # Errors
    ///
    /// [`Blocked`], by what is wrong.
    pub fn check_url(&self, url: &Url) -> Result<(), Blocked> {
        let ("http" | "https", Some(host)) = (url.scheme(), url.host()) else {
            return Err(Blocked::NotWeb);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Blocked::Credentials);
        }
        let loopback = match host {
            Host::Ipv4(address) => self.check_address(IpAddr::V4(address), true)?,
            Host::Ipv6(address) => self.check_address(IpAddr::V6(address), true)?,
            Host::Domain(name) if is_localhost(name) && !self.allow_loopback => {
                return Err(Blocked::Address(SpecialRange::Loopback));
            }
            Host::Domain(name) => is_localhost(name),
        };
        if url.scheme() == "http" && !loopback {
            return Err(Blocked::PlainHttp);
        }
        Ok(())
    }

    /// Resolves a name and checks every address.
    ///
    /// # Errors
    ///
    /// [`LookupError::Blocked`] when any address is not allowed, [`LookupError::Failed`] when there is none.
    pub async fn resolve_host(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        let addresses = self
            .lookup
            .lookup(name)
            .await
            .map_err(LookupError::Failed)?;
        if addresses.is_empty() {
            return Err(LookupError::Failed("the name has no address".into()));
        }
        let local_name = is_localhost(name);
        for address in &addresses {
            self.check_address(*address, local_name)
                .map_err(LookupError::Blocked)?;
        }
        Ok(addresses)
    }

    /// Whether the address is loopback and allowed; `Ok(false)` is a public one.
    fn check_address(&self, address: IpAddr, says_so_itself: bool) -> Result<bool, Blocked> {
        match SpecialRange::of(address) {
            None => Ok(false),
            Some(SpecialRange::Loopback) if self.allow_loopback && says_so_itself => Ok(true),
            Some(range) => Err(Blocked::Address(range)),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.resolve_host(name.as_str()).await?;
            // Port 0 stands for the port of the URL.
            let pinned = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(pinned) as Addrs)
        })
    }
}

/// A name that leads nowhere, or somewhere it must not.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// An address is not allowed.
    #[error("the address is not allowed")]
    Blocked(#[source] Blocked),
    /// The name could not be resolved.
    #[error("the name could not be resolved")]
    Failed(#[source] Source),
}

/// Where the addresses of a name come from.
#[async_trait::async_trait]
pub trait Lookup: Send + Sync + Debug {
    /// All addresses of a name.
    ///
    /// # Errors
    ///
    /// When the name cannot be resolved.
    async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, Source>;
}

/// The resolver of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait::async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, Source> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

#[cfg(test)]
mod tests;
