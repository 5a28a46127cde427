//! The finished comparison: rows in suite order, counted, ready to be reported.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cell::{Cell, Details};
use super::summary::{self, Environment};
use super::verdict::{ErrorKind, ProbeError, Tally};
use super::view::{EnvironmentView, Row};
use crate::outcome::{End, FailureKind};
use crate::plan::Plan;

/// Everything a report says.
#[derive(Debug)]
pub struct Comparison {
    pub(super) plan: Arc<Plan>,
    pub(super) cells: Vec<Cell>,
    pub(super) details: Details,
    /// The error of every probe that the run's end left unasked.
    pub(super) unasked: ProbeError,
    /// The error of every probe of an environment that was given up.
    pub(super) unreachable: ProbeError,
    /// The judged environments: their index in the plan, and what they add up to.
    pub(super) judged: Vec<(usize, Environment)>,
    started_at: Timestamp,
    duration: Duration,
    end: End,
}

impl Comparison {
    pub(super) fn new(
        plan: Arc<Plan>,
        cells: Vec<Cell>,
        details: Details,
        started_at: Timestamp,
        duration: Duration,
        end: End,
    ) -> Self {
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
        let unasked = ProbeError {
            kind: ErrorKind::Failure(kind),
            message: message.to_owned(),
        };
        let judged: Vec<_> = (0..plan.environments().len())
            .filter(|&index| plan.environments()[index].is_judged())
            .collect();
        let unreachable = ProbeError {
            kind: ErrorKind::Failure(FailureKind::Unreachable),
            message: "not asked any more: too many probes in a row got no connection".to_owned(),
        };
        let mut comparison = Self {
            plan,
            cells,
            details,
            unasked,
            unreachable,
            judged: Vec::new(),
            started_at,
            duration,
            end,
        };
        let sum_up = |index| (index, summary::of(&comparison, index));
        comparison.judged = judged.into_iter().map(sum_up).collect();
        comparison
    }

    /// The suite's file as the user named it.
    #[must_use]
    pub fn suite(&self) -> &str {
        self.plan.file()
    }

    /// The suite's `name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.plan.name()
    }

    /// The name of the environment that others are compared with, judged or not.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.plan.reference_name()
    }

    /// When the run began (UTC).
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// How it ended.
    #[must_use]
    pub fn end(&self) -> End {
        self.end
    }

    /// The counts over all judged environments.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.judged
            .iter()
            .map(|(_, environment)| environment.tally)
            .sum()
    }

    /// The judged environments, in suite order.
    pub fn environments(&self) -> impl ExactSizeIterator<Item = EnvironmentView<'_>> + Clone {
        self.judged.iter().map(|(index, summary)| EnvironmentView {
            environment: &self.plan.environments()[*index],
            summary,
        })
    }

    /// One row for each endpoint, in suite order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        (0..self.plan.endpoints().len()).map(|endpoint| Row {
            comparison: self,
            endpoint,
        })
    }

    /// Environments whose TLS certificates were not verified, by name.
    #[must_use]
    pub fn insecure(&self) -> Vec<&str> {
        let insecure = self
            .plan
            .environments()
            .iter()
            .filter(|environment| environment.is_insecure());
        insecure.map(crate::plan::Environment::name).collect()
    }
}
