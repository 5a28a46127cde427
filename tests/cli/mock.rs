//! `statusdiff mock SUITE` serves the embedded environments until it is interrupted.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use crate::support::{statusdiff, suite};

fn get(base: &str, path: &str) -> String {
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_prints_base_urls_and_serves_until_a_signal() {
    let environments = [
        ("one", "{ mock: { /a: 201, /old: 301 -> /new } }"),
        ("two", "{ mock: { /a: 503 } }"),
        ("far", "http://127.0.0.1:1"),
    ];
    let text = suite(&environments, "- /a: 200");
    for signal in ["INT", "TERM"] {
        let mut started = statusdiff()
            .file("suite.yaml", &text)
            .args(["mock", "suite.yaml"])
            .start();
        let mut lines = BufReader::new(started.take_stdout()).lines();
        let mut base = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            let (shown, url) = line.split_once(": ").unwrap();
            assert_eq!(shown, name, "{line}");
            url.to_owned()
        };
        let (one, two) = (base("one"), base("two"));
        assert!(get(&one, "/a").starts_with("HTTP/1.1 201 "));
        assert!(
            get(&one, "/old")
                .to_lowercase()
                .contains("\r\nlocation: /new\r\n")
        );
        assert!(get(&one, "/b").starts_with("HTTP/1.1 404 "));
        assert!(get(&two, "/a").starts_with("HTTP/1.1 503 "));
        started.signal(signal);
        // That is how it is meant to end.
        started.finish().exits(0);
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let text = suite(&[("a", "{ mock: { /: 200 } }")], "- /: 200");
    let run = |port: &str| {
        let run = statusdiff().file("suite.yaml", &text);
        run.args(["mock", "suite.yaml", "--port", port]).run()
    };
    run(&port)
        .exits(2)
        .complains(&[&format!("127.0.0.1:{port}")]);
    run("0").exits(2).complains(&["--port"]);
}

#[test]
fn a_suite_without_embedded_environments_is_an_error() {
    let text = suite(&[("a", "http://127.0.0.1:1")], "- /: 200");
    let run = statusdiff()
        .file("suite.yaml", &text)
        .args(["mock", "suite.yaml"])
        .run();
    run.exits(2).complains(&["mock"]);
}

/// What a retry, or samples, are tried on without a network.
#[test]
fn a_list_of_answers_is_given_in_turn() {
    let mock = "{ mock: { /flaky: [200, 503, 301 -> /new], /once: [204], /moved: [{ status: 404, body: x }, 200] } }";
    let endpoints = "- /once: 204";
    let text = suite(&[("one", mock)], endpoints);
    let mut started = statusdiff()
        .file("suite.yaml", &text)
        .args(["mock", "suite.yaml"])
        .start();
    let mut lines = BufReader::new(started.take_stdout()).lines();
    let line = lines.next().unwrap().unwrap();
    let base = line.strip_prefix("one: ").unwrap();
    for status in [200, 503, 301, 200, 503] {
        let answer = get(base, "/flaky");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
    assert!(get(base, "/once").starts_with("HTTP/1.1 204 "));
    assert!(get(base, "/moved").ends_with("\r\n\r\nx"));
    started.signal("TERM");
    started.finish().exits(0);

    // A retry has the next turn.
    let text = suite(&[("one", "{ mock: { /a: [503, 200] } }")], "- /a: 200");
    let report = statusdiff().check(&text).report().exits(0);
    let probe = report.probe("/a", "one");
    assert_eq!(
        (&probe["attempts"], &probe["flaky"]),
        (&2.into(), &true.into())
    );
    let args = ["--retries", "0"];
    statusdiff().check(&text).args(args).report().exits(1);
}

#[test]
fn samples_tell_a_mock_that_varies() {
    let environments = [
        ("clone", "{ mock: { /a: [200, 503] } }"),
        ("production", "{ mock: { /a: 200 } }"),
    ];
    let text = suite(&environments, "- /a");
    let sampled = statusdiff().check(&text).args(["--sample", "4"]).run();
    sampled.exits(0).prints(&["200 ×2, 503 ×2", "1 flaky"]);
}
