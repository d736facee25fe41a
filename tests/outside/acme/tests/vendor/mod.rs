//! What the laws need to know of Acme: how it is started, and how it misbehaves.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use acme_vendor::{Ending, KEY, Mishap, Route};
use kling_conformance::{Call, Cannot, Fate, Instance, Refusal, Trouble, Vendor};
use kling_core::{ModelInfo, Money, Provider, Secret};

/// Acme and its client.
pub(crate) struct Subject;

#[async_trait::async_trait]
impl kling_conformance::Subject for Subject {
    fn models(&self) -> Vec<ModelInfo> {
        match client("http://127.0.0.1:1/v3", None) {
            Ok(acme) => acme.models().to_vec(),
            Err(_) => Vec::new(),
        }
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        let open = acme_vendor::Acme::open().await;
        let open = open.map_err(|error| format!("no port is free: {error}"))?;
        Ok(Box::new(Shop(open)))
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

struct Shop(acme_vendor::Acme);

fn client(base_url: &str, haste: Option<Duration>) -> Result<acme::Acme, Cannot> {
    let because = |error: &dyn std::error::Error| Cannot::because(error.to_string());
    let mut config = acme::Config::default();
    config.base_url = base_url
        .parse()
        .map_err(|error| because(&error as &url::ParseError))?;
    config.request_timeout = haste.unwrap_or(config.request_timeout);
    let key = Secret::new(KEY).ok_or_else(|| Cannot::because("the key is empty"))?;
    acme::Acme::new(config, key).map_err(|error| because(&error))
}

/// An address where nobody listens: a port that was free a moment ago.
fn nobodys_address() -> Result<String, Cannot> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = port.map_err(|error| Cannot::because(error.to_string()))?;
    Ok(format!("http://{port}/v3"))
}

impl Vendor for Shop {
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot> {
        let acme = match instance {
            Instance::Usual => client(&self.0.base_url(), None)?,
            Instance::Hasty(patience) => client(&self.0.base_url(), Some(patience))?,
            Instance::NobodyThere => client(&nobodys_address()?, None)?,
            other => return Err(Cannot::because(format!("there is no {other:?} instance"))),
        };
        Ok(Arc::new(acme))
    }

    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot> {
        let route = match call {
            Call::Submission => Route::Order,
            Call::Look => Route::Look,
            Call::Cancel => Route::Stop,
            Call::Find => Route::Search,
            Call::Balance => Route::Purse,
            other => return Err(Cannot::because(format!("there is no call {other:?}"))),
        };
        let mishap = match trouble {
            Trouble::DropBeforeWork => Mishap::DropBefore,
            Trouble::DropAfterWork => Mishap::DropAfter,
            Trouble::Hang => Mishap::Hang,
            Trouble::Answer {
                status,
                content_type,
                body,
            } => Mishap::Instead {
                status,
                retry_after: None,
                content_type: content_type.to_owned(),
                body,
            },
            Trouble::Oversized => Mishap::Padded(32 * 1024 * 1024),
            Trouble::Truncated => Mishap::Half,
            Trouble::Refuse(refusal) => refused(refusal)?,
            Trouble::UnheardState => Mishap::Strange("sharpening-the-pencil".to_owned()),
            other => return Err(Cannot::because(format!("Acme cannot play {other:?}"))),
        };
        self.0.have(route, mishap);
        Ok(())
    }

    fn destine(&self, fate: Fate) -> Result<(), Cannot> {
        self.0.destine(match fate {
            Fate::Fails => Ending::Broken,
            Fate::Moderated => Ending::NotAllowed,
            Fate::Empty => Ending::Empty,
            Fate::Runs => Ending::Never,
            // Every drawing does.
            Fate::TakesAWhile => return Ok(()),
            other => {
                return Err(Cannot::because(format!(
                    "nothing at Acme ends as {other:?}"
                )));
            }
        });
        Ok(())
    }

    fn sample(&self, call: Call) -> Result<String, Cannot> {
        let ready = r#"{"ticket": "T-1", "state": "ready", "charged_mills": 40,
            "pictures": [{"href": "http://127.0.0.1:9/T-1.png", "media": "image/png"}]}"#;
        let sample = match call {
            Call::Submission => r#"{"ticket": "T-1", "state": "waiting", "ahead": 2}"#.to_owned(),
            Call::Look => ready.to_owned(),
            Call::Cancel => {
                r#"{"ticket": "T-1", "state": "stopped", "charged_mills": 0}"#.to_owned()
            }
            Call::Find => format!(r#"{{"drawings": [{ready}]}}"#),
            Call::Balance => r#"{"mills": 99960}"#.to_owned(),
            other => return Err(Cannot::because(format!("there is no call {other:?}"))),
        };
        Ok(sample)
    }

    fn requests(&self) -> Result<usize, Cannot> {
        Ok(self.0.calls())
    }

    fn submissions(&self) -> Result<usize, Cannot> {
        Ok(self.0.orders())
    }

    fn charges(&self) -> Result<Vec<Money>, Cannot> {
        let mills = self.0.charges().into_iter();
        Ok(mills
            .map(|mills| Money::from_microdollars(i64::from(mills) * 1_000))
            .collect())
    }
}

fn refused(refusal: Refusal) -> Result<Mishap, Cannot> {
    let (status, code, retry_after) = match refusal {
        Refusal::BadRequest => (400, "bad-text", None),
        Refusal::Unauthorized => (401, "no-such-key", None),
        Refusal::OutOfFunds => (402, "purse-empty", None),
        Refusal::RateLimited { retry_after } => (429, "too-many", Some(retry_after.as_secs())),
        other => {
            return Err(Cannot::because(format!(
                "Acme does not refuse by {other:?}"
            )));
        }
    };
    Ok(Mishap::Instead {
        status,
        retry_after,
        content_type: "application/json".to_owned(),
        body: format!(r#"{{"problem": {{"code": "{code}", "say": "Acme is sorry."}}}}"#),
    })
}
