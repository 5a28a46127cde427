//! Checks a suite and tells how it went: `cargo run --example run_suite -- examples/quickstart.yaml`.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use statusdiff::CheckError;
use statusdiff::diagnostic::{self, Source};
use statusdiff::exit::{ExitStatus, Gate};

fn main() -> ExitCode {
    let path = env::args_os()
        .nth(1)
        .map_or("examples/quickstart.yaml".into(), PathBuf::from);
    let result = Source::from_path(&path)
        .map_err(|problem| CheckError::Suite(vec![problem]))
        .and_then(statusdiff::check);
    let comparison = match result {
        Ok(comparison) => comparison,
        Err(CheckError::Suite(problems)) => {
            eprint!("{}", diagnostic::render(&problems, false));
            return ExitCode::from(ExitStatus::NothingSent.code());
        }
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(ExitStatus::NothingSent.code());
        }
    };
    let tally = comparison.tally();
    println!(
        "{} matched, {} did not, {} are unknown",
        tally.matched, tally.mismatched, tally.errors
    );
    ExitCode::from(ExitStatus::of(&comparison, Gate::default()).code())
}
