//! The finished comparison: rows in suite order, counted, ready to be reported.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::accept::Acceptance;
use super::cell::{Cell, State};
use super::details::Details;
use super::ledger::{self, Causes, Ledger, Planned, Source};
use super::record::Recorded;
use super::summary::{self, Environment};
use super::verdict::{Excuse, ProbeError, Tally};
use super::view::{EnvironmentView, Row};
use super::wall;
use crate::outcome::End;
use crate::plan::{Plan, Share};

/// Everything a report says.
#[derive(Debug)]
pub struct Comparison {
    kept: Kept,
    /// The judged environments, by their index in what was kept.
    judged: Vec<usize>,
    /// What each of them adds up to.
    summaries: Vec<Environment>,
    started_at: Timestamp,
    duration: Duration,
    end: End,
    acceptance: Option<Acceptance>,
}

/// What rows and probes are read from.
#[derive(Debug)]
enum Kept {
    /// This run.
    Planned {
        plan: Arc<Plan>,
        cells: Vec<Cell>,
        details: Details,
        causes: Causes,
    },
    /// The reports of earlier ones.
    Recorded(Recorded),
}

impl Comparison {
    pub(super) fn new(
        plan: Arc<Plan>,
        mut cells: Vec<Cell>,
        details: Details,
        started_at: Timestamp,
        duration: Duration,
        end: End,
    ) -> Self {
        let judged = ledger::judged(&plan);
        let mut causes = Causes::of(&plan, end);
        let planned = Planned {
            plan: &plan,
            cells: &cells,
            details: &details,
            causes: &causes,
        };
        // A shard sees too little of an environment to tell: that is for the merger of all.
        if !plan.share().is_some_and(Share::is_part) {
            causes.walls = wall::all(Ledger {
                source: Source::Planned(planned),
                judged: &judged,
            });
        }
        let walls: Vec<_> = causes.walls.iter().map(Option::as_ref).collect();
        put_behind_walls(&mut cells, &walls);
        let kept = Kept::Planned {
            plan,
            cells,
            details,
            causes,
        };
        Self::summed_up(kept, judged, (started_at, duration, end))
    }

    /// A comparison that was made before; only its counts are made anew. Every row has a probe for each environment.
    pub(super) fn recorded(mut recorded: Recorded) -> Self {
        let acceptance = recorded.acceptance.take();
        let times = (recorded.started_at, recorded.duration, recorded.end);
        let judged = (0..recorded.environments.len()).collect();
        Self {
            acceptance,
            ..Self::summed_up(Kept::Recorded(recorded), judged, times)
        }
    }

    fn summed_up(
        kept: Kept,
        judged: Vec<usize>,
        (started_at, duration, end): (Timestamp, Duration, End),
    ) -> Self {
        let mut comparison = Self {
            kept,
            judged,
            summaries: Vec::new(),
            started_at,
            duration,
            end,
            acceptance: None,
        };
        comparison.sum_up();
        comparison
    }

    fn sum_up(&mut self) {
        let source = self.ledger().source;
        let indexes = self.judged.iter();
        self.summaries = indexes.map(|&index| summary::of(source, index)).collect();
    }

    /// Takes what walls answered for answers of their environments. Tells which of the judged ones have a wall. What a
    /// report says of walls stays: it does not tell what their answers would have been otherwise.
    pub(super) fn lift_walls(&mut self) -> Vec<usize> {
        let Kept::Planned { cells, plan, .. } = &mut self.kept else {
            return Vec::new();
        };
        let environments = plan.environments().len();
        let mut walled = vec![false; environments];
        for (index, cell) in cells.iter_mut().enumerate() {
            if cell.is_walled() {
                walled[index % environments] = true;
                cell.set_walled(false);
            }
        }
        let judged = self.judged.iter().enumerate();
        judged
            .filter(|(_, index)| walled[**index])
            .map(|(position, _)| position)
            .collect()
    }

    /// Puts the judged environment with this index behind its wall again.
    pub(super) fn raise_wall(&mut self, environment: usize) {
        let Kept::Planned { cells, causes, .. } = &mut self.kept else {
            return;
        };
        let only = self.judged.get(environment);
        let walls = causes.walls.iter().enumerate();
        let walls = walls.map(|(index, wall)| wall.as_ref().filter(|_| only == Some(&index)));
        put_behind_walls(cells, &walls.collect::<Vec<_>>());
    }

