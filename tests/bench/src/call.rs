//! One generation through each provider crate, against the same bytes sent by a bare client.

use std::sync::Arc;

use bytes::Bytes;
use kling_core::{GenerationRequest, Provider, Submission, TaskStatus};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Url};

use crate::figure::Report;
use crate::load::{self, Work};
use crate::outside::{Outside, Vendor, bare_client, submit};
use crate::recorder::Exchange;
use crate::setting::Setting;

const BENCH: &str = "call";

const IN_FLIGHT: usize = 16;

/// A crate of ours: submit, and look once where the answer is a task.
struct Ours {
    provider: Arc<dyn Provider>,
    request: GenerationRequest,
}

#[async_trait::async_trait]
impl Work for Ours {
    async fn once(&self, _: u64) -> anyhow::Result<()> {
        let Submission::Started(handle) = submit(self.provider.as_ref(), &self.request).await?
        else {
            return Ok(());
        };
        let status = self.provider.status(&handle).await?;
        anyhow::ensure!(
            matches!(status, TaskStatus::Succeeded(_)),
            "a task was not done"
        );
        Ok(())
    }
}

/// The same requests, their answers read to the end and not looked at.
struct Bare {
    client: Client,
    calls: Vec<(Method, Url, HeaderMap, Bytes)>,
}

impl Bare {
    fn new(origin: &str, exchanges: &[Exchange]) -> anyhow::Result<Self> {
        let mut calls = Vec::new();
        for exchange in exchanges {
            let mut headers = HeaderMap::new();
            for (name, value) in &exchange.headers {
                headers.append(
                    reqwest::header::HeaderName::try_from(name.as_str())?,
                    value.parse()?,
                );
            }
            calls.push((
                exchange.method.parse()?,
                Url::parse(&format!("{origin}{}", exchange.path))?,
                headers,
                exchange.body.clone().into(),
            ));
        }
        let client = bare_client()?;
        Ok(Self { client, calls })
    }
}

#[async_trait::async_trait]
impl Work for Bare {
    async fn once(&self, _: u64) -> anyhow::Result<()> {
        for (method, url, headers, body) in &self.calls {
            let mut call = self.client.request(method.clone(), url.clone());
            call = call.headers(headers.clone());
            if !body.is_empty() {
                call = call.body(body.clone());
            }
            let answer = call.send().await?.error_for_status()?;
            drop(answer.bytes().await?);
        }
        Ok(())
    }
}

/// Measures the three crates, each against its base in turn.
pub(crate) async fn measure(setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let outside = Outside::start().await?;
    for vendor in Vendor::ALL {
        let exchanges = outside.prepare(vendor).await?;
        let provider = vendor.provider(outside.origin())?;
        let request = Vendor::request(provider.as_ref())?;
        let ours: Arc<dyn Work> = Arc::new(Ours { provider, request });
        let bare: Arc<dyn Work> = Arc::new(Bare::new(outside.origin(), &exchanges)?);
        let name = vendor.name();
        let base = format!("bare reqwest, {name}");
        for work in [&ours, &bare] {
            // Connections are made before anything is counted.
            load::closed(work, IN_FLIGHT, setting.turn() / 10).await?;
        }
        for _ in 0..setting.rounds() {
            for (contender, work) in [(name, &ours), (base.as_str(), &bare)] {
                let outcome = load::closed(work, IN_FLIGHT, setting.turn()).await?;
                for (measure, value, unit) in [
                    ("p50", outcome.p50_ms() * 1e3, "µs"),
                    ("p99", outcome.p99_ms() * 1e3, "µs"),
                    ("CPU", outcome.cpu_us(), "µs"),
                    ("generations", outcome.per_second(), "/s"),
                ] {
                    report.add(BENCH, contender, measure, (value, unit));
                }
            }
        }
        for measure in ["p50", "p99", "CPU"] {
            report.added(BENCH, name, &base, measure);
        }
        report.ratio(BENCH, name, &base, "CPU");
        let requests = exchanges.len();
        report.say(format!(
            "call: a generation at {name} is {requests} request(s)."
        ));
    }
    report.say(format!(
        "call: {IN_FLIGHT} in flight, closed loop, the emulator's answers scripted (nothing is drawn), downloads not \
         included. Both contenders and the emulator share the processor, so a latency at {IN_FLIGHT} in flight is mostly \
         waiting for it; the CPU of a generation is this process's alone."
    ));
    Ok(())
}
