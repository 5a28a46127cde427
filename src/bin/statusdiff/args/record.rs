//! What can be typed after `statusdiff record`.

use std::path::PathBuf;

use clap::Args as Arguments;

use super::{InputArgs, MORE, PickArgs, ProgressArgs, RequestArgs, ScreenArgs};

#[derive(Debug, Arguments)]
#[command(after_help = MORE, after_long_help = RECORD_CODES)]
pub(crate) struct Record {
    /// The suite to begin with; `-` is standard input [default: statusdiff.yaml]
    ///
    /// Names, tags, order and comments stay as they are, and so does what is limited to other environments. In a
    /// mapping of environments to expectations only the entry of the recorded one changes.
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Option<PathBuf>,

    /// None: this command takes one suite
    // A shell that completes says so, and the program does in words of its own.
    #[arg(value_name = "SUITE", hide = true, value_hint = clap::ValueHint::Other)]
    pub(crate) further: Vec<PathBuf>,

    /// The environment that is recorded
    ///
    /// Where there is only one, it need not be named.
    #[arg(long, value_name = "NAME")]
    pub(crate) from: Option<String>,

    /// Where the suite goes [default: standard output]
    ///
    /// It is written in one step, once everything has answered. Files that the suite names are looked for beside it.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write over a file that is there
    #[arg(long, requires = "output")]
    pub(crate) force: bool,

    #[command(flatten, next_help_heading = "What is asked")]
    pub(crate) input: InputArgs,

    #[command(flatten, next_help_heading = "What is asked")]
    pub(crate) pick: PickArgs,

    #[command(flatten, next_help_heading = "How it is asked")]
    pub(crate) requests: RequestArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) screen: ScreenArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) progress: ProgressArgs,
}

const RECORD_CODES: &str = "\
Exit codes:
  0    the suite is written, and everything was answered
  2    nothing was sent: bad usage, bad suite, or a place where nothing can be recorded
  3    an endpoint got no answer, or 429 or 5xx: it is commented out; without any answer nothing is written
  4    what was recorded could not be written
  130  interrupted (SIGINT), 143: told to end (SIGTERM); nothing is written

Examples:
  statusdiff record --from production -o recorded.yaml
  statusdiff record --paths urls.txt --base-url production=https://www.example.com -o recorded.yaml
  statusdiff check recorded.yaml -e production";
