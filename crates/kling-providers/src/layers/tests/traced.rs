//! What a span tells, and what it never does.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;

#[tokio::test]
async fn a_submission_is_a_span_with_names_that_tools_know() {
    let seen = Seen::default();
    let _default = tracing::subscriber::set_default(seen.clone());
    let traced = Arc::new(Peculiar::new()).with(Traced);

    submit(&*traced).await.expect("a task");

    let spans = seen.spans();
    let span = &spans[0];
    for (field, value) in [
        ("otel.name", "text-to-image fake/model"),
        ("otel.kind", "client"),
        ("gen_ai.operation.name", "generate_content"),
        ("gen_ai.output.type", "image"),
        ("gen_ai.provider.name", "peculiar"),
        ("gen_ai.request.model", "fake/model"),
        ("kling.call", "submit"),
        ("kling.operation", "text-to-image"),
        ("submission.key", "job-1"),
        ("task.handle", "peculiar.1.a"),
        ("kling.outcome", "started"),
    ] {
        assert_eq!(span.get(field).map(String::as_str), Some(value), "{field}");
    }
    assert!(!format!("{spans:?}").contains("paper boat"), "{spans:?}");
}

#[tokio::test]
async fn a_lost_answer_is_marked_as_perhaps_charged_and_its_source_is_not_shown() {
    let seen = Seen::default();
    let _default = tracing::subscriber::set_default(seen.clone());
    let lost = || Err(ProviderError::Indeterminate("Bearer sk-123".into()));
    let traced = Peculiar::answering(lost).with(Traced);

    submit(&*traced).await.expect_err("it is lost");

    let spans = seen.spans();
    assert_eq!(spans[0]["error.type"], "indeterminate");
    assert_eq!(spans[0]["kling.submit.ambiguous"], "true");
    assert_eq!(spans[0]["kling.outcome"], "error");
    assert!(!format!("{spans:?}").contains("sk-123"), "{spans:?}");
}

#[tokio::test]
async fn every_call_and_every_stream_has_a_span() {
    let seen = Seen::default();
    let _default = tracing::subscriber::set_default(seen.clone());
    let traced = Arc::new(Peculiar::new()).with(Traced);

    traced.status(&TASK).await.expect("a status");
    traced.cancel(&TASK).await.expect("an answer");
    traced.find(&KEY).await.expect("an answer");
    traced.balance().await.expect("a balance");
    traced.watch(&TASK).expect("a stream").next().await;

    let told: Vec<_> = seen
        .spans()
        .into_iter()
        .map(|span| {
            (
                span["kling.call"].clone(),
                span.get("kling.outcome").cloned(),
            )
        })
        .collect();
    let call = |name: &str, outcome: &str| (name.to_owned(), Some(outcome.to_owned()));
    assert_eq!(
        told,
        [
            call("status", "queued"),
            call("cancel", "too-late"),
            call("find", "found"),
            call("balance", "told"),
            ("watch".to_owned(), None),
        ]
    );
}

/// Every span that was opened, with its fields.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<BTreeMap<String, String>>>>);

impl Seen {
    fn spans(&self) -> Vec<BTreeMap<String, String>> {
        self.0.lock().expect("no panic holds it").clone()
    }
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Subscriber for Seen {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut spans = self.0.lock().expect("no panic holds it");
        let mut fields = BTreeMap::new();
        span.record(&mut Fields(&mut fields));
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.0.lock().expect("no panic holds it");
        let index = usize::try_from(span.into_u64()).expect("a small number") - 1;
        values.record(&mut Fields(&mut spans[index]));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
