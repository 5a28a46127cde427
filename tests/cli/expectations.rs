//! Every way to write an expectation, and what each admits.

use crate::support::{Reply, Server, statusdiff, suite};

/// Spelling, statuses that match, statuses that do not.
const SPELLINGS: [(&str, &[u16], &[u16]); 24] = [
    ("200", &[200], &[201, 299, 404, 999]),
    ("\"404\"", &[404], &[403, 200]),
    ("999", &[999], &[998, 200]),
    ("2xx", &[200, 204, 299], &[301, 404, 500, 999]),
    ("3xx", &[300, 304, 399], &[200, 400]),
    ("4xx", &[400, 418, 499], &[399, 500, 200]),
    ("5xx", &[500, 599], &[499, 600, 200]),
    ("200-204", &[200, 202, 204], &[205, 304]),
    ("404-404", &[404], &[403, 405]),
    ("599-601", &[599, 600, 601], &[598, 602]),
    ("any", &[200, 304, 404, 503, 999], &[]),
    ("not 404", &[200, 403, 500, 999], &[404]),
    ("not 5xx", &[200, 404, 600], &[500, 503, 599]),
    ("not 500-504", &[200, 499, 505], &[500, 502, 504]),
    ("[200, 304]", &[200, 304], &[201, 404]),
    ("[2xx, 304, not 204]", &[200, 299, 304], &[204, 301, 404]),
    (
        "[not 204, not 4xx]",
        &[200, 301, 500, 999],
        &[204, 404, 499],
    ),
    ("[401, 403]", &[401, 403], &[402, 200]),
    ("[any, not 5xx]", &[200, 404], &[500]),
    ("[200-299, not 201-203]", &[200, 204], &[201, 202, 203, 300]),
    ("[404]", &[404], &[200]),
    ("{ a: 200, default: 404 }", &[200], &[404, 500]),
    ("{ b: 200, default: [401, 403] }", &[401, 403], &[200]),
    ("{ a: not 404, b: 200 }", &[200, 500], &[404]),
];

#[test]
fn every_spelling_admits_what_the_contract_says() {
    let server = Server::echo();
    let mut endpoints = String::new();
    let mut wanted = Vec::new();
    for (row, (spelling, matching, others)) in SPELLINGS.into_iter().enumerate() {
        for status in matching {
            wanted.push((
                format!("/{row}/{status}"),
                format!("match {status}"),
                spelling,
            ));
        }
        for status in others {
            wanted.push((
                format!("/{row}/{status}"),
                format!("mismatch {status} status"),
                spelling,
            ));
        }
    }
    for (path, _, spelling) in &wanted {
        endpoints += &format!("- {path}: {spelling}\n");
    }
    let environments = [("a", &*server.url()), ("b", &(server.url() + "/b"))];
    let report = statusdiff()
        .check(&suite(&environments, &endpoints))
        .report()
        .exits(1);
    for (path, says, spelling) in wanted {
        assert_eq!(report.says(&path, "a"), says, "{spelling} at {path}");
    }
}

#[test]
fn a_report_says_in_words_what_was_expected() {
    let server = Server::echo();
    let rows = [
        ("200", "200"),
        ("2xx", "2xx"),
        ("[401, 403]", "401 or 403"),
        ("not 5xx", "not 5xx"),
        ("200-204", "200-204"),
        ("any", "any"),
        ("301 -> /new", "301 -> /new"),
        ("same", "same as a (200)"),
    ];
    let mut endpoints = String::new();
    for (row, (spelling, _)) in rows.iter().enumerate() {
        endpoints += &format!("- /{row}/200: {spelling}\n");
    }
    let environments = [("a", &*server.url()), ("b", &(server.url() + "/b"))];
    let report = statusdiff()
        .check(&suite(&environments, &endpoints))
        .report();
    for (row, (_, words)) in rows.iter().enumerate() {
        assert_eq!(
            report.probe(&format!("/{row}/200"), "b")["expected"],
            *words
        );
    }
}

