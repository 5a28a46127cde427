//! What is left of a list of accepted mismatches, a line for each entry that needs looking at.
//!
//! Input: a comparison. Output: [`Finding`]s. They fail nothing by themselves.

use super::finding::Finding;
use super::text::escaped;
use crate::compare::Comparison;
use crate::suite::Accepted;

/// More lines than anybody reads.
const MOST: usize = 20;

/// The entries that have expired, then those that are stale.
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
        .map(|entry| (STALE.to_owned(), entry));
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
    let finding = |text| Finding {
        verdict: None,
        text,
    };
    lines.into_iter().map(finding).collect()
}

const STALE: &str = "accepted, but no longer so, and may be removed";

fn expired(entry: &Accepted) -> String {
    let until = entry.until.map(|date| format!(" on {date}"));
    format!("accepted, but expired{}", until.unwrap_or_default())
}
