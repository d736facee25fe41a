//! Pictures in, pictures out.

use image::{DynamicImage, ImageFormat};
use kling_emulator::{Options, World, media::File};
use serde_json::json;

use crate::client::{Client, base64, data_uri, plain, png, showing, small};

#[tokio::test]
async fn results_have_the_format_and_the_size_asked_for() {
    let client = Client::start().await;

    for (format, codec, ratio, resolution, size) in [
        ("png", ImageFormat::Png, "16:9", "1K", (1360, 768)),
        ("jpeg", ImageFormat::Jpeg, "9:16", "1K", (768, 1360)),
        ("webp", ImageFormat::WebP, "1:1", "1K", (1024, 1024)),
        ("png", ImageFormat::Png, "21:9", "2K", (3136, 1344)),
    ] {
        let mut order = small("a cat");
        order["output_format"] = json!(format);
        order["aspect_ratio"] = json!(ratio);
        order["resolution"] = json!(resolution);
        let link = client.links(&order).await.remove(0);
        let response = client.http.get(&link).send().await.unwrap();

        assert_eq!(response.headers()["content-type"], codec.to_mime_type());
        assert!(link.ends_with(&format!(".{format}")));
        let bytes = response.bytes().await.unwrap();
        assert_eq!(image::guess_format(&bytes).unwrap(), codec);
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), size);
    }
}

#[tokio::test]
async fn two_prompts_and_two_references_give_two_pictures() {
    let client = Client::start().await;
    let red = showing(&[data_uri(&png([250, 0, 0]))]);
    let blue = showing(&[data_uri(&png([0, 0, 250]))]);
    let mut dog = red.clone();
    dog["prompt"] = json!("a dog");

    let first = client.picture(&red).await;
    let again = client.picture(&red).await;
    let other_reference = client.picture(&blue).await;
    let other_prompt = client.picture(&dog).await;

    assert_eq!(first, again);
    assert_ne!(first, other_reference);
    assert_ne!(first, other_prompt);
    assert!(shows(&first, [250, 0, 0]) && !shows(&first, [0, 0, 250]));
    assert!(shows(&other_reference, [0, 0, 250]) && !shows(&other_reference, [250, 0, 0]));
}

#[tokio::test]
async fn the_pictures_of_one_order_differ() {
    let client = Client::start().await;
    let mut order = small("two cats");
    order["num_images"] = json!(2);

    let mut pictures = Vec::new();
    for link in client.links(&order).await {
        pictures.push(
            client
                .http
                .get(link)
                .send()
                .await
                .unwrap()
                .bytes()
                .await
                .unwrap(),
        );
    }

    assert_eq!(pictures.len(), 2);
    assert_ne!(pictures[0], pictures[1]);
}

#[tokio::test]
async fn a_reference_may_be_a_data_uri_bare_base64_or_an_address_on_loopback() {
    let client = Client::start().await;
    let bytes = png([0, 200, 0]);
    let link = shelved(client.emulator.world(), bytes.clone());

    let from_uri = client.picture(&showing(&[data_uri(&bytes)])).await;
    let from_base64 = client.picture(&showing(&[base64(&bytes)])).await;
    let from_link = client.picture(&showing(&[link])).await;

    assert!(shows(&from_uri, [0, 200, 0]));
    assert_eq!(from_uri, from_base64);
    assert_eq!(from_uri, from_link);
}

#[tokio::test]
async fn a_reference_on_the_internet_is_named_and_never_fetched() {
    let client = Client::start().await;

    let first = client
        .picture(&showing(&[
            "https://example.org/a.png?signature=x".to_owned()
        ]))
        .await;
    let second = client
        .picture(&showing(&["https://example.org/b.png".to_owned()]))
        .await;

    assert_ne!(first, second);
    let accepted = client.event("aimlapi", "accepted").await;
    assert_eq!(accepted.detail["images"][0]["url"], "example.org/a.png");
}

