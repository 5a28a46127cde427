//! What can be typed. Texts here are the manual: `--help` has to be enough.

mod compare;
mod environments;
mod output;
mod record;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Arguments, Parser, Subcommand};
use http::{HeaderName, HeaderValue};
use statusdiff::suite::{parse_duration, parse_retries};

pub(crate) use self::compare::{Compare, QuestionArgs};
pub(crate) use self::environments::{Environments, EnvironmentsFormat};
pub(crate) use self::output::{OnError, OutputArgs, ProgressArgs, ScreenArgs};
pub(crate) use self::record::Record;
use self::values::{HeaderParser, at_least_one, name_and_url};
use crate::accept::AcceptArgs;
use crate::commands::completions::Shell;
use crate::commands::schema::SchemaOf;
use crate::shard::ShardChoice;

/// Does every environment answer what you expect, and do they all answer the same?
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask every environment of a suite, and show what differs
    Check(Box<Check>),
    /// Compare environments with one of them; needs no suite
    ///
    /// Every environment must answer what the reference answers: the same status, and for a redirect the same
    /// target, with each environment's own origin taken off.
    Compare(Box<Compare>),
    /// Make one run's reports out of those of its shards
    ///
    /// Reads the JSON reports of all shards of a run, or the one of a whole run to make further reports of.
    Merge(Box<Merge>),
    /// Print where a suite's environments are, and whether they answer
    ///
    /// Those that say `discover` are looked for. All are told; the exit code is 2 where one cannot be, and 3 where one
    /// gives no answer to `--ping`.
    Environments(Environments),
    /// Write a suite that expects what one environment answers now
    Record(Box<Record>),
    /// Serve a suite's embedded environments, for curl or a browser
    ///
    /// Until it is interrupted.
    Mock(Mock),
    /// Write a first suite into this folder
    ///
    /// `statusdiff.yaml` runs as it stands and has comments; `statusdiff.schema.json` is what editors complete
    /// it by. Nothing is overwritten.
    Init,
    /// Print the JSON Schema of suites or of the JSON report
    Schema {
        /// What it describes
        #[arg(value_enum, value_name = "OF")]
        of: SchemaOf,
    },
    /// Print what a shell needs to complete commands and flags
    ///
    /// For bash, into `~/.local/share/bash-completion/completions/statusdiff`; for fish, into
    /// `~/.config/fish/completions/statusdiff.fish`; for zsh, into `_statusdiff` in a folder of `$fpath`.
    Completions {
        /// The shell that reads it
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page, for `man -l -`
    Man,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    every probe matched (or was skipped on purpose)
  1    at least one mismatch
  2    nothing was sent: bad usage, bad suite, or nothing selected
  3    inconclusive: no mismatch, but at least one probe is an error
  4    the run finished, but a report could not be written
  130  interrupted (SIGINT); 143: told to end (SIGTERM)";

const EXAMPLES: &str = "\
Examples:
  statusdiff init                                   a first suite to begin with
  statusdiff check                                  the suite in this folder
  statusdiff check shop.yaml -e staging             one environment only
  statusdiff check shop.yaml admin.yaml             several suites in one run
  statusdiff check --add-env clone=https://pr-12.example.com
  statusdiff check --only '/api/*' --tag smoke      some endpoints only
  statusdiff check --paths urls.txt --base-url a=https://a.example.com --base-url b=https://b.example.com";

const MORE: &str = "`--help` has all flags, says more of each, and has examples.";

#[derive(Debug, Arguments)]
#[command(after_help = MORE, after_long_help = EXAMPLES)]
pub(crate) struct Check {
    /// The suites; `-` is standard input [default: statusdiff.yaml]
    ///
    /// Without any, `statusdiff.yaml` or `statusdiff.yml` in this folder. `statusdiff init` writes a first one.
    ///
    /// Several are one run. Environments of the same name are one, and have to agree in all but their `vars`; a
    /// suite without environments is asked in those of the others. Each keeps its own `vars` and `defaults`.
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Vec<PathBuf>,

    #[command(flatten, next_help_heading = "What is asked")]
    pub(crate) selection: SelectionArgs,

    #[command(flatten, next_help_heading = "How it is asked")]
    pub(crate) requests: RequestArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) output: OutputArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) accept: AcceptArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) progress: ProgressArgs,
}

const MERGE_EXAMPLES: &str = "\
Examples:
  statusdiff merge shard-*.json                     one table, and the exit code of the whole
  statusdiff merge shard-*.json --report json=all.json
  statusdiff merge report.json --all                another report of one run";

#[derive(Debug, Arguments)]
#[command(after_help = MORE, after_long_help = MERGE_EXAMPLES)]
pub(crate) struct Merge {
    /// JSON reports of all shards of one run
    ///
    /// What `statusdiff check --shard 1/2 --report json=FILE` and its like have written; or the report of one whole
    /// run, alone.
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Arguments)]
pub(crate) struct SelectionArgs {
    /// Judge only these environments
    ///
    /// May be given more than once. The reference is asked too where an endpoint needs it, but not counted.
    #[arg(short, long = "env", value_name = "NAME")]
    pub(crate) environments: Vec<String>,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// The environment to compare with
    #[arg(long, value_name = "NAME")]
    pub(crate) reference: Option<String>,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}

