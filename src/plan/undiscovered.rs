//! Which environments have to be looked for before there can be a plan.
//!
//! Input: a suite, and what a run selects of it. Output: the environments that the run asks, as a plan would, and that
//! say `discover`.

use std::collections::BTreeSet;

use super::Settings;
use super::build::{Context, may_need_reference};
use super::build_environment;
use super::problems::Problems;
use super::selection::{Filter, Selection};
use crate::suite::{Base, Suite};

pub(super) fn undiscovered(
    suite: &Suite,
    selection: &Selection,
    process: &dyn Fn(&str) -> Option<String>,
) -> Vec<usize> {
    let environments = suite.environments.iter().enumerate();
    let unknown: Vec<_> = environments
        .filter(|(_, environment)| matches!(environment.base, Base::Discover(_)))
        .collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let is_judged =
        |name: &String| selection.environments.is_empty() || selection.environments.contains(name);
    let reference = needed_reference(suite, selection, process, &is_judged);
    let asked = unknown
        .iter()
        .filter(|(index, it)| is_judged(&it.name) || reference == Some(*index));
    asked.map(|(index, _)| *index).collect()
}

/// The reference, if an endpoint may need it.
fn needed_reference(
    suite: &Suite,
    selection: &Selection,
    process: &dyn Fn(&str) -> Option<String>,
    is_judged: &dyn Fn(&String) -> bool,
) -> Option<usize> {
    let settings = Settings::default();
    let mut context = Context {
        suite,
        settings: &settings,
        process,
        problems: Problems::new(suite),
        secrets: BTreeSet::new(),
    };
    let judged: Vec<usize> = (0..suite.environments.len())
        .filter(|&index| is_judged(&suite.environments[index].name))
        .collect();
    let filter = Filter::new(selection, &suite.services, context.problems.plain());
    let mut entries = suite.endpoints.iter();
    let is_needed = entries.any(|entry| filter.admits(entry) && may_need_reference(entry, &judged));
    is_needed.then(|| build_environment::reference(&context))
}
