//! Good answers and faults side by side: each has its own name, however many are asked at once.

use super::ONCE;
use crate::support::{Reply, Server, statusdiff, suite};

/// Enough for several threads.
const ENDPOINTS: usize = 3000;

/// What comes, and what the report says of it. None takes long: at the limit of its time a request is not alone.
fn replies() -> [(Reply, &'static str); 9] {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
    [
        (Reply::status(200).body("all"), "match 200"),
        (Reply::status(404), "mismatch 404 status"),
        (Reply::status(200).then_close(), "match 200"),
        (Reply::close(), "error reset"),
        (Reply::reset(), "error reset"),
        (Reply::raw("HTTP/1.1 20").then_reset(), "error reset"),
        (Reply::raw(half), "error 200 body"),
        (
            Reply::raw(half.replace("200", "404")),
            "mismatch 404 status",
        ),
        (Reply::raw("SSH-2.0-OpenSSH_9.9\r\n"), "error protocol"),
    ]
}

#[test]
fn no_fault_is_taken_for_that_of_a_neighbour() {
    let server = Server::start(|request| {
        let number: usize = request.path()[1..].parse().unwrap();
        let replies = replies();
        replies[number % replies.len()].0.clone()
    });
    let endpoints: String = (0..ENDPOINTS).map(|n| format!("- /{n}: 200\n")).collect();
    let text = suite(&[("a", &server.url())], &endpoints);
    for concurrency in ["1", "64", "1000"] {
        let report = statusdiff()
            .check(&text)
            .args(ONCE)
            .args(["-j", concurrency])
            .report()
            .exits(1);
        for (number, (_, says)) in (0..ENDPOINTS).zip(replies().iter().cycle()) {
            let said = report.says(&format!("/{number}"), "a");
            assert_eq!(said, *says, "-j {concurrency}, /{number}: {report}");
        }
    }
}