#[test]
fn a_redirect_is_expected_with_its_target() {
    let server = Server::start(|request| match request.path() {
        "/none" => Reply::status(301),
        "/302" => Reply::redirect(302, "/new"),
        "/200" => Reply::redirect(200, "/new"),
        "/elsewhere" => Reply::redirect(301, "/newer"),
        _ => Reply::redirect(301, "/new"),
    });
    for (endpoint, says) in [
        ("/new: 301 -> /new", "match 301"),
        ("/new: 3xx -> /new", "match 301"),
        ("/new: 300-302 -> /new", "match 301"),
        ("/new: 301 -> /n*w", "match 301"),
        ("/new: 301 -> /*", "match 301"),
        ("/new: 301", "match 301"),
        ("/new: { default: 301 -> /new }", "match 301"),
        ("/elsewhere: 301 -> /new", "mismatch 301 location"),
        ("/elsewhere: 301 -> /new*", "match 301"),
        ("/none: 301 -> /new", "mismatch 301 location"),
        ("/none: 301", "match 301"),
    ] {
        let text = suite(&[("a", &server.url())], &format!("- {endpoint}"));
        let report = statusdiff().check(&text).report();
        let path = endpoint.split_once(':').unwrap().0;
        assert_eq!(report.says(path, "a"), says, "{endpoint}");
    }
    // With a wrong status, the target may be wrong besides.
    for endpoint in ["/302: 301 -> /new", "/200: 3xx -> /new"] {
        let text = suite(&[("a", &server.url())], &format!("- {endpoint}"));
        let report = statusdiff().check(&text).report().exits(1);
        let path = endpoint.split_once(':').unwrap().0;
        assert_eq!(
            report.probe(path, "a")["reasons"][0],
            "status",
            "{endpoint}"
        );
    }
}

#[test]
fn each_environment_may_have_an_expectation_of_its_own() {
    let server = Server::echo();
    let url = |name: &str| format!("{}/{name}", server.url());
    let environments = [
        ("dev", &*url("dev")),
        ("stage", &url("stage")),
        ("prod", &url("prod")),
    ];
    let endpoints = "\
- /1/200: { dev: 404, default: 200 }
- /2/200: { dev: 200, stage: 2xx, prod: not 404 }
- /3/404: { dev: 404 }
- { path: /4/404, expect: { prod: 200 }, environments: [dev, prod] }
- /5/404
";
    let text = suite(&environments, endpoints) + "defaults:\n  expect: 4xx\n";
    let report = statusdiff().check(&text).report().exits(1);
    for (path, says) in [
        ("/1/200", ["mismatch 200 status", "match 200", "match 200"]),
        ("/2/200", ["match 200", "match 200", "match 200"]),
        ("/3/404", ["match 404", "match 404", "match 404"]),
        ("/4/404", ["match 404", "skipped", "mismatch 404 status"]),
        ("/5/404", ["match 404", "match 404", "match 404"]),
    ] {
        assert_eq!(
            ["dev", "stage", "prod"].map(|name| report.says(path, name)),
            says,
            "{path}"
        );
    }
}

#[test]
fn an_interim_answer_is_never_the_status() {
    let server = Server::start(|_| {
        Reply::raw(
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n\
             HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        )
    });
    let text = suite(&[("a", &server.url())], "- /: 204");
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.says("/", "a"), "match 204");
}

#[test]
fn an_expectation_that_cannot_hold_or_cannot_fail_is_refused() {
    let server = Server::always(200);
    for expectation in [
        "99",
        "101",
        "1000",
        "20x",
        "6xx",
        "1xx",
        "0xx",
        "204-200",
        "[]",
        "not any",
        "[404, not 404]",
        "",
        "~",
        "200 -> /new",
        "2xx -> /new",
        "not 404 -> /new",
        "any -> /new",
        "301 ->",
        "301 -> ",
        "[same, 200]",
        "[301 -> /new, 200]",
        "{ nowhere: 200, default: 200 }",
        "{ b: 200 , c: 200 }",
        "2.5",
        "true",
        "-200",
        "!404",
        ">=200",
        "[[200]]",
        "200 OK",
        "0200",
        "2e2",
        "not",
        "{}",
        "not not 404",
        "not [404]",
        "200,204",
        "200..204",
    ] {
        let endpoints = format!("- /a: 200\n- /b: {expectation}");
        let environments = [("a", &*server.url()), ("b", &(server.url() + "/b"))];
        let finished = statusdiff().check(&suite(&environments, &endpoints)).run();
        assert_eq!(finished.code, Some(2), "`{expectation}`: {finished}");
        finished.complains(&["suite.yaml:6"]);
    }
    assert_eq!(server.asked(), [""; 0], "nothing may be sent");
}
