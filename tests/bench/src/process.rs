//! What a process has used, by the kernel's own books.

use std::time::Duration;

/// The kernel tells processor time to programs in hundredths of a second, on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// What stands in one line of the kernel's book.
struct Line {
    parent: u32,
    /// Processor time of this process, user and system.
    own: u32,
    /// The same of its children that have ended.
    children: u32,
}

fn line(pid: &str) -> Option<Line> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |place: usize| fields.get(place)?.parse::<u32>().ok();
    Some(Line {
        parent: field(1)?,
        own: field(11)? + field(12)?,
        children: field(13)? + field(14)?,
    })
}

/// Processor time of this process so far, all threads, ended ones too.
pub(crate) fn own_cpu() -> Duration {
    line("self").map_or(Duration::ZERO, |line| TICK * line.own)
}

/// Processor time of another process so far, and of all that it has started.
pub(crate) fn family_cpu(pid: u32) -> Duration {
    let head = line(&pid.to_string()).map_or(0, |line| line.own + line.children);
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let alive = all.filter_map(|entry| {
        let name = entry.file_name();
        line(name.to_str()?).filter(|line| line.parent == pid)
    });
    TICK * alive.map(|line| line.own).sum::<u32>().saturating_add(head)
}

/// Processor time so far of those threads of this process whose names begin so; ended ones are left out.
pub(crate) fn own_threads_cpu(name: &str) -> Duration {
    let all = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let theirs = all.flatten().filter_map(|entry| {
        let thread = entry.file_name();
        let path = format!("self/task/{}", thread.to_str()?);
        let called = std::fs::read_to_string(format!("/proc/{path}/comm")).ok()?;
        called.starts_with(name).then(|| line(&path))?
    });
    TICK * theirs.map(|line| line.own).sum::<u32>()
}

/// Processor time so far that anybody on this machine has used.
pub(crate) fn machine_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let fields: Vec<u64> = first
        .split_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq; what comes after is contained in them, or stolen.
    let busy = [0, 1, 2, 5, 6]
        .iter()
        .filter_map(|place| fields.get(*place));
    Duration::from_millis(busy.sum::<u64>() * 10)
}

/// How often somebody made a disk of this machine write down what it held back.
pub(crate) fn disk_flushes() -> u64 {
    let text = std::fs::read_to_string("/proc/diskstats").unwrap_or_default();
    let flushes = |line: &str| line.split_whitespace().nth(18)?.parse::<u64>().ok();
    text.lines().filter_map(flushes).max().unwrap_or(0)
}

/// Memory of this process in KiB: now, and the most it ever was.
pub(crate) fn memory_kib() -> (u64, u64) {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|line| line.split_whitespace().next());
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// Waits for a line on the standard input; false at its end.
pub(crate) async fn next_input() -> anyhow::Result<bool> {
    let read = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    Ok(read.await?? > 0)
}
