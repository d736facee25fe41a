//! The tables that every kind of store has, and how their rows are put as JSON.

/// How a value is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    /// As text.
    Text,
    /// As a whole number.
    Number,
    /// As true or false.
    Flag,
    /// As lower-case hexadecimal digits.
    Bytes,
}

/// A column's name and how its values are put.
pub(in crate::store) type Column = (&'static str, Kind);

/// A table, without what a database reckons by itself.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    pub(in crate::store) columns: &'static [Column],
    /// What its rows are ordered by.
    pub(in crate::store) order: &'static str,
}

use Kind::{Bytes, Flag, Number, Text};

/// Every table, in the order in which they are moved.
pub(in crate::store) static TABLES: [Table; 7] = [
    Table {
        name: "jobs",
        columns: &[
            ("id", Text),
            ("dedupe_key", Text),
            ("stage", Text),
            ("epoch", Number),
            ("lease_until", Number),
            ("due_at", Number),
            ("turn", Number),
            ("tries", Number),
            ("cancel_requested", Flag),
            ("withdrawn", Flag),
            ("notice_shown", Flag),
            ("platform", Text),
            ("workspace", Text),
            ("channel", Text),
            ("requester", Text),
            ("reply_address", Text),
            ("locale", Text),
            ("status_message", Text),
            ("request", Text),
            ("provider", Text),
            ("model", Text),
            ("estimate_kind", Text),
            ("estimate", Number),
            ("reservation_open", Flag),
            ("cost", Number),
            ("attempt", Number),
            ("submission_key", Text),
            ("submit_deadline", Number),
            ("task", Text),
            ("output", Text),
            ("percent", Number),
            ("ending", Text),
            ("in_doubt", Flag),
            ("created_at", Number),
            ("waiting_since", Number),
            ("stage_since", Number),
            ("finished_at", Number),
        ],
        order: "id",
    },
    Table {
        name: "output_bytes",
        columns: &[("job", Text), ("place", Number), ("bytes", Bytes)],
        order: "job, place",
    },
    Table {
        name: "files",
        columns: &[
            ("job", Text),
            ("role", Text),
            ("place", Number),
            ("key", Text),
            ("sha256", Text),
            ("size_bytes", Number),
            ("media_type", Text),
            ("width", Number),
            ("height", Number),
            ("duration_ms", Number),
        ],
        order: "job, role, place",
    },
    Table {
        name: "transitions",
        columns: &[
            ("job", Text),
            ("at", Number),
            ("from_stage", Text),
            ("to_stage", Text),
            ("event", Text),
            ("detail", Text),
        ],
        order: "seq",
    },
    Table {
        name: "ledger",
        columns: &[
            ("at", Number),
            ("job", Text),
            ("kind", Text),
            ("attempt", Number),
            ("amount", Number),
            ("source", Text),
            ("platform", Text),
            ("workspace", Text),
            ("requester", Text),
            ("provider", Text),
            ("model", Text),
        ],
        order: "seq",
    },
    Table {
        name: "rules",
        columns: &[("place", Text), ("key", Text), ("value", Text)],
        order: "place, key",
    },
    Table {
        name: "rule_changes",
        columns: &[
            ("version", Number),
            ("place", Text),
            ("key", Text),
            ("at", Number),
            ("actor", Text),
            ("before", Text),
            ("after", Text),
        ],
        order: "version, place, key",
    },
];

impl Table {
    /// The names of its columns, with commas between them.
    pub(in crate::store) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// Something for each column, with commas between them.
    pub(in crate::store) fn each(&self, put: impl Fn(&Column) -> String) -> String {
        let columns: Vec<String> = self.columns.iter().map(put).collect();
        columns.join(", ")
    }
}
