//! No connection, no answer, or not all of it.

use std::io::Read;
use std::net::TcpStream;

use super::{Does, Fault, ONCE, asks, check_all, replies, sends, serves};
use crate::support::{Reply, Server, nobody, statusdiff, suite};

#[test]
fn every_fault_of_the_network_is_named() {
    check_all(&faults(), "");
}

/// What the client was doing when the connection ended is a race; the word for it is not.
#[test]
fn an_end_at_any_moment_has_the_same_name() {
    let some = |mut stream: &TcpStream| stream.read(&mut [0]).map(drop);
    for server in [Server::raw(|_| Ok(())), Server::raw(some)] {
        let endpoints: String = (0..200).map(|n| format!("- /{n}: 200\n")).collect();
        let report = statusdiff()
            .check(&suite(&[("a", &server.url())], &endpoints))
            .args(ONCE)
            .report()
            .exits(3);
        for n in 0..200 {
            assert_eq!(
                report.says(&format!("/{n}"), "a"),
                "error reset",
                "{report}"
            );
        }
    }
}

#[rustfmt::skip] // A fault is a row, and a row is a line.
fn faults() -> Vec<Fault> {
    // With one letter more than a label may have, so that no resolver needs to be asked.
    let name = format!("http://{}.invalid", "x".repeat(64));
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    let wrong = half.replace("200", "404");
    // More than the system keeps for a reader who does not read.
    let long = "x".repeat(240_000);
    vec![
        asks("a name that does not resolve", Does::NoServer(name), "error dns"),
        asks("nobody there", Does::NoServer(nobody()), "error connect_refused"),
        asks("a full queue", Does::FullQueue, "error connect_timeout").in_time(),
        // Nothing before the status.
        replies("an idle server", Reply::stall(), "error timeout").in_time(),
        serves("a server that does not accept", || Server::raw(never_read), "error timeout").in_time(),
        serves("an end on arrival", || Server::raw(|_| Ok(())), "error reset"),
        replies("an end before the status", Reply::close(), "error reset"),
        replies("a reset before the status", Reply::reset(), "error reset"),
        // Within the header section.
        replies("silence within the status", Reply::raw("HTTP/1.1 2").then_stall(), "error timeout").in_time(),
        replies("drips of a status line", Reply::raw("HTTP/1.1 200 ").then_drip(), "error timeout").in_time(),
        replies("drips of headers", Reply::raw("HTTP/1.1 200 OK\r\nX: ").then_drip(), "error timeout").in_time(),
        sends("an end within the status", "HTTP/1.1 20", "error reset"),
        sends("an end within the headers", "HTTP/1.1 200 OK\r\nX-A: b\r\n", "error reset"),
        replies("a reset within the status", Reply::raw("HTTP/1.1 20").then_reset(), "error reset"),
        replies("a reset within the headers", Reply::raw("HTTP/1.1 200 OK\r\nX-A: b").then_reset(), "error reset"),
        sends("an end after an interim answer", "HTTP/1.1 103 Early Hints\r\n\r\n", "error reset"),
        sends("an end within the answer after that", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2", "error reset"),
        // Within the body.
        replies("silence within a body", Reply::raw(half).then_stall(), "error 200 timeout").in_time(),
        replies("silence within a wrong body", Reply::raw(&wrong).then_stall(), "mismatch 404 status").in_time(),
        replies("drips of a body", Reply::truncated(200, "").then_drip(), "error 200 timeout").in_time(),
        replies("drips of a body without end", Reply::raw("HTTP/1.1 200 OK\r\n\r\n").then_drip(), "error 200 timeout").in_time(),
        sends("half a body", half, "error 200 body"),
        sends("half a wrong body", &wrong, "mismatch 404 status"),
        sends("no body where one was announced", &half[..half.len() - 4], "error 200 body"),
        replies("a reset within a body", Reply::truncated(200, &long).then_reset(), "error 200 body"),
        replies("a reset within a wrong body", Reply::truncated(404, &long).then_reset(), "mismatch 404 status"),
        replies("half an answer to a POST", Reply::raw(half), "error 200 body").at("POST /: 200"),
    ]
}

/// The connection is made, and that is all.
fn never_read(mut stream: &TcpStream) -> std::io::Result<()> {
    std::io::copy(&mut stream.by_ref(), &mut std::io::sink()).map(drop)
}
