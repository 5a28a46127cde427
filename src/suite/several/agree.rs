//! Suites of one run must not contradict each other.
//!
//! Input: the suites, and the problems of each. Output: a problem in the later suite wherever it says something else of
//! an environment, or of the reference, than an earlier one.

use super::differ;
use crate::diagnostic::Diagnostic;
use crate::suite::model::{Environment, Suite};
use crate::suite::place::{self, Place, Side};
use crate::suite::problems::Problems;

/// Compares each with those before it.
pub(super) fn check(suites: &[&Suite], problems: &mut [&mut Problems]) {
    for (number, suite) in suites.iter().enumerate() {
        let before = &suites[..number];
        for environment in own(suite) {
            let namesake = before.iter().enumerate().find_map(|(other, suite)| {
                let first = own(suite).find(|it| is_namesake(it, environment))?;
                Some((other, first))
            });
            let Some((other, first)) = namesake else {
                continue;
            };
            // What is wrong with either may be all there is to it.
            let keys = environment_keys(&environment.name, &[]);
            if [number, other]
                .iter()
                .all(|&it| !problems[it].has_some_of(&keys))
            {
                let pair = ((suites[other], first), environment);
                environments(pair, problems[number]);
            }
        }
        reference(before, suite, problems[number]);
    }
}

/// Those that stand in the suite itself.
fn own(suite: &Suite) -> impl Iterator<Item = &Environment> {
    let environments = suite.environments.iter();
    environments.filter(|environment| environment.lender.is_none())
}

fn is_namesake(one: &Environment, other: &Environment) -> bool {
    one.name.eq_ignore_ascii_case(&other.name)
}

fn environment_keys<'k>(name: &'k str, keys: &[&'k str]) -> Vec<&'k str> {
    [&["environments", name], keys].concat()
}

fn environments(
    ((suite, first), second): ((&Suite, &Environment), &Environment),
    problems: &mut Problems,
) {
    let (name, file) = (&second.name, &suite.source.name);
    if first.name != *name {
        let message = format!(
            "`{name}` differs from `{}` in `{file}` only in case",
            first.name
        );
        let place = Place::keys(&environment_keys(name, &[]));
        problems.key(place, Diagnostic::new("bad-environment-name", message));
        return;
    }
    let differing = differ::differing(first, second);
    let Some(keys) = differing.first() else {
        return;
    };
    let place = Place::keys(&environment_keys(name, keys));
    let line = line(suite, &place);
    let keys: Vec<String> = differing.iter().map(|keys| keys.join(".")).collect();
    let problem = environments_differ(name, file, &keys);
    problems.key(
        place,
        problem.label(line.map_or_else(String::new, |line| format!("see line {line} of `{file}`"))),
    );
}

/// What is said of an environment called `name` of which these keys are others in `file`.
pub fn environments_differ(name: &str, file: &str, keys: &[String]) -> Diagnostic {
    let named: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    let differ = if keys.len() == 1 { "differs" } else { "differ" };
    let message = format!(
        "`{name}` is not what it is in `{file}`: {} {differ}",
        listed(&named)
    );
    Diagnostic::new("environments-differ", message)
        .help("environments of the same name are one in a run, and agree in all but their `vars`")
}

fn listed(names: &[String]) -> String {
    match names {
        [names @ .., last] if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        names => names.concat(),
    }
}

fn line(suite: &Suite, place: &Place) -> Option<usize> {
    let range = place::locate(suite.tree(0)?, place, Side::Key)?;
    Some(suite.source.line_column(range.start).0)
}

/// There is one reference, by whatever suite it is named.
fn reference(before: &[&Suite], suite: &Suite, problems: &mut Problems) {
    let named = |suite: &Suite| Some(suite.environments.get(suite.reference?)?.name.clone());
    let Some(own) = named(suite) else {
        return;
    };
    let other = before
        .iter()
        .find_map(|suite| Some((suite, named(suite).filter(|name| *name != own)?)));
    let Some((suite, name)) = other else { return };
    let (file, place) = (&suite.source.name, Place::keys(&["reference"]));
    let message = format!("the reference is `{name}` in `{file}`");
    let line = line(suite, &place);
    let problem = Diagnostic::new("references-differ", message)
        .label(line.map_or_else(String::new, |line| format!("see line {line} of `{file}`")))
        .help("suites that are checked in one run are compared with one reference")
        .help(format!(
            "`--reference {name}` says for all of them which one it is"
        ));
    problems.value(place, problem);
}
