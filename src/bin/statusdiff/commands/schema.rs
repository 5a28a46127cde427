//! `statusdiff schema`: the JSON Schemas of what is read and of what is written.

use clap::ValueEnum;
use statusdiff::exit::ExitStatus;
use statusdiff::{report, suite};

use crate::output;

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A suite: editors complete and check suites by it
    Suite,
    /// The JSON report, as `--format json` prints it
    Report,
}

/// Prints it.
pub(crate) fn run(of: SchemaOf) -> ExitStatus {
    output::print(match of {
        SchemaOf::Suite => suite::SCHEMA,
        SchemaOf::Report => report::JSON_SCHEMA,
    })
}
