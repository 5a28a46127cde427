//! `statusdiff check`: the whole pipeline, one stage after the other.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use statusdiff::compare::{Comparer, Comparison};
use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::plan::Plan;
use statusdiff::probe::{self, Stop};
use statusdiff::suite::Suite;
use statusdiff::{exit, report, start_embedded, suite};

use super::dry_run;
use crate::args::{Check, OnError, OutputArgs};
use crate::progress::Progress;
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
        check(args, plan)
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
    let (selection, settings) = (
        settings::selection(&args.selection),
        settings::settings(&args.requests),
    );
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

fn check(args: &Check, mut plan: Plan) -> io::Result<ExitStatus> {
    let _mocks = start_embedded(&mut plan)?;
    let plan = Arc::new(plan);
    let stop = Stop::new();
    let on_signal = stop.clone();
    signals::listen(move |end| on_signal.request(end))?;

    let (started_at, started) = (Timestamp::now(), Instant::now());
    let progress = Progress::new(&plan, &args.output);
    let mut comparer = Comparer::new(Arc::clone(&plan));
    let options = settings::options(&args.requests);
    let ran = probe::run(&plan, &options, &stop, |id, outcome| {
        progress.outcome(id, &outcome);
        comparer.push(id, outcome);
    })?;
    let comparison = comparer.finish(started_at, started.elapsed(), ran.end);
    progress.finish();
    if !args.output.quiet {
        ran.warnings
            .iter()
            .for_each(|warning| output::warning(&plan.secrets().redact(warning)));
    }

    let on_error = match args.output.on_error {
        OnError::Fail => exit::OnError::Fail,
        OnError::Pass => exit::OnError::Pass,
    };
    let gate = exit::Gate {
        on_error,
        fail_on_flaky: args.output.fail_on_flaky,
    };
    let status = ExitStatus::of(&comparison, gate);
    Ok(report(&args.output, &comparison, status))
}

/// Writes every report; one that cannot be written does not keep the others from being written.
fn report(args: &OutputArgs, comparison: &Comparison, status: ExitStatus) -> ExitStatus {
    let mut options = report::Options {
        all: args.all,
        color: output::stdout_has_color(),
        width: output::stdout_width(),
        exit: status,
    };
    let mut failed = false;
    let mut told = |place: &str, result: io::Result<()>| {
        if let Err(error) = result {
            output::error(&format!(
                "the report could not be written to {place}: {error}"
            ));
            failed = true;
        }
    };
    // A program that reads the report waits for it, whatever the verdict.
    let is_silenced = args.quiet && args.format == report::Format::Table;
    if !(is_silenced && status == ExitStatus::Passed) {
        let written =
            output::to_stdout(|out| report::render(args.format, comparison, &options, out));
        told("standard output", written);
    }
    options.color = false;
    options.width = output::WIDTH;
    for (format, path) in &args.reports {
        let written = output::to_file(path, |out| {
            report::render(*format, comparison, &options, out)
        });
        told(&format!("`{}`", path.display()), written);
    }
    if failed {
        status.with_report_failure()
    } else {
        status
    }
}