    /// Marks what is accepted, each by endpoint and judged environment, and nothing else.
    pub(super) fn set_accepted(
        &mut self,
        acceptance: Acceptance,
        excused: Vec<(usize, usize, Excuse)>,
    ) {
        match &mut self.kept {
            Kept::Recorded(recorded) => recorded.set_accepted(excused),
            Kept::Planned {
                plan,
                cells,
                details,
                ..
            } => {
                for cell in &mut *cells {
                    if cell.state == State::Accepted {
                        cell.state = State::Mismatch;
                    }
                }
                for (endpoint, environment, excuse) in excused {
                    let index = endpoint * plan.environments().len() + self.judged[environment];
                    let cell = &mut cells[index];
                    cell.state = State::Accepted;
                    cell.mark_detail();
                    let detail = details.get_or_add(index);
                    detail.excuse = Some(Box::new(excuse));
                }
            }
        }
        self.acceptance = Some(acceptance);
        self.sum_up();
    }

    /// What became of the list of accepted mismatches, if there was one.
    #[must_use]
    pub fn acceptance(&self) -> Option<&Acceptance> {
        self.acceptance.as_ref()
    }

    fn ledger(&self) -> Ledger<'_> {
        let source = match &self.kept {
            Kept::Planned {
                plan,
                cells,
                details,
                causes,
            } => Source::Planned(Planned {
                plan,
                cells,
                details,
                causes,
            }),
            Kept::Recorded(recorded) => Source::Recorded(recorded),
        };
        Ledger {
            source,
            judged: &self.judged,
        }
    }

    /// The suite's file as the user named it; of several suites all of them, with commas between.
    #[must_use]
    pub fn suite(&self) -> &str {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.suite(),
            Kept::Recorded(recorded) => &recorded.suite,
        }
    }

    /// The files of the suites, as the user named them.
    #[must_use]
    pub fn suites(&self) -> Vec<&str> {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.suites().collect(),
            Kept::Recorded(recorded) => recorded.suites(),
        }
    }

    /// The file of the first suite, as the user named it.
    #[must_use]
    pub fn file(&self) -> &str {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.file(),
            Kept::Recorded(recorded) => recorded.file(),
        }
    }

    /// The suite's `name`; the names of several, where each of them has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.name(),
            Kept::Recorded(recorded) => recorded.name.as_deref(),
        }
    }

    /// The name of the environment that others are compared with, judged or not.
    #[must_use]
    pub fn reference(&self) -> &str {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.reference_name(),
            Kept::Recorded(recorded) => &recorded.reference,
        }
    }

    /// Which part of a suite this is, where it is one of several.
    #[must_use]
    pub fn share(&self) -> Option<&Share> {
        match &self.kept {
            Kept::Planned { plan, .. } => plan.share(),
            Kept::Recorded(recorded) => recorded.share.as_ref(),
        }
    }

    /// When the run began (UTC).
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// How long it took, to a tenth of a millisecond.
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
        let summaries = self.summaries.iter();
        summaries.map(|summary| EnvironmentView { summary })
    }

    /// One row for each endpoint, in suite order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        let ledger = self.ledger();
        (0..ledger.source.endpoints()).map(move |endpoint| Row { ledger, endpoint })
    }

    /// Environments whose TLS certificates were not verified, by name.
    #[must_use]
    pub fn insecure(&self) -> Vec<&str> {
        match &self.kept {
            Kept::Planned { plan, .. } => {
                let environments = plan.environments().iter();
                let insecure = environments.filter(|environment| environment.is_insecure());
                insecure.map(crate::plan::Environment::name).collect()
            }
            Kept::Recorded(recorded) => recorded.insecure.iter().map(String::as_str).collect(),
        }
    }
}

/// What a wall answered was not answered by the environment behind it.
fn put_behind_walls(cells: &mut [Cell], walls: &[Option<&ProbeError>]) {
    for (index, _) in walls.iter().enumerate().filter(|(_, wall)| wall.is_some()) {
        for cell in cells.iter_mut().skip(index).step_by(walls.len()) {
            let is_judged = matches!(
                cell.state,
                State::Match | State::Mismatch | State::Error | State::NoReference
            );
            if is_judged && cell.status().is_some() {
                cell.set_walled(true);
            }
        }
    }
}
