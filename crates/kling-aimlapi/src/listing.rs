//! The vendor's own list of models, as far as it is of use for noticing what changed.

use serde_json::Value;

use crate::wire::Listing;

/// What the vendor lists, or that it lists what it did before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelList {
    /// It is the list whose tag was shown.
    Unchanged,
    /// It is another list, or no tag was shown.
    Changed {
        /// What to show the next time, where the vendor gives one.
        etag: Option<String>,
        /// Every entry that has an id, in the vendor's order.
        models: Vec<ListedModel>,
    },
}

/// One entry of the vendor's list. Whatever the vendor says is passed on as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedModel {
    /// The vendor's name for it, as requests have it.
    pub id: String,
    /// Other names that mean the same.
    pub aliases: Vec<String>,
    /// Which interface it is called through, such as `internal/video-generations/submit`.
    pub kind: Option<String>,
    /// What people call it.
    pub name: Option<String>,
}

impl ListedModel {
    pub(crate) fn all(listing: &Listing) -> Vec<Self> {
        listing.data.iter().filter_map(Self::read).collect()
    }

    fn read(entry: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let aliases = entry["aliases"].as_array().map(Vec::as_slice);
        Some(Self {
            id: text(&entry["id"]).filter(|id| !id.is_empty())?,
            aliases: aliases
                .unwrap_or_default()
                .iter()
                .filter_map(text)
                .collect(),
            kind: text(&entry["type"]),
            name: text(&entry["info"]["name"]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_far_as_it_goes() {
        let listing: Listing = serde_json::from_str(
            r#"{"object": "list", "data": [
                {"id": "klingai/image-o1", "aliases": ["image-o1", 7], "type": "openai/image-generations",
                 "info": {"name": "Kling Image O1"}, "tags": []},
                {"id": "bare"}, {"id": ""}, {"id": 7}, null, "x", []
            ]}"#,
        )
        .expect("a list");

        let listed = ListedModel::all(&listing);

        assert_eq!(
            listed[0],
            ListedModel {
                id: "klingai/image-o1".to_owned(),
                aliases: vec!["image-o1".to_owned()],
                kind: Some("openai/image-generations".to_owned()),
                name: Some("Kling Image O1".to_owned()),
            }
        );
        let ids: Vec<_> = listed.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, ["klingai/image-o1", "bare"]);
    }
}
