//! `statusdiff record`: asks one environment, and writes a suite that expects what it answered.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use statusdiff::diagnostic::Diagnostic;
use statusdiff::discover;
use statusdiff::exit::ExitStatus;
use statusdiff::outcome::End;
use statusdiff::plan::{Plan, Selection};
use statusdiff::probe::{self, Stop};
use statusdiff::record::Recorder;
use statusdiff::report::{Format, counted};
use statusdiff::start_embedded;
use statusdiff::suite::{self, Draft, Finding, Found, Overrides, Suite, unknown_environment};

use super::dry_run;
use crate::args::Record;
use crate::files::{Destination, Scratch};
use crate::progress::Progress;
use crate::{output, settings, signals};

/// Runs it; everything that keeps it from sending anything is told and exits with 2.
pub(crate) fn run(args: &Record) -> ExitStatus {
    output::set_color(args.screen.color);
    let session = match Session::new(args) {
        Ok(session) => session,
        Err(problems) => return output::problems(&problems),
    };
    session.run().unwrap_or_else(|error| {
        output::error(&format!("nothing was sent: {error}"));
        ExitStatus::NothingSent
    })
}

/// All that is known before anything is sent.
struct Session<'a> {
    args: &'a Record,
    environment: String,
    /// Its index among those of the suite.
    index: usize,
    draft: Draft,
    plan: Plan,
    /// Without one, standard output.
    destination: Option<Destination>,
}

impl<'a> Session<'a> {
    fn new(args: &'a Record) -> Result<Self, Vec<Diagnostic>> {
        let overrides = Overrides {
            alone: true,
            ..settings::overrides(&args.input)
        };
        let suite = read(args, &overrides)?;
        let index = environment(args.from.as_deref(), &suite).map_err(|it| vec![it])?;
        let draft = Draft::new(&suite, index, &overrides)?;
        let environment = suite.environments[index].name.clone();
        let plan = plan(args, suite, index)?;
        let destination = destination(args).map_err(|it| vec![it])?;
        Ok(Self {
            args,
            environment,
            index,
            draft,
            plan,
            destination,
        })
    }

    fn run(mut self) -> io::Result<ExitStatus> {
        if self.args.requests.dry_run {
            return dry_run::run(&self.plan);
        }
        let _mocks = start_embedded(&mut self.plan, None)?;
        let plan = Arc::new(self.plan);
        let scratch = Scratch::default();
        let stop = Stop::new();
        let (on_signal, at_end) = (stop.clone(), scratch.clone());
        signals::listen(move |end| on_signal.request(end), move || at_end.abandon())?;

        let Record {
            progress, screen, ..
        } = self.args;
        let mut progress = Progress::new(&plan, progress, screen, Format::Table)?;
        let mut recorder = Recorder::new(Arc::clone(&plan));
        let options = settings::options(&self.args.requests);
        let ran = probe::run(&plan, &options, &stop, |id, outcome| {
            progress.outcome(id, &outcome);
            recorder.push(id, outcome);
        })?;
        progress.finish(ran.end);
        if !self.args.screen.quiet {
            ran.warnings
                .iter()
                .for_each(|warning| output::warning(&plan.secrets().redact(warning)));
        }
        let ended = match ran.end {
            End::Interrupted => Some(ExitStatus::Interrupted),
            End::Terminated => Some(ExitStatus::Terminated),
            End::Complete | End::Deadline => None,
        };
        if let Some(status) = ended {
            output::error("interrupted, and nothing is written");
            return Ok(status);
        }
        let written = Written {
            args: self.args,
            environment: &self.environment,
            index: self.index,
            draft: &self.draft,
            destination: self.destination.as_ref(),
        };
        Ok(written.write(&recorder, &scratch))
    }
}

/// What becomes of the answers.
struct Written<'a> {
    args: &'a Record,
    environment: &'a str,
    index: usize,
    draft: &'a Draft,
    destination: Option<&'a Destination>,
}

