//! Reports for test harnesses: what other programs read in them is what the run found, whatever it was asked.

use std::collections::BTreeSet;
use std::path::Path;

use quick_junit::{NonSuccessKind, TestCaseStatus};
use serde_json::Value;

use crate::support::{Reply, Server, environment, script, statusdiff, suite};

/// The reports of a suite in which everything would like to be obeyed: JSON and the one in `format`.
fn hostile(format: &str) -> (Value, String) {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/consumers.d/hostile.yaml");
    let finished = statusdiff()
        .args(["check", suite.to_str().unwrap(), "--format", format])
        .args(["--report", "json=report.json"])
        .run()
        .exits(1);
    let json = std::fs::read(finished.folder.path().join("report.json")).unwrap();
    (serde_json::from_slice(&json).unwrap(), finished.stdout)
}

fn count(counts: &Value, name: &str) -> usize {
    counts[name].as_u64().unwrap().try_into().unwrap()
}

#[test]
fn junit_has_the_same_counts_and_no_name_twice() {
    let (json, xml) = hostile("junit");
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let mut names = BTreeSet::new();
    for (suite, counts) in report
        .test_suites
        .iter()
        .zip(json["environments"].as_array().unwrap())
    {
        assert_eq!(suite.name.as_str(), counts["name"]);
        let [mut failures, mut errors, mut skipped] = [0; 3];
        for case in &suite.test_cases {
            match &case.status {
                TestCaseStatus::Success { .. } => {}
                TestCaseStatus::Skipped { .. } => skipped += 1,
                TestCaseStatus::NonSuccess { kind, .. } => match kind {
                    NonSuccessKind::Failure => failures += 1,
                    NonSuccessKind::Error => errors += 1,
                },
            }
            let name = format!("{:?} {:?}", case.classname, case.name);
            assert!(names.insert(name), "{:?} is there twice", case.name);
        }
        assert_eq!(failures, count(counts, "mismatch"));
        assert_eq!(errors, count(counts, "error"));
        assert_eq!(skipped, count(counts, "skipped"));
    }
    assert_eq!(names.len(), count(&json["summary"], "probes"));
    assert!(count(&json["summary"], "error") > 0 && count(&json["summary"], "skipped") > 0);
}

#[test]
fn tap_has_one_point_for_each_probe() {
    let (json, text) = hostile("tap");
    let starting = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    let summary = &json["summary"];
    let failed = count(summary, "mismatch") + count(summary, "error");
    assert_eq!(starting("not ok "), failed);
    assert_eq!(
        starting("ok "),
        count(summary, "match") + count(summary, "skipped")
    );
    assert_eq!(starting("1.."), 1);
    let skips = text.lines().filter(|line| line.contains(" # SKIP"));
    assert_eq!(skips.count(), count(summary, "skipped"));
}

#[test]
fn a_probe_that_needed_a_retry_is_flaky_in_junit_and_tap() {
    let server = Server::start(script(vec![Reply::status(503), Reply::status(200)]));
    let keys = "retry: { times: 1, backoff: 1ms }";
    let environment = environment(&server.url(), keys);
    let text = suite(&[("a", &environment)], "- /: 200");
    let finished = statusdiff()
        .check(&text)
        .args(["-f", "junit", "--report", "tap=tap"])
        .run()
        .exits(0);
    let finished = finished.prints(&[
        "<flakyFailure message=\"200 on attempt 2\"",
        "failures=\"0\"",
    ]);
    let tap = std::fs::read_to_string(finished.folder.path().join("tap")).unwrap();
    assert!(
        tap.contains("\nok 1 - a GET /\n  ---\n  severity: \"flaky\"\n"),
        "{tap}"
    );
}
