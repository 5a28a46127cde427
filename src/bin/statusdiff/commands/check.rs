//! `statusdiff check`: the whole pipeline, one stage after the other.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use statusdiff::compare::{Comparer, Comparison};
use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::plan::Plan;
use statusdiff::probe::{self, Stop};
use statusdiff::suite::Suite;
use statusdiff::{exit, start_embedded, suite};

use super::dry_run;
use crate::args::{Check, OnError, OutputArgs};
use crate::files::Scratch;
use crate::progress::Progress;
use crate::reports::Reports;
use crate::{output, settings, signals};

/// Runs it; everything that keeps it from sending anything is told and exits with 2.
pub(crate) fn run(args: &Check) -> ExitStatus {
    output::set_color(args.output.color);
    let plan = match plan(args) {
        Ok(plan) => plan,
        Err(problems) => return output::problems(&problems),
    };
    let result = if args.requests.dry_run {
        dry_run::run(&plan)
    } else {
        let scratch = Scratch::default();
        let input = Path::new(plan.file());
        match Reports::open(&args.output, &[input], scratch.clone()) {
            Ok(reports) => check(args, plan, reports, scratch),
            Err(problems) => return output::problems(&problems),
        }
    };
    result.unwrap_or_else(|error| {
        output::error(&format!("nothing was sent: {error}"));
        ExitStatus::NothingSent
    })
}

fn plan(args: &Check) -> Result<Plan, Vec<Diagnostic>> {
    let (suite, mut problems) = read(args)?;
    let Some(suite) = suite else {
        return Err(problems);
    };
    let selection = settings::selection(&args.selection).map_err(|problem| vec![problem])?;
    let settings = settings::settings(&args.requests);
    match Plan::new(suite, &selection, &settings, &settings::variable) {
        Ok(plan) if problems.is_empty() => Ok(plan),
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

fn read(args: &Check) -> Result<(Option<Suite>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let overrides = settings::overrides(&args.selection);
    if let Some(paths) = &args.selection.paths {
        let source = settings::read(paths).map_err(|problem| vec![problem])?;
        let (suite, problems) = suite::read_paths(&source.into(), &overrides);
        return Ok((Some(suite), problems));
    }
    let source = settings::suite(args.suite.as_deref()).map_err(|problem| vec![problem])?;
    Ok(suite::read(source, &overrides))
}

fn check(
    args: &Check,
    mut plan: Plan,
    mut reports: Reports,
    scratch: Scratch,
) -> io::Result<ExitStatus> {
    let _mocks = start_embedded(&mut plan)?;
    let plan = Arc::new(plan);
    let stop = Stop::new();
    let on_signal = stop.clone();
    signals::listen(move |end| on_signal.request(end), move || scratch.abandon())?;

    let (started_at, started) = (Timestamp::now(), Instant::now());
    let mut progress = Progress::new(&plan, args);
    let mut comparer = Comparer::new(Arc::clone(&plan));
    let options = settings::options(&args.requests);
    let ran = probe::run(&plan, &options, &stop, |id, outcome| {
        progress.outcome(id, &outcome);
        if comparer.push(id, outcome) {
            reports.judged(&comparer, id.endpoint);
        }
    })?;
    let comparison = comparer.finish(started_at, started.elapsed(), ran.end);
    progress.finish();
    progress.repeat(&comparison);
    if !args.output.quiet {
        ran.warnings
            .iter()
            .for_each(|warning| output::warning(&plan.secrets().redact(warning)));
    }

    let status = status(&args.output, &comparison);
    Ok(reports.finish(&comparison, status))
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
