//! The finished comparison: rows in suite order, counted, ready to be reported.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cell::{Cell, Details};
use super::ledger::{self, Causes, Ledger};
use super::summary::{self, Environment};
use super::verdict::Tally;
use super::view::{EnvironmentView, Row};
use crate::outcome::End;
use crate::plan::{Plan, Share};

/// Everything a report says.
#[derive(Debug)]
pub struct Comparison {
    plan: Arc<Plan>,
    cells: Vec<Cell>,
    details: Details,
    causes: Causes,
    /// The judged environments, by their index in the plan.
    judged: Vec<usize>,
    /// What each of them adds up to.
    summaries: Vec<Environment>,
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
        let judged = ledger::judged(&plan);
        let mut comparison = Self {
            plan,
            cells,
            details,
            causes: Causes::of(end),
            judged,
            summaries: Vec::new(),
            started_at,
            duration,
            end,
        };
        let indexes = comparison.judged.iter();
        comparison.summaries = indexes
            .map(|&index| summary::of(comparison.ledger(), index))
            .collect();
        comparison
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger {
            plan: &self.plan,
            cells: &self.cells,
            details: &self.details,
            judged: &self.judged,
            causes: &self.causes,
        }
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

    /// Which part of a suite this is, where it is one of several.
    #[must_use]
    pub fn share(&self) -> Option<&Share> {
        self.plan.share()
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
        self.summaries
            .iter()
            .map(|environment| environment.tally)
            .sum()
    }

    /// The judged environments, in suite order.
    pub fn environments(&self) -> impl ExactSizeIterator<Item = EnvironmentView<'_>> + Clone {
        let summed_up = self.judged.iter().zip(&self.summaries);
        summed_up.map(|(&index, summary)| EnvironmentView {
            environment: &self.plan.environments()[index],
            summary,
        })
    }

    /// One row for each endpoint, in suite order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        let ledger = self.ledger();
        (0..self.plan.endpoints().len()).map(move |endpoint| Row { ledger, endpoint })
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
