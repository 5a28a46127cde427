//! `statusdiff compare REFERENCE OTHER...`: environments that are typed, without a suite or with the endpoints of one.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{Reply, Report, Request, Server, statusdiff};

/// What production answers, and what the clone does where that is something else; `{own}` is the server's own
/// origin, `{production}` that of production.
const SYSTEM: &[(&str, &str, Option<&str>)] = &[
    ("/", "200", None),
    ("/health", "204", None),
    ("/login", "200", None),
    ("/no-such-page", "404", None),
    ("/gone", "410", None),
    ("/members", "401", None),
    ("/help", "301 {own}/support", None),
    ("/jobs", "302 https://jobs.example/", None),
    ("HEAD /feed", "200", None),
    ("/a?page=1", "200", None),
    // The twelve.
    ("/products/42", "200", Some("404")),
    ("/search?q=shoes", "200", Some("500")),
    ("/reports", "200", Some("403")),
    ("/admin", "401", Some("200")),
    ("/account", "302 /login?next=/account", Some("401")),
    ("/old-shop", "301 /shop", Some("301 /store")),
    ("/basket", "302 {own}/login", Some("302 {production}/login")),
    ("HEAD /download", "200", Some("405")),
    ("/a?page=2", "200", Some("204")),
    ("/checkout", "200", Some("flaps")),
    ("/rates", "200", Some("429")),
    ("/export", "200", Some("silence")),
];

/// A server that answers as the `clone` does, or as production.
fn serve(clone: bool, production: String) -> Server {
    let is_up = AtomicBool::new(false);
    let answer = move |request: &Request| {
        let asked = match request.method.as_str() {
            "GET" => request.target.clone(),
            method => format!("{method} {}", request.target),
        };
        let row = SYSTEM.iter().find(|(endpoint, ..)| *endpoint == asked);
        let Some((_, usual, different)) = row else {
            return Reply::status(599);
        };
        let text = different.filter(|_| clone).unwrap_or(usual);
        let own = format!("http://{}", request.header("host").unwrap());
        match text.split_once(' ') {
            Some((status, location)) => {
                let location = location.replace("{own}", &own);
                let location = location.replace("{production}", &production);
                Reply::redirect(status.parse().unwrap(), &location)
            }
            None if text == "flaps" => {
                let was_up = is_up.fetch_xor(true, Ordering::Relaxed);
                Reply::status(if was_up { 200 } else { 503 })
            }
            None => text.parse().map_or_else(|_| Reply::stall(), Reply::status),
        }
    };
    Server::start(answer)
}

/// Every probe that did not match, or not with every answer, as `environment METHOD path`.
fn differing(report: &Report) -> Vec<String> {
    let mut found = Vec::new();
    for endpoint in report.json["endpoints"].as_array().unwrap() {
        for probe in endpoint["probes"].as_array().unwrap() {
            if probe["verdict"] != "match" || probe["flaky"] == true {
                let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                let method = text(&endpoint["method"]).replace("GET", "");
                let line = format!("{method} {}", text(&endpoint["path"]));
                found.push(format!("{}: {}", text(&probe["environment"]), line.trim()));
            }
        }
    }
    found
}

#[test]
fn it_names_exactly_the_twelve_differences_of_a_clone() {
    let production = serve(false, String::new());
    let staging = serve(false, production.url());
    let clone = serve(true, production.url());
    let environments = [
        format!("production={}", production.url()),
        format!("staging={}", staging.url()),
        format!("clone={}", clone.url()),
    ];
    let paths: String = SYSTEM
        .iter()
        .map(|(endpoint, ..)| format!("{endpoint}\n"))
        .collect();
    let report = statusdiff()
        .input(&paths)
        .args(["compare", "--paths", "-", "--retries", "0"])
        .args(["--timeout", "3s", "--sample", "2"])
        .args(environments.iter().map(String::as_str))
        .report()
        .exits(1);
    let seeded: Vec<_> = SYSTEM
        .iter()
        .filter(|(_, _, different)| different.is_some())
        .map(|(endpoint, ..)| format!("clone: {endpoint}"))
        .collect();
    assert_eq!(seeded.len(), 12);
    assert_eq!(differing(&report), seeded);
    assert_eq!(report.says("/export", "clone"), "error timeout");
    assert_eq!(report.says("/checkout", "clone"), "match 200");
    assert_eq!(
        report.says("/basket", "clone"),
        "mismatch 302 same crosses_environment"
    );
    assert_eq!(report.says("/old-shop", "clone"), "mismatch 301 same");
    assert_eq!(report.says("/help", "clone"), "match 301");
    assert_eq!(report.json["suite"], "<stdin>");
}

