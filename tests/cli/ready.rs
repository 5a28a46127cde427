//! Waiting for an environment that is still coming up.

use crate::support::{Reply, Request, Server, environment, nobody, script, statusdiff, suite};

const ENDPOINTS: &str = "- /a: 200\n- /b: 200\n- /c: 200";

fn statuses(statuses: &[u16]) -> Vec<Reply> {
    statuses.iter().copied().map(Reply::status).collect()
}

/// Answers `path` with these replies, one after the other, and everything else with 200.
fn coming_up(path: &'static str, replies: Vec<Reply>) -> Server {
    let replies = script(replies);
    Server::start(move |request: &Request| {
        if request.path() == path {
            replies(request)
        } else {
            Reply::status(200)
        }
    })
}

/// The targets in the order in which they were asked for.
fn order(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests
        .iter()
        .map(|request| request.target.clone())
        .collect()
}

/// Asks for `/health` so often, and only then for anything else.
#[track_caller]
fn waits(replies: Vec<Reply>, keys: &str, times: usize) {
    let server = coming_up("/health", replies);
    let ready = format!("ready: {{ path: /health, timeout: 30s, interval: 5ms, {keys} }}");
    let text = suite(&[("dev", &environment(&server.url(), &ready))], ENDPOINTS);
    let run = statusdiff().check(&text).env("GIT_SHA", "4f2a9c1");
    let report = run.report().exits(0);
    assert_eq!(report.json["summary"]["probes"], 3);
    assert_eq!(report.json["summary"]["flaky"], 0);
    let order = order(&server);
    assert_eq!(order.len(), times + 3, "{order:?}");
    assert!(
        order[..times].iter().all(|target| target == "/health"),
        "{order:?}"
    );
}

#[test]
fn nothing_is_judged_before_the_environment_is_ready() {
    waits(statuses(&[200]), "expect: 200", 1);
    waits(statuses(&[503, 502, 404, 500, 200]), "expect: 200", 5);
    waits(statuses(&[200, 503, 204]), "expect: 204", 3);
    waits(statuses(&[503, 404]), "expect: [2xx, 404]", 2);
    let lost = vec![
        Reply::close(),
        Reply::truncated(200, "x"),
        Reply::status(200),
    ];
    let server = coming_up("/health", lost);
    let ready = "ready: { path: /health, expect: 200, timeout: 30s, interval: 5ms }";
    let text = suite(&[("dev", &environment(&server.url(), ready))], ENDPOINTS);
    statusdiff().check(&text).report().exits(0);
}

#[test]
fn the_old_release_is_not_judged_for_the_new_one() {
    let header = |revision: &str| Reply::status(200).header("X-Revision", revision);
    let replies = vec![
        Reply::status(200),
        header("old"),
        header("4f2a9c"),
        header("4f2a9c1"),
    ];
    waits(
        replies,
        "expect: 200, header: { x-revision: \"${GIT_SHA}\" }",
        4,
    );

    let json = |body: &str| Reply::status(200).body(body);
    let replies = vec![
        json(""),
        json("no JSON"),
        json("[]"),
        json("{ \"version\": null }"),
        json("{ \"version\": \"old\", \"other\": \"4f2a9c1\" }"),
        Reply::status(503).body("{ \"version\": \"4f2a9c1\" }"),
        json("{ \"version\": \"4f2a9c1\" }"),
    ];
    waits(replies, "expect: 200, json: { version: \"${GIT_SHA}\" }", 7);
}

#[test]
fn what_is_not_ready_in_time_is_not_asked_and_the_others_are() {
    let slow = coming_up("/health", statuses(&[503]));
    let healthy = Server::always(200);
    let ready = "ready: { path: /health, expect: 200, timeout: 300ms, interval: 10ms }";
    let environments = [
        ("slow", &*environment(&slow.url(), ready)),
        ("healthy", &healthy.url()),
    ];
    let text = suite(&environments, ENDPOINTS);
    let report = statusdiff().check(&text).report().exits(3);
    for path in ["/a", "/b", "/c"] {
        assert_eq!(report.says(path, "slow"), "error not_ready");
        assert_eq!(report.says(path, "healthy"), "match 200");
    }
    let message = report.probe("/a", "slow")["error"]["message"].to_string();
    assert!(
        message.contains("503"),
        "what came last is not said: {message}"
    );
    let order = order(&slow);
    assert!(order.len() > 1, "asked only once");
    assert!(order.iter().all(|target| target == "/health"), "{order:?}");

    // The old revision to the end.
    let old = coming_up(
        "/health",
        vec![Reply::status(200).header("X-Revision", "old")],
    );
    let ready = "ready: { path: /health, expect: 200, timeout: 200ms, interval: 10ms, \
                 header: { X-Revision: \"new\" } }";
    let text = suite(&[("dev", &environment(&old.url(), ready))], ENDPOINTS);
    let report = statusdiff().check(&text).report().exits(3);
    assert_eq!(report.says("/a", "dev"), "error not_ready");
}

