//! From texts and outcomes to a comparison.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::compare::{Comparer, Comparison};
use crate::diagnostic::Source;
use crate::outcome::{End, Outcome};
use crate::plan::{Plan, ProbeId, Selection, Settings};
use crate::suite::{self, Overrides};

/// The file of the suite, or of the first one.
pub(super) const FILE: &str = "suites/shop.yaml";

pub(super) fn comparison<const ENVIRONMENTS: usize>(
    suite: &str,
    settings: &Settings,
    end: End,
    outcomes: impl IntoIterator<Item = [Option<Outcome>; ENVIRONMENTS]>,
) -> Comparison {
    selected(suite, &Selection::default(), settings, end, outcomes)
}

pub(super) fn selected<const ENVIRONMENTS: usize>(
    suite: &str,
    selection: &Selection,
    settings: &Settings,
    end: End,
    outcomes: impl IntoIterator<Item = [Option<Outcome>; ENVIRONMENTS]>,
) -> Comparison {
    judged(&[(FILE, suite)], (selection, settings), end, outcomes)
}

/// The same for several suites, each with the name of its file.
pub(super) fn judged<const ENVIRONMENTS: usize>(
    suites: &[(&str, &str)],
    (selection, settings): (&Selection, &Settings),
    end: End,
    outcomes: impl IntoIterator<Item = [Option<Outcome>; ENVIRONMENTS]>,
) -> Comparison {
    let sources = suites
        .iter()
        .map(|(file, text)| Arc::new(Source::new(*file, *text)));
    let sources: Vec<_> = sources.collect();
    let (suites, problems) = suite::read_several(&sources, &Overrides::default());
    assert_eq!(problems, []);
    let plan = Plan::of_several(suites.unwrap(), selection, settings, &|_| None).unwrap();
    let (endpoints, environments) = (plan.endpoints().len(), plan.environments().len());
    let mut comparer = Comparer::new(Arc::new(plan));
    let mut rows = 0;
    for (endpoint, row) in outcomes.into_iter().enumerate() {
        for (environment, outcome) in row.into_iter().enumerate() {
            if let Some(outcome) = outcome {
                let id = ProbeId {
                    endpoint,
                    environment,
                };
                comparer.push(id, outcome);
            }
        }
        rows += 1;
    }
    assert_eq!((endpoints, environments), (rows, ENVIRONMENTS));
    let started_at = Timestamp::from_second(1_795_341_600).unwrap();
    comparer.finish(started_at, Duration::from_micros(40_960), end)
}
