//! What suites of one run must agree on.

use super::check;
use crate::support::{Server, statusdiff};

/// An environment in two suites that differ in one key: the key, and what each says.
const KEYS: &[(&str, &str, &str)] = &[
    (
        "base_url",
        "base_url: http://a.test",
        "base_url: http://b.test",
    ),
    ("mock", "base_url: http://a.test", "mock: { /: 200 }"),
    ("mock", "mock: { /: 200 }", "mock: { /: 201 }"),
    ("type", "type: staging", ""),
    ("headers", "headers: { X-A: b }", "headers: { X-A: c }"),
    ("headers", "headers: { X-A: b }", ""),
    (
        "auth",
        "auth: { bearer: hidden-one }",
        "auth: { bearer: hidden-two }",
    ),
    (
        "credentials",
        "credentials: { a: { bearer: hidden-one } }",
        "",
    ),
    ("timeout", "timeout: 1s", "timeout: 2s"),
    ("connect_timeout", "connect_timeout: 1s", ""),
    ("concurrency", "concurrency: 1", "concurrency: 2"),
    ("rate_limit", "rate_limit: 1/s", "rate_limit: 2/s"),
    ("retry", "retry: { times: 1 }", ""),
    ("tls", "tls: { insecure: true }", ""),
    ("proxy", "proxy: none", ""),
    (
        "resolve",
        "resolve: { a.test: 127.0.0.1 }",
        "resolve: { a.test: 127.0.0.2 }",
    ),
    ("http_version", "http_version: 1.1", ""),
    ("ready", "ready: { path: / }", ""),
    ("allow_unsafe_methods", "allow_unsafe_methods: true", ""),
    (
        "services.api.base_url",
        "services: { api: http://c.test }",
        "services: { api: http://d.test }",
    ),
    ("services", "services: { api: http://c.test }", ""),
];

fn suite(keys: &str, path: &str) -> String {
    let base =
        if keys.contains("base_url: http") && !keys.contains("services") || keys.contains("mock") {
            ""
        } else {
            "base_url: http://a.test"
        };
    let keys: Vec<&str> = [base, keys]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    format!(
        "environments:\n  x: {{ {} }}\nendpoints: [{path}: 200]\n",
        keys.join(", ")
    )
}

/// Told in the later suite, with the name of the earlier one and the key.
#[test]
fn an_environment_says_the_same_in_all_suites() {
    for (key, one, other) in KEYS {
        let finished = check(&[&suite(one, "/a"), &suite(other, "/b")])
            .run()
            .exits(2);
        let message =
            format!("error: `x` is not what it is in `a.yaml`: `{key}` differs\n --> b.yaml:2:");
        assert!(
            finished.stderr.contains(&message),
            "{one} | {other}: {finished}"
        );
        assert!(
            finished.stderr.contains("see line 2 of `a.yaml`"),
            "{finished}"
        );
        assert_eq!(finished.stderr.matches("error: ").count(), 1, "{finished}");
        assert!(!finished.stderr.contains("hidden"), "{finished}");
    }
}

/// The order of names is no difference, the short form is no other, and `vars` are each suite's own.
#[test]
fn what_is_written_otherwise_may_be_the_same() {
    for (one, other) in [
        ("http://a.test", "{ base_url: http://a.test }"),
        (
            "{ base_url: http://a.test, headers: { X-A: a, X-B: b } }",
            "{ headers: { x-b: b, x-a: a }, base_url: http://a.test }",
        ),
        (
            "http://a.test",
            "{ base_url: http://a.test, vars: { a: b } }",
        ),
        (
            "{ base_url: http://a.test, rate_limit: 60/m, timeout: 1s }",
            "{ base_url: http://a.test, rate_limit: 1/s, timeout: 1000ms }",
        ),
    ] {
        let text =
            |x: &str, path: &str| format!("environments: {{ x: {x} }}\nendpoints: [{path}: 200]\n");
        let run = check(&[&text(one, "/a"), &text(other, "/b")]);
        run.args(["--dry-run"]).run().exits(0);
    }
}

