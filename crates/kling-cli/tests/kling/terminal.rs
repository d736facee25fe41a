//! On a terminal: the price is asked, a bar is drawn, and the result is told in words.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::process::Child;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::bench::{Bench, KEY, PATIENCE, generation};

const QUESTION: &str = "klingai/image-o1 at aimlapi: about $0.0294 (approximate). Go on? [y/N]";

/// `kling`, running on a terminal of its own.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: UnboundedReceiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    fn generate(bench: &Bench, more: &[&str]) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let size = Winsize {
            ws_row: 40,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&ours, size).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let words = bench.words("aimlapi", &generation("aimlapi", more));
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let mut command = bench.command(&words);
        command
            .env("TERM", "xterm")
            .stdin(Stdio::from(theirs.try_clone().unwrap()))
            .stdout(Stdio::from(theirs.try_clone().unwrap()))
            .stderr(Stdio::from(theirs));
        let child = command.spawn().unwrap();
        let keyboard = File::from(ours);
        let mut glass = keyboard.try_clone().unwrap();
        let (seen, screen) = unbounded_channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            // A terminal that nobody has open any more ends in an error.
            while let Ok(length @ 1..) = glass.read(&mut piece) {
                if seen.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keyboard,
            screen,
            shown: String::new(),
        }
    }

    /// Waits until that was on the screen.
    async fn shows(&mut self, what: &str, is_there: impl Fn(&str) -> bool) {
        while !is_there(&self.shown) {
            let more = timeout(PATIENCE, self.screen.recv()).await;
            let more = more.unwrap_or_else(|_| panic!("{what} is never shown: {}", self.shown));
            let more = more.unwrap_or_else(|| panic!("{what} is not shown: {}", self.shown));
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
    }

    async fn asks(&mut self) {
        self.shows("the question", |shown| shown.contains(QUESTION))
            .await;
    }

    fn answer(&mut self, line: &str) {
        self.keyboard
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    /// Waits for the end: the exit code and all that was shown.
    async fn end(mut self) -> (Option<i32>, String) {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends");
        while let Some(more) = timeout(PATIENCE, self.screen.recv()).await.unwrap() {
            self.shown.push_str(&String::from_utf8_lossy(&more));
        }
        assert!(!self.shown.contains(KEY), "{}", self.shown);
        (status.unwrap().code(), self.shown)
    }
}

/// Whether a bar is there that is not full.
fn has_bar(shown: &str) -> bool {
    shown.split('[').any(|after| {
        let cells = after.split(']').next().unwrap_or_default();
        cells.len() == 30
            && cells.ends_with('.')
            && cells.chars().all(|cell| matches!(cell, '#' | '.'))
    })
}

#[tokio::test]
async fn the_price_is_asked_and_whoever_does_not_agree_is_charged_nothing() {
    let bench = Bench::start().await;
    for answer in ["n", "", "yes please"] {
        let mut terminal = Terminal::generate(&bench, &[]);
        terminal.asks().await;
        terminal.answer(answer);

        let (code, shown) = terminal.end().await;

        assert_eq!(code, Some(130), "{answer:?}: {shown}");
        assert!(shown.contains("kling: not sent: the price was not agreed to"));
        assert!(!has_bar(&shown), "{shown}");
    }
    assert!(bench.world().journal.entries(0).is_empty());
    assert_eq!(bench.billed("aimlapi"), 0);
}

#[tokio::test]
async fn after_a_yes_a_bar_is_drawn_until_the_picture_is_there() {
    let bench = Bench::start().await;
    bench
        .world()
        .aimlapi
        .change(|set| set.latency_ms = 3_600_000);
    let mut terminal = Terminal::generate(&bench, &["--name", "boat"]);
    terminal.asks().await;
    terminal.answer("y");

    terminal.shows("a bar", has_bar).await;
    let journal = &bench.world().journal;
    let accepted = journal.wait_for(|entry| entry.event() == "accepted", PATIENCE);
    accepted.await.expect("the work is accepted");
    bench
        .world()
        .clock
        .advance(std::time::Duration::from_hours(2));

    let (code, shown) = terminal.end().await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("out/boat-1.png"), "{shown}");
    assert!(shown.contains("charged $0.0294 (reported)"), "{shown}");
    // Words for people; scripts read JSON elsewhere.
    assert!(!shown.contains("\"event\""), "{shown}");
    assert!(bench.path("out/boat-1.png").is_file());
    assert_eq!(bench.billed("aimlapi"), 29_400_000);
}

#[tokio::test]
async fn who_agreed_beforehand_is_told_the_price_and_not_asked() {
    let bench = Bench::start().await;

    let (code, shown) = Terminal::generate(&bench, &["--yes"]).end().await;

    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("klingai/image-o1 at aimlapi: about $0.0294 (approximate)"));
    assert!(!shown.contains("Go on?"), "{shown}");
}
