//! The progress bar on a terminal: by the provider's percentage, else by the model's usual time.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// How many cells the bar has.
const WIDTH: u32 = 30;

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(120);

/// A bar that moves by itself. It never claims to be done before it is.
pub(crate) fn bar(typical: Duration) -> ProgressBar {
    let bar = ProgressBar::new(100);
    let cells = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // A bar that cannot be drawn is drawn at the next tick.
        let _ = out.write_str(&cells(state.pos(), state.elapsed(), typical));
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} [{cells}] {elapsed:>4} {msg}") {
        bar.set_style(style.with_key("cells", cells));
    }
    bar.enable_steady_tick(TICK);
    bar
}

fn cells(percent: u64, elapsed: Duration, typical: Duration) -> String {
    let share = if percent > 0 {
        f64::from(u32::try_from(percent).unwrap_or(100)) / 100.0
    } else {
        elapsed.as_secs_f64() / typical.as_secs_f64().max(1.0)
    };
    let cell = |cell: u32| {
        let filled = cell + 1 < WIDTH && f64::from(cell) < share * f64::from(WIDTH);
        if filled { '#' } else { '.' }
    };
    (0..WIDTH).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(percent: u64, seconds: u64) -> usize {
        let drawn = cells(
            percent,
            Duration::from_secs(seconds),
            Duration::from_mins(1),
        );
        assert_eq!(drawn.chars().count(), 30);
        drawn.matches('#').count()
    }

    #[test]
    fn a_percentage_counts_more_than_the_time() {
        assert_eq!(filled(50, 59), 15);
        assert_eq!(filled(0, 30), 15);
        assert_eq!(filled(0, 0), 0);
    }

    #[test]
    fn the_bar_is_never_full_before_the_end() {
        assert_eq!(filled(100, 0), 29);
        assert_eq!(filled(0, 10_000), 29);
    }
}
