//! The last lines of a report for people: counts, what each environment answered, the verdict.
//!
//! Input: a comparison and the exit status. Output: one line of text each. It counts nothing itself.

use std::time::Duration;

use super::cell::mark;
use super::text::{counted, escaped};
use crate::compare::{Comparison, End, EnvironmentView, Verdict};
use crate::exit::ExitStatus;

/// `9 endpoints × 3 environments = 27 probes: 24 matched, 3 mismatched, 0 errors`
pub(super) fn counts(comparison: &Comparison) -> String {
    let tally = comparison.tally();
    let mut text = format!(
        "{} × {} = {}: {} matched, {} mismatched, {}",
        counted(comparison.rows().len(), "endpoint"),
        counted(comparison.environments().len(), "environment"),
        counted(tally.probes(), "probe"),
        tally.matched,
        tally.mismatched,
        counted(tally.errors, "error"),
    );
    for (count, word) in [
        (tally.accepted, "accepted"),
        (tally.skipped, "skipped"),
        (tally.flaky, "flaky"),
    ] {
        if count > 0 {
            text.extend([", ", &count.to_string(), " ", word]);
        }
    }
    text
}

/// `281×200 12×301 7×404`
pub(super) fn census(environment: EnvironmentView<'_>) -> String {
    let statuses = environment.statuses();
    if statuses.is_empty() {
        return "no answer".to_owned();
    }
    let words: Vec<String> = statuses
        .iter()
        .map(|(status, count)| format!("{count}×{}", status.as_u16()))
        .collect();
    words.join(" ")
}

/// What the process ends with, in a line, and how it is to be shown.
pub(super) fn verdict(comparison: &Comparison, exit: ExitStatus) -> (Verdict, String) {
    let (verdict, ending) = ending(comparison, exit);
    let suite = escaped(comparison.suite());
    let name = comparison.name().map_or_else(
        || suite.to_string(),
        |name| format!("{} ({suite})", escaped(name)),
    );
    let part = part(comparison);
    (verdict, format!("{} {name}{part}: {ending}", mark(verdict)))
}

/// `, shard 2/5` where it is one of several, to stand behind the suite's name.
pub(super) fn part(comparison: &Comparison) -> String {
    let share = comparison.share();
    share.map_or_else(String::new, |share| format!(", shard {}", share.shard))
}

/// The same without the suite's name: `failed after 41 ms (exit code 1)`.
pub(super) fn ending(comparison: &Comparison, exit: ExitStatus) -> (Verdict, String) {
    let incomplete = match comparison.end() {
        End::Complete => "",
        End::Deadline => ", incomplete: the deadline came first",
        End::Interrupted | End::Terminated => ", incomplete",
    };
    let (verdict, what) = match exit {
        ExitStatus::Passed if comparison.tally().errors > 0 => {
            (Verdict::Match, "passed, errors aside,")
        }
        ExitStatus::Passed => (Verdict::Match, "passed"),
        ExitStatus::Mismatch => (Verdict::Mismatch, "failed"),
        ExitStatus::NothingSent => (Verdict::Error, "sent nothing"),
        ExitStatus::Inconclusive => (Verdict::Error, "inconclusive"),
        ExitStatus::ReportFailed => (Verdict::Error, "left a report unwritten"),
        ExitStatus::Interrupted => (Verdict::Error, "interrupted"),
        ExitStatus::Terminated => (Verdict::Error, "terminated"),
    };
    let time = seconds(comparison.duration());
    let code = if exit == ExitStatus::Passed {
        String::new()
    } else {
        format!(" (exit code {})", exit.code())
    };
    (verdict, format!("{what} after {time}{incomplete}{code}"))
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        1..60 => format!("{:.1} s", duration.as_secs_f64()),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}
