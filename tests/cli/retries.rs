//! Asking again: after what may pass by itself, and only then.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::support::{Reply, Report, Server, environment, script, statusdiff, suite};

/// No test needs to wait for a second attempt.
const AT_ONCE: &str = "retry: { times: 2, backoff: 1ms, max_wait: 30s }";

/// One endpoint at a server that answers with these replies, one after the other.
fn check(replies: Vec<Reply>, keys: &str, endpoint: &str, args: &[&str]) -> (Report, Server) {
    let server = Server::start(script(replies));
    let text = suite(
        &[("dev", &environment(&server.url(), keys))],
        &format!("- {endpoint}"),
    );
    let report = statusdiff()
        .check(&text)
        .args(args.iter().copied())
        .report();
    (report, server)
}

fn statuses(statuses: &[u16]) -> Vec<Reply> {
    statuses.iter().copied().map(Reply::status).collect()
}

/// What the report says, and how many attempts it counts.
fn says(report: &Report) -> String {
    let probe = report.probe("/", "dev");
    let flaky = if probe["flaky"] == true { " flaky" } else { "" };
    format!("{}, {}{flaky}", report.says("/", "dev"), probe["attempts"])
}

#[test]
fn only_what_may_pass_and_is_not_expected_is_tried_again() {
    for (expect, answers, told) in [
        ("200", &[200][..], "match 200, 1"),
        ("200", &[503, 200], "match 200, 2 flaky"),
        ("200", &[503, 429, 200], "match 200, 3 flaky"),
        ("200", &[503, 503, 503, 200], "mismatch 503 status, 3"),
        ("200", &[408, 200], "match 200, 2 flaky"),
        ("200", &[429, 200], "match 200, 2 flaky"),
        ("200", &[502, 200], "match 200, 2 flaky"),
        ("200", &[504, 200], "match 200, 2 flaky"),
        ("[2xx, 503]", &[502, 503, 200], "match 503, 2 flaky"),
        // Expected, and so nothing to be tried again.
        ("503", &[503, 200], "match 503, 1"),
        ("5xx", &[502, 200], "match 502, 1"),
        ("any", &[429, 200], "match 429, 1"),
        ("not 404", &[503, 200], "match 503, 1"),
        // Wrong, and not likely to change.
        ("200", &[404, 200], "mismatch 404 status, 1"),
        ("200", &[401, 200], "mismatch 401 status, 1"),
        ("200", &[500, 200], "mismatch 500 status, 1"),
        ("200", &[301, 200], "mismatch 301 status, 1"),
        ("404", &[200, 404], "mismatch 200 status, 1"),
        ("200", &[503, 404, 200], "mismatch 404 status, 2"),
    ] {
        let endpoint = format!("/: {expect}");
        let (report, server) = check(statuses(answers), AT_ONCE, &endpoint, &[]);
        assert_eq!(says(&report), told, "{expect}: {answers:?}");
        let attempts = &report.probe("/", "dev")["attempts"];
        assert_eq!(*attempts, server.requests().len());
    }
}

