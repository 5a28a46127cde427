//! One probe's verdict: pure, from what was observed and what the reference answered.

use http::StatusCode;

use super::trail::Trail;
use super::verdict::Reason;
use crate::expect::Expectation;

/// What came back, as far as judging needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// The status, even where the answer broke off after it.
    pub(super) status: Option<StatusCode>,
    /// The redirects on the way, and where the answer leads, if anywhere.
    pub(super) trail: Option<&'a Trail<'a>>,
    /// Whether the answer came to its end.
    pub(super) complete: bool,
    /// Whether any of the redirects leads into another environment of the suite without being told to.
    pub(super) crosses: bool,
}

impl Facts<'_> {
    /// Those of a probe that has answered nothing.
    pub(super) const NONE: Self = Self {
        status: None,
        trail: None,
        complete: false,
        crosses: false,
    };
}

/// What is expected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand<'a> {
    pub(super) expectation: &'a Expectation,
    pub(super) same: bool,
    /// The reference's facts; `None` for the reference itself.
    pub(super) reference: Option<Facts<'a>>,
}

/// What follows from the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judgement {
    Match,
    Mismatch(Vec<Reason>),
    /// Nothing can be proven, for the probe's own failure.
    Failed,
    /// Nothing can be proven, because the reference gives no measure.
    NoReference,
}

/// The verdict. What was seen and is wrong already is a mismatch, even if the answer broke off after it; a right
/// status proves nothing until its answer is complete.
pub(super) fn judge(facts: Facts<'_>, demand: Demand<'_>) -> Judgement {
    let mut reasons = Vec::new();
    let mut measured = true;
    if let Some(status) = facts.status {
        reasons = by_expectation(status, facts, demand.expectation);
        if demand.same || *demand.expectation == Expectation::Same {
            match by_reference(status, facts, demand.reference) {
                Some(true) => {}
                Some(false) => reasons.push(Reason::Same),
                None => measured = false,
            }
        }
    }
    if facts.crosses {
        reasons.push(Reason::CrossesEnvironment);
    }
    match (
        reasons.is_empty(),
        facts.status.is_some() && facts.complete,
        measured,
    ) {
        (false, ..) => Judgement::Mismatch(reasons),
        (true, false, _) => Judgement::Failed,
        (true, true, false) => Judgement::NoReference,
        (true, true, true) => Judgement::Match,
    }
}

fn by_expectation(status: StatusCode, facts: Facts<'_>, expectation: &Expectation) -> Vec<Reason> {
    let steps = match expectation {
        Expectation::Chain(steps) => &steps[..],
        one => std::slice::from_ref(one),
    };
    let chained = steps.len() > 1;
    let hops = facts.trail.map_or(0, |trail| trail.hops.len());
    let mut reasons = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        // A single expectation is about the last answer, however many redirects led there.
        let answer = if chained { index } else { hops };
        let seen = match facts.trail {
            Some(trail) if answer < hops => trail.hops[answer].status,
            _ => status,
        };
        if !step.admits_status(seen) {
            reasons.push(Reason::Status);
        }
        if let Expectation::Redirect(_, target) = step {
            let led_there = facts
                .trail
                .is_some_and(|trail| trail.leads_to(answer, target));
            // An answer that is no redirect leads nowhere: that its status is wrong says it all.
            if seen.is_redirection() && !led_there {
                reasons.push(Reason::Location);
            }
        }
        if answer == hops && index + 1 < steps.len() {
            // The chain ended here; if not by a wrong status, then before its time.
            reasons.push(Reason::Status);
            break;
        }
    }
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// Whether the answer is the reference's; `None` where that gives no measure.
fn by_reference(
    status: StatusCode,
    facts: Facts<'_>,
    reference: Option<Facts<'_>>,
) -> Option<bool> {
    let Some(reference) = reference else {
        return is_measure(status).then_some(true);
    };
    let expected = reference
        .status
        .filter(|&status| reference.complete && is_measure(status))?;
    let leads_alike = || match (facts.trail, reference.trail) {
        (Some(own), Some(other)) => own.leads_like(other),
        (own, other) => own.or(other).is_none_or(Trail::leads_nowhere),
    };
    Some(status == expected && (!is_redirect(status) || leads_alike()))
}

/// Whether a reference's status is something that others can be held to.
pub(super) fn is_measure(status: StatusCode) -> bool {
    status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error()
}

/// Whether the status leads anywhere: 304 has no destination, whatever its header fields say.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    status.is_redirection() && status != StatusCode::NOT_MODIFIED
}

#[cfg(test)]
mod tests {
    use std::cell::OnceCell;

    use url::Url;

    use super::*;
    use crate::outcome::Hop;