#[tokio::test]
async fn large_references_fit() {
    let client = Client::start().await;
    let mut large = png([9, 9, 9]);
    // Decoders stop at a PNG's end; what follows only weighs.
    large.resize(3_000_000, 0);

    let response = client.send(&showing(&vec![data_uri(&large); 3])).await;

    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_data_uri_that_names_another_type_is_refused_unless_the_vendor_is_lenient() {
    let jpeg = plain(320, 300, [9, 9, 9], ImageFormat::Jpeg);
    let as_kind = |kind: &str, bytes: &[u8]| format!("data:{kind};base64,{}", base64(bytes));
    let strict = Client::start().await;
    let lenient = Client::with(Options {
        aimlapi_lenient: true,
        ..Options::default()
    })
    .await;

    for (kind, bytes, status) in [
        ("image/jpeg", png([9, 9, 9]), 400),
        ("image/png", jpeg.clone(), 400),
        ("application/octet-stream", jpeg.clone(), 400),
        ("image/jpg", jpeg.clone(), 200),
        ("IMAGE/JPEG;charset=binary", jpeg.clone(), 200),
        ("", jpeg, 200),
    ] {
        let order = showing(&[as_kind(kind, &bytes)]);
        assert_eq!(strict.send(&order).await.status(), status, "{kind}");
        assert_eq!(lenient.send(&order).await.status(), 200, "{kind}");
    }
}

#[tokio::test]
async fn an_address_may_be_as_long_as_servers_take_it() {
    let client = Client::start().await;
    let address = |bytes: usize| {
        let stem = "https://example.org/";
        format!("{stem}{}", "a".repeat(bytes - stem.len()))
    };

    assert_eq!(client.send(&showing(&[address(8_192)])).await.status(), 200);
    assert_eq!(client.send(&showing(&[address(8_193)])).await.status(), 400);
}

#[tokio::test]
async fn references_that_the_model_cannot_use_are_refused_by_place() {
    let client = Client::start().await;
    let good = data_uri(&png([1, 2, 3]));
    let mut heavy = png([1, 2, 3]);
    heavy.resize(10_000_001, 0);
    let cases = [
        (
            data_uri(&plain(299, 400, [0; 3], ImageFormat::Png)),
            "at least 300 px",
        ),
        (
            data_uri(&plain(760, 300, [0; 3], ImageFormat::Png)),
            "aspect ratio",
        ),
        (
            base64(&plain(300, 760, [0; 3], ImageFormat::Jpeg)),
            "aspect ratio",
        ),
        (
            data_uri(&plain(320, 320, [0; 3], ImageFormat::Gif)),
            "Unsupported image format",
        ),
        (data_uri(b"this is a text file"), "could not be decoded"),
        (data_uri(&png([1, 2, 3])[..60]), "could not be decoded"),
        (data_uri(&heavy), "10 MB"),
        ("not base64 at all!".to_owned(), "Invalid url"),
        (
            format!("{}/media/none/none.png", client.emulator.origin()),
            "Failed to download",
        ),
        (
            "http://127.0.0.1:1/closed.png".to_owned(),
            "Failed to download",
        ),
    ];

    for (bad, complaint) in cases {
        let response = client.send(&showing(&[good.clone(), bad])).await;

        assert_eq!(response.status(), 400);
        let body = response.text().await.unwrap();
        assert!(
            body.contains(complaint) && body.contains("image_urls.1"),
            "{body}"
        );
    }
    assert_eq!(client.billed(), 0);
    assert_eq!(client.emulator.world().ledger.list(), []);
}

/// A picture on the emulator's own shelf; answers its address.
fn shelved(world: &World, bytes: Vec<u8>) -> String {
    let file = File {
        name: "reference.png".to_owned(),
        content_type: "image/png".to_owned(),
        bytes: bytes.into(),
    };
    format!("{}{}", world.origin(), world.media.put("token", file))
}

/// Whether a colour is anywhere in the picture.
fn shows(picture: &DynamicImage, colour: [u8; 3]) -> bool {
    picture
        .to_rgb8()
        .as_raw()
        .chunks_exact(3)
        .any(|pixel| pixel == colour)
}
