//! The totals say what the rows say, to the nano-dollar, whatever happened before.

use std::time::Duration;

use kling_core::{Cost, CostSource, Estimate, Money, Output};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::fixture::{Ground, House, PostgresDatabase, SqliteFile, every_event, way_to, wish};
use super::replicas::raw;
use crate::{
    Admission, Caps, Event, JobId, LedgerKind, Limits, NewJob, Requester, Stage, UnknownPrice,
    check_store,
};

const DAY: Duration = Duration::from_hours(24);

/// Something that may happen to a store.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody asks; the limits may let them or not.
    Ask {
        user: u8,
        workspace: Option<u8>,
        /// In nano-dollars; `None` when nobody knows.
        estimate: Option<u32>,
        limit: u32,
    },
    /// A job goes on, by any event that its stage takes.
    Move {
        job: usize,
        event: usize,
        cost: Option<u32>,
    },
    /// A job is taken back, where that is still possible.
    Withdraw { job: usize },
    /// Time goes by, to and over the edge of minutes, hours and days.
    Wait { millis: u32 },
    /// Somebody looks at what is counted for them.
    Look { user: u8, workspace: Option<u8> },
}

fn step() -> impl Strategy<Value = Step> {
    let workspace = || prop::option::of(0_u8..2);
    let ask = (
        0_u8..3,
        workspace(),
        prop::option::weighted(0.9, 0_u32..200),
        100_u32..1_500,
    );
    let ask = ask.prop_map(|(user, workspace, estimate, limit)| Step::Ask {
        user,
        workspace,
        estimate,
        limit,
    });
    let wait = prop_oneof![
        Just(1_u32),
        Just(59_999),
        Just(60_000),
        Just(3_600_000),
        Just(86_399_999),
        Just(86_400_000),
        Just(2_000_000_000),
        1_u32..9_000_000,
    ];
    let moved = (any::<usize>(), any::<usize>(), prop::option::of(0_u32..200));
    prop_oneof![
        4 => ask,
        8 => moved.prop_map(|(job, event, cost)| Step::Move { job, event, cost }),
        1 => any::<usize>().prop_map(|job| Step::Withdraw { job }),
        2 => wait.prop_map(|millis| Step::Wait { millis }),
        2 => (0_u8..3, workspace()).prop_map(|(user, workspace)| Step::Look { user, workspace }),
    ]
}

fn nanos(amount: u32) -> Money {
    Money::from_nanodollars(i64::from(amount))
}

fn wish_of(user: u8, workspace: Option<u8>, estimate: Option<u32>) -> NewJob {
    let mut new = wish(&format!("user-{user}"));
    new.requester.channel = format!("channel-{}", user % 2);
    new.requester.workspace = workspace.map(|number| format!("guild-{number}"));
    new.estimate = estimate.map_or(Estimate::Unknown, |amount| Estimate::Exact(nanos(amount)));
    new
}

/// A store with everything that was ever accepted in it.
struct History {
    house: House,
    jobs: Vec<JobId>,
}

impl History {
    async fn take(&mut self, step: Step) {
        match step {
            Step::Ask {
                user,
                workspace,
                estimate,
                limit,
            } => {
                let day = |more| Caps {
                    spend_per_day: Some(nanos(limit + more)),
                    spend_per_month: Some(nanos(3 * limit + more)),
                    ..Caps::default()
                };
                self.house.limits = Limits {
                    requester: day(0),
                    channel: day(100),
                    workspace: day(200),
                    deployment: day(300),
                    unknown_price: UnknownPrice::Allow,
                    ..Limits::default()
                };
                let asked = self.house.ask(wish_of(user, workspace, estimate)).await;
                if let Admission::Accepted { job, .. } = asked {
                    self.jobs.push(job.id.clone());
                }
            }
            Step::Move { job, event, cost } => {
                if let Some(id) = self.pick(job) {
                    self.advance(&id, event, cost).await;
                }
            }
            Step::Withdraw { job } => {
                if let Some(id) = self.pick(job) {
                    self.house.store.withdraw(&id).await.unwrap();
                }
            }
            Step::Wait { millis } => {
                self.house
                    .clock
                    .advance(Duration::from_millis(u64::from(millis)));
            }
            Step::Look { user, workspace } => self.look(user, workspace).await,
        }
    }

    fn pick(&self, job: usize) -> Option<JobId> {
        self.jobs.get(job.checked_rem(self.jobs.len())?).cloned()
    }

    async fn advance(&self, id: &JobId, event: usize, cost: Option<u32>) {
        let job = self.house.job(id).await;
        let mut possible = every_event();
        possible.push(Event::Finished {
            output: Output {
                assets: Vec::new(),
                cost: cost.map(|amount| Cost {
                    amount: nanos(amount),
                    source: CostSource::Computed,
                }),
            },
        });
        possible.retain(|event| job.stage.after(event).is_some());
        if let Some(place) = event.checked_rem(possible.len()) {
            self.house.advance(&job, possible.swap_remove(place)).await;
        }
    }