#[test]
fn a_lost_answer_is_tried_again_and_a_broken_one_is_not() {
    let twice = |reply: Reply| vec![reply.clone(), reply, Reply::status(200)];
    let stalled = Reply::truncated(200, "x").then_stall();
    for (replies, told) in [
        (
            vec![Reply::truncated(200, "x"), Reply::status(200)],
            "match 200, 2 flaky",
        ),
        (vec![stalled, Reply::status(200)], "match 200, 2 flaky"),
        (
            vec![Reply::stall(), Reply::status(200)],
            "match 200, 2 flaky",
        ),
        // The first loss costs no attempt: it could have been a stale connection.
        (twice(Reply::reset()), "match 200, 2 flaky"),
        (twice(Reply::close()), "match 200, 2 flaky"),
        (twice(Reply::raw("no HTTP\r\n\r\n")), "error protocol, 1"),
        (
            twice(Reply::raw("HTTP/1.1 101 No\r\n\r\n")),
            "error protocol, 1",
        ),
    ] {
        let (report, _) = check(replies, AT_ONCE, "/: 200", &["-t", "300ms"]);
        assert_eq!(says(&report), told);
    }
    let (report, server) = check(vec![Reply::close()], AT_ONCE, "/: 200", &[]);
    assert_eq!(says(&report), "error reset, 3");
    // Each attempt is sent once more, at once.
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn certificates_and_circles_do_not_change() {
    let server = Server::start(|_| Reply::status(200)).called("https");
    let text = suite(&[("dev", &environment(&server.url(), AT_ONCE))], "- /: 200");
    let report = statusdiff().check(&text).report().exits(3);
    assert_eq!(says(&report), "error tls, 1");
    assert_eq!(server.connections(), 1);

    let endpoint = "{ path: /, expect: 200, follow_redirects: true }";
    let (report, server) = check(vec![Reply::redirect(302, "/")], AT_ONCE, endpoint, &[]);
    assert_eq!(report.probe("/", "dev")["attempts"], 1);
    assert_eq!(report.probe("/", "dev")["error"]["kind"], "redirect_loop");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn without_an_expectation_everything_that_may_pass_is_tried_again() {
    let reference = Server::start(script(statuses(&[503, 404])));
    let other = Server::start(script(statuses(&[502, 429, 404])));
    let keys = [reference.url(), other.url()].map(|url| environment(&url, AT_ONCE));
    let text = suite(&[("a", &keys[0]), ("b", &keys[1])], "- /");
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.says("/", "a"), "match 404");
    assert_eq!(report.says("/", "b"), "match 404");
    assert_eq!(report.probe("/", "a")["attempts"], 2);
    assert_eq!(report.probe("/", "b")["attempts"], 3);
}

#[test]
fn the_suite_says_what_may_pass() {
    for (on, replies, told) in [
        ("[500]", statuses(&[500, 200]), "match 200, 2 flaky"),
        ("[500]", statuses(&[503, 200]), "mismatch 503 status, 1"),
        ("[5xx]", statuses(&[507, 200]), "match 200, 2 flaky"),
        ("[404]", statuses(&[404, 200]), "match 200, 2 flaky"),
        (
            "[503]",
            vec![Reply::truncated(200, "x"), Reply::status(200)],
            "error 200 body, 1",
        ),
        (
            "[error]",
            vec![Reply::truncated(200, "x"), Reply::status(200)],
            "match 200, 2 flaky",
        ),
        ("[error]", statuses(&[503, 200]), "mismatch 503 status, 1"),
    ] {
        let keys = format!("retry: {{ times: 2, backoff: 1ms, on: {on} }}");
        let (report, _) = check(replies, &keys, "/: 200", &[]);
        assert_eq!(says(&report), told, "{on}");
    }
}

#[test]
fn the_nearest_number_of_retries_counts() {
    let times = |times: u32| format!("retry: {{ times: {times}, backoff: 1ms }}");
    let endpoint = |times: u32| {
        format!("{{ path: /, expect: 200, retry: {{ times: {times}, backoff: 1ms }} }}")
    };
    for (keys, endpoint, args, attempts) in [
        (times(4), "/: 200".into(), &[][..], 5),
        (times(0), "/: 200".into(), &[], 1),
        (times(0), endpoint(3), &[], 4),
        (times(3), endpoint(0), &[], 1),
        (times(3), endpoint(2), &["--retries", "1"], 2),
        (times(3), endpoint(2), &["--retries", "0"], 1),
        (times(0), "/: 200".into(), &["--retries", "1"], 2),
    ] {
        let (report, server) = check(statuses(&[503]), &keys, &endpoint, args);
        assert_eq!(
            report.probe("/", "dev")["attempts"],
            attempts,
            "{keys}, {endpoint}, {args:?}"
        );
        assert_eq!(server.requests().len(), attempts);
    }
    let (report, _) = check(statuses(&[503, 503, 200]), "timeout: 5s", "/: 200", &[]);
    assert_eq!(says(&report), "match 200, 3 flaky", "two are built in");
    let server = Server::always(503);
    let text = suite(&[("dev", &server.url())], "- /: 200\n");
    let text = text + "defaults: { retry: { times: 1, backoff: 1ms } }\n";
    statusdiff().check(&text).report().exits(1);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn what_is_not_idempotent_is_sent_again_only_where_its_endpoint_says_so() {
    for (method, own, sent) in [
        ("POST", false, 1),
        ("PATCH", false, 1),
        ("POST", true, 3),
        ("PATCH", true, 3),
        ("PUT", false, 3),
        ("DELETE", false, 3),
        ("OPTIONS", false, 3),
        ("HEAD", false, 3),
    ] {
        let own = if own {
            ", retry: { times: 2, backoff: 1ms }"
        } else {
            ""
        };
        let endpoint = format!("{{ path: /, method: {method}, expect: 200{own} }}");
        for reply in [Reply::status(503), Reply::truncated(503, "x")] {
            let (report, server) = check(vec![reply], AT_ONCE, &endpoint, &[]);
            let asked = server.requests().len();
            assert_eq!(asked, sent, "{method}{own}: {report}");
        }
    }
    // The flag is for all, and not said by the endpoint.
    let (_, server) = check(
        statuses(&[503]),
        AT_ONCE,
        "POST /: 200",
        &["--retries", "2"],
    );
    assert_eq!(server.requests().len(), 1);
    let (_, server) = check(vec![Reply::close()], AT_ONCE, "POST /: 200", &[]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_came_right_late_is_listed_and_may_fail_the_run() {
    let server = Server::start(script(statuses(&[503, 200])));
    let steady = Server::always(200);
    let text = |server: &Server| {
        let environments = [
            ("dev", &*environment(&server.url(), AT_ONCE)),
            (
                "steady",
                &*environment(&(steady.url() + "/steady"), AT_ONCE),
            ),
        ];
        suite(&environments, "- /late: 200\n- /late/too: 200")
    };
    let report = statusdiff().check(&text(&server)).report().exits(0);
    assert_eq!(report.json["summary"]["flaky"], 2);
    assert_eq!(report.json["environments"][0]["flaky"], 2);
    assert_eq!(report.json["environments"][1]["flaky"], 0);
    assert_eq!(report.probe("/late", "dev")["flaky"], true);
    assert_eq!(report.probe("/late", "dev")["verdict"], "match");
    assert_eq!(report.probe("/late", "steady")["flaky"], false);

    let server = Server::start(script(statuses(&[503, 200])));
    let table = statusdiff().check(&text(&server)).run().exits(0);
    table.prints(&["flaky", "/late", "/late/too"]);

    let server = Server::start(script(statuses(&[503, 200])));
    let strict = ["--fail-on-flaky"];
    let report = statusdiff().check(&text(&server)).args(strict).report();
    assert_eq!(report.exits(1).json["summary"]["mismatch"], 0);
    let steady = text(&steady);
    statusdiff().check(&steady).args(strict).report().exits(0);
}

/// A 503 that asks for this, and then 200.
fn after(value: &str) -> Vec<Reply> {
    let later = Reply::status(503).header("Retry-After", value);
    vec![later, Reply::status(200)]
}

fn date(from_now: i64) -> String {
    let date = Timestamp::now() + SignedDuration::from_secs(from_now);
    date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[test]
fn the_server_says_when() {
    for value in ["1", " 1 ", "01"] {
        let (report, server) = check(after(value), AT_ONCE, "/: 200", &[]);
        assert_eq!(says(&report), "match 200, 2 flaky", "{value}");
        let requests = server.requests();
        let waited = requests[1].arrived - requests[0].arrived;
        assert!(waited >= Duration::from_secs(1), "{value}: {waited:?}");
    }
    // A date has whole seconds: the second from now may begin at once, the one after it does not.
    let begin = Instant::now();
    let (report, server) = check(after(&date(2)), AT_ONCE, "/: 200", &[]);
    assert_eq!(says(&report), "match 200, 2 flaky");
    let waited = server.requests()[1].arrived - begin;
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
}

#[test]
fn what_the_server_says_is_ignored_where_it_means_nothing() {
    for value in [
        "",
        "soon",
        "-5",
        "-1000000",
        "+1x",
        "1.5.1",
        "1 s",
        "0",
        "Mon, 99 Foo 2099",
        &date(-9000),
    ] {
        let (report, _) = check(after(value), AT_ONCE, "/: 200", &[]);
        assert_eq!(says(&report), "match 200, 2 flaky", "`{value}`");
    }
}

#[test]
fn who_asks_for_too_long_is_not_asked_again() {
    let short = "retry: { times: 2, backoff: 1ms, max_wait: 2s }";
    for (keys, value) in [
        (AT_ONCE, "31"),
        (AT_ONCE, "3600"),
        (AT_ONCE, "99999999999999999999"),
        (AT_ONCE, &*date(3600)),
        (short, "3"),
        ("timeout: 5s", "31"),
    ] {
        let (report, server) = check(after(value), keys, "/: 200", &[]);
        assert_eq!(says(&report), "mismatch 503 status, 1", "{value}");
        assert_eq!(server.requests().len(), 1, "{value}");
    }
}

#[test]
fn a_reconnect_is_no_retry() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::status(200),
        _ => Reply::close(),
    });
    let endpoints = "- /1: 200\n- /2: 200\n- /3: 200";
    let report = statusdiff()
        .check(&suite(&[("dev", &server.url())], endpoints))
        .args(["-j", "1", "--fail-on-flaky"])
        .report()
        .exits(0);
    assert_eq!(report.json["summary"]["flaky"], 0);
    assert!(
        report.probe("/1", "dev").get("reconnects").is_none(),
        "{report}"
    );
    assert_eq!(report.probe("/2", "dev")["reconnects"], 1);
    for path in ["/1", "/2", "/3"] {
        assert_eq!(report.probe(path, "dev")["attempts"], 1);
    }
}

#[test]
fn many_headers_are_no_reconnect() {
    let mut reply = Reply::status(200);
    for n in 0..150 {
        reply = reply.header(&format!("X-{n}"), "y");
    }
    let (report, _) = check(vec![reply], AT_ONCE, "/: 200", &[]);
    assert!(
        report.probe("/", "dev").get("reconnects").is_none(),
        "{report}"
    );
}