#[test]
fn two_urls_and_a_path_are_all_there_is_to_type() {
    let (one, two) = (Server::always(200), Server::always(404));
    let (first, second) = (one.url(), two.url() + "/shop/");
    let arguments = [&*first, &second, "--path", "/", "--path", "HEAD /login"];
    let run = || statusdiff().args(["compare"]).args(arguments);
    let report = run().report().exits(1);
    let names = [one.port(), two.port()].map(|port| format!("127.0.0.1-{port}"));
    assert_eq!(report.json["reference"], *names[0]);
    assert_eq!(report.json["suite"], "<paths>");
    assert_eq!(report.environments(), names);
    assert_eq!(report.says("/login", &names[1]), "mismatch 404 same");
    assert_eq!(one.asked(), ["GET /", "HEAD /login"]);
    assert_eq!(two.asked(), ["GET /shop/", "HEAD /shop/login"]);
    let table = run().run().exits(1);
    let heading = table.stdout.lines().nth(1).unwrap();
    let columns: Vec<_> = heading.split('│').map(str::trim).collect();
    let reference = format!("{} (reference)", names[0]);
    assert_eq!(columns[2..4], [&*reference, &names[1]], "{table}");
}

/// Names that would make another the reference, and variables that would move one, are not heeded.
#[test]
fn what_is_typed_is_what_is_compared() {
    let (one, two) = (Server::always(404), Server::always(404));
    let (first, second) = (
        format!("staging={}", one.url()),
        format!("production={}", two.url()),
    );
    let report = statusdiff()
        .env("STATUSDIFF_BASE_URL_PRODUCTION", "http://127.0.0.1:1")
        .args(["compare", &first, &second, "--path", "/x"])
        .report()
        .exits(0);
    assert_eq!(report.json["reference"], "staging");
    assert_eq!(
        report.probe("/x", "production")["expected"],
        "same as staging (404)"
    );
    assert_eq!(two.asked(), ["GET /x"]);
}

