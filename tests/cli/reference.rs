//! `same`: the environments are compared with the reference.

use crate::support::{Reply, Report, Server, statusdiff, suite};

/// A reference that answers `reference`, and another that answers `other`.
fn compare(reference: &Reply, other: &Reply, endpoint: &str) -> (Report, Server, Server) {
    let (first, second) = (reference.clone(), other.clone());
    let reference = Server::start(move |_| first.clone());
    let other = Server::start(move |_| second.clone());
    let text = suite(&[("a", &reference.url()), ("b", &other.url())], endpoint);
    (statusdiff().check(&text).report(), reference, other)
}

#[test]
fn the_others_must_answer_as_the_reference_does() {
    for (reference, other, says) in [
        (200, 200, ["match 200", "match 200"]),
        (404, 404, ["match 404", "match 404"]),
        (200, 204, ["match 200", "mismatch 204 same"]),
        (200, 503, ["match 200", "mismatch 503 same"]),
        (200, 429, ["match 200", "mismatch 429 same"]),
        (403, 200, ["match 403", "mismatch 200 same"]),
        (428, 428, ["match 428", "match 428"]),
        (430, 430, ["match 430", "match 430"]),
        (499, 499, ["match 499", "match 499"]),
        (600, 600, ["match 600", "match 600"]),
        (999, 200, ["match 999", "mismatch 200 same"]),
        (
            429,
            200,
            ["error 429 no_reference", "error 200 no_reference"],
        ),
        (
            429,
            429,
            ["error 429 no_reference", "error 429 no_reference"],
        ),
        (
            500,
            500,
            ["error 500 no_reference", "error 500 no_reference"],
        ),
        (
            503,
            200,
            ["error 503 no_reference", "error 200 no_reference"],
        ),
        (
            599,
            404,
            ["error 599 no_reference", "error 404 no_reference"],
        ),
    ] {
        for endpoint in ["- /x", "- /x: same", "- path: /x"] {
            let (report, ..) = compare(&Reply::status(reference), &Reply::status(other), endpoint);
            let said = ["a", "b"].map(|name| report.says("/x", name));
            assert_eq!(said, says, "{reference} and {other}, `{endpoint}`");
            assert_eq!(report.endpoint("/x")["same"], reference == other);
        }
    }
}

#[test]
fn without_an_answer_of_the_reference_nothing_is_proven() {
    let (report, ..) = compare(&Reply::close(), &Reply::status(200), "- /x");
    assert_eq!(report.says("/x", "a"), "error reset");
    assert_eq!(report.says("/x", "b"), "error 200 no_reference");
    report.exits(3);
}

#[test]
fn without_an_answer_of_its_own_an_environment_fails_by_itself() {
    let (report, ..) = compare(&Reply::status(200), &Reply::close(), "- /x");
    assert_eq!(report.says("/x", "a"), "match 200");
    assert_eq!(report.says("/x", "b"), "error reset");
}

#[test]
fn what_is_expected_names_the_reference_and_its_status() {
    let (report, ..) = compare(&Reply::status(200), &Reply::status(404), "- /x");
    assert_eq!(report.probe("/x", "b")["expected"], "same as a (200)");
    assert_eq!(report.json["reference"], "a");
}

#[test]
fn redirects_are_the_same_if_their_targets_are() {
    for (reference, other, says) in [
        ("/new", "/new", "match 301"),
        ("/new", "/newer", "mismatch 301 same"),
        ("/new?a=1", "/new", "mismatch 301 same"),
        ("{own}/new", "{own}/new", "match 301"),
        ("{own}/new", "/new", "match 301"),
        ("/new", "{own}/new", "match 301"),
        (
            "https://login.example/",
            "https://login.example/",
            "match 301",
        ),
        ("https://login.example/", "/", "mismatch 301 same"),
    ] {
        let redirect = |location: &'static str| {
            Server::start(move |request| {
                let own = format!("http://{}", request.header("host").unwrap());
                Reply::redirect(301, &location.replace("{own}", &own))
            })
        };
        let (first, second) = (redirect(reference), redirect(other));
        let text = suite(&[("a", &first.url()), ("b", &second.url())], "- /x");
        let report = statusdiff().check(&text).report();
        assert_eq!(report.says("/x", "a"), "match 301");
        assert_eq!(report.says("/x", "b"), says, "{reference} and {other}");
    }
    let (report, ..) = compare(&Reply::redirect(301, "/new"), &Reply::status(301), "- /x");
    assert_eq!(
        report.says("/x", "b"),
        "mismatch 301 same",
        "no target at all"
    );
}

#[test]
fn same_true_asks_for_both() {
    for (expect, reference, other, says) in [
        ("2xx", 200, 200, ["match 200", "match 200"]),
        ("2xx", 200, 204, ["match 200", "mismatch 204 same"]),
        ("any", 404, 200, ["match 404", "mismatch 200 same"]),
        (
            "404",
            200,
            200,
            ["mismatch 200 status", "mismatch 200 status"],
        ),
        (
            "any",
            503,
            200,
            ["error 503 no_reference", "error 200 no_reference"],
        ),
        (
            "2xx",
            503,
            200,
            ["mismatch 503 status", "error 200 no_reference"],
        ),
    ] {
        let endpoint = format!("- {{ path: /x, expect: {expect}, same: true }}");
        let (report, ..) = compare(&Reply::status(reference), &Reply::status(other), &endpoint);
        let said = ["a", "b"].map(|name| report.says("/x", name));
        assert_eq!(said, says, "{expect}: {reference} and {other}");
    }
    let endpoint = "- { path: /x, expect: 404, same: true }";
    let (report, ..) = compare(&Reply::status(404), &Reply::status(200), endpoint);
    assert_eq!(report.probe("/x", "b")["reasons"][0], "status");
}

