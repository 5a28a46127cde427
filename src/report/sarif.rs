//! SARIF 2.1.0: what went wrong, for GitHub's code scanning and other viewers of static analysis.
//!
//! Input: a comparison. Output: one run, streamed: the rules that were broken with their help, how the run
//! ended, and a result for each problem, worst first. It keeps within GitHub's limits: no more results than
//! are accepted, and what is left out is said. Paths are URIs, and brackets make no links.

mod parts;

use std::io;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use self::parts::{Location, descriptor, escaped_message, invocation, suppression};
use super::Options;
use super::problem::{Problem, Problems, file};
use super::rule::{Level, Rule};
use crate::compare::Comparison;
use crate::exit::ExitStatus;

/// GitHub refuses a run with more results; it shows the first 5,000.
const MOST_RESULTS: usize = 25_000;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report and a final line break.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let problems = Problems::of(comparison);
    let (mut rules, mut count) = (Vec::new(), 0);
    for problem in problems.worst_first() {
        if !rules.contains(&problem.rule) {
            rules.push(problem.rule);
        }
        count += 1;
    }
    let path = file(comparison, options).unwrap_or(comparison.file());
    let left_out = usize::saturating_sub(count, MOST_RESULTS);
    let results = Results {
        problems,
        rules: &rules,
        exit: options.exit,
        path,
        suite: comparison.file(),
        options,
    };
    let descriptors = rules.iter().map(|rule| descriptor(*rule, options.exit));
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": {
                "name": "statusdiff",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors.collect::<Vec<_>>(),
            }}),
            // Several suites may be uploaded for one commit; by this id none takes the place of another.
            automation_details: json!({ "id": format!("statusdiff/{path}/") }),
            invocations: [invocation(comparison, options.exit, left_out)],
            original_uri_base_ids: json!({
                Location::ROOT: { "description": { "text": "the root of the repository" } },
            }),
            column_kind: "unicodeCodePoints",
            results,
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Log<'c> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'c>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'c> {
    tool: Value,
    automation_details: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    results: Results<'c>,
}

struct Results<'c> {
    problems: Problems<'c>,
    rules: &'c [Rule],
    exit: ExitStatus,
    path: &'c str,
    suite: &'c str,
    options: &'c Options,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problems = self.problems.worst_first().take(MOST_RESULTS);
        serializer.collect_seq(problems.map(|problem| self.result(&problem)))
    }
}

impl Results<'_> {
    fn result(&self, problem: &Problem<'_>) -> Finding {
        let path = problem.file(Some(self.path), self.suite, self.options);
        let path = path.unwrap_or(self.path);
        let fingerprint = problem.fingerprint(path);
        let text = format!("{}: {}", problem.subject(), problem.message());
        Finding {
            rule_id: problem.rule.id(),
            rule_index: self.rules.iter().position(|rule| *rule == problem.rule),
            level: level(problem.level(self.exit)),
            suppressions: problem.excuse().map(suppression),
            message: json!({ "text": escaped_message(&text) }),
            locations: [Location::new(path).at(problem.line())],
            // The first is the only one that GitHub goes by. Left to itself it would take the text of the
            // line, which is the same for all environments.
            partial_fingerprints: json!({
                "primaryLocationLineHash": fingerprint,
                "statusdiff/v1": fingerprint,
            }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Value; 1]>,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: Value,
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::sample::{cut_short, down, green, known, long, rendered, shop};
    use crate::report::{Format, Options};

    fn sarif(comparison: &crate::compare::Comparison, file: Option<&str>) -> Value {
        let text = rendered(Format::Sarif, comparison, |options| Options {
            file: file.map(str::to_owned),
            ..options
        });
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn tells_everything() {
        let text = rendered(Format::Sarif, &shop(), |options| options);
        let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!("shop-sarif", text);
    }

    #[test]
    fn what_is_accepted_is_suppressed() {
        let log = sarif(&known(), None);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let suppressed = |result: &&Value| !result["suppressions"].is_null();
        let suppressed: Vec<_> = results.iter().filter(suppressed).collect();
        assert_eq!(suppressed.len(), known().tally().accepted);
        // It is the same problem as before it was accepted.
        let before = sarif(&shop(), None);
        let before = before["runs"][0]["results"].as_array().unwrap();
        for result in suppressed {
            let is_same =
                |other: &&Value| other["partialFingerprints"] == result["partialFingerprints"];
            let other = before.iter().find(is_same).unwrap();
            assert_eq!(other["ruleId"], result["ruleId"]);
        }
    }

    #[test]
    fn says_how_the_run_ended() {
        for (comparison, whole, code, results) in [
            (green(), true, 0, 0),
            (down(), true, 3, 4),
            (cut_short(), false, 130, 3),
        ] {
            let log = sarif(&comparison, None);
            let run = &log["runs"][0];
            assert_eq!(run["invocations"][0]["executionSuccessful"], whole);
            assert_eq!(run["invocations"][0]["exitCode"], code);
            assert_eq!(run["results"].as_array().unwrap().len(), results, "{log:#}");
        }
    }

    #[test]
    fn has_no_more_results_than_are_accepted() {
        let text = rendered(Format::Sarif, &long(25_011), |options| options);
        assert_eq!(text.matches("\"ruleIndex\"").count(), 25_000);
        assert!(text.contains("\"10 further results are left out;"));
    }

    #[test]
    fn places_are_uris() {
        for (file, uri, base) in [
            ("./a b/100%.yaml", "a%20b/100%25.yaml", Some("%SRCROOT%")),
            ("c:d#e?.yaml", "c%3Ad%23e%3F.yaml", Some("%SRCROOT%")),
            ("grün.yaml", "gr%C3%BCn.yaml", Some("%SRCROOT%")),
            ("/srv/a b.yaml", "file:///srv/a%20b.yaml", None),
        ] {
            let log = sarif(&shop(), Some(file));
            let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], uri);
            assert_eq!(place["artifactLocation"]["uriBaseId"].as_str(), base);
        }
    }
}
