//! Reads beside the trait: the vendor's list of models, and its billing history.

use std::time::Duration;

use kling_core::{ProviderError, Timestamp};
use kling_http::{Call, Reply, Request, Url, decode};
use serde::de::DeserializeOwned;

use super::{AimlApi, LOOK_TIMEOUT};
use crate::error::{self, Attempt};
use crate::history;
use crate::wire::{Listing, Transactions, header};
use crate::{Charges, ListedModel, ModelList};

/// The most charges of one answer that the vendor gives.
const PAGE: &str = "100";

impl AimlApi {
    /// Asks for the vendor's own list of models, with the tag of the list that is known already.
    ///
    /// It needs no key, and none is sent. [`models`](kling_core::Provider::models) does not depend on it: the catalogue is
    /// what this crate was written for, the list is for noticing that the vendor has gone on.
    ///
    /// # Errors
    ///
    /// As for any read; [`ProviderError::Unsupported`] for a tag that no header can carry.
    pub async fn model_list(&self, etag: Option<&str>) -> Result<ModelList, ProviderError> {
        let mut request =
            Request::get(self.config.endpoint(&["v1", "models"])).timeout(self.read_timeout());
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let reply = self.client.send(request, Call::Read).await?;
        if reply.status == 304 && etag.is_some() {
            return Ok(ModelList::Unchanged);
        }
        if !reply.is_success() {
            return Err(error::refusal(&reply, Attempt::Read, &self.key));
        }
        let listing: Listing = self.read(&reply)?;
        Ok(ModelList::Changed {
            etag: reply.header(header::ETAG).map(str::to_owned),
            models: ListedModel::all(&listing),
        })
    }

    /// Asks what was charged between two moments, up to 100 charges, the latest first; `cursor` is
    /// [`Charges::next`] of the answer before.
    ///
    /// A charge names the vendor's id and not our submission key, so this cannot find the task of a lost
    /// answer; it shows an operator whether something of that model was charged at that time and, as far as
    /// [`Charge::is_for`](crate::Charge::is_for) can tell, whether a task that is known was.
    ///
    /// # Errors
    ///
    /// As for any read: *busy* when waiting may help, *broken* when the key is not accepted.
    pub async fn charges(
        &self,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<&str>,
    ) -> Result<Charges, ProviderError> {
        let mut url = self.config.endpoint(&["v2", "billing", "transactions"]);
        url.query_pairs_mut()
            .append_pair("from", &history::iso(from))
            .append_pair("to", &history::iso(to))
            .append_pair("direction", "CHARGE")
            .append_pair("limit", PAGE)
            .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let page: Transactions = self.get(url).await?;
        Ok(Charges::read(&page))
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, ProviderError> {
        let request = Request::get(url)
            .bearer(&self.key)
            .timeout(self.read_timeout());
        let reply = self.client.send(request, Call::Read).await?;
        if !reply.is_success() {
            return Err(error::refusal(&reply, Attempt::Read, &self.key));
        }
        self.read(&reply)
    }

    /// What such an answer says; if nothing, what can be asked about it.
    fn read<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T, ProviderError> {
        decode::json(reply).map_err(|error| error.with_note(error::note_of(reply, &self.key)))
    }

    fn read_timeout(&self) -> Duration {
        self.config.request_timeout.min(LOOK_TIMEOUT)
    }
}
