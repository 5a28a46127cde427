//! What can be typed. Texts here are the manual: `--help` has to be enough.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args as Arguments, ColorChoice, Parser, Subcommand, ValueEnum};
use http::{HeaderName, HeaderValue};
use statusdiff::report::Format;
use statusdiff::suite::{check_header_value, parse_duration, parse_header_name, parse_retries};

/// Does every environment answer what you expect, and do they all answer the same?
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask every endpoint of a suite on every environment, and show what differs
    Check(Box<Check>),
    /// Serve a suite's embedded environments until interrupted, so that curl can look at them too
    Mock(Mock),
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
  statusdiff check                                  the suite in this folder
  statusdiff check shop.yaml -e staging             one environment only
  statusdiff check --add-env clone=https://pr-12.example.com
  statusdiff check --only '/api/*' --tag smoke      some endpoints only
  statusdiff check --paths urls.txt --base-url a=https://a.example.com --base-url b=https://b.example.com";

#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The suite; `-` is standard input [default: statusdiff.yaml or statusdiff.yml]
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Option<PathBuf>,

    #[command(flatten, next_help_heading = "What is asked")]
    pub(crate) selection: SelectionArgs,

    #[command(flatten, next_help_heading = "How it is asked")]
    pub(crate) requests: RequestArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Arguments)]
pub(crate) struct SelectionArgs {
    /// Judge only these environments; the reference is asked too where an endpoint needs it
    #[arg(short, long = "env", value_name = "NAME")]
    pub(crate) environments: Vec<String>,

    /// Override an environment's base URL, or define the environments of a suite that has none; also
    /// `STATUSDIFF_BASE_URL_<NAME>`
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) base_url: Vec<(String, String)>,

    /// One more environment for this run, such as a clone
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) add_env: Vec<(String, String)>,

    /// The environment to compare with
    #[arg(long, value_name = "NAME")]
    pub(crate) reference: Option<String>,

    /// Only endpoints with this tag
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,

    /// Only endpoints whose path matches, such as `/api/*`
    #[arg(long = "only", value_name = "GLOB")]
    pub(crate) paths_like: Vec<String>,

    /// Instead of a suite: a file with one `[METHOD ]/path` a line, each compared with the reference
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) paths: Option<PathBuf>,
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

    /// The longest time one attempt may take, such as `500ms` [default: 10s]
    #[arg(short, long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) timeout: Option<Duration>,

    /// The longest time to establish a connection [default: 5s]
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) connect_timeout: Option<Duration>,

    /// The longest time for the whole run: what is left then is an error
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) deadline: Option<Duration>,

    /// Extra attempts after a transient outcome [default: 2]
    #[arg(long, value_name = "N", value_parser = parse_retries)]
    pub(crate) retries: Option<u32>,

    /// Wait for every environment to be ready, this long at most
    #[arg(long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) wait: Option<Duration>,

    /// Go on asking an environment that twenty probes in a row could not connect to
    #[arg(long)]
    pub(crate) no_give_up: bool,

    /// A header on every request, overriding the suite's
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = HeaderParser)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,

    /// Do not verify TLS certificates
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// Let POST, PUT, PATCH, DELETE through to production
    #[arg(long)]
    pub(crate) allow_unsafe_methods: bool,

    /// Read, resolve and list the probes; send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Arguments)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that can be typed"
)]
pub(crate) struct OutputArgs {
    /// The report on standard output; `github` also adds the Markdown report to `GITHUB_STEP_SUMMARY`
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    pub(crate) format: Format,

    /// A further report into a file, which is replaced in one step once it is whole; `jsonl` grows line by line
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = format_and_path)]
    pub(crate) reports: Vec<(Format, PathBuf)>,

    /// List matching endpoints too
    #[arg(long)]
    pub(crate) all: bool,

    /// What errors do to the exit code, as long as something matched
    #[arg(long, value_name = "WHAT", value_enum, default_value = "fail")]
    pub(crate) on_error: OnError,

    /// Exit with 1 where a probe matched only after a retry
    #[arg(long)]
    pub(crate) fail_on_flaky: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub(crate) color: ColorChoice,

    /// Draw no progress
    #[arg(long)]
    pub(crate) no_progress: bool,

    /// No progress and no warnings, and no table where everything matched
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Tell every answer as it comes, on standard error
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

#[derive(Debug, Arguments)]
pub(crate) struct Mock {
    /// The suite; `-` is standard input [default: statusdiff.yaml or statusdiff.yml]
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Option<PathBuf>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&number| number > 0)
        .ok_or_else(|| "a whole number of at least 1".to_owned())
}

fn name_and_url(text: &str) -> Result<(String, String), String> {
    let (name, url) = text
        .split_once('=')
        .ok_or("expected `NAME=URL`, such as `staging=https://staging.example.com`")?;
    Ok((name.to_owned(), url.to_owned()))
}

/// Reads a header. What was typed is not quoted when it cannot be read, as other values are: it may be a secret.
#[derive(Debug, Clone)]
struct HeaderParser;

impl TypedValueParser for HeaderParser {
    type Value = (HeaderName, HeaderValue);

    fn parse_ref(
        &self,
        command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let text = value.to_str().ok_or_else(|| "it is not UTF-8".to_owned());
        text.and_then(header).map_err(|why| {
            let message = format!("invalid value for '--header <NAME: VALUE>': {why}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("expected `NAME: VALUE`, such as `X-Team: web`")?;
    let (name, value) = (parse_header_name(name.trim())?, value.trim());
    check_header_value(value)?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| error.to_string())?;
    Ok((name, value))
}

/// Names them all, in the help and where a word is none of them.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse())
}

fn format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|_unknown| {
        let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("expected one of {}", names.join(", "))
    })
}

fn format_and_path(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("expected `FORMAT=PATH`, such as `json=report.json`")?;
    let format = format(name)?;
    if path == "-" {
        return Err(format!(
            "a report goes into a file; for standard output say `--format {name}`"
        ));
    }
    Ok((format, PathBuf::from(path)))
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
