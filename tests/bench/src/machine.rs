//! Which machine the figures are from.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::figure::{micros, percentile};

/// Everything that a figure depends on and that can be told.
pub(crate) fn describe(folder: &Path) -> std::io::Result<Value> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let mounts = read("/proc/self/mounts");
    let sync = sync_time(folder)?;
    let build = if cfg!(debug_assertions) {
        "debug: the figures mean nothing"
    } else {
        "release"
    };
    Ok(json!({
        "cores": std::thread::available_parallelism()?.get().to_string(),
        "cpu": cpu,
        "memory": memory,
        "kernel": kernel.trim(),
        "rustc": rustc(),
        "build": build,
        "load before": load.trim(),
        "file system": file_system(&mounts, folder),
        "fsync": format!("{:.0}/s, {:.0} µs, by the median of 200 writes of 4 KiB", 1e6 / micros(sync), micros(sync)),
    }))
}

fn field(text: &str, name: &str) -> String {
    let found = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    found.unwrap_or_else(|| "unknown".to_owned())
}

fn rustc() -> String {
    let asked = Command::new("rustc").arg("--version").output();
    asked.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// The kind of the file system that a folder is on: the mount whose path is the longest start of the folder's.
fn file_system(mounts: &str, folder: &Path) -> String {
    let found = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (place, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(place).then_some((place.len(), kind))
    });
    found
        .max_by_key(|(length, _)| *length)
        .map_or("unknown", |(_, kind)| kind)
        .to_owned()
}

/// How long the disk takes to promise something: commits cost at least this.
fn sync_time(folder: &Path) -> std::io::Result<Duration> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    Ok(percentile(&times, 50).unwrap_or_default())
}
