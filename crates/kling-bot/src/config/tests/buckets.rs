//! `archive.url = "s3://…"`.

use super::*;

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "not-for-the-log"),
];

#[test]
fn a_bucket_has_a_place_and_keys_that_nobody_sees() {
    let file = "[archive]\nurl = 's3://pictures/of/bots/'\nendpoint = 'http://127.0.0.1:9000'\n";

    let config = fine(file, &KEYS);

    let bucket = config.bucket.as_ref().expect("a bucket");
    assert_eq!((&*bucket.bucket, &*bucket.prefix), ("pictures", "of/bots"));
    assert_eq!(bucket.secret_access_key.expose(), "not-for-the-log");
    assert!(config.archive.is_path_style());
    assert!(!format!("{config:?}").contains("not-for-the-log"));
    assert!(fine("", &KEYS).bucket.is_none());
}

#[test]
fn a_bucket_without_keys_or_in_the_clear_is_a_mistake_that_says_what_to_write() {
    let problems = wrong("[archive]\nurl = 's3://pictures'", &KEYS[..1]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let what = "a bucket has keys, and the environment variable AWS_SECRET_ACCESS_KEY is empty";
    assert!(problems[0].contains(what), "{problems:?}");

    let clear = "[archive]\nurl = 's3://pictures'\nendpoint = 'http://store.example'\n";
    let problems = wrong(clear, &KEYS);
    assert!(problems[0].contains("archive.endpoint"), "{problems:?}");
    fine(&format!("{clear}allow_insecure = true"), &KEYS);

    let literal = "[archive]\nurl = 's3://pictures'\nsecret_access_key = 'oops'";
    assert!(wrong(literal, &KEYS)[0].contains("must not be written"));
    for no_bucket in [
        "s3://",
        "s3://a",
        "s3://UPPER",
        "s3://pictures/../x",
        "gs://pictures",
    ] {
        let problems = wrong(&format!("[archive]\nurl = '{no_bucket}'"), &KEYS);
        assert!(problems[0].contains("archive.url"), "{no_bucket}");
    }
}
