//! Environments that the command line adds or moves.
//!
//! Input: [`Overrides`] and the environments of the file. Output: the environments of the run. It refuses
//! names and base URLs that cannot be, in words that name the flag.

use super::Overrides;
use super::address::{parse_base_url, user_info};
use super::environment::{check_name, names, plain};
use super::model::{Base, Environment};
use super::names::unknown_environment;
use super::problems::Problems;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Applies `--base-url`, its variables and `--add-env`. In a suite without environments (`defines`) the
/// first two define them.
pub(super) fn apply(
    environments: &mut Vec<Environment>,
    overrides: &Overrides,
    defines: bool,
    problems: &mut Problems,
) {
    let mut overridden = Vec::new();
    for (name, url) in &overrides.base_urls {
        let flag = shown("--base-url ", name, url);
        let base = flagged_url(&flag, url, problems);
        match environments
            .iter()
            .position(|environment| environment.name == *name)
        {
            Some(number) => environments[number].base = base,
            None => stray(environments, name, base, &flag, defines, problems),
        }
        overridden.push(variable(name));
    }
    for (name, url) in &overrides.base_url_variables {
        if overridden.contains(name) {
            continue;
        }
        let flag = shown("STATUSDIFF_BASE_URL_", name, url);
        let base = flagged_url(&flag, url, problems);
        let numbers: Vec<usize> = (0..environments.len())
            .filter(|&number| variable(&environments[number].name) == *name)
            .collect();
        match *numbers {
            [] => stray(
                environments,
                &name.to_ascii_lowercase(),
                base,
                &flag,
                defines,
                problems,
            ),
            [number] => environments[number].base = base,
            [first, second, ..] => {
                let (first, second) = (&environments[first].name, &environments[second].name);
                let message = format!("{flag} may stand for `{first}` and for `{second}`");
                let help = format!("`--base-url {first}=URL` says which one is meant");
                problems.push(Diagnostic::new("ambiguous-variable", message).help(help));
            }
        }
    }
    for (name, url) in &overrides.add_environments {
        let flag = shown("--add-env ", name, url);
        let base = flagged_url(&flag, url, problems);
        add(environments, name, base, &flag, problems);
    }
}

/// A base URL for an environment that is not there (yet).
fn stray(
    environments: &mut Vec<Environment>,
    name: &str,
    base: Base,
    flag: &str,
    defines: bool,
    problems: &mut Problems,
) {
    if defines {
        add(environments, name, base, flag, problems);
    } else {
        problems.push(flagged(
            flag,
            unknown_environment(name, &names(environments)),
        ));
    }
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
    match check_name(name, environments) {
        Ok(()) => environments.push(plain(name, base)),
        Err(problem) => problems.push(flagged(flag, problem)),
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
    name.to_ascii_uppercase().replace(['-', '.'], "_")
}
