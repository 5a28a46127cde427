//! The table: what a person needs to know is in it, and it fits.

use crate::support::{Finished, Reply, Server, statusdiff, suite};

/// Three environments with a fault each among endpoints that match.
fn faults() -> (Server, String) {
    let server = Server::start(|request| match request.target.as_str() {
        "/s/report" => Reply::status(404),
        "/p/search" => Reply::status(500),
        "/p/admin" => Reply::redirect(302, "/sign-in"),
        _ => Reply::status(200),
    });
    let url = |name: &str| format!("{}/{name}", server.url());
    let environments = [
        ("development", &*url("d")),
        ("staging", &url("s")),
        ("production", &url("p")),
    ];
    let endpoints =
        "- /health: 200\n- /report: 200\n- /search: 2xx\n- /admin: [200, 401]\n- /fine: 200\n";
    let text = suite(&environments, endpoints);
    (server, text)
}

#[track_caller]
fn row<'a>(finished: &'a Finished, path: &str) -> &'a str {
    let has = |line: &&str| line.split([' ', '│']).any(|word| word == path);
    let line = finished.stdout.lines().find(has);
    line.unwrap_or_else(|| panic!("no row of `{path}` in\n{finished}"))
}

#[test]
fn a_row_says_what_was_expected_and_what_came() {
    let (_server, text) = faults();
    let finished = statusdiff().check(&text).run().exits(1);
    for name in ["development", "staging", "production"] {
        assert!(finished.stdout.contains(name), "{finished}");
    }
    for (path, words) in [
        ("/report", &["200", "404"][..]),
        ("/search", &["200", "500", "2xx"]),
        ("/admin", &["200", "302", "401"]),
    ] {
        for word in words {
            assert!(
                row(&finished, path).contains(word),
                "no `{word}` for {path}:\n{finished}"
            );
        }
    }
}

#[test]
fn a_reference_is_pointed_out_where_there_is_something_to_compare() {
    let (_server, text) = faults();
    let run = |args: &[&str]| {
        let check = statusdiff().check(&text);
        check.args(args.iter().copied()).run().exits(1)
    };
    run(&[]).prints(&["production (reference)"]);
    let alone = run(&["-e", "production"]);
    assert!(!alone.stdout.contains("(reference)"), "{alone}");
}

#[test]
fn a_time_limit_of_the_suite_is_not_called_a_flag() {
    let server = Server::start(|_| Reply::stall());
    let endpoints = "- { path: /slow, expect: 200, timeout: 100ms, retry: { times: 0 } }";
    let text = suite(&[("a", &server.url())], endpoints);
    let finished = statusdiff().check(&text).run().exits(3);
    assert!(!finished.stdout.contains("--timeout"), "{finished}");
    finished.prints(&["slower than its time limit"]);
}

#[test]
fn matching_endpoints_are_listed_on_request() {
    let (_server, text) = faults();
    let finished = statusdiff().check(&text).run().exits(1);
    for path in ["/health", "/fine"] {
        assert!(!finished.stdout.contains(path), "{finished}");
    }
    statusdiff()
        .check(&text)
        .args(["--all"])
        .run()
        .exits(1)
        .prints(&["/health", "/fine"]);
}

#[test]
fn the_summary_counts_and_takes_a_census() {
    let (_server, text) = faults();
    let finished = statusdiff().check(&text).run();
    finished.exits(1).prints(&[
        "5 endpoints",
        "3 environments",
        "15 probes",
        "4×200",
        "1×404",
        "1×500",
    ]);
}

#[test]
fn everything_matching_is_said_too() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /one: 200\n- /two: 200");
    let finished = statusdiff().check(&text).run().exits(0);
    assert!(!finished.stdout.contains("/one"), "{finished}");
    finished.prints(&["2 endpoints", "2×200"]);
}

#[test]
fn an_environment_that_is_down_is_one_line() {
    let up = Server::always(200);
    let down = Server::start(|_| Reply::close());
    let endpoints: String = (0..20).map(|n| format!("- /page-{n}: 200\n")).collect();
    let text = suite(&[("up", &up.url()), ("down", &down.url())], &endpoints);
    let finished = statusdiff().check(&text).run().exits(3);
    assert!(!finished.stdout.contains("/page-7"), "{finished}");
    finished.prints(&["down", "20"]);
}

#[test]
fn it_is_a_hundred_columns_wide_without_a_terminal() {
    let server = Server::always(404);
    let long = format!("/{}", "a-long-segment/".repeat(20));
    let url = |name: &str| format!("{}/{name}", server.url());
    let environments = [
        ("development", &*url("d")),
        ("staging", &url("s")),
        ("production", &url("p")),
    ];
    let text = suite(
        &environments,
        &format!("- {long}: 200\n- /short: [200, 301, 302, 418, not 451]\n"),
    );
    let finished = statusdiff().check(&text).run().exits(1);
    for line in finished.stdout.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}\n{finished}");
    }
    let segments = finished.stdout.matches("a-long-segment").count();
    // A segment may itself be folded, but no letter is lost.
    let letters = |text: &str| text.chars().filter(|c| "longsegmt".contains(*c)).count();
    assert!(
        segments > 10 && letters(&finished.stdout) >= letters(&long),
        "{finished}"
    );
}

#[test]
fn colour_is_for_those_who_want_it() {
    let (_server, text) = faults();
    let coloured = |run: Finished| run.stdout.contains('\x1b');
    let check = || statusdiff().check(&text);
    assert!(!coloured(check().run()), "not into a pipe");
    assert!(coloured(check().args(["--color", "always"]).run()));
    assert!(!coloured(
        check()
            .args(["--color", "never"])
            .env("CLICOLOR_FORCE", "1")
            .run()
    ));
    assert!(coloured(check().env("CLICOLOR_FORCE", "1").run()));
    assert!(!coloured(
        check()
            .env("CLICOLOR_FORCE", "1")
            .env("NO_COLOR", "1")
            .run()
    ));
    assert!(coloured(
        check()
            .args(["--color", "always"])
            .env("NO_COLOR", "1")
            .run()
    ));
}

#[test]
fn nothing_but_the_report_is_printed() {
    let (_server, text) = faults();
    let finished = statusdiff().check(&text).run();
    assert_eq!(finished.stderr, "", "no progress without a terminal");
}

#[test]
fn two_runs_differ_in_nothing_but_the_time() {
    let (_server, text) = faults();
    let lines = || {
        let finished = statusdiff().check(&text).args(["--all"]).run();
        let mut lines: Vec<_> = finished.stdout.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.contains(" ms") && !line.contains(" s"));
        lines
    };
    assert_eq!(lines(), lines());
}

/// Environments on one machine differ in their ports only.
#[test]
fn a_redirect_to_another_environment_names_that_one() {
    let production = Server::always(200);
    let target = production.url() + "/x";
    let staging = Server::start(move |_| Reply::redirect(302, &target));
    let development = Server::always(200);
    let environments = [
        ("development", &*development.url()),
        ("staging", &staging.url()),
        ("production", &production.url()),
    ];
    let finished = statusdiff()
        .check(&suite(&environments, "- /x: 200"))
        .run()
        .exits(1);
    finished.prints(&["redirects to the host of production (staging 1×)"]);
}
