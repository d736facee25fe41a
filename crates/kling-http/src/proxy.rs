//! Which calls go through a proxy: https to other machines, where the environment says so.

use reqwest::{NoProxy, Proxy};

use crate::ClientError;

/// Never proxied, whatever `NO_PROXY` says.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxy that the environment names for https, if any. Plain http is never proxied.
pub(crate) fn from_environment() -> Result<Option<Proxy>, ClientError> {
    from_lookup(|name| std::env::var(name).ok())
}

fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, ClientError> {
    let first = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| lookup(name))
            .find(|value| !value.trim().is_empty())
    };
    let Some(address) = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) else {
        return Ok(None);
    };
    let exempt = match first(&["NO_PROXY", "no_proxy"]) {
        Some(list) => format!("{list},{LOOPBACK}"),
        None => LOOPBACK.to_owned(),
    };
    let proxy = Proxy::https(address.trim())?;
    Ok(Some(proxy.no_proxy(NoProxy::from_string(&exempt))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_exempt_whatever_the_environment_says() {
        let proxy = from_lookup(|name| match name {
            "https_proxy" => Some("http://proxy.example:3128".to_owned()),
            "NO_PROXY" => Some("internal.example".to_owned()),
            _ => None,
        });

        let shown = format!("{:?}", proxy.expect("a valid proxy").expect("a proxy"));

        for exempt in ["127.0.0.0", "::1", "localhost", "internal.example"] {
            assert!(shown.contains(exempt), "{exempt} in {shown}");
        }
    }

    #[test]
    fn without_a_variable_there_is_no_proxy() {
        assert!(from_lookup(|_| None).expect("nothing to refuse").is_none());
        assert!(
            from_lookup(|_| Some(" ".to_owned()))
                .expect("nothing to refuse")
                .is_none()
        );
    }
}
