//! What can be typed after `statusdiff environments`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Arguments, ValueEnum};
use statusdiff::suite::parse_duration;

use super::values::name_and_url;

#[derive(Debug, Arguments)]
pub(crate) struct Environments {
    /// The suites; `-` is standard input [default: statusdiff.yaml]
    ///
    /// Without any, `statusdiff.yaml` or `statusdiff.yml` in this folder.
    #[arg(value_name = "SUITE")]
    pub(crate) suite: Vec<PathBuf>,

    /// Only these environments
    ///
    /// May be given more than once.
    #[arg(short = 'e', long = "env", value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// Override an environment's base URL
    ///
    /// May be given more than once. Such an environment is not looked for.
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) base_url: Vec<(String, String)>,

    /// One more environment
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) add_env: Vec<(String, String)>,

    /// Ask each base URL once, and each service
    ///
    /// GET, with the headers, credentials and connection settings of the environment or service. Any status is an
    /// answer.
    #[arg(long)]
    pub(crate) ping: bool,

    /// The longest time for the answer [default: 10s]
    #[arg(short, long, value_name = "DUR", value_parser = parse_duration)]
    pub(crate) timeout: Option<Duration>,

    /// Do not verify TLS certificates
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// How it is printed: table or json [default: table]
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        default_value = "table",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) format: EnvironmentsFormat,
}

/// How environments are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvironmentsFormat {
    /// For people
    Table,
    /// For programs
    Json,
}
