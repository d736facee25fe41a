//! The laws of a provider, kept by this one against the emulator.
#![expect(
    clippy::unwrap_used,
    reason = "a test program: its constants are addresses and keys"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kling_apiin::{Apiin, Config};
use kling_conformance::{Call, Cannot, Fate, Instance, Refusal, Subject, Trouble, Vendor};
use kling_core::{ModelInfo, Money, Provider, Secret};
use kling_emulator::apiin::VENDOR;
use kling_emulator::script::{Effect, Fault};
use kling_emulator::{Emulator, Options};
use kling_http::Url;

const KEY: &str = "aio_very-private-0815";
const CREATE: &str = "POST /images/generations";
const LOOK: &str = "GET /tasks/";

const UNHEARD: &str = r#"{"code":200,"data":{"task_id":"n1","status":"SIMMERING"}}"#;
const BAD_REQUEST: &str =
    r#"{"error":{"code":400,"message":"Body validation error","type":"invalid_request"}}"#;

fn main() -> ExitCode {
    kling_conformance::run(Emulated)
}

fn provider(base: &str, timeout: Duration) -> Apiin {
    let mut config = Config::default();
    config.base_url = Url::parse(base).unwrap();
    config.request_timeout = timeout;
    config.multi_shot_images = 3;
    // A task that is not known is to be gone at once.
    config.unknown_task_grace = Duration::ZERO;
    Apiin::new(config, Secret::new(KEY).unwrap()).unwrap()
}

struct Emulated;

#[async_trait::async_trait]
impl Subject for Emulated {
    fn models(&self) -> Vec<ModelInfo> {
        provider("http://127.0.0.1:9", Duration::from_mins(1))
            .models()
            .to_vec()
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        match Emulator::start(Options::default()).await {
            Ok(emulator) => Ok(Box::new(Bench { emulator })),
            Err(error) => Err(error.to_string()),
        }
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

struct Bench {
    emulator: Emulator,
}

impl Bench {
    fn fault(&self, route: &str, effect: Effect) {
        let fault = Fault::once(VENDOR, route, effect);
        self.emulator.world().script.push(fault);
    }

    /// The requests of which the method and the path hold this text, answered or not.
    fn seen(&self, route: &str) -> usize {
        let ends = ["answered", "hung", "reset", "gone"];
        let entries = self.emulator.world().journal.entries(0);
        let seen = entries.iter().filter(|entry| {
            let asked = format!("{} {}", entry.method, entry.path);
            entry.place == VENDOR && ends.contains(&entry.event()) && asked.contains(route)
        });
        seen.count()
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Effect {
    Effect::Status {
        status,
        headers: BTreeMap::new(),
        body: body.to_owned(),
        content_type: content_type.to_owned(),
    }
}

impl Bench {
    fn refuse(&self, route: &str, refusal: Refusal) -> Result<(), Cannot> {
        let world = self.emulator.world();
        match refusal {
            Refusal::BadRequest => self.fault(route, answer(400, "application/json", BAD_REQUEST)),
            Refusal::Unauthorized => world.apiin.accept_only(["another"]),
            Refusal::OutOfFunds => world.ledger.set_every_balance(VENDOR, 1),
            Refusal::RateLimited { retry_after } => {
                let seconds = retry_after.as_secs().to_string();
                let effect = Effect::Status {
                    status: 429,
                    headers: BTreeMap::from([("retry-after".to_owned(), seconds)]),
                    body: "{}".to_owned(),
                    content_type: "application/json".to_owned(),
                };
                self.fault(route, effect);
            }
            other => {
                let why = format!("the emulator does not know {other:?}");
                return Err(Cannot::because(why));
            }
        }
        Ok(())
    }
}

impl Vendor for Bench {
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot> {
        let mut base = self.emulator.base(VENDOR);
        let mut timeout = Duration::from_mins(1);
        match instance {
            Instance::Usual => {}
            Instance::Hasty(patience) => timeout = patience,
            // Nobody listens on the port for discarding.
            Instance::NobodyThere => "http://127.0.0.1:9".clone_into(&mut base),
            other => return Err(Cannot::because(format!("there is no instance {other:?}"))),
        }
        Ok(Arc::new(provider(&base, timeout)))
    }

    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot> {
        let route = match call {
            Call::Submission => CREATE,
            Call::Look => LOOK,
            other => return Err(Cannot::because(format!("there is no call {other:?}"))),
        };
        let effect = match trouble {
            Trouble::DropBeforeWork => Effect::ResetBefore,
            Trouble::DropAfterWork => Effect::ResetAfter,
            Trouble::Hang => Effect::Hang,
            Trouble::Answer {
                status,
                content_type,
                body,
            } => answer(status, content_type, &body),
            Trouble::Oversized => Effect::Huge {
                bytes: 64 * 1024 * 1024,
            },
            Trouble::Truncated => Effect::Truncate,
            Trouble::Refuse(refusal) => return self.refuse(route, refusal),
            Trouble::UnheardState => answer(200, "application/json", UNHEARD),
            other => {
                return Err(Cannot::because(format!(
                    "the emulator cannot play {other:?}"
                )));
            }
        };
        self.fault(route, effect);
        Ok(())
    }

    fn destine(&self, fate: Fate) -> Result<(), Cannot> {
        let fail = |message: &str| Effect::Fail {
            message: message.to_owned(),
        };
        let effect = match fate {
            Fate::Fails => fail("Upstream went away"),
            Fate::Moderated => fail("Content policy violation"),
            Fate::Empty => Effect::EmptyData,
            Fate::Runs => {
                let world = self.emulator.world();
                world
                    .apiin
                    .change(|settings| settings.latency_ms = 1_000_000_000);
                return Ok(());
            }
            other => {
                return Err(Cannot::because(format!(
                    "the emulator cannot decide {other:?}"
                )));
            }
        };
        self.fault(CREATE, effect);
        Ok(())
    }

    fn pass_time(&self) {
        self.emulator.world().clock.advance(Duration::from_secs(10));
    }

    fn requests(&self) -> Result<usize, Cannot> {
        Ok(self.seen(""))
    }

    fn submissions(&self) -> Result<usize, Cannot> {
        Ok(self.seen(CREATE))
    }

    fn charges(&self) -> Result<Vec<Money>, Cannot> {
        let charges = self.emulator.world().ledger.list();
        Ok(charges
            .iter()
            .filter(|charge| charge.vendor == VENDOR && charge.billed)
            .map(|charge| Money::from_nanodollars(charge.amount_nanodollars))
            .collect())
    }
}
