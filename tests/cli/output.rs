//! What is said beside the report: help, version, quiet, verbose, and what must not be overlooked.

use std::io::Read as _;

use crate::support::{Gate, Reply, Server, nobody, statusdiff, suite};

#[test]
fn help_and_version_are_no_errors() {
    let version = concat!("statusdiff ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(
        statusdiff().args(["--version"]).run().exits(0).stdout,
        version
    );
    for args in [
        &["--help"][..],
        &["-h"],
        &["check", "--help"],
        &["mock", "--help"],
    ] {
        let finished = statusdiff().args(args.iter().copied()).run().exits(0);
        finished.prints(&["Usage: statusdiff"]);
    }
    statusdiff()
        .args(["--help"])
        .run()
        .prints(&["check", "mock", "130", "inconclusive"]);
}

#[test]
fn quiet_says_nothing_where_all_is_well() {
    let server = Server::echo();
    let text = suite(
        &[("a", &server.url())],
        "- /200: 200\n- { path: /404, expect: 200, tags: [bad] }",
    );
    let finished = statusdiff()
        .check(&text)
        .args(["-q", "--only", "/200"])
        .run()
        .exits(0);
    assert_eq!(
        (finished.stdout.as_str(), finished.stderr.as_str()),
        ("", "")
    );
    statusdiff()
        .check(&text)
        .args(["--quiet"])
        .run()
        .exits(1)
        .prints(&["/404"]);
}

#[test]
fn quiet_does_not_keep_reports_from_programs() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200");
    let quiet = || statusdiff().check(&text).args(["-q"]);
    quiet().report().exits(0);
    for format in ["table", "json"] {
        let report = format!("{format}=report");
        let finished = quiet().args(["--report", &report]).run().exits(0);
        assert_eq!(finished.stdout, "", "{finished}");
        let written = std::fs::read_to_string(finished.folder.path().join("report")).unwrap();
        assert!(written.contains("200"), "{format}: {written}");
    }
}

#[test]
fn verbose_tells_every_answer_on_standard_error() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200\n- /404: 404");
    let finished = statusdiff().check(&text).args(["-v"]).run().exits(0);
    for word in ["/200", "200", "/404", "404"] {
        assert!(finished.stderr.contains(word), "no `{word}` in {finished}");
    }
    assert!(!finished.stdout.contains("/404"), "{finished}");
}

/// More lines of `--verbose` than any pipe holds, and an endpoint that is answered when the gate is open.
fn many_lines(gate: &Gate) -> (Server, String) {
    let gate = gate.clone();
    let server = Server::start(move |request| match request.path() {
        "/last" => Reply::status(200).after(&gate),
        _ => Reply::status(200),
    });
    let endpoints: String = (0..3000).map(|n| format!("- /{n}: 200\n")).collect();
    let text = suite(&[("a", &server.url())], &(endpoints + "- /last: 200"));
    (server, text)
}

#[test]
fn a_terminal_that_does_not_read_holds_up_no_probe() {
    let gate = Gate::new();
    let (server, text) = many_lines(&gate);
    let started = statusdiff().check(&text).args(["-v", "-j", "4"]).start();
    server.wait_for("/last");
    gate.open();
    let finished = started.finish().exits(0);
    assert_eq!(finished.stderr.lines().count(), 3001);
}

#[test]
fn an_interrupted_run_reports_though_nobody_reads_its_lines() {
    let gate = Gate::new();
    let (server, text) = many_lines(&gate);
    let mut started = statusdiff().check(&text).args(["-v", "-j", "4"]).start();
    server.wait_for("/last");
    started.signal("INT");
    let mut report = String::new();
    started.take_stdout().read_to_string(&mut report).unwrap();
    assert!(report.contains("interrupted"), "{report}");
    started.finish().exits(130);
    gate.open();
}

#[test]
fn certificates_that_are_not_verified_are_mentioned() {
    let nobody = nobody().replace("http:", "https:");
    let text = suite(&[("a", &nobody)], "- /: 200");
    let finished = statusdiff()
        .check(&text)
        .args(["--insecure"])
        .run()
        .exits(3);
    finished.prints(&["insecure"]);
    let finished = statusdiff().check(&text).run().exits(3);
    assert!(!finished.stdout.contains("insecure"), "{finished}");
}

#[test]
fn what_a_server_sends_cannot_write_into_the_terminal() {
    // Header values may hold bytes beyond ASCII, such as a C1 control that some terminals obey.
    let reply =
        b"HTTP/1.1 302 Found\r\nLocation: /\xc2\x9b31m\xe2\x80\xae\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(move |_| crate::support::Reply::raw(reply));
    let text = suite(&[("a", &server.url())], "- /: 301 -> /x");
    let finished = statusdiff().check(&text).args(["-v"]).run().exits(1);
    for stream in [&finished.stdout, &finished.stderr] {
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!stream.contains(obeyed), "{finished}");
    }
}
