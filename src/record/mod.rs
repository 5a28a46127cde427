//! Recording: from what one environment answered to what a suite expects of it.
//!
//! Input: the plan of a suite that observes one environment, and the outcomes of its probes. Output: a [`Finding`]
//! for each endpoint. It refuses to write: where an expectation stands in a text is the suite's business.

mod finding;
mod location;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::compare::{Comparer, ErrorKind, Verdict};
use crate::outcome::{End, Outcome};
use crate::plan::{Plan, ProbeId};
use crate::suite::{Finding, Found};

/// Takes outcomes one by one; [`findings`](Self::findings) tells what is to be expected.
#[derive(Debug)]
pub struct Recorder {
    plan: Arc<Plan>,
    /// For each endpoint of the plan.
    outcomes: Vec<Option<Outcome>>,
}

impl Recorder {
    /// A recorder for the probes of `plan`, whose only environment is the one that is recorded.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        let outcomes = plan.endpoints().iter().map(|_| None).collect();
        Self { plan, outcomes }
    }

    /// Takes what a probe observed.
    pub fn push(&mut self, id: ProbeId, outcome: Outcome) {
        if let Some(slot) = self.outcomes.get_mut(id.endpoint) {
            *slot = Some(outcome);
        }
    }

    /// What each endpoint is to expect, in the order of the plan.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let observed = self.outcomes.iter().enumerate();
        let finding = |(endpoint, outcome): (usize, &Option<Outcome>)| {
            let id = ProbeId {
                endpoint,
                environment: 0,
            };
            let line = self.plan.endpoints().get(endpoint)?.line();
            let (found, comment) = finding::of(&self.plan, id, outcome.as_ref())?;
            Some(Finding {
                line,
                found,
                comment,
            })
        };
        observed.filter_map(finding).collect()
    }

    /// Judges the same outcomes by the suite that was recorded, of which `recorded` is the plan. A finding that what
    /// was observed does not meet is taken back, with why; tells whether there was one.
    #[must_use]
    pub fn take_back(&self, findings: &mut [Finding], mut recorded: Plan) -> bool {
        let here = self.plan.environments().first();
        for site in recorded.mocks() {
            let here = here.and_then(|it| it.at(site.service).base_url());
            if let Some(address) = here {
                recorded.set_base_url(site, address.clone());
            }
        }
        let kept = findings.iter().enumerate();
        let kept: Vec<usize> = kept
            .filter(|(_, finding)| finding.found != Found::Nothing)
            .map(|(index, _)| index)
            .collect();
        let environment = here.map_or("", |it| it.name()).to_owned();
        let mut comparer = Comparer::new(Arc::new(recorded));
        for (endpoint, &index) in kept.iter().enumerate() {
            if let Some(Some(outcome)) = self.outcomes.get(index) {
                let id = ProbeId {
                    endpoint,
                    environment: 0,
                };
                comparer.push(id, outcome.clone());
            }
        }
        let comparison = comparer.finish(Timestamp::UNIX_EPOCH, Duration::ZERO, End::Complete);
        let mut taken = false;
        for (row, index) in comparison.rows().zip(kept) {
            let bad = row
                .probes()
                .find(|probe| matches!(probe.verdict(), Verdict::Mismatch | Verdict::Error));
            if let (Some(probe), Some(finding)) = (bad, findings.get_mut(index)) {
                let reasons = probe.reasons().iter().map(|reason| reason.as_str());
                let kind = probe.error_kind().map(ErrorKind::as_str);
                let why: Vec<_> = reasons.chain(kind).collect();
                let why = why.join(", ");
                finding.found = Found::Nothing;
                finding.comment = Some(format!(
                    "what {environment} answered passes no check ({why})"
                ));
                taken = true;
            }
        }
        taken
    }
}
