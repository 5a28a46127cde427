//! What only the whole run can tell of an access wall: a shard sees none, and `merge` sees those of the whole.

use serde_json::{Value, json};
use statusdiff::report::Format;

use crate::support::{Finished, Reply, Request, Server, statusdiff, suite};

/// A staging that does as it is told beside a production that answers every path with 200, and a suite for both.
struct Pair {
    _servers: [Server; 2],
    text: String,
    known: &'static str,
}

impl Pair {
    fn new(staging: impl Fn(&Request) -> Reply + Send + Sync + 'static, endpoints: &str) -> Self {
        let (production, staging) = (Server::always(200), Server::start(staging));
        let environments = [
            ("staging", &*staging.url()),
            ("production", &production.url()),
        ];
        let text = suite(&environments, endpoints);
        Self {
            _servers: [production, staging],
            text,
            known: "",
        }
    }

    fn check(&self, args: &[&str]) -> (Value, Option<i32>) {
        let mut run = statusdiff().check(&self.text);
        if !self.known.is_empty() {
            run = run.file("known.yaml", self.known);
            run = run.args(["--accept-file", "known.yaml"]);
        }
        let mut report = run.args(args.iter().copied()).report();
        report.forget_times();
        (report.json, report.code)
    }

    fn shards(&self, args: &[&str]) -> Vec<(Value, Option<i32>)> {
        let shard = |index| self.check(&[&["--shard", &format!("{index}/3")], args].concat());
        (1..=3).map(shard).collect()
    }

    /// The whole run's JSON and exit code, after it was seen that merged shards come to the same in every format.
    fn merged_like_whole(&self, args: &[&str]) -> (Value, Option<i32>) {
        self.gated_like_whole(args, &[])
    }

    /// The same, where `gate` says what makes both runs fail.
    fn gated_like_whole(&self, args: &[&str], gate: &[&str]) -> (Value, Option<i32>) {
        let args = &[args, gate].concat();
        let whole = self.check(args);
        let shards = self.shards(args).into_iter();
        let shards: Vec<_> = shards.map(|(json, _)| json).collect();
        let finished = merge(&shards, &[gate, &["-f", "json"]].concat());
        let merged: Value = serde_json::from_str(&with_times_forgotten(&finished.stdout)).unwrap();
        let mut wanted = whole.clone();
        wanted.0 = serde_json::from_str(&with_times_forgotten(&timed(&whole.0))).unwrap();
        assert_eq!((merged, finished.code), wanted);
        for format in Format::ALL {
            let args = [gate, &["--all", "-f", format.name()]].concat();
            let (one, three) = (
                merge(std::slice::from_ref(&whole.0), &args),
                merge(&shards, &args),
            );
            assert_eq!(one.stdout, three.stdout, "{args:?}");
            assert_eq!((one.code, three.code), (whole.1, whole.1), "{args:?}");
        }
        whole
    }
}

/// The report with the same times everywhere, as `merge` can read it.
fn timed(report: &Value) -> String {
    let text = format!("{report:#}").replace("\"duration_ms\": null", "\"duration_ms\": 1.5");
    text.replace(
        "\"started_at\": null",
        "\"started_at\": \"2026-11-22T10:00:00Z\"",
    )
}

fn with_times_forgotten(text: &str) -> String {
    timed(&serde_json::from_str(text).unwrap())
}

fn merge(reports: &[Value], args: &[&str]) -> Finished {
    let names: Vec<_> = (1..=reports.len())
        .map(|number| format!("{number}.json"))
        .collect();
    let files = names.iter().zip(reports);
    let run = files.fold(statusdiff(), |run, (name, report)| {
        run.file(name, timed(report))
    });
    run.args(["merge"])
        .args(names.iter().map(String::as_str))
        .args(args.iter().copied())
        .run()
}

fn twelve(expect: &str) -> String {
    (1..=12)
        .map(|number| format!("- /{number}{expect}\n"))
        .collect()
}

/// A shard that happens to hold nothing but refusals takes them for no wall.
#[test]
fn some_refusals_are_mismatches_of_shards_too() {
    let some = |request: &Request| match request.path() {
        "/2" | "/4" | "/6" | "/8" | "/11" => Reply::status(401),
        _ => Reply::status(200),
    };
    let pair = Pair::new(some, &twelve(": 200"));
    let args = ["--on-error", "pass"];
    let (whole, code) = pair.gated_like_whole(&[], &args);
    assert_eq!((&whole["summary"]["mismatch"], code), (&json!(5), Some(1)));
    let mut mismatches = 0;
    for (shard, code) in pair.shards(&args) {
        let of_shard = shard["summary"]["mismatch"].as_u64().unwrap();
        assert_eq!(shard["summary"]["error"], 0);
        assert_eq!(code, Some(i32::from(of_shard > 0)), "{shard:#}");
        mismatches += of_shard;
    }
    assert_eq!(mismatches, 5);
}

