//! The Test Anything Protocol, version 13, which every reader of it knows.
//!
//! Input: a comparison. Output: the plan, one test point for each probe in suite order, with a YAML block where
//! there is something to say, and the findings as comments. No path, name or answer can end a line, begin a
//! directive or leave its YAML string.

use std::io;

use super::Options;
use super::cell::{excuse, plain};
use super::facts::facts;
use super::finding::findings;
use super::label::Labels;
use super::summary;
use crate::compare::{Comparison, Probe, Row, Verdict};

/// Writes the whole report.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(out, "TAP version 13")?;
    writeln!(out, "1..{}", comparison.tally().probes())?;
    let labels = Labels::of(comparison);
    let mut number = 0;
    for (index, row) in comparison.rows().enumerate() {
        let label = labels.label(index, row);
        for probe in row.probes() {
            number += 1;
            write_point(out, number, &label, probe)?;
            if tells_more(probe) {
                write_diagnostics(out, row, probe)?;
            }
        }
    }
    for finding in findings(comparison) {
        writeln!(out, "# {}", finding.text)?;
    }
    writeln!(out, "# {}", summary::counts(comparison))?;
    writeln!(out, "# {}", summary::verdict(comparison, options.exit).1)
}

/// `not ok 3 - staging GET /admin`
fn write_point(
    out: &mut dyn io::Write,
    number: usize,
    label: &str,
    probe: Probe<'_>,
) -> io::Result<()> {
    let (ok, directive) = match probe.verdict() {
        Verdict::Match => ("ok", String::new()),
        Verdict::Skipped => ("ok", format!(" # SKIP {}", plain(probe, false))),
        // Readers count it as failed on purpose, which fails nothing.
        Verdict::Accepted => (
            "not ok",
            format!(" # TODO {}", excuse(probe).replace('#', r"\#")),
        ),
        Verdict::Mismatch | Verdict::Error => ("not ok", String::new()),
    };
    let label = label.replace('\\', r"\\").replace('#', r"\#");
    writeln!(
        out,
        "{ok} {number} - {} {label}{directive}",
        probe.environment()
    )
}

fn tells_more(probe: Probe<'_>) -> bool {
    match probe.verdict() {
        Verdict::Match => probe.flaky(),
        Verdict::Skipped => false,
        Verdict::Mismatch | Verdict::Accepted | Verdict::Error => true,
    }
}

/// One level of strings in double quotes: the YAML that all readers of TAP share. JSON's quoting is YAML's.
fn write_diagnostics(out: &mut dyn io::Write, row: Row<'_>, probe: Probe<'_>) -> io::Result<()> {
    writeln!(out, "  ---")?;
    let severity = match probe.verdict() {
        Verdict::Match => "flaky",
        verdict => verdict.as_str(),
    };
    let head = [
        ("severity", severity.to_owned()),
        ("summary", plain(probe, false)),
    ];
    for (name, text) in head.into_iter().chain(facts(row, probe)) {
        write!(out, "  {name}: ")?;
        serde_json::to_writer(&mut *out, &text)?;
        writeln!(out)?;
    }
    writeln!(out, "  ...")
}

#[cfg(test)]
mod tests {
    use crate::report::Format;
    use crate::report::sample::{cut_short, down, known, rendered, shop, unsteady, walled};

    #[test]
    fn one_point_for_each_probe() {
        insta::assert_snapshot!(rendered(Format::Tap, &shop(), |options| options));
    }

    #[test]
    fn what_is_accepted_fails_nothing() {
        let text = rendered(Format::Tap, &known(), |options| options);
        let accepted: Vec<_> = text
            .lines()
            .filter(|line| line.contains("# TODO"))
            .collect();
        insta::assert_snapshot!(accepted.join("\n"));
    }

    #[test]
    fn the_plan_counts_the_points_and_the_points_tell_the_verdicts() {
        for comparison in [shop(), known(), down(), cut_short(), walled(), unsteady()] {
            let text = rendered(Format::Tap, &comparison, |options| options);
            let tally = comparison.tally();
            let beginning =
                |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            let failed = tally.mismatched + tally.accepted + tally.errors;
            assert!(
                text.contains(&format!("\n1..{}\n", tally.probes())),
                "{text}"
            );
            assert_eq!(beginning("ok "), tally.matched + tally.skipped);
            assert_eq!(beginning("not ok "), failed);
            assert_eq!(text.matches("# SKIP").count(), tally.skipped);
            assert_eq!(text.matches("# TODO").count(), tally.accepted);
            assert_eq!(beginning("  ---"), failed + tally.flaky);
        }
    }

    #[test]
    fn no_line_is_of_a_servers_making() {
        let text = rendered(Format::Tap, &shop(), |options| options);
        let known = ["TAP version 13", "1..", "ok ", "not ok ", "  ", "# "];
        for line in text.lines() {
            assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
}
