//! Environments that the command line adds or moves.
//!
//! Input: [`Overrides`], the environments of the file, and the names that other suites of the run know. Output: the
//! environments of the run. It refuses names and base URLs that cannot be, in words that name the flag.
//! `NAME/SERVICE` stands for a service of an environment wherever `NAME` stands for the environment itself.

use super::Overrides;
use super::address::{parse_base_url, user_info};
use super::environment::{check_name, names, plain};
use super::model::{Base, Environment};
use super::names::unknown_environment;
use super::problems::Problems;
use super::service::{self, unknown_service};
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// What flags may name besides the environments of a suite.
#[derive(Clone, Copy)]
pub(super) enum Beside<'a> {
    /// Nothing: there are no environments, and flags define them.
    Nothing,
    /// The environments and services of the other suites of the run, by the names that flags have for them.
    Others(&'a [String]),
}

impl Beside<'_> {
    /// Whether another suite has something that is called like this.
    fn has(self, is: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Others(names) => names.iter().any(|name| is(name)),
        }
    }
}

/// The names that flags have for everything that has a base URL.
pub(super) fn flag_names(environments: &mut [Environment]) -> Vec<String> {
    spots(environments).map(|(name, _)| name).collect()
}

/// Applies `--base-url`, its variables and `--add-env`. In a suite without environments the first two define them.
pub(super) fn apply(
    environments: &mut Vec<Environment>,
    overrides: &Overrides,
    beside: Beside<'_>,
    problems: &mut Problems,
) {
    let mut overridden = Vec::new();
    for (name, url) in environments_first(&overrides.base_urls) {
        let flag = shown("--base-url ", name, url);
        let base = flagged_url(&flag, url, problems);
        match spot(environments, |known| known == name) {
            Some(known) => *known = base,
            None if beside.has(|other| other == name) => {}
            None => stray(environments, name, base, &flag, beside, problems),
        }
        overridden.push(variable(name));
    }
    for (name, url) in &overrides.base_url_variables {
        if overridden.contains(name) {
            continue;
        }
        let flag = shown("STATUSDIFF_BASE_URL_", name, url);
        let base = flagged_url(&flag, url, problems);
        let meant: Vec<String> = spots(environments)
            .map(|(known, _)| known)
            .filter(|known| variable(known) == *name)
            .collect();
        match meant.as_slice() {
            [] if beside.has(|other| variable(other) == *name) => {}
            [] => stray(
                environments,
                &name.to_ascii_lowercase(),
                base,
                &flag,
                beside,
                problems,
            ),
            [only] => {
                if let Some(known) = spot(environments, |known| known == only) {
                    *known = base;
                }
            }
            [first, second, ..] => {
                let message = format!("{flag} may stand for `{first}` and for `{second}`");
                let help = format!("`--base-url {first}=URL` says which one is meant");
                problems.push(Diagnostic::new("ambiguous-variable", message).help(help));
            }
        }
    }
    for (name, url) in environments_first(&overrides.add_environments) {
        let flag = shown("--add-env ", name, url);
        let base = flagged_url(&flag, url, problems);
        // The suite that has the environment, or has its name already, tells of it.
        let owner = split(name).0;
        let is_own = environments.iter().any(|it| it.name == owner);
        if is_own || !beside.has(|other| split(other).0.eq_ignore_ascii_case(owner)) {
            add(environments, name, base, &flag, problems);
        }
    }
}

/// Environments are there before their services are.
fn environments_first(given: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    let of_services = |wanted: bool| {
        given
            .iter()
            .filter(move |(name, _)| name.contains('/') == wanted)
    };
    of_services(false).chain(of_services(true))
}

/// A base URL for an environment that is not there (yet).
fn stray(
    environments: &mut Vec<Environment>,
    name: &str,
    base: Base,
    flag: &str,
    beside: Beside<'_>,
    problems: &mut Problems,
) {
    let Beside::Others(others) = beside else {
        return add(environments, name, base, flag, problems);
    };
    let (environment, service) = split(name);
    let owner = environments.iter().find(|it| it.name == environment);
    if owner.is_none() && others.iter().any(|name| name == environment) {
        // That suite tells what is wrong with its service.
        return;
    }
    let problem = if let (Some(owner), Some(service)) = (owner, service) {
        let known: Vec<_> = owner.services.iter().map(|it| it.name.clone()).collect();
        unknown_service(service, &known)
    } else {
        let mut known = names(environments);
        for other in others.iter().map(|name| split(name).0) {
            if known.iter().all(|name| name != other) {
                known.push(other.to_owned());
            }
        }
        unknown_environment(environment, &known)
    };
    problems.push(flagged(flag, problem));
}

/// `NAME/SERVICE`, or a name alone.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((environment, service)) => (environment, Some(service)),
        None => (name, None),
    }
}

/// Everything that has a base URL, by the name that flags have for it.
fn spots(environments: &mut [Environment]) -> impl Iterator<Item = (String, &mut Base)> {
    environments.iter_mut().flat_map(|environment| {
        let name = environment.name.clone();
        let services = environment.services.iter_mut().map({
            let name = name.clone();
            move |service| (format!("{name}/{}", service.name), &mut service.base)
        });
        std::iter::once((name, &mut environment.base)).chain(services)
    })
}

fn spot(environments: &mut [Environment], is: impl Fn(&str) -> bool) -> Option<&mut Base> {
    let mut spots = spots(environments);
    spots.find(|(name, _)| is(name)).map(|(_, base)| base)
}

fn flagged_url(flag: &str, url: &str, problems: &mut Problems) -> Base {
    if let Err(message) = parse_base_url(url) {
        problems.push(Diagnostic::new(
            "bad-base-url",
            format!("{flag}: {message}"),
        ));
    }
    Base::Url(Template::literal(url))
}

fn add(
    environments: &mut Vec<Environment>,
    name: &str,
    base: Base,
    flag: &str,
    problems: &mut Problems,
) {
    let (name, service) = split(name);
    let Some(service) = service else {
        match check_name(name, environments) {
            Ok(()) => environments.push(plain(name, base)),
            Err(problem) => problems.push(flagged(flag, problem)),
        }
        return;
    };
    // A service may come without a base URL of its environment's own.
    if environments.iter().all(|it| it.name != name) {
        add(environments, name, Base::Nowhere, flag, problems);
    }
    let owner = environments.iter_mut().find(|it| it.name == name);
    let Some(Environment { services, .. }) = owner else {
        return;
    };
    match service::check_name(service, services) {
        Ok(()) => services.push(service::plain(service, base)),
        Err(message) => {
            problems.push(flagged(flag, Diagnostic::new("bad-service-name", message)));
        }
    }
}

/// A flag as it was typed, but for a password.
fn shown(flag: &str, name: &str, url: &str) -> String {
    format!("`{flag}{name}={}`", masked(url))
}

/// A URL as it was typed, but for a password.
pub(super) fn masked(url: &str) -> String {
    match user_info(url) {
        Some(range) => format!("{}***{}", &url[..range.start], &url[range.end..]),
        None => url.to_owned(),
    }
}

/// A problem of a flag rather than of the file.
fn flagged(flag: &str, problem: Diagnostic) -> Diagnostic {
    Diagnostic {
        message: format!("{flag}: {}", problem.message),
        label: String::new(),
        ..problem
    }
}

/// The form that a name has in an environment variable.
fn variable(name: &str) -> String {
    name.to_ascii_uppercase().replace(['-', '.', '/'], "_")
}
