//! `--dry-run` shows what would be asked, and asks nothing.

use crate::support::{Server, statusdiff, suite};

#[test]
fn every_probe_is_listed_and_nothing_is_sent() {
    let server = Server::always(200);
    let other = server.url() + "/b";
    let endpoints = "- /one: 200\n- HEAD /two?x=1: [401, 403]\n- { path: /three, expect: 2xx, environments: [b] }";
    let text = suite(&[("a", &server.url()), ("b", &other)], endpoints);
    let finished = statusdiff().check(&text).args(["--dry-run"]).run().exits(0);
    let url = server.url();
    finished.prints(&[
        &format!("{url}/one"),
        &format!("{url}/b/one"),
        "HEAD",
        &format!("{url}/two?x=1"),
        "401 or 403",
        &format!("{url}/b/three"),
        "2xx",
    ]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_total_is_counted_in_words() {
    let server = Server::always(200);
    let dry = |endpoints| {
        let text = suite(&[("a", &server.url())], endpoints);
        statusdiff().check(&text).args(["--dry-run"]).run().exits(0)
    };
    dry("- /a: 200").prints(&["1 request: 1 endpoint, 1 environment; nothing was sent"]);
    dry("- /a: 200\n- /b: 200").prints(&["2 requests: 2 endpoints, 1 environment;"]);
}

#[test]
fn values_are_resolved() {
    let server = Server::always(200);
    let text = suite(
        &[("a", &server.url())],
        "- { path: \"/${USER_ID}\", expect: 200 }",
    );
    let run = || statusdiff().check(&text).args(["--dry-run"]);
    run()
        .env("USER_ID", "42")
        .run()
        .exits(0)
        .prints(&[&format!("{}/42", server.url())]);
    run().run().exits(2).complains(&["USER_ID"]);
    assert_eq!(server.connections(), 0);
}

#[test]
fn only_what_is_selected_is_listed() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /one: 200\n- /two: 200");
    let run = statusdiff()
        .check(&text)
        .args(["--dry-run", "--only", "/two"])
        .run()
        .exits(0);
    assert!(!run.stdout.contains("/one"), "{run}");
    run.prints(&["/two"]);
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let text = suite(
        &[("a", "http://127.0.0.1:1")],
        "- /one: \"302 -> /\\u202egnp\"",
    );
    let run = statusdiff().check(&text).args(["--dry-run"]).run().exits(0);
    run.prints(&["302 -> /\\u{202e}gnp"]);
}
