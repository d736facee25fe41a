//! Jobs from acceptance to delivery: our engine, a vendor of the emulator over loopback, and a sink.

use std::io::Write as _;

use sqlx::postgres::PgPoolOptions;

use crate::figure::Report;
use crate::meter::Meter;
use crate::outside::Outside;
use crate::setting::Setting;
use crate::turn::Turn;

const BENCH: &str = "end-to-end";

/// How many jobs are on their way at a time in a short run, and how many there are: more than twice as many, because the
/// figures are read between the first so many and the last. The vendor's pace makes such a turn take a quarter of a minute.
const FEW: (usize, usize) = (5, 12);

#[derive(Clone, Copy)]
struct Contender {
    name: &'static str,
    on_postgres: bool,
    engines: usize,
    drawn: bool,
}

const CONTENDERS: [Contender; 5] = [
    Contender {
        name: "sqlite",
        on_postgres: false,
        engines: 1,
        drawn: false,
    },
    Contender {
        name: "postgres, 1 engine",
        on_postgres: true,
        engines: 1,
        drawn: false,
    },
    Contender {
        name: "postgres, 2 engines",
        on_postgres: true,
        engines: 2,
        drawn: false,
    },
    Contender {
        name: "sqlite, pictures drawn",
        on_postgres: false,
        engines: 1,
        drawn: true,
    },
    Contender {
        name: "postgres, pictures drawn",
        on_postgres: true,
        engines: 1,
        drawn: true,
    },
];

/// Measures every contender in turn.
pub(crate) async fn measure(
    setting: &Setting,
    only: Option<&str>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let wanted = |contender: &Contender| only.is_none_or(|name| contender.name == name);
    for round in 0..setting.long_rounds() {
        for (place, contender) in CONTENDERS.into_iter().enumerate() {
            if wanted(&contender) {
                turn(setting, report, contender, (place, round)).await?;
            }
        }
    }
    if let Err(why) = setting.cluster().await {
        report.say(format!("PostgreSQL is left out of every benchmark: {why}"));
    }
    for contender in CONTENDERS.iter().skip(1) {
        for measure in ["jobs, sustained", "jobs, if all cores were ours"] {
            report.ratio(BENCH, contender.name, "sqlite", measure);
        }
    }
    report.say(
        "end-to-end: a fixed number of jobs is on its way at a time, more than wait for the vendor's pace (it is asked after \
         a task every 5 s), and `sustained` counts those that were delivered while each of them was followed by a new one. \
         Two engines are two stores and two sets of loops in one process.",
    );
    report.say(
        "end-to-end: `if all cores were ours` is reckoned: the cores divided by the processor time of one job, of engine, \
         emulator and database together. It is what is left of `sustained` when the machine has other work.",
    );
    report.say(
        "end-to-end: where pictures are not drawn, they are prepared: each job gets a valid PNG of the same pixels and with a \
         number of its own in it, so that the archive has a new file for every job.",
    );
    Ok(())
}

async fn turn(
    setting: &Setting,
    report: &mut Report,
    contender: Contender,
    (place, round): (usize, usize),
) -> anyhow::Result<()> {
    let folder = setting.folder().join(format!("{BENCH}-{place}-{round}"));
    std::fs::create_dir_all(&folder)?;
    let mut store = format!("sqlite://{}", folder.join("jobs.db").display());
    let mut server = None;
    if contender.on_postgres {
        let Ok(cluster) = setting.cluster().await else {
            return Ok(());
        };
        store = cluster.database(&format!("jobs_{place}_{round}")).await?;
        let pool = PgPoolOptions::new().max_connections(1).connect(&store);
        server = cluster.pid().zip(pool.await.ok());
    }
    let outside = Outside::start().await?;
    outside.prepare_media(!contender.drawn).await?;
    let (open, jobs) = if contender.drawn {
        setting.either((200, 700), FEW)
    } else {
        setting.either((5_000, 15_000), FEW)
    };
    let turn = Turn {
        bench: BENCH,
        name: contender.name,
        store,
        folder,
        engines: contender.engines,
        meter: Meter {
            emulator: outside.pid(),
            server,
        },
        outside: &outside,
        open,
        jobs,
    };
    turn.take(report).await?;
    // A run is long, and may be stopped: what is known by now is told.
    std::io::stderr().write_all(report.latest(BENCH, contender.name).as_bytes())?;
    std::fs::remove_dir_all(&turn.folder)?;
    Ok(())
}
