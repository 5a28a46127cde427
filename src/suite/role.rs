//! `as`: which credential an endpoint is asked with.
//!
//! Input: the key, and the environments with their credentials. Output: [`As`]. It refuses a name that an
//! environment in which the endpoint is asked does not know.

use super::credential::{ANONYMOUS, DEFAULT};
use super::model::{As, Environment, Expected};
use super::names::nearest;
use super::place::Place;
use super::problems::Problems;
use super::raw::Text;
use crate::diagnostic::Diagnostic;

/// Reads `as`.
pub(super) fn read(raw: Option<&Text>, place: &Place, problems: &mut Problems) -> Option<As> {
    let Text(name) = raw?;
    let problem = |message: &str| Diagnostic::new("bad-credential", message);
    let message = match name.as_str() {
        "" => "the name of a credential is missing",
        DEFAULT => return Some(As::Default),
        ANONYMOUS => return Some(As::Anonymous),
        name if name.contains("${") => "the name of a credential has no `${…}` in it",
        name => return Some(As::Named(name.to_owned())),
    };
    let help = "`as` names one of the environments' `credentials`; `as: anonymous` sends none";
    problems.value(place.clone(), problem(message).help(help));
    None
}

/// Reports `name` where an environment in which something is expected does not know it. Whether it did.
pub(super) fn check(
    name: &str,
    expected: &Expected,
    environments: &[Environment],
    place: Place,
    problems: &mut Problems,
) -> bool {
    let asked = |number: usize| match expected {
        Expected::Everywhere(_) => true,
        Expected::PerEnvironment(each) => each.get(number).is_some_and(Option::is_some),
    };
    let knows = |environment: &Environment| names(environment).any(|other| other == name);
    let lacking: Vec<&Environment> = environments
        .iter()
        .enumerate()
        .filter(|(number, environment)| asked(*number) && !knows(environment))
        .map(|(_, environment)| environment)
        .collect();
    if lacking.is_empty() {
        return false;
    }
    let credentials = lacking
        .iter()
        .map(|environment| Place::keys(&["environments", &environment.name, "credentials"]));
    let credentials = credentials.collect();
    let known_elsewhere = environments.iter().any(knows);
    let problem = unknown(name, &lacking, known_elsewhere);
    problems.value_unless_struck(place, credentials, problem);
    true
}

fn unknown(name: &str, lacking: &[&Environment], known_elsewhere: bool) -> Diagnostic {
    let where_to: Vec<String> = lacking
        .iter()
        .map(|environment| format!("`{}`", environment.name))
        .collect();
    let message = format!(
        "there is no credential `{name}` in {}",
        where_to.join(" and ")
    );
    let problem = Diagnostic::new("unknown-credential", message);
    let known = lacking.iter().flat_map(|environment| names(environment));
    if let Some(near) = nearest(name, known.chain([ANONYMOUS, DEFAULT])) {
        return problem
            .label(format!("did you mean `{near}`?"))
            .help(format!("a similar name is `{near}`"));
    }
    let help = format!("an environment's `credentials: {{ {name}: … }}` says who that is");
    let problem = problem.help(help);
    if known_elsewhere {
        problem.help("`environments: […]` limits an endpoint to those that know it")
    } else {
        problem
    }
}

fn names(environment: &Environment) -> impl Iterator<Item = &str> {
    environment
        .credentials
        .iter()
        .map(|(name, _)| name.as_str())
}
