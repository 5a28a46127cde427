//! What was never sent, because the run ended first or an environment had stopped answering: counted, where a row each
//! would be a million lines of nothing.
//!
//! Input: a comparison. Output: for each environment how many such probes it has, and whether a probe is one.

use super::advice;
use super::cell::label;
use super::text::counted;
use crate::compare::{Comparison, ErrorKind, Probe, Row, Verdict};
use crate::outcome::FailureKind;

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

/// How many fewer there are, where one stands for all of its probes.
pub(super) fn folded(unsent: &[Unsent]) -> usize {
    let probes: usize = unsent.iter().map(|unsent| unsent.probes).sum();
    probes - unsent.len()
}

/// Whether the probe was never sent, or the run's end came before anything came of it.
pub(super) fn is_unsent(probe: Probe<'_>) -> bool {
    use FailureKind::{Deadline, Interrupted, Unreachable};
    let kind = probe.error_kind();
    let kinds = [Deadline, Interrupted, Unreachable].map(|kind| Some(ErrorKind::Failure(kind)));
    kinds.contains(&kind) && probe.attempts() == 0
}

/// Whether that is so of all of the row's probes that are not left out on purpose.
pub(super) fn is_row_unsent(row: Row<'_>) -> bool {
    let mut asked = row
        .probes()
        .filter(|probe| probe.verdict() != Verdict::Skipped)
        .peekable();
    asked.peek().is_some() && asked.all(is_unsent)
}

/// Those of each environment, in the order of the comparison.
pub(super) fn unsent(comparison: &Comparison) -> Vec<Vec<Unsent>> {
    let mut unsent = vec![Vec::new(); comparison.environments().len()];
    if comparison.tally().errors == 0 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::left;

    #[test]
    fn counts_what_was_never_sent_by_its_reason() {
        let comparison = left();
        let unsent = unsent(&comparison);
        let counts = unsent.iter().map(|unsent| {
            let counts = unsent.iter().map(|it| (it.kind.as_str(), it.probes));
            counts.collect::<Vec<_>>()
        });
        let expected = [
            vec![("interrupted", 3)],
            vec![("unreachable", 2), ("interrupted", 1)],
        ];
        assert_eq!(counts.collect::<Vec<_>>(), expected);
        assert_eq!(folded(&unsent.concat()), 3);
        let rows = comparison.rows().map(is_row_unsent);
        assert_eq!(rows.collect::<Vec<_>>(), [false, true, true, true]);
    }
}
