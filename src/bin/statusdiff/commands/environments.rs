//! `statusdiff environments`: where the environments of suites are, and whether they answer.
//!
//! Input: a suite or several. Output: a row for each environment and each of its services; one that cannot be told has
//! its problem in its row, and keeps no other from being told.

use std::sync::Mutex;
use std::{io, thread};

use statusdiff::diagnostic::Diagnostic;
use statusdiff::discover;
use statusdiff::exit::ExitStatus;
use statusdiff::outcome::{End, Outcome};
use statusdiff::plan::{Plan, Selection, Settings};
use statusdiff::probe::{self, Options, Stop};
use statusdiff::start_embedded;
use statusdiff::suite::{self, Base, Overrides, Suite, unknown_environment};

use self::rows::{Row, Told};
use crate::args::{Environments, EnvironmentsFormat};
use crate::{output, settings, signals};

mod json;
mod rows;

/// Tells all of them, then what is wrong with any.
pub(crate) fn run(args: &Environments) -> ExitStatus {
    let mut rows = match rows(args) {
        Ok(rows) => rows,
        Err(problems) => return output::problems(&problems),
    };
    let end = if args.ping {
        match ping(&mut rows) {
            Ok(end) => end,
            Err(error) => {
                output::error(&format!("nothing was sent: {error}"));
                return ExitStatus::NothingSent;
            }
        }
    } else {
        End::Complete
    };
    let printed = output::print(&match args.format {
        EnvironmentsFormat::Table => rows::table(&rows, args.ping),
        EnvironmentsFormat::Json => json::json(&rows),
    });
    let problems: Vec<Diagnostic> = rows.iter().flat_map(Row::problems).cloned().collect();
    let silent = rows.iter().any(Row::is_silent);
    match end {
        End::Interrupted => ExitStatus::Interrupted,
        End::Terminated => ExitStatus::Terminated,
        _ if !problems.is_empty() => output::problems(&problems),
        _ if silent && printed == ExitStatus::Passed => ExitStatus::Inconclusive,
        _ => printed,
    }
}

/// Every environment that is wanted, with a plan that asks for its base URL or what is wrong with it.
fn rows(args: &Environments) -> Result<Vec<Row>, Vec<Diagnostic>> {
    let overrides = settings::overrides_of(&args.base_url, &args.add_env);
    let (suites, problems) = suite::read_several(&settings::suites(&args.suite)?, &overrides);
    let Some(suites) = suites.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let wanted = wanted(&suites, &args.only)?;
    let mut rows = Vec::new();
    for (suite, wanted) in suites.into_iter().zip(wanted) {
        rows.extend(rows_of(suite, &wanted, args, &overrides)?);
    }
    Ok(rows)
}

/// The rows of one suite, for those of its environments that are `wanted`.
fn rows_of(
    mut suite: Suite,
    wanted: &[usize],
    args: &Environments,
    overrides: &Overrides,
) -> Result<Vec<Row>, Vec<Diagnostic>> {
    let mut found: Vec<_> = suite
        .environments
        .iter()
        .map(|environment| (rows::origins(environment, overrides), None))
        .collect();
    let unknown = |index: &usize| matches!(suite.environments[*index].base, Base::Discover(_));
    let unknown: Vec<usize> = wanted.iter().copied().filter(unknown).collect();
    if !unknown.is_empty() {
        let results = discover::look_up(&suite, &unknown, &settings::variable)?;
        for (index, result) in unknown.into_iter().zip(results) {
            match result {
                Ok(told) => {
                    discover::put(&mut suite, index, &told);
                    found[index].0[0] = told.source;
                }
                Err(problem) => found[index].1 = Some(problem),
            }
        }
    }
    let settings = Settings {
        retries: Some(0),
        timeout: args.timeout,
        insecure: args.insecure,
        ..Settings::default()
    };
    let suite = if args.ping { suite } else { suite.bare() };
    let suites = suite.one_by_one().into_iter().zip(found).enumerate();
    let rows = suites.filter(|(index, _)| wanted.contains(index));
    Ok(rows
        .map(|(_, (suite, (origins, problem)))| row(suite, origins, problem, &settings))
        .collect())
}

/// For each suite the indices of the environments that `--env` names; all, where it names none. What several suites
/// have is told by the first of them.
fn wanted(suites: &[Suite], names: &[String]) -> Result<Vec<Vec<usize>>, Vec<Diagnostic>> {
    let mut known: Vec<String> = Vec::new();
    let mut wanted = Vec::with_capacity(suites.len());
    for suite in suites {
        let mut own = Vec::new();
        for (index, environment) in suite.environments.iter().enumerate() {
            let name = &environment.name;
            if environment.lender.is_some() || known.contains(name) {
                continue;
            }
            if names.is_empty() || names.contains(name) {
                own.push(index);
            }
            known.push(name.clone());
        }
        wanted.push(own);
    }
    let unknown = names.iter().filter(|name| !known.contains(name));
    let problems: Vec<_> = unknown
        .map(|name| {
            let problem = unknown_environment(name, &known);
            let message = format!("`--env {name}`: {}", problem.message);
            Diagnostic {
                message,
                label: String::new(),
                ..problem
            }
        })
        .collect();
    if problems.is_empty() {
        Ok(wanted)
    } else {
        Err(problems)
    }
}

fn row(
    suite: Suite,
    origins: Vec<String>,
    problem: Option<Diagnostic>,
    settings: &Settings,
) -> Row {
    let environment = suite.environments.first();
    let name = environment.map_or_else(String::new, |it| it.name.clone());
    let plan = match problem {
        Some(problem) => Err(vec![problem]),
        None => Plan::new(suite, &Selection::default(), settings, &settings::variable),
    };
    Row {
        name,
        origins,
        told: plan.map_or_else(Told::Not, |plan| Told::Plan(Box::new(plan))),
        answers: Vec::new(),
    }
}

/// Asks all of them at once.
fn ping(rows: &mut [Row]) -> io::Result<End> {
    let stop = Stop::new();
    let on_signal = stop.clone();
    signals::listen(move |end| on_signal.request(end), || {})?;
    let ends = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let threads: Vec<_> = rows
            .iter_mut()
            .map(|row| scope.spawn(|| ask(row, &stop).map(|end| note(&ends, end))))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_panic| Err(io::Error::other("a question ended unexpectedly")))
        })
    })?;
    let ends = ends.into_inner().unwrap_or_default();
    let early = ends.into_iter().find(|end| *end != End::Complete);
    Ok(early.unwrap_or(End::Complete))
}

fn note(ends: &Mutex<Vec<End>>, end: End) {
    if let Ok(mut ends) = ends.lock() {
        ends.push(end);
    }
}

fn ask(row: &mut Row, stop: &Stop) -> io::Result<End> {
    let Told::Plan(plan) = &mut row.told else {
        return Ok(End::Complete);
    };
    let _running = start_embedded(plan, None)?;
    let mut answers: Vec<Option<Outcome>> = plan.endpoints().iter().map(|_| None).collect();
    let ran = probe::run(plan, &Options::default(), stop, |id, outcome| {
        if let Some(answer) = answers.get_mut(id.endpoint) {
            *answer = Some(outcome);
        }
    })?;
    row.answers = answers;
    Ok(ran.end)
}
