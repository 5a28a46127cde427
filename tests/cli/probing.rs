//! How requests are sent, and what is made of the answers.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Gate, Reply, Server, statusdiff, suite};

fn endpoints(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        writeln!(text, "- /{n}/200: 200").unwrap();
        text
    })
}

/// Answers nobody until `wanted` requests wait, and then a little later, so that one too many is seen.
fn crowd(wanted: usize) -> Server {
    let gate = Gate::new();
    let arrived = AtomicUsize::new(0);
    Server::start(move |_| {
        if arrived.fetch_add(1, Ordering::SeqCst) + 1 == wanted {
            gate.open();
        }
        Reply::status(200)
            .after(&gate)
            .delayed(Duration::from_millis(20))
    })
}

#[test]
fn each_environment_has_a_concurrency_limit_of_its_own() {
    for (args, keys, wanted) in [
        (&[][..], [", concurrency: 3", ""], [3, 10]),
        (&["-j", "4"], [", concurrency: 3", ""], [4, 4]),
        (&["--concurrency", "1"], ["", ""], [1, 1]),
        (&["-j", "32"], ["", ", concurrency: 2"], [32, 32]),
    ] {
        let servers = wanted.map(crowd);
        let urls =
            [0, 1].map(|at| format!("{{ base_url: \"{}\"{} }}", servers[at].url(), keys[at]));
        let text = suite(&[("a", &urls[0]), ("b", &urls[1])], &endpoints(40));
        statusdiff()
            .check(&text)
            .args(args.iter().copied())
            .report()
            .exits(0);
        let most = [0, 1].map(|at| servers[at].most_in_flight());
        assert_eq!(most, wanted, "{args:?} with {keys:?}");
    }
}

#[test]
fn connections_are_used_again() {
    let server = Server::start(|request| {
        let path = request.path();
        let size = path
            .split('/')
            .nth(1)
            .and_then(|size| size.parse().ok())
            .unwrap_or(0);
        // Bodies that fit a buffer, and bodies that do not.
        Reply::status(200).body("x".repeat(size * 1000))
    });
    let text = suite(&[("a", &server.url())], &endpoints(100));
    statusdiff()
        .check(&text)
        .args(["-j", "4"])
        .report()
        .exits(0);
    assert_eq!(server.requests().len(), 100);
    assert!(
        server.connections() <= 4,
        "{} connections",
        server.connections()
    );
}

#[test]
fn a_slow_environment_does_not_hold_the_others_up() {
    let gate = Gate::new();
    let slow = {
        let gate = gate.clone();
        Server::start(move |_| Reply::status(200).after(&gate))
    };
    let arrived = AtomicUsize::new(0);
    let fast = Server::start(move |_| {
        // Only now does the slow one answer anything at all.
        if arrived.fetch_add(1, Ordering::SeqCst) + 1 == 200 {
            gate.open();
        }
        Reply::status(200)
    });
    let text = suite(
        &[("slow", &slow.url()), ("fast", &fast.url())],
        &endpoints(200),
    );
    statusdiff().check(&text).report().exits(0);
}

#[test]
fn an_endless_body_is_cut_off_and_no_error() {
    let server = Server::start(|_| Reply::endless(200));
    let text = suite(&[("a", &server.url())], "- /1: 200\n- /2: 200");
    statusdiff()
        .check(&text)
        .args(["-j", "1"])
        .report()
        .exits(0);
}

#[test]
fn an_event_stream_is_judged_at_its_headers() {
    let reply = Reply::raw(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    let server = Server::start(move |_| reply.clone().then_stall());
    statusdiff()
        .check(&suite(&[("a", &server.url())], "- /: 200"))
        .report()
        .exits(0);
}

#[test]
fn a_body_is_never_decoded() {
    let reply = Reply::status(200)
        .header("Content-Encoding", "gzip")
        .body("no gzip at all");
    let server = Server::start(move |_| reply.clone());
    statusdiff()
        .check(&suite(&[("a", &server.url())], "- /: 200"))
        .report()
        .exits(0);
}

#[test]
fn many_header_fields_are_taken() {
    let mut reply = Reply::status(200);
    for n in 0..4_000 {
        reply = reply.header(&format!("X-{n}"), "0123456789");
    }
    let server = Server::start(move |_| reply.clone());
    statusdiff()
        .check(&suite(&[("a", &server.url())], "- /: 200"))
        .report()
        .exits(0);
}

#[test]
fn odd_statuses_are_seen_as_they_are() {
    let server = Server::echo();
    for status in [299, 306, 418, 451, 599, 600, 777, 999] {
        let text = suite(&[("a", &server.url())], &format!("- /{status}: {status}"));
        let report = statusdiff().check(&text).report().exits(0);
        assert_eq!(
            report.says(&format!("/{status}"), "a"),
            format!("match {status}")
        );
    }
}

#[test]
fn an_answer_without_content_leaves_the_connection_in_order() {
    let server = Server::start(|request| match request.path() {
        "/204" => Reply::status(204),
        "/304" => Reply::status(304),
        _ => Reply::status(200).body("some text"),
    });
    let endpoints = "- /204: 204\n- /200: 200\n- /304: 304\n- HEAD /200: 200\n- /last/200: 200";
    let text = suite(&[("a", &server.url())], endpoints);
    statusdiff()
        .check(&text)
        .args(["-j", "1"])
        .report()
        .exits(0);
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_idle_connection_that_was_closed_is_no_failure() {
    // Says keep-alive, and hangs up after every answer all the same.
    let reply = Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let server = Server::start(move |_| reply.clone());
    let text = suite(&[("a", &server.url())], &endpoints(300));
    statusdiff()
        .check(&text)
        .args(["-j", "4"])
        .report()
        .exits(0);
}

#[test]
fn order_and_report_do_not_depend_on_the_order_of_the_answers() {
    let report = |delays: [u64; 4]| {
        let server = Server::start(move |request| {
            let n = request.path()[1..2].parse::<usize>().unwrap();
            Reply::status(200).delayed(Duration::from_millis(delays[n] * 10))
        });
        let text = suite(
            &[("a", &server.url()), ("b", &(server.url() + "/0"))],
            &endpoints(4),
        );
        let mut report = statusdiff().check(&text).report();
        report.forget_times();
        report
            .json
            .to_string()
            .replace(&server.port().to_string(), "PORT")
    };
    assert_eq!(report([0, 1, 2, 3]), report([3, 2, 1, 0]));
}
