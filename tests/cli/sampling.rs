//! `--sample`: what varies within an environment is noise, and no difference between environments.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Gate, Reply, Report, Server, environment, nobody, script, statusdiff, suite};

/// No test needs to wait for an attempt that follows on a failure.
const AT_ONCE: &str = "retry: { times: 2, backoff: 1ms, max_wait: 30s }";

/// A word for each reply: a status, `301/a` for a redirect to `/a`, or `lost` for none at all.
fn replies(words: &str) -> Vec<Reply> {
    let reply = |word: &str| match (word, word.split_once('/')) {
        ("lost", _) => Reply::raw("no HTTP\r\n\r\n"),
        (_, Some((status, to))) => Reply::redirect(status.parse().unwrap(), &format!("/{to}")),
        _ => Reply::status(word.parse().unwrap()),
    };
    words.split(' ').map(reply).collect()
}

/// A reference and another environment that give these replies in turn, each asked as often as it has replies.
fn sample(reference: &str, other: &str, endpoint: &str, args: &[&str]) -> (Report, [Server; 2]) {
    let servers = [reference, other].map(|words| Server::start(script(replies(words))));
    let [a, b] = servers
        .each_ref()
        .map(|server| environment(&server.url(), AT_ONCE));
    let text = suite(&[("a", &a), ("b", &b)], endpoint);
    let times = reference.split(' ').count().to_string();
    let report = statusdiff()
        .check(&text)
        .args(["--sample", &times])
        .args(args.iter().copied())
        .report();
    (report, servers)
}

/// `match 200`, and `, flaky` where it is.
fn says(report: &Report, environment: &str) -> String {
    let flaky = report.probe("/x", environment)["flaky"] == true;
    let says = report.says("/x", environment);
    if flaky { says + ", flaky" } else { says }
}

