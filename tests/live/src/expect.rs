//! What is known of the services, restated as data: which replies there are, and what stands in them.
//!
//! The tables are from the vendors' public documents, and from nothing that the crates know: where a crate
//! shrugs a difference off, it is still told.

mod aimlapi;
mod apiin;
mod inferencesh;

/// Everybody, in the order they are called in.
pub(crate) const VENDORS: &[&Vendor] =
    &[&aimlapi::AIMLAPI, &apiin::APIIN, &inferencesh::INFERENCESH];

/// One service.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// Its name in the registry.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) base_url: &'static str,
    /// Calls that cost nothing.
    pub(crate) free: &'static [Free],
    /// Every reply that is known.
    pub(crate) replies: &'static [Reply],
    /// What stands in a refusal, whatever was called.
    pub(crate) refusal: &'static [Field],
}

/// A call that costs nothing.
#[derive(Debug)]
pub(crate) struct Free {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// JSON, or nothing.
    pub(crate) body: &'static str,
}

/// A reply that is known.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) method: &'static str,
    /// Below the base; a `*` stands for one segment.
    pub(crate) path: &'static str,
    /// The statuses that are documented.
    pub(crate) statuses: &'static [u16],
    /// The headers that are promised.
    pub(crate) headers: &'static [&'static str],
    /// What a body is.
    pub(crate) form: Form,
    /// What stands in it.
    pub(crate) fields: &'static [Field],
    /// Values that are somewhere among those of a field.
    pub(crate) has: &'static [(&'static str, &'static str)],
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON object.
    Object,
    /// A line of JSON for each event: whole objects, parts of one beside a `fields` list, or events by name.
    Lines,
}

/// One field, by its path: names with dots, and `[]` for the items of a list.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
}

/// Whether a field is there wherever the object is that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always, and never null.
    Always,
    /// It may be absent or null.
    Maybe,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    Number,
    Flag,
    /// One of these words, spelt like this.
    Word(&'static [&'static str]),
    /// A whole number between these.
    Code(u64, u64),
    /// An object or a list whose inside has fields of its own here.
    Holder,
    /// Whatever it is, it is nothing we rely on.
    Anything,
}

const fn always(path: &'static str, kind: Kind) -> Field {
    let need = Need::Always;
    Field { path, kind, need }
}

const fn maybe(path: &'static str, kind: Kind) -> Field {
    let need = Need::Maybe;
    Field { path, kind, need }
}

impl Vendor {
    /// What is known of the reply to a call.
    pub(crate) fn reply_to(&self, method: &str, path: &str) -> Option<&'static Reply> {
        let fits = |reply: &&Reply| reply.method == method && is_like(reply.path, path);
        self.replies.iter().find(fits)
    }
}

fn is_like(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == "*" || wanted == given => {}
            _ => return false,
        }
    }
}
