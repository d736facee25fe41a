//! The files of a job in the archive, and its inputs as a provider takes them: read from there, or fetched at a public
//! address.

use kling_core::{Asset, AssetInfo, AssetUrl, GenerationRequest};

use crate::archive::LinkedFile;
use crate::context::Context;
use crate::error::EngineError;
use crate::job::{Job, PlatformId};
use crate::store::{ArchivedFile, FileRole};

impl Context {
    /// Writes down that a file is in the archive, and sees that it is.
    pub(crate) async fn record_file(
        &self,
        job: &Job,
        file: ArchivedFile,
    ) -> Result<(), EngineError> {
        let key = file.key.clone();
        if self.store.record_file(job, file).await? {
            self.archive.still_has(&key).await?;
        }
        Ok(())
    }

    /// Which files of a job are written down and there.
    pub(crate) async fn kept(&self, job: &Job, role: FileRole) -> Result<Vec<u32>, EngineError> {
        if role == FileRole::Input && job.request.inputs.is_empty() {
            return Ok(Vec::new());
        }
        let mut kept = Vec::new();
        for file in self.store.files(&job.id).await? {
            if file.role == role && self.archive.size(&file.key).await?.is_some() {
                kept.push(file.index);
            }
        }
        Ok(kept)
    }

    /// The files of a job that has inputs; of one that has none, nobody is asked.
    pub(crate) async fn input_files(&self, job: &Job) -> Result<Vec<ArchivedFile>, EngineError> {
        if job.request.inputs.is_empty() {
            return Ok(Vec::new());
        }
        self.store.files(&job.id).await
    }

    /// The request as a provider takes it, its files read from the archive. `None` when one of them
    /// is not there.
    pub(crate) fn request(&self, job: &Job, files: &[ArchivedFile]) -> Option<GenerationRequest> {
        let inputs = job.request.inputs.iter().zip(0_u32..);
        let assets: Option<Vec<Asset>> = inputs
            .map(|(input, index)| {
                let file = files
                    .iter()
                    .find(|file| file.role == FileRole::Input && file.index == index)?;
                let info = AssetInfo {
                    media_type: file.media_type,
                    size_bytes: file.size_bytes,
                    dimensions: file.dimensions,
                    duration: file.duration.or(input.info.duration),
                    frame_rate: None,
                };
                let asset = Asset::from_content(info, self.archive.content(&file.key));
                Some(match self.public_address(job, &input.source, file) {
                    Some(address) => asset.with_public_url(address),
                    None => asset,
                })
            })
            .collect();
        Some(job.request.to_generation(job.model.clone(), assets?))
    }

    /// Where anybody can fetch an input for a while: from here, else from the platform.
    fn public_address(&self, job: &Job, source: &str, file: &ArchivedFile) -> Option<AssetUrl> {
        if let Some(links) = &self.links {
            let file = LinkedFile {
                key: file.key.clone(),
                media_type: file.media_type,
            };
            let now = self.clock.now();
            return links.address(&file, now, now + self.options.link_life);
        }
        let deliverer = self.deliverers.get(&job.requester.platform)?;
        deliverer.public_address(source)
    }

    /// Whether an input from this place can have a public address.
    pub(crate) fn has_public_address(&self, platform: &PlatformId, source: &str) -> bool {
        let by_platform = || self.deliverers.get(platform)?.public_address(source);
        self.links.is_some() || by_platform().is_some()
    }
}
