//! `statusdiff merge`: the reports of shards become those of one run.

use serde_json::{Value, json};
use statusdiff::report::Format;
use tempfile::TempDir;

use crate::support::{Finished, Reply, Server, statusdiff, suite};

/// Endpoints of every kind of verdict, several to a line.
fn endpoints() -> String {
    let lines: Vec<_> = (0..8)
        .map(|n| format!("/ok/{n}: 200, /missing/{n}: 200, /broken/{n}: 200, /moved/{n}: 301 -> /x, /same/{n}: same"))
        .collect();
    format!(
        "  [{}, {{ path: /only, name: one, tags: [a], expect: 200, environments: [b] }}]",
        lines.join(",\n   ")
    )
}

fn server() -> Server {
    Server::start(|request| match request.target.as_str() {
        target if target.starts_with("/b/missing") => Reply::status(404),
        target if target.starts_with("/a/broken") => Reply::close(),
        target if target.contains("/moved") => Reply::redirect(301, "/x"),
        _ => Reply::status(200),
    })
}

fn text(server: &Server) -> String {
    let environments = [
        ("a", &*format!("{}/a", server.url())),
        ("b", &*format!("{}/b", server.url())),
    ];
    suite(&environments, &endpoints())
}

/// Checks the suite, and gives its JSON report with every time the same.
fn checked(text: &str, args: &[&str]) -> String {
    let mut report = statusdiff()
        .check(text)
        .args(args.iter().copied())
        .args(["--retries", "0"])
        .report();
    report.forget_times();
    let fixed =
        format!("{:#}", report.json).replace("\"duration_ms\": null", "\"duration_ms\": 1.5");
    fixed.replace(
        "\"started_at\": null",
        "\"started_at\": \"2026-11-22T10:00:00Z\"",
    )
}

fn shards(text: &str, total: u32) -> Vec<String> {
    (1..=total)
        .map(|index| checked(text, &["--shard", &format!("{index}/{total}")]))
        .collect()
}

/// Merges these texts as `1.json`, `2.json` and so on.
fn merge(reports: &[String], args: &[&str]) -> Finished {
    let names: Vec<_> = (1..=reports.len())
        .map(|number| format!("{number}.json"))
        .collect();
    let files = names.iter().zip(reports);
    let run = files.fold(statusdiff(), |run, (name, report)| run.file(name, report));
    run.args(["merge"])
        .args(names.iter().map(String::as_str))
        .args(args.iter().copied())
        .run()
}