/// The text is the same, and what it comes to is not. What is not asked does not matter.
#[test]
fn an_environment_comes_to_the_same_in_all_suites() {
    for (key, keys, values) in [
        ("base_url", "base_url: \"http://${v}.test\"", ["a", "b"]),
        (
            "headers.x-a",
            "base_url: http://x.test, headers: { X-A: \"${v}\" }",
            ["a", "b"],
        ),
        (
            "auth",
            "base_url: http://x.test, auth: { bearer: \"${v}\" }",
            ["hidden-a", "hidden-b"],
        ),
        (
            "concurrency",
            "base_url: http://x.test, concurrency: \"${v}\"",
            ["1", "2"],
        ),
        ("mock", "mock: { \"/${v}\": 200 }", ["a", "b"]),
    ] {
        let text = |value: &str, path: &str| {
            format!(
                "vars: {{ v: {value} }}\nenvironments:\n  y: http://y.test\n  x: {{ {keys} }}\nendpoints: [{path}: 200]\n"
            )
        };
        comes_to_another(key, [&text(values[0], "/a"), &text(values[1], "/b")]);
    }
}

#[test]
fn a_service_comes_to_the_same_in_all_suites() {
    let text = |value: &str, path: &str| {
        format!(
            "vars: {{ v: {value} }}\nenvironments:\n  y: {{ services: {{ api: http://y.test }} }}\n  x: {{ services: {{ api: \"http://${{v}}.test\" }} }}\ndefaults: {{ service: api, expect: 200 }}\nendpoints: [{path}]\n"
        )
    };
    comes_to_another(
        "services.api.base_url",
        [&text("a", "/a"), &text("b", "/b")],
    );
}

#[track_caller]
fn comes_to_another(key: &str, texts: [&str; 2]) {
    let message =
        format!("error: `x` is not what it is in `a.yaml`: `{key}` differs\n --> b.yaml:4:");
    let finished = check(&texts).args(["--dry-run"]).run().exits(2);
    assert!(finished.stderr.contains(&message), "{key}: {finished}");
    assert!(!finished.stderr.contains("hidden"), "{finished}");
    check(&texts).args(["--dry-run", "-e", "y"]).run().exits(0);
}

