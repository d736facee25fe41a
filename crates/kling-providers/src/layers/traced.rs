//! A span around every call, with names that tracing tools know.

use std::future::Future;

use futures::{StreamExt as _, stream};
use kling_core::{ErrorKind, MediaKind, ProviderError, TaskEvents};
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span};

use super::{Answer, Call, CallKind, Layer};

/// Opens a span `provider_call` around every call.
///
/// | field | what |
/// |---|---|
/// | `otel.name`, `otel.kind` | `image-to-video klingai/video-o1`, else the call; `client` |
/// | `gen_ai.operation.name`, `gen_ai.output.type` | of a submission: `generate_content`; `image`, for the conventions have no word for videos |
/// | `gen_ai.provider.name`, `gen_ai.request.model` | the model as the catalogue has it |
/// | `kling.call`, `kling.operation` | `submit`, `status`, `watch`, `cancel`, `find`, `balance`; the operation of a submission |
/// | `task.handle`, `submission.key` | what it is about |
/// | `kling.outcome` | the answer in a word, such as `started` or `running`; `error`; nothing when nobody waited for it |
/// | `error.type` | the error's [`name`](ProviderError::name) |
/// | `kling.submit.ambiguous` | whether a failed submission may have been charged |
/// | `kling.cost.actual_nanodollars` | what a result cost, where that is told |
///
/// Never a prompt, a key, an address or a provider's words. Errors are not logged here, for whoever handles one does.
/// The span of a watched task is entered whenever its stream is polled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traced;

impl Layer for Traced {
    async fn call<T: Answer>(
        &self,
        call: &Call<'_>,
        next: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        let span = span(call);
        let answer = next.instrument(span.clone()).await;
        match &answer {
            Ok(answer) => note_answer(&span, answer),
            Err(error) => note_error(&span, error, call.kind()),
        }
        answer
    }

    fn watch(&self, call: &Call<'_>, mut events: TaskEvents) -> TaskEvents {
        let span = span(call);
        let polled = stream::poll_fn(move |context| {
            let _inside = span.enter();
            let event = events.poll_next_unpin(context);
            if let std::task::Poll::Ready(Some(Err(error))) = &event {
                note_error(&span, error, CallKind::Watch);
            }
            event
        });
        polled.boxed()
    }
}

fn span(call: &Call<'_>) -> Span {
    let kind = call.kind();
    let model = call.model();
    let name = model.map(|entry| format!("{} {}", entry.operation(), entry.id));
    let is_submission = kind == CallKind::Submit;
    let is_image = model.is_some_and(|entry| entry.operation().output() == MediaKind::Image);
    tracing::info_span!(
        "provider_call",
        otel.name = name.as_deref().unwrap_or(kind.as_str()),
        otel.kind = "client",
        gen_ai.operation.name = is_submission.then_some("generate_content"),
        gen_ai.output.type = is_image.then_some("image"),
        gen_ai.provider.name = call.provider().as_str(),
        gen_ai.request.model = model.map(|entry| entry.id.as_str()),
        kling.call = kind.as_str(),
        kling.operation = model.map(|entry| entry.operation().as_str()),
        task.handle = call.task().map(display),
        submission.key = call.key().map(display),
        kling.outcome = Empty,
        error.r#type = Empty,
        kling.submit.ambiguous = Empty,
        kling.cost.actual_nanodollars = Empty,
    )
}

fn note_answer(span: &Span, answer: &impl Answer) {
    let answered = answer.view();
    span.record("kling.outcome", answered.word());
    if let Some(task) = answered.handle() {
        span.record("task.handle", display(task));
    }
    if let Some(cost) = answered.output().and_then(|output| output.cost) {
        let amount = cost.amount.as_nanodollars();
        span.record("kling.cost.actual_nanodollars", amount);
    }
}

fn note_error(span: &Span, error: &ProviderError, kind: CallKind) {
    span.record("kling.outcome", "error");
    span.record("error.type", error.name());
    if kind == CallKind::Submit {
        span.record("kling.submit.ambiguous", error.kind() == ErrorKind::Unknown);
    }
}