/// What is asked, whatever is done with the answers.
#[derive(Debug, Arguments)]
pub(crate) struct InputArgs {
    /// Override an environment's base URL
    ///
    /// May be given more than once. It defines the environments of a suite that has none. The variable
    /// `STATUSDIFF_BASE_URL_<NAME>` does the same, with the name in upper case and `-` and `.` as `_`. `NAME/SERVICE`
    /// is a service of the environment, and `STATUSDIFF_BASE_URL_<NAME>_<SERVICE>` its variable.
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) base_url: Vec<(String, String)>,

    /// One more environment for this run, such as a clone
    ///
    /// May be given more than once. Its name must not be taken. `NAME/SERVICE=URL` says where one of its services is.
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) add_env: Vec<(String, String)>,

    /// Instead of a suite: one `[METHOD ]/path` a line
    ///
    /// Each path is compared with the reference; `#` begins a comment, and `-` is standard input. The
    /// environments come from `--base-url`.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) paths: Option<PathBuf>,
}

/// Which of the endpoints.
#[derive(Debug, Arguments)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) pick: PickArgs,

    /// Only one of several parts of the endpoints: `2/5`
    ///
    /// For a run that is divided among machines; `statusdiff merge` makes one report of theirs. `auto` goes by
    /// `CI_NODE_INDEX` and `CI_NODE_TOTAL` (GitLab), `auto/5` by `JOB_COMPLETION_INDEX` (Kubernetes).
    #[arg(long, value_name = "N/TOTAL")]
    pub(crate) shard: Option<ShardChoice>,
}

/// Endpoints by what they are.
#[derive(Debug, Arguments)]
pub(crate) struct PickArgs {
    /// Only endpoints with this tag
    ///
    /// May be given more than once: then one of the tags is enough.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,

    /// Only endpoints of this service
    ///
    /// May be given more than once: then one of the services is enough. `default` is the environments' own base URL.
    #[arg(long = "service", value_name = "NAME", hide_short_help = true)]
    pub(crate) services: Vec<String>,

    /// Only endpoints whose path matches: `/api/*`
    ///
    /// May be given more than once: then one of the patterns is enough.
    #[arg(long = "only", value_name = "GLOB")]
    pub(crate) paths_like: Vec<String>,
}

#[derive(Debug, Arguments)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that can be typed"
)]
pub(crate) struct RequestArgs {
    /// Requests in flight per environment [default: 10]
    #[arg(short = 'j', long, value_name = "N", value_parser = at_least_one)]
    pub(crate) concurrency: Option<usize>,

    /// The longest time for one attempt [default: 10s]
    ///
    /// A number and a unit, such as `500ms`, `10s`, `2m` or `1h`.
    #[arg(short, long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) timeout: Option<Duration>,

    /// The longest time to connect [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) connect_timeout: Option<Duration>,

    /// The longest time for the whole run
    ///
    /// What is left then is an error (`deadline`), and the reports are written.
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) deadline: Option<Duration>,

    /// Retries after a transient outcome [default: 2]
    ///
    /// Sent again is what got no answer, or 408, 429, 502, 503 or 504 where that is not expected; a POST or
    /// PATCH only where its endpoint has a `retry` of its own.
    #[arg(long, value_name = "N", value_parser = parse_retries)]
    pub(crate) retries: Option<u32>,

    /// How often to ask what is compared with the reference [default: 1]
    ///
    /// In every environment, one time after the other. A status that varies within an environment is noise then,
    /// and no difference: the probe matches with any answer that the reference gave as well, and is flaky. No
    /// status is retried meanwhile; a POST or PATCH is asked once, unless its endpoint has a `retry` of its own.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..),
        hide_default_value = true,
        hide_short_help = true
    )]
    pub(crate) sample: u32,

    /// Wait until all are ready, this long at most
    ///
    /// An environment is ready when it answers what its `ready` says; without one, when its base URL is not
    /// answered with 502, 503 or 504.
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) wait: Option<Duration>,

    /// Go on asking an environment that twenty probes in a row could not connect to
    #[arg(long, hide_short_help = true)]
    pub(crate) no_give_up: bool,

    /// A header on every request
    ///
    /// May be given more than once. It overrides the suite's header of that name.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = HeaderParser)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,

    /// Do not verify TLS certificates; reports say so
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// Let POST and its like through to production
    ///
    /// Without it, a suite that would send POST, PUT, PATCH or DELETE to production is refused, unless the
    /// environment says `allow_unsafe_methods: true`; `compare` sends them nowhere.
    #[arg(long)]
    pub(crate) allow_unsafe_methods: bool,

    /// List what would be sent, and send nothing
    ///
    /// The suite is read, checked and resolved as for a run.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Arguments)]
pub(crate) struct Mock {
    /// The suite; `-` is standard input [default: statusdiff.yaml or statusdiff.yml]
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Option<PathBuf>,

    /// None: this command takes one suite
    // A shell that completes says so, and the program does in words of its own.
    #[arg(value_name = "SUITE", hide = true, value_hint = clap::ValueHint::Other)]
    pub(crate) further: Vec<PathBuf>,

    /// Listen on this port and the ones after it [default: free ones]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }
}
