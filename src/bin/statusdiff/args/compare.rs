//! What can be typed after `statusdiff compare`.

use std::path::PathBuf;

use clap::Args as Arguments;

use crate::accept::AcceptArgs;

use super::{FilterArgs, MORE, OutputArgs, ProgressArgs, RequestArgs};

const EXAMPLES: &str = "\
Examples:
  statusdiff compare https://www.example.com https://pr-12.example.com --path / --path /login
  statusdiff compare live=https://www.example.com clone=http://localhost:8080 --paths urls.txt
  statusdiff compare https://www.example.com https://pr-12.example.com --suite shop.yaml --tag smoke
  statusdiff compare live=https://www.example.com live/api=https://api.example.com \\
    clone=https://pr-12.example.com clone/api=https://api.pr-12.example.com --suite shop.yaml";

#[derive(Debug, Arguments)]
#[command(after_help = MORE, after_long_help = EXAMPLES)]
pub(crate) struct Compare {
    /// The environment to compare with: `NAME=URL`, or a URL
    ///
    /// A URL alone is called after its host. `NAME/SERVICE=URL` says where a service of that environment is: for the
    /// endpoints of a suite that ask it, and for redirects that lead there.
    #[arg(value_name = "REFERENCE")]
    pub(crate) reference: String,

    /// The environments that must answer like it, one or more
    #[arg(value_name = "OTHER", required = true)]
    pub(crate) others: Vec<String>,

    #[command(flatten, next_help_heading = "What is asked")]
    pub(crate) questions: QuestionArgs,

    #[command(flatten, next_help_heading = "How it is asked")]
    pub(crate) requests: RequestArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) output: OutputArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) accept: AcceptArgs,

    #[command(flatten, next_help_heading = "What is shown")]
    pub(crate) progress: ProgressArgs,
}

#[derive(Debug, Arguments)]
pub(crate) struct QuestionArgs {
    /// A path to ask for: `/login`, `HEAD /feed`
    ///
    /// May be given more than once.
    #[arg(long = "path", value_name = "PATH", conflicts_with_all = ["paths", "suite"])]
    pub(crate) path: Vec<String>,

    /// A file with one `[METHOD ]/path` a line
    ///
    /// `#` begins a comment, and `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    pub(crate) paths: Option<PathBuf>,

    /// A suite whose endpoints are asked
    ///
    /// With their queries, headers, bodies, time limits, retries and followed redirects, its `defaults` and its
    /// `vars`. What it expects, its environments, and which of them an endpoint is limited to are ignored. Its
    /// credentials belong to its own environments and are sent to none of these; `-H` sends one to all.
    #[arg(long, value_name = "SUITE")]
    pub(crate) suite: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) filter: FilterArgs,
}
