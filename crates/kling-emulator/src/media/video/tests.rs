//! Films are what they say, to our own reader and to ffprobe and ffmpeg where they are installed.

use std::process::{Command, Stdio};

use image::{DynamicImage, Rgb, RgbImage};

use super::{ClipScene, probe, sample};
use crate::media::Reference;

fn scene(pixels: (u32, u32), length_ms: u64) -> ClipScene {
    let picture = RgbImage::from_pixel(64, 48, Rgb([250, 30, 0]));
    ClipScene {
        model: "klingai/video-o1-reference-to-video".to_owned(),
        prompt: "A powerful, matte black jeep navigates a winding jungle road".to_owned(),
        references: vec![
            Reference::Seen(DynamicImage::ImageRgb8(picture)),
            Reference::Named("example.org/a.png".to_owned()),
        ],
        length_ms,
        pixels,
    }
}

/// Whether a program is there to ask.
fn is_installed(program: &str) -> bool {
    let version = Command::new(program)
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

#[test]
fn a_film_is_as_long_and_as_large_as_asked() {
    for (pixels, length_ms) in [
        ((1280, 720), 5000),
        ((720, 1280), 3000),
        ((1080, 1080), 1000),
        ((1920, 1080), 10_000),
        ((1940, 1068), 4250),
    ] {
        let film = scene(pixels, length_ms).render().unwrap();

        let seen = probe(&film).unwrap();
        assert_eq!((seen.width, seen.height), pixels);
        assert_eq!(seen.duration_ms, length_ms);
        assert_eq!(u64::from(seen.frames), length_ms * 24 / 1000);
        assert_eq!((seen.brand.as_str(), seen.codec.as_str()), ("isom", "avc1"));
        assert!(!seen.has_sound);
        assert!(film.len() < 2_000_000, "{} bytes", film.len());
    }
}

#[test]
fn measures_that_cannot_be_are_refused() {
    assert_eq!(sample("a", 5, (1281, 720)), None);
    assert_eq!(sample("a", 5, (1280, 0)), None);
    assert_eq!(probe(b"GIF89a"), None);
    assert_eq!(probe(&[]), None);
}

#[test]
fn a_film_cut_short_is_not_a_film() {
    let film = sample("a", 1, (64, 64)).unwrap();

    assert!(probe(&film).is_some());
    assert_eq!(probe(&film[..200]), None);
}

/// Where ffprobe and ffmpeg are not installed, the test above has checked the same with our own
/// reader, and this one says that it has nobody to ask.
#[test]
fn players_agree_and_find_no_fault() {
    if !is_installed("ffprobe") || !is_installed("ffmpeg") {
        eprintln!("ffprobe and ffmpeg are not installed: only our own reader has checked the film");
        let film = scene((1280, 720), 5000).render().unwrap();
        assert_eq!(probe(&film).unwrap().duration_ms, 5000);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, pixels, length_ms) in [
        ("wide", (1280, 720), 5000),
        ("cropped", (1080, 1080), 3000),
        ("large", (1920, 1080), 10_000),
    ] {
        let path = folder.path().join(format!("{name}.mp4"));
        std::fs::write(&path, scene(pixels, length_ms).render().unwrap()).unwrap();

        let asked = Command::new("ffprobe")
            .args(["-v", "error", "-count_frames", "-of", "json"])
            .args([
                "-show_entries",
                "stream=codec_name,width,height,nb_read_frames,r_frame_rate,sample_aspect_ratio",
            ])
            .args(["-show_entries", "format=duration"])
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&asked.stderr), "");
        let said: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
        let stream = &said["streams"][0];
        assert_eq!(
            (&stream["width"], &stream["height"]),
            (&pixels.0.into(), &pixels.1.into())
        );
        assert_eq!(stream["codec_name"], "h264");
        assert_eq!(stream["r_frame_rate"], "24/1");
        assert_eq!(
            stream["nb_read_frames"],
            (length_ms * 24 / 1000).to_string()
        );
        let seconds: f64 = said["format"]["duration"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((seconds * 1000.0 - f64::from(u32::try_from(length_ms).unwrap())).abs() < 1.0);

        let decoded = Command::new("ffmpeg")
            .args(["-v", "warning", "-xerror", "-i"])
            .arg(&path)
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        assert!(decoded.status.success());
        assert_eq!(String::from_utf8_lossy(&decoded.stderr), "");
    }
}
