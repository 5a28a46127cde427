//! One test for every exit code and for which of two outranks the other.

use std::io::Read;

use crate::support::{Gate, Reply, Report, Server, Started, nobody, statusdiff, suite};

#[test]
fn zero_when_everything_matched() {
    let server = Server::echo();
    let endpoints = "- /200: 200\n- { path: /404, expect: 404, environments: [b] }";
    let text = suite(
        &[("a", &server.url()), ("b", &(server.url() + "/b"))],
        endpoints,
    );
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.says("/404", "a"), "skipped");
    assert_eq!(report.json["summary"]["skipped"], 1);
}

#[test]
fn one_when_something_does_not_match() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200\n- /404: 200");
    statusdiff().check(&text).report().exits(1);
}

#[test]
fn one_outranks_three() {
    let server = Server::echo();
    let nobody = nobody();
    let text = suite(&[("a", &server.url()), ("b", &nobody)], "- /404: 200");
    let report = statusdiff().check(&text).report().exits(1);
    assert_eq!(report.says("/404", "b"), "error connect_refused");
}

#[test]
fn two_when_the_command_line_is_wrong() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200");
    for args in [
        &["--no-such-flag"][..],
        &["--env", "nowhere"],
        &["--format", "papyrus"],
        &["--timeout", "soon"],
        &["--timeout", "0s"],
        &["--concurrency", "0"],
        &["--header", "no colon"],
        &["--base-url", "a"],
        &["--reference", "nowhere"],
        &["--tag", "nothing-has-it"],
        &["--only", "/nothing/*"],
        &["another.yaml"],
    ] {
        let finished = statusdiff().check(&text).args(args.iter().copied()).run();
        finished.exits(2).complains(&["error"]);
    }
    assert_eq!(server.asked(), [""; 0], "nothing may be sent");
}

#[test]
fn two_when_the_suite_is_wrong() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200\n- /b: 20x");
    let finished = statusdiff().check(&text).run().exits(2);
    finished.complains(&["suite.yaml:5", "20x"]);
    assert_eq!(server.asked(), [""; 0], "nothing may be sent");
}

#[test]
fn two_without_a_command() {
    statusdiff().run().exits(2).complains(&["check"]);
}

#[test]
fn three_when_nothing_could_be_proven_about_a_probe() {
    let server = Server::echo();
    let nobody = nobody();
    let text = suite(&[("a", &server.url()), ("b", &nobody)], "- /200: 200");
    let report = statusdiff().check(&text).report().exits(3);
    assert_eq!(report.says("/200", "a"), "match 200");
    assert_eq!(report.says("/200", "b"), "error connect_refused");
}

#[test]
fn errors_pass_on_request_as_long_as_something_matched() {
    let server = Server::echo();
    let nobody = nobody();
    let both = suite(&[("a", &server.url()), ("b", &nobody)], "- /200: 200");
    let pass = ["--on-error", "pass"];
    statusdiff().check(&both).args(pass).report().exits(0);
    statusdiff()
        .check(&both)
        .args(pass)
        .args(["--env", "b"])
        .report()
        .exits(3);
    statusdiff()
        .check(&both)
        .args(["--on-error", "fail"])
        .report()
        .exits(3);
}

#[test]
#[cfg(target_os = "linux")]
fn four_when_the_report_could_not_be_written() {
    let server = Server::echo();
    let text = suite(
        &[("a", &server.url())],
        "- /200: 200\n- { path: /404, expect: 200, tags: [bad] }",
    );
    let full = || statusdiff().check(&text).stdout("/dev/full");
    let finished = full().args(["--only", "/200"]).run().exits(4);
    assert!(finished.stderr.contains("error"), "{finished}");
    full().args(["--only", "/404"]).run().exits(1);
}

/// A run that hangs on `/stall` in each of two environments, `/200` having been answered.
fn stalled() -> (Server, Started) {
    let server = Server::start(|request| match request.path() {
        "/stall" => Reply::stall(),
        _ => Reply::status(200),
    });
    let endpoints = "- /200: 200\n- /stall: 200\n- /later: 200";
    let started = statusdiff()
        .check(&suite(&[("a", &server.url())], endpoints))
        .args(["--format", "json", "--concurrency", "1"])
        .start();
    server.wait_for("/stall");
    (server, started)
}

#[test]
fn a_signal_ends_the_run_with_the_report_of_what_was_seen() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (server, started) = stalled();
        started.signal(signal);
        let report = Report::read(&started.finish()).exits(code);
        assert_eq!(report.json["complete"], false);
        assert_eq!(report.says("/200", "a"), "match 200");
        assert_eq!(report.says("/stall", "a"), "error interrupted");
        assert_eq!(report.says("/later", "a"), "error interrupted");
        assert_eq!(server.asked(), ["GET /200", "GET /stall"], "no new request");
    }
}

#[test]
fn a_signal_outranks_a_mismatch() {
    let server = Server::start(|request| match request.path() {
        "/stall" => Reply::stall(),
        _ => Reply::status(404),
    });
    let text = suite(&[("a", &server.url())], "- /404: 200\n- /stall: 200");
    let started = statusdiff()
        .check(&text)
        .args(["--format", "json", "--concurrency", "1"])
        .start();
    server.wait_for("/stall");
    started.signal("TERM");
    let report = Report::read(&started.finish()).exits(143);
    assert_eq!(report.says("/404", "a"), "mismatch 404 status");
}

