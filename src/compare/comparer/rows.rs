//! Judging a row of which probes were asked several times: by all that they answered.

use http::StatusCode;

use super::Comparer;
use crate::compare::cell::{Cell, State};
use crate::compare::judge::{Demand, Facts, Judgement};
use crate::compare::sampled::judge_all;
use crate::compare::trail::Trail;
use crate::outcome::Sample;
use crate::plan::ProbeId;

/// One of the answers of a probe.
struct Seen<'a> {
    status: Option<StatusCode>,
    complete: bool,
    trail: Option<Trail<'a>>,
    crosses: bool,
}

impl Seen<'_> {
    fn facts(&self) -> Facts<'_> {
        Facts {
            status: self.status,
            trail: self.trail.as_ref(),
            complete: self.complete,
            crosses: self.crosses,
        }
    }
}

impl Comparer {
    /// Whether any probe of the row was asked several times.
    pub(super) fn is_sampled(&self, endpoint: usize) -> bool {
        self.row(endpoint).any(|index| {
            self.detail(index)
                .is_some_and(|detail| detail.samples.is_some())
        })
    }

    /// Judges what has been answered in a row.
    pub(super) fn judge_sampled(&mut self, endpoint: usize) {
        let judgements = self.judgements(endpoint);
        for (index, judgement) in self.row(endpoint).zip(&judgements) {
            if let Some((answer, _)) = judgement {
                self.settle_on(index, *answer);
            }
        }
        let judgements = judgements.into_iter();
        let judgements = judgements.map(|judgement| judgement.map(|(_, judgement)| judgement));
        self.write_down(endpoint, judgements.collect());
    }

    /// The judgement on each probe of a row, and by which of its answers.
    fn judgements(&self, endpoint: usize) -> Vec<Option<(usize, Judgement)>> {
        let ids = (0..self.plan.environments().len()).map(|environment| ProbeId {
            endpoint,
            environment,
        });
        let seen: Vec<Vec<Seen<'_>>> = ids.clone().map(|id| self.seen(id)).collect();
        let facts = |environment: usize| -> Vec<Facts<'_>> {
            let answers = seen.get(environment).into_iter().flatten();
            answers.map(Seen::facts).collect()
        };
        let reference = self.plan.reference();
        let of_reference = reference.map(facts).unwrap_or_default();
        let judged = ids.map(|id| {
            let probe = self.plan.probe(id)?;
            if self.state(id) != State::Answered {
                return None;
            }
            let demand = Demand {
                expectation: probe.expectation,
                same: probe.same,
                reference: None,
            };
            let is_reference = reference == Some(id.environment);
            let by = (!is_reference).then_some(&of_reference[..]);
            judge_all(&facts(id.environment), demand, by)
        });
        judged.collect()
    }

    /// All that a probe answered.
    fn seen(&self, id: ProbeId) -> Vec<Seen<'_>> {
        let index = self.row(id.endpoint).start + id.environment;
        let detail = self.detail(index);
        let Some(samples) = detail.and_then(|detail| detail.samples.as_ref()) else {
            let trail = self.trail_of(id);
            let facts = self.facts(id, trail.as_ref());
            return vec![Seen {
                status: facts.status,
                complete: facts.complete,
                crosses: facts.crosses,
                trail,
            }];
        };
        let each = samples.as_slice().iter().map(|sample| {
            let answer = sample.observed.answer();
            let status = answer.map(|answer| answer.status);
            let location = answer.and_then(|answer| answer.location.as_deref());
            let trail = self.trail(id, location, &sample.hops);
            Seen {
                status,
                complete: sample.observed.failure().is_none(),
                crosses: self.crosses(id, status, trail.as_ref()),
                trail,
            }
        });
        each.collect()
    }

    /// The probe is shown with the answer that its judgement stands on.
    fn settle_on(&mut self, index: usize, answer: usize) {
        let samples = self.detail(index).and_then(|it| it.samples.as_ref());
        let Some(Sample { observed, hops, .. }) =
            samples.and_then(|samples| samples.as_slice().get(answer))
        else {
            return;
        };
        let (observed, hops) = (observed.clone(), hops.as_slice().into());
        let environment = index % self.plan.environments().len();
        let failure = observed.failure();
        let error = failure.map(|failure| self.error(environment, failure));
        let Some(detail) = self.details.get_mut(index) else {
            return;
        };
        let status = observed.answer().map(|answer| answer.status);
        let cell = &mut self.cells[index];
        *cell = Cell::answered(status, cell.duration());
        cell.mark_detail();
        detail.location = observed.answer().and_then(|answer| answer.location.clone());
        detail.hops = hops;
        detail.error = error;
    }
}