/// Files are compared by what is in them, wherever they are.
#[test]
fn files_are_compared_by_what_is_in_them() {
    let suite = "environments: { x: { base_url: https://x.test, tls: { ca_file: FILE } } }\nendpoints: [PATH: 200]\n";
    let text = |file: &str, path: &str| suite.replace("FILE", file).replace("PATH", path);
    let one = rcgen::generate_simple_self_signed(["x.test".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["x.test".to_owned()]).unwrap();
    let run = || {
        statusdiff()
            .file("one/suite.yaml", text("ca.pem", "/a"))
            .file("one/ca.pem", one.cert.pem())
            .file("two/suite.yaml", text("../one/ca.pem", "/b"))
            .file("three/suite.yaml", text("ca.pem", "/c"))
            .file("three/ca.pem", other.cert.pem())
    };
    let check = |second: &str| {
        run()
            .args(["check", "one/suite.yaml", second, "--dry-run"])
            .run()
    };
    check("two/suite.yaml").exits(0);
    let words = [
        "`x` is not what it is in `one/suite.yaml`: `tls` differs",
        "three/suite.yaml:1:",
    ];
    check("three/suite.yaml").exits(2).complains(&words);
}

/// A login that says what `defaults` say is not the same login in a suite with others.
#[test]
fn a_login_is_the_same_in_all_suites() {
    let shared = "environments: { x: { base_url: http://x.test, auth: { login: { request: POST /login, form: { a: b } } } } }\n";
    let a = format!("{shared}endpoints: [/a: 200]\n");
    let b = format!("{shared}defaults: {{ headers: {{ X-Tenant: b }} }}\nendpoints: [/b: 200]\n");
    let words = [
        "`x` is not what it is in `a.yaml`: `auth` differs",
        "the headers of `defaults`",
    ];
    let run = check(&[&a, &b]).args(["--dry-run"]);
    run.run().exits(2).complains(&words);
}

#[test]
fn names_that_differ_in_case_are_told() {
    let suite = |name: &str, path: &str| {
        format!("environments: {{ {name}: http://a.test }}\nendpoints: [{path}: 200]\n")
    };
    let words = ["`X` differs from `x` in `a.yaml` only in case", "b.yaml:1:"];
    check(&[&suite("x", "/a"), &suite("X", "/b")])
        .run()
        .exits(2)
        .complains(&words);
}

/// There is one reference: named twice it has to be the same, and nobody is compared with another one than alone.
#[test]
fn there_is_one_reference() {
    let suite = |head: &str, endpoints: &str| {
        format!(
            "{head}environments: {{ a: http://a.test, b: http://b.test, c: http://c.test }}\nendpoints: [{endpoints}]\n"
        )
    };
    let named = |name: &str, endpoints: &str| suite(&format!("reference: {name}\n"), endpoints);
    let only = "environments: { c: http://c.test, d: http://d.test }\nendpoints: [/d]\n".to_owned();
    for (texts, words) in [
        (
            [named("a", "/a"), named("b", "/b: 200")],
            &[
                "the reference is `a` in `a.yaml`",
                "b.yaml:1:12",
                "see line 1 of `a.yaml`",
                "`--reference a`",
            ][..],
        ),
        (
            [suite("", "/a"), named("b", "/b: 200")],
            &[
                "`/a` would be compared with `a`, but the reference of `b.yaml` is `b`",
                "a.yaml:2:",
                "`reference: b` in this suite",
            ],
        ),
        (
            [suite("", "/a"), only.clone()],
            &[
                "`/d` would be compared with `c`, but the reference of `a.yaml` is `a`",
                "b.yaml:2:",
                "this suite has no environment `a`",
            ],
        ),
    ] {
        let run = check(&[&texts[0], &texts[1]]).args(["--dry-run"]);
        let finished = run.run().exits(2).complains(words);
        assert_eq!(finished.stderr.matches("error: ").count(), 1, "{finished}");
    }
    for (texts, flags) in [
        ([named("b", "/a"), named("b", "/b")], &[][..]),
        // Who compares nothing has no say.
        ([suite("", "/a: 200"), named("b", "/b")], &[]),
        ([suite("", "/a"), only.replace("[/d]", "[/d: 200]")], &[]),
        ([suite("", "/a"), only], &["--reference", "c"]),
        ([named("a", "/a"), named("b", "/b")], &["--reference", "c"]),
    ] {
        let run = check(&[&texts[0], &texts[1]]).args(["--dry-run"]);
        run.args(flags.iter().copied()).run().exits(0);
    }
}

/// What two suites ask alike is told in the later one, unless they share no environment or a name tells them apart.
#[test]
fn an_endpoint_stands_in_one_suite_only() {
    let suite = |environment: &str, endpoints: &str| {
        format!(
            "environments: {{ {environment}: http://{environment}.test }}\nendpoints:\n{endpoints}"
        )
    };
    let first = suite("a", "- /x: 200\n- /y: 200\n");
    let words = [
        "`GET /y` stands twice",
        "b.yaml:4:",
        "first in line 4 of `a.yaml`",
    ];
    let finished = check(&[&first, &suite("a", "- HEAD /x: 200\n- /y: 404\n")])
        .run()
        .exits(2)
        .complains(&words);
    assert_eq!(finished.stderr.matches("error: ").count(), 1, "{finished}");
    check(&[&first, "- /y: 404\n"])
        .run()
        .exits(2)
        .complains(&["b.yaml:1:", "stands twice"]);
    for other in [
        suite("b", "- /x: 200\n"),
        suite("a", "- { path: /x, name: another, expect: 200 }\n"),
        suite("a", "- { path: /x, headers: { X-A: b }, expect: 200 }\n"),
    ] {
        check(&[&first, &other]).args(["--dry-run"]).run().exits(0);
    }
}

/// Values tell endpoints apart, where they are other ones.
#[test]
fn values_tell_endpoints_of_two_suites_apart() {
    let suite = |user: u32, endpoint: &str| {
        format!(
            "vars: {{ user: {user} }}\nenvironments: {{ x: http://x.test }}\nendpoints: [{endpoint}]\n"
        )
    };
    let run = |texts: [&str; 2]| check(&texts).args(["--dry-run"]).run();
    let path = "\"/users/${user}\": 200";
    let finished = run([&suite(1, path), &suite(2, path)]).exits(0);
    let finished = finished.prints(&["/users/1", "/users/2"]);
    assert_eq!(finished.stderr, "");
    let words = ["`GET /users/${user}` stands twice"];
    run([&suite(1, path), &suite(1, path)])
        .exits(2)
        .complains(&words);
    let words = ["`GET /users` stands twice"];
    run([&suite(1, "/users: 200"), &suite(2, "/users: 200")])
        .exits(2)
        .complains(&words);
}

/// A file is in a run once, by whatever name and through whatever file.
#[test]
fn a_file_is_given_once() {
    let files = || {
        statusdiff()
            .file(
                "a.yaml",
                "include: [more.yaml]\nenvironments: { x: http://x.test }\n",
            )
            .file("more.yaml", "- /a: 200\n")
    };
    for (names, words) in [
        (&["a.yaml", "a.yaml"][..], "`a.yaml` is given twice"),
        (
            &["a.yaml", "./a.yaml"],
            "`./a.yaml` is the same file as `a.yaml`",
        ),
        (
            &["a.yaml", "more.yaml"],
            "`more.yaml` is there already: `a.yaml` includes it",
        ),
        (
            &["more.yaml", "a.yaml"],
            "`more.yaml` is there already: it is checked beside this suite",
        ),
        (&["-", "-"], "standard input can be read only once"),
        (
            &["a.yaml", "nowhere.yaml", "nothing.yaml"],
            "`nothing.yaml`",
        ),
    ] {
        let run = files().args(["check"]).args(names.iter().copied());
        run.run().exits(2).complains(&[words]);
    }
}

/// What two suites include is theirs in environments of their own.
#[test]
fn two_suites_may_include_one_file() {
    let suite = |environment: &str| {
        format!(
            "include: [more.yaml]\nenvironments: {{ {environment}: http://{environment}.test }}\n"
        )
    };
    let run = |texts: &[&str]| {
        check(texts)
            .file("more.yaml", "- /a: 200\n")
            .args(["--dry-run"])
            .run()
    };
    run(&[&suite("x"), &suite("y")])
        .exits(0)
        .prints(&["2 requests: 2 endpoints"]);
    let words = [
        "`GET /a` stands twice",
        "more.yaml:1:",
        "this file is part of `a.yaml` too",
    ];
    run(&[&suite("x"), &suite("x")]).exits(2).complains(&words);
}

/// All mistakes of all files are told at once, each with its own, in the order of the files.
#[test]
fn all_mistakes_are_told_at_once() {
    let a = "environments: { x: { base_url: nowhere } }\nendpoints: [/a: 99]\n";
    let b = "include: [more.yaml]\nenvironmnets: { x: http://b.test }\nendpoints: [/b: 98]\n";
    let c = "environments: { y: http://y.test }\nreference: z\nendpoints: [/c: { q: 200 }]\n";
    let run = check(&[a, b, c]).file("more.yaml", "- /d: 97\n");
    let finished = run.run().exits(2);
    let at = |part: &str| finished.stderr.find(part);
    let places = [
        "a.yaml:1:",
        "a.yaml:2:",
        "b.yaml:2:",
        "b.yaml:3:",
        "more.yaml:1:",
        "c.yaml:",
    ]
    .map(at);
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{places:?} {finished}"
    );
    assert_eq!(finished.stderr.matches("error: ").count(), 7, "{finished}");
}

/// One that cannot be read at all keeps nobody from telling what is wrong with the others.
#[test]
fn a_broken_suite_does_not_hide_the_others() {
    let a = "environments: { x: [\n";
    let b = "- /b: 99\n";
    let finished = check(&[a, b])
        .run()
        .exits(2)
        .complains(&["a.yaml:", "b.yaml:1:"]);
    assert_eq!(finished.stderr.matches("error: ").count(), 2, "{finished}");
}

/// What is discovered alike is looked for once.
#[test]
fn an_environment_is_discovered_once() {
    let server = Server::always(200);
    let script = format!("#!/bin/sh\necho called >> calls\necho {}\n", server.url());
    let suite = |path: &str| {
        format!(
            "environments: {{ x: {{ discover: {{ command: [sh, find.sh] }} }} }}\nendpoints: [{path}: 200]\n"
        )
    };
    let run = check(&[&suite("/a"), &suite("/b"), "- /c: 200\n"]).file("find.sh", script);
    let finished = run.run().exits(0);
    let calls = std::fs::read_to_string(finished.folder.path().join("calls")).unwrap();
    assert_eq!(calls, "called\n");
    assert_eq!(server.asked(), ["GET /a", "GET /b", "GET /c"]);
}
