//! The whole road of a service: settings, choice, input, generation, files; and what can go wrong on it.
#![cfg(feature = "aimlapi")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use kling_core::{
    AssetUrl, Dimensions, Estimate, FrameRate, GenerationRequest, ImageCount, ImageFormat,
    MediaType, Money, Operation, Prompt, Secret, SubmissionKey, Transport,
};
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options, media};
use kling_http::{DownloadError, DownloadOptions, Downloader, Guard, Url};
use kling_providers::{
    Catalogue, Choice, Destination, GenerateError, GenerateOptions, Generated, InputError, Inputs,
    Place, ProviderExt as _, Registry, fetch_output, is_local,
};

struct Bench {
    emulator: Emulator,
    catalogue: Catalogue,
    downloader: Downloader,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let base = emulator.base("aimlapi");
        let settings: toml::Table = format!("base_url = '{base}'").parse().unwrap();
        assert!(is_local(&settings));
        let key = Secret::new("sk-any").unwrap();
        let provider = Registry::builtin().build("aimlapi", settings, key).unwrap();
        let guard = Guard::for_base(&Url::parse(&base).unwrap());
        Self {
            emulator,
            catalogue: Catalogue::new([provider]),
            downloader: Downloader::new(DownloadOptions::default(), guard).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn choice(&self) -> Choice {
        let path = self.folder.path().join("boat.png");
        std::fs::write(&path, picture(400, 300)).unwrap();
        let operation = self.catalogue.image_operation(true, None);
        let prompt = Prompt::new("a boat made of glass").unwrap();
        let mut request = GenerationRequest::new(Catalogue::UNCHOSEN, operation, prompt);
        request
            .images
            .push(Inputs::default().path(&path).await.unwrap());
        request.count = ImageCount::new(2).unwrap();
        request.format = Some(ImageFormat::Jpeg);
        self.catalogue.choose(&request, None).unwrap()
    }

    fn options(&self) -> GenerateOptions {
        let out = self.folder.path().join("out");
        GenerateOptions::new(self.downloader.clone(), Destination::Directory(out))
    }

    async fn generate(&self) -> Result<Generated, GenerateError> {
        let Choice { entry, request, .. } = self.choice().await;
        let key = SubmissionKey::literal("job-7");
        entry
            .provider
            .generate(&request, &key, &self.options())
            .await
    }

    fn play(&self, place: &str, effect: Effect) {
        let fault = Fault::once(place, "", effect);
        self.emulator.world().script.push(fault);
    }

    fn billed(&self) -> i64 {
        self.emulator.world().ledger.total("aimlapi")
    }
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::new(width, height)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    png.into_inner()
}

#[tokio::test]
async fn a_picture_goes_in_and_two_come_out_as_files() {
    let bench = Bench::start().await;
    let estimate = bench.choice().await.estimate.amount().unwrap();

    let generated = bench.generate().await.unwrap();

    for (file, name) in generated.files.iter().zip(["job-7-1.jpg", "job-7-2.jpg"]) {
        assert_eq!(file.media_type, MediaType::Jpeg);
        assert_eq!(
            file.place,
            Place::File(bench.folder.path().join("out").join(name))
        );
        assert!(file.dimensions.is_some() && file.size_bytes > 0);
    }
    assert_eq!(generated.files.len(), 2);
    assert_eq!(generated.cost.unwrap().amount, estimate);
    assert_eq!(bench.billed(), estimate.as_nanodollars());
}

#[tokio::test]
async fn a_dead_result_link_keeps_what_else_was_paid_for() {
    let bench = Bench::start().await;
    let gone = Effect::Status {
        status: 404,
        headers: std::collections::BTreeMap::new(),
        body: String::new(),
        content_type: String::new(),
    };
    bench.play("media", gone);

    let error = bench.generate().await.expect_err("one link is dead");

    assert!(
        matches!(
            &error,
            GenerateError::Incomplete {
                source: DownloadError::Gone { status: 404 },
                ..
            }
        ),
        "{error:?}"
    );
    let paid = error.paid().unwrap().clone();
    assert_eq!((paid.files.len(), paid.output.assets.len()), (1, 2));

    let again = fetch_output(paid.output, paid.handle, &bench.options())
        .await
        .unwrap();
    assert_eq!(again.files.len(), 2);
}

#[tokio::test]
async fn a_result_that_is_no_picture_is_not_kept() {
    let bench = Bench::start().await;
    bench.play("aimlapi", Effect::NotAPicture);

    let error = bench.generate().await.expect_err("a web page");

    assert!(
        matches!(
            &error,
            GenerateError::Incomplete {
                failed: 2,
                source: DownloadError::NotMedia { .. },
                ..
            }
        ),
        "{error:?}"
    );
    let left = std::fs::read_dir(bench.folder.path().join("out"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_mislabelled_result_is_named_by_its_bytes() {
    let bench = Bench::start().await;
    bench.play("aimlapi", Effect::Mislabelled);

    let generated = bench.generate().await.unwrap();

    for file in generated.files {
        let Place::File(path) = file.place else {
            panic!("a file");
        };
        assert_ne!(file.media_type, MediaType::Jpeg);
        assert_eq!(path.extension().unwrap(), file.media_type.extension());
    }
}

#[tokio::test]
async fn a_lost_answer_is_one_submission_and_an_unknown_outcome() {
    let bench = Bench::start().await;
    bench.play("aimlapi", Effect::ResetAfter);

    let error = bench.generate().await.expect_err("lost");

    let GenerateError::Submit(below) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(below.kind(), kling_core::ErrorKind::Unknown);
    assert_eq!(bench.emulator.world().ledger.list().len(), 1);
}

#[tokio::test]
async fn a_wish_without_a_picture_is_told_that_one_is_needed() {
    let bench = Bench::start().await;
    let operation = bench.catalogue.image_operation(false, None);
    let prompt = Prompt::new("a boat").unwrap();
    let request = GenerationRequest::new(Catalogue::UNCHOSEN, operation, prompt);

    let error = bench.catalogue.choose(&request, None).expect_err("strict");

    let told = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(told, "images: it is required (give at least 1)");
    let menu = bench.catalogue.menu(&[Operation::ImageToImage]).unwrap();
    assert_eq!(
        (menu.images.min, menu.images.max, menu.max_count),
        (1, 10, 9)
    );
}

#[tokio::test]
async fn an_input_is_what_its_bytes_say_wherever_it_comes_from() {
    let bench = Bench::start().await;
    let bytes = picture(640, 480);
    let path = bench.folder.path().join("boat.txt");
    std::fs::write(&path, &bytes).unwrap();
    let file = media::File {
        name: "boat.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        bytes: bytes.clone().into(),
    };
    let link = bench.emulator.world().media.put("token", file);
    let link = AssetUrl::parse(&format!("{}{link}", bench.emulator.origin())).unwrap();
    let inputs = Inputs::default();

    let from_path = inputs.path(&path).await.unwrap();
    let from_bytes = inputs.bytes(bytes.clone()).await.unwrap();
    let from_url = inputs.url(&link, &bench.downloader).await.unwrap();

    let size = Dimensions {
        width: 640,
        height: 480,
    };
    for asset in [&from_path, &from_bytes, &from_url] {
        assert_eq!(asset.info().media_type, MediaType::Png);
        assert_eq!(asset.info().dimensions, Some(size));
        assert_eq!(asset.read(1_000_000).await.unwrap(), bytes);
    }
    assert!(from_url.can_travel(Transport::Url) && !from_path.can_travel(Transport::Url));
}

#[tokio::test]
async fn a_clip_is_looked_at_for_its_length_and_size_and_priced_by_them() {
    let bench = Bench::start().await;
    let film = media::video::sample("a road", 4, (1_280, 720)).unwrap();
    let path = bench.folder.path().join("road.mp4");
    std::fs::write(&path, &film).unwrap();
    let file = media::File {
        name: "road.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        bytes: film.clone().into(),
    };
    let link = bench.emulator.world().media.put("road", file);
    let link = AssetUrl::parse(&format!("{}{link}", bench.emulator.origin())).unwrap();
    let inputs = Inputs::default();
    let half = film[..film.len() / 2].to_vec();

    for clip in [
        inputs.path(&path).await.unwrap(),
        inputs.bytes(film).await.unwrap(),
        inputs.url(&link, &bench.downloader).await.unwrap(),
    ] {
        let info = clip.info();
        assert_eq!(info.media_type, MediaType::Mp4);
        assert_eq!(info.dimensions.unwrap().to_string(), "1280×720");
        assert_eq!(info.duration, Some(Duration::from_secs(4)));
        assert_eq!(info.frame_rate, Some(FrameRate::per_second(24)));
        let prompt = Prompt::new("at night").unwrap();
        let mut request = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::VideoEdit, prompt);
        request.video = Some(clip);
        let choice = bench.catalogue.choose(&request, None).unwrap();
        let four_seconds = Money::from_microdollars(4 * 117_600);
        assert_eq!(choice.estimate, Estimate::Approximate(four_seconds));
    }
    let broken = inputs.bytes(half).await.expect_err("unusable");
    assert!(matches!(broken, InputError::Video(_)), "{broken:?}");
}

#[tokio::test]
async fn an_input_that_cannot_be_used_says_what_is_wrong() {
    let bench = Bench::start().await;
    let at = |name: &str, bytes: &[u8]| {
        let path = bench.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = picture(400, 300);
    let text = at("notes.png", b"shopping list");
    let broken = at("broken.png", &whole[..whole.len() / 2]);
    let big = at("big.png", &whole);
    let path = async |path: &Path, inputs: Inputs| inputs.path(path).await.expect_err("unusable");
    let private = AssetUrl::parse("https://10.0.0.1/a.png").unwrap();

    let text = path(&text, Inputs::default()).await;
    let broken = path(&broken, Inputs::default()).await;
    let big = path(&big, Inputs::up_to(10)).await;
    let folder = path(bench.folder.path(), Inputs::default()).await;
    let missing = path(Path::new("no/such/file.png"), Inputs::default()).await;
    let private = Inputs::default().url(&private, &bench.downloader).await;

    assert!(
        matches!(text, InputError::Unrecognised { found: "text" }),
        "{text:?}"
    );
    assert!(matches!(broken, InputError::Picture(_)), "{broken:?}");
    assert!(
        matches!(big, InputError::TooLarge { limit_bytes: 10 }),
        "{big:?}"
    );
    assert!(matches!(folder, InputError::NotAFile), "{folder:?}");
    assert!(matches!(missing, InputError::Unreadable(_)), "{missing:?}");
    assert!(matches!(
        private,
        Err(InputError::Download(DownloadError::Blocked { .. }))
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn only_files_go_in_whatever_else_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.png")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(at("fifo.png"))
        .status();
    assert!(made.unwrap().success());
    std::fs::write(at("boat.png"), picture(32, 32)).unwrap();
    std::fs::write(at("empty.png"), b"").unwrap();
    for (to, link) in [
        ("boat.png", "link.png"),
        ("nowhere", "dangling.png"),
        (".", "here.png"),
    ] {
        std::os::unix::fs::symlink(at(to), at(link)).unwrap();
    }
    let sparse = std::fs::File::create(at("huge.mp4")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    let path = async |name: &str| {
        let inputs = Inputs::default();
        let looking = inputs.path(at(name));
        let looked = tokio::time::timeout(Duration::from_secs(30), looking);
        looked.await.expect("no file keeps it waiting")
    };

    for name in ["socket.png", "fifo.png", "here.png"] {
        let refused = path(name).await;
        assert!(
            matches!(refused, Err(InputError::NotAFile)),
            "{name}: {refused:?}"
        );
    }
    assert!(matches!(path("/dev/zero").await, Err(InputError::NotAFile)));
    assert!(matches!(
        path("dangling.png").await,
        Err(InputError::Unreadable(_))
    ));
    assert!(matches!(
        path("huge.mp4").await,
        Err(InputError::TooLarge { .. })
    ));
    assert!(matches!(
        path("empty.png").await,
        Err(InputError::Unrecognised {
            found: "an empty file"
        })
    ));
    assert_eq!(
        path("link.png").await.unwrap().info().media_type,
        MediaType::Png
    );
}