/// Four paths leave shards with fewer than a wall takes, and some refusals are expected.
#[test]
fn refusals_everywhere_are_a_wall_of_the_whole() {
    for endpoints in [
        twelve(": 200"),
        twelve(""),
        "- /a: 200\n- /b: 200\n- /c: 200\n- /d: { staging: 401, default: 200 }\n".to_owned(),
    ] {
        let pair = Pair::new(|_| Reply::status(401), &endpoints);
        let (whole, code) = pair.merged_like_whole(&[]);
        assert_eq!(code, Some(3));
        assert_eq!(whole["summary"]["mismatch"], 0);
        assert_eq!(
            whole["endpoints"][0]["probes"][0]["error"]["kind"],
            "walled"
        );
        for (shard, _) in pair.shards(&[]) {
            assert_eq!(shard["summary"]["error"], 0, "{shard:#}");
        }
        let (_, code) = pair.merged_like_whole(&["-e", "staging"]);
        assert_eq!(code, Some(3));
    }
}

#[test]
fn one_sign_in_host_for_all_is_a_wall_of_the_whole() {
    let login = |request: &Request| {
        let place = format!("https://login.example:8443/sso?to={}", request.path());
        Reply::redirect(302, &place)
    };
    for args in [&[][..], &["--sample", "2"]] {
        let pair = Pair::new(login, &twelve(""));
        let (whole, code) = pair.merged_like_whole(args);
        assert_eq!(code, Some(3), "{args:?}");
        let message =
            "staging is behind an access wall, which sends every path to `login.example:8443`";
        let error = &whole["endpoints"][0]["probes"][0]["error"];
        assert_eq!(error["message"], message);
    }
    let followed = Server::always(200);
    let to = format!("{}/login", followed.url());
    let endpoints: String = (1..=9)
        .map(|number| format!("- {{ path: /{number}, expect: 404, follow_redirects: true }}\n"))
        .collect();
    let pair = Pair::new(move |_| Reply::redirect(302, &to), &endpoints);
    let (_, code) = pair.merged_like_whole(&["-e", "staging"]);
    assert_eq!(code, Some(3));
}

/// Each shard may well see one host only.
#[test]
fn a_host_for_each_path_is_no_wall() {
    let hosts = |request: &Request| {
        Reply::redirect(302, &format!("https://h{}.example/", &request.path()[1..]))
    };
    let (whole, code) = Pair::new(hosts, &twelve("")).merged_like_whole(&[]);
    assert_eq!((&whole["summary"]["error"], code), (&json!(0), Some(1)));
}

#[test]
fn what_was_lost_speaks_neither_for_a_wall_nor_against() {
    let refuse = |request: &Request| match request.path() {
        "/5" => Reply::raw("no HTTP\r\n\r\n"),
        _ => Reply::status(401),
    };
    let pair = Pair::new(refuse, &twelve(": 200"));
    let (whole, code) = pair.merged_like_whole(&["--retries", "0"]);
    assert_eq!((&whole["summary"]["error"], code), (&json!(12), Some(3)));
}

/// What a list excuses in a shard may be a wall's answer in the whole, and what a shard finds stale unproven.
#[test]
fn lists_count_for_walls_as_they_do_in_the_whole() {
    let entry = |path: u8, status: u16| {
        format!("- {{ endpoint: /{path}, environment: staging, status: {status}, reason: r }}\n")
    };
    let some = [1, 2].map(|path| entry(path, 401)).concat() + &entry(3, 403);
    let all = (1..=12).map(|path| entry(path, 401)).collect::<String>();
    for (known, said) in [(some, ("error", Some(3))), (all, ("accepted", Some(0)))] {
        let mut pair = Pair::new(|_| Reply::status(401), &twelve(": 200"));
        pair.known = known.leak();
        let (whole, code) = pair.merged_like_whole(&[]);
        assert_eq!(code, said.1);
        assert_eq!(whole["endpoints"][0]["probes"][0]["verdict"], said.0);
        assert_eq!(whole["accept"]["stale"], json!([]));
    }
}

#[test]
fn the_only_shard_is_the_whole() {
    let pair = Pair::new(|_| Reply::status(401), &twelve(": 200"));
    let (shard, code) = pair.check(&["--shard", "1/1"]);
    assert_eq!((&shard["summary"]["error"], code), (&json!(12), Some(3)));
    assert_eq!(merge(&[shard], &[]).code, Some(3));
}
