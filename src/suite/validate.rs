//! From the raw suite to a valid one: every problem, never stopping early.
//!
//! Input: what the file says and what the command line adds. Output: a [`Suite`] of all that is valid, and
//! the problems of the rest.

use std::sync::{Arc, OnceLock};

use super::defaults::{self, Defaults};
use super::model::{Endpoint, Environment, Suite, Vars};
use super::names::unknown_environment;
use super::place::Place;
use super::problems::Problems;
use super::raw::{RawRoot, RawSuite, Text};
use super::{Overrides, compared, endpoint, environment, fields, overrides, service, unique};
use crate::diagnostic::{Diagnostic, Source};

/// What a suite is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// All of it.
    Check,
    /// What its endpoints ask, and nothing of what they expect or of whom.
    Compare,
}

/// Judges `raw`; `lines` are those of its endpoints.
pub(super) fn suite(
    source: &Arc<Source>,
    raw: RawRoot,
    lines: &[u32],
    overrides: &Overrides,
    purpose: Purpose,
) -> (Suite, Problems) {
    let mut problems = Problems::default();
    let (mut raw, mut entries, bare) = match raw {
        RawRoot::Suite(mut raw) => {
            let entries = raw.endpoints.take().map(|entries| entries.0);
            (*raw, entries, false)
        }
        RawRoot::Bare(entries) => (RawSuite::default(), Some(entries), true),
    };
    if purpose == Purpose::Compare {
        compared::keep_questions(&mut raw, entries.as_deref_mut().unwrap_or_default());
    }
    let written = raw.environments.as_ref().map_or(0, |pairs| pairs.0.len());
    let mut environments = environments(&mut raw, bare, source, overrides, &mut problems);
    let services = service::agree(&mut environments, written, &mut problems);
    let names = environment::names(&environments);
    let defaults = match &raw.defaults {
        Some(raw) => defaults::read(raw, &names, &services, &mut problems),
        None => Defaults::default(),
    };
    check_entries(entries.as_ref().map(Vec::len), bare, &mut problems);
    let mut endpoints = endpoint::read(
        entries.unwrap_or_default(),
        lines,
        source,
        &defaults,
        &environments,
        &services,
        &mut problems,
    );
    match purpose {
        Purpose::Check => unique::check(&endpoints, &mut problems),
        // What told them apart may be gone.
        Purpose::Compare => unique::retain_first(&mut endpoints),
    }
    if !overrides.alone {
        service::check_asked(&endpoints, &environments, &mut problems);
        check_compared(&endpoints, &environments, &mut problems);
    }
    let place = Place::keys(&["name"]);
    let name = raw
        .name
        .as_ref()
        .and_then(|Text(name)| problems.template(&place, name));
    let suite = Suite {
        source: Arc::clone(source),
        name,
        reference: reference(raw.reference.as_ref(), &names, overrides, &mut problems),
        vars: vars(&raw, &mut problems),
        environments,
        services,
        defaults: defaults.layer,
        endpoints,
        tree: OnceLock::new(),
    };
    (suite, problems)
}

fn environments(
    raw: &mut RawSuite,
    bare: bool,
    source: &Source,
    overrides: &Overrides,
    problems: &mut Problems,
) -> Vec<Environment> {
    let given = raw.environments.take();
    let mut environments = match &given {
        Some(given) => environment::read(given, source, problems),
        None => Vec::new(),
    };
    let defines = given.is_none_or(|given| given.0.is_empty());
    overrides::apply(&mut environments, overrides, defines, problems);
    if environments.is_empty() {
        let what = if bare {
            "a list of endpoints alone"
        } else {
            "this suite"
        };
        let problem = Diagnostic::new(
            "no-environments",
            format!("{what} has no environments to ask"),
        );
        let problem = problem.help("`--base-url NAME=URL` on the command line defines one");
        if bare {
            problems.push(problem);
        } else {
            let help = "in the file they stand under `environments`, such as `production: https://example.com`";
            problems.missing(Place::keys(&["environments"]), problem.help(help));
        }
    }
    environments
}

fn check_entries(count: Option<usize>, bare: bool, problems: &mut Problems) {
    let message = match count {
        None => "this suite has no endpoints",
        Some(0) => "there are no endpoints, so nothing would be checked",
        Some(_) => return,
    };
    let place = if bare {
        Place::keys(&[])
    } else {
        Place::keys(&["endpoints"])
    };
    let problem = Diagnostic::new("no-endpoints", message);
    problems.missing(
        place,
        problem
            .help("an endpoint is a path, `- /health`, or a path with an expectation, `- /: 200`"),
    );
}

/// Comparing takes two. One report says it for all endpoints: what is missing is the same for all.
fn check_compared(endpoints: &[Endpoint], environments: &[Environment], problems: &mut Problems) {
    let [only] = environments else { return };
    let compared: Vec<&Endpoint> = endpoints
        .iter()
        .filter(|endpoint| endpoint.is_compared())
        .collect();
    let Some((first, others)) = compared.split_first() else {
        return;
    };
    let path = first.path.written();
    let problem = Diagnostic::new(
        "nothing-to-compare",
        format!(
            "`{path}` is compared with the reference, but `{}` is the only environment",
            only.name
        ),
    );
    let problem = problem.help(format!(
        "an expectation says what it should answer, such as `{path}: 200`"
    ));
    let problem = match others.len() {
        0 => problem,
        1 => problem.help("one more endpoint is compared like this"),
        count => problem.help(format!("{count} more endpoints are compared like this")),
    };
    problems.value(Place::EndpointPath(first.entry), problem);
}

/// The environment that the suite or a flag names as the reference.
pub(super) fn reference(
    raw: Option<&Text>,
    names: &[String],
    overrides: &Overrides,
    problems: &mut Problems,
) -> Option<usize> {
    let find = |name: &str| names.iter().position(|other| other == name);
    let written = raw.map(|Text(name)| (name, find(name)));
    if let Some((name, None)) = written
        && !names.is_empty()
    {
        problems.value(
            Place::keys(&["reference"]),
            unknown_environment(name, names),
        );
    }
    let Some(name) = &overrides.reference else {
        return written.and_then(|(_, number)| number);
    };
    let number = find(name);
    if number.is_none() && !names.is_empty() {
        let problem = unknown_environment(name, names);
        let message = format!("`--reference {name}`: {}", problem.message);
        problems.push(Diagnostic {
            message,
            label: String::new(),
            ..problem
        });
    }
    number
}

fn vars(raw: &RawSuite, problems: &mut Problems) -> Vars {
    fields::vars(raw.vars.as_ref(), &Place::keys(&["vars"]), problems)
}
