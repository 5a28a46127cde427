//! What is left of a list of accepted mismatches, a line for each entry that needs looking at.
//!
//! Input: a comparison. Output: [`Finding`]s. They fail nothing by themselves.

use super::finding::Finding;
use super::text::{counted, escaped};
use crate::compare::{Comparison, Probe, Verdict};
use crate::suite::Accepted;

/// More lines than anybody reads.
const MOST: usize = 20;

/// The entries that have expired, those that are stale, and how many wait for their reason.
pub(super) fn findings(comparison: &Comparison) -> Vec<Finding> {
    let Some(acceptance) = comparison.acceptance() else {
        return Vec::new();
    };
    let expired = acceptance
        .expired
        .iter()
        .map(|entry| (expired(entry), entry));
    let stale = acceptance
        .stale
        .iter()
        .map(|entry| (stale(comparison, entry), entry));
    let mut all = expired.chain(stale);
    let told = all.by_ref().take(MOST).map(|(what, entry)| {
        let file = &acceptance.file;
        let about = entry.to_string();
        format!(
            "{}:{}: {what}: {}",
            escaped(file),
            entry.line,
            escaped(&about)
        )
    });
    let mut lines: Vec<String> = told.collect();
    let more = all.count();
    if more > 0 {
        lines.push(format!(
            "… and {more} more entries of {}",
            escaped(&acceptance.file)
        ));
    }
    let unexplained = without_reason(comparison);
    if unexplained > 0 {
        let (count, reason) = (counted(unexplained, "probe"), Accepted::NO_REASON);
        lines.push(format!("accepted with no reason but `{reason}`: {count}"));
    }
    let finding = |text| Finding {
        verdict: None,
        text,
    };
    lines.into_iter().map(finding).collect()
}

fn without_reason(comparison: &Comparison) -> usize {
    let probes = comparison.rows().flat_map(|row| row.probes());
    let excuses = probes.filter_map(|probe| probe.excuse());
    excuses
        .filter(|excuse| excuse.reason == Accepted::NO_REASON)
        .count()
}

fn stale(comparison: &Comparison, entry: &Accepted) -> String {
    let name = &entry.environment;
    let mut environments = comparison.environments();
    if !environments.any(|environment| environment.name() == name) {
        return format!("this run has no environment `{}`", escaped(name));
    }
    let mut rows = comparison
        .rows()
        .filter(|row| row.is_meant_by(entry))
        .peekable();
    if rows.peek().is_none() {
        // Other suites, or this one as another run reads it, may have it.
        return match comparison.suites().as_slice() {
            [_] => "the suite has no such endpoint".to_owned(),
            _ => "no suite of this run has such an endpoint".to_owned(),
        };
    }
    let still_occurs = |probe: Probe<'_>| {
        probe.verdict() == Verdict::Mismatch
            && probe.environment() == entry.environment
            && probe.status() == entry.status
    };
    let what = if entry.location.is_none() && rows.flat_map(|row| row.probes()).any(still_occurs) {
        "not accepted without a `location`, since it is the redirect's target that is wrong"
    } else {
        "accepted, but no longer so, and may be removed"
    };
    what.to_owned()
}

fn expired(entry: &Accepted) -> String {
    let until = entry.until.map(|date| format!(" on {date}"));
    format!("accepted, but expired{}", until.unwrap_or_default())
}
