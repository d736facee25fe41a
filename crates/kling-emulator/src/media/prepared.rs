//! Results that are drawn once for each shape and then served again, each copy with a number of its own in it.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use super::{Format, Scene, video::ClipScene};

/// What such a picture says in place of a prompt.
const WORDS: &str = "Prepared: drawn once for all results of this shape.";

/// The bytes at the end of every PNG: its last chunk.
const PNG_END: usize = 12;

/// What two results may have in common: everything but prompt, references and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    Picture(Format, (u32, u32)),
    Film((u32, u32), u64),
}

/// Whether results are prepared, and those that are.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    on: AtomicBool,
    served: AtomicU64,
    drawn: Mutex<HashMap<Shape, Bytes>>,
}

impl Prepared {
    /// Whether results are prepared from now on.
    pub(crate) fn switch(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    /// Whether results are prepared.
    pub(crate) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// A picture as a scene wants it: drawn, or prepared. Slow: not for an async thread.
    pub(crate) fn picture(&self, scene: &Scene, format: Format) -> Option<Bytes> {
        if !self.is_on() {
            return Some(scene.render(format)?.into());
        }
        let picture = self.of(Shape::Picture(format, scene.pixels), || {
            let neutral = Scene {
                model: "prepared".to_owned(),
                prompt: WORDS.to_owned(),
                references: Vec::new(),
                index: 1,
                count: 1,
                pixels: scene.pixels,
            };
            neutral.render(format)
        })?;
        let number = self.number();
        match format {
            Format::Png => numbered_png(&picture, &number),
            Format::Jpeg => numbered_jpeg(&picture, &number),
            Format::Webp => numbered_webp(&picture, &number),
        }
    }

    /// A film as a scene wants it: drawn, or prepared. Slow: not for an async thread.
    pub(crate) fn film(&self, scene: &ClipScene) -> Option<Bytes> {
        if !self.is_on() {
            return Some(scene.render()?.into());
        }
        let film = self.of(Shape::Film(scene.pixels, scene.length_ms), || {
            let neutral = ClipScene {
                model: "prepared".to_owned(),
                prompt: WORDS.to_owned(),
                references: Vec::new(),
                length_ms: scene.length_ms,
                pixels: scene.pixels,
            };
            neutral.render()
        })?;
        Some(numbered_film(&film, &self.number()))
    }

    /// What has a shape; drawn the first time, while all others wait who want one.
    fn of(&self, shape: Shape, draw: impl FnOnce() -> Option<Vec<u8>>) -> Option<Bytes> {
        let mut drawn = self.lock();
        if let Some(known) = drawn.get(&shape) {
            return Some(known.clone());
        }
        let fresh = Bytes::from(draw()?);
        drawn.insert(shape, fresh.clone());
        Some(fresh)
    }

    fn number(&self) -> String {
        format!("result {}", self.served.fetch_add(1, Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Shape, Bytes>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number in a comment before the last chunk.
fn numbered_png(png: &[u8], number: &str) -> Option<Bytes> {
    let (picture, end) = png.split_at_checked(png.len().checked_sub(PNG_END)?)?;
    let mut chunk = b"tEXtComment\0".to_vec();
    chunk.extend_from_slice(number.as_bytes());
    // The length counts what follows the name.
    let length = u32::try_from(chunk.len().checked_sub(4)?).ok()?;
    let sum = crc32(&chunk).to_be_bytes();
    Some(joined(&[picture, &length.to_be_bytes(), &chunk, &sum, end]))
}

/// The number in a comment behind the first marker.
fn numbered_jpeg(jpeg: &[u8], number: &str) -> Option<Bytes> {
    let (start, picture) = jpeg.split_at_checked(2)?;
    let length = u16::try_from(number.len() + 2).ok()?;
    Some(joined(&[
        start,
        b"\xff\xfe",
        &length.to_be_bytes(),
        number.as_bytes(),
        picture,
    ]))
}

/// The number in a chunk of an unknown name at the end, which readers pass over.
fn numbered_webp(webp: &[u8], number: &str) -> Option<Bytes> {
    let (head, rest) = webp.split_at_checked(4)?;
    let (_, picture) = rest.split_at_checked(4)?;
    let padding = number.len() % 2;
    let length = u32::try_from(number.len()).ok()?;
    let whole = u32::try_from(picture.len() + 8 + number.len() + padding).ok()?;
    let padding = [0_u8; 1].get(..padding)?;
    Some(joined(&[
        head,
        &whole.to_le_bytes(),
        picture,
        b"NOTE",
        &length.to_le_bytes(),
        number.as_bytes(),
        padding,
    ]))
}

/// The number in a box that readers pass over.
fn numbered_film(film: &[u8], number: &str) -> Bytes {
    let length = u32::try_from(number.len() + 8).unwrap_or(0);
    joined(&[film, &length.to_be_bytes(), b"free", number.as_bytes()])
}

fn joined(parts: &[&[u8]]) -> Bytes {
    parts.concat().into()
}

/// The checksum of a PNG's chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            let carry = if sum & 1 == 1 { 0xEDB8_8320 } else { 0 };
            (sum >> 1) ^ carry
        })
    })
}

