//! What can be seen of a house from outside: the channel, the bot's server, its log.

use std::collections::BTreeMap;

use kling_bot::Mark;
use kling_emulator::discord::ChannelEvent;
use kling_emulator::journal::Entry;
use kling_engine::Stage;
use kling_http::{Client, ClientOptions, Request, Url};

use crate::{ADA, House, LOOK_EVERY, PATIENCE, is_an_end};

impl House {
    /// A person sends the command again and again until the bot hears it: for a bot that is just coming back.
    pub async fn until_heard(&self) {
        loop {
            assert!(
                self.discord().wait_for_bot(PATIENCE).await,
                "the bot stays away"
            );
            let command = self.imagine();
            let answer = self.discord().wait_for_answer(command, PATIENCE).await;
            if answer.is_some_and(|answer| answer.callback.is_some()) {
                return;
            }
        }
    }

    /// Waits for the message that says how the first command ended.
    pub async fn end(&self) -> ChannelEvent {
        let found = self.discord().wait_for_event(is_an_end, PATIENCE).await;
        found.unwrap_or_else(|| {
            panic!(
                "the channel shows no end, only {:#?}\nthe bot said:\n{}",
                self.discord().events(0),
                self.log()
            )
        })
    }

    /// Waits until the bot has asked for an attachment.
    pub async fn until_fetched_once(&self) {
        let asked = |entry: &Entry| entry.place == "cdn";
        let journal = &self.emulator.world().journal;
        assert!(
            journal.wait_for(asked, PATIENCE).await.is_some(),
            "the bot fetches nothing"
        );
    }

    /// Waits until the bot has written something to its log.
    pub async fn until_logged(&self, words: &str) {
        let logged = tokio::time::timeout(PATIENCE, async {
            let mut look = tokio::time::interval(LOOK_EVERY);
            while !self.log().contains(words) {
                look.tick().await;
            }
        });
        assert!(
            logged.await.is_ok(),
            "`{words}` is not in the log:\n{}",
            self.log()
        );
    }

    /// Waits until every job is at an end (or unconfirmed, with its notice shown), by what the bot's own
    /// server tells.
    pub async fn until_settled(&mut self) {
        let settled = tokio::time::timeout(PATIENCE, async {
            let mut look = tokio::time::interval(LOOK_EVERY);
            while !self.is_settled().await {
                look.tick().await;
            }
        });
        assert!(
            settled.await.is_ok(),
            "some job does not end; the bot said:\n{}",
            self.log()
        );
    }

    /// Waits until no provider is at work any more: what it does is charged when it is done, also when nobody waits
    /// for it any more.
    pub async fn until_charged(&self) {
        let ledger = &self.emulator.world().ledger;
        let charged = tokio::time::timeout(PATIENCE, async {
            let mut look = tokio::time::interval(LOOK_EVERY);
            look.tick().await;
            while ledger.list().iter().any(|charge| charge.held) {
                look.tick().await;
            }
        });
        assert!(
            charged.await.is_ok(),
            "a provider does not end its work: {:#?}",
            ledger.list()
        );
    }

    async fn is_settled(&self) -> bool {
        let Some(counts) = self.counts().await else {
            return false;
        };
        let live = counts.iter().filter(|(stage, count)| {
            let stage = Stage::parse(stage).expect("a stage");
            **count > 0 && !stage.is_terminal() && stage != Stage::Unconfirmed
        });
        if live.count() > 0 {
            return false;
        }
        let unconfirmed = counts
            .get(Stage::Unconfirmed.as_str())
            .copied()
            .unwrap_or(0);
        let shown = self.shown();
        let notices = shown
            .iter()
            .filter(|event| Mark::of(&event.content) == Some(Mark::Unconfirmed));
        notices.count() as u64 >= unconfirmed
    }

    /// Jobs by stage, as the bot's `/readyz` tells; `None` while it does not answer.
    pub async fn counts(&self) -> Option<BTreeMap<String, u64>> {
        let client = Client::new(ClientOptions::default()).unwrap();
        let url = Url::parse(&self.server()?)
            .and_then(|server| server.join("readyz"))
            .ok()?;
        let reply = client.exchange(Request::get(url)).await.ok()?;
        let body: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
        serde_json::from_value(body.get("jobs")?.clone()).ok()
    }

    /// Where the bot says that it serves: it takes a free port at each start.
    fn server(&self) -> Option<String> {
        let log = self.log();
        let (_, rest) = log.rsplit_once("serving health at ")?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    /// The messages of the bot that ada sees now, as they stand.
    pub fn shown(&self) -> Vec<ChannelEvent> {
        let mut shown = self.discord().messages("pictures", Some(ADA));
        shown.extend(self.discord().messages("@ada", Some(ADA)));
        shown.retain(|message| message.author.bot);
        shown
    }

    /// Waits until the operator has been told about jobs so many times.
    pub async fn until_told(&self, lines: usize) {
        let told = tokio::time::timeout(PATIENCE, async {
            let mut look = tokio::time::interval(LOOK_EVERY);
            while self.told_about_jobs().len() < lines {
                look.tick().await;
            }
        });
        assert!(
            told.await.is_ok(),
            "{lines} lines about jobs do not come:\n{}",
            self.log()
        );
    }

    /// The lines about jobs that an operator reads: those that are no detail.
    pub fn told_about_jobs(&self) -> Vec<String> {
        let told = self.told();
        let about_jobs = told.into_iter().filter(|line| line.contains("job.id="));
        about_jobs.collect()
    }

    /// The lines about commands that were refused at the gate, where there is no job yet.
    pub fn told_about_refusals(&self) -> Vec<String> {
        let mut told = self.told();
        told.retain(|line| line.contains("refused a command"));
        told
    }

    /// The lines that an operator reads: those that are no detail.
    pub fn told(&self) -> Vec<String> {
        let log = self.log();
        let is_told = |line: &&str| {
            let level = line.split_whitespace().nth(1);
            level.is_some_and(|level| matches!(level, "INFO" | "WARN" | "ERROR"))
        };
        log.lines().filter(is_told).map(str::to_owned).collect()
    }

    /// The one line that an operator reads about the one job there is, with all that it has to say.
    pub fn the_line(&self) -> String {
        let mut lines = self.told_about_jobs();
        assert_eq!(
            lines.len(),
            1,
            "one line tells how it ended:\n{}",
            self.log()
        );
        let line = lines.remove(0);
        for said in [
            "job.id=",
            "stage=",
            "reason=",
            "provider=",
            "requester=",
            "cost=",
        ] {
            assert!(line.contains(said), "`{said}` is not in: {line}");
        }
        let is_routine = line.contains(" INFO ");
        assert!(is_routine || line.contains("to_do="), "what to do: {line}");
        line
    }

    /// What the bot has said to the operator so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.settings.log_path()).unwrap_or_default()
    }
}
