//! A value that can be used but not printed.

/// An API key or a token.
///
/// It has no `Display` and no `Serialize`, and its `Debug` shows nothing of the value, so it cannot
/// reach a log, an error or a stored row by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value; white space around it, such as a file's last line feed, is taken off.
    ///
    /// `None` when nothing is left.
    pub fn new(value: impl AsRef<str>) -> Option<Self> {
        let value = value.as_ref().trim();
        (!value.is_empty()).then(|| Self(value.to_owned()))
    }

    /// The value, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_can_be_used_but_not_printed() {
        let secret = Secret::new("sk-very-private\n").expect("it has a value");

        assert_eq!(secret.expose(), "sk-very-private");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(Secret::new(" \n"), None);
    }
}
