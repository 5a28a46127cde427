//! JSON Lines: a report to be read while the run goes on.
//!
//! Input: rows as they are judged, then the comparison. Output: one line for each probe, with the fields that
//! the JSON report has for it and its endpoint, and a last line for the run, with all the rest and the findings.
//! Whatever only the end of the run can tell, such as what was never asked, comes at the end: every probe has
//! one line. That a wall stood before an environment corrects the lines before, in `corrections` of the last one.

use std::collections::HashSet;
use std::io;

use serde::Serialize;

use super::Options;
use super::finding::findings;
use super::json::{Endpoint, ErrorEntry, Head, ProbeEntry};
use crate::compare::{Comparison, EnvironmentView, ErrorKind, Row, Uniform, Verdict};

/// JSON Lines under way. Without any row on the way it is the report of a finished comparison.
#[derive(Debug, Default)]
pub struct JsonLines {
    /// The rows that were written.
    told: HashSet<usize>,
}

impl JsonLines {
    /// Hands the lines of a judged row to `send`, which says whether it took them; else they come at the end.
    pub fn row(&mut self, row: Row<'_>, send: impl FnOnce(Vec<u8>) -> bool) {
        let mut lines = Vec::new();
        if write_row(row, &mut lines).is_ok() && send(lines) {
            self.told.insert(row.index());
        }
    }

    /// Writes the rows that are missing, in suite order, and the last line.
    pub fn finish(
        &self,
        comparison: &Comparison,
        options: &Options,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        for row in comparison.rows() {
            if !self.told.contains(&row.index()) {
                write_row(row, out)?;
            }
        }
        let findings = findings(comparison);
        let summary = Summary {
            r#type: "summary",
            head: Head::new("statusdiff-jsonl", comparison, options),
            findings: findings.into_iter().map(|finding| finding.text).collect(),
            corrections: comparison
                .environments()
                .filter_map(Correction::of)
                .collect(),
        };
        write_line(&summary, out)
    }
}

fn write_row(row: Row<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for probe in row.probes() {
        let line = Line {
            r#type: "probe",
            endpoint: Endpoint::new(row),
            probe: ProbeEntry::new(probe),
        };
        write_line(&line, out)?;
    }
    Ok(())
}

fn write_line(line: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Line<'c> {
    r#type: &'static str,
    #[serde(flatten)]
    endpoint: Endpoint<'c>,
    #[serde(flatten)]
    probe: ProbeEntry<'c>,
}

#[derive(Serialize)]
struct Summary<'c> {
    r#type: &'static str,
    #[serde(flatten)]
    head: Head<'c>,
    findings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrections: Vec<Correction<'c>>,
}

/// What only the end of the run could tell: every line of this environment that has a status is this error, and
/// no match or mismatch.
#[derive(Serialize)]
struct Correction<'c> {
    environment: &'c str,
    verdict: &'static str,
    error: ErrorEntry<'c>,
    probes: usize,
}

impl<'c> Correction<'c> {
    fn of(environment: EnvironmentView<'c>) -> Option<Self> {
        match environment.uniform()? {
            Uniform::Error { error, probes } if error.kind == ErrorKind::Walled => Some(Self {
                environment: environment.name(),
                verdict: Verdict::Error.as_str(),
                error: ErrorEntry::new(error),
                probes: *probes,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::Format;
    use crate::report::sample::{cut_short, down, known, rendered, shop, unsteady, walled};

    fn lines(text: &str) -> Vec<Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn one_line_for_each_probe_and_one_for_the_run() {
        let text = rendered(Format::Jsonl, &shop(), |options| options);
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn says_what_the_json_report_says() {
        for comparison in [shop(), known(), down(), cut_short(), walled(), unsteady()] {
            let text = rendered(Format::Json, &comparison, |options| options);
            let report: Value = serde_json::from_str(&text).unwrap();
            let mut lines = lines(&rendered(Format::Jsonl, &comparison, |options| options));
            let mut summary = lines.pop().unwrap();
            for field in [
                "summary",
                "environments",
                "exit_code",
                "complete",
                "started_at",
            ] {
                assert_eq!(summary[field].take(), report[field], "{field}");
            }
            let mut lines = lines.into_iter();
            for endpoint in report["endpoints"].as_array().unwrap() {
                for probe in endpoint["probes"].as_array().unwrap() {
                    let line = lines.next().unwrap();
                    for (name, value) in probe.as_object().unwrap() {
                        assert_eq!(&line[name], value, "{name} in {line}");
                    }
                    for name in ["method", "path", "name", "tags", "file", "line"] {
                        assert_eq!(line[name], endpoint[name], "{name} in {line}");
                    }
                }
            }
            assert_eq!(lines.next(), None);
        }
    }

    #[test]
    fn what_was_not_taken_on_the_way_comes_at_the_end() {
        let comparison = shop();
        let options = Options::new(crate::exit::ExitStatus::Mismatch);
        let mut out = Vec::new();
        let mut stream = JsonLines::default();
        for row in comparison.rows().skip(1).step_by(2) {
            let taken = row.index() != 3;
            let send = |lines: Vec<u8>| {
                if taken {
                    out.extend(lines);
                }
                taken
            };
            stream.row(row, send);
        }
        stream.finish(&comparison, &options, &mut out).unwrap();
        let streamed = String::from_utf8(out).unwrap();
        let whole = rendered(Format::Jsonl, &comparison, |options| options);
        assert_ne!(streamed, whole);
        assert_eq!(streamed.lines().last(), whole.lines().last());
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&streamed), sorted(&whole));
    }
}