    fn facts(status: u16) -> Facts<'static> {
        Facts {
            status: StatusCode::from_u16(status).ok(),
            complete: true,
            ..Facts::NONE
        }
    }

    fn expecting(text: &str) -> Expectation {
        Expectation::parse(text).unwrap()
    }

    /// The verdicts of contract 3.1 on `same`: status, complete; the reference's status, complete; verdict.
    #[test]
    fn same_goes_by_the_reference() {
        let same = Judgement::Mismatch(vec![Reason::Same]);
        let table = [
            (200, true, 200, true, Judgement::Match),
            (404, true, 404, true, Judgement::Match),
            (404, true, 200, true, same.clone()),
            (404, false, 200, true, same),
            (200, false, 200, true, Judgement::Failed),
            (200, true, 200, false, Judgement::NoReference),
            (200, true, 500, true, Judgement::NoReference),
            (429, true, 429, true, Judgement::NoReference),
            (200, true, 0, true, Judgement::NoReference),
            (0, true, 0, true, Judgement::Failed),
            (500, true, 599, true, Judgement::NoReference),
        ];
        for (status, complete, reference, reference_complete, expected) in table {
            let reference = Facts {
                complete: reference_complete,
                ..facts(reference)
            };
            let demand = Demand {
                expectation: &Expectation::Same,
                same: false,
                reference: Some(reference),
            };
            let judgement = judge(
                Facts {
                    complete,
                    ..facts(status)
                },
                demand,
            );
            assert_eq!(judgement, expected, "{status} by {reference:?}");
        }
    }

    #[test]
    fn the_reference_itself_matches_with_what_is_a_measure() {
        let demand = Demand {
            expectation: &Expectation::Same,
            same: false,
            reference: None,
        };
        for (status, expected) in [
            (200, Judgement::Match),
            (404, Judgement::Match),
            (999, Judgement::Match),
            (429, Judgement::NoReference),
            (503, Judgement::NoReference),
            (0, Judgement::Failed),
        ] {
            assert_eq!(judge(facts(status), demand), expected, "{status}");
        }
    }

    #[test]
    fn the_key_same_asks_for_both() {
        let expectation = expecting("2xx");
        for (status, reference, expected) in [
            (200, 200, Judgement::Match),
            (204, 200, Judgement::Mismatch(vec![Reason::Same])),
            (
                404,
                200,
                Judgement::Mismatch(vec![Reason::Status, Reason::Same]),
            ),
            (404, 404, Judgement::Mismatch(vec![Reason::Status])),
            (404, 500, Judgement::Mismatch(vec![Reason::Status])),
            (200, 500, Judgement::NoReference),
        ] {
            let demand = Demand {
                expectation: &expectation,
                same: true,
                reference: Some(facts(reference)),
            };
            assert_eq!(
                judge(facts(status), demand),
                expected,
                "{status} by {reference}"
            );
        }
    }

    #[test]
    fn a_redirect_is_held_to_its_target() {
        let base = Url::parse("http://h").unwrap();
        let expectation = expecting("301 -> /new");
        for (status, location, expected) in [
            (301, Some("/new"), Judgement::Match),
            (301, Some("http://h/new"), Judgement::Match),
            (
                301,
                Some("/old"),
                Judgement::Mismatch(vec![Reason::Location]),
            ),
            (301, None, Judgement::Mismatch(vec![Reason::Location])),
            (302, Some("/new"), Judgement::Mismatch(vec![Reason::Status])),
            (
                302,
                Some("/old"),
                Judgement::Mismatch(vec![Reason::Status, Reason::Location]),
            ),
            (200, None, Judgement::Mismatch(vec![Reason::Status])),
            (
                304,
                None,
                Judgement::Mismatch(vec![Reason::Status, Reason::Location]),
            ),
        ] {
            let trail = Trail {
                base: &base,
                addresses: Vec::new(),
                target: "/x",
                request: OnceCell::new(),
                hops: &[],
                location,
            };
            let facts = Facts {
                trail: Some(&trail),
                ..facts(status)
            };
            let demand = Demand {
                expectation: &expectation,
                same: false,
                reference: None,
            };
            assert_eq!(judge(facts, demand), expected, "{status} {location:?}");
        }
    }

    #[test]
    fn a_chain_is_held_to_every_step() {
        let base = Url::parse("http://h").unwrap();
        let hop = |status, target: &str| Hop {
            status: StatusCode::from_u16(status).unwrap(),
            target: target.into(),
        };
        let steps = ["301 -> /a", "302 -> /b", "200"].map(|step| Expectation::parse(step).unwrap());
        let expectation = Expectation::Chain(steps.into());
        let (a, b) = (hop(301, "http://h/a"), hop(302, "http://h/b"));
        for (hops, last, expected) in [
            (vec![a.clone(), b.clone()], 200, vec![]),
            (vec![a.clone(), b.clone()], 404, vec![Reason::Status]),
            (
                vec![hop(302, "http://h/a"), b.clone()],
                200,
                vec![Reason::Status],
            ),
            (
                vec![a.clone(), hop(302, "http://h/c")],
                200,
                vec![Reason::Location],
            ),
            (vec![a.clone()], 200, vec![Reason::Status]),
            (vec![], 200, vec![Reason::Status]),
            (
                vec![a, hop(307, "http://h/c")],
                404,
                vec![Reason::Status, Reason::Location],
            ),
        ] {
            let trail = Trail {
                base: &base,
                addresses: Vec::new(),
                target: "/x",
                request: OnceCell::new(),
                hops: &hops,
                location: None,
            };
            let facts = Facts {
                trail: Some(&trail),
                ..facts(last)
            };
            let demand = Demand {
                expectation: &expectation,
                same: false,
                reference: None,
            };
            let expected = match expected.as_slice() {
                [] => Judgement::Match,
                _ => Judgement::Mismatch(expected),
            };
            assert_eq!(judge(facts, demand), expected, "{hops:?} {last}");
        }
    }

    #[test]
    fn crossing_is_a_mismatch_whatever_the_status() {
        let expectation = expecting("301");
        for status in [301, 0] {
            let facts = Facts {
                crosses: true,
                ..facts(status)
            };
            let demand = Demand {
                expectation: &expectation,
                same: false,
                reference: None,
            };
            let crosses = Judgement::Mismatch(vec![Reason::CrossesEnvironment]);
            assert_eq!(judge(facts, demand), crosses, "{status}");
        }
    }
}