    /// What is counted against each limit is what the rows say.
    async fn look(&mut self, user: u8, workspace: Option<u8>) {
        let nothing = Caps {
            open_jobs: Some(0),
            spend_per_day: Some(Money::ZERO),
            spend_per_month: Some(Money::ZERO),
            ..Caps::default()
        };
        self.house.limits = Limits {
            requester: nothing,
            channel: nothing,
            workspace: nothing,
            deployment: nothing,
            ..Limits::default()
        };
        let asked = wish_of(user, workspace, Some(1));
        let whose = asked.requester.clone();
        let reasons = House::refused(self.house.ask(asked).await);
        assert_eq!(reasons.len(), if workspace.is_some() { 12 } else { 9 });
        for reason in reasons {
            let scope = reason.code.strip_prefix("budget-");
            let counts =
                |requester: &Requester| match scope.unwrap_or_else(|| &reason.args["scope"]) {
                    "requester" => requester.user == whose.user,
                    "channel" => requester.channel == whose.channel,
                    "workspace" => requester.workspace == whose.workspace,
                    "deployment" => true,
                    other => panic!("{other}"),
                };
            let expected = match reason.args.get("window").map(String::as_str) {
                Some("day") => self.sum(counts, DAY).await.to_string(),
                Some(_) => self.sum(counts, 30 * DAY).await.to_string(),
                None => self.open(counts).await.to_string(),
            };
            assert_eq!(reason.args["used"], expected, "{reason:?}");
        }
    }

    /// Counted from the jobs, one by one.
    async fn open(&self, counts: impl Fn(&Requester) -> bool) -> usize {
        let mut open = 0;
        for id in &self.jobs {
            let job = self.house.job(id).await;
            let waits = job.stage == Stage::Unconfirmed && job.status_message.is_some();
            open += usize::from(counts(&job.requester) && !job.stage.is_terminal() && !waits);
        }
        open
    }

    /// Reckoned from the jobs and their ledgers, one by one.
    async fn sum(&self, counts: impl Fn(&Requester) -> bool, window: Duration) -> Money {
        let since = kling_core::Timestamp::from_millis(self.house.now()) - window;
        let mut sum = Money::ZERO;
        for id in &self.jobs {
            let job = self.house.job(id).await;
            if !counts(&job.requester) {
                continue;
            }
            let ledger = self.house.store.ledger(id).await.unwrap();
            for line in &ledger {
                let spent = matches!(line.kind, LedgerKind::Settlement | LedgerKind::Unconfirmed);
                if spent && line.at > since {
                    sum = sum + line.amount.unwrap_or(Money::ZERO);
                }
            }
            let released = ledger.iter().any(|line| line.kind == LedgerKind::Release);
            let forgotten = job.stage == Stage::Unconfirmed && job.stage_since <= since;
            if !released && !forgotten {
                sum = sum + job.estimate.amount().unwrap_or(Money::ZERO);
            }
        }
        sum
    }
}

fn address(house: &House) -> String {
    let path = house.path();
    if path.contains("postgres:") {
        path
    } else {
        format!("sqlite://{path}")
    }
}

fn after_any_history_the_totals_are_what_the_rows_say<G: Ground + 'static>() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 5,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let histories = prop::collection::vec(step(), 20..80);
    let tried = runner.run(&histories, |steps| {
        runtime.block_on(async {
            let mut history = History {
                house: House::on::<G>().await,
                jobs: Vec::new(),
            };
            for step in steps {
                history.take(step).await;
            }
            history.look(0, Some(0)).await;
            history.look(1, Some(1)).await;
            history.house.store.close().await;
            let checked = check_store(&address(&history.house)).await.unwrap();
            assert!(checked.is_fine(), "{checked:?}");
        });
        Ok(())
    });
    tried.unwrap();
}

async fn a_check_names_a_total_that_is_not_what_its_rows_say<G: Ground + 'static>(
    spoil: impl AsyncFn(&House, &'static str),
) {
    let house = House::on::<G>().await;
    let job = house.accept("ann").await;
    house.through(job, way_to(Stage::Fetched)).await;
    house.accept("bob").await;
    house.store.close().await;
    assert!(check_store(&address(&house)).await.unwrap().is_fine());

    spoil(
        &house,
        "UPDATE totals SET held = held + 1 WHERE scope = 'requester' AND whose = 'bob'",
    )
    .await;

    let checked = check_store(&address(&house)).await.unwrap();
    assert!(!checked.is_fine());
    assert_eq!(checked.damage.len(), 1, "{:?}", checked.damage);
    assert!(checked.damage[0].contains("one requester"));
    assert!(!checked.damage[0].contains("bob"));
}

mod on_sqlite {
    use super::*;

    #[test]
    fn after_any_history_the_totals_are_what_the_rows_say() {
        super::after_any_history_the_totals_are_what_the_rows_say::<SqliteFile>();
    }

    #[tokio::test]
    async fn a_check_names_a_total_that_is_not_what_its_rows_say() {
        let spoil = async |house: &House, statement: &'static str| {
            let options = SqliteConnectOptions::new().filename(house.path());
            let mut db = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
            db.close().await.unwrap();
        };
        super::a_check_names_a_total_that_is_not_what_its_rows_say::<SqliteFile>(spoil).await;
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn after_any_history_the_totals_are_what_the_rows_say() {
        super::after_any_history_the_totals_are_what_the_rows_say::<PostgresDatabase>();
    }

    #[tokio::test]
    async fn a_check_names_a_total_that_is_not_what_its_rows_say() {
        let spoil = async |house: &House, statement: &'static str| {
            let mut db = raw(&house.path()).await;
            sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
        };
        super::a_check_names_a_total_that_is_not_what_its_rows_say::<PostgresDatabase>(spoil).await;
    }
}