#[test]
fn silence_is_not_ready_either() {
    let silent = Server::start(|_| Reply::stall());
    let ready = "ready: { path: /health, expect: 200, timeout: 300ms, interval: 10ms }";
    for url in [silent.url(), nobody()] {
        let text = suite(&[("dev", &environment(&url, ready))], ENDPOINTS);
        let report = statusdiff().check(&text).report().exits(3);
        assert_eq!(report.says("/a", "dev"), "error not_ready");
    }
}

#[test]
fn the_command_line_can_wait_too() {
    let server = coming_up("/", statuses(&[502, 503, 504, 404]));
    let text = suite(&[("dev", &server.url())], ENDPOINTS);
    statusdiff()
        .check(&text)
        .args(["--wait", "30s"])
        .report()
        .exits(0);
    assert_eq!(order(&server)[..4], ["/", "/", "/", "/"]);
    assert_eq!(server.requests().len(), 7);

    // Anything else will do, and nothing is followed.
    for status in [200, 301, 401, 500] {
        let server = coming_up("/shop/", statuses(&[status]));
        let text = suite(&[("dev", &(server.url() + "/shop/"))], ENDPOINTS);
        statusdiff()
            .check(&text)
            .args(["--wait", "30s"])
            .report()
            .exits(0);
        assert_eq!(server.requests().len(), 4);
    }

    let down = Server::always(503);
    for url in [down.url(), nobody()] {
        let text = suite(&[("dev", &url)], ENDPOINTS);
        let report = statusdiff()
            .check(&text)
            .args(["--wait", "300ms"])
            .report()
            .exits(3);
        assert_eq!(report.says("/a", "dev"), "error not_ready");
    }
}

#[test]
fn the_command_line_says_how_long_the_suite_waits() {
    let server = coming_up("/health", statuses(&[503]));
    let ready = "ready: { path: /health, expect: 200, timeout: 1h, interval: 10ms }";
    let text = suite(&[("dev", &environment(&server.url(), ready))], ENDPOINTS);
    let report = statusdiff()
        .check(&text)
        .args(["--wait", "200ms"])
        .report()
        .exits(3);
    assert_eq!(report.says("/a", "dev"), "error not_ready");
    let run = statusdiff().check(&text).args(["--deadline", "300ms"]);
    let report = run.report().exits(3);
    assert_eq!(report.says("/a", "dev"), "error deadline");
    assert_eq!(report.json["complete"], false);
}

#[test]
fn one_answer_that_never_comes_does_not_use_up_the_time() {
    let server = coming_up("/health", vec![Reply::stall(), Reply::status(200)]);
    let keys = "timeout: 300ms, ready: { path: /health, expect: 200, timeout: 30s, interval: 5ms }";
    let text = suite(&[("dev", &environment(&server.url(), keys))], ENDPOINTS);
    statusdiff().check(&text).report().exits(0);
}

#[test]
fn a_rate_that_is_slower_than_the_timeout_does_not_keep_from_asking_again() {
    let server = coming_up("/health", statuses(&[503, 503, 200]));
    let ready = "ready: { path: /health, expect: 200, timeout: 30s, interval: 5ms }";
    let keys = format!("{ready}, timeout: 200ms, rate_limit: 1/s");
    let text = suite(
        &[("dev", &environment(&server.url(), &keys))],
        "- /a: 200\n",
    );
    statusdiff().check(&text).report().exits(0);
    assert_eq!(order(&server), ["/health", "/health", "/health", "/a"]);
}

#[test]
fn the_question_is_asked_with_the_environment_s_own_credential() {
    let server = Server::start(|request: &Request| {
        let known = request.header("Authorization").as_deref() == Some("Bearer tok-3f9a7c");
        Reply::status(if known { 200 } else { 401 })
    });
    let keys = "auth: { bearer: tok-3f9a7c }, ready: { path: /health, expect: 200, timeout: 30s }";
    let text = suite(&[("dev", &environment(&server.url(), keys))], ENDPOINTS);
    statusdiff().check(&text).report().exits(0);
    assert_eq!(order(&server).len(), 4);
}

#[test]
fn the_whole_time_is_used_even_where_it_is_shorter_than_the_interval() {
    let server = coming_up("/", statuses(&[503, 503, 200]));
    let text = suite(&[("dev", &server.url())], "- /a: 200\n");
    let run = statusdiff().check(&text).args(["--wait", "900ms"]);
    run.report().exits(0);
    assert_eq!(order(&server), ["/", "/", "/", "/a"]);
}