#[test]
fn the_reference_is_the_first_production_or_else_the_first() {
    let server = Server::always(200);
    let url = |name: &str| format!("{}/{name}", server.url());
    let reference = |names: [&str; 3], rest: &str, args: &[&str]| {
        let environments = names.map(|name| (name, url(name)));
        let environments = environments
            .each_ref()
            .map(|(name, url)| (*name, url.as_str()));
        let text = suite(&environments, "- /x\n") + rest;
        let report = statusdiff()
            .check(&text)
            .args(args.iter().copied())
            .report()
            .exits(0);
        report.json["reference"].as_str().unwrap().to_owned()
    };
    let names = ["dev", "staging", "prod"];
    assert_eq!(reference(names, "", &[]), "prod");
    assert_eq!(reference(["dev", "live", "prod"], "", &[]), "live");
    assert_eq!(reference(["one", "two", "three"], "", &[]), "one");
    assert_eq!(reference(names, "reference: dev", &[]), "dev");
    assert_eq!(
        reference(names, "reference: dev", &["--reference", "staging"]),
        "staging"
    );
}

#[test]
fn an_unselected_reference_is_asked_where_it_is_needed_and_not_counted() {
    let production = Server::always(404);
    let staging = Server::always(200);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let endpoints = "- /compared\n- /judged: 200\n- { path: /both, expect: 200, same: true }";
    let report = statusdiff()
        .check(&suite(&environments, endpoints))
        .args(["-e", "staging"])
        .report()
        .exits(1);
    assert_eq!(report.environments(), ["staging"]);
    assert_eq!(report.json["reference"], "production");
    assert_eq!(report.json["summary"]["probes"], 3);
    assert_eq!(report.says("/compared", "staging"), "mismatch 200 same");
    assert_eq!(report.says("/judged", "staging"), "match 200");
    assert_eq!(report.says("/both", "staging"), "mismatch 200 same");
    assert_eq!(
        report.probe("/compared", "staging")["expected"],
        "same as production (404)"
    );
    assert_eq!(production.asked(), ["GET /both", "GET /compared"]);
}

/// What is expected of the reference itself does not say whether others are compared with it.
#[test]
fn an_unselected_reference_is_asked_for_the_selected_environments_alone() {
    let production = Server::always(200);
    let staging = Server::always(200);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let endpoints = "- /a: { staging: same, default: 404 }\n\
                     - /b: { staging: 200, default: same }\n\
                     - POST /c: { staging: 200, default: same }\n\
                     - /d: { staging: \"${LIKE}\", default: 404 }\n\
                     - /e: { staging: \"${ALONE}\", default: same }\n\
                     - { path: /f, expect: 404, environments: [production], same: true }\n";
    let report = statusdiff()
        .check(&suite(&environments, endpoints))
        .args(["-e", "staging"])
        .env("LIKE", "same")
        .env("ALONE", "200")
        .report()
        .exits(0);
    assert_eq!(report.json["summary"]["match"], 5, "{report}");
    assert_eq!(report.json["summary"]["skipped"], 1, "{report}");
    assert_eq!(production.asked(), ["GET /a", "GET /d"]);
}

#[test]
fn a_reference_that_nothing_is_compared_with_needs_no_values() {
    let staging = Server::always(200);
    let environments = [
        ("staging", &*staging.url()),
        ("production", "\"https://${NO_SUCH_HOST}\""),
    ];
    let endpoints = "- /a: { staging: 200, default: same }";
    statusdiff()
        .check(&suite(&environments, endpoints))
        .args(["-e", "staging"])
        .report()
        .exits(0);
}

#[test]
fn an_unselected_reference_without_an_answer_is_no_reference() {
    let production = Server::start(|_| Reply::close());
    let staging = Server::always(200);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let report = statusdiff()
        .check(&suite(&environments, "- /x"))
        .args(["-e", "staging"])
        .report()
        .exits(3);
    assert_eq!(report.says("/x", "staging"), "error 200 no_reference");
}

#[test]
fn a_comparison_with_nobody_is_refused() {
    let server = Server::always(200);
    let other = server.url() + "/b";
    for (environments, endpoints) in [
        (&[("a", &*server.url())][..], "- /x"),
        (
            &[("a", &server.url()), ("b", &other)],
            "- { path: /x, environments: [b] }",
        ),
        (
            &[("a", &server.url())],
            "- { path: /x, expect: 200, same: true }",
        ),
    ] {
        let finished = statusdiff().check(&suite(environments, endpoints)).run();
        finished.exits(2).complains(&["suite.yaml", "reference"]);
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn an_expectation_that_turns_out_to_be_same_needs_a_reference_as_well() {
    let server = Server::always(200);
    let run = |environments: &[(&str, &str)], endpoints| {
        let text = suite(environments, endpoints);
        statusdiff().check(&text).env("E", "same").run().exits(2)
    };
    let (a, b) = (server.url() + "/a", server.url() + "/b");
    run(&[("a", &a)], "- /x: 200\n- /y: \"${E}\"")
        .complains(&["`a` is the only environment", "suite.yaml:5:"]);
    let two = [("a", &*a), ("b", &b)];
    run(&two, "- { path: /x, expect: \"${E}\", environments: [b] }")
        .complains(&["the reference `a`", "not asked there"]);
    assert_eq!(server.connections(), 0);
}
