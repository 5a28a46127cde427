//! All reports of a run: on standard output and in files, afterwards or while it goes on.
//!
//! Input: what was typed, rows as they are judged, the finished comparison. Output: the exit status, which tells
//! of reports that could not be written. What can be known to go wrong is refused before anything is sent.

use std::io::{self, ErrorKind};
use std::path::Path;

use statusdiff::compare::{Comparison, Row};
use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::report::{Format, Options, render};

use crate::args::OutputArgs;
use crate::files::{Destination, Scratch};
use crate::live::Live;
use crate::{forge, output};

/// The reports that were asked for.
pub(crate) struct Reports {
    wanted: Vec<Report>,
    all: bool,
    quiet: bool,
    scratch: Scratch,
}

struct Report {
    format: Format,
    /// For messages.
    place: String,
    /// Without one it goes to standard output.
    destination: Option<Destination>,
    /// For a format that is written while the run goes on.
    live: Option<Live>,
}

impl Reports {
    /// Finds a place for every report. None may overwrite another, nor one of the `inputs`.
    ///
    /// # Errors
    ///
    /// All that would keep a report from being written, as far as it can be known now.
    pub(crate) fn open(
        args: &OutputArgs,
        inputs: &[&Path],
        scratch: Scratch,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut wanted = vec![Report::new(args.format, "standard output".to_owned(), None)];
        let mut problems = Vec::new();
        for (format, path) in &args.reports {
            let taken = wanted.iter().filter_map(|it| it.destination.as_ref());
            match find(path, taken, inputs) {
                Ok(destination) => {
                    let place = format!("`{}`", path.display());
                    wanted.push(Report::new(*format, place, Some(destination)));
                }
                Err(problem) => problems.push(problem),
            }
        }
        // None is opened, and so emptied, unless all can be.
        if problems.is_empty() {
            let started = wanted.iter_mut().map(Report::start);
            problems.extend(started.filter_map(Result::err));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            wanted,
            all: args.all,
            quiet: args.screen.quiet,
            scratch,
        })
    }

    /// Whether any is written while the run goes on.
    pub(crate) fn is_live(&self) -> bool {
        self.wanted.iter().any(|it| it.live.is_some())
    }

    /// This row is judged, and stays so.
    pub(crate) fn judged(&mut self, row: Row<'_>) {
        for live in self.wanted.iter_mut().filter_map(|it| it.live.as_mut()) {
            live.row(row);
        }
    }

    /// Writes every report; one that cannot be written does not keep the others from being written.
    pub(crate) fn finish(self, comparison: &Comparison, status: ExitStatus) -> ExitStatus {
        let mut failed = false;
        if self.wanted.iter().any(|it| it.format == Format::Github) {
            self.summarize_step(comparison, status);
        }
        for report in self.wanted {
            // A program that reads the report waits for it, whatever the verdict.
            let is_silenced = self.quiet && report.format == Format::Table;
            let is_stdout = report.destination.is_none();
            if is_stdout && is_silenced && status == ExitStatus::Passed {
                continue;
            }
            let options = Options {
                all: self.all,
                color: is_stdout && output::stdout_has_color(),
                width: if is_stdout {
                    output::stdout_width()
                } else {
                    output::WIDTH
                },
                file: forge::path_in_repository(comparison.file()),
                included: included(comparison),
                exit: status,
            };
            let place = report.place.clone();
            if let Err(error) = report.write(comparison, &options, &self.scratch) {
                output::error(&format!(
                    "the report could not be written to {place}: {error}"
                ));
                failed = true;
            }
        }
        if failed {
            status.with_report_failure()
        } else {
            status
        }
    }

    /// GitHub shows annotations without the counts; beside them, the summary of the step has the whole report.
    /// Nobody asked for it by name, so a run does not fail for want of it.
    fn summarize_step(&self, comparison: &Comparison, status: ExitStatus) {
        let Some(path) = forge::step_summary() else {
            return;
        };
        let options = Options {
            all: self.all,
            file: forge::path_in_repository(comparison.file()),
            included: included(comparison),
            ..Options::new(status)
        };
        let written = forge::append_summary(&path, |out| {
            render(Format::Markdown, comparison, &options, out)
        });
        if let Err(error) = written
            && !self.quiet
        {
            output::warning(&format!(
                "the report could not be added to the step's summary, `{}`: {error}",
                path.display()
            ));
        }
    }
}

impl Report {
    const fn new(format: Format, place: String, destination: Option<Destination>) -> Self {
        Self {
            format,
            place,
            destination,
            live: None,
        }
    }

    /// Starts what is written while the run goes on.
    fn start(&mut self) -> Result<(), Diagnostic> {
        if self.format != Format::Jsonl {
            return Ok(());
        }
        let live = match &self.destination {
            None => Live::start(io::stdout()),
            Some(destination) => destination.open().and_then(Live::start),
        };
        self.live = Some(live.map_err(|error| unfit(&self.place, &error))?);
        Ok(())
    }

    fn write(
        self,
        comparison: &Comparison,
        options: &Options,
        scratch: &Scratch,
    ) -> io::Result<()> {
        let is_stdout = self.destination.as_ref().is_none_or(Destination::is_stdout);
        let result = match (self.live, self.destination) {
            (Some(live), _) => live.finish(comparison, options),
            (None, Some(destination)) => {
                destination.write(scratch, |out| render(self.format, comparison, options, out))
            }
            (None, None) => output::to_stdout(|out| render(self.format, comparison, options, out)),
        };
        match result {
            // Whoever read it has seen enough.
            Err(error) if is_stdout && error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// The files that rows stand in besides the suite's own: their names, and their paths in the repository.
fn included(comparison: &Comparison) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut last = comparison.file();
    for row in comparison.rows() {
        let name = row.file();
        if name != last && name != comparison.file() && found.iter().all(|(known, _)| known != name)
        {
            let path = forge::path_in_repository(name).unwrap_or_else(|| name.to_owned());
            found.push((name.to_owned(), path));
        }
        last = name;
    }
    found
}

fn find<'t>(
    path: &Path,
    mut taken: impl Iterator<Item = &'t Destination>,
    inputs: &[&Path],
) -> Result<Destination, Diagnostic> {
    let shown = format!("`{}`", path.display());
    let destination = Destination::find(path).map_err(|error| {
        let folder = path
            .parent()
            .filter(|folder| *folder != Path::new("") && !folder.exists());
        match folder {
            Some(folder) => Diagnostic::new(
                "report",
                format!(
                    "there is no folder `{}` for the report {shown}",
                    folder.display()
                ),
            )
            .help(format!("make it first: `mkdir -p {}`", folder.display())),
            None => unfit(&shown, &error),
        }
    })?;
    if taken.any(|other| other.is_overwritten_by(&destination)) {
        let message =
            format!("two reports into {shown}, of which the second would overwrite the first");
        return Err(Diagnostic::new("report", message).help("give each of them a file of its own"));
    }
    if inputs.iter().any(|input| destination.is_file(input)) {
        let message = format!("the report would overwrite {shown}, which it is made from");
        return Err(Diagnostic::new("report", message).help("give it another file"));
    }
    Ok(destination)
}

fn unfit(shown: &str, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        ErrorKind::IsADirectory => {
            format!("the report cannot be written to {shown}, a folder; expected a file")
        }
        _ => format!("the report cannot be written to {shown}: {error}"),
    };
    Diagnostic::new("report", message)
}
