//! Webhooks, from the vendor through the router to a look.

use kling_core::{Operation, Provider as _, TaskHandle, TaskStatus};
use kling_emulator::inferencesh::{Settings, StatusTable};
use kling_emulator::script::Effect;
use kling_http::Url;
use kling_inferencesh::webhook::{Ended, Hint, router};
use tokio::sync::mpsc;

use super::bench::{BOUND, Bench, SUBMISSION, request};

/// A bench whose webhooks come to a server of ours, as hints.
async fn listening(vendor: impl FnOnce(&mut Settings)) -> (Bench, mpsc::UnboundedReceiver<Hint>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hooks", listener.local_addr().unwrap());
    let bench = Bench::with(vendor, |config| {
        config.webhook_base_url = Url::parse(&address).ok();
    })
    .await;
    let (ring, hints) = mpsc::unbounded_channel();
    let hooks = router(bench.provider.webhooks(), move |hint| {
        ring.send(hint).unwrap();
    });
    let server = axum::Router::new().nest("/hooks", hooks);
    tokio::spawn(async move { axum::serve(listener, server).await.unwrap() });
    (bench, hints)
}

async fn next(hints: &mut mpsc::UnboundedReceiver<Hint>) -> Hint {
    let hint = tokio::time::timeout(BOUND, hints.recv()).await;
    hint.expect("a hint in time").expect("a hint")
}

#[tokio::test]
async fn the_end_of_a_task_rings_whatever_table_its_number_is_from() {
    for table in [None, Some(StatusTable::Legacy)] {
        let (bench, mut hints) = listening(|settings| settings.webhook_table = table).await;

        let task = bench.start(&request(Operation::TextToImage)).await;
        let hint = next(&mut hints).await;

        assert_eq!(hint.submission, SUBMISSION);
        // The same task; a webhook does not tell when it was submitted and what it was to cost.
        let id = |task: &TaskHandle| task.as_str().rsplit('.').next().map(str::to_owned);
        assert_eq!(id(&hint.task), id(&task));
        assert_eq!(hint.ended, Some(Ended::Succeeded));
        let status = bench.provider.status(&hint.task).await.unwrap();
        assert!(matches!(status, TaskStatus::Succeeded(_)));
    }
}

#[tokio::test]
async fn a_webhook_that_comes_twice_rings_twice() {
    let (bench, mut hints) = listening(|_| {}).await;
    bench.play("POST /apps/run", Effect::DuplicateWebhook);
    bench.start(&request(Operation::TextToImage)).await;

    assert_eq!(next(&mut hints).await, next(&mut hints).await);
}

#[tokio::test]
async fn a_hint_is_never_the_truth() {
    let slow = |settings: &mut Settings| settings.latency_ms = 3_600_000;
    let (bench, mut hints) = listening(slow).await;
    bench.play("POST /apps/run", Effect::ForgedWebhook);
    bench.start(&request(Operation::TextToImage)).await;
    bench
        .emulator
        .world()
        .clock
        .advance(std::time::Duration::from_mins(31));

    let hint = next(&mut hints).await;

    assert_eq!(hint.ended, Some(Ended::Succeeded));
    let status = bench.provider.status(&hint.task).await.unwrap();
    assert!(!status.is_terminal(), "{status:?}");
    assert_eq!(bench.billed(), 0);
}
