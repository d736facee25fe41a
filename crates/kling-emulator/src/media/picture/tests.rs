//! Results decode, and differ where they should.

use image::{DynamicImage, Rgb, RgbImage};

use super::{Format, Scene, fit};
use crate::media::Reference;

fn scene(prompt: &str, references: Vec<Reference>) -> Scene {
    Scene {
        model: "klingai/image-o1".to_owned(),
        prompt: prompt.to_owned(),
        references,
        index: 1,
        count: 2,
        pixels: (320, 256),
    }
}

fn plain(colour: [u8; 3]) -> Reference {
    Reference::Seen(DynamicImage::ImageRgb8(RgbImage::from_pixel(
        64,
        48,
        Rgb(colour),
    )))
}

#[test]
fn every_format_is_what_it_says() {
    for (format, codec) in [
        (Format::Png, image::ImageFormat::Png),
        (Format::Jpeg, image::ImageFormat::Jpeg),
        (Format::Webp, image::ImageFormat::WebP),
    ] {
        let bytes = scene("a cat", vec![]).render(format).unwrap();

        assert_eq!(image::guess_format(&bytes).unwrap(), codec);
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (320, 256));
    }
}

#[test]
fn prompts_references_and_places_change_the_picture() {
    let first = scene("a cat", vec![plain([250, 0, 0])]).draw().unwrap();

    let same = scene("a cat", vec![plain([250, 0, 0])]).draw().unwrap();
    let other_prompt = scene("a dog", vec![plain([250, 0, 0])]).draw().unwrap();
    let other_reference = scene("a cat", vec![plain([0, 0, 250])]).draw().unwrap();
    let named = scene(
        "a cat",
        vec![Reference::Named("example.org/a.png".to_owned())],
    )
    .draw()
    .unwrap();
    let second = Scene {
        index: 2,
        ..scene("a cat", vec![plain([250, 0, 0])])
    }
    .draw()
    .unwrap();

    assert_eq!(first, same);
    assert_ne!(first, other_prompt);
    assert_ne!(first, other_reference);
    assert_ne!(first, named);
    assert_ne!(first, second);
    assert!(
        first.pixels().any(|pixel| pixel.0 == [250, 0, 0]),
        "the reference is not shown"
    );
}

#[test]
fn long_prompts_shrink_until_they_fit() {
    let short = fit("a cat", 1312, 500, 6);
    let long = fit(&"word ".repeat(800), 1312, 500, 6);

    assert_eq!(short, (6, vec!["a cat".to_owned()]));
    assert!(long.0 < 6);
    assert!(long.1.len() * 10 * long.0 <= 500);
}
