//! What a row is kept as, and what it costs.

use super::*;
use crate::compare::details::Detail;
use crate::compare::verdict::{Reason, Verdict};
use crate::diagnostic::Source;
use crate::outcome::{Answer, Observed};
use crate::plan::{Selection, Settings};
use crate::suite::{self, Overrides};

const ENVIRONMENTS: usize = 3;

/// Endpoints that are compared with the first of three environments.
fn comparer(endpoints: &[&str]) -> Comparer {
    let mut text =
        "reference: a\nenvironments: { a: http://a.test, b: http://b.test, c: http://c.test }\n\
                    endpoints:\n"
            .to_owned();
    for endpoint in endpoints {
        text.extend(["  - ", endpoint, "\n"]);
    }
    let source = Arc::new(Source::new("suite.yaml", text));
    let (suites, problems) = suite::read_several(&[source], &Overrides::default());
    assert_eq!(problems, []);
    let (selection, settings) = (Selection::default(), Settings::default());
    let plan = Plan::of_several(suites.unwrap(), &selection, &settings, &|_| None).unwrap();
    Comparer::new(Arc::new(plan))
}

fn status(status: u16) -> Outcome {
    outcome(Observed::Answer(Answer {
        status: StatusCode::from_u16(status).unwrap(),
        location: None,
    }))
}

fn failure(kind: FailureKind, message: &str) -> Outcome {
    outcome(Observed::Nothing(Failure::new(kind, message)))
}

fn outcome(observed: Observed) -> Outcome {
    Outcome {
        observed,
        hops: Vec::new(),
        attempts: 1,
        reconnects: 0,
        duration: Duration::from_millis(1),
        samples: None,
    }
}

fn push_rows(comparer: &mut Comparer, row: &[Outcome; ENVIRONMENTS]) {
    for endpoint in 0..comparer.plan.endpoints().len() {
        for (environment, outcome) in row.iter().enumerate() {
            let id = ProbeId {
                endpoint,
                environment,
            };
            comparer.push(id, outcome.clone());
        }
    }
}

fn finish(comparer: Comparer) -> Comparison {
    comparer.finish(Timestamp::UNIX_EPOCH, Duration::ZERO, End::Complete)
}

#[test]
fn a_cell_is_eight_bytes_and_a_detail_not_many_more() {
    assert_eq!(size_of::<Cell>(), 8);
    assert!(size_of::<Detail>() <= 80, "{}", size_of::<Detail>());
}

#[test]
fn what_has_nothing_to_be_compared_with_costs_no_more_than_a_match() {
    let lost = failure(FailureKind::Unreachable, "given up");
    for reference in [lost, status(503)] {
        let mut comparer = comparer(&["/a", "/b"]);
        push_rows(&mut comparer, &[reference, status(200), status(404)]);
        assert!((0..6).all(|index| comparer.details.get(index).is_none()));
        let comparison = finish(comparer);
        for probe in comparison.rows().flat_map(|row| row.probes().skip(1)) {
            let error = probe.error().unwrap();
            assert_eq!(error.kind, ErrorKind::NoReference);
            assert_eq!(
                error.message,
                "nothing to compare with: `a` gave no answer that others can be held to"
            );
            assert!(probe.status().is_some());
            assert_eq!(probe.attempts(), 1);
        }
    }
}

#[test]
fn a_plain_mismatch_costs_no_more_than_a_match() {
    let mut comparer = comparer(&["/a", "{ path: /b, expect: 200, same: true }"]);
    push_rows(&mut comparer, &[status(200), status(404), status(200)]);
    assert!((0..6).all(|index| comparer.details.get(index).is_none()));
    let comparison = finish(comparer);
    let wrong = comparison
        .rows()
        .map(|row| row.probes().nth(1).unwrap())
        .map(|probe| (probe.verdict(), probe.reasons(), probe.attempts()));
    let expected = [
        (Verdict::Mismatch, &[Reason::Same][..], 1),
        (Verdict::Mismatch, &[Reason::Status, Reason::Same], 1),
    ];
    assert_eq!(wrong.collect::<Vec<_>>(), expected);
}

