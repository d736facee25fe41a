//! Pure translation between our words and the vendor's.

pub(crate) mod cost;
pub(crate) mod envelope;
pub(crate) mod handle;
pub(crate) mod output;
pub(crate) mod request;
pub(crate) mod state;
pub(crate) mod task;

#[cfg(test)]
mod tests;
