//! inference.sh, by its current documents and the types of its own clients: the third envelope, the current
//! table of statuses.

use super::Kind::{Anything, Code, Flag, Holder, Number, Text};
use super::{Field, Form, Free, Reply, Vendor, always, maybe};

/// All of it.
pub(crate) const INFERENCESH: Vendor = Vendor {
    name: "inferencesh",
    base_url: "https://api.inference.sh",
    free: &[
        Free {
            method: "POST",
            path: "/tasks/list",
            body: r#"{"limit": 1}"#,
        },
        Free {
            method: "GET",
            path: "/tasks/no-such-task",
            body: "",
        },
    ],
    replies: &[
        Reply {
            method: "POST",
            path: "/tasks/list",
            statuses: &[200],
            headers: &[],
            form: Form::Object,
            fields: &[
                always("data", Holder),
                maybe("data.items[]", Anything),
                maybe("data.next_cursor", Text),
                maybe("data.prev_cursor", Text),
                maybe("data.has_next", Flag),
                maybe("data.has_previous", Flag),
                maybe("data.items_per_page", Number),
                maybe("messages[]", Anything),
            ],
            has: &[],
        },
        Reply {
            method: "GET",
            path: "/tasks/no-such-task",
            statuses: &[404],
            headers: &[],
            form: Form::Object,
            fields: &[],
            has: &[],
        },
        Reply {
            method: "POST",
            path: "/files",
            statuses: &[200],
            headers: &[],
            form: Form::Object,
            fields: &[
                always("data[].id", Text),
                always("data[].uri", Text),
                always("data[].upload_url", Text),
                maybe("data[].filename", Text),
                maybe("data[].content_type", Text),
                maybe("data[].size", Number),
                maybe("messages[]", Anything),
            ],
            has: &[],
        },
        Reply {
            method: "POST",
            path: "/apps/run",
            ..task("/apps/run")
        },
        task("/tasks/*"),
        Reply {
            form: Form::Lines,
            fields: TASK,
            ..task("/tasks/*/stream")
        },
    ],
    // RFC 9457.
    refusal: &[
        always("type", Text),
        always("title", Text),
        always("status", Number),
        maybe("detail", Text),
        maybe("errors[]", Anything),
    ],
};

/// A task in its envelope.
const fn task(path: &'static str) -> Reply {
    Reply {
        method: "GET",
        path,
        statuses: &[200],
        headers: &[],
        form: Form::Object,
        fields: ENVELOPED,
        has: &[],
    }
}

/// The fields of a task, each at its place below `$at`.
macro_rules! task_fields {
    ($at:literal $(, $more:expr)*) => {
        &[
            $($more,)*
            always(concat!($at, "id"), Text),
            // 0 to 13; the older table ends at 11, and means something else by 8 and more.
            always(concat!($at, "status"), Code(0, 13)),
            maybe(concat!($at, "short_id"), Text),
            maybe(concat!($at, "status_text"), Text),
            maybe(concat!($at, "input"), Anything),
            maybe(concat!($at, "output"), Holder),
            maybe(concat!($at, "output.image"), Text),
            maybe(concat!($at, "output.video"), Text),
            maybe(concat!($at, "output.output_meta"), Anything),
            maybe(concat!($at, "error"), Text),
            maybe(concat!($at, "logs"), Anything),
            maybe(concat!($at, "events"), Anything),
            maybe(concat!($at, "usage_events"), Anything),
            maybe(concat!($at, "session_id"), Text),
            maybe(concat!($at, "webhook"), Text),
            maybe(concat!($at, "function"), Text),
            maybe(concat!($at, "infra"), Text),
            maybe(concat!($at, "workers"), Anything),
            maybe(concat!($at, "setup"), Anything),
            maybe(concat!($at, "app"), Text),
            maybe(concat!($at, "app_id"), Text),
            maybe(concat!($at, "version_id"), Text),
            // Of sessions in the documents; assumed of tasks.
            maybe(concat!($at, "app_version_id"), Text),
            maybe(concat!($at, "metadata"), Anything),
            maybe(concat!($at, "created_at"), Text),
            maybe(concat!($at, "updated_at"), Text),
            maybe(concat!($at, "run_at"), Text),
            maybe(concat!($at, "socket"), Anything),
            maybe(concat!($at, "rating"), Text),
        ]
    };
}

const TASK: &[Field] = task_fields!("");
const ENVELOPED: &[Field] = task_fields!(
    "data.",
    always("data", Holder),
    maybe("messages[]", Anything)
);
