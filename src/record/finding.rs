//! What one outcome makes an endpoint expect.
//!
//! Input: a probe and its outcome. Output: steps to be expected, or why there are none. What the endpoint expects
//! already is left as it is written.

use std::collections::BTreeSet;

use http::StatusCode;
use url::Url;

use super::location::{self, Place};
use crate::expect::Expectation;
use crate::outcome::{Observed, Outcome};
use crate::plan::{Environment, Plan, Probe, ProbeId};
use crate::suite::{Found, Step};

/// What is to be expected, and a comment on it; nothing where the plan does not ask.
pub(super) fn of(
    plan: &Plan,
    id: ProbeId,
    outcome: Option<&Outcome>,
) -> Option<(Found, Option<String>)> {
    let probe = plan.probe(id)?;
    let environment = plan.environments().get(id.environment)?;
    let name = environment.name();
    let nothing = |why: String| Some((Found::Nothing, Some(why)));
    let Some(outcome) = outcome else {
        return nothing(format!("{name} was not asked to the end: the time was up"));
    };
    let status = match &outcome.observed {
        Observed::Nothing(failure) => {
            return nothing(format!("no answer from {name} ({})", failure.kind));
        }
        Observed::Partial(_, failure) => {
            return nothing(format!(
                "the answer of {name} was not whole ({})",
                failure.kind
            ));
        }
        Observed::Answer(answer) => answer.status,
    };
    if let Some(varying) = varying(outcome) {
        return Some(varying);
    }
    if !is_measure(status) {
        // Who expects it knows about it; from anybody else it is a fault that no suite should ask for.
        let expected =
            *probe.expectation != Expectation::Same && probe.expectation.admits_status(status);
        if expected {
            return Some((Found::Kept, None));
        }
        return nothing(format!(
            "{name} answered {}, which is nothing to hold anybody to",
            status.as_u16()
        ));
    }
    let (steps, comment) = steps(plan, environment, &probe, outcome, status)?;
    if is_expected(&steps, probe.expectation) {
        return Some((Found::Kept, None));
    }
    Some((Found::Expected(steps), comment))
}

/// All statuses that came, where the endpoint was asked several times and they were not always the same.
fn varying(outcome: &Outcome) -> Option<(Found, Option<String>)> {
    let samples = outcome.samples.as_deref()?;
    let answers = samples.as_slice().iter();
    let statuses: BTreeSet<_> = answers
        .filter_map(|sample| Some(sample.observed.answer()?.status))
        .collect();
    let step = Step {
        statuses: statuses.into_iter().collect(),
        target: None,
    };
    let comment = format!("it varies: {samples}");
    (step.statuses.len() > 1).then(|| (Found::Expected(vec![step]), Some(comment)))
}

/// What was answered on the way, and at last.
fn steps(
    plan: &Plan,
    environment: &Environment,
    probe: &Probe<'_>,
    outcome: &Outcome,
    last: StatusCode,
) -> Option<(Vec<Step>, Option<String>)> {
    let site = environment.at(probe.service);
    let (base, mut from) = (site.base_url()?, site.url(probe.target)?);
    let addresses: Vec<_> = environment.addresses().collect();
    let location = outcome
        .observed
        .answer()
        .and_then(|it| it.location.as_deref());
    // Where redirects are followed, only a chain knows what they were.
    let hops = if probe.is_chain() {
        &outcome.hops[..]
    } else {
        &[]
    };
    let judged_here = probe.is_chain() || probe.follow_redirects == 0;
    let hops = hops.iter().map(|hop| (hop.status, Some(&*hop.target)));
    let answers = hops.chain([(last, location.filter(|_| judged_here))]);
    let mut steps = Vec::new();
    let mut comment = None;
    for (number, (status, location)) in answers.enumerate() {
        let leads = status.is_redirection() && status != StatusCode::NOT_MODIFIED;
        let mut target = None;
        if let Some(location) = location.filter(|_| leads) {
            let place = Place {
                base,
                addresses: &addresses,
                from: &from,
                location,
            };
            let known = target_of(probe.expectation, number);
            target = location::target(&place, known, plan.secrets());
            if target.is_none() {
                let name = environment.name();
                comment = Some(format!(
                    "where {name} redirects to cannot be written as a target"
                ));
            }
            from = Url::parse(location).unwrap_or(from);
        }
        steps.push(Step {
            statuses: vec![status],
            target,
        });
    }
    Some((steps, comment))
}

/// The target that is expected of the answer with this number.
fn target_of(expectation: &Expectation, number: usize) -> Option<&crate::expect::Target> {
    let step = match expectation {
        Expectation::Chain(steps) => steps.get(number)?,
        one => one,
    };
    match step {
        Expectation::Redirect(_, target) => Some(target),
        Expectation::Status(_) | Expectation::Chain(_) | Expectation::Same => None,
    }
}

fn is_expected(steps: &[Step], expectation: &Expectation) -> bool {
    let texts: Vec<String> = steps.iter().map(Step::to_string).collect();
    let read = match texts.as_slice() {
        [one] => Expectation::parse(one).ok(),
        steps => Expectation::parse_chain(steps.iter().map(String::as_str)).ok(),
    };
    read.as_ref() == Some(expectation)
}

/// Whether others can be held to this status.
fn is_measure(status: StatusCode) -> bool {
    status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error()
}