/// The reference's replies, the other's, the exit code, and what is said of both.
type Case = (&'static str, &'static str, i32, [&'static str; 2]);

#[track_caller]
fn all_say(cases: &[Case]) {
    for (reference, other, code, said) in cases {
        let (report, servers) = sample(reference, other, "- /x", &[]);
        let found = ["a", "b"].map(|name| says(&report, name));
        assert_eq!(found, *said, "{reference} and {other}\n{report}");
        for server in &servers {
            let asked = server.requests().len();
            assert_eq!(asked, 3, "nothing is retried meanwhile\n{report}");
        }
        report.exits(*code);
    }
}

#[test]
fn statuses_that_overlap_match_and_those_that_vary_are_flaky() {
    let (steady, varied) = ("match 200", "match 200, flaky");
    all_say(&[
        ("200 200 200", "200 200 200", 0, [steady, steady]),
        ("200 200 200", "200 503 200", 0, [steady, varied]),
        // The status it is shown with is the one that both gave.
        ("200 200 200", "503 503 200", 0, [steady, varied]),
        (
            "404 200 404",
            "200 200 200",
            0,
            ["match 404, flaky", steady],
        ),
        (
            "404 200 404",
            "200 403 404",
            0,
            ["match 404, flaky", varied],
        ),
        (
            "200 200 200",
            "404 403 404",
            1,
            [steady, "mismatch 404 same"],
        ),
    ]);
}

#[test]
fn what_is_no_measure_counts_for_nobody_and_what_is_left_of_the_reference_does() {
    let none = ["error 503 no_reference", "error 200 no_reference"];
    let differs = ["match 200, flaky", "mismatch 503 same"];
    all_say(&[
        (
            "503 200 429",
            "200 200 200",
            0,
            ["match 200, flaky", "match 200"],
        ),
        ("503 200 503", "503 503 503", 1, differs),
        ("503 429 503", "200 200 200", 3, none),
    ]);
}

#[test]
fn a_lost_answer_is_noise_unless_there_is_nothing_else() {
    let both = ["match 200, flaky"; 2];
    all_say(&[
        ("200 lost 200", "200 200 lost", 0, both),
        (
            "200 200 200",
            "lost lost 404",
            1,
            ["match 200", "mismatch 404 same"],
        ),
        (
            "200 200 200",
            "lost lost lost",
            3,
            ["match 200", "error protocol"],
        ),
        (
            "lost lost lost",
            "200 200 200",
            3,
            ["error protocol", "error 200 no_reference"],
        ),
    ]);
}

#[test]
fn redirects_are_the_same_if_their_targets_are_or_vary_everywhere() {
    let (steady, varied) = ("match 302", "match 302, flaky");
    all_say(&[
        (
            "302/a 302/a 302/a",
            "302/b 302/a 302/b",
            0,
            [steady, varied],
        ),
        (
            "302/a 302/a 302/a",
            "302/b 302/c 302/b",
            1,
            [steady, "mismatch 302 same"],
        ),
        (
            "302/a?1 302/a?2 302/a?3",
            "302/a?4 302/a?5 302/a?6",
            0,
            [varied, varied],
        ),
    ]);
}

#[test]
fn the_report_has_what_came_how_often() {
    let (report, _) = sample("200 200 200 200 200", "200 503 302/a 200 lost", "- /x", &[]);
    let probe = report.probe("/x", "b");
    assert_eq!(probe["attempts"], 5);
    assert_eq!(
        probe["samples"],
        json!([
            { "status": 200, "count": 2 },
            { "status": 302, "count": 1, "location": "/a" },
            { "status": 503, "count": 1 },
            { "status": null, "count": 1, "error": "protocol" },
        ])
    );
    assert_eq!(
        report.probe("/x", "a")["samples"],
        json!([{ "status": 200, "count": 5 }])
    );
    assert_eq!(report.json["summary"]["flaky"], 1);
    assert_eq!(report.endpoint("/x")["same"], true);
    let (report, _) = sample("200 404 404", "403 403 403", "- /x", &[]);
    assert_eq!(
        report.probe("/x", "b")["expected"],
        "same as a (404 ×2, 200 ×1)"
    );
    assert_eq!(report.endpoint("/x")["same"], false);
}

#[test]
fn every_report_shows_what_came_how_often() {
    let servers = ["200", "200 200 503 200 200"].map(|words| Server::start(script(replies(words))));
    let [a, b] = servers.each_ref().map(Server::url);
    let text = suite(&[("a", &a), ("b", &b)], "- /x");
    let files: Vec<_> = [
        "junit", "tap", "markdown", "github", "gitlab", "sarif", "html", "jsonl",
    ]
    .map(|format| format!("{format}=report.{format}"))
    .to_vec();
    // Other servers for every report would tell the same: only the first run meets the 503.
    let reports = files.iter().flat_map(|file| ["--report", file]);
    let run = statusdiff().check(&text).args(["--sample", "5"]);
    let finished = run.args(reports).run().exits(0);
    assert!(finished.stdout.contains("200 ×4, 503 ×1"), "{finished}");
    for file in &files {
        let (format, name) = file.split_once('=').unwrap();
        let report = std::fs::read_to_string(finished.folder.path().join(name)).unwrap();
        let told = match format {
            "jsonl" => {
                report.contains(r#""samples":[{"status":200,"count":4},{"status":503,"count":1}]"#)
            }
            _ => report.contains("200 ×4, 503 ×1"),
        };
        assert!(told, "{format}: {report}");
    }
}

#[test]
fn an_expectation_beside_same_is_held_by_one_answer_that_suits_both() {
    let endpoint = "- { path: /x, expect: 200, same: true }";
    for (reference, other, said) in [
        ("200 200", "503 200", ["match 200", "match 200, flaky"]),
        ("200 503", "200 200", ["match 200, flaky", "match 200"]),
        (
            "404 200",
            "404 404",
            ["match 200, flaky", "mismatch 404 status"],
        ),
        (
            "404 404",
            "200 200",
            ["mismatch 404 status", "mismatch 200 same"],
        ),
        (
            "503 503",
            "200 404",
            ["mismatch 503 status", "error 200 no_reference"],
        ),
    ] {
        let (report, _) = sample(reference, other, endpoint, &[]);
        let found = ["a", "b"].map(|name| says(&report, name));
        assert_eq!(found, said, "{reference} and {other}");
    }
}

#[test]
fn what_is_not_compared_is_asked_as_ever() {
    for (endpoint, requests) in [
        ("- /x: 200", [1, 1]),
        ("- { path: /x, method: POST, expect: same }", [1, 1]),
        (
            "- { path: /x, method: POST, expect: same, retry: 1 }",
            [3, 3],
        ),
        ("- { path: /x, method: PUT, expect: same }", [3, 3]),
        ("- /x: { a: 200, default: same }", [3, 3]),
        ("- { path: /x, expect: 200, same: true }", [3, 3]),
    ] {
        let (report, servers) = sample(
            "200 200 200",
            "200 200 200",
            endpoint,
            &["--allow-unsafe-methods"],
        );
        let asked = servers.each_ref().map(|server| server.requests().len());
        assert_eq!(asked, requests, "{endpoint}");
        let is_sampled = report.probe("/x", "a")["samples"] != Value::Null;
        assert_eq!(is_sampled, requests != [1, 1], "{endpoint}");
        report.exits(0);
    }
    // A retry hides what a sample would show.
    let (report, _) = sample("200 200 200", "503 200 200", "- /x: 200", &[]);
    assert_eq!(says(&report, "b"), "match 200, flaky");
    assert_eq!(report.probe("/x", "b")["samples"], Value::Null);
}

#[test]
fn one_sample_is_as_ever_and_none_is_refused() {
    let servers = ["200", "503 200"].map(|words| Server::start(script(replies(words))));
    let [a, b] = servers
        .each_ref()
        .map(|server| environment(&server.url(), AT_ONCE));
    let text = suite(&[("a", &a), ("b", &b)], "- /x");
    let report = statusdiff().check(&text).args(["--sample", "1"]).report();
    assert_eq!(says(&report, "b"), "match 200, flaky");
    assert_eq!(report.probe("/x", "b")["attempts"], 2);
    assert_eq!(report.probe("/x", "b")["samples"], Value::Null);
    for number in ["0", "-1", "some"] {
        let flag = format!("--sample={number}");
        let finished = statusdiff().check(&text).args([&*flag]).run().exits(2);
        finished.complains(&["--sample"]);
    }
}

#[test]
fn what_varies_fails_the_run_on_demand() {
    let (report, _) = sample("200 200", "200 503", "- /x", &["--fail-on-flaky"]);
    report.exits(1);
    let (report, _) = sample("200 200", "200 200", "- /x", &["--fail-on-flaky"]);
    report.exits(0);
}

#[test]
fn a_reference_that_is_not_judged_is_sampled_too() {
    let (report, [reference, _]) = sample("404 200 404", "200 200 200", "- /x", &["-e", "b"]);
    assert_eq!(reference.requests().len(), 3);
    assert_eq!(says(&report, "b"), "match 200");
    let expected = &report.probe("/x", "b")["expected"];
    assert_eq!(*expected, "same as a (404 ×2, 200 ×1)");
}

#[test]
fn samples_go_one_after_the_other_and_at_the_rate() {
    let server = Server::always(200);
    let keys = "concurrency: 1, rate_limit: 100/s";
    let [a, b] = ["/a", "/b"].map(|path| environment(&(server.url() + path), keys));
    let text = suite(&[("a", &a), ("b", &b)], "- /x\n- /y");
    let run = statusdiff().check(&text).args(["--sample", "4"]);
    run.report().exits(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 16);
    assert!(server.most_in_flight() <= 2, "one for each environment");
    for environment in ["/a/", "/b/"] {
        let here: Vec<_> = requests
            .iter()
            .filter(|request| request.target.starts_with(environment))
            .collect();
        let paths: Vec<_> = here.iter().map(|request| &request.target[3..]).collect();
        assert_eq!(paths, ["x", "x", "x", "x", "y", "y", "y", "y"]);
        let whole = here[7].arrived - here[0].arrived;
        // Seven turns of ten milliseconds each; less what the first may have come late.
        assert!(whole >= Duration::from_millis(60), "{whole:?}");
    }
}

#[test]
fn too_many_requests_are_a_sample_and_a_pause_for_all() {
    let servers = ["200 200", "429 200"].map(|words| {
        let replies = replies(words);
        let replies = replies
            .into_iter()
            .map(|reply| reply.header("Retry-After", "1"));
        Server::start(script(replies.collect()))
    });
    let [a, b] = servers.each_ref().map(Server::url);
    let text = suite(&[("a", &a), ("b", &b)], "- /x");
    let report = statusdiff().check(&text).args(["--sample", "2"]).report();
    assert_eq!(says(&report, "b"), "match 200, flaky");
    let requests = servers[1].requests();
    let pause = requests[1].arrived - requests[0].arrived;
    assert!(pause >= Duration::from_millis(990), "{pause:?}");
}

#[test]
fn a_deadline_leaves_nothing_that_was_half_sampled() {
    let gate = Gate::new();
    let (a, b) = (Server::always(200), {
        let gate = gate.clone();
        Server::start(move |request| match request.nth {
            0 => Reply::status(404),
            _ => Reply::status(200).after(&gate),
        })
    });
    let text = suite(&[("a", &a.url()), ("b", &b.url())], "- /x");
    let args = ["--sample", "3", "--deadline", "500ms"];
    let report = statusdiff().check(&text).args(args).report().exits(3);
    gate.open();
    assert_eq!(says(&report, "a"), "match 200");
    assert_eq!(says(&report, "b"), "error deadline");
    assert_eq!(report.json["complete"], false);
}

#[test]
fn an_environment_that_is_down_is_given_up_all_the_same() {
    let (server, dead) = (Server::always(200), nobody());
    let endpoints: Vec<_> = (0..30).map(|number| format!("- /{number}")).collect();
    let (a, b) = (server.url(), environment(&dead, AT_ONCE));
    let text = suite(&[("a", &a), ("b", &b)], &endpoints.join("\n"));
    let args = ["--sample", "2", "-j", "1"];
    let report = statusdiff().check(&text).args(args).report().exits(3);
    assert_eq!(report.says("/0", "b"), "error connect_refused");
    assert_eq!(report.says("/29", "b"), "error unreachable");
}

#[test]
fn environments_that_are_typed_are_sampled_as_well() {
    let servers = ["200 200 200", "200 503 200"].map(|words| Server::start(script(replies(words))));
    let [a, b] = servers.each_ref().map(Server::url);
    let (a, b) = (format!("a={a}"), format!("b={b}"));
    let args = ["compare", &a, &b, "--path", "/x", "--sample", "3"];
    let report = statusdiff().args(args).report().exits(0);
    assert_eq!(
        ["a", "b"].map(|name| says(&report, name)),
        ["match 200", "match 200, flaky"]
    );
}