#[test]
fn a_redirect_that_has_nothing_else_to_tell_is_no_more_than_its_location() {
    let leads = |location: &str| Outcome {
        observed: Observed::Answer(Answer {
            status: StatusCode::FOUND,
            location: Some(location.into()),
        }),
        ..status(302)
    };
    let retried = Outcome {
        attempts: 2,
        ..leads("/later")
    };
    let mut comparer = comparer(&["/a", "/b"]);
    push_rows(&mut comparer, &[leads("/new"), leads("/é?\"#"), retried]);
    let details = (0..6).filter(|&index| comparer.details.get(index).is_some());
    assert_eq!(details.collect::<Vec<_>>(), [2, 5]);
    let comparison = finish(comparer);
    for row in comparison.rows() {
        let told = row
            .probes()
            .map(|probe| (probe.location(), probe.attempts(), probe.verdict()));
        let expected = [
            (Some("/new"), 1, Verdict::Match),
            (Some("/é?\"#"), 1, Verdict::Mismatch),
            (Some("/later"), 2, Verdict::Mismatch),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let expected = row.probes().nth(1).unwrap().expected();
        assert_eq!(expected, "same as a (302 -> /new)");
    }
}

#[test]
fn probes_that_fail_alike_share_their_error() {
    let mut comparer = comparer(&["/a", "/b", "/c"]);
    let slow = failure(FailureKind::Timeout, "no complete answer within 10s");
    push_rows(&mut comparer, &[status(200), slow, status(200)]);
    let errors = [1, 4, 7].map(|index| comparer.details.get(index).unwrap().error.clone().unwrap());
    assert!(Arc::ptr_eq(&errors[0], &errors[1]));
    assert!(Arc::ptr_eq(&errors[0], &errors[2]));
}

#[test]
fn a_wall_that_is_lifted_leaves_what_was_there_before() {
    let kinds = |comparison: &Comparison| {
        let rows = comparison.rows();
        let probes = rows.map(|row| row.probes().nth(1).unwrap().error_kind());
        probes.collect::<Vec<_>>()
    };
    let mut comparer = comparer(&["/a", "/b", "/c"]);
    push_rows(&mut comparer, &[status(503), status(401), status(200)]);
    let mut comparison = finish(comparer);
    assert_eq!(kinds(&comparison), [Some(ErrorKind::Walled); 3]);
    assert_eq!(comparison.lift_walls(), [1]);
    assert_eq!(kinds(&comparison), [Some(ErrorKind::NoReference); 3]);
    comparison.raise_wall(1);
    assert_eq!(kinds(&comparison), [Some(ErrorKind::Walled); 3]);
}

#[test]
fn what_waits_for_the_reference_costs_no_more_and_is_told_as_it_came() {
    let leads = |location: &str| Outcome {
        observed: Observed::Answer(Answer {
            status: StatusCode::FOUND,
            location: Some(location.into()),
        }),
        ..status(302)
    };
    let mut comparer = comparer(&["/a", "{ path: /b, expect: 302 -> /new }"]);
    for (environment, location) in [(1, "http://c.test/"), (2, "/new")] {
        for endpoint in 0..2 {
            let id = ProbeId {
                endpoint,
                environment,
            };
            assert!(!comparer.push(id, leads(location)));
        }
    }
    assert!((0..6).all(|index| comparer.details.get(index).is_none()));
    let comparison = comparer.finish(Timestamp::UNIX_EPOCH, Duration::ZERO, End::Interrupted);
    let told = comparison.rows().flat_map(|row| row.probes().skip(1));
    let told = told.map(|probe| (probe.location(), probe.verdict(), probe.reasons()));
    let [location, crosses] = [Reason::Location, Reason::CrossesEnvironment];
    let expected = [
        (Some("http://c.test/"), Verdict::Mismatch, &[crosses][..]),
        (Some("/new"), Verdict::Error, &[]),
        (
            Some("http://c.test/"),
            Verdict::Mismatch,
            &[location, crosses],
        ),
        (Some("/new"), Verdict::Match, &[]),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn a_secret_that_is_learnt_while_a_row_waits_is_masked_in_it() {
    let leads = Outcome {
        observed: Observed::Answer(Answer {
            status: StatusCode::FOUND,
            location: Some("/?sid=late-5ecret".into()),
        }),
        ..status(302)
    };
    let mut comparer = comparer(&["/a"]);
    for environment in [1, 2, 0] {
        let id = ProbeId {
            endpoint: 0,
            environment,
        };
        comparer.push(id, leads.clone());
        comparer.plan.secrets().add("late-5ecret");
    }
    let row = comparer.judged(0).unwrap();
    let told = row
        .probes()
        .map(|probe| (probe.location(), probe.verdict()));
    assert!(told.eq([(Some("/?sid=***"), Verdict::Match); 3]));
}
