//! `statusdiff init`: a first suite, with comments, and the schema that editors complete it by.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};

use statusdiff::diagnostic::Diagnostic;
use statusdiff::exit::ExitStatus;
use statusdiff::suite;

use crate::output;
use crate::settings::DEFAULT_SUITES;

const STARTER: &str = include_str!("../starter.yaml");

/// The name that the starter's first line tells editors.
const SCHEMA_FILE: &str = "statusdiff.schema.json";

/// Writes both into this folder, but over nothing.
pub(crate) fn run() -> ExitStatus {
    let [suite_file, other] = DEFAULT_SUITES;
    if std::fs::symlink_metadata(other).is_ok() {
        return taken(other);
    }
    match write_new(suite_file, STARTER) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return taken(suite_file),
        Err(error) => return failed(suite_file, &error),
    }
    let schema = match write_new(SCHEMA_FILE, suite::SCHEMA) {
        Ok(()) => format!("`{SCHEMA_FILE}` is what editors complete and check it by\n"),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => String::new(),
        Err(error) => return failed(SCHEMA_FILE, &error),
    };
    output::print(&format!(
        "`{suite_file}` is a first suite: `statusdiff check` runs it, and its comments say what to change\n{schema}"
    ))
}

fn write_new(name: &str, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(name)?;
    file.write_all(text.as_bytes())
}

fn taken(name: &str) -> ExitStatus {
    let message = format!("there is a `{name}` in this folder already, and nothing is overwritten");
    let problem = Diagnostic::new("suite-exists", message);
    output::problems(&[problem.help("`statusdiff check` runs it")])
}

fn failed(name: &str, error: &io::Error) -> ExitStatus {
    output::error(&format!("`{name}` cannot be written: {error}"));
    ExitStatus::NothingSent
}
