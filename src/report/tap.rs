//! The Test Anything Protocol, version 13, which every reader of it knows.
//!
//! Input: a comparison. Output: the plan, one test point for each probe in suite order, with a YAML block where
//! there is something to say, one for all that were never sent to an environment, and the findings as comments. No
//! path, name or answer can end a line, begin a directive or leave its YAML string.

use std::io;

use super::Options;
use super::cell::{excuse, plain};
use super::facts::facts;
use super::finding::findings;
use super::label::Labels;
use super::summary;
use super::unsent::{folded, is_unsent, unsent};
use crate::compare::{Comparison, Probe, Verdict};

/// Writes the whole report.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let unsent = unsent(comparison);
    let points = comparison.tally().probes() - folded(&unsent.concat());
    writeln!(out, "TAP version 13")?;
    writeln!(out, "1..{points}")?;
    let labels = Labels::of(comparison);
    let mut number = 0;
    for (index, row) in comparison.rows().enumerate() {
        let mut probes = row.probes().filter(|probe| !is_unsent(*probe)).peekable();
        if probes.peek().is_none() {
            continue;
        }
        let label = labels.label(index, row);
        for probe in probes {
            number += 1;
            write_point(out, number, &label, probe)?;
            if tells_more(probe) {
                let severity = match probe.verdict() {
                    Verdict::Match => "flaky",
                    verdict => verdict.as_str(),
                };
                write_diagnostics(out, severity, plain(probe, false), facts(row, probe))?;
            }
        }
    }
    for (environment, unsent) in comparison.environments().zip(&unsent) {
        for unsent in unsent {
            number += 1;
            let (name, title) = (environment.name(), unsent.title());
            writeln!(out, "not ok {number} - {name} {title}")?;
            let facts = vec![("error", unsent.kind.to_string())];
            write_diagnostics(out, Verdict::Error.as_str(), unsent.message(), facts)?;
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
fn write_diagnostics(
    out: &mut dyn io::Write,
    severity: &str,
    summary: String,
    facts: Vec<(&str, String)>,
) -> io::Result<()> {
    writeln!(out, "  ---")?;
    let head = [("severity", severity.to_owned()), ("summary", summary)];
    for (name, text) in head.into_iter().chain(facts) {
        write!(out, "  {name}: ")?;
        serde_json::to_writer(&mut *out, &text)?;
        writeln!(out)?;
    }
    writeln!(out, "  ...")
}

#[cfg(test)]
mod tests {
    use super::{folded, unsent};
    use crate::report::Format;
    use crate::report::sample::{cut_short, down, known, left, rendered, shop, unsteady, walled};

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
    fn what_was_never_sent_is_one_point() {
        let text = rendered(Format::Tap, &cut_short(), |options| options);
        insta::assert_snapshot!("cut-short-tap", text);
    }

    #[test]
    fn the_plan_counts_the_points_and_the_points_tell_the_verdicts() {
        for comparison in [
            shop(),
            known(),
            down(),
            cut_short(),
            walled(),
            unsteady(),
            left(),
        ] {
            let text = rendered(Format::Tap, &comparison, |options| options);
            let tally = comparison.tally();
            let beginning =
                |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            let folded = folded(&unsent(&comparison).concat());
            let failed = tally.mismatched + tally.accepted + tally.errors - folded;
            let plan = format!("\n1..{}\n", tally.probes() - folded);
            assert!(text.contains(&plan), "{text}");
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