#[test]
fn the_table_of_an_interrupted_run_says_that_it_is_incomplete() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server = Server::start(|request| match request.path() {
            "/stall" => Reply::stall(),
            _ => Reply::status(200),
        });
        let text = suite(&[("a", &server.url())], "- /200: 200\n- /stall: 200");
        let started = statusdiff().check(&text).start();
        server.wait_for("/stall");
        started.signal(signal);
        let finished = started.finish().exits(code);
        finished.prints(&["incomplete"]);
    }
}

#[test]
fn no_report_for_people_has_a_line_for_each_probe_that_was_never_sent() {
    let start = || {
        Server::start(|request| match request.path() {
            "/stall" => Reply::stall(),
            _ => Reply::status(200),
        })
    };
    let (server, other) = (start(), start());
    let only_b = |n| format!("- {{ path: /only-b/{n}, expect: 200, environments: [b] }}\n");
    let rest: String = (0..25)
        .map(|n| format!("- /rest/{n}: 200\n") + &only_b(n))
        .collect();
    let text = suite(
        &[("a", &server.url()), ("b", &other.url())],
        &format!("- {{ path: /only, expect: 200, environments: [a] }}\n- /stall: 200\n{rest}"),
    );
    let formats = [
        "junit", "tap", "markdown", "github", "gitlab", "sarif", "html",
    ];
    let reports = formats.map(|format| ["--report".to_owned(), format!("{format}={format}")]);
    let started = statusdiff()
        .check(&text)
        .args(["--concurrency", "1", "--all"])
        .args(reports.iter().flatten().map(String::as_str))
        .start();
    server.wait_for("/stall");
    other.wait_for("/stall");
    started.signal("INT");
    let finished = started.finish().exits(130);
    let read = |format| std::fs::read_to_string(finished.folder.path().join(format)).unwrap();
    for (name, report) in formats.map(|format| (format, read(format))) {
        assert!(report.contains("interrupted"), "{name}: {report}");
        assert!(!report.contains("/rest/"), "{name}: {report}");
        // What is skipped has its cases and points, as ever.
        let lists_skipped = ["junit", "tap"].contains(&name);
        assert_eq!(
            report.contains("/only-b/"),
            lists_skipped,
            "{name}: {report}"
        );
    }
    let table = &finished.stdout;
    assert!(
        !table.contains("/rest/") && !table.contains("/only-b/"),
        "{table}"
    );
    for report in [read("tap"), read("junit")] {
        assert!(report.contains("26 probes: not sent"), "{report}");
        assert!(report.contains("51 probes: not sent"), "{report}");
    }
}

/// Endpoints whose JSON report is longer than any pipe is wide.
fn many_endpoints() -> String {
    (0..2000).map(|n| format!("- /{n}/200: 200\n")).collect()
}

#[test]
fn a_second_signal_ends_at_once() {
    let server = Server::start(|request| match request.path() {
        "/stall" => Reply::stall(),
        _ => Reply::status(200),
    });
    let text = suite(
        &[("a", &server.url())],
        &(many_endpoints() + "- /stall: 200"),
    );
    let mut started = statusdiff().check(&text).args(["--format", "json"]).start();
    server.wait_for("/stall");
    started.signal("INT");
    // The report has begun, and cannot end as long as nobody reads on.
    let mut stdout = started.take_stdout();
    stdout.read_exact(&mut [0]).unwrap();
    started.signal("INT");
    let finished = started.finish();
    assert_eq!(finished.code, Some(130), "{finished}");
}

#[test]
fn a_deadline_makes_the_rest_errors() {
    let server = Server::start(|request| match request.path() {
        "/stall" => Reply::stall(),
        _ => Reply::status(200),
    });
    let endpoints = "- /200: 200\n- /stall: 200\n- /later: 200";
    let report = statusdiff()
        .check(&suite(&[("a", &server.url())], endpoints))
        .args(["--concurrency", "1", "--deadline", "1500ms"])
        .report()
        .exits(3);
    assert_eq!(report.json["complete"], false);
    assert_eq!(report.says("/200", "a"), "match 200");
    assert_eq!(report.says("/stall", "a"), "error deadline");
    assert_eq!(report.says("/later", "a"), "error deadline");
    assert_eq!(server.asked(), ["GET /200", "GET /stall"]);
}

#[test]
fn a_deadline_that_is_not_reached_changes_nothing() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200");
    let report = statusdiff()
        .check(&text)
        .args(["--deadline", "1h"])
        .report()
        .exits(0);
    assert_eq!(report.json["complete"], true);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for (expected, code) in [(200, 0), (404, 1)] {
        let gate = Gate::new();
        let server = {
            let gate = gate.clone();
            Server::start(move |request| match request.path() {
                "/last" => Reply::status(200).after(&gate),
                _ => Reply::status(200),
            })
        };
        let endpoints = format!("{}- /last: {expected}", many_endpoints());
        let text = suite(&[("a", &server.url())], &endpoints);
        let mut started = statusdiff().check(&text).args(["--all"]).start();
        drop(started.take_stdout());
        gate.open();
        let finished = started.finish();
        assert_eq!(finished.code, Some(code), "{finished}");
        assert!(!finished.stderr.contains("panicked"), "{finished}");
    }
}
