//! Telling: JSON lines for scripts, words and a bar for people.

use std::io::{IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::bar;
use crate::event::Event;
use crate::exit::Ending;

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For scripts: every event to standard output; the end of a failure also to standard error, in words.
    Json,
    /// For people: results to standard output, everything else to standard error.
    Words,
}

/// Where a command tells what happens. A reader that has gone away stops nothing: what is waited for is paid for.
#[derive(Debug)]
pub(crate) struct Output {
    style: Style,
    bar: Mutex<Option<ProgressBar>>,
}

impl Output {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            style,
            bar: Mutex::new(None),
        }
    }

    /// Whether a person sits there who can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        self.style == Style::Words
            && std::io::stdin().is_terminal()
            && std::io::stderr().is_terminal()
    }

    /// Starts the bar, where there is somebody to see it.
    pub(crate) fn begin(&self, typical: Duration) {
        if self.style == Style::Words && std::io::stderr().is_terminal() {
            *self.lock() = Some(bar::bar(typical));
        }
    }

    pub(crate) fn tell(&self, event: &Event) {
        let is_end = matches!(event, Event::Done { .. } | Event::Error(_));
        if is_end && let Some(bar) = self.lock().take() {
            bar.finish_and_clear();
        }
        match self.style {
            Style::Json => self.tell_scripts(event),
            Style::Words => self.tell_people(event),
        }
    }

    /// A question to a person; what they type is for the caller to read.
    pub(crate) fn ask(question: &str) {
        let mut stderr = std::io::stderr().lock();
        // A question that cannot be shown is still answered by what is typed, and nothing typed is a no.
        drop(write!(stderr, "{question} ").and_then(|()| stderr.flush()));
    }

    fn tell_scripts(&self, event: &Event) {
        // Of our own types, all of which can be written as JSON.
        if let Ok(line) = serde_json::to_string(event) {
            out(&line);
        }
        if let Event::Error(ending) = event {
            self.failure(ending);
        }
    }

    fn tell_people(&self, event: &Event) {
        match event {
            Event::Start {
                provider,
                model,
                estimate,
                ..
            } => self.aside(&format!("{model} at {provider}: {estimate}")),
            Event::Submitted { handle, .. } => self.aside(&format!(
                "started; if this is interrupted: kling resume {handle} --out DIR"
            )),
            Event::Queued { part, position } => self.state(
                *part,
                &match position {
                    Some(position) => format!("queued, {position} in front"),
                    None => "queued".to_owned(),
                },
            ),
            Event::Running { part, percent } => {
                if let (Some(bar), Some(percent)) = (&*self.lock(), percent) {
                    bar.set_position(u64::from(*percent));
                }
                self.state(*part, "running");
            }
            Event::Partial { part, files } => {
                self.state(*part, &format!("{files} done before the rest"));
            }
            Event::Fetching { part, file, of } => {
                self.state(*part, &format!("fetching {file} of {of}"));
            }
            Event::Stopping => {
                self.aside(
                    "stopping; once more ends it at once, and may lose what is being paid for",
                );
            }
            Event::Part {
                part,
                of,
                error: Some(ending),
                ..
            } => {
                self.aside(&format!("part {part} of {of}:"));
                self.failure(ending);
            }
            Event::Part { .. } => {}
            Event::Done { cost, files, .. } => {
                for path in files.iter().filter_map(|file| file.path.as_ref()) {
                    out(path);
                }
                if let Some(cost) = cost {
                    self.aside(&format!("charged ${} ({})", cost.amount.usd, cost.source));
                }
            }
            Event::Error(ending) => self.failure(ending),
            Event::Model(model) => out(&model.to_string()),
            Event::Price {
                provider,
                model,
                operation,
                estimate,
                not_looked_at,
            } => {
                out(&format!("{provider} {model} {operation}: {estimate}"));
                if !not_looked_at.is_empty() {
                    let flags = not_looked_at.join(", ");
                    self.aside(&format!(
                        "nothing was fetched: what {flags} leads to is taken to fit, a clip as the longest that does"
                    ));
                }
            }
            Event::Balance {
                provider,
                available,
            } => out(&match available {
                Some(amount) => format!("{provider}: ${}", amount.usd),
                None => format!("{provider} does not tell what is left"),
            }),
            Event::Cancelled { charged, .. } => out(match charged {
                Some(true) => "cancelled; it is charged all the same",
                Some(false) => "cancelled; it is not charged",
                None => "cancelled; the provider does not say whether it is charged",
            }),
            Event::TooLate { handle } => out(&format!(
                "too late to cancel: the task had ended; `kling resume {handle}` fetches what came out"
            )),
        }
    }

    fn failure(&self, ending: &Ending) {
        self.aside(&format!("kling: {}", ending.message));
        for complaint in &ending.violations {
            let (flag, problem, offer) = (&complaint.flag, &complaint.problem, &complaint.offer);
            self.aside(&format!("  {flag}: {problem} ({offer})"));
        }
        for path in ending.files.iter().filter_map(|file| file.path.as_ref()) {
            self.aside(&format!("saved: {path}"));
        }
        for link in &ending.links {
            self.aside(&format!("paid for, fetch it soon: {link}"));
        }
        if let Some(cost) = &ending.cost {
            self.aside(&format!("charged: ${} ({})", cost.amount.usd, cost.source));
        }
        if let Some(key) = &ending.submission_key {
            self.aside(&format!("submission: {key}"));
        }
        if let Some(handle) = &ending.handle {
            self.aside(&format!("handle: {handle}"));
        }
    }

    fn state(&self, part: Option<usize>, words: &str) {
        if let Some(bar) = &*self.lock() {
            bar.set_message(match part {
                Some(part) => format!("part {part}: {words}"),
                None => words.to_owned(),
            });
        }
    }

    /// A line to standard error, above the bar where there is one.
    fn aside(&self, words: &str) {
        let line = || {
            let mut stderr = std::io::stderr().lock();
            // Nobody is left who could be told that this did not go well.
            drop(writeln!(stderr, "{words}"));
        };
        match &*self.lock() {
            Some(bar) => bar.suspend(line),
            None => line(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line to standard output, there at once.
fn out(line: &str) {
    let mut stdout = std::io::stdout().lock();
    // A reader that has gone away stops nothing.
    drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
}
