//! Which base addresses may be called, and which are this machine.

use url::{Host, Url};

/// Whether an API may be called without TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasePolicy {
    /// `https` anywhere, plain `http` only to this machine.
    #[default]
    HttpsOrLoopback,
    /// Plain `http` anywhere: the operator wrote `allow_insecure = true`.
    AllowInsecure,
}

/// A base address that the policy does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InsecureBase {
    /// Neither `http` nor `https`, or without a host.
    #[error("not a web address: it takes https:// and a host")]
    NotWeb,
    /// Plain `http` to another machine.
    #[error("plain http to another machine would show the key: use https or allow it explicitly")]
    PlainHttp,
}

impl BasePolicy {
    /// What an operator's `allow_insecure` means.
    pub const fn of(allow_insecure: bool) -> Self {
        if allow_insecure {
            Self::AllowInsecure
        } else {
            Self::HttpsOrLoopback
        }
    }

    /// Checks the base address of an API.
    ///
    /// # Errors
    ///
    /// When it is not a web address, or is plain `http` where that is not allowed.
    pub fn check(self, url: &Url) -> Result<(), InsecureBase> {
        if !url.has_host() {
            return Err(InsecureBase::NotWeb);
        }
        match (url.scheme(), self) {
            ("https", _) | ("http", Self::AllowInsecure) => Ok(()),
            ("http", Self::HttpsOrLoopback) if is_loopback(url) => Ok(()),
            ("http", Self::HttpsOrLoopback) => Err(InsecureBase::PlainHttp),
            _ => Err(InsecureBase::NotWeb),
        }
    }
}

/// Whether an address names this very machine: `127.0.0.0/8`, `[::1]`, `localhost` or `*.localhost`.
///
/// A name that merely resolves to loopback does not count.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => is_localhost(name),
        None => false,
    }
}

/// Whether a name is reserved for this machine (RFC 6761).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let policy = BasePolicy::default();

        for text in [
            "https://api.example.com/v1",
            "http://127.0.0.1:4700/aimlapi",
            "http://[::1]:4700",
            "http://localhost:4700",
            "http://discord.localhost",
        ] {
            assert_eq!(policy.check(&url(text)), Ok(()), "{text}");
        }
        for text in [
            "http://api.example.com",
            "http://10.0.0.8",
            "http://localhost.example.com",
            "http://mylocalhost",
        ] {
            assert_eq!(
                policy.check(&url(text)),
                Err(InsecureBase::PlainHttp),
                "{text}"
            );
            assert_eq!(BasePolicy::AllowInsecure.check(&url(text)), Ok(()));
        }
        assert_eq!(
            policy.check(&url("ftp://localhost/a")),
            Err(InsecureBase::NotWeb)
        );
        assert_eq!(
            policy.check(&url("data:text/plain,x")),
            Err(InsecureBase::NotWeb)
        );
    }
}
