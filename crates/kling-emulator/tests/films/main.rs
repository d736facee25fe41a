//! Films in the eyes of players that we did not write: ffprobe and Chromium decode them, and agree about length and shape.
//!
//! Where there is no ffprobe, or no Chromium, those tests are shown as ignored, and say so.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod browser;

use std::{
    process::{Command, ExitCode},
    time::Duration,
};

use kling_emulator::{Emulator, Options, journal::Entry};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::{Value, json};

/// Generous: it is only waited for when something is broken.
const LONG: Duration = Duration::from_mins(1);

/// What is asked for, of whom, and how many seconds, pixels across and pixels down must come.
type Case = (&'static str, &'static str, Value, (u32, u32, u32));

fn cases() -> Vec<Case> {
    let of_aimlapi = |ratio: &str, duration: u32| {
        json!({ "model": "klingai/video-o1-reference-to-video", "prompt": "a paper boat",
                "aspect_ratio": ratio, "duration": duration })
    };
    let of_inferencesh = |ratio: &str, duration: u32| {
        json!({ "app": "klingai/video-o1", "input": {
            "prompt": "a paper boat", "reference_images": ["https://example.org/boat.png"],
            "aspect_ratio": ratio, "duration": duration, "resolution": "720p" } })
    };
    let (videos, runs) = ("/v2/video/generations", "/apps/run");
    vec![
        ("aimlapi", videos, of_aimlapi("16:9", 5), (5, 1920, 1080)),
        ("aimlapi", videos, of_aimlapi("9:16", 10), (10, 1080, 1920)),
        ("aimlapi", videos, of_aimlapi("1:1", 5), (5, 1080, 1080)),
        (
            "inferencesh",
            runs,
            of_inferencesh("16:9", 3),
            (3, 1280, 720),
        ),
        (
            "inferencesh",
            runs,
            of_inferencesh("9:16", 7),
            (7, 720, 1280),
        ),
        (
            "inferencesh",
            runs,
            of_inferencesh("1:1", 10),
            (10, 720, 720),
        ),
    ]
}

/// The finished film.
async fn made((vendor, path, body, _): &Case) -> Vec<u8> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(LONG)
        .build()
        .unwrap();
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let base = emulator.base(vendor);
    let whole = async |request: reqwest::RequestBuilder| {
        let response = request.bearer_auth("test-key").send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap()
    };
    let told = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap();
    let order = http.post(format!("{base}{path}")).body(body.to_string());
    let order = told(&whole(order.header("content-type", "application/json")).await);
    let billed = |entry: &Entry| entry.event() == "billed";
    emulator
        .world()
        .journal
        .wait_for(billed, LONG)
        .await
        .unwrap();

    let id = |id: &Value| id.as_str().unwrap().to_owned();
    let link = if *vendor == "aimlapi" {
        let look = format!("{base}{path}?generation_id={}", id(&order["id"]));
        told(&whole(http.get(look)).await)["video"]["url"].clone()
    } else {
        let look = format!("{base}/tasks/{}", id(&order["data"]["id"]));
        told(&whole(http.get(look)).await)["data"]["output"]["video"].clone()
    };
    whole(http.get(link.as_str().unwrap())).await.to_vec()
}

/// What ffprobe says of a file, every picture decoded; its complaints where it has any.
fn probed(film: &[u8]) -> Result<Value, Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("film.mp4");
    std::fs::write(&file, film)?;
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-count_frames"])
        .args(["-show_entries", "format=duration,format_name"])
        .args([
            "-show_entries",
            "stream=codec_name,width,height,duration,nb_read_frames",
        ])
        .arg(&file)
        .output()?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !complaints.trim().is_empty() {
        return Err(format!("ffprobe complains: {complaints}").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn judge(case: &Case) -> Result<Completion, Failed> {
    if Command::new("ffprobe").arg("-version").output().is_err() {
        return Ok(Completion::ignored_with("ffprobe is not installed"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let told = probed(&runtime.block_on(made(case)))?;

    let (seconds, width, height) = case.3;
    let stream = &told["streams"][0];
    let decoded = stream["nb_read_frames"].as_str().unwrap_or_default();
    let long: f64 = told["format"]["duration"].as_str().unwrap_or("0").parse()?;
    let agrees = told["streams"].as_array().is_some_and(|all| all.len() == 1)
        && stream["codec_name"] == "h264"
        && stream["width"] == width
        && stream["height"] == height
        && decoded == (seconds * 24).to_string()
        && (long - f64::from(seconds)).abs() < 0.001;
    if agrees {
        Ok(Completion::Completed)
    } else {
        Err(format!("{seconds} s of {width}x{height} were asked for, and came as {told}").into())
    }
}

/// One browser for all of them: it is much slower to start than to look.
fn judge_in_a_browser() -> Result<Completion, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let cases = cases();
    let told = runtime.block_on(async {
        let mut films = Vec::new();
        for case in &cases {
            films.push(made(case).await);
        }
        browser::told(films).await
    });
    let Some(told) = told else {
        return Ok(Completion::ignored_with("Chromium is not installed"));
    };

    let agrees = |(case, film): (&Case, &Value)| {
        let (seconds, width, height) = case.3;
        let long = film["seconds"].as_f64().unwrap_or_default();
        // 2: there is a picture at the end, decoded.
        let is_shown = film["ready"].as_u64() >= Some(2);
        let is_sized = film["width"] == width && film["height"] == height;
        is_shown && is_sized && (long - f64::from(seconds)).abs() < 0.001
    };
    let films = told.as_array().map(Vec::as_slice).unwrap_or_default();
    if films.len() == cases.len() && cases.iter().zip(films).all(agrees) {
        Ok(Completion::Completed)
    } else {
        let asked: Vec<_> = cases.iter().map(|case| case.3).collect();
        Err(format!("{asked:?} were asked for, and Chromium saw {told}").into())
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let in_a_browser = Trial::ignorable_test(
        "chromium_plays_films_to_their_last_picture_as_long_and_large_as_asked",
        judge_in_a_browser,
    );
    let trials = cases().into_iter().map(|case| {
        let (vendor, _, _, (seconds, width, height)) = &case;
        let name = format!("{vendor}_makes_{seconds}_s_of_{width}x{height}_that_ffprobe_plays");
        Trial::ignorable_test(name, move || judge(&case))
    });
    let trials = trials.chain([in_a_browser]).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
