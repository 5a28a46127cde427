//! `as`: which credential an endpoint is asked with.
//!
//! Input: the key, and the environments with their credentials. Output: [`As`]. It refuses a name that an
//! environment in which the endpoint is asked does not know.

use super::credential::{ANONYMOUS, DEFAULT};
use super::model::{As, Base, Environment, Expected};
use super::names::nearest;
use super::place::Place;
use super::problems::Problems;
use super::raw::Text;
use super::service::Wanted;
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
    (expected, service): (&Expected, Wanted),
    environments: &[Environment],
    place: Place,
    problems: &mut Problems,
) -> bool {
    let asked = |number: usize| match expected {
        Expected::Everywhere(_) => true,
        Expected::PerEnvironment(each) => each.get(number).is_some_and(Option::is_some),
    };
    let knows = |environment: &Environment| known(environment, service).any(|other| other == name);
    // Where it would be asked nowhere, that is what is wrong with it.
    let is_somewhere = |environment: &Environment| {
        let service = service.of(environment);
        service.is_none_or(|it| !matches!(it.base, Base::Nowhere))
    };
    let lacking: Vec<&Environment> = environments
        .iter()
        .enumerate()
        .filter(|(number, environment)| {
            asked(*number) && is_somewhere(environment) && !knows(environment)
        })
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
    let problem = unknown(name, &lacking, service, known_elsewhere);
    problems.value_unless_struck(place, credentials, problem);
    true
}

fn unknown(
    name: &str,
    lacking: &[&Environment],
    service: Wanted,
    known_elsewhere: bool,
) -> Diagnostic {
    let names = lacking
        .iter()
        .flat_map(|environment| known(environment, service));
    let near = nearest(name, names.chain([ANONYMOUS, DEFAULT]));
    let service = lacking.first().and_then(|first| service.of(first));
    let where_to: Vec<String> = lacking
        .iter()
        .map(|environment| match service {
            Some(service) => format!("`{}/{}`", environment.name, service.name),
            None => format!("`{}`", environment.name),
        })
        .collect();
    let message = format!(
        "there is no credential `{name}` in {}",
        where_to.join(" and ")
    );
    let problem = Diagnostic::new("unknown-credential", message);
    if let Some(near) = near {
        return problem
            .label(format!("did you mean `{near}`?"))
            .help(format!("a similar name is `{near}`"));
    }
    let problem = match service {
        None => problem.help(format!(
            "an environment's `credentials: {{ {name}: … }}` says who that is"
        )),
        Some(service) => problem.help(format!(
            "`credentials: {{ {name}: … }}` in the service `{}` says who that is; `share_credentials: true` there takes those of the environment",
            service.name
        )),
    };
    if known_elsewhere {
        problem.help("`environments: […]` limits an endpoint to those that know it")
    } else {
        problem
    }
}

/// The credentials that may be shown to a service of the environment, or to its own base URL.
fn known(environment: &Environment, service: Wanted) -> impl Iterator<Item = &str> {
    let credentials = match service.of(environment) {
        Some(service) if !service.shares_credentials => &service.credentials,
        _ => &environment.credentials,
    };
    credentials.iter().map(|(name, _)| name.as_str())
}
