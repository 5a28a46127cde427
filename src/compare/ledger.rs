//! What views read: the probes of a finished comparison, of one under way, or of the reports of earlier ones.

use super::cell::Cell;
use super::details::Details;
use super::record::Recorded;
use super::verdict::{ErrorKind, ProbeError};
use crate::outcome::{End, FailureKind};
use crate::plan::Plan;

/// A look at all probes; as cheap to copy as a few references.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ledger<'c> {
    pub(super) source: Source<'c>,
    /// The judged environments, by their index in the source.
    pub(super) judged: &'c [usize],
}

/// Where rows and probes are read from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'c> {
    /// This run.
    Planned(Planned<'c>),
    /// The reports of earlier ones.
    Recorded(&'c Recorded),
}

/// What was planned, and what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned<'c> {
    pub(super) plan: &'c Plan,
    pub(super) cells: &'c [Cell],
    pub(super) details: &'c Details,
    pub(super) causes: &'c Causes,
}

impl Source<'_> {
    /// How many rows there are.
    pub(super) fn endpoints(&self) -> usize {
        match self {
            Self::Planned(planned) => planned.plan.endpoints().len(),
            Self::Recorded(recorded) => recorded.rows.len(),
        }
    }

    /// How many environments there are, judged or not.
    pub(super) fn environments(&self) -> usize {
        match self {
            Self::Planned(planned) => planned.plan.environments().len(),
            Self::Recorded(recorded) => recorded.environments.len(),
        }
    }
}

/// The errors that many probes share.
#[derive(Debug)]
pub(super) struct Causes {
    /// Of every probe that the run's end left unasked.
    pub(super) unasked: ProbeError,
    /// Of every probe of an environment that was given up.
    pub(super) unreachable: ProbeError,
    /// Of every probe whose answer there is nothing to compare with.
    pub(super) no_reference: ProbeError,
    /// Of every probe that a wall answered, for each environment of the plan that has one.
    pub(super) walls: Vec<Option<ProbeError>>,
}

impl Causes {
    pub(super) fn of(plan: &Plan, end: End) -> Self {
        let (kind, message) = match end {
            End::Deadline => (
                FailureKind::Deadline,
                "the run's deadline was over before an answer came",
            ),
            _ => (
                FailureKind::Interrupted,
                "the run was interrupted before an answer came",
            ),
        };
        let error = |kind, message: &str| ProbeError {
            kind: ErrorKind::Failure(kind),
            message: message.to_owned(),
        };
        let no_reference = format!(
            "nothing to compare with: `{}` gave no answer that others can be held to",
            plan.reference_name()
        );
        Self {
            unasked: error(kind, message),
            unreachable: error(
                FailureKind::Unreachable,
                "not asked any more: too many probes in a row got no connection",
            ),
            no_reference: ProbeError {
                kind: ErrorKind::NoReference,
                message: plan.secrets().redact(&no_reference).into_owned(),
            },
            walls: Vec::new(),
        }
    }
}

/// The environments of `plan` that are judged, by their index.
pub(super) fn judged(plan: &Plan) -> Vec<usize> {
    (0..plan.environments().len())
        .filter(|&index| plan.environments()[index].is_judged())
        .collect()
}
