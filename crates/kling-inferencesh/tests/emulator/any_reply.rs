//! Whatever JSON an upload or a deletion is answered with: no panic, nothing shown, and never an unclear submission.

use std::collections::BTreeMap;

use kling_conformance::arbitrary::replies;
use kling_core::{ErrorKind, Operation};
use kling_emulator::script::Effect;
use kling_inferencesh::TaskFiles;

use super::bench::{Bench, KEY, PROMPT, assert_quiet, picture, request};

const CODES: [u16; 8] = [200, 200, 400, 200, 401, 404, 429, 500];

/// Answers with their statuses, made from an ordinary one.
fn answers(sample: &str) -> impl Iterator<Item = Effect> {
    let words = [
        format!("the key {KEY} of `{PROMPT}`"),
        "https://cloud.example.com/a.png?sig=marzipan".to_owned(),
        "http://127.0.0.1:9/nowhere".to_owned(),
    ];
    let answers = CODES.into_iter().cycle().zip(replies(sample, &words, 200));
    answers.map(|(status, body)| Effect::Status {
        status,
        headers: BTreeMap::new(),
        body,
        content_type: "application/json".to_owned(),
    })
}

#[tokio::test]
async fn any_answer_about_a_place_for_a_file_costs_nothing() {
    let bench = Bench::new().await;
    let mut edit = request(Operation::ImageToImage);
    edit.images = vec![picture(9)];
    let sample = r#"{"data":[{"id":"f1","uri":"https://cloud.example.com/f1.png","upload_url":"http://127.0.0.1:9/put","filename":"input-1.png","content_type":"image/png","size":9}],"messages":[]}"#;
    for answer in answers(sample) {
        let shown = format!("{answer:?}");
        bench.play("POST /files", answer);
        // There is nobody at the address of the sample either, so no file arrives.
        let error = bench.submit(&edit).await.expect_err(&shown);
        assert_quiet(&error);
        assert_ne!(error.kind(), ErrorKind::Unknown, "{shown}: {error:?}");
    }
    assert_eq!(bench.billed(), 0);
}

#[tokio::test]
async fn any_answer_to_a_deletion_is_yes_or_a_classified_no() {
    let bench = Bench::new().await;
    let task = bench.start(&request(Operation::TextToImage)).await;
    bench.end(&task).await;
    for answer in answers(r#"{"data":{"deleted":["f1"],"skipped":[]},"messages":[]}"#) {
        let shown = format!("{answer:?}");
        bench.play("DELETE /tasks/", answer);
        if let Err(error) = bench.provider.delete(&task, TaskFiles::Keep).await {
            assert_quiet(&error);
            assert_ne!(error.kind(), ErrorKind::Unknown, "{shown}: {error:?}");
        }
    }
    assert!(bench.end(&task).await.is_terminal());
}
