//! How many pixels a picture has, by aspect ratio and resolution.
//!
//! The vendors publish no table. Here `1K` is about one megapixel with sides that are multiples of
//! 16, as picture models have them, and `2K` doubles the sides.

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

#[cfg(test)]
mod tests {
    use super::{ONE_K, pixels};

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
