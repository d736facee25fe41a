//! How many pixels a picture has, by aspect ratio and resolution.
//!
//! The vendors publish no table. Here `1K` is about one megapixel with sides that are multiples of
//! 16, as picture models have them, and `2K` doubles the sides. The shorter side of a film has as many
//! pixels as its resolution says.

/// The pixel size at `1K` of every aspect ratio.
const ONE_K: [(&str, (u32, u32)); 8] = [
    ("21:9", (1568, 672)),
    ("16:9", (1360, 768)),
    ("4:3", (1152, 864)),
    ("3:2", (1248, 832)),
    ("1:1", (1024, 1024)),
    ("2:3", (832, 1248)),
    ("3:4", (864, 1152)),
    ("9:16", (768, 1360)),
];

/// Width and height of a picture; none for a ratio or a resolution that is not in the table.
/// The resolution is `1K` or `2K` in either case.
pub fn pixels(aspect_ratio: &str, resolution: &str) -> Option<(u32, u32)> {
    let (_, (width, height)) = ONE_K.iter().find(|(name, _)| *name == aspect_ratio)?;
    let factor = match resolution {
        "1K" | "1k" => 1,
        "2K" | "2k" => 2,
        _ => return None,
    };
    Some((width * factor, height * factor))
}

/// The aspect ratios of films.
pub(crate) const CLIP_RATIOS: [&str; 3] = ["16:9", "9:16", "1:1"];

/// Width and height of a film; none for a ratio or a resolution (`720p`, `1080p`) there is not.
pub fn clip_pixels(aspect_ratio: &str, resolution: &str) -> Option<(u32, u32)> {
    let (long, short) = match resolution {
        "720p" => (1280, 720),
        "1080p" => (1920, 1080),
        _ => return None,
    };
    match aspect_ratio {
        "16:9" => Some((long, short)),
        "9:16" => Some((short, long)),
        "1:1" => Some((short, short)),
        _ => None,
    }
}

/// The ratio among `names` that is closest to `pixels`.
pub(crate) fn nearest_ratio<'a>(pixels: (u32, u32), names: &[&'a str]) -> Option<&'a str> {
    let wanted = f64::from(pixels.0) / f64::from(pixels.1.max(1));
    let distance = |name: &str| {
        let (across, down) = name.split_once(':')?;
        let is = across.parse::<f64>().ok()? / down.parse::<f64>().ok()?;
        Some((is / wanted).ln().abs())
    };
    names.iter().copied().min_by(|one, other| {
        let far = f64::INFINITY;
        let one = distance(one).unwrap_or(far);
        one.total_cmp(&distance(other).unwrap_or(far))
    })
}

/// The names of the aspect ratios of pictures.
pub(crate) fn picture_ratios() -> [&'static str; 8] {
    ONE_K.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{ONE_K, clip_pixels, nearest_ratio, picture_ratios, pixels};

    #[test]
    fn films_are_as_their_resolution_says() {
        assert_eq!(clip_pixels("16:9", "1080p"), Some((1920, 1080)));
        assert_eq!(clip_pixels("9:16", "720p"), Some((720, 1280)));
        assert_eq!(clip_pixels("1:1", "720p"), Some((720, 720)));
        assert_eq!(clip_pixels("4:3", "720p"), None);
        assert_eq!(clip_pixels("16:9", "4k"), None);
    }

    #[test]
    fn a_picture_takes_the_ratio_it_is_closest_to() {
        assert_eq!(nearest_ratio((1000, 990), &picture_ratios()), Some("1:1"));
        assert_eq!(nearest_ratio((600, 1000), &picture_ratios()), Some("9:16"));
        assert_eq!(nearest_ratio((1, 1), &[]), None);
    }

    #[test]
    fn every_size_is_about_a_megapixel_and_close_to_its_ratio() {
        for (name, (width, height)) in ONE_K {
            let (across, down) = name.split_once(':').unwrap();
            let wanted = across.parse::<f64>().unwrap() / down.parse::<f64>().unwrap();
            let is = f64::from(width) / f64::from(height);

            assert!((is / wanted - 1.0).abs() < 0.01, "{name}");
            assert!((990_000..1_060_000).contains(&(width * height)), "{name}");
            assert_eq!((width % 16, height % 16), (0, 0), "{name}");
        }
        assert_eq!(pixels("16:9", "2K"), Some((2720, 1536)));
        assert_eq!(pixels("auto", "1K"), None);
        assert_eq!(pixels("1:1", "4K"), None);
    }
}
