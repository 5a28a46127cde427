//! Which environments have to be looked for before there can be a plan.
//!
//! Input: the suites of a run, one of them, and what the run selects of it. Output: the environments that the run asks,
//! as a plan would, and that say `discover`.

use super::Settings;
use super::build::Context;
use super::build_environment;
use super::reference::may_need_reference;
use super::selection::{Filter, Selection};
use crate::suite::{Base, Suite};

pub(super) fn undiscovered(
    suites: &[Suite],
    number: usize,
    selection: &Selection,
    process: &dyn Fn(&str) -> Option<String>,
) -> Vec<usize> {
    let Some(suite) = suites.get(number) else {
        return Vec::new();
    };
    let environments = suite.environments.iter().enumerate();
    let unknown: Vec<_> = environments
        .filter(|(_, environment)| matches!(environment.base, Base::Discover(_)))
        .collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let is_judged =
        |name: &String| selection.environments.is_empty() || selection.environments.contains(name);
    let settings = Settings::default();
    let reference = Context::new(suites, &settings, process).and_then(|mut context| {
        context.turn_to(number);
        needed_reference(&mut context, selection, &is_judged)
    });
    let asked = unknown
        .iter()
        .filter(|(index, it)| is_judged(&it.name) || reference == Some(*index));
    asked.map(|(index, _)| *index).collect()
}

/// The reference, if an endpoint may need it.
fn needed_reference(
    context: &mut Context<'_>,
    selection: &Selection,
    is_judged: &dyn Fn(&String) -> bool,
) -> Option<usize> {
    let suite = context.suite;
    let judged: Vec<usize> = (0..suite.environments.len())
        .filter(|&index| is_judged(&suite.environments[index].name))
        .collect();
    let filter = Filter::new(selection, &suite.services, context.problems.plain());
    let mut entries = suite.endpoints.iter();
    let is_needed = entries.any(|entry| filter.admits(entry) && may_need_reference(entry, &judged));
    is_needed.then(|| build_environment::reference(context))
}
