//! `statusdiff compare`: environments that are typed, and what they are asked, through the pipeline of `check`.

use std::iter::once;
use std::sync::Arc;

use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::plan::{Guard, Settings};
use statusdiff::suite::{self, Overrides, Suite};

use super::check::{self, Manner, Question};
use crate::args::{Compare, QuestionArgs};
use crate::settings;

/// Runs it.
pub(crate) fn run(args: &Compare) -> ExitStatus {
    let manner = Manner {
        requests: &args.requests,
        output: &args.output,
        progress: &args.progress,
        accept: &args.accept,
    };
    check::ask(question(args), manner)
}

fn question(args: &Compare) -> Result<Question, Vec<Diagnostic>> {
    let environments: Vec<String> = once(&args.reference).chain(&args.others).cloned().collect();
    let overrides = suite::compared_environments(&environments)?;
    let (suite, problems) = read(&args.questions, &overrides)?;
    let selection = settings::filtered(&args.questions.filter).map_err(|problem| vec![problem])?;
    let settings = settings::settings(&args.requests);
    // Whatever the names and hosts suggest, nobody has said which of them may be changed.
    let guard = match settings.guard {
        Guard::Production | Guard::Everywhere => Guard::Everywhere,
        Guard::Nowhere => Guard::Nowhere,
    };
    Ok(Question {
        suites: suite.map(|suite| vec![suite]),
        problems,
        selection,
        settings: Settings { guard, ..settings },
    })
}

fn read(
    args: &QuestionArgs,
    overrides: &Overrides,
) -> Result<(Option<Suite>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let source = match (&args.suite, &args.paths) {
        (Some(path), _) => {
            let source = settings::suite(Some(path)).map_err(|problem| vec![problem])?;
            return Ok(suite::read_questions(&source, overrides));
        }
        (None, Some(path)) => settings::list(path).map_err(|problem| vec![problem])?,
        (None, None) if args.path.is_empty() => return Err(vec![no_question()]),
        (None, None) => settings::typed(&args.path),
    };
    let (suite, problems) = suite::read_paths(&Arc::new(source), overrides);
    Ok((Some(suite), problems))
}

fn no_question() -> Diagnostic {
    Diagnostic::new("no-endpoints", "no path is given to ask for")
        .help("`--path /` asks for the start page; `--path /login --path /health` for two others")
        .help("`--paths FILE` takes a list with one path a line, `--suite SUITE` the endpoints of a suite")
}
