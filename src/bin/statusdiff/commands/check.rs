//! `statusdiff check`, and the whole pipeline of every command that asks: one stage after the other.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use statusdiff::compare::{Comparer, Comparison};
use statusdiff::diagnostic::Diagnostic;
use statusdiff::discover;
use statusdiff::exit::ExitStatus;
use statusdiff::plan::{Plan, Selection, Settings};
use statusdiff::probe::{self, Stop};
use statusdiff::suite::{Overrides, Suite};
use statusdiff::{exit, start_embedded, suite};

use super::dry_run;
use crate::accept::{AcceptArgs, Acceptance};
use crate::args::{Check, OnError, OutputArgs, ProgressArgs, RequestArgs};
use crate::files::Scratch;
use crate::progress::Progress;
use crate::reports::Reports;
use crate::{output, settings, signals};

/// What is asked.
pub(super) struct Question {
    pub(super) suites: Option<Vec<Suite>>,
    /// What is wrong with them.
    pub(super) problems: Vec<Diagnostic>,
    pub(super) selection: Selection,
    pub(super) settings: Settings,
}

/// How it is asked, and what is shown of the answers.
#[derive(Clone, Copy)]
pub(super) struct Manner<'a> {
    pub(super) requests: &'a RequestArgs,
    pub(super) output: &'a OutputArgs,
    pub(super) progress: &'a ProgressArgs,
    pub(super) accept: &'a AcceptArgs,
}

/// Runs it.
pub(crate) fn run(args: &Check) -> ExitStatus {
    let manner = Manner {
        requests: &args.requests,
        output: &args.output,
        progress: &args.progress,
        accept: &args.accept,
    };
    ask(question(args), manner)
}

/// The whole run; everything that keeps it from sending anything is told and exits with 2.
pub(super) fn ask(question: Result<Question, Vec<Diagnostic>>, manner: Manner<'_>) -> ExitStatus {
    output::set_color(manner.output.screen.color);
    let (plan, acceptance) = match question.and_then(|it| plan(it, manner.accept)) {
        Ok(planned) => planned,
        Err(problems) => return output::problems(&problems),
    };
    let result = if manner.requests.dry_run {
        dry_run::run(&plan)
    } else {
        let scratch = Scratch::default();
        let files = plan.files();
        let list = acceptance.as_ref().map(Acceptance::path);
        let inputs: Vec<_> = files.iter().map(Path::new).chain(list).collect();
        match Reports::open(manner.output, &inputs, scratch.clone()) {
            Ok(reports) => check(manner, (plan, acceptance), reports, &scratch),
            Err(problems) => return output::problems(&problems),
        }
    };
    result.unwrap_or_else(|error| {
        output::error(&format!("nothing was sent: {error}"));
        ExitStatus::NothingSent
    })
}

fn plan(
    question: Question,
    accept: &AcceptArgs,
) -> Result<(Plan, Option<Acceptance>), Vec<Diagnostic>> {
    let Question {
        suites,
        mut problems,
        selection,
        settings,
    } = question;
    let Some(mut suites) = suites else {
        return Err(problems);
    };
    let acceptance = Acceptance::open(accept, &suites, &selection);
    let acceptance = acceptance.unwrap_or_else(|more| {
        problems.extend(more);
        None
    });
    // No program is run for a suite that is not whole.
    if problems.is_empty() {
        discover::resolve(&mut suites, &selection, &settings::variable)?;
    }
    match Plan::of_several(suites, &selection, &settings, &settings::variable) {
        Ok(plan) if problems.is_empty() => Ok((plan, acceptance)),
        Ok(_) => Err(problems),
        Err(more) if problems.is_empty() => Err(more),
        Err(more) => {
            // Others may only follow from what is missing in a suite that is not whole.
            let own = |problem: &Diagnostic| {
                problem.code == Plan::BAD_VALUE
                    && !problems.iter().any(|known| tells(known, problem))
            };
            let more: Vec<_> = more.into_iter().filter(own).collect();
            problems.extend(more);
            Err(problems)
        }
    }
}

/// Whether `known` is about the same line as `problem`, or the same flag.
fn tells(known: &Diagnostic, problem: &Diagnostic) -> bool {
    let line = |diagnostic: &Diagnostic| {
        let (source, range) = diagnostic.span.as_ref()?;
        Some((source.name.clone(), source.line_column(range.start).0))
    };
    match (line(known), line(problem)) {
        (Some(one), Some(other)) => one == other,
        _ => known.message.ends_with(&problem.message),
    }
}

fn question(args: &Check) -> Result<Question, Vec<Diagnostic>> {
    let overrides = Overrides {
        reference: args.selection.reference.clone(),
        ..settings::overrides(&args.selection.input)
    };
    let (suites, problems) = if let Some(paths) = &args.selection.input.paths {
        let source = settings::list(paths).map_err(|problem| vec![problem])?;
        let (suite, problems) = suite::read_paths(&source.into(), &overrides);
        (Some(vec![suite]), problems)
    } else {
        suite::read_several(&settings::suites(&args.suite)?, &overrides)
    };
    let selection = settings::selection(&args.selection).map_err(|problem| vec![problem])?;
    Ok(Question {
        suites,
        problems,
        selection,
        settings: settings::settings(&args.requests),
    })
}

fn check(
    manner: Manner<'_>,
    (mut plan, acceptance): (Plan, Option<Acceptance>),
    mut reports: Reports,
    scratch: &Scratch,
) -> io::Result<ExitStatus> {
    let _mocks = start_embedded(&mut plan, None)?;
    let plan = Arc::new(plan);
    let stop = Stop::new();
    let on_signal = stop.clone();
    let (on_end, is_quiet) = (scratch.clone(), manner.output.screen.quiet);
    signals::listen(move |end| on_signal.request(end), move || on_end.abandon())?;

    let (started_at, started) = (Timestamp::now(), Instant::now());
    let (screen, format) = (&manner.output.screen, manner.output.format);
    let mut progress = Progress::new(&plan, manner.progress, screen, format)?;
    let mut comparer = Comparer::new(Arc::clone(&plan));
    let options = settings::options(manner.requests);
    let ran = probe::run(&plan, &options, &stop, |id, outcome| {
        progress.outcome(id, &outcome);
        if comparer.push(id, outcome) && reports.is_live() {
            let row = comparer.judged(id.endpoint);
            let may_change = |row| acceptance.as_ref().is_some_and(|it| it.may_change(row));
            if let Some(row) = row.filter(|row| !may_change(*row)) {
                reports.judged(row);
            }
        }
    })?;
    let mut comparison = comparer.finish(started_at, started.elapsed(), ran.end);
    progress.finish(ran.end);
    let is_listed = acceptance.is_none_or(|it| it.apply(&mut comparison, scratch, is_quiet));
    progress.repeat(&comparison);
    if !is_quiet {
        ran.warnings
            .iter()
            .for_each(|warning| output::warning(&plan.secrets().redact(warning)));
    }

    let status = reports.finish(&comparison, status(manner.output, &comparison));
    Ok(if is_listed {
        status
    } else {
        status.with_report_failure()
    })
}

/// What the flags make of a comparison.
pub(super) fn status(args: &OutputArgs, comparison: &Comparison) -> ExitStatus {
    let on_error = match args.on_error {
        OnError::Fail => exit::OnError::Fail,
        OnError::Pass => exit::OnError::Pass,
    };
    let gate = exit::Gate {
        on_error,
        fail_on_flaky: args.fail_on_flaky,
    };
    ExitStatus::of(comparison, gate)
}
