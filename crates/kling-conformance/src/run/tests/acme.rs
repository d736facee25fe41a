//! A vendor without a wire, and a client of it that can be told to lie.

mod client;
mod watch;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kling_core::{
    Capability, Choices, CountRange, ModelId, ModelInfo, Money, Operation, Pace, Price, PriceUnit,
    Provider, Recovery, Resolution, Transport,
};

use self::client::Client;
use crate::{Call, Cannot, Fate, Instance, Subject, Trouble, Vendor};

const KEY: &str = "acme-very-private-0815";
const PRICE: Money = Money::from_microdollars(50_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lie {
    None,
    SendsTwice,
    DropsAreBusy,
    ErrorsAreBusy,
    ShowsBodies,
    ShowsKey,
    LogsPrompts,
    ForgetsWaits,
    TakesAnything,
    UnheardIsFailed,
    EmptyIsSuccess,
    MissingIsBusy,
    LateIsGone,
    LateEndsStreams,
    FutureIsPresent,
    CostsAreSecret,
    WrongCost,
    WrongPrice,
    FindsNothing,
    CancelsSilently,
    HidesRepeats,
    ForgetsTheEnd,
    GoesBack,
    StopsWithItsWatcher,
    LosesTheTask,
    TakesNoLongPrompts,
    NeedsItsMemory,
    NobodyIsUnclear,
    ChangesItsMind,
    ModeratedIsBroken,
    ForeignIsBusy,
    LooksEndTasks,
    SilenceIsGone,
    FailuresCost,
    SearchesAreSubmissions,
}

pub(super) struct Acme(pub(super) Lie);

#[async_trait::async_trait]
impl Subject for Acme {
    fn models(&self) -> Vec<ModelInfo> {
        let stated = match self.0 {
            Lie::WrongPrice => PRICE.times(2),
            _ => PRICE,
        };
        vec![ModelInfo {
            id: ModelId::literal("acme-1"),
            name: "Acme".to_owned(),
            capability: Capability {
                images: CountRange { min: 1, max: 3 },
                resolutions: Choices::new([Resolution::K1], None),
                transports: vec![Transport::DataUri, Transport::Url],
                recovery: Recovery {
                    find: true,
                    cancel: false,
                },
                ..Capability::new(Operation::ImageToImage)
            },
            price: Some(Price {
                unit: PriceUnit::Request,
                amount: stated,
                except: None,
                stated: true,
            }),
            pace: Pace {
                typical: Duration::from_secs(1),
                poll_every: Duration::from_secs(1),
                give_up_after: Duration::from_secs(9),
            },
        }]
    }

    async fn start(&self) -> Result<Box<dyn Vendor>, String> {
        let books = Arc::new(Mutex::new(Books::default()));
        Ok(Box::new(Shop {
            books,
            lie: self.0,
            models: self.models(),
        }))
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned()]
    }
}

#[derive(Debug, Default)]
struct Books {
    troubles: VecDeque<(Call, Trouble)>,
    fate: Option<Fate>,
    requests: usize,
    submissions: usize,
    charges: Vec<Money>,
    /// By the submission's key.
    tasks: BTreeMap<String, Option<Fate>>,
    /// How often anybody looked.
    looks: u32,
    /// How often time has passed.
    turns: u32,
}

struct Shop {
    books: Arc<Mutex<Books>>,
    lie: Lie,
    models: Vec<ModelInfo>,
}

impl Vendor for Shop {
    fn provider(&self, instance: Instance) -> Result<Arc<dyn Provider>, Cannot> {
        Ok(Arc::new(Client {
            books: Arc::clone(&self.books),
            lie: self.lie,
            models: self.models.clone(),
            instance,
            mine: Mutex::default(),
        }))
    }

    fn play(&self, call: Call, trouble: Trouble) -> Result<(), Cannot> {
        if matches!(call, Call::Cancel | Call::Balance) {
            return Err(Cannot::because(format!("there is no call {call:?}")));
        }
        let mut books = self.books.lock().unwrap();
        books.troubles.push_back((call, trouble));
        Ok(())
    }

    fn destine(&self, fate: Fate) -> Result<(), Cannot> {
        self.books.lock().unwrap().fate = Some(fate);
        Ok(())
    }

    fn sample(&self, _: Call) -> Result<String, Cannot> {
        Ok(r#"{"id":"a","state":"done","url":"http://127.0.0.1:9/result.png"}"#.to_owned())
    }

    fn pass_time(&self) {
        self.books.lock().unwrap().turns += 1;
    }

    fn requests(&self) -> Result<usize, Cannot> {
        Ok(self.books.lock().unwrap().requests)
    }

    fn submissions(&self) -> Result<usize, Cannot> {
        Ok(self.books.lock().unwrap().submissions)
    }

    fn charges(&self) -> Result<Vec<Money>, Cannot> {
        Ok(self.books.lock().unwrap().charges.clone())
    }
}
