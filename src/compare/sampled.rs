//! The verdict on a probe that was asked several times: pure, from all that it answered.
//!
//! Input: everything that was observed of a probe, and of the reference. Output: a judgement, and which answer
//! stands for it. An answer that varies within one environment is noise: a probe matches with any answer with
//! which it would have matched alone.

use http::StatusCode;

use super::judge::{Demand, Facts, Judgement, is_measure, is_redirect, judge};
use super::trail::Trail;
use super::verdict::Reason;

/// The judgement on `own`, and the index of the answer that stands for it: the first, and so the most frequent,
/// of those that come to it. `reference` is `None` for the reference itself; `demand` names no reference.
pub(super) fn judge_all(
    own: &[Facts<'_>],
    demand: Demand<'_>,
    reference: Option<&[Facts<'_>]>,
) -> Option<(usize, Judgement)> {
    let judged = own.iter().enumerate().map(|(index, facts)| {
        let judgement = judge_one(*facts, own, demand, reference);
        (rank(*facts, &judgement), index, judgement)
    });
    let (_, index, judgement) = judged.min_by_key(|(rank, index, _)| (*rank, *index))?;
    Some((index, judgement))
}

/// One answer, held to whichever answer of the reference it suits best.
fn judge_one(
    facts: Facts<'_>,
    own: &[Facts<'_>],
    demand: Demand<'_>,
    reference: Option<&[Facts<'_>]>,
) -> Judgement {
    let Some(reference) = reference else {
        return judge(facts, demand);
    };
    let by = |measure: Facts<'_>| {
        let demand = Demand {
            reference: Some(measure),
            ..demand
        };
        match judge(facts, demand) {
            Judgement::Mismatch(mut reasons)
                if facts.status == measure.status && targets_vary(facts, own, reference) =>
            {
                reasons.retain(|reason| *reason != Reason::Same);
                match (reasons.is_empty(), facts.complete) {
                    (false, _) => Judgement::Mismatch(reasons),
                    (true, true) => Judgement::Match,
                    (true, false) => Judgement::Failed,
                }
            }
            judgement => judgement,
        }
    };
    let measures = reference
        .iter()
        .filter(|facts| facts.complete && facts.status.is_some_and(is_measure));
    let best = measures
        .map(|measure| by(*measure))
        .min_by_key(|judgement| rank(facts, judgement));
    best.unwrap_or_else(|| by(Facts::NONE))
}

/// What is best for a probe comes first, but for a redirect into another environment, which nothing excuses.
/// Whoever answered completely is judged by that; what got lost counts only where nothing else came.
fn rank(facts: Facts<'_>, judgement: &Judgement) -> (u8, usize) {
    match judgement {
        Judgement::Mismatch(reasons) if reasons.contains(&Reason::CrossesEnvironment) => (0, 0),
        Judgement::Match => (1, 0),
        Judgement::NoReference => (2, 0),
        Judgement::Mismatch(reasons) if facts.complete => (3, reasons.len()),
        Judgement::Failed if facts.status.is_some() => (4, 0),
        Judgement::Mismatch(reasons) => (5, reasons.len()),
        Judgement::Failed => (6, 0),
    }
}

/// Whether redirects with this status lead elsewhere every now and then, in the environment and in the reference:
/// then their targets, such as a login with a number used once, tell the two not apart.
fn targets_vary(facts: Facts<'_>, own: &[Facts<'_>], reference: &[Facts<'_>]) -> bool {
    let Some(status) = facts.status.filter(|status| is_redirect(*status)) else {
        return false;
    };
    [own, reference]
        .into_iter()
        .all(|answers| has_several_targets(status, answers))
}

fn has_several_targets(status: StatusCode, answers: &[Facts<'_>]) -> bool {
    let alike = answers.iter().filter(|facts| facts.status == Some(status));
    let mut targets = alike.map(|facts| facts.trail.map(Trail::destinations));
    let first = targets.next();
    targets.any(|target| Some(target) != first)
}

#[cfg(test)]
mod tests {
    use std::cell::OnceCell;

    use url::Url;

    use super::*;
    use crate::expect::Expectation;

    /// Where answers lead, written `302 -> /a`, or `302 away` for one that crosses.
    fn trails<'a>(texts: &[&'a str], base: &'a Url) -> Vec<Option<Trail<'a>>> {
        let trail = |text: &&'a str| {
            let place = text.split_once(" -> ").map(|(_, to)| to);
            let place = place.or(text.ends_with(" away").then_some("/"));
            Some(Trail {
                base,
                addresses: Vec::new(),
                target: "/x",
                request: OnceCell::new(),
                hops: &[],
                location: Some(place?),
            })
        };
        texts.iter().map(trail).collect()
    }

    /// Of these answers; further ones are written `200 broken` and `lost`.
    fn facts<'a>(texts: &[&str], trails: &'a [Option<Trail<'a>>]) -> Vec<Facts<'a>> {
        let fact = |(text, trail): (&&str, &'a Option<Trail<'a>>)| Facts {
            status: text.split(' ').next().unwrap().parse().ok(),
            trail: trail.as_ref(),
            complete: !text.ends_with("broken") && *text != "lost",
            crosses: text.ends_with(" away"),
        };
        texts.iter().zip(trails).map(fact).collect()
    }

    fn judged(own: &[&str], expect: &str, reference: Option<&[&str]>) -> String {
        let base = Url::parse("http://h").unwrap();
        let own_trails = trails(own, &base);
        let other_trails = trails(reference.unwrap_or_default(), &base);
        let own_facts = facts(own, &own_trails);
        let reference = reference.map(|texts| facts(texts, &other_trails));
        let expectation = Expectation::parse(expect).unwrap();
        let demand = Demand {
            expectation: &expectation,
            same: true,
            reference: None,
        };
        let (index, judgement) = judge_all(&own_facts, demand, reference.as_deref()).unwrap();
        let word = match judgement {
            Judgement::Match => "match".to_owned(),
            Judgement::Failed => "failed".to_owned(),
            Judgement::NoReference => "no reference".to_owned(),
            Judgement::Mismatch(reasons) => {
                let reasons: Vec<_> = reasons.iter().map(|reason| reason.as_str()).collect();
                reasons.join(" ")
            }
        };
        format!("{word} by {}", own[index])
    }

    #[test]
    fn what_overlaps_matches() {
        for (own, reference, said) in [
            (&["200"][..], &["200"][..], "match by 200"),
            (&["503", "200"], &["200"], "match by 200"),
            (&["200"], &["404", "200"], "match by 200"),
            (&["404", "403"], &["200", "403"], "match by 403"),
            (&["404"], &["200"], "same by 404"),
            (&["404", "403"], &["200", "201"], "same by 404"),
            // What is no measure is none among others either.
            (&["503"], &["200", "503"], "same by 503"),
            (&["200"], &["503", "200", "lost"], "match by 200"),
            (&["200"], &["503", "429"], "no reference by 200"),
            (&["503"], &["503"], "no reference by 503"),
            (&["200"], &["lost"], "no reference by 200"),
            (&["200"], &["200 broken"], "no reference by 200"),
            // Lost answers count where there is nothing else.
            (&["lost", "200"], &["200"], "match by 200"),
            (&["lost", "404"], &["200"], "same by 404"),
            (&["lost"], &["200"], "failed by lost"),
            (&["lost", "200 broken"], &["200"], "failed by 200 broken"),
            (&["lost", "404 broken"], &["200"], "same by 404 broken"),
            (&["200 broken", "404"], &["200"], "same by 404"),
            (
                &["404 broken", "200 broken"],
                &["200"],
                "failed by 200 broken",
            ),
            // Targets.
            (&["301 -> /a"], &["301 -> /a"], "match by 301 -> /a"),
            (&["301 -> /b"], &["301 -> /a"], "same by 301 -> /b"),
            (
                &["301 -> /b", "301 -> /a"],
                &["301 -> /a"],
                "match by 301 -> /a",
            ),
            (
                &["301 -> /c"],
                &["301 -> /a", "301 -> /b"],
                "same by 301 -> /c",
            ),
            (
                &["301 -> /c", "301 -> /d"],
                &["301 -> /a"],
                "same by 301 -> /c",
            ),
            (
                &["301 -> /c", "301 -> /d"],
                &["301 -> /a", "301 -> /b"],
                "match by 301 -> /c",
            ),
            // One way into another environment is one too many.
            (
                &["200", "302 away"],
                &["200"],
                "same crosses_environment by 302 away",
            ),
        ] {
            assert_eq!(
                judged(own, "any", Some(reference)),
                said,
                "{own:?} by {reference:?}"
            );
        }
    }

    #[test]
    fn an_expectation_is_held_by_an_answer_that_also_suits_the_reference() {
        for (own, expect, reference, said) in [
            (&["200", "503"][..], "200", &["200"][..], "match by 200"),
            (&["503", "200"], "200", &["200"], "match by 200"),
            (&["404"], "200", &["404"], "status by 404"),
            (&["404", "200"], "200", &["404"], "status by 404"),
            (&["404", "200"], "200", &["503"], "no reference by 200"),
            (&["404"], "200", &["503"], "status by 404"),
            (&["500", "404"], "200", &["404"], "status by 404"),
        ] {
            assert_eq!(
                judged(own, expect, Some(reference)),
                said,
                "{own:?}, {expect}, {reference:?}"
            );
        }
    }

    #[test]
    fn the_reference_matches_with_any_measure() {
        for (own, said) in [
            (&["200"][..], "match by 200"),
            (&["503", "200"], "match by 200"),
            (&["lost", "404"], "match by 404"),
            (&["503", "429"], "no reference by 503"),
            (&["lost"], "failed by lost"),
        ] {
            assert_eq!(judged(own, "any", None), said, "{own:?}");
        }
    }
}
