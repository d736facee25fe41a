//! Attachments by what was announced of them: which picture, what kind, how large.

use kling_core::{AssetInfo, MediaType};
use kling_engine::{InputFile, InputRole, Reason};

use super::CommandAttachment;

/// Reads the attachments as reference images, in the order of their fields' numbers.
///
/// A file of a wrong kind is a reason, and still counts as a picture, so that the count is right.
pub(super) fn images(
    attachments: &[CommandAttachment],
    max_input_bytes: u64,
    reasons: &mut Vec<Reason>,
) -> Vec<InputFile> {
    let mut numbered = Vec::new();
    for attachment in attachments {
        match number_of(&attachment.field) {
            Some(number) => numbered.push((number, attachment)),
            None => reasons.push(Reason::new("field-unknown").with("given", &attachment.field)),
        }
    }
    numbered.sort_by_key(|(number, _)| *number);
    let files = numbered.into_iter().enumerate();
    files
        .map(|(index, (_, attachment))| {
            let file = index + 1;
            if attachment.size_bytes > max_input_bytes {
                let reason = Reason::new("input-too-large")
                    .with("file", file)
                    .with("max", max_input_bytes);
                reasons.push(reason);
            }
            let media_type = kind_of(attachment).unwrap_or_else(|announced| {
                let reason = Reason::new("input-wrong-type")
                    .with("file", file)
                    .with("given", announced);
                reasons.push(reason);
                MediaType::Png
            });
            InputFile {
                role: InputRole::Image,
                name: attachment.file_name.clone(),
                source: attachment.source.clone(),
                info: AssetInfo {
                    media_type,
                    size_bytes: attachment.size_bytes,
                    dimensions: attachment.dimensions,
                    duration: None,
                    frame_rate: None,
                },
            }
        })
        .collect()
}

/// The number of a field such as `image3`.
fn number_of(field: &str) -> Option<u8> {
    field.strip_prefix("image")?.parse().ok().filter(|&n| n > 0)
}

/// What a file is announced to be. Where nothing is announced it may be anything, and is looked at
/// once it is here; where it is announced as something else, that is the error.
fn kind_of(attachment: &CommandAttachment) -> Result<MediaType, String> {
    let announced = attachment
        .content_type
        .as_deref()
        .and_then(|text| text.split(';').next())
        .map(|text| text.trim().to_ascii_lowercase())
        .filter(|text| !text.is_empty() && text != "application/octet-stream");
    match announced {
        Some(announced) => MediaType::from_mime(&announced).ok_or(announced),
        None => Ok(by_name(&attachment.file_name).unwrap_or(MediaType::Png)),
    }
}

fn by_name(file_name: &str) -> Option<MediaType> {
    let (_, extension) = file_name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    if extension == "jpeg" {
        return Some(MediaType::Jpeg);
    }
    MediaType::ALL
        .into_iter()
        .find(|kind| kind.extension() == extension)
}