impl Written<'_> {
    fn write(&self, recorder: &Recorder, scratch: &Scratch) -> ExitStatus {
        let mut findings = recorder.findings();
        let text = match self.text(recorder, &mut findings) {
            Ok(Some(text)) => text,
            Ok(None) => {
                output::error(&format!(
                    "nothing is written: `{}` answered nothing that can be expected ({})",
                    self.environment,
                    comments(&findings)
                ));
                return ExitStatus::Inconclusive;
            }
            Err(problems) => {
                let _ = output::problems(&problems);
                return ExitStatus::ReportFailed;
            }
        };
        let put = |out: &mut dyn Write| out.write_all(text.as_bytes());
        let result = match self.destination {
            Some(destination) => destination.write(scratch, put),
            None => output::to_stdout(put),
        };
        if let Err(error) = result {
            output::error(&format!("the recorded suite could not be written: {error}"));
            return ExitStatus::ReportFailed;
        }
        let lost = findings.iter().filter(|it| it.found == Found::Nothing);
        match lost.count() {
            0 => ExitStatus::Passed,
            lost => {
                let (lost, all) = (counted(lost, "endpoint"), findings.len());
                let why = comments(&findings);
                if !self.args.screen.quiet {
                    output::warning(&format!("{lost} of {all} commented out: {why}"));
                }
                ExitStatus::Inconclusive
            }
        }
    }

    /// The recorded suite, which passes a check by the same answers; nothing where no endpoint is left in it.
    fn text(
        &self,
        recorder: &Recorder,
        findings: &mut [Finding],
    ) -> Result<Option<String>, Vec<Diagnostic>> {
        loop {
            if findings.iter().all(|it| it.found == Found::Nothing) {
                return Ok(None);
            }
            let (text, suite) = self.draft.record(findings)?;
            let as_written = plan(self.args, suite, self.index)?;
            // Each turn leaves fewer.
            if !recorder.take_back(findings, as_written) {
                return Ok(Some(text));
            }
        }
    }
}

fn read(args: &Record, overrides: &Overrides) -> Result<Suite, Vec<Diagnostic>> {
    let (suite, problems) = if let Some(paths) = &args.input.paths {
        let source = settings::list(paths).map_err(|problem| vec![problem])?;
        let (suite, problems) = suite::read_paths(&source.into(), overrides);
        (Some(suite), problems)
    } else {
        let source = settings::only_suite("record", args.suite.as_deref(), &args.further);
        let source = source.map_err(|problem| vec![problem])?;
        suite::read(source, overrides)
    };
    suite.filter(|_| problems.is_empty()).ok_or(problems)
}

/// The index of the environment that is recorded.
fn environment(name: Option<&str>, suite: &Suite) -> Result<usize, Diagnostic> {
    let names = suite.environments.iter().map(|it| it.name.clone());
    let names: Vec<String> = names.collect();
    let Some(name) = name else {
        if names.len() == 1 {
            return Ok(0);
        }
        let message = format!(
            "`--from` says which environment is recorded: {}",
            names.join(", ")
        );
        return Err(Diagnostic::new("no-environment", message));
    };
    names.iter().position(|known| known == name).ok_or_else(|| {
        let problem = unknown_environment(name, &names);
        Diagnostic {
            message: format!("`--from {name}`: {}", problem.message),
            label: String::new(),
            ..problem
        }
    })
}

/// The plan of asking this environment alone.
fn plan(args: &Record, mut suite: Suite, index: usize) -> Result<Plan, Vec<Diagnostic>> {
    let name = suite.environments.get(index).map(|it| it.name.clone());
    suite.observe(index);
    let selection = Selection {
        environments: name.into_iter().collect(),
        ..settings::picked(&args.pick)
    };
    let suites = std::slice::from_mut(&mut suite);
    discover::resolve(suites, &selection, &settings::variable)?;
    let settings = settings::settings(&args.requests);
    Plan::new(suite, &selection, &settings, &settings::variable)
}

fn destination(args: &Record) -> Result<Option<Destination>, Diagnostic> {
    let Some(path) = args.output.as_deref().filter(|it| *it != Path::new("-")) else {
        return Ok(None);
    };
    let found = if args.force {
        Destination::find(path)
    } else {
        Destination::find_new(path)
    };
    let shown = path.display();
    found.map(Some).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Diagnostic::new("output", format!("there is a file `{shown}` already"))
                .help("`--force` writes over it; another name keeps it")
        }
        io::ErrorKind::IsADirectory => Diagnostic::new(
            "output",
            format!("the suite cannot be written to `{shown}`, a folder; expected a file"),
        ),
        _ => Diagnostic::new(
            "output",
            format!("the suite cannot be written to `{shown}`: {error}"),
        ),
    })
}

/// Why endpoints are commented out, each reason once.
fn comments(findings: &[Finding]) -> String {
    let lost = findings.iter().filter(|it| it.found == Found::Nothing);
    let mut comments: Vec<(&str, usize)> = Vec::new();
    for comment in lost.filter_map(|it| it.comment.as_deref()) {
        match comments.iter_mut().find(|(known, _)| *known == comment) {
            Some((_, count)) => *count += 1,
            None => comments.push((comment, 1)),
        }
    }
    let comments = comments.iter().map(|(comment, count)| match count {
        1 => (*comment).to_owned(),
        count => format!("{comment} {count}×"),
    });
    comments.collect::<Vec<_>>().join("; ")
}