#[cfg(test)]
mod tests {
    use image::GenericImageView as _;

    use super::*;

    fn scene(prompt: &str, pixels: (u32, u32)) -> Scene {
        Scene {
            model: "model".to_owned(),
            prompt: prompt.to_owned(),
            references: Vec::new(),
            index: 1,
            count: 1,
            pixels,
        }
    }

    #[test]
    fn prepared_pictures_are_valid_and_no_two_are_the_same() {
        let prepared = Prepared::default();
        prepared.switch(true);

        for (format, codec) in [
            (Format::Png, image::ImageFormat::Png),
            (Format::Jpeg, image::ImageFormat::Jpeg),
            (Format::Webp, image::ImageFormat::WebP),
        ] {
            let made: Vec<Bytes> = (0..3)
                .map(|_| {
                    prepared
                        .picture(&scene("a boat", (320, 240)), format)
                        .unwrap()
                })
                .collect();
            for bytes in &made {
                assert_eq!(image::guess_format(bytes).unwrap(), codec);
                let picture = image::load_from_memory(bytes).unwrap();
                assert_eq!(picture.dimensions(), (320, 240));
            }
            assert!(made[0] != made[1] && made[1] != made[2]);
        }
    }

    #[test]
    fn one_picture_is_drawn_for_each_shape() {
        let prepared = Prepared::default();
        prepared.switch(true);

        for _ in 0..3 {
            prepared.picture(&scene("a boat", (320, 240)), Format::Png);
            prepared.picture(&scene("a house", (320, 240)), Format::Png);
            prepared.picture(&scene("a house", (240, 320)), Format::Png);
            prepared.picture(&scene("a house", (240, 320)), Format::Jpeg);
        }

        assert_eq!(prepared.lock().len(), 3);
    }

    #[test]
    fn a_prepared_film_is_a_film_with_a_box_behind_it() {
        let prepared = Prepared::default();
        let scene = ClipScene {
            model: "model".to_owned(),
            prompt: WORDS.to_owned(),
            references: Vec::new(),
            length_ms: 1000,
            pixels: (320, 240),
        };

        prepared.switch(true);
        let first = prepared.film(&scene).unwrap();
        let second = prepared.film(&scene).unwrap();

        assert_ne!(first, second);
        assert_eq!(&first[4..8], b"ftyp");
        assert!(first.ends_with(b"\0\0\0\x10freeresult 0"));
    }

    #[test]
    fn without_the_setting_every_picture_is_drawn() {
        let prepared = Prepared::default();
        let boat = prepared.picture(&scene("a boat", (320, 240)), Format::Png);

        assert_eq!(
            boat,
            prepared.picture(&scene("a boat", (320, 240)), Format::Png)
        );
        assert_ne!(
            boat,
            prepared.picture(&scene("a house", (320, 240)), Format::Png)
        );
        assert!(prepared.lock().is_empty());
    }
}
