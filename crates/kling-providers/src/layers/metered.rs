//! Counts and times, through the `metrics` facade.

use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::sync::Arc;

use futures::StreamExt as _;
use kling_core::{ProviderError, TaskEvents};
use metrics::{Gauge, Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use tokio::time::Instant;

use super::{Answer, Call, Layer};

const CALLS: &str = "kling_provider_calls_total";
const SECONDS: &str = "kling_provider_call_duration_seconds";
const RUNNING: &str = "kling_provider_calls_running";

/// Counts and times every call.
///
/// | metric | labels |
/// |---|---|
/// | `kling_provider_calls_total` | `provider`, `call`, `model`, `outcome` |
/// | `kling_provider_call_duration_seconds`, a histogram | `provider`, `call`, `model` |
/// | `kling_provider_calls_running`, a gauge | `provider`, `call` |
///
/// `outcome` is `ok`, the [`kind`](ProviderError::kind) of an error (`request`, `busy`, `unknown`, `broken`), or `dropped`
/// when nobody waited for the answer; for a task's own stream it is `ok` when no event was an error. `model` is there for
/// submissions, as the catalogue has it. So there are only so many series, and none shows what anybody asked for.
#[derive(Clone, Default)]
pub struct Metered {
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
}

impl Metered {
    /// Tells the recorder that the program installed. Install it first, or the help texts are lost.
    pub fn new() -> Self {
        Self::described(Self { recorder: None })
    }

    /// Tells this recorder.
    pub fn by(recorder: Arc<dyn Recorder + Send + Sync>) -> Self {
        Self::described(Self {
            recorder: Some(recorder),
        })
    }

    fn described(self) -> Self {
        let name = KeyName::from_const_str;
        self.tell(|recorder| {
            recorder.describe_counter(
                name(CALLS),
                Some(Unit::Count),
                "Calls of a provider that ended.".into(),
            );
            recorder.describe_histogram(
                name(SECONDS),
                Some(Unit::Seconds),
                "How long a provider took to answer.".into(),
            );
            recorder.describe_gauge(
                name(RUNNING),
                Some(Unit::Count),
                "Calls of a provider that are not answered yet.".into(),
            );
        });
        self
    }

    fn tell<T>(&self, told: impl FnOnce(&dyn Recorder) -> T) -> T {
        match &self.recorder {
            Some(recorder) => told(&**recorder),
            None => metrics::with_recorder(|recorder| told(recorder)),
        }
    }

    fn begin(&self, call: &Call<'_>) -> Running {
        let mut labels = vec![
            Label::new("provider", call.provider().as_str().to_owned()),
            Label::from_static_parts("call", call.kind().as_str()),
        ];
        let about = metadata();
        let key = Key::from_parts(RUNNING, labels.clone());
        let gauge = self.tell(|recorder| recorder.register_gauge(&key, &about));
        gauge.increment(1.0);
        if let Some(entry) = call.model() {
            labels.push(Label::new("model", entry.id.as_str().to_owned()));
        }
        Running {
            layer: self.clone(),
            labels,
            gauge,
            since: Instant::now(),
            outcome: "dropped",
        }
    }
}

impl Debug for Metered {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").finish_non_exhaustive()
    }
}

/// A call that is not answered yet; told when it ends, however it ends.
struct Running {
    layer: Metered,
    labels: Vec<Label>,
    gauge: Gauge,
    since: Instant,
    outcome: &'static str,
}

impl Running {
    fn note(&mut self, error: Option<&ProviderError>) {
        self.outcome = error.map_or("ok", |error| error.kind().as_str());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.gauge.decrement(1.0);
        let mut labels = std::mem::take(&mut self.labels);
        let timed = Key::from_parts(SECONDS, labels.clone());
        labels.push(Label::from_static_parts("outcome", self.outcome));
        let counted = Key::from_parts(CALLS, labels);
        let took = self.since.elapsed();
        let about = metadata();
        self.layer.tell(|recorder| {
            recorder.register_histogram(&timed, &about).record(took);
            recorder.register_counter(&counted, &about).increment(1);
        });
    }
}

impl Layer for Metered {
    async fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        let mut running = self.begin(call);
        let answer = next.await;
        running.note(answer.as_ref().err());
        answer
    }

    fn watch(&self, call: &Call<'_>, events: TaskEvents) -> TaskEvents {
        let mut running = self.begin(call);
        running.outcome = "ok";
        events
            .inspect(move |event| {
                if let Err(error) = event {
                    running.note(Some(error));
                }
            })
            .boxed()
    }
}

fn metadata() -> Metadata<'static> {
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()))
}
