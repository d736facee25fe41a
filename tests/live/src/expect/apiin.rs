//! apiin.one, by the page of the model. What a finished task looks like is stated nowhere: those fields are
//! assumptions, and the first live run settles them.

use super::Kind::{Anything, Code, Holder, Number, Text, Word};
use super::{Form, Free, Reply, Vendor, always, maybe};

/// All of it.
pub(crate) const APIIN: Vendor = Vendor {
    name: "apiin",
    base_url: "https://apiin.one/api/v1",
    free: &[Free {
        method: "GET",
        path: "/tasks/no-such-task",
        body: "",
    }],
    replies: &[
        Reply {
            method: "POST",
            path: "/images/generations",
            statuses: &[200],
            headers: &[],
            form: Form::Object,
            fields: &[
                always("code", Code(200, 200)),
                always("message", Word(&["success"])),
                always("data", Holder),
                always("data.task_id", Text),
                always("data.status", Word(&["IN_PROGRESS"])),
            ],
            has: &[],
        },
        // An assumption; a task that is not known is a 404 by the page on errors.
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
            method: "GET",
            path: "/tasks/*",
            statuses: &[200],
            headers: &[],
            form: Form::Object,
            fields: &[
                always("code", Code(200, 200)),
                always("message", Word(&["success"])),
                always("data", Holder),
                always("data.task_id", Text),
                // The two terminal ones are assumed: the page spells them in lower case, in its prose.
                always("data.status", Word(&["IN_PROGRESS", "COMPLETED", "FAILED"])),
                maybe("data.output", Holder),
                always("data.output.images", Holder),
                maybe("data.output.images[]", Text),
                maybe("data.error", Anything),
            ],
            has: &[],
        },
    ],
    refusal: &[
        always("error.code", Number),
        always("error.message", Text),
        maybe("error.type", Text),
    ],
};
