//! What was never sent because the run ended first: counted, where a row each would be a million lines of nothing.
//!
//! Input: a comparison. Output: for each environment how many such probes it has, and whether a probe is one.

use super::advice;
use super::cell::label;
use super::text::counted;
use crate::compare::{Comparison, ErrorKind, Probe, Row};

/// All probes of an environment that were never sent for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsent {
    pub(super) kind: ErrorKind,
    pub(super) probes: usize,
}

impl Unsent {
    /// What stands where an endpoint would: `left unasked: interrupted`.
    pub(super) fn title(&self) -> String {
        format!("left unasked: {}", label(self.kind))
    }

    /// How many, and what that means.
    pub(super) fn message(&self) -> String {
        let probes = counted(self.probes, "probe");
        format!("{probes}: {}", advice::on_error(self.kind))
    }
}

/// Whether the run's end came before the probe was sent, or before anything came of it.
pub(super) fn is_unsent(probe: Probe<'_>) -> bool {
    probe.is_unasked() && probe.attempts() == 0
}

/// Whether that is so of all probes of the row.
pub(super) fn is_row_unsent(row: Row<'_>) -> bool {
    row.probes().all(is_unsent)
}

/// Those of each environment, in the order of the comparison. Runs that are merged may have ended each in its way.
pub(super) fn unsent(comparison: &Comparison) -> Vec<Vec<Unsent>> {
    let mut unsent = vec![Vec::new(); comparison.environments().len()];
    if comparison
        .environments()
        .all(|environment| environment.unasked() == 0)
    {
        return unsent;
    }
    for row in comparison.rows() {
        for (probe, unsent) in row.probes().zip(&mut unsent) {
            if let Some(kind) = probe.error_kind().filter(|_| is_unsent(probe)) {
                count(unsent, kind);
            }
        }
    }
    unsent
}

fn count(unsent: &mut Vec<Unsent>, kind: ErrorKind) {
    match unsent.iter_mut().find(|known| known.kind == kind) {
        Some(known) => known.probes += 1,
        None => unsent.push(Unsent { kind, probes: 1 }),
    }
}
