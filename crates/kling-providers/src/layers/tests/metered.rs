//! What is counted and timed, and under which labels.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use super::*;

#[tokio::test]
async fn calls_are_counted_by_provider_call_model_and_outcome() {
    let book = Arc::new(Book::default());
    let answers = AtomicUsize::new(0);
    let peculiar = Peculiar::answering(move || match answers.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(Submission::Started(TASK)),
        1 => Err(too_many(None)),
        _ => Err(ProviderError::Indeterminate("lost".into())),
    });
    let metered = Arc::clone(&peculiar).with(Metered::by(Arc::clone(&book) as _));

    for _ in 0..4 {
        submit(&*metered).await.ok();
    }
    metered.status(&TASK).await.expect("a status");
    metered.watch(&TASK).expect("a stream").next().await;
    let mut unlisted = request(Operation::TextToImage);
    unlisted.model = ModelId::literal("whatever/somebody-typed");
    metered.submit(&unlisted, &KEY).await.ok();

    let calls = "kling_provider_calls_total";
    let seconds = "kling_provider_call_duration_seconds";
    let submit = "provider=peculiar call=submit model=fake/model";
    assert_eq!(
        book.lines(),
        [
            format!("{seconds} provider=peculiar call=status: 1"),
            format!("{seconds} provider=peculiar call=submit: 1"),
            format!("{seconds} {submit}: 4"),
            format!("{seconds} provider=peculiar call=watch: 1"),
            "kling_provider_calls_running provider=peculiar call=status: 0".to_owned(),
            "kling_provider_calls_running provider=peculiar call=submit: 0".to_owned(),
            "kling_provider_calls_running provider=peculiar call=watch: 0".to_owned(),
            format!("{calls} provider=peculiar call=status outcome=ok: 1"),
            format!("{calls} {submit} outcome=busy: 1"),
            format!("{calls} {submit} outcome=ok: 1"),
            format!("{calls} {submit} outcome=unknown: 2"),
            format!("{calls} provider=peculiar call=submit outcome=unknown: 1"),
            format!("{calls} provider=peculiar call=watch outcome=ok: 1"),
        ]
    );
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_ends_too() {
    let book = Arc::new(Book::default());
    let peculiar = Peculiar::gated();
    let metered = Arc::clone(&peculiar).with(Metered::by(Arc::clone(&book) as _));

    let waiting = tokio::spawn(async move { submit(&*metered).await.is_ok() });
    settle().await;
    let running = book.get("kling_provider_calls_running provider=peculiar call=submit");
    waiting.abort();
    settle().await;

    assert_eq!(running, 1);
    let ended =
        "kling_provider_calls_total provider=peculiar call=submit model=fake/model outcome=dropped";
    assert_eq!(book.get(ended), 1);
    let running = book.get("kling_provider_calls_running provider=peculiar call=submit");
    assert_eq!(running, 0);
}

/// A recorder that keeps one number for each series: for a histogram, how many were timed.
#[derive(Debug, Default)]
struct Book(Mutex<BTreeMap<String, Arc<Cell>>>);

#[derive(Debug, Default)]
struct Cell(AtomicU64);

impl Book {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        let mut cells = self.0.lock().expect("no panic holds it");
        Arc::clone(cells.entry(name).or_default())
    }

    fn lines(&self) -> Vec<String> {
        let cells = self.0.lock().expect("no panic holds it");
        let line = |(name, cell): (&String, &Arc<Cell>)| {
            format!("{name}: {}", cell.0.load(Ordering::SeqCst))
        };
        cells.iter().map(line).collect()
    }

    fn get(&self, name: &str) -> u64 {
        let cells = self.0.lock().expect("no panic holds it");
        cells[name].0.load(Ordering::SeqCst)
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }
}

impl GaugeFn for Cell {
    fn increment(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn decrement(&self, _: f64) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }

    fn set(&self, _: f64) {}
}

impl HistogramFn for Cell {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Recorder for Book {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}