#[test]
fn shards_make_the_same_reports_as_one_run() {
    let server = server();
    let text = text(&server);
    let whole = vec![checked(&text, &[])];
    let mut shards = shards(&text, 3);
    shards.rotate_left(1);
    for format in Format::ALL {
        for args in [
            &["--format", format.name()][..],
            &["--format", format.name(), "--all"],
        ] {
            let (of_one, of_three) = (merge(&whole, args).exits(1), merge(&shards, args).exits(1));
            assert!(
                of_one.stdout == of_three.stdout,
                "{args:?}\n{of_one}\n{of_three}"
            );
        }
    }
    let merged: Value = serde_json::from_str(&merge(&shards, &["-f", "json"]).stdout).unwrap();
    let whole: Value = serde_json::from_str(&whole[0]).unwrap();
    assert_eq!(merged, whole);
    let paths: Vec<_> = merged["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| &endpoint["path"])
        .collect();
    assert_eq!(
        paths[..6],
        [
            "/ok/0",
            "/missing/0",
            "/broken/0",
            "/moved/0",
            "/same/0",
            "/ok/1"
        ]
    );
}

#[test]
fn every_report_is_that_of_the_run() {
    const FORMATS: [&str; 9] = [
        "table", "json", "junit", "tap", "markdown", "github", "gitlab", "sarif", "html",
    ];
    let server = server();
    let files: Vec<_> = FORMATS
        .iter()
        .map(|format| format!("{format}={format}"))
        .collect();
    let reports = files.iter().flat_map(|file| ["--report", file]);
    let finished = statusdiff()
        .check(&text(&server))
        .args(["--retries", "0"])
        .args(reports)
        .run()
        .exits(1);
    for format in FORMATS {
        let merged = statusdiff()
            .at(finished.folder.path())
            .args(["merge", "json", "--format", format])
            .run()
            .exits(1);
        let report = std::fs::read_to_string(finished.folder.path().join(format)).unwrap();
        assert_eq!(merged.stdout, report, "{format}");
        assert_eq!(merged.stderr, "", "{format}");
    }
    let merged = statusdiff()
        .at(finished.folder.path())
        .args(["merge", "json"])
        .run()
        .exits(1);
    assert_eq!(merged.stdout, finished.stdout);
}

#[test]
fn the_exit_code_is_that_of_the_whole() {
    let server = server();
    let of = |endpoints: &str, reports: &dyn Fn(&str) -> Vec<String>, args: &[&str]| {
        let environments = [
            ("a", &*format!("{}/a", server.url())),
            ("b", &*format!("{}/b", server.url())),
        ];
        merge(&reports(&suite(&environments, endpoints)), args).code
    };
    let three = |text: &str| shards(text, 3);
    let errors = "- /ok: 200\n- /broken/1: 200\n- /broken/2: 200\n";
    assert_eq!(of("- /ok/1: 200\n- /ok/2: 200\n", &three, &[]), Some(0));
    assert_eq!(of(errors, &three, &[]), Some(3));
    assert_eq!(of(errors, &three, &["--on-error", "pass"]), Some(0));
    assert_eq!(
        of(
            "- /ok: 200\n- /missing: 200\n- /broken: 200\n",
            &three,
            &["--on-error", "pass"]
        ),
        Some(1)
    );
    let flaky = |text: &str| {
        let change = |report: String| {
            report
                .replace("\"attempts\": 1", "\"attempts\": 2")
                .replace("\"flaky\": false", "\"flaky\": true")
        };
        shards(text, 2).into_iter().map(change).collect()
    };
    assert_eq!(of("- /ok/1: 200\n- /ok/2: 200\n", &flaky, &[]), Some(0));
    assert_eq!(
        of("- /ok/1: 200\n- /ok/2: 200\n", &flaky, &["--fail-on-flaky"]),
        Some(1)
    );
    let interrupted = |text: &str| {
        let mut reports = shards(text, 2);
        let mut report: Value = serde_json::from_str(&reports[1]).unwrap();
        report["complete"] = json!(false);
        report["exit_code"] = json!(143);
        reports[1] = report.to_string();
        reports
    };
    assert_eq!(
        of("- /ok/1: 200\n- /missing/2: 200\n", &interrupted, &[]),
        Some(143)
    );
}

#[test]
fn a_report_that_cannot_be_written_is_told_and_none_overwrites_a_shard() {
    let server = Server::always(200);
    let reports = shards(&suite(&[("a", &server.url())], "- /: 200"), 2);
    merge(&reports, &["--report", "json=/dev/full"]).exits(4);
    for place in ["json=no/such/folder.json", "json=1.json", "jsonl=2.json"] {
        let refused = merge(&reports, &["--report", place]).exits(2);
        for (name, report) in [("1.json", &reports[0]), ("2.json", &reports[1])] {
            let kept = std::fs::read_to_string(refused.folder.path().join(name)).unwrap();
            assert_eq!(&kept, report, "{place}");
        }
    }
    let finished = merge(&reports, &["-q", "--report", "json=all.json"]).exits(0);
    assert_eq!(
        (finished.stdout.as_str(), finished.stderr.as_str()),
        ("", "")
    );
    assert!(finished.folder.path().join("all.json").exists());
}

#[test]
fn shards_that_are_missing_or_there_twice_are_named() {
    let server = Server::always(200);
    let all = shards(&suite(&[("a", &server.url())], "- /: 200\n- /b: 200"), 5);
    let pick = |indices: &[usize]| {
        indices
            .iter()
            .map(|index| all[index - 1].clone())
            .collect::<Vec<_>>()
    };
    for (reports, words) in [
        (pick(&[1, 2, 4, 5]), &["shard 3/5 is missing"][..]),
        (pick(&[4]), &["shards 1/5, 2/5, 3/5 and 5/5 are missing"]),
        (
            pick(&[1, 2, 3, 3, 5]),
            &["shard 3/5 is there twice", "`3.json` and `4.json`"],
        ),
    ] {
        merge(&reports, &[]).exits(2).complains(words);
    }
}

/// The one who mistyped the total gets an answer too, and a short one.
#[test]
fn of_very_many_missing_shards_the_first_are_named() {
    let report = checked(&text(&server()), &["--shard", "4294967295/4294967295"]);
    let told = merge(&[report], &[]).exits(2);
    let first: Vec<_> = (1..=20)
        .map(|index| format!("{index}/4294967295"))
        .collect();
    let message = format!(
        "shards {} and 4294967274 more are missing",
        first.join(", ")
    );
    told.complains(&[&message]);
}

#[test]
fn what_does_not_belong_together_is_told_with_its_file() {
    let server = Server::always(200);
    let other = Server::always(200);
    let first = suite(
        &[("a", &server.url()), ("b", &other.url())],
        "- /: 200\n- /b: 200",
    );
    let good = shards(&first, 2);
    let second = |text: &str, args: &[&str]| checked(text, &[&["--shard", "2/2"], args].concat());
    for (report, words) in [
        (
            second(&first.replace("/b: 200", "/b: 2xx"), &[]),
            "`suite.yaml` was not the same in both",
        ),
        (
            second(&first, &["--only", "/b"]),
            "or the selection was not",
        ),
        (
            second(&first, &["-e", "a"]),
            "its environments are a, not a, b",
        ),
        (
            second(&first, &["--reference", "b"]),
            "its reference is `b`, not `a`",
        ),
        (
            second(&first, &["--base-url", &format!("b={}/x", other.url())]),
            "its `b` is `http",
        ),
        (
            checked(&first, &["--shard", "2/3"]),
            "`2.json` is shard 2/3, but `1.json` is one of 2",
        ),
        (
            checked(&first, &[]),
            "`2.json` is the report of a whole run",
        ),
        (
            good[1].replace("suite.yaml", "shop.yaml"),
            "its suite is `shop.yaml`, not `suite.yaml`",
        ),
    ] {
        let finished = merge(&[good[0].clone(), report], &[]);
        finished.exits(2).complains(&["`2.json`", words, "help: "]);
    }
    // What a filter has left of a report is not all that it counts.
    let mut filtered: Value = serde_json::from_str(&good[1]).unwrap();
    let counted = filtered["summary"]["endpoints"].clone();
    filtered["endpoints"] = json!([]);
    merge(&[good[0].clone(), filtered.to_string()], &[])
        .exits(2)
        .complains(&[&format!(
            "its summary counts {counted} endpoints, but it has 0"
        )]);
}

#[test]
fn a_file_that_is_no_whole_report_is_told() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200\n- /b: 200");
    let good = shards(&text, 2);
    for (report, words) in [
        (
            good[1].replace("statusdiff-report", "k6"),
            "its `format` is `k6`",
        ),
        (
            good[1].replace("\"format_version\": 1", "\"format_version\": 7"),
            "its format has version 7",
        ),
        (
            good[1][..good[1].len() / 2].to_owned(),
            "it breaks off in line",
        ),
        ("not json".to_owned(), "it is no JSON"),
    ] {
        let finished = merge(&[good[0].clone(), report], &[]);
        finished.exits(2).complains(&["`2.json`", words, "help: "]);
    }
    let folder = TempDir::new().unwrap();
    let gone = folder.path().join("gone.json");
    statusdiff()
        .args(["merge", gone.to_str().unwrap()])
        .run()
        .exits(2)
        .complains(&["gone.json` cannot be read"]);
    statusdiff()
        .args(["merge"])
        .run()
        .exits(2)
        .complains(&["<REPORT>"]);
}

#[test]
fn embedded_environments_may_listen_anywhere() {
    let text = "environments: { a: { mock: { /a: 200 } }, b: { mock: { /a: 200 } } }\nendpoints: [/a: 200, /b: 404, /c: 404]";
    let finished = merge(&shards(text, 3), &[]).exits(0);
    finished.prints(&["3 endpoints × 2 environments = 6 probes: 6 matched"]);
}
