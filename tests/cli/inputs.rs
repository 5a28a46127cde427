//! The file: where it comes from, and what it may not be.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::support::{Server, statusdiff, suite};

#[test]
fn a_file_that_is_no_suite_gets_plain_words() {
    for (content, words) in [
        (&b""[..], "empty"),
        (b"\n  \n", "empty"),
        (b"# only a comment\n", "nothing but comments"),
        (b"---\n", "nothing but"),
        (b"endpoints:\n  - /\xff: 200\n", "UTF-8"),
        (b"\xff\xfee\x00n\x00", "UTF-8"),
        (b"endpoints: [", "suite.yaml:1"),
        (b"environments:\n\ta: b\n", "suite.yaml:2"),
        (b"a: 1\n---\nb: 2\n", "suite.yaml:2"),
        (b"just text", "suite.yaml:1"),
        (b"42", "suite.yaml:1"),
        (b"[]", "endpoint"),
        (
            b"environments: { a: http://127.0.0.1:1 }\nendpoints: []\n",
            "endpoint",
        ),
        (b"environments: { a: http://127.0.0.1:1 }\n", "endpoints"),
    ] {
        let run = statusdiff()
            .file("suite.yaml", content)
            .args(["check", "suite.yaml"])
            .run();
        let shown = String::from_utf8_lossy(content).into_owned();
        assert_eq!(run.code, Some(2), "{shown}: {run}");
        assert!(
            run.stderr.to_lowercase().contains(&words.to_lowercase()),
            "{shown}: {run}"
        );
        run.complains(&["suite.yaml"]);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let run = statusdiff().args(["check", "no-such.yaml"]).run().exits(2);
    run.complains(&["no-such.yaml"]);
    let run = statusdiff();
    std::fs::create_dir(run.folder().join("folder")).unwrap();
    run.args(["check", "folder"])
        .run()
        .exits(2)
        .complains(&["folder", "directory"]);
}

#[test]
fn a_suite_comes_from_standard_input() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200");
    let report = statusdiff()
        .input(&text)
        .args(["check", "-"])
        .report()
        .exits(0);
    assert_eq!(report.endpoint("/")["file"], report.json["suite"]);
    statusdiff()
        .args(["check", "-"])
        .run()
        .exits(2)
        .complains(&["empty"]);
    let wrong = statusdiff()
        .input("- /: 20x")
        .args(["check", "-"])
        .run()
        .exits(2);
    wrong.complains(&["stdin", ":1:"]);
}

#[test]
fn a_suite_has_a_name_by_default() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200");
    for name in ["statusdiff.yaml", "statusdiff.yml"] {
        let report = statusdiff()
            .file(name, &text)
            .args(["check"])
            .report()
            .exits(0);
        assert_eq!(report.json["suite"], name);
    }
    let none = statusdiff().args(["check"]).run().exits(2);
    none.complains(&["statusdiff.yaml", "statusdiff.yml"]);
}

#[test]
fn a_mark_at_the_start_and_any_line_ends_are_fine() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /: 200\n- /b: 200\n");
    let crlf = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let report = statusdiff().check(&crlf).report().exits(0);
    assert_eq!(report.endpoint("/b")["line"], 5);
}

#[test]
fn anchors_aliases_and_merge_keys_work() {
    let server = Server::always(200);
    let text = "
environments:
  a: &a
    base_url: URL/a
    headers: { X-A: a }
  b:
    <<: *a
    base_url: URL/b
endpoints:
  - { path: /one, expect: &ok [200, 204] }
  - { path: /two, expect: *ok }
"
    .replace("URL", &server.url());
    statusdiff().check(&text).report().exits(0);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("x-a").is_some())
    );
    assert_eq!(
        server.asked(),
        ["GET /a/one", "GET /a/two", "GET /b/one", "GET /b/two"]
    );
}

