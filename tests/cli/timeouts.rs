//! How long an answer may take.

use std::time::Duration;

use crate::support::{FullQueue, Reply, Server, statusdiff, suite};

#[test]
fn a_connect_timeout_may_be_set_in_both_places() {
    let queue = FullQueue::new();
    let url = queue.url();
    let own = format!("{{ base_url: \"{url}\", connect_timeout: 200ms }}");
    for (environment, args) in [(&url, &["--connect-timeout", "200ms"][..]), (&own, &[])] {
        let report = statusdiff()
            .check(&suite(&[("a", environment)], "- /: 200"))
            .args(args.iter().copied())
            .report()
            .exits(3);
        assert_eq!(report.says("/", "a"), "error connect_timeout");
    }
}

#[test]
fn silence_is_a_timeout() {
    for keys in ["", ", timeout: 300ms"] {
        let server = Server::start(|_| Reply::stall());
        let text = suite(
            &[("a", &server.url())],
            &format!("- {{ path: /, expect: 200{keys} }}"),
        );
        let args = if keys.is_empty() {
            &["-t", "300ms"][..]
        } else {
            &[]
        };
        let report = statusdiff()
            .check(&text)
            .args(args.iter().copied())
            .report()
            .exits(3);
        assert_eq!(report.says("/", "a"), "error timeout");
    }
}

#[test]
fn the_nearest_timeout_wins() {
    let text = |server: &Server| {
        format!(
            "environments: {{ a: {{ base_url: \"{}\", timeout: 1h }} }}\n\
             defaults: {{ timeout: 2h }}\nendpoints:\n  \
             - {{ path: /endpoint, expect: 200, timeout: 200ms }}\n",
            server.url()
        )
    };
    let server = Server::start(|_| Reply::stall());
    let report = statusdiff().check(&text(&server)).report().exits(3);
    assert_eq!(report.says("/endpoint", "a"), "error timeout");
    let server = Server::start(|_| Reply::status(200).delayed(Duration::from_millis(600)));
    statusdiff()
        .check(&text(&server))
        .args(["--timeout", "1m"])
        .report()
        .exits(0);
}
