//! Input: the machine. Output: what of it has to be known to judge the figures.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// A line on cores, processor, memory, distribution, kernel and how it shares processors out.
pub(crate) fn describe() -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let processor = value("/proc/cpuinfo", "model name");
    let memory = value("/proc/meminfo", "MemTotal");
    let kilobytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
    let gibibytes = kilobytes / f64::from(1 << 20);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = value("/etc/os-release", "PRETTY_NAME");
    let autogroup = fs::read_to_string("/proc/sys/kernel/sched_autogroup_enabled");
    format!(
        "{cores} cores ({processor}), {gibibytes:.0} GiB, {}, Linux {} (sched_autogroup_enabled {})",
        system.trim_matches('"'),
        kernel.trim(),
        autogroup.as_deref().unwrap_or("unknown").trim()
    )
}

/// Today, as `2026-01-31`.
pub(crate) fn today() -> String {
    let output = Command::new("date").args(["-u", "+%F"]).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// What stands behind the first such key, after `:` or `=`.
fn value(file: &str, key: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let value = line.unwrap_or("unknown").trim_start();
    value.trim_start_matches([':', '=']).trim().to_owned()
}