#[test]
fn duplicate_and_unknown_keys_are_errors() {
    let url = "http://127.0.0.1:1";
    for (text, parts) in [
        (
            format!("environments:\n  a: {url}\n  a: {url}/b\nendpoints:\n- /: 200\n"),
            ["suite.yaml:3", "`a`"],
        ),
        (
            format!("environments:\n  a: {url}\nendpoints:\n- /: 200\nendpoints: []\n"),
            ["suite.yaml:5", "endpoints"],
        ),
        (
            format!("enviroments:\n  a: {url}\nendpoints:\n- /: 200\n"),
            ["suite.yaml:1", "`environments`"],
        ),
        (
            format!("environments:\n  a: {{ base_ulr: {url} }}\nendpoints:\n- /: 200\n"),
            ["suite.yaml:2", "`base_url`"],
        ),
        (
            format!("environments:\n  a: {url}\nendpoints:\n- {{ path: /, expct: 200 }}\n"),
            ["suite.yaml:4", "`expect`"],
        ),
    ] {
        statusdiff().check(&text).run().exits(2).complains(&parts);
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let text = "\
environments:
  a: ftp://127.0.0.1
  b: { base_url: http://127.0.0.1:1, colour: red }
endpoints:
  - /ok: 200
  - /a: 20x
  - { path: no-slash, expect: 200 }
  - /b: { nowhere: 200, default: 404 }
  - /c: not any
";
    let lines = [2, 3, 6, 7, 8, 9].map(|line| format!("suite.yaml:{line}:"));
    let finished = statusdiff().check(text).run().exits(2);
    finished.complains(&lines.each_ref().map(String::as_str));
}

#[test]
fn endpoints_that_nothing_tells_apart_are_errors() {
    let server = Server::always(200);
    let environments = [("dev", &*server.url()), ("qa", &(server.url() + "/b"))];
    for (one, other) in [
        ("/a: 200", "/a: 200"),
        ("/a: 200", "/a: 404"),
        ("/a: 200", "GET /a: 200"),
        ("/a: 200", "{ path: /a, expect: 200, tags: [again] }"),
        ("/a: 200", "{ path: /a, expect: 200, environments: [qa] }"),
    ] {
        let text = suite(&environments, &format!("- {one}\n- {other}\n"));
        let finished = statusdiff().check(&text).run();
        assert_eq!(finished.code, Some(2), "{one} and {other}: {finished}");
        finished.complains(&["suite.yaml:6"]);
    }
    for (one, other) in [
        ("/a: 200", "HEAD /a: 200"),
        ("/a: 200", "/a?b=1: 200"),
        ("/a: 200", "/a/: 200"),
        ("/a: 200", "{ path: /a, expect: 200, name: another }"),
        ("/a: 200", "{ path: /a, expect: 200, query: { b: 1 } }"),
        ("/a: 200", "{ path: /a, expect: 200, headers: { X-A: b } }"),
        (
            "POST /a: 200",
            "{ path: /a, method: POST, expect: 200, body: text }",
        ),
        (
            "{ path: /a, expect: 200, environments: [dev] }",
            "{ path: /a, expect: 404, environments: [qa] }",
        ),
    ] {
        let text = suite(&environments, &format!("- {one}\n- {other}\n"));
        let finished = statusdiff().check(&text).args(["--dry-run"]).run();
        assert_eq!(finished.code, Some(0), "{one} and {other}: {finished}");
    }
}

#[test]
fn a_hostile_file_is_refused_promptly() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    let wide = format!(
        "vars: &v {{ {} }}\nendpoints: [{}]\n",
        (0..3000)
            .map(|n| format!("k{n}: v"))
            .collect::<Vec<_>>()
            .join(", "),
        vec!["*v"; 3000].join(", ")
    );
    let deep_block: String = (0..3000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    for (name, text) in [
        ("nested aliases", bomb),
        ("one anchor, many aliases", wide),
        ("an anchor within itself", "endpoints: &a [*a]\n".to_owned()),
        ("unclosed brackets", "[".repeat(100_000)),
        ("deep flow", "[".repeat(10_000) + &"]".repeat(10_000)),
        ("deep mappings", "{a: ".repeat(10_000) + &"}".repeat(10_000)),
        ("deep blocks", deep_block),
        ("dashes", "- ".repeat(10_000)),
    ] {
        let begin = Instant::now();
        let finished = statusdiff().check(&text).run();
        assert_eq!(finished.code, Some(2), "{name}: {}", finished.stderr);
        assert!(
            finished.stderr.len() < 20_000,
            "{name}: {} bytes of message",
            finished.stderr.len()
        );
        assert!(
            finished.stderr.contains("suite.yaml"),
            "{name}: {}",
            finished.stderr
        );
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "{name}: {:?}",
            begin.elapsed()
        );
    }
}

/// Ten thousand of the same are ten times the work of a thousand, not a hundred times.
#[test]
fn many_endpoints_that_are_alike_are_read_promptly() {
    let environments = [("dev", "http://127.0.0.1:1"), ("qa", "http://127.0.0.1:2")];
    let begin = Instant::now();
    let (mut bodies, mut missing) = (String::new(), String::new());
    for index in 0..20_000 {
        writeln!(
            bodies,
            "- {{ path: /a, method: POST, json: {{ q: {index} }}, expect: 200 }}"
        )
        .unwrap();
        writeln!(missing, "- /a/{index}/${{NOWHERE}}: 200").unwrap();
    }
    let run = |endpoints: &str| {
        statusdiff()
            .check(&suite(&environments, endpoints))
            .args(["--dry-run"])
            .run()
    };
    run(&bodies).exits(0);
    run(&missing).exits(2).complains(&["in `dev`, `qa`"]);
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "{:?}",
        begin.elapsed()
    );
}
