//! Limits hold, whatever the requests are for, and who asks for peace gets it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::{
    Reply, Report, Request, Server, environment, nobody, script, statusdiff, suite,
};

fn endpoints(count: usize, keys: &str) -> String {
    (0..count)
        .map(|n| format!("- {{ path: /{n}, expect: 200{keys} }}\n"))
        .collect()
}

/// Checks so many endpoints at that server, and that no request came before its turn.
///
/// A request may come late, but never early: that is what can be said on a busy machine.
#[track_caller]
fn paces(server: &Server, limit: &str, spacing: Duration, endpoints: &str, requests: usize) {
    let begin = Instant::now();
    let text = suite(&[("dev", &environment(&server.url(), limit))], endpoints);
    statusdiff().check(&text).report().exits(0);
    assert_eq!(server.requests().len(), requests);
    is_paced(server, begin, spacing);
}

#[track_caller]
fn is_paced(server: &Server, begin: Instant, spacing: Duration) {
    for (turn, arrived) in (0..).zip(arrivals(server)) {
        let early = begin + spacing * turn;
        assert!(arrived >= early, "request {turn} came early");
    }
}

fn arrivals(server: &Server) -> Vec<Instant> {
    let requests = server.requests();
    let mut arrivals: Vec<_> = requests.iter().map(|request| request.arrived).collect();
    arrivals.sort();
    arrivals
}

#[test]
fn a_rate_is_never_exceeded() {
    for (limit, spacing) in [
        ("rate_limit: 50/s", 20),
        ("rate_limit: 600/m", 100),
        ("rate_limit: 36000/h, concurrency: 1", 100),
    ] {
        let spacing = Duration::from_millis(spacing);
        let server = Server::always(200);
        paces(&server, limit, spacing, &endpoints(12, ""), 12);
    }
}

#[test]
fn time_that_was_not_used_is_not_made_up_for() {
    // Ten turns pass with the first request.
    let long = Duration::from_millis(500);
    let server = Server::start(move |request| match request.nth {
        0 => Reply::status(200).delayed(long),
        _ => Reply::status(200),
    });
    let text = environment(&server.url(), "rate_limit: 20/s, concurrency: 1");
    let text = suite(&[("dev", &text)], &endpoints(8, ""));
    statusdiff().check(&text).report().exits(0);
    let arrivals = arrivals(&server);
    let answered = arrivals[0] + long;
    for (turn, arrived) in (0..).zip(&arrivals[1..]) {
        let early = answered + Duration::from_millis(50) * turn;
        assert!(*arrived >= early, "request {turn} came early");
    }
}

#[test]
fn a_second_has_so_many_requests_and_one() {
    let server = Server::always(200);
    let text = environment(&server.url(), "rate_limit: 20/s");
    let text = suite(&[("dev", &text)], &endpoints(45, ""));
    statusdiff().check(&text).report().exits(0);
    let arrivals = arrivals(&server);
    for (first, last) in arrivals.iter().zip(&arrivals[21..]) {
        let second = *last - *first;
        // A fifth of it for a first request that was held up on its way.
        assert!(second > Duration::from_millis(800), "22 in {second:?}");
    }
}

#[test]
fn everything_that_is_sent_counts() {
    let limit = "rate_limit: 20/s, retry: { times: 2, backoff: 1ms }";
    let spacing = Duration::from_millis(50);

    let server = Server::start(script(vec![Reply::status(503), Reply::status(200)]));
    paces(&server, limit, spacing, &endpoints(5, ""), 10);

    let follow = endpoints(5, ", follow_redirects: true");
    let server = Server::start(|request| match request.path() {
        "/end" => Reply::status(200),
        _ => Reply::redirect(302, "/end"),
    });
    paces(&server, limit, spacing, &follow, 10);

    let server = Server::start(|request| match request.nth {
        0 => Reply::status(200),
        _ => Reply::close(),
    });
    let one = format!("{limit}, concurrency: 1");
    let begin = Instant::now();
    let text = suite(
        &[("dev", &environment(&server.url(), &one))],
        &endpoints(5, ""),
    );
    statusdiff().check(&text).report().exits(0);
    assert!(server.requests().len() > 5, "nothing was sent again");
    is_paced(&server, begin, spacing);
}

#[test]
fn hops_and_retries_take_no_slots_of_their_own() {
    let answers = script(vec![Reply::status(503), Reply::status(200)]);
    let server = Server::start(move |request: &Request| {
        let reply = match request.path().strip_prefix("/end") {
            Some(_) => answers(request),
            None => Reply::redirect(302, &format!("/end{}", request.path())),
        };
        reply.delayed(Duration::from_millis(3))
    });
    let keys = "concurrency: 3, retry: { times: 2, backoff: 1ms }";
    let text = suite(
        &[("dev", &environment(&server.url(), keys))],
        &endpoints(40, ", follow_redirects: true"),
    );
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.json["summary"]["flaky"], 40);
    assert_eq!(server.requests().len(), 160);
    assert_eq!(server.most_in_flight(), 3);
}

