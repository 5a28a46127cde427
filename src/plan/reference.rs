//! The reference of a run: which it is, and that all who are compared with it can be.
//!
//! Input: the suites, each with the reference that it would have alone. Output: the one reference of the run. It refuses
//! an endpoint that would be compared with another environment than its suite alone compares it with.

use std::sync::Arc;

use super::build::Context;
use super::build_environment::{self, judged};
use super::environment::Environment;
use super::selection::Chosen;
use super::{Reference, Selection};
use crate::expect::Expectation;
use crate::suite::{self, Expected, Place, Setting, Suite};

/// The reference of the run, before it is known among which environments.
pub(super) struct Agreed(String);

impl Agreed {
    /// Its index among the environments of the suite in hand, which knows it or compares nothing.
    pub(super) fn index(&self, context: &Context<'_>) -> usize {
        let mut environments = context.suite.environments.iter();
        let known = environments.position(|it| it.name == self.0);
        known.unwrap_or_else(|| build_environment::reference(context))
    }

    pub(super) fn among(self, environments: &[Environment]) -> Reference {
        Reference {
            index: environments.iter().position(|it| it.name == self.0),
            name: self.0,
        }
    }
}

/// The reference that a suite names, else that of the first suite with an endpoint that is compared with one. Of the
/// others, those that compare nothing have no say, and those that borrow their environments go by what is said.
pub(super) fn agreed(
    context: &mut Context<'_>,
    selection: &Selection,
    chosen: &[Chosen],
) -> Agreed {
    let mut compared: Vec<(usize, String, &suite::Endpoint)> = Vec::new();
    let mut followers = Vec::new();
    for part in chosen {
        context.turn_to(part.suite);
        let judged = judged(context.suite, selection);
        let mut entries = part.entries.iter();
        let is_compared = |entry: &&suite::Endpoint| may_need_reference(entry, &judged);
        if let Some(first) = entries.find(is_compared).filter(|_| !judged.is_empty()) {
            let borrows = |it: &suite::Environment| it.lender.is_some();
            if context.suite.environments.iter().all(borrows) {
                followers.push((part.suite, own(context), first));
            } else {
                compared.push((part.suite, own(context), first));
            }
        }
    }
    let named = context.suites.iter().find_map(|suite| {
        let environment = suite.environments.get(suite.reference?)?;
        Some((environment.name.clone(), suite))
    });
    let first = compared.iter().chain(&followers).next();
    let first = first.and_then(|(of, name, _)| Some((name.clone(), context.suites.get(*of)?)));
    let Some((name, by)) = named.or(first) else {
        context.turn_to(chosen.first().map_or(0, |part| part.suite));
        return Agreed(own(context));
    };
    for (suite, own, entry) in &compared {
        if *own != name {
            context.turn_to(*suite);
            disagrees(context, (own, &name), by, entry);
        }
    }
    Agreed(name)
}

/// The name of the reference of the suite in hand.
fn own(context: &Context<'_>) -> String {
    let environments = &context.suite.environments;
    let reference = environments.get(build_environment::reference(context));
    reference.map_or_else(String::new, |it| it.name.clone())
}

fn disagrees(
    context: &mut Context<'_>,
    (own, name): (&str, &str),
    by: &Suite,
    entry: &suite::Endpoint,
) {
    let path = entry.path.written();
    let place = Place::EndpointPath(entry.entry);
    let message = format!(
        "`{path}` would be compared with `{own}`, but the reference of `{}` is `{name}`",
        by.source.name
    );
    let problem = context.suite.problem(&place, "references-differ", message);
    let has_it = context.suite.environments.iter().any(|it| it.name == name);
    let problem = if has_it {
        problem.help(format!(
            "`reference: {name}` in this suite makes them agree"
        ))
    } else {
        let message =
            format!("this suite has no environment `{name}`, and so nothing to compare with there");
        problem.help(message)
    };
    let problem =
        problem.help("suites that are checked in one run are compared with one reference");
    context.problems.plain().push(problem);
}

/// Whether what is expected of the endpoint in the `judged` environments may turn out to be the reference's
/// answer.
pub(super) fn may_need_reference(entry: &suite::Endpoint, judged: &[usize]) -> bool {
    let may = |setting: &Setting<Arc<Expectation>>| match setting {
        Setting::Value(expectation) => matches!(**expectation, Expectation::Same),
        Setting::Template(_) => true,
    };
    let same = entry.spec.same;
    match &entry.spec.expect {
        Expected::Everywhere(setting) => same || may(setting),
        Expected::PerEnvironment(settings) => judged
            .iter()
            .filter_map(|&index| settings.get(index)?.as_ref())
            .any(|setting| same || may(setting)),
    }
}

/// What turns out to be compared only once its `${…}` is known is checked where that is resolved. A single
/// environment was told when the suite was read.
pub(super) fn check_written(context: &mut Context<'_>, entries: &[suite::Endpoint]) {
    let reference = build_environment::reference(context);
    if context.suite.environments.len() > 1 {
        for entry in entries.iter().filter(|entry| entry.is_compared()) {
            check_reference(context, entry, reference);
        }
    }
}

/// An endpoint that is compared with the reference must ask the reference, and that must be another environment.
pub(super) fn check_reference(
    context: &mut Context<'_>,
    entry: &suite::Endpoint,
    reference: usize,
) {
    let environments = &context.suite.environments;
    let Some(environment) = environments.get(reference) else {
        return;
    };
    let (entry, expect, name) = (entry.entry, &entry.spec.expect, &environment.name);
    let is_left_out = matches!(expect, Expected::PerEnvironment(settings) if settings.get(reference).is_some_and(Option::is_none));
    let problem = if environments.len() == 1 {
        let message = format!(
            "this endpoint is compared with the reference, but `{name}` is the only environment"
        );
        let place = Place::EndpointExpect(entry, name.clone());
        let problem = context.suite.problem(&place, "nothing-to-compare", message);
        problem.help("another expectation says what it should answer, such as `200`")
    } else if is_left_out {
        let place = Place::EndpointKey(entry, vec!["environments".to_owned()]);
        let message = format!(
            "this endpoint is compared with the reference `{name}`, but is not asked there"
        );
        let problem = context.suite.problem(&place, "reference-left-out", message);
        problem.help(format!(
            "add `{name}` to its `environments:`, or give it an expectation of its own (`expect: 200`)"
        ))
    } else {
        return;
    };
    context.problems.plain().push(problem);
}
