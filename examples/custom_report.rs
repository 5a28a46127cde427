//! A report of one's own: one line for each answer that is wrong, such as a chat message would hold.
//! `cargo run --example custom_report -- examples/quickstart.yaml`.

use std::env;
use std::error::Error;
use std::path::PathBuf;

use statusdiff::compare::{Comparison, Probe, Row, Verdict};
use statusdiff::diagnostic::{self, Source};
use statusdiff::report::escaped;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os()
        .nth(1)
        .map_or("examples/quickstart.yaml".into(), PathBuf::from);
    let source =
        Source::from_path(&path).map_err(|problem| diagnostic::render(&[problem], false))?;
    let comparison = statusdiff::check(source)?;
    print_wrong_answers(&comparison);
    Ok(())
}

fn print_wrong_answers(comparison: &Comparison) {
    for row in comparison.rows() {
        for probe in row
            .probes()
            .filter(|probe| probe.verdict() == Verdict::Mismatch)
        {
            println!("{}", line(&row, &probe));
        }
    }
}

/// Paths and locations are somebody else's text: they are escaped before a terminal sees them.
fn line(row: &Row<'_>, probe: &Probe<'_>) -> String {
    let status = probe
        .status()
        .map_or("nothing".to_owned(), |status| status.as_u16().to_string());
    let path = escaped(row.path());
    let (method, environment, expected) = (row.method(), probe.environment(), probe.expected());
    format!("{environment} answers {status} to {method} {path}, expected {expected}")
}
