//! Exit codes: the verdict as a number that gates a pipeline.
//!
//! Input: a finished [`Comparison`]. Output: an [`ExitStatus`]. It refuses to end the process: that is the
//! binary's to do.

use crate::compare::{Comparison, End, Tally};

/// How the process ends. The codes are part of the contract with pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// 0: every probe matched, was accepted, or was skipped on purpose.
    Passed,
    /// 1: at least one mismatch.
    Mismatch,
    /// 2: nothing was sent: bad usage, bad suite, or nothing selected.
    NothingSent,
    /// 3: no mismatch, but at least one probe is an error.
    Inconclusive,
    /// 4: the run finished, but a report could not be written.
    ReportFailed,
    /// 130: interrupted (SIGINT).
    Interrupted,
    /// 143: told to end (SIGTERM).
    Terminated,
}

/// What probes that are errors do to the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// They make the run inconclusive.
    #[default]
    Fail,
    /// They do not count, as long as something matched.
    Pass,
}

/// What fails a run besides mismatches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gate {
    /// What errors do.
    pub on_error: OnError,
    /// Whether a probe that matched only after a retry counts as a mismatch.
    pub fail_on_flaky: bool,
}

impl ExitStatus {
    /// The verdict on a finished comparison. An interrupt outranks a mismatch, a mismatch an error.
    #[must_use]
    pub fn of(comparison: &Comparison, gate: Gate) -> Self {
        judge(comparison.end(), comparison.tally(), gate)
    }

    /// The same, where a report could not be written: that outranks all but a mismatch and an interrupt.
    #[must_use]
    pub const fn with_report_failure(self) -> Self {
        match self {
            Self::Passed | Self::Inconclusive | Self::ReportFailed => Self::ReportFailed,
            Self::Mismatch | Self::NothingSent | Self::Interrupted | Self::Terminated => self,
        }
    }

    /// The number the process ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Mismatch => 1,
            Self::NothingSent => 2,
            Self::Inconclusive => 3,
            Self::ReportFailed => 4,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

fn judge(end: End, tally: Tally, gate: Gate) -> ExitStatus {
    let errors_count = gate.on_error == OnError::Fail || tally.matched == 0;
    let mismatched = tally.mismatched > 0 || (gate.fail_on_flaky && tally.flaky > 0);
    match end {
        End::Interrupted => ExitStatus::Interrupted,
        End::Terminated => ExitStatus::Terminated,
        End::Complete | End::Deadline if mismatched => ExitStatus::Mismatch,
        End::Complete | End::Deadline if tally.errors > 0 && errors_count => {
            ExitStatus::Inconclusive
        }
        End::Complete | End::Deadline => ExitStatus::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(end: End, [matched, mismatched, errors, skipped]: [usize; 4], on_error: OnError) -> u8 {
        let tally = Tally {
            matched,
            mismatched,
            accepted: 0,
            errors,
            skipped,
            flaky: 0,
        };
        let gate = Gate {
            on_error,
            ..Gate::default()
        };
        judge(end, tally, gate).code()
    }

    #[test]
    fn zero_where_all_matched_or_were_skipped() {
        assert_eq!(code(End::Complete, [3, 0, 0, 0], OnError::Fail), 0);
        assert_eq!(code(End::Complete, [3, 0, 0, 2], OnError::Fail), 0);
        assert_eq!(code(End::Complete, [0, 0, 0, 2], OnError::Fail), 0);
    }

    #[test]
    fn one_for_a_mismatch_whatever_else_happened() {
        assert_eq!(code(End::Complete, [3, 1, 0, 0], OnError::Fail), 1);
        assert_eq!(code(End::Complete, [3, 1, 5, 0], OnError::Pass), 1);
        assert_eq!(code(End::Deadline, [3, 1, 5, 0], OnError::Fail), 1);
    }

    #[test]
    fn two_where_nothing_was_sent() {
        assert_eq!(ExitStatus::NothingSent.code(), 2);
    }

    #[test]
    fn three_for_errors_alone() {
        assert_eq!(code(End::Complete, [3, 0, 1, 0], OnError::Fail), 3);
        assert_eq!(code(End::Deadline, [3, 0, 1, 0], OnError::Fail), 3);
    }

    #[test]
    fn errors_pass_on_demand_if_something_matched() {
        assert_eq!(code(End::Complete, [1, 0, 5, 0], OnError::Pass), 0);
        assert_eq!(code(End::Complete, [0, 0, 5, 1], OnError::Pass), 3);
    }

    #[test]
    fn an_interrupt_outranks_a_mismatch() {
        assert_eq!(code(End::Interrupted, [3, 1, 1, 0], OnError::Fail), 130);
        assert_eq!(code(End::Terminated, [3, 1, 1, 0], OnError::Fail), 143);
        assert_eq!(code(End::Interrupted, [3, 0, 0, 0], OnError::Pass), 130);
    }

    #[test]
    fn four_outranks_only_zero_and_three() {
        for (verdict, code) in [
            (ExitStatus::Passed, 4),
            (ExitStatus::Inconclusive, 4),
            (ExitStatus::ReportFailed, 4),
            (ExitStatus::Mismatch, 1),
            (ExitStatus::NothingSent, 2),
            (ExitStatus::Interrupted, 130),
            (ExitStatus::Terminated, 143),
        ] {
            assert_eq!(verdict.with_report_failure().code(), code, "{verdict:?}");
        }
    }

    #[test]
    fn flaky_fails_on_demand() {
        let tally = Tally {
            matched: 2,
            flaky: 1,
            ..Tally::default()
        };
        for (fail_on_flaky, code) in [(false, 0), (true, 1)] {
            let gate = Gate {
                fail_on_flaky,
                ..Gate::default()
            };
            assert_eq!(judge(End::Complete, tally, gate).code(), code);
        }
    }
}
