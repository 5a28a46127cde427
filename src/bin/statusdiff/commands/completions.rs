//! `statusdiff completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory;
pub(crate) use clap_complete::Shell;
use statusdiff::exit::ExitStatus;

use crate::args::Args;
use crate::output;

/// Prints the script of that shell.
pub(crate) fn run(shell: Shell) -> ExitStatus {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "statusdiff", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}
