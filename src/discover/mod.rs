//! Discovering: where the environments are whose suite says how they are found, not where.
//!
//! Input: the suites of a run, what it selects of them, and the process environment. Output: the same suites with base
//! URLs in the place of `discover`. It refuses to guess: what is found is checked as a written base URL is, and what
//! is not found is a problem at its line. Only environments that the run asks are looked for, all at once.

mod command;
mod github;
mod problem;
mod search;
mod upsun;
mod variables;

use futures::future::join_all;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::diagnostic::Diagnostic;
use crate::plan::{Plan, Selection};
use crate::suite::{Base, EnvironmentType, Place, Suite, Template};

/// The code of a [`Diagnostic`] that only says that SIGINT came while something was looked for.
pub const INTERRUPTED: &str = "interrupted";

/// The code of a [`Diagnostic`] that only says that SIGTERM came while something was looked for.
pub const TERMINATED: &str = "terminated";

/// What discovery tells of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its base URL.
    pub base_url: Url,
    /// What kind of system it is, where the platform says so.
    pub kind: Option<EnvironmentType>,
    /// What was asked, in a few words.
    pub source: String,
}

/// Looks for every environment that a run with this `selection` asks and that says `discover`, and puts what is found
/// in its place. Blocks until all programs have answered, a minute at most each; must not be called on a thread that
/// drives an async runtime.
///
/// # Errors
///
/// A problem for each environment that was not found, or one with the code [`INTERRUPTED`] or [`TERMINATED`].
pub fn resolve(
    suites: &mut [Suite],
    selection: &Selection,
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<(), Vec<Diagnostic>> {
    let (mut problems, mut lost) = (Vec::new(), Vec::new());
    // What is told of types may make another environment the reference, which then has to be found too.
    loop {
        let mut looked = false;
        for suite in 0..suites.len() {
            // What was found for the suites before need not be looked for again.
            let wanted = Plan::undiscovered(suites, suite, selection, process);
            for (home, mut wanted) in at_home(suites, suite, wanted) {
                wanted.retain(|index| !lost.contains(&(home, *index)));
                let Some(suite) = suites.get(home).filter(|_| !wanted.is_empty()) else {
                    continue;
                };
                looked = true;
                let results = look_up(suite, &wanted, process)?;
                for (index, result) in wanted.into_iter().zip(results) {
                    match result {
                        Ok(found) => put_everywhere(suites, (home, index), &found),
                        Err(problem) => {
                            problems.push(problem);
                            lost.push((home, index));
                        }
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if !looked {
            return Ok(());
        }
    }
}

/// The same environments of one suite as those of the suites that they stand in: what `discover` says is resolved there.
fn at_home(suites: &[Suite], suite: usize, wanted: Vec<usize>) -> Vec<(usize, Vec<usize>)> {
    let mut homes: Vec<(usize, Vec<usize>)> = Vec::new();
    for index in wanted {
        let environment = suites.get(suite).and_then(|it| it.environments.get(index));
        let Some(environment) = environment else {
            continue;
        };
        let home = environment.lender.unwrap_or(suite);
        let environments = suites.get(home).map(|home| home.environments.iter());
        let index = environments.and_then(|mut all| all.position(|it| it.name == environment.name));
        let known = homes.iter_mut().find(|(known, _)| *known == home);
        match (known, index) {
            (Some((_, all)), index) => all.extend(index),
            (None, index) => homes.push((home, index.into_iter().collect())),
        }
    }
    homes
}

/// Puts what was found for one environment into all suites that would look for the same: those that borrow it, and
/// those that say the same of it without any `${…}`, which might be another value there.
fn put_everywhere(suites: &mut [Suite], (home, index): (usize, usize), found: &Found) {
    let environment = suites.get(home).and_then(|it| it.environments.get(index));
    let Some(environment) = environment else {
        return;
    };
    let (name, base) = (environment.name.clone(), environment.base.clone());
    let is_fixed = matches!(&base, Base::Discover(discover) if discover.is_fixed());
    for (number, suite) in suites.iter_mut().enumerate() {
        let index = suite.environments.iter().position(|it| {
            let is_own = number == home || it.lender == Some(home);
            it.name == name && it.base == base && (is_own || is_fixed)
        });
        if let Some(index) = index {
            put(suite, index, found);
        }
    }
}

/// Looks for the environments with these indices; one result for each, in their order.
///
/// # Errors
///
/// As [`resolve`] for what keeps all of them from being looked for.
pub fn look_up(
    suite: &Suite,
    environments: &[usize],
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Result<Found, Diagnostic>>, Vec<Diagnostic>> {
    let searches = environments
        .iter()
        .filter_map(|&index| suite.environments.get(index))
        .map(|environment| async {
            let found = search::search(suite, environment, process).await;
            found.map_err(|problem| {
                let name = &environment.name;
                let keys = ["environments", name, "discover"].map(str::to_owned);
                let message = format!("`{name}` was not found: {}", problem.message);
                let place = Place::Keys(keys.to_vec());
                let diagnostic = suite.problem(&place, "not-discovered", message);
                let mends = problem.help.into_iter().fold(diagnostic, Diagnostic::help);
                mends.help(format!(
                    "`--base-url {name}=URL` says where it is, and nothing is looked for"
                ))
            })
        });
    until_a_signal(join_all(searches)).map_err(|problem| vec![problem])
}

/// Makes what was found the base URL of the environment with this index, and what was told its type, where the suite
/// states none.
pub fn put(suite: &mut Suite, index: usize, found: &Found) {
    if let Some(environment) = suite.environments.get_mut(index) {
        environment.base = Base::Url(Template::literal(found.base_url.as_str()));
        environment.kind = environment.kind.or(found.kind);
    }
}

/// Runs `work` to its end; a signal drops it, and with it every program that it has started.
fn until_a_signal<T>(work: impl Future<Output = T>) -> Result<T, Diagnostic> {
    let refused = |error: std::io::Error| {
        let message = format!("environments cannot be looked for: {error}");
        Diagnostic::new("not-discovered", message)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(refused)?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
        let message = "stopped while environments were looked for";
        tokio::select! {
            found = work => Ok(found),
            _ = interrupt.recv() => Err(Diagnostic::new(INTERRUPTED, message)),
            _ = terminate.recv() => Err(Diagnostic::new(TERMINATED, message)),
        }
    })
}
