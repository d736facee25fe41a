//! Acme's JSON, field for field.

use serde::{Deserialize, Serialize};

/// `POST /drawings`
#[derive(Serialize)]
pub(crate) struct Order<'a> {
    pub(crate) model: &'a str,
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shape: Option<&'static str>,
    pub(crate) pieces: u8,
    pub(crate) references: Vec<Reference>,
    /// Whatever the customer likes; it can be searched for.
    pub(crate) memo: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Reference {
    pub(crate) media: &'static str,
    pub(crate) base64: String,
}

/// What every call about a drawing answers.
#[derive(Deserialize)]
pub(crate) struct Drawing {
    pub(crate) ticket: String,
    pub(crate) state: String,
    pub(crate) ahead: Option<u32>,
    pub(crate) percent: Option<u8>,
    #[serde(default)]
    pub(crate) pictures: Vec<Picture>,
    pub(crate) charged_mills: Option<u32>,
    pub(crate) problem: Option<Problem>,
}

#[derive(Deserialize)]
pub(crate) struct Picture {
    pub(crate) href: String,
    pub(crate) media: Option<String>,
}

/// `GET /drawings?memo=`
#[derive(Deserialize)]
pub(crate) struct Found {
    pub(crate) drawings: Vec<Drawing>,
}

/// `GET /purse`
#[derive(Deserialize)]
pub(crate) struct Purse {
    pub(crate) mills: i64,
}

/// What stands in the body of every refusal.
#[derive(Deserialize)]
pub(crate) struct Refusal {
    pub(crate) problem: Problem,
}

#[derive(Deserialize)]
pub(crate) struct Problem {
    pub(crate) code: String,
}
