//! AIML API, by its published schemas and its page on tracing and cost.

use super::Kind::{Anything, Holder, Number, Text, Word};
use super::{Field, Form, Free, Reply, Vendor, always, maybe};

/// All of it.
pub(crate) const AIMLAPI: Vendor = Vendor {
    name: "aimlapi",
    base_url: "https://api.aimlapi.com",
    free: &[
        Free {
            method: "GET",
            path: "/v1/models",
            body: "",
        },
        Free {
            method: "GET",
            path: "/v2/billing",
            body: "",
        },
    ],
    replies: &[
        Reply {
            method: "GET",
            path: "/v1/models",
            statuses: &[200],
            headers: &["etag"],
            form: Form::Object,
            fields: &[
                always("object", Word(&["list"])),
                always("data[].id", Text),
                always("data[].type", Text),
                maybe("data[].aliases", Anything),
                maybe("data[].info", Anything),
                maybe("data[].tags", Anything),
            ],
            has: &[
                ("data[].id", "klingai/image-o1"),
                ("data[].id", "klingai/video-o1-image-to-video"),
                ("data[].id", "klingai/video-o1-reference-to-video"),
                ("data[].id", "klingai/video-o1-video-to-video-edit"),
                ("data[].id", "klingai/video-o1-video-to-video-reference"),
            ],
        },
        Reply {
            method: "GET",
            path: "/v2/billing",
            statuses: &[200],
            headers: &[],
            form: Form::Object,
            fields: &[
                always("current_balance", Number),
                always("currency", Word(&["USD"])),
            ],
            has: &[],
        },
        Reply {
            method: "POST",
            path: "/v1/images/generations",
            statuses: &[200],
            headers: TRACES,
            form: Form::Object,
            fields: &[
                always("data", Holder),
                maybe("data[].url", Text),
                maybe("data[].b64_json", Text),
                maybe("meta.usage", Holder),
                always("meta.usage.credits_used", Number),
                maybe("meta.usage.usd_spent", Number),
            ],
            has: &[],
        },
        video("POST"),
        video("GET"),
    ],
    refusal: &[
        // December 2025.
        maybe("requestId", Text),
        maybe("statusCode", Number),
        maybe("path", Text),
        // Both.
        maybe("timestamp", Text),
        maybe("message", Anything),
        // April 2026.
        maybe("title", Text),
        maybe("status", Number),
        maybe("instance", Text),
        maybe("error.name", Text),
        maybe("error.message", Anything),
        maybe("error.data.kind", Text),
        maybe("error.data.issues", Anything),
    ],
};

/// On every JSON reply of an inference.
const TRACES: &[&str] = &[
    "x-inference-id",
    "x-client-request-id",
    "x-aimlapi-credits-used",
    "x-aimlapi-usd-spent",
];

/// The same object is documented for the order and for every look.
const fn video(method: &'static str) -> Reply {
    Reply {
        method,
        path: "/v2/video/generations",
        // Some pages speak of 201.
        statuses: &[200],
        headers: &["x-inference-id"],
        form: Form::Object,
        fields: GENERATION,
        has: &[],
    }
}

const GENERATION: &[Field] = &[
    always("id", Text),
    always(
        "status",
        Word(&["queued", "generating", "completed", "error"]),
    ),
    maybe("video", Holder),
    always("video.url", Text),
    maybe("error", Holder),
    always("error.name", Text),
    always("error.message", Text),
    maybe("meta.usage", Holder),
    always("meta.usage.credits_used", Number),
    maybe("meta.usage.usd_spent", Number),
];
