//! Collects outcomes in whatever order they come, and judges each row as soon as it is complete.

mod mask;
mod rows;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;

use super::cell::{Cell, State, in_tenths};
use super::comparison::Comparison;
use super::details::{Detail, Details};
use super::judge::{Demand, Facts, Judgement, is_redirect, judge};
use super::ledger::{self, Causes, Ledger, Planned, Source};
use super::trail::Trail;
use super::verdict::{ErrorKind, ProbeError, Reason, Reasons};
use super::view::Row;
use crate::outcome::{End, Failure, FailureKind, Hop, Outcome};
use crate::plan::{Plan, ProbeId};

/// Takes outcomes one by one; [`finish`](Self::finish) gives the [`Comparison`].
#[derive(Debug)]
pub struct Comparer {
    plan: Arc<Plan>,
    cells: Vec<Cell>,
    details: Details,
    judged: Vec<usize>,
    causes: Causes,
    /// The last error of each environment, which its next one may well say again.
    last_errors: Vec<Option<Arc<ProbeError>>>,
    /// How many secrets there were before anything was asked.
    secrets: usize,
}

impl Comparer {
    /// A comparer for the probes of `plan`, none of which has been asked.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        let environments = plan.environments().len();
        let cell = |(endpoint, environment)| {
            let asked = plan
                .demand(ProbeId {
                    endpoint,
                    environment,
                })
                .is_some();
            if asked {
                Cell::default()
            } else {
                Cell::skipped()
            }
        };
        let ids = (0..plan.endpoints().len())
            .flat_map(|endpoint| (0..environments).map(move |e| (endpoint, e)));
        let mut cells = Vec::with_capacity(plan.endpoints().len() * environments);
        cells.extend(ids.map(cell));
        Self {
            judged: ledger::judged(&plan),
            causes: Causes::of(&plan, End::Complete),
            last_errors: vec![None; environments],
            secrets: plan.secrets().count(),
            plan,
            details: Details::new(cells.len()),
            cells,
        }
    }

    /// Takes what a probe observed; the first word on a probe counts. Judges the probe's row if it was the
    /// last one missing there, and says so: [`judged`](Self::judged) shows it.
    pub fn push(&mut self, id: ProbeId, outcome: Outcome) -> bool {
        let index = self.row(id.endpoint).start + id.environment;
        if self
            .cells
            .get(index)
            .is_none_or(|cell| cell.state != State::Unasked)
        {
            return false;
        }
        let Outcome {
            observed,
            hops,
            attempts,
            reconnects,
            duration,
            samples,
        } = outcome;
        let answer = observed.answer();
        let location = answer.and_then(|answer| answer.location.clone());
        let failure = observed.failure();
        if failure.is_some_and(|failure| failure.kind == FailureKind::Unreachable) {
            self.cells[index] = Cell::unreachable();
        } else {
            let status = answer.map(|answer| answer.status);
            self.cells[index] = Cell::answered(status, duration);
            let error = failure.map(|failure| self.error(id.environment, failure));
            let detail = Detail {
                location,
                hops: hops.into(),
                attempts,
                reconnects,
                error,
                samples,
                excuse: None,
                door: None,
            };
            self.keep(id, detail);
        }
        let complete = self
            .row(id.endpoint)
            .all(|index| self.cells[index].state != State::Unasked);
        if complete {
            self.judge(id.endpoint);
        }
        complete
    }

    /// Keeps what an answer tells besides its status, and what that means whatever others answer: rows may wait long for
    /// a slow environment, and there may be a million of them.
    fn keep(&mut self, id: ProbeId, detail: Detail) {
        if detail.is_plain() {
            return;
        }
        let index = self.row(id.endpoint).start + id.environment;
        if detail.samples.is_none() {
            let trail = self.trail(id, detail.location.as_deref(), &detail.hops);
            if self.crosses(id, self.cells[index].status(), trail.as_ref()) {
                self.cells[index].add_reasons(Reason::CrossesEnvironment.into());
            }
        }
        if let Some(location) = detail.as_location()
            && self.details.add_location(index, location)
        {
            self.cells[index].mark_location();
        } else {
            self.cells[index].mark_detail();
            self.details.add(index, detail);
        }
    }

    /// The row of an endpoint, once it is judged: as [`finish`](Self::finish) will have it, but for
    /// secrets that are learnt later.
    #[must_use]
    pub fn judged(&self, endpoint: usize) -> Option<Row<'_>> {
        let waits = |cell: &Cell| matches!(cell.state, State::Unasked | State::Answered);
        if self.cells.get(self.row(endpoint))?.iter().any(waits) {
            return None;
        }
        let planned = Planned {
            plan: &self.plan,
            cells: &self.cells,
            details: &self.details,
            causes: &self.causes,
        };
        let ledger = Ledger {
            source: Source::Planned(planned),
            judged: &self.judged,
        };
        Some(Row { ledger, endpoint })
    }

    /// Closes the run. What was not asked by now is an error that says why, and what only the whole run can
    /// tell is worked out. Durations are kept to tenths of a millisecond.
    #[must_use]
    pub fn finish(mut self, started_at: Timestamp, duration: Duration, end: End) -> Comparison {
        for endpoint in 0..self.plan.endpoints().len() {
            let states = || self.row(endpoint).map(|index| self.cells[index].state);
            if states().any(|state| state == State::Unasked)
                && states().any(|state| state == State::Answered)
            {
                self.judge(endpoint);
            }
        }
        // A login may give away later what an answer said before.
        if self.plan.secrets().count() != self.secrets {
            (0..self.cells.len()).for_each(|index| self.mask(index));
        }
        Comparison::new(
            self.plan,
            self.cells,
            self.details,
            started_at,
            in_tenths(duration),
            end,
        )
    }

    fn row(&self, endpoint: usize) -> Range<usize> {
        let environments = self.plan.environments().len();
        endpoint * environments..(endpoint + 1) * environments
    }

    /// Judges what has been answered in a row.
    fn judge(&mut self, endpoint: usize) {
        let ids = (0..self.plan.environments().len()).map(|environment| ProbeId {
            endpoint,
            environment,
        });
        if self.is_sampled(endpoint) {
            return self.judge_sampled(endpoint);
        }
        let mut trails = Vec::new();
        if self.row(endpoint).any(|index| self.cells[index].has_more()) {
            trails.extend(ids.clone().map(|id| self.trail_of(id)));
        }
        let facts = |id: ProbeId| {
            let trail = trails.get(id.environment);
            self.facts(id, trail.and_then(Option::as_ref))
        };
        let reference = self.plan.reference();
        let of_reference = match reference {
            Some(environment) => facts(ProbeId {
                endpoint,
                environment,
            }),
            None => Facts::NONE,
        };
        let judgements: Vec<_> = ids
            .map(|id| {
                let (expectation, same) = self
                    .plan
                    .demand(id)
                    .filter(|_| self.state(id) == State::Answered)?;
                let is_reference = reference == Some(id.environment);
                let demand = Demand {
                    expectation,
                    same,
                    reference: (!is_reference).then_some(of_reference),
                };
                Some(judge(facts(id), demand))
            })
            .collect();
        drop(trails);
        self.write_down(endpoint, judgements);
    }

    /// Writes the judgements on a row down, one for each probe that has been answered.
    fn write_down(&mut self, endpoint: usize, judgements: Vec<Option<Judgement>>) {
        let reference = self.plan.reference();
        let too_early = reference.is_some_and(|environment| {
            self.state(ProbeId {
                endpoint,
                environment,
            }) == State::Unasked
        });
        for (index, judgement) in self.row(endpoint).zip(judgements) {
            match judgement {
                // The run ended before the reference answered: that says nothing about the reference.
                Some(Judgement::NoReference) if too_early => {
                    self.cells[index].state = State::Unasked;
                    self.mask(index);
                }
                Some(judgement) => self.conclude(index, judgement),
                None => {}
            }
        }
    }

    fn state(&self, id: ProbeId) -> State {
        self.cells[self.row(id.endpoint).start + id.environment].state
    }

    fn facts<'a>(&self, id: ProbeId, trail: Option<&'a Trail<'a>>) -> Facts<'a> {
        let index = self.row(id.endpoint).start + id.environment;
        let cell = self.cells[index];
        Facts {
            status: cell.status(),
            trail,
            complete: self
                .detail(index)
                .is_none_or(|detail| detail.error.is_none()),
            crosses: cell.reasons().contains(Reason::CrossesEnvironment),
        }
    }

    fn detail(&self, index: usize) -> Option<&Detail> {
        let is_there = self.cells[index].has_detail();
        is_there.then(|| self.details.get(index))?
    }

    /// Where a probe was led.
    fn trail_of(&self, id: ProbeId) -> Option<Trail<'_>> {
        let index = self.row(id.endpoint).start + id.environment;
        if self.cells[index].has_location() {
            return self.trail(id, self.details.location(index), &[]);
        }
        let Detail { location, hops, .. } = self.detail(index)?;
        self.trail(id, location.as_deref(), hops)
    }

    /// Where an answer led; the URLs are parsed for those few only that led anywhere.
    fn trail<'a>(
        &'a self,
        id: ProbeId,
        location: Option<&'a str>,
        hops: &'a [Hop],
    ) -> Option<Trail<'a>> {
        if location.is_none() && hops.is_empty() {
            return None;
        }
        let environment = &self.plan.environments()[id.environment];
        let probe = self.plan.probe(id)?;
        let site = environment.at(probe.service);
        let mut addresses = Vec::new();
        if !environment.services().is_empty() {
            addresses.extend(environment.addresses());
        }
        Some(Trail {
            base: site.base_url()?,
            addresses,
            target: probe.target,
            request: OnceCell::new(),
            hops,
            location,
        })
    }

    /// Whether an answer led into another environment of the suite without being told to.
    fn crosses(&self, id: ProbeId, status: Option<StatusCode>, trail: Option<&Trail<'_>>) -> bool {
        let (Some(trail), Some(probe)) = (trail, self.plan.probe(id)) else {
            return false;
        };
        let leads = status.is_some_and(is_redirect);
        !probe.allow_crossing && trail.leads_away(&self.plan, id, probe.expectation, leads)
    }

    /// Writes a judgement down, and masks what may not be shown.
    fn conclude(&mut self, index: usize, judgement: Judgement) {
        let cell = &mut self.cells[index];
        let keeps_error = judgement == Judgement::Failed;
        cell.state = match judgement {
            Judgement::Match => State::Match,
            Judgement::Mismatch(reasons) => {
                cell.add_reasons(reasons.into_iter().collect::<Reasons>());
                State::Mismatch
            }
            Judgement::Failed => State::Error,
            Judgement::NoReference => State::NoReference,
        };
        if cell.has_detail()
            && !keeps_error
            && let Some(detail) = self.details.get_mut(index)
        {
            detail.error = None;
        }
        self.mask(index);
    }

    /// Why a probe failed, free of secrets. Where one failure follows on another, they are mostly the same.
    fn error(&mut self, environment: usize, failure: &Failure) -> Arc<ProbeError> {
        let secrets = self.plan.secrets();
        let error = ProbeError {
            kind: ErrorKind::Failure(failure.kind),
            message: secrets.redact(&failure.message).into_owned(),
        };
        let last = &mut self.last_errors[environment];
        match last {
            Some(last) if **last == error => Arc::clone(last),
            _ => Arc::clone(last.insert(Arc::new(error))),
        }
    }
}
