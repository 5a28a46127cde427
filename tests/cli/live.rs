//! JSON Lines: a report that is there while the run goes on.

use std::io::{BufRead, BufReader};
use std::time::Instant;

use serde_json::Value;

use crate::support::{Gate, PATIENCE, Reply, Server, statusdiff, suite};

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in `{line}`"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(parse).collect()
}

/// A server that answers `/last` only when told to.
fn held_back(gate: &Gate) -> Server {
    let gate = gate.clone();
    Server::start(move |request| match request.path() {
        "/last" => Reply::status(200).after(&gate),
        _ => Reply::status(200),
    })
}

#[test]
fn a_row_is_there_as_soon_as_it_is_judged() {
    let gate = Gate::new();
    let server = held_back(&gate);
    let text = suite(&[("a", &server.url())], "- /last: 200\n- /first: 404");
    let mut started = statusdiff().check(&text).args(["-f", "jsonl"]).start();
    let mut stdout = BufReader::new(started.take_stdout()).lines();
    let first = parse(&stdout.next().unwrap().unwrap());
    assert_eq!(first["type"], "probe");
    assert_eq!(first["path"], "/first");
    assert_eq!(first["verdict"], "mismatch");
    gate.open();
    let rest: Vec<_> = stdout.map(|line| parse(&line.unwrap())).collect();
    let [last, summary] = &rest[..] else {
        panic!("expected two more lines: {rest:?}");
    };
    assert_eq!(last["path"], "/last");
    assert_eq!(summary["type"], "summary");
    assert_eq!(summary["summary"]["probes"], 2);
    assert_eq!(summary["exit_code"], 1);
    started.finish().exits(1);
}

#[test]
fn progress_and_answers_stay_apart_from_it() {
    let server = Server::echo();
    let text = suite(&[("a", &server.url())], "- /200: 200\n- /404: 404");
    let finished = statusdiff()
        .check(&text)
        .args(["-f", "jsonl", "-v"])
        .run()
        .exits(0);
    assert_eq!(lines(&finished.stdout).len(), 3);
    assert!(finished.stderr.contains("/404"), "{finished}");
}

#[test]
fn a_reader_that_does_not_read_holds_up_no_probe() {
    let endpoints: String = (0..3000).map(|n| format!("- /{n}: 200\n")).collect();
    let gate = Gate::new();
    let server = held_back(&gate);
    let text = suite(&[("a", &server.url())], &(endpoints + "- /last: 200"));
    let started = statusdiff()
        .check(&text)
        .args(["-f", "jsonl", "-j", "4"])
        .start();
    // More lines than any pipe holds are waiting by now.
    server.wait_for("/last");
    gate.open();
    let finished = started.finish().exits(0);
    let mut lines = lines(&finished.stdout);
    let summary = lines.pop().unwrap();
    assert_eq!(summary["summary"]["match"], 3001);
    let mut paths: Vec<_> = lines.iter().map(|line| line["path"].as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!((lines.len(), paths.len()), (3001, 3001), "each probe once");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for (expected, code) in [(200, 0), (404, 1)] {
        let gate = Gate::new();
        let server = held_back(&gate);
        let endpoints = format!("- /first: 200\n- /next: 200\n- /last: {expected}");
        let text = suite(&[("a", &server.url())], &endpoints);
        let mut started = statusdiff().check(&text).args(["-f", "jsonl"]).start();
        let mut stdout = BufReader::new(started.take_stdout());
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        gate.open();
        let finished = started.finish().exits(code);
        assert_eq!(finished.stderr, "", "{finished}");
    }
}

#[test]
fn an_interrupted_run_tells_what_was_not_asked() {
    let gate = Gate::new();
    let server = held_back(&gate);
    let endpoints = "- /first: 200\n- /last: 200\n- /never: 200";
    let started = statusdiff()
        .check(&suite(&[("a", &server.url())], endpoints))
        .args(["-f", "jsonl", "-j", "1"])
        .start();
    server.wait_for("/last");
    started.signal("INT");
    let finished = started.finish().exits(130);
    gate.open();
    let lines = lines(&finished.stdout);
    let [first, last, never, summary] = &lines[..] else {
        panic!("expected four lines: {finished}");
    };
    assert_eq!(first["verdict"], "match");
    for line in [last, never] {
        assert_eq!(line["error"]["kind"], "interrupted", "{line}");
    }
    assert_eq!(summary["complete"], false);
    assert_eq!(summary["summary"]["error"], 2);
}

#[test]
fn a_file_grows_line_by_line_too() {
    let gate = Gate::new();
    let server = held_back(&gate);
    let text = suite(&[("a", &server.url())], "- /first: 200\n- /last: 200");
    let prepared = statusdiff()
        .check(&text)
        .args(["-q", "--report", "jsonl=out.jsonl"])
        .file("out.jsonl", "from an earlier run\n");
    let path = prepared.folder().join("out.jsonl");
    let started = prepared.start();
    server.wait_for("/last");
    let whole_line = || {
        let text = std::fs::read_to_string(&path).unwrap();
        text.contains("/first") && text.ends_with('\n')
    };
    let begin = Instant::now();
    while !whole_line() {
        assert!(begin.elapsed() < PATIENCE, "no line in the file");
        std::thread::yield_now();
    }
    gate.open();
    let finished = started.finish().exits(0);
    let text = std::fs::read_to_string(finished.folder.path().join("out.jsonl")).unwrap();
    assert_eq!(lines(&text).len(), 3);
}

/// Rows are shown before the comparison is finished: what they say must not change any more.
#[test]
fn what_is_told_on_the_way_is_what_the_end_says() {
    let server = Server::start(|request| match request.path() {
        "/b/away" => Reply::redirect(302, "/login?token=hush-hush-hush"),
        "/a/broken" => Reply::truncated(200, "half"),
        "/b/broken" => Reply::close(),
        "/a/measure" => Reply::status(500),
        path if path.ends_with("missing") => Reply::status(404),
        _ => Reply::status(200),
    });
    let environments = [("a", server.url() + "/a"), ("b", server.url() + "/b")];
    let environments = environments
        .each_ref()
        .map(|(name, url)| (*name, url.as_str()));
    let endpoints = "- /fine\n- /away\n- /broken\n- /measure\n- /missing: 200\n\
                     - { path: /only, expect: 201, environments: [a] }\n\
                     - { path: /secret, headers: { X-Token: hush-hush-hush }, expect: 200 }";
    let finished = statusdiff()
        .check(&suite(&environments, endpoints))
        .args(["--reference", "a", "--retries", "0"])
        .args(["-f", "jsonl", "--report", "json=report.json"])
        .run()
        .exits(1);
    assert!(!finished.stdout.contains("hush-hush"), "{finished}");
    let report = std::fs::read_to_string(finished.folder.path().join("report.json")).unwrap();
    let report = parse(&report);
    let mut told = lines(&finished.stdout);
    assert_eq!(told.pop().unwrap()["summary"], report["summary"]);
    for endpoint in report["endpoints"].as_array().unwrap() {
        for probe in endpoint["probes"].as_array().unwrap() {
            let is_same = |line: &Value| {
                let fields = probe.as_object().unwrap();
                line["path"] == endpoint["path"]
                    && fields.iter().all(|(name, value)| line[name] == *value)
            };
            let place = told.iter().position(is_same);
            told.remove(place.unwrap_or_else(|| panic!("no {probe} in {finished}")));
        }
    }
    assert_eq!(told, [Value::Null; 0]);
}
