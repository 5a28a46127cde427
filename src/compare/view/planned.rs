//! A probe of this run: what was planned for it, and the compact cell of what came of it.

use crate::compare::cell::{Cell, State};
use crate::compare::details::Detail;
use crate::compare::ledger::Planned;
use crate::compare::verdict::{ProbeError, Verdict};
use crate::compare::wall::{self, Door, SignIn};
use crate::expect::Expectation;
use crate::plan::{self, Environment, ProbeId, Share};

/// One endpoint on one environment of this run.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedProbe<'c> {
    planned: Planned<'c>,
    id: ProbeId,
}

impl<'c> PlannedProbe<'c> {
    pub(super) fn new(planned: Planned<'c>, endpoint: usize, environment: usize) -> Self {
        let id = ProbeId {
            endpoint,
            environment,
        };
        Self { planned, id }
    }

    pub(super) fn environment(&self) -> &'c Environment {
        &self.planned.plan.environments()[self.id.environment]
    }

    pub(super) fn url(&self) -> String {
        let plan = self.planned.plan;
        let endpoint = &plan.endpoints()[self.id.endpoint];
        let path = || endpoint.path();
        let target = self.request().map_or_else(path, |probe| probe.shown_target);
        let url = self.environment().at(endpoint.service()).url_text(target);
        plan.secrets().redact(&url).into_owned()
    }

    pub(super) fn verdict(&self) -> Verdict {
        if self.cell().is_walled() {
            return Verdict::Error;
        }
        match self.cell().state {
            State::Skipped => Verdict::Skipped,
            State::Match => Verdict::Match,
            State::Mismatch => Verdict::Mismatch,
            State::Accepted => Verdict::Accepted,
            State::Error
            | State::NoReference
            | State::Unasked
            | State::Unreachable
            | State::Answered => Verdict::Error,
        }
    }

    pub(super) fn expected(&self) -> String {
        let Some(probe) = self.request() else {
            return String::new();
        };
        let expected = match (probe.expectation, probe.same) {
            (Expectation::Same, _) => self.expected_by_reference(),
            (expectation, true) => format!("{expectation}, {}", self.expected_by_reference()),
            (expectation, false) => expectation.to_string(),
        };
        let secrets = self.planned.plan.secrets();
        secrets.redact(&expected).into_owned()
    }

    fn expected_by_reference(&self) -> String {
        let plan = self.planned.plan;
        let name = plan.reference_name();
        let Some(index) = plan
            .reference()
            .filter(|&index| index != self.id.environment)
        else {
            return "an answer to compare with (not 429, not 5xx)".to_owned();
        };
        let reference = Self::new(self.planned, self.id.endpoint, index);
        let samples = reference.detail().and_then(|it| it.samples.as_ref());
        if let Some(samples) = samples.filter(|samples| samples.vary()) {
            return format!("same as {name} ({samples})");
        }
        match (reference.cell().status(), reference.location()) {
            (Some(status), Some(location)) if status.is_redirection() => {
                format!("same as {name} ({} -> {location})", status.as_u16())
            }
            (Some(status), _) => format!("same as {name} ({})", status.as_u16()),
            (None, _) => format!("same as {name}"),
        }
    }

    pub(super) fn error(&self) -> Option<&'c ProbeError> {
        if self.cell().is_walled() {
            let walls = &self.planned.causes.walls;
            return walls.get(self.id.environment)?.as_ref();
        }
        match self.cell().state {
            State::Unasked | State::Answered => Some(&self.planned.causes.unasked),
            State::Unreachable => Some(&self.planned.causes.unreachable),
            State::NoReference => Some(&self.planned.causes.no_reference),
            State::Error => self.detail()?.error.as_deref(),
            State::Skipped | State::Match | State::Mismatch | State::Accepted => None,
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        match self.cell().state {
            State::Skipped | State::Unreachable => 0,
            State::Unasked if self.cell().status().is_none() => 0,
            _ => self.detail().map_or(1, |detail| detail.attempts),
        }
    }

    pub(super) fn curl(&self) -> Option<String> {
        let is_wanted = match self.verdict() {
            Verdict::Mismatch | Verdict::Accepted => true,
            // Of a million endpoints that were never sent that is a gigabyte.
            Verdict::Error => match self.cell().state {
                State::Unreachable => false,
                State::Unasked => self.attempts() > 0,
                _ => true,
            },
            Verdict::Match | Verdict::Skipped => false,
        };
        is_wanted.then(|| self.any_curl())?
    }

    /// The same, whatever the verdict.
    pub(super) fn any_curl(&self) -> Option<String> {
        self.planned.plan.curl(self.id)
    }

    pub(super) fn door(&self) -> Option<Door> {
        let is_part = self.planned.plan.share().is_some_and(Share::is_part);
        is_part.then(|| wall::of(self.planned, self.id, &mut SignIn::default()))?
    }

    pub(super) fn cell(&self) -> Cell {
        self.planned.cells[self.index()]
    }

    pub(super) fn detail(&self) -> Option<&'c Detail> {
        let is_there = self.cell().has_detail();
        is_there.then(|| self.planned.details.get(self.index()))?
    }

    pub(super) fn location(&self) -> Option<&'c str> {
        if self.cell().has_location() {
            return self.planned.details.location(self.index());
        }
        self.detail()?.location.as_deref()
    }

    fn request(&self) -> Option<plan::Probe<'c>> {
        self.planned.plan.probe(self.id)
    }

    fn index(&self) -> usize {
        self.id.endpoint * self.planned.plan.environments().len() + self.id.environment
    }
}