const SUITE: &str = "\
name: the shop
reference: production
vars: { user: 7 }
environments:
  staging: { base_url: \"https://${NOWHERE}\", auth: { bearer: \"${NO_TOKEN}\" } }
  production:
    base_url: http://127.0.0.1:1
    credentials: { admin: { bearer: \"${NO_TOKEN}\" } }
defaults: { as: admin, same: true, environments: [staging], headers: { X-Team: web } }
endpoints:
  - /plain: { staging: 500, production: 500 }
  - path: \"/users/${user}\"
    name: a user
    tags: [smoke]
    expect: 418
    as: admin
    query: { lang: de }
    environments: [staging]
  - { path: /chain, redirects: [301 -> /a, 200] }
  - { path: /twice, expect: 200 }
  - { path: /twice, expect: 404, environments: [production] }
  - { path: /order, method: POST, json: { item: 1 }, expect: 201 }
";

#[test]
fn the_endpoints_of_a_suite_are_asked_and_its_expectations_are_not() {
    let (one, two) = (Server::always(301), Server::always(301));
    let (first, second) = (
        format!("production={}", one.url()),
        format!("clone={}", two.url()),
    );
    let run = |arguments: &[&str]| {
        let run = statusdiff().file("shop.yaml", SUITE);
        let run = run.args(["compare", &first, &second, "--suite", "shop.yaml"]);
        run.args(arguments.iter().copied())
    };
    let report = run(&["--allow-unsafe-methods"]).report().exits(0);
    assert_eq!(report.json["suite"], "shop.yaml");
    assert_eq!(report.json["name"], "the shop");
    assert_eq!(report.endpoint("/users/${user}")["name"], "a user");
    let asked = [
        "GET /chain",
        "GET /plain",
        "GET /twice",
        "GET /users/7?lang=de",
        "POST /order",
    ];
    for server in [&one, &two] {
        assert_eq!(server.asked(), asked);
        for request in server.requests() {
            assert_eq!(request.header("x-team").as_deref(), Some("web"));
            assert_eq!(request.header("authorization"), None);
        }
    }
    let smoke = run(&["--tag", "smoke", "-H", "Authorization: Bearer one"]);
    assert_eq!(smoke.report().exits(0).json["summary"]["probes"], 2);
    let last = one.requests().pop().unwrap();
    assert_eq!(last.header("authorization").as_deref(), Some("Bearer one"));

    let before = one.requests().len();
    let refused = run(&[]).run().exits(2);
    refused.complains(&["`POST /order`", "shop.yaml:22", "--allow-unsafe-methods"]);
    assert_eq!(one.requests().len(), before);
}

#[test]
fn a_list_of_endpoints_will_do_for_a_suite() {
    let (one, two) = (Server::always(200), Server::always(200));
    for list in [
        "[/a, /b: 404]",
        "{ /a: 200, HEAD /b: [201] }",
        "- /a:x\n- /b",
    ] {
        statusdiff()
            .file("list.yaml", list)
            .args(["compare", &one.url(), &two.url(), "--suite", "list.yaml"])
            .report()
            .exits(0);
    }
    let mistaken = statusdiff().file("list.yaml", "[/a, b]");
    let mistaken = mistaken.args(["compare", &one.url(), &two.url(), "--suite", "list.yaml"]);
    mistaken.run().exits(2).complains(&["list.yaml:1", "`/b`"]);
}

/// Not even to what its name calls staging.
#[test]
fn a_method_that_is_not_safe_goes_nowhere_unasked() {
    let (one, two) = (Server::always(200), Server::always(200));
    let (first, second) = (
        format!("dev={}", one.url()),
        format!("staging={}", two.url()),
    );
    for path in ["POST /orders", "DELETE /a"] {
        let refused = statusdiff()
            .args(["compare", &first, &second, "--path", path, "--path", "/"])
            .run()
            .exits(2);
        refused.complains(&[path, "every environment", "--allow-unsafe-methods"]);
    }
    assert_eq!(one.connections() + two.connections(), 0);
    let allowed = ["--path", "POST /orders", "--allow-unsafe-methods"];
    let run = statusdiff().args(["compare", &first, &second]);
    run.args(allowed).report().exits(0);
    assert_eq!(two.asked(), ["POST /orders"]);
}

#[test]
fn what_is_missing_or_mistaken_is_told_with_the_mend() {
    let (a, b) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
    for (arguments, parts) in [
        (
            &[a, b][..],
            &["no path", "`--path /`", "--paths", "--suite"][..],
        ),
        (
            &["www.example.com", b, "--path", "/"],
            &["`www.example.com`", "`https://www.example.com`"],
        ),
        (
            &[a, "clone=localhost:8080", "--path", "/"],
            &["`clone=localhost:8080`", "`http://localhost:8080`"],
        ),
        (&[a, b, "/login"], &["`/login`", "`--path /login`"]),
        (&[a, "--path", "/"], &["<OTHER>"]),
        (&[a, a, "--path", "/"], &["same place", "itself"]),
        (
            &[
                "a=http://127.0.0.1:1",
                "a=http://127.0.0.1:2",
                "--path",
                "/",
            ],
            &["already", "`a`"],
        ),
        (
            &[a, "http://me:hunter2@127.0.0.1:2", "--path", "/"],
            &["***@127.0.0.1:2", "-H 'Authorization"],
        ),
        (&[a, b, "--path", "login"], &["<paths>:1", "`/login`"]),
        (&[a, b, "--path", "/", "--path", "/a b"], &["<paths>:2"]),
        (
            &[a, b, "--path", "/", "--paths", "list"],
            &["--path", "--paths", "cannot be used"],
        ),
        (&[a, b, "--paths", "missing"], &["`missing`"]),
        (&[a, b, "--suite", "missing.yaml"], &["`missing.yaml`"]),
    ] {
        let run = statusdiff()
            .args(["compare"])
            .args(arguments.iter().copied());
        let finished = run.run();
        assert_eq!(finished.code, Some(2), "{arguments:?}\n{finished}");
        assert!(!finished.stderr.contains("hunter2"), "{finished}");
        finished.complains(parts);
    }
}

#[test]
fn reports_and_flags_are_those_of_check() {
    let (one, two) = (Server::always(200), Server::always(500));
    let (first, second) = (one.url(), two.url());
    let run = |arguments: &[&str]| {
        let run = statusdiff().args(["compare", &first, &second, "--path", "/x", "--retries", "0"]);
        run.args(arguments.iter().copied()).run()
    };
    for format in [
        "json", "jsonl", "junit", "tap", "markdown", "github", "gitlab", "sarif", "html",
    ] {
        let finished = run(&["--format", format]).exits(1);
        assert!(finished.stdout.contains("/x"), "{format}: {finished}");
    }
    let listed = run(&["--dry-run"]).exits(0);
    listed.prints(&["2 requests", "expects same", "nothing was sent"]);
    run(&["--only", "/y"]).exits(2).complains(&["no endpoint"]);
    let written = run(&["--report", "json=report.json"]).exits(1);
    let merged = statusdiff().at(written.folder.path());
    let merged = merged.args(["merge", "report.json"]).run().exits(1);
    merged.prints(&["✗ 500", "<paths>"]);
    drop(two);
    run(&[]).exits(3).prints(&["1 error"]);
}
