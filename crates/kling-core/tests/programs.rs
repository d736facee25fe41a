//! The examples, run as the programs they are, without a network.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use kling_emulated::Examples;

const EXAMPLES: Examples = Examples::of(env!("CARGO_MANIFEST_DIR"));

async fn printed(name: &str, arguments: &[&str]) -> Result<String, String> {
    EXAMPLES.alone(name, arguments).unwrap().printed().await
}

#[tokio::test]
async fn the_check_example_tells_all_that_is_wrong_with_what_would_work() {
    let wrong = printed("core_check", &["5:4", "6"]).await.unwrap();
    let right = printed("core_check", &["16:9", "2"]).await.unwrap();

    assert_eq!(
        wrong.lines().collect::<Vec<_>>(),
        [
            "aspect_ratio: 5:4 is not one of 16:9, 1:1; use 1:1",
            "count: 6 are more than 4; use 4",
        ]
    );
    assert_eq!(right, "it fits\n");
}

#[tokio::test]
async fn the_price_example_adds_up() {
    let told = printed("core_price", &["5", "10"]).await.unwrap();

    assert_eq!(told, "5 s: $0.55\n10 s: $1.10\nall: $1.65\n");
}

#[tokio::test]
async fn the_handle_example_reads_what_another_process_wrote() {
    let written = printed("core_handle", &[]).await.unwrap();

    let handle = written.trim();
    let read = printed("core_handle", &[handle]).await.unwrap();
    let foreign = handle.replacen("sketch.", "easel.", 1);
    let refused = printed("core_handle", &[&foreign]).await.unwrap_err();

    assert!(handle.starts_with("sketch.1."), "{handle}");
    assert_eq!(read, "task boats/42\nexpected to cost $0.028\n");
    assert!(refused.contains("Foreign"), "{refused}");
}
