//! What deserves a row: the probes that one line cannot tell together.
//!
//! Input: a comparison. Output: whether a probe, or a whole row, has something of its own to say. What is true
//! of a whole environment, or follows from it, is told once, in a finding.

use super::unsent::is_row_unsent;
use crate::compare::{Comparison, EnvironmentView, ErrorKind, Probe, Row, Uniform, Verdict};
use crate::outcome::FailureKind;

/// Which environments are told in one line instead of a row for each of their probes.
pub(super) struct News {
    /// In the order of the comparison's environments.
    uniform: Vec<bool>,
    /// Whether the reference is among them: then a missing reference is no news either.
    reference_uniform: bool,
    /// Which of them are behind a wall: then what got lost on the way to it is news nevertheless.
    walled: Vec<bool>,
}

impl News {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let reference = comparison.reference();
        Self {
            uniform: comparison
                .environments()
                .map(|environment| environment.uniform().is_some())
                .collect(),
            reference_uniform: comparison.environments().any(|environment| {
                environment.name() == reference && environment.uniform().is_some()
            }),
            walled: comparison.environments().map(is_walled).collect(),
        }
    }

    /// Whether any of the row's probes has something to say.
    pub(super) fn in_row(&self, row: Row<'_>) -> bool {
        row.probes()
            .enumerate()
            .any(|(environment, probe)| self.in_probe(environment, probe))
    }

    /// Whether a list has the row: `all` but those that were sent nowhere, or those that have something to say.
    pub(super) fn lists(&self, row: Row<'_>, all: bool) -> bool {
        self.in_row(row) || (all && !is_row_unsent(row))
    }

    /// Whether the probe on the `environment`th environment went wrong in a way of its own.
    pub(super) fn in_probe(&self, environment: usize, probe: Probe<'_>) -> bool {
        match probe.verdict() {
            Verdict::Match => probe.flaky(),
            Verdict::Accepted | Verdict::Skipped => false,
            Verdict::Mismatch => !self.is_told(environment, probe),
            Verdict::Error => !self.is_told(environment, probe) && !self.follows(probe),
        }
    }

    /// Whether the line on the whole environment tells the probe as well.
    pub(super) fn is_told(&self, environment: usize, probe: Probe<'_>) -> bool {
        let is_walled = self.walled.get(environment) == Some(&true);
        self.is_uniform(environment)
            && (!is_walled || probe.error_kind() == Some(ErrorKind::Walled))
    }

    /// Whether one line tells all of the environment's probes.
    pub(super) fn is_uniform(&self, environment: usize) -> bool {
        self.uniform.get(environment) == Some(&true)
    }

    /// Whether the error only follows from what is told elsewhere.
    fn follows(&self, probe: Probe<'_>) -> bool {
        match probe.error_kind() {
            Some(ErrorKind::NoReference) => self.reference_uniform,
            Some(ErrorKind::Failure(kind)) => {
                matches!(
                    kind,
                    FailureKind::Unreachable | FailureKind::Deadline | FailureKind::Interrupted
                )
            }
            Some(ErrorKind::Walled) | None => false,
        }
    }
}

fn is_walled(environment: EnvironmentView<'_>) -> bool {
    matches!(environment.uniform(), Some(Uniform::Error { error, .. }) if error.kind == ErrorKind::Walled)
}
