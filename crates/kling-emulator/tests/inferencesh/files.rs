//! Putting files up and using them.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::json;

use crate::{
    caller::{Caller, answer},
    ended,
};

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(320, 320))
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_file_is_announced_put_and_used() {
    let caller = Caller::of("inferencesh").await;
    let picture = png();
    let announcement = json!({ "files": [{
        "uri": "", "filename": "my cat?.png", "content_type": "image/png", "path": null,
        "size": picture.len(), "public": false,
    }] });

    let (status, told) = caller.post("/files", &announcement).await;
    assert_eq!(status, 200);
    let slot = &told["data"][0];
    let (uri, upload) = (
        slot["uri"].as_str().unwrap(),
        slot["upload_url"].as_str().unwrap(),
    );
    assert!(uri.ends_with("/my_cat_.png"), "{uri}");
    assert_eq!(caller.http.get(uri).send().await.unwrap().status(), 404);
    let put = |address: &str, kind: &str| {
        let request = caller.http.put(address).header("content-type", kind);
        request.body(picture.clone()).send()
    };
    // Without a key: the address is the permission, and it is for one type.
    assert_eq!(put(upload, "image/jpeg").await.unwrap().status(), 403);
    assert_eq!(
        put(&format!("{upload}0"), "image/png")
            .await
            .unwrap()
            .status(),
        403
    );
    assert_eq!(put(upload, "image/png").await.unwrap().status(), 200);
    assert_eq!(caller.bytes(uri).await, picture);

    let body = json!({
        "app": "klingai/image-o1", "input": { "prompt": "a cat", "image": { "uri": uri } },
    });
    let task = ended(&caller, &body, "billed").await;
    let path = format!("/tasks/{}/files", task["id"].as_str().unwrap());
    let (_, files) = caller.get(&path).await;
    let roles: Vec<&str> = files["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["input", "output"]);
    let (_, outputs) = caller.get(&format!("{path}?role=output")).await;
    assert_eq!(outputs["data"][0]["content_type"], "image/png");

    let (_, deleted) = answer(caller.request(Method::DELETE, &format!("{path}?role=output"))).await;
    assert_eq!(deleted["data"]["deleted"].as_array().unwrap().len(), 1);
    let link = task["output"]["image"].as_str().unwrap();
    assert_eq!(caller.http.get(link).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn files_belong_to_their_account() {
    let caller = Caller::of("inferencesh").await;
    let (_, told) = caller.post("/files", &json!({ "files": [{}, {}] })).await;
    let path = format!("/files/{}", told["data"][0]["id"].as_str().unwrap());
    let address = format!("{}{path}", caller.emulator.base("inferencesh"));

    assert_eq!(caller.get(&path).await.0, 200);
    let other = caller.http.get(&address).bearer_auth("other-key");
    assert_eq!(answer(other).await.0, 404);
    let (_, list) = caller.post("/files/list", &json!({})).await;
    assert_eq!(list["data"]["items"].as_array().unwrap().len(), 2);
    let deleted = caller.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    assert_eq!(caller.get(&path).await.0, 404);
    let (status, _) = caller.post("/files", &json!({ "file": [] })).await;
    assert_eq!(status, 400);
}
