//! Addresses of files: perhaps signed, so never shown.

use url::Url;

/// Text that is not an address a file can be fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a web address: it takes http:// or https:// and a host")]
pub struct InvalidUrl;

/// An address of a file. It may be signed, so neither `Debug` nor `Display` shows path or query.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AssetUrl(Url);

impl AssetUrl {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// When it is not an absolute `http` or `https` URL with a host, or carries a user name or password.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let url = Url::parse(text).map_err(|_| InvalidUrl)?;
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let fine = web && url.username().is_empty() && url.password().is_none();
        fine.then_some(Self(url)).ok_or(InvalidUrl)
    }

    /// The whole address, for the one place that fetches or sends it.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl std::fmt::Display for AssetUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}://{}/…",
            self.0.scheme(),
            self.0.host_str().unwrap_or_default()
        )
    }
}

impl std::fmt::Debug for AssetUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AssetUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_path_or_signature() {
        let url = AssetUrl::parse("https://cdn.example.com/a/b.png?hm=5ec2e7").expect("a URL");

        assert_eq!(
            format!("{url} {url:?}"),
            "https://cdn.example.com/… AssetUrl(https://cdn.example.com/…)"
        );
        assert_eq!(url.expose().query(), Some("hm=5ec2e7"));
    }

    #[test]
    fn only_web_addresses_without_credentials_are_taken() {
        for text in [
            "file:///etc/passwd",
            "data:image/png;base64,AA==",
            "cat.png",
            "https://me:pw@host/a",
        ] {
            assert_eq!(AssetUrl::parse(text), Err(InvalidUrl), "{text}");
        }
    }
}
