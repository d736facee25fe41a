//! A provider's catalogue beside the emulator's strict validator.

use kling_conformance::agreement::{Agreement, Opinion};
use kling_core::{GenerationRequest, ModelInfo};
use kling_emulator::{Emulator, Options, World, aimlapi, apiin, inferencesh};

use crate::pool;

/// Compares entries of a catalogue with what `vendor` takes, on an emulator of its own.
///
/// `write` puts a request, checked or not, into the vendor's words as the provider's own conversion does; `None` where that
/// cannot be done.
///
/// # Errors
///
/// As [`Agreement::compare`]; and when there is no such vendor, or no runtime.
pub fn agree(
    vendor: &str,
    options: Options,
    agreement: &Agreement,
    entries: &[ModelInfo],
    write: &impl AsyncFn(&ModelInfo, &GenerationRequest) -> Option<Vec<u8>>,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let emulator = runtime
        .block_on(Emulator::start(options))
        .map_err(|error| error.to_string())?;
    let pool = runtime.block_on(pool(&emulator));
    for entry in entries {
        let asked = async |request: &GenerationRequest| {
            let Some(body) = write(entry, request).await else {
                return Opinion::Unsaid;
            };
            let complaints = complaints(emulator.world(), vendor, &body).await;
            if complaints.is_empty() {
                Opinion::Takes
            } else {
                Opinion::Refuses(complaints.join("; "))
            }
        };
        agreement.compare(entry, &pool, |request| runtime.block_on(asked(request)))?;
    }
    Ok(())
}

async fn complaints(world: &World, vendor: &str, body: &[u8]) -> Vec<String> {
    match vendor {
        aimlapi::VENDOR => world.aimlapi.complaints(body).await,
        apiin::VENDOR => world.apiin.complaints(body).await,
        inferencesh::VENDOR => world.inferencesh.complaints(body).await,
        other => vec![format!("there is no vendor {other}")],
    }
}
