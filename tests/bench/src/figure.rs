//! Figures: one value a round, told with their spread, and ratios to a base of the same round.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

/// One measured thing.
#[derive(Clone, Debug)]
struct Figure {
    bench: &'static str,
    contender: String,
    measure: String,
    unit: &'static str,
    rounds: Vec<f64>,
}

impl Figure {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.rounds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn spread(&self) -> (f64, f64) {
        let sorted = self.sorted();
        let at = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        (at(sorted.first()), at(sorted.last()))
    }
}

/// Everything a run found out.
#[derive(Debug)]
pub(crate) struct Report {
    machine: Value,
    figures: Vec<Figure>,
    sentences: Vec<String>,
}

impl Report {
    pub(crate) fn new(machine: Value) -> Self {
        Self {
            machine,
            figures: Vec::new(),
            sentences: Vec::new(),
        }
    }

    /// Adds the value of one more round.
    pub(crate) fn add(
        &mut self,
        bench: &'static str,
        contender: &str,
        measure: &str,
        (value, unit): (f64, &'static str),
    ) {
        let known = self.figures.iter_mut().find(|figure| {
            figure.bench == bench && figure.contender == contender && figure.measure == measure
        });
        match known {
            Some(figure) => figure.rounds.push(value),
            None => self.figures.push(Figure {
                bench,
                contender: contender.to_owned(),
                measure: measure.to_owned(),
                unit,
                rounds: vec![value],
            }),
        }
    }

    /// Adds what the reader must know beside the figures.
    pub(crate) fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.sentences.contains(&sentence) {
            self.sentences.push(sentence);
        }
    }

    /// Compares a contender to its base, round by round.
    pub(crate) fn ratio(
        &mut self,
        bench: &'static str,
        contender: &str,
        base: &str,
        measure: &str,
    ) {
        let rounds = self.paired(bench, contender, base, measure, |ours, theirs| {
            ours / theirs
        });
        self.compared(bench, contender, format!("{measure} ÷ {base}"), "×", rounds);
    }

    /// What a contender takes more than its base, round by round.
    pub(crate) fn added(
        &mut self,
        bench: &'static str,
        contender: &str,
        base: &str,
        measure: &str,
    ) {
        let rounds = self.paired(bench, contender, base, measure, |ours, theirs| {
            ours - theirs
        });
        let of = |figure: &&Figure| figure.bench == bench && figure.measure == measure;
        let unit = self
            .figures
            .iter()
            .find(of)
            .map_or("", |figure| figure.unit);
        self.compared(
            bench,
            contender,
            format!("{measure} − {base}"),
            unit,
            rounds,
        );
    }

    fn compared(
        &mut self,
        bench: &'static str,
        contender: &str,
        measure: String,
        unit: &'static str,
        rounds: Vec<f64>,
    ) {
        if !rounds.is_empty() {
            self.figures.push(Figure {
                bench,
                contender: contender.to_owned(),
                measure,
                unit,
                rounds,
            });
        }
    }

    fn paired(
        &self,
        bench: &str,
        contender: &str,
        base: &str,
        measure: &str,
        compare: impl Fn(f64, f64) -> f64,
    ) -> Vec<f64> {
        let of = |name: &str| {
            let found = self.figures.iter().find(|figure| {
                figure.bench == bench && figure.contender == name && figure.measure == measure
            });
            found.map_or(Vec::new(), |figure| figure.rounds.clone())
        };
        let pairs = of(contender).into_iter().zip(of(base));
        let compared = pairs.map(|(ours, theirs)| compare(ours, theirs));
        // A base too small for the kernel's books is no base.
        compared.filter(|value| value.is_finite()).collect()
    }

    /// What a contender did in the last round, in a few lines.
    pub(crate) fn latest(&self, bench: &str, contender: &str) -> String {
        let mut text = String::new();
        for figure in &self.figures {
            if figure.bench == bench && figure.contender == contender {
                let value = figure.rounds.last().copied().unwrap_or(f64::NAN);
                let (value, unit, measure) = (short(value), figure.unit, &figure.measure);
                push(
                    &mut text,
                    format_args!("{contender}: {measure} {value} {unit}"),
                );
            }
        }
        text
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.machine.as_object().into_iter().flatten() {
            let value = value.as_str().map_or(value.to_string(), str::to_owned);
            push(&mut text, format_args!("{name:<14} {value}"));
        }
        let mut bench = "";
        for figure in &self.figures {
            if figure.bench != bench {
                bench = figure.bench;
                push(
                    &mut text,
                    format_args!("\n== {bench}   median [least … most] over the rounds"),
                );
            }
            let (least, most) = figure.spread();
            push(
                &mut text,
                format_args!(
                    "{:<34} {:<44} {:>10} {:<6} [{} … {}]",
                    figure.contender,
                    figure.measure,
                    short(figure.median()),
                    figure.unit,
                    short(least),
                    short(most),
                ),
            );
        }
        if !self.sentences.is_empty() {
            text.push('\n');
        }
        for sentence in &self.sentences {
            push(&mut text, format_args!("- {sentence}"));
        }
        text
    }

    /// For programs.
    pub(crate) fn json(&self) -> String {
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|figure| {
                let (least, most) = figure.spread();
                json!({
                    "bench": figure.bench,
                    "contender": figure.contender,
                    "measure": figure.measure,
                    "unit": figure.unit,
                    "median": figure.median(),
                    "least": least,
                    "most": most,
                    "rounds": figure.rounds,
                })
            })
            .collect();
        let all = json!({
            "machine": self.machine,
            "figures": figures,
            "notes": self.sentences,
        });
        format!("{all:#}\n")
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

/// Three digits that matter, more or less.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// The value that so many of a hundred are not above.
pub(crate) fn percentile<T: Copy + Ord>(values: &[T], percent: usize) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied()
}
