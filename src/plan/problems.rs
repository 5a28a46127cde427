//! Collects what is wrong with values, naming the environments where it is.

use std::collections::HashMap;
use std::sync::Arc;

use super::Plan;
use super::request::Unusable;
use crate::diagnostic::Diagnostic;
use crate::suite::{Place, Suite};

/// Problems in the order in which they were found.
pub(super) struct Problems<'s> {
    /// The one in hand.
    suite: &'s Suite,
    plain: Vec<Diagnostic>,
    values: Vec<Value<'s>>,
}

/// A value that cannot be used, and where.
struct Value<'s> {
    suite: &'s Suite,
    place: Place,
    message: String,
    help: Option<String>,
    environment: Option<String>,
}

impl<'s> Problems<'s> {
    pub(super) fn new(suite: &'s Suite) -> Self {
        Self {
            suite,
            plain: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Further problems are in `suite`, unless they are said to be in another one.
    pub(super) fn turn_to(&mut self, suite: &'s Suite) {
        self.suite = suite;
    }

    /// Problems that are diagnostics already.
    pub(super) fn plain(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.plain
    }

    /// Notes that nobody has looked for the environment, which takes a look beyond the suite and its values.
    pub(super) fn not_discovered(&mut self, home: &Suite, environment: &str) {
        let keys = ["environments", environment, "discover"].map(str::to_owned);
        let message = format!("`{environment}` has not been looked for");
        let place = Place::Keys(keys.to_vec());
        let problem = home.problem(&place, "not-discovered", message);
        self.plain.push(problem);
    }

    /// Notes that the value at `place` cannot be used in `environment`.
    pub(super) fn value(&mut self, place: &Place, error: &Unusable, environment: Option<&str>) {
        self.value_in(self.suite, place, error, environment);
    }

    /// The same in this `suite`.
    pub(super) fn value_in(
        &mut self,
        suite: &'s Suite,
        place: &Place,
        error: &Unusable,
        environment: Option<&str>,
    ) {
        self.values.push(Value {
            suite,
            place: place.clone(),
            message: error.to_string(),
            help: help(error),
            environment: environment.map(str::to_owned),
        });
    }

    /// Nothing, or all problems; the same one in three environments is told once.
    pub(super) fn into_result(self) -> Result<(), Vec<Diagnostic>> {
        let Self {
            plain: mut problems,
            values,
            ..
        } = self;
        let mut found: Vec<(Diagnostic, Vec<String>)> = Vec::new();
        let mut known = HashMap::new();
        for value in values {
            let problem = value
                .suite
                .problem(&value.place, Plan::BAD_VALUE, value.message);
            let problem = value.help.into_iter().fold(problem, Diagnostic::help);
            let place = problem.span.as_ref();
            let place = place.map(|(source, range)| (Arc::as_ptr(source), range.clone()));
            let index = *known
                .entry((place, problem.message.clone()))
                .or_insert(found.len());
            if index == found.len() {
                found.push((problem, Vec::new()));
            }
            if let Some((_, environments)) = found.get_mut(index) {
                let new = value
                    .environment
                    .filter(|name| !environments.contains(name));
                environments.extend(new);
            }
        }
        problems.extend(found.into_iter().map(|(problem, environments)| {
            let label = match environments.as_slice() {
                [] => String::new(),
                names => format!("in {}", quoted(names)),
            };
            problem.label(label)
        }));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn help(error: &Unusable) -> Option<String> {
    match error {
        Unusable::Unresolved(unresolved) if unresolved.empty => Some(format!(
            "it is set, but empty, as a CI system passes a secret that it does not have; `${{{}:-text}}` gives a fallback",
            unresolved.name
        )),
        Unusable::Unresolved(unresolved) => Some(format!(
            "set it in `vars` or in the environment of the process, or give a fallback: `${{{}:-text}}`",
            unresolved.name
        )),
        Unusable::Invalid(_) => None,
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
