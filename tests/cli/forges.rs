//! Reports for people and tools elsewhere: every format comes out whole, and points where the suite is.

use serde_json::Value;
use statusdiff::report::Format;

use crate::support::{Invocation, Reply, Server, statusdiff, suite};

#[test]
fn every_format_is_a_whole_report_with_the_same_verdict() {
    let server = Server::echo();
    let mismatches = suite(&[("a", &server.url())], "- /404: 200\n- /200: 200");
    let green = suite(&[("a", &server.url())], "- /200: 200");
    for format in Format::ALL {
        for (text, code) in [(&mismatches, 1), (&green, 0)] {
            let report = format!("{}=report", format.name());
            let finished = statusdiff()
                .check(text)
                .args(["--format", format.name(), "--report", &report])
                .run()
                .exits(code);
            let written = std::fs::read_to_string(finished.folder.path().join("report")).unwrap();
            for report in [&finished.stdout, &written] {
                assert!(report.ends_with('\n') && report.len() > 1, "{finished}");
            }
        }
    }
}

#[test]
fn nothing_of_a_hostile_suite_is_obeyed() {
    let hostile = include_str!("../../.ci/consumers.d/hostile.yaml");
    for format in Format::ALL {
        let finished = statusdiff()
            .check(hostile)
            .args(["--format", format.name(), "--all"])
            .run()
            .exits(1);
        let commands = finished.stdout.lines().map(str::trim_start);
        let commands: Vec<_> = commands.filter(|line| line.starts_with("::")).collect();
        if format == Format::Github {
            let own = |line: &&&str| line.starts_with("::error file=suite.yaml,");
            assert_eq!(commands.iter().filter(own).count(), 10, "{finished}");
            assert_eq!(commands.len(), 10, "{finished}");
        } else {
            assert_eq!(commands, [""; 0], "{}: {finished}", format.name());
        }
    }
}

fn github(invocation: Invocation) -> String {
    let finished = invocation.args(["--format", "github"]).run().exits(1);
    let line = finished.stdout.lines().next().unwrap();
    line.split_once("title=").unwrap().0.to_owned()
}

#[test]
fn annotations_point_into_the_repository() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /404: 200");
    let run = || statusdiff().file("repo/checks/suite.yaml", &text);
    let place = "::error file=checks/suite.yaml,line=4,";

    let nested = run();
    let (root, checks) = (
        nested.folder().join("repo"),
        nested.folder().join("repo/checks"),
    );
    let workspace = root.to_str().unwrap().to_owned();
    let nested = nested
        .at(&checks)
        .args(["check", "./suite.yaml"])
        .env("GITHUB_WORKSPACE", &workspace);
    assert_eq!(github(nested), place);

    let absolute = run();
    let root = absolute.folder().join("repo");
    let path = root.join("checks/suite.yaml").to_str().unwrap().to_owned();
    let absolute = absolute
        .args(["check", &path])
        .env("GITHUB_WORKSPACE", root.to_str().unwrap());
    assert_eq!(github(absolute), place);

    let elsewhere = run()
        .args(["check", "repo/checks/suite.yaml"])
        .env("GITHUB_WORKSPACE", "/nowhere");
    assert_eq!(
        github(elsewhere),
        "::error file=repo/checks/suite.yaml,line=4,"
    );

    let found = run()
        .file("repo/.git/HEAD", "")
        .args(["check", "repo/checks/suite.yaml"]);
    assert_eq!(github(found), place);

    let input = statusdiff().args(["check", "-"]).input(&text);
    assert_eq!(github(input), "::error ");
    let other = Server::always(200);
    let input = statusdiff()
        .args(["check", "--paths", "-"])
        .args(["--base-url", &format!("a={}", server.url())])
        .args(["--base-url", &format!("b={}", other.url())])
        .input("/404\n");
    assert_eq!(github(input), "::error ");
}

#[test]
fn a_step_summary_is_the_markdown_report() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /404: 200\n- /200: 200");
    let summary = |invocation: Invocation| {
        let finished = invocation.env("GITHUB_STEP_SUMMARY", "summary.md").run();
        let path = finished.folder.path().join("summary.md");
        let summary = std::fs::read_to_string(path).ok();
        (finished.exits(1), summary)
    };
    let run = || statusdiff().check(&text);

    let (_, none) = summary(run().args(["--format", "markdown"]));
    assert_eq!(none, None);
    let (_, some) = summary(run().args(["--format", "github"]));
    assert!(some.unwrap().starts_with("### ✗ `suite.yaml`\n"));
    let (_, some) = summary(run().args(["--report", "github=log"]));
    assert!(some.is_some());
    let before = "# Before\n";
    let (_, more) = summary(
        run()
            .file("summary.md", before)
            .args(["--format", "github"]),
    );
    let more = more.unwrap();
    assert!(
        more.starts_with("# Before\n\n### ✗ `suite.yaml`\n"),
        "{more}"
    );
}

#[test]
fn a_summary_that_cannot_be_written_is_no_failure() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200");
    let full = "x".repeat(1 << 20);
    let run = |path: &str| {
        let run = statusdiff().check(&text).file("full.md", &full);
        run.args(["--format", "github"])
            .env("GITHUB_STEP_SUMMARY", path)
            .run()
            .exits(0)
    };
    assert!(run("none/summary.md").stderr.contains("none/summary.md"));
    assert!(run("full.md").stderr.contains("1 MiB"));
}

#[test]
fn fingerprints_outlive_lines_order_and_answers() {
    let server = Server::start(|request| {
        let status = if request.path().contains("again") {
            500
        } else {
            404
        };
        Reply::status(status)
    });
    let issues = |base: &str, endpoints: &str| {
        let text = suite(&[("a", base)], endpoints);
        let finished = statusdiff()
            .check(&text)
            .args(["--format", "gitlab", "--retries", "0"])
            .run()
            .exits(1);
        let issues: Vec<Value> = serde_json::from_str(&finished.stdout).unwrap();
        let fingerprint = |issue: &Value| issue["fingerprint"].as_str().unwrap().to_owned();
        issues.iter().map(fingerprint).collect::<Vec<_>>()
    };
    let first = issues(
        &format!("{}/once", server.url()),
        "- /a: 200\n- /b: 200\n- /fine: 404\n",
    );
    let later = issues(
        &format!("{}/again", server.url()),
        "\n\n- /fine: 500\n- /b: [200, 201]\n- /a: 200\n",
    );
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
    assert_eq!(first, later.into_iter().rev().collect::<Vec<_>>());
}
