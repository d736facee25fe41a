//! Input files: from a path or an address to what goes into the request, or to what would have worked.

use kling_core::{Asset, AssetInfo, AssetUrl, Capability, Field, FileRule, MediaType};
use kling_http::sniff::{MAX_PIXELS, NotAPicture, NotAVideo};
use kling_http::{DownloadError, Downloader};
use kling_providers::{Catalogue, InputError, Inputs};

use crate::args::RequestArgs;
use crate::exit::chain;

/// Reads the files of one request.
pub(super) struct Files<'a> {
    inputs: Inputs,
    downloader: Option<&'a Downloader>,
    /// What the fields for pictures take, at any model that may be chosen.
    pictures: Vec<MediaType>,
    videos: Vec<MediaType>,
    /// The flags whose addresses were not looked behind.
    pub(super) not_looked_at: Vec<String>,
}

/// A file that cannot go in.
pub(super) struct Trouble {
    pub(super) problem: String,
    pub(super) offer: String,
    /// Whether waiting may mend it.
    pub(super) passes: bool,
}

impl<'a> Files<'a> {
    /// For the models of the operation that was asked for. Without a downloader addresses are not looked behind.
    pub(super) fn for_operation(
        flags: &RequestArgs,
        catalogue: &Catalogue,
        downloader: Option<&'a Downloader>,
    ) -> Self {
        let named = |id| flags.model.as_ref().is_none_or(|model| model == id);
        let able = catalogue.for_operation(flags.operation);
        let models = able.iter().filter(|entry| named(&entry.info.id));
        let rules: Vec<_> = models.map(|entry| &entry.info.capability).collect();
        let kinds = |of: fn(&Capability) -> &FileRule, otherwise: FileRule| {
            let taken = |kind: &MediaType| rules.iter().any(|rule| of(rule).types.contains(kind));
            let kinds: Vec<_> = MediaType::ALL.into_iter().filter(taken).collect();
            if kinds.is_empty() {
                otherwise.types
            } else {
                kinds
            }
        };
        Self {
            inputs: Inputs::default(),
            downloader,
            pictures: kinds(|rule| &rule.image_files, FileRule::any_image()),
            videos: kinds(|rule| &rule.video_files, FileRule::any_video()),
            not_looked_at: Vec::new(),
        }
    }

    pub(super) async fn read(
        &mut self,
        field: &Field,
        flag: &str,
        place: &str,
    ) -> Result<Asset, Trouble> {
        if !is_address(place) {
            let read = self.inputs.path(place).await;
            return read.map_err(|error| self.told(field, place, &error));
        }
        let url = AssetUrl::parse(place).map_err(|error| Trouble {
            problem: format!("the address: {}", chain(&error)),
            offer: "give https:// and a host, without user name and password".to_owned(),
            passes: false,
        })?;
        let Some(downloader) = self.downloader else {
            if !self.not_looked_at.iter().any(|known| known == flag) {
                self.not_looked_at.push(flag.to_owned());
            }
            return Ok(self.on_trust(field, url));
        };
        let read = self.inputs.url(&url, downloader).await;
        // An address may be signed; only its host is shown.
        read.map_err(|error| self.told(field, &url.to_string(), &error))
    }

    fn kinds(&self, field: &Field) -> &[MediaType] {
        if *field == Field::Video {
            &self.videos
        } else {
            &self.pictures
        }
    }

    /// A file that nobody has looked at, of a kind that is taken.
    fn on_trust(&self, field: &Field, url: AssetUrl) -> Asset {
        let fallback = MediaType::Png;
        let info = AssetInfo {
            media_type: self.kinds(field).first().copied().unwrap_or(fallback),
            size_bytes: 0,
            dimensions: None,
            duration: None,
            frame_rate: None,
        };
        Asset::pending(info).with_public_url(url)
    }

    /// What is wrong with a file, and what would have worked.
    fn told(&self, field: &Field, shown: &str, error: &InputError) -> Trouble {
        let passes = matches!(error, InputError::Download(below) if below.is_retryable());
        Trouble {
            problem: format!("{shown}: {}", chain(error)),
            offer: self.offer(field, error),
            passes,
        }
    }

    fn offer(&self, field: &Field, error: &InputError) -> String {
        let offer = match error {
            InputError::Unreadable(_)
            | InputError::Picture(NotAPicture::Unreadable(_))
            | InputError::Video(NotAVideo::Unreadable(_)) => {
                "give the path of a file that you may read"
            }
            InputError::NotAFile => "give the path of a file",
            InputError::Unrecognised { .. }
            | InputError::Picture(NotAPicture::Unrecognised { .. })
            | InputError::Video(NotAVideo::Unrecognised { .. }) => {
                let kinds: Vec<_> = self.kinds(field).iter().map(|kind| kind.name()).collect();
                let kinds = kinds.join(", ");
                return format!("use {kinds}; the bytes count, not the name");
            }
            InputError::Picture(NotAPicture::TooManyPixels) => {
                let most = MAX_PIXELS / 1_000_000;
                return format!("scale it down to at most {most} megapixels");
            }
            InputError::Picture(NotAPicture::Damaged(_)) => "use a picture that is whole",
            InputError::Video(NotAVideo::Damaged) => "use a video that is whole",
            InputError::Video(NotAVideo::NoPicture) => "use a video with a moving picture in it",
            InputError::TooLarge { limit_bytes } => {
                return format!("use a file of at most {limit_bytes} bytes");
            }
            InputError::Download(DownloadError::Gone { .. }) => {
                "give an address that still leads to the file"
            }
            InputError::Download(below) if below.is_retryable() => {
                "look whether the address is right, try again later, or give the file itself"
            }
            _ => "give a public https:// address that leads to the file itself",
        };
        offer.to_owned()
    }
}

fn is_address(place: &str) -> bool {
    let lower = place.trim_start().to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The paths and addresses of an element: commas between, and `\,` for a comma that belongs to one of them.
pub(super) fn places(text: &str) -> Vec<String> {
    let mut places = vec![String::new()];
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == ',' {
            places.push(String::new());
        } else if let Some(place) = places.last_mut() {
            let comma = (c == '\\').then(|| rest.next_if_eq(&',')).flatten();
            place.push(comma.unwrap_or(c));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_parts_two_files_unless_a_backslash_stands_before_it() {
        for (text, expected) in [
            ("a.png", &["a.png"] as &[&str]),
            ("a.png,b.png", &["a.png", "b.png"]),
            (r"a\,b.png,c.png", &["a,b.png", "c.png"]),
            (r"C:\new\a.png,b.png", &[r"C:\new\a.png", "b.png"]),
            ("a.png,", &["a.png", ""]),
            ("a\\", &["a\\"]),
        ] {
            assert_eq!(places(text), expected, "{text}");
        }
    }
}
