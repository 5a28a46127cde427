//! `statusdiff merge`: one run's reports out of the JSON reports of its shards.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use statusdiff::compare::{self, Comparison, Recorded};
use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::report::{self, escaped};

use super::check;
use crate::args::Merge;
use crate::files::Scratch;
use crate::output;
use crate::reports::Reports;

/// Reads all reports before it says what is wrong with any.
pub(crate) fn run(args: &Merge) -> ExitStatus {
    output::set_color(args.output.screen.color);
    let (mut reports, mut problems) = (Vec::new(), Vec::new());
    for file in &args.files {
        match read(file) {
            Ok(report) => reports.push((file.display().to_string(), report)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return output::problems(&problems);
    }
    match compare::merge(reports) {
        Ok(comparison) => report(args, &comparison),
        Err(error) => {
            let message = escaped(&error.message).into_owned();
            output::problems(&[Diagnostic::new("no-whole", message).help(error.help)])
        }
    }
}

fn report(args: &Merge, comparison: &Comparison) -> ExitStatus {
    let inputs: Vec<_> = args.files.iter().map(PathBuf::as_path).collect();
    match Reports::open(&args.output, &inputs, Scratch::default()) {
        Ok(reports) => reports.finish(comparison, check::status(&args.output, comparison)),
        Err(problems) => output::problems(&problems),
    }
}

fn read(file: &Path) -> Result<Recorded, Diagnostic> {
    let opened = File::open(file).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        Diagnostic::new("unreadable", message)
            .help("name the files that `statusdiff check --report json=FILE` has written")
    })?;
    report::read_json(BufReader::with_capacity(1 << 16, opened)).map_err(|error| {
        let message = format!("`{}` is no whole report: {error}", file.display());
        Diagnostic::new("no-report", escaped(&message).into_owned())
            .help("a report is what `statusdiff check --report json=FILE` writes, by the same version as `merge`")
    })
}
