//! Connections that are used again, and servers that have had enough of them.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::{Reply, Report, Request, Server, statusdiff, suite};

const PROBES: usize = 1_000;

/// 200, and nothing about the connection.
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// So many probes, with each of these methods in turn.
fn check(server: &Server, probes: usize, methods: &[&str]) -> Report {
    let endpoints: String = (0..probes)
        .map(|n| format!("- {} /{n}: 200\n", methods[n % methods.len()]))
        .collect();
    let report = statusdiff()
        .check(&suite(&[("dev", &server.url())], &endpoints))
        .args(["-j", "4"])
        .report();
    assert_eq!(report.json["summary"]["probes"], probes);
    report
}

/// A kept connection that ends under a request costs no probe: every one is answered.
#[track_caller]
fn loses_nothing(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    let server = Server::start(reply);
    loses_nothing_of(PROBES, &server);
    server
}

#[track_caller]
fn loses_nothing_of(probes: usize, server: &Server) {
    let methods = ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"];
    let report = check(server, probes, &methods).exits(0);
    assert_eq!(report.json["summary"]["match"], probes, "{report}");
    // Nor did it take a retry, which is for those who were told that something failed.
    assert_eq!(report.json["summary"]["flaky"], 0);
    let asked: BTreeSet<_> = server.asked().into_iter().collect();
    assert_eq!(asked.len(), probes, "each was asked");
}

#[test]
fn a_server_that_closes_after_a_while_loses_nothing() {
    for most in [1, 2, 5] {
        loses_nothing(move |request| match request.nth + 1 {
            nth if nth == most => Reply::raw(OK),
            _ => Reply::status(200),
        });
    }
}

#[test]
fn a_server_that_closes_as_the_next_request_arrives_loses_nothing() {
    let server = loses_nothing(|request| match request.nth {
        0 => Reply::status(200),
        _ => Reply::close(),
    });
    assert!(server.requests().len() > PROBES, "it never happened");
}

#[test]
fn a_server_that_resets_as_the_next_request_arrives_loses_nothing() {
    let server = loses_nothing(|request| match request.nth {
        0..3 => Reply::status(200),
        _ => Reply::reset(),
    });
    assert!(server.requests().len() > PROBES, "it never happened");
}

#[test]
fn a_server_that_closes_in_the_middle_of_the_next_answer_loses_nothing() {
    loses_nothing(|request| match request.nth {
        0 => Reply::status(200),
        _ => Reply::raw("HTTP/1.1 200 OK\r\nContent-"),
    });
}

#[test]
fn a_server_that_closes_idle_connections_at_random_loses_nothing() {
    let server = Server::start(|_| {
        let patience = Duration::from_micros(fastrand::u64(1..3_000));
        Reply::status(200).then_idle(patience)
    });
    loses_nothing_of(10 * PROBES, &server);
}

#[test]
fn what_may_be_sent_only_once_is_sent_only_once() {
    // No connection serves a second request, whatever the first one was.
    let server = Server::start(|request| match request.nth {
        0 => Reply::status(200),
        _ => Reply::reset(),
    });
    check(&server, PROBES, &["GET", "POST", "HEAD", "PATCH"]).exits(0);
    each_unsafe_request_came_once(&server);

    // And none of these is answered.
    let server = Server::start(|request| match &*request.method {
        "GET" => Reply::status(200),
        _ if request.target.ends_with('1') => Reply::close(),
        _ => Reply::reset(),
    });
    let report = check(&server, PROBES, &["GET", "POST", "PATCH", "GET"]).exits(3);
    assert_eq!(report.json["summary"]["error"], PROBES / 2);
    assert_eq!(report.says("/1", "dev"), "error reset");
    each_unsafe_request_came_once(&server);
}

#[track_caller]
fn each_unsafe_request_came_once(server: &Server) {
    let asked = server.asked();
    let is_unsafe = |line: &&String| line.starts_with('P');
    let sent: Vec<_> = asked.iter().filter(is_unsafe).collect();
    let different: BTreeSet<_> = sent.iter().collect();
    assert_eq!(sent.len(), PROBES / 2);
    assert_eq!(different.len(), PROBES / 2);
}
