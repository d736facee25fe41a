//! Files that people attached, fetched from where Discord keeps them and from nowhere else.

use kling_core::AssetUrl;
use kling_engine::InputError;
use kling_http::{DownloadError, Downloader, is_loopback};
use tokio::io::AsyncWrite;
use url::Url;

use crate::limits;

/// Copies a file into `sink`.
pub(super) async fn fetch(
    downloader: &Downloader,
    base: &Url,
    source: &str,
    sink: &mut (dyn AsyncWrite + Send + Unpin),
) -> Result<(), InputError> {
    let url = address(base, source)?;
    downloader
        .fetch(&url, sink)
        .await
        .map(drop)
        .map_err(explain)
}

/// Where Discord keeps a file. The address is signed and good for about a day, for whoever has it.
pub(super) fn address(base: &Url, source: &str) -> Result<AssetUrl, InputError> {
    let url = AssetUrl::parse(source).map_err(|_| InputError::Blocked)?;
    if is_discords(url.expose(), base) {
        Ok(url)
    } else {
        Err(InputError::Blocked)
    }
}

/// Whether Discord keeps files there. Where Discord itself is played on this machine, its files are too.
fn is_discords(url: &Url, base: &Url) -> bool {
    if is_loopback(base) {
        return is_loopback(url);
    }
    url.scheme() == "https"
        && url
            .host_str()
            .is_some_and(|host| limits::FILE_HOSTS.contains(&host))
}

fn explain(error: DownloadError) -> InputError {
    match error {
        DownloadError::Gone { .. } | DownloadError::BadRedirect => InputError::Gone,
        DownloadError::TooLarge { limit_bytes } => InputError::TooLarge { limit_bytes },
        DownloadError::NotMedia { .. } => InputError::NotMedia,
        DownloadError::Blocked { .. } => InputError::Blocked,
        other => InputError::Unavailable(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn files_come_from_discord_only() {
        let discord = url("https://discord.com");

        assert!(is_discords(
            &url("https://cdn.discordapp.com/ephemeral-attachments/1/a.png?ex=1"),
            &discord
        ));
        for other in [
            "https://cdn.discordapp.com.evil.example/a.png",
            "http://cdn.discordapp.com/a.png",
            "https://127.0.0.1/a.png",
            "https://example.com/a.png",
        ] {
            assert!(!is_discords(&url(other), &discord), "{other}");
        }
    }

    #[test]
    fn a_discord_on_this_machine_keeps_its_files_here() {
        let emulated = url("http://127.0.0.1:4700/discord");

        assert!(is_discords(
            &url("http://127.0.0.1:4700/discord/cdn/a.png"),
            &emulated
        ));
        assert!(!is_discords(&url("http://10.0.0.8/a.png"), &emulated));
        assert!(!is_discords(
            &url("https://cdn.discordapp.com/a.png"),
            &emulated
        ));
    }
}
