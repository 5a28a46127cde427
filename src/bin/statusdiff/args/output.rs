//! What is shown, and how: the flags that every command with reports has.

use std::path::PathBuf;

use clap::{Args as Arguments, ColorChoice, ValueEnum};
use statusdiff::report::Format;

use super::values::{format_and_path, format_help, formats};

#[derive(Debug, Arguments)]
pub(crate) struct OutputArgs {
    /// The report on standard output
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        default_value = "table",
        value_parser = formats(),
        hide_possible_values = true,
        long_help = format_help()
    )]
    pub(crate) format: Format,

    /// A further report into a file
    ///
    /// May be given more than once, such as `--report json=statusdiff.json`. The file is replaced in one step once it
    /// is whole; `jsonl` grows line by line.
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = format_and_path)]
    pub(crate) reports: Vec<(Format, PathBuf)>,

    /// List matching endpoints too
    #[arg(long)]
    pub(crate) all: bool,

    /// What errors do: fail or pass [default: fail]
    ///
    /// An error is a probe about which nothing could be proven, such as a timeout. `fail` exits with 3; `pass`
    /// lets it be, as long as something matched.
    #[arg(
        long,
        value_name = "WHAT",
        value_enum,
        default_value = "fail",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) on_error: OnError,

    /// Exit with 1 where a match took a retry
    ///
    /// The same goes for a match that `--sample` found not to be the same every time.
    #[arg(long)]
    pub(crate) fail_on_flaky: bool,

    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
}

/// What is told besides reports, and how.
#[derive(Debug, Arguments)]
pub(crate) struct ScreenArgs {
    /// Colour: auto, always or never [default: auto]
    ///
    /// `auto` is colour on a terminal; `NO_COLOR` and `CLICOLOR_FORCE` are honoured.
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) color: ColorChoice,

    /// No progress, no warnings, no table of matches
    ///
    /// The table is printed only where something did not match.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct ProgressArgs {
    /// Draw no progress, on a terminal either
    #[arg(long, hide_short_help = true)]
    pub(crate) no_progress: bool,

    /// Tell every answer as it comes
    ///
    /// One line each, on standard error; after the run, how curl repeats what did not match.
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

/// What `error` probes do to the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Exit code 3
    Fail,
    /// Exit code 0, as long as something matched
    Pass,
}