#[test]
fn a_429_slows_its_whole_environment_down() {
    let refuses = Mutex::new(true);
    let server = Server::start(move |request| {
        let first = std::mem::take(&mut *refuses.lock().unwrap());
        match request.path() {
            _ if first => Reply::status(429).header("Retry-After", "1"),
            // The other slot is free again when the 429 has long been read.
            _ if request.nth == 0 => Reply::status(200).delayed(Duration::from_millis(600)),
            _ => Reply::status(200),
        }
    });
    let calm = Server::always(200);
    let keys = "concurrency: 2, retry: { times: 2, backoff: 1ms }";
    let environments = [
        ("busy", &*environment(&server.url(), keys)),
        ("calm", &*environment(&calm.url(), "concurrency: 1")),
    ];
    let report = statusdiff()
        .check(&suite(&environments, &endpoints(10, "")))
        .report()
        .exits(0);
    assert_eq!(report.json["summary"]["flaky"], 1);
    let asked = server.requests();
    assert_eq!(asked.len(), 11);
    let over = asked[0].arrived + Duration::from_secs(1);
    for request in &asked[2..] {
        assert!(request.arrived >= over, "`{}` did not wait", request.target);
    }
    let last = calm.requests().pop().unwrap();
    assert!(last.arrived < over, "the calm one waited too");
}

/// How many probes of `environment` have each kind of error.
fn kinds(report: &Report, environment: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| report.says(&format!("/{n}"), environment))
        .collect()
}

#[test]
fn an_environment_that_nobody_answers_for_is_given_up() {
    let healthy = Server::always(200);
    let environments = [("down", &*nobody()), ("up", &healthy.url())];
    let text = suite(&environments, &endpoints(60, ""));
    let one = ["--retries", "0", "-j", "1"];
    let report = statusdiff().check(&text).args(one).report().exits(3);
    let said = kinds(&report, "down", 60);
    assert_eq!(said[..20], ["error connect_refused"; 20]);
    assert_eq!(said[20..], ["error unreachable"; 40]);
    assert_eq!(
        report.probe("/30", "down")["status"],
        serde_json::Value::Null
    );
    assert_ne!(report.probe("/30", "down")["error"]["message"], "");
    assert_eq!(kinds(&report, "up", 60), ["match 200"; 60]);
    assert_eq!(healthy.requests().len(), 60);

    let report = statusdiff()
        .check(&text)
        .args(["-j", "8"])
        .report()
        .exits(3);
    let said: BTreeSet<_> = kinds(&report, "down", 60).into_iter().collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(report.json["environments"][0]["error"], 60);

    let all = ["--retries", "0", "--no-give-up"];
    let report = statusdiff().check(&text).args(all).report().exits(3);
    assert_eq!(kinds(&report, "down", 60), ["error connect_refused"; 60]);
}

#[test]
fn whoever_takes_connections_is_not_given_up() {
    // Only what never answers is waited for: the others have time enough on the busiest machine.
    for (reply, limit, says) in [
        (Reply::stall(), "200ms", "error timeout"),
        (Reply::close(), "60s", "error reset"),
        (Reply::raw("no HTTP\r\n\r\n"), "60s", "error protocol"),
        (Reply::truncated(200, "x"), "60s", "error 200 body"),
        (Reply::status(503), "60s", "mismatch 503 status"),
    ] {
        let server = Server::start(move |_| reply.clone());
        let report = statusdiff()
            .check(&suite(&[("dev", &server.url())], &endpoints(50, "")))
            .args(["--retries", "0", "-t", limit, "-j", "25"])
            .report();
        assert_eq!(kinds(&report, "dev", 50), [says; 50]);
    }
}

#[test]
fn waiting_for_ones_turn_is_not_waiting_for_an_answer() {
    // The last of ten waits four times as long as an answer may take.
    let server = Server::always(200);
    let keys = "rate_limit: 5/s, timeout: 500ms";
    let text = suite(
        &[("dev", &environment(&server.url(), keys))],
        &endpoints(10, ""),
    );
    statusdiff().check(&text).report().exits(0);

    let first = Mutex::new(true);
    let server = Server::start(move |_| {
        if std::mem::take(&mut *first.lock().unwrap()) {
            return Reply::status(429).header("Retry-After", "1");
        }
        Reply::status(200)
    });
    let keys = "concurrency: 4, timeout: 500ms";
    let text = suite(
        &[("dev", &environment(&server.url(), keys))],
        &endpoints(10, ""),
    );
    statusdiff().check(&text).report().exits(0);
}

#[test]
fn a_429_that_is_final_slows_the_others_down_all_the_same() {
    for (endpoint, args) in [
        ("POST /first: 200", &[][..]),
        ("/first: 200", &["--retries", "0"]),
    ] {
        let server = Server::start(|request| match request.path() {
            "/first" => Reply::status(429).header("Retry-After", "1"),
            _ => Reply::status(200),
        });
        let text = suite(
            &[("dev", &server.url())],
            &format!("- {endpoint}\n- /next: 200"),
        );
        let run = statusdiff().check(&text).args(["-j", "1"]);
        run.args(args.iter().copied()).report().exits(1);
        let [first, next] = &server.requests()[..] else {
            panic!("{:?}", server.asked());
        };
        let waited = next.arrived - first.arrived;
        assert!(waited >= Duration::from_secs(1), "{endpoint}: {waited:?}");
    }
}

#[test]
fn waiting_for_a_turn_does_not_count_on_a_renewal() {
    let server = Server::start(|request| match request.path() {
        "/token" => Reply::status(200).body("{ \"access_token\": \"renewed-1\" }"),
        _ if request.header("authorization").as_deref() == Some("Bearer renewed-1") => {
            Reply::status(200)
        }
        _ => Reply::status(401),
    });
    // Thirty probes have taken their turns before the renewal gets one, and its timeout is a tenth of that.
    let refresh =
        "refresh: { request: POST /token, form: { grant: refresh }, token: access_token }";
    let keys = format!(
        "timeout: 300ms, rate_limit: 10/s, concurrency: 30, auth: {{ bearer: outdated-1, {refresh} }}"
    );
    let text = suite(
        &[("dev", &environment(&server.url(), &keys))],
        &endpoints(30, ""),
    );
    statusdiff().check(&text).report().exits(0);
}
