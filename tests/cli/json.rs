//! The JSON report, field by field.

use serde_json::{Value, json};

use crate::support::{Finished, Reply, Report, Server, nobody, statusdiff, suite};

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// A suite that has every verdict; `production` is its reference.
fn every_verdict() -> (Server, String) {
    let server = Server::start(|request| match request.target.as_str() {
        "/p/moved" | "/s/moved" => Reply::redirect(301, "/new"),
        "/s/broken" => Reply::close(),
        "/s/missing" => Reply::status(404),
        _ => Reply::status(200),
    });
    let text = format!(
        "name: shop\nenvironments:\n  staging: {url}/s\n  production: {url}/p\nendpoints:\n\
         - /ok: 200\n\
         - path: /missing?q=1\n  name: a page\n  tags: [smoke, web]\n  expect: [200, 304]\n\
         - /moved: 301 -> /new\n\
         - /broken: 2xx\n\
         - {{ path: /only, expect: 200, environments: [production] }}\n\
         - HEAD /same\n",
        url = server.url()
    );
    (server, text.replace("/missing?q=1", "/missing"))
}

#[test]
fn the_report_has_the_fields_of_the_contract() {
    let (server, text) = every_verdict();
    let report = statusdiff().check(&text).report().exits(1);
    let json = &report.json;
    assert_eq!(json["format"], "statusdiff-report");
    assert_eq!(json["format_version"], 1);
    assert_eq!(json["statusdiff_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["suite"], "suite.yaml");
    assert_eq!(json["name"], "shop");
    assert_eq!(json["reference"], "production");
    assert_eq!(json["complete"], true);
    assert!(json["duration_ms"].as_f64().unwrap() > 0.0);
    let started = json["started_at"].as_str().unwrap();
    let shape: String = started
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert!(
        shape.starts_with("0000-00-00T00:00:00") && shape.ends_with('Z'),
        "{started}"
    );
    assert_eq!(
        json["summary"],
        json!({
            "endpoints": 6, "environments": 2, "probes": 12,
            "match": 9, "mismatch": 1, "error": 1, "skipped": 1, "flaky": 0
        })
    );
    assert_eq!(
        json["environments"],
        json!([
            {
                "name": "staging", "type": "staging", "base_url": server.url() + "/s",
                "match": 3, "mismatch": 1, "error": 1, "skipped": 1, "flaky": 0,
                "statuses": { "200": 2, "301": 1, "404": 1 }
            },
            {
                "name": "production", "type": "production", "base_url": server.url() + "/p",
                "match": 6, "mismatch": 0, "error": 0, "skipped": 0, "flaky": 0,
                "statuses": { "200": 5, "301": 1 }
            },
        ])
    );
}

#[test]
fn endpoints_and_probes_are_in_suite_order_with_all_their_fields() {
    let (server, text) = every_verdict();
    let mut report = statusdiff().check(&text).report();
    report.forget_times();
    let endpoints = report.json["endpoints"].as_array().unwrap();
    let paths: Vec<_> = endpoints
        .iter()
        .map(|endpoint| endpoint["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["/ok", "/missing", "/moved", "/broken", "/only", "/same"]
    );
    let lines: Vec<_> = endpoints
        .iter()
        .map(|endpoint| endpoint["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [6, 7, 11, 12, 13, 14]);
    assert_eq!(endpoints[5]["method"], "HEAD");
    assert_eq!(
        report.endpoint("/missing"),
        &json!({
            "method": "GET", "path": "/missing", "service": null, "name": "a page", "tags": ["smoke", "web"],
            "file": "suite.yaml", "line": 7, "same": false,
            "probes": [
                {
                    "environment": "staging", "url": server.url() + "/s/missing",
                    "verdict": "mismatch", "expected": "200 or 304", "status": 404, "error": null,
                    "reasons": ["status"], "location": null, "attempts": 1, "flaky": false,
                    "duration_ms": null, "curl": format!("curl -i -m 10 {}/s/missing", server.url())
                },
                {
                    "environment": "production", "url": server.url() + "/p/missing",
                    "verdict": "match", "expected": "200 or 304", "status": 200, "error": null,
                    "reasons": [], "location": null, "attempts": 1, "flaky": false,
                    "duration_ms": null
                },
            ]
        })
    );
}

#[test]
fn each_verdict_has_its_fields() {
    let (_server, text) = every_verdict();
    let report = statusdiff().check(&text).report();
    let durations = |path| {
        ["staging", "production"].map(|name| report.probe(path, name)["duration_ms"].as_f64())
    };
    assert!(
        durations("/ok")
            .iter()
            .all(|duration| duration.is_some_and(|ms| ms > 0.0))
    );
    assert_eq!(durations("/only")[0], None, "it was not sent");
    let moved = report.probe("/moved", "staging");
    assert_eq!(moved["location"], "/new");
    assert_eq!(moved["expected"], "301 -> /new");
    let broken = report.probe("/broken", "staging");
    assert_eq!(keys(&broken["error"]), ["kind", "message"]);
    assert_eq!(
        (&broken["status"], &broken["error"]["kind"]),
        (&Value::Null, &json!("reset"))
    );
    let skipped = report.probe("/only", "staging");
    assert_eq!(
        (&skipped["verdict"], &skipped["attempts"]),
        (&json!("skipped"), &json!(0))
    );
    assert_eq!(
        (&skipped["status"], &skipped["error"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn same_says_whether_those_that_answered_agree() {
    let server = Server::start(|request| match request.target.as_str() {
        "/b/differs" => Reply::status(404),
        "/b/silent" => Reply::close(),
        _ => Reply::status(200),
    });
    let url = |name: &str| format!("{}/{name}", server.url());
    let environments = [("a", &*url("a")), ("b", &url("b")), ("c", &url("c"))];
    let text = suite(
        &environments,
        "- /equal: any\n- /differs: any\n- /silent: any",
    );
    let report = statusdiff().check(&text).report();
    for (path, same) in [("/equal", true), ("/differs", false), ("/silent", true)] {
        assert_eq!(report.endpoint(path)["same"], same, "{path}");
    }
}

#[test]
fn without_a_name_there_is_null() {
    let server = Server::always(200);
    let report = statusdiff()
        .check(&suite(&[("a", &server.url())], "- /: 200"))
        .report();
    assert_eq!(report.json["name"], Value::Null);
    assert_eq!(report.endpoint("/")["name"], Value::Null);
    assert_eq!(report.endpoint("/")["tags"], json!([]));
    assert_eq!(report.endpoint("/")["line"], 4);
}

#[test]
fn the_report_is_all_there_is_on_standard_output() {
    let (_server, text) = every_verdict();
    let finished: Finished = statusdiff()
        .check(&text)
        .args(["-f", "json"])
        .run()
        .exits(1);
    assert!(
        finished.stdout.starts_with('{') && finished.stdout.ends_with("}\n"),
        "{finished}"
    );
    assert_eq!(
        finished.stderr, "",
        "nothing to warn of, and no terminal to draw on"
    );
}

#[test]
fn colours_never_get_into_it() {
    let (_server, text) = every_verdict();
    let finished = statusdiff()
        .check(&text)
        .args(["--format", "json", "--color", "always"])
        .run();
    assert!(!finished.stdout.contains('\x1b'), "{finished}");
    Report::read(&finished);
}

#[test]
fn a_further_report_goes_into_a_file() {
    let (_server, text) = every_verdict();
    let finished = statusdiff()
        .check(&text)
        .args(["--report", "json=report.json"])
        .run()
        .exits(1);
    let written = std::fs::read_to_string(finished.folder.path().join("report.json")).unwrap();
    let json: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(json["summary"]["mismatch"], 1);
    finished.prints(&["/missing"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_further_report_that_cannot_be_written_is_four() {
    let nobody = nobody();
    let server = Server::echo();
    let report = ["--report", "json=/dev/full"];
    for (url, endpoint, code) in [
        (server.url(), "- /200: 200", 4),
        (server.url(), "- /404: 200", 1),
        (nobody, "- /200: 200", 4),
    ] {
        let finished = statusdiff()
            .check(&suite(&[("a", &url)], endpoint))
            .args(report)
            .run();
        assert_eq!(finished.code, Some(code), "{finished}");
        assert!(finished.stderr.contains("`/dev/full`"), "{finished}");
    }
}
