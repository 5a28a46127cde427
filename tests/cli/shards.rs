//! `--shard`: each of several machines asks its part, and all together ask everything once.

use crate::support::{Server, statusdiff, suite};

fn forty() -> String {
    (0..40)
        .map(|number| format!("- /page/{number}: 200\n"))
        .collect()
}

#[test]
fn shards_together_ask_everything_once() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], &forty());
    let mut paths = Vec::new();
    for index in 1..=3 {
        let shard = format!("{index}/3");
        let report = statusdiff()
            .check(&text)
            .args(["--shard", &shard])
            .report()
            .exits(0);
        let endpoints = report.json["endpoints"].as_array().unwrap();
        assert!((5..25).contains(&endpoints.len()), "{report}");
        for endpoint in endpoints {
            let (path, position) = (endpoint["path"].as_str().unwrap(), &endpoint["position"]);
            assert_eq!(path, format!("/page/{position}"));
            paths.push(format!("GET {path}"));
        }
        assert_eq!(report.json["shard"]["index"], index);
        assert_eq!(report.json["shard"]["total"], 3);
    }
    paths.sort();
    assert_eq!(server.asked(), paths);
    assert_eq!(paths.len(), 40);
}

#[test]
fn what_shards_have_in_common_is_the_suite_and_the_selection() {
    let server = Server::always(200);
    let of = |text: &str, args: &[&str]| {
        let report = statusdiff().check(text).args(args.iter().copied()).report();
        report.json["shard"]["of"].as_str().unwrap().to_owned()
    };
    let text = suite(&[("a", &server.url())], &forty());
    let first = of(&text, &["--shard", "1/2"]);
    assert_eq!(first, of(&text, &["--shard", "2/2"]));
    assert_ne!(
        first,
        of(&text.replace("/39: 200", "/39: 2xx"), &["--shard", "1/2"])
    );
    assert_ne!(first, of(&text, &["--shard", "1/2", "--only", "/page/1*"]));
}

#[test]
fn a_machine_says_itself_which_it_is() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], &forty());
    for (choice, variables, index, total) in [
        (
            "auto",
            &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")][..],
            2,
            5,
        ),
        ("auto", &[("CI_NODE_TOTAL", "1")], 1, 1),
        ("auto/5", &[("JOB_COMPLETION_INDEX", "0")], 1, 5),
        ("auto/5", &[("JOB_COMPLETION_INDEX", "4")], 5, 5),
        (
            "3/5",
            &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")],
            3,
            5,
        ),
    ] {
        let run = statusdiff().check(&text).args(["--shard", choice]);
        let run = variables
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        let report = run.report().exits(0);
        assert_eq!(report.json["shard"]["index"], index, "{choice}");
        assert_eq!(report.json["shard"]["total"], total, "{choice}");
    }
}

#[test]
fn a_shard_that_there_is_not_is_a_usage_error() {
    let text = suite(&[("a", "http://127.0.0.1:1")], "- /: 200");
    for (choice, variables, words) in [
        ("0/5", &[][..], "they are `1/5` to `5/5`"),
        ("6/5", &[], "they are `1/5` to `5/5`"),
        ("1/0", &[], "the total is at least 1"),
        ("two", &[], "`2/5` is the second of five"),
        ("auto/0", &[], "the total is at least 1"),
        ("auto", &[], "`CI_NODE_INDEX` is not set"),
        (
            "auto",
            &[("CI_NODE_INDEX", "3")],
            "`CI_NODE_TOTAL` is not set",
        ),
        (
            "auto",
            &[("CI_NODE_INDEX", "6"), ("CI_NODE_TOTAL", "5")],
            "they are `1/5` to `5/5`",
        ),
        (
            "auto",
            &[("JOB_COMPLETION_INDEX", "1")],
            "`--shard auto/5` is for Kubernetes",
        ),
        ("auto/5", &[], "`JOB_COMPLETION_INDEX` is not set"),
        (
            "auto/5",
            &[("JOB_COMPLETION_INDEX", "5")],
            "counted from 0 to 4",
        ),
        (
            "auto/5",
            &[("JOB_COMPLETION_INDEX", "x")],
            "is no number: `x`",
        ),
    ] {
        let run = statusdiff().check(&text).args(["--shard", choice]);
        let run = variables
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        run.run().exits(2).complains(&["--shard", words]);
    }
}

#[test]
fn an_empty_shard_passes_and_asks_nothing() {
    let server = Server::always(500);
    let text = format!(
        "environments: {{ a: {{ base_url: {}, ready: {{ path: /ready }} }} }}\nendpoints: [/only: 200]",
        server.url()
    );
    let codes: Vec<_> = ["1/3", "2/3", "3/3"]
        .iter()
        .map(|shard| {
            let run = statusdiff()
                .check(&text)
                .args(["--shard", shard, "--retries", "0"])
                .run();
            let counted = if run.code == Some(0) {
                "0 endpoints"
            } else {
                "1 endpoint"
            };
            assert!(
                run.stdout.contains(&format!("shard {shard}")) && run.stdout.contains(counted),
                "{run}"
            );
            run.code
        })
        .collect();
    assert_eq!(
        codes.iter().filter(|code| **code == Some(0)).count(),
        2,
        "{codes:?}"
    );
    assert_eq!(
        codes.iter().filter(|code| **code == Some(1)).count(),
        1,
        "{codes:?}"
    );
    assert_eq!(server.asked(), ["GET /only", "GET /ready"]);
    // A selection that is empty as a whole is a mistake, on every machine.
    let nothing = statusdiff()
        .check(&text)
        .args(["--shard", "1/3", "--only", "/nothing"])
        .run();
    nothing.exits(2).complains(&["no endpoint is selected"]);
    let listed = statusdiff()
        .check(&text)
        .args(["--shard", "1/3", "--dry-run"])
        .run();
    listed.exits(0).prints(&["nothing was sent"]);
}
