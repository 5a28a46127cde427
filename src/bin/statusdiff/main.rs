//! The `statusdiff` program: reads what was typed, runs one command, exits with its status.

mod accept;
mod args;
mod commands;
mod files;
mod forge;
mod live;
mod output;
mod progress;
mod reports;
mod settings;
mod shard;
mod signals;
mod teller;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let status = match &args.command {
        Command::Check(args) => commands::check::run(args),
        Command::Compare(args) => commands::compare::run(args),
        Command::Merge(args) => commands::merge::run(args),
        Command::Environments(args) => commands::environments::run(args),
        Command::Record(args) => commands::record::run(args),
        Command::Mock(args) => commands::mock::run(args),
        Command::Init => commands::init::run(),
        Command::Schema { of } => commands::schema::run(*of),
        Command::Completions { shell } => commands::completions::run(*shell),
        Command::Man => commands::man::run(),
    };
    ExitCode::from(status.code())
}
