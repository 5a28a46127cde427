//! Whatever a suite looks like and whatever is answered: what is recorded passes a check, is the same the next time,
//! and keeps all of the suite but what it expects.

use std::path::Path;
use std::sync::Arc;

use statusdiff::diagnostic::Source;
use statusdiff::suite::{self, Overrides};

use crate::fixtures::{arguments, suites};
use crate::support::{Finished, Reply, Server, statusdiff};

/// An answer that depends on nothing but the path.
fn server() -> Server {
    Server::start(|request| {
        let number: usize = request.path().bytes().map(usize::from).sum();
        match number % 9 {
            0 => Reply::status(404),
            1 => Reply::redirect(301, "/new?a=1,2#x"),
            2 => Reply::redirect(302, "https://login.example.com/[x]"),
            3 => Reply::status(500),
            4 => Reply::redirect(307, "/a*b"),
            5 => Reply::close(),
            6 => Reply::status(204),
            _ => Reply::status(200),
        }
    })
}

const PATHS: [&str; 4] = ["/a", "HEAD /b", "/c?d=e,f", "/ä"];

const EXPECTED: [&str; 8] = [
    "200",
    "[2xx, 404] # why",
    "\"301 -> /new*\"  # 'quoted'",
    "{ a: 200, default: 404 }",
    "{b: 2xx, default: any}",
    "\n      - 200\n      - not 404",
    "\n      default: 404 # here\n      b: 200",
    "'not 5xx'",
];

/// A suite that nobody would write, with every form there is.
fn generated(seed: u64, url: &str) -> String {
    let mut random = fastrand::Rng::with_seed(seed);
    let defaults = [
        "",
        "defaults: { expect: 2xx }\n",
        "defaults:\n  expect: { a: 200, b: 201 }\n",
        "defaults: { follow_redirects: 1 }\n",
    ];
    let defaults = defaults[random.usize(..defaults.len())];
    let mut text = format!(
        "name: s # n\nenvironments:\n  a: {url}/shop\n  b: {url}\n{defaults}endpoints: # e\n"
    );
    for number in 0..12 {
        if random.bool() {
            text += ["  # a comment\n", "\n", "    # further in\n"][random.usize(..3)];
        }
        let path = PATHS[random.usize(..PATHS.len())].replacen('/', &format!("/{number}"), 1);
        let (method, bare) = path.split_once(' ').unwrap_or(("GET", &path));
        let mut expected = EXPECTED[random.usize(..EXPECTED.len())];
        // A redirect that is followed is never seen.
        if defaults.contains("follow") && expected.contains("->") {
            expected = "200";
        }
        let flow = if expected.contains(['\n', '#']) {
            "200"
        } else {
            expected
        };
        text += &match random.usize(..7) {
            0 => format!("  - \"{path}\"  # {number}\n"),
            1 => format!("  - \"{path}\": {expected}\n"),
            2 => format!(
                "  - {{ path: \"{bare}\", method: {method}, name: \"n {number}\" }} # {number}\n"
            ),
            3 => format!(
                "  - {{ path: \"{bare}\", expect: {flow}, method: {method}, tags: [t{number}, \"#\"] }}\n"
            ),
            4 => format!(
                "  -   path: \"{bare}\" # {number}\n      method: {method}\n      expect: {}\n      tags:\n      - t\n",
                expected.replace('\n', "\n    ")
            ),
            5 => format!(
                "  - path: \"{bare}\"\n    method: {method}\n    # inside\n    name: 'it''s {number}' # x\n"
            ),
            _ => format!(
                "  - name: n{number}\n    method: {method}\n    path: \"{bare}\"\n    body: >\n        folded\n        text\n\n"
            ),
        };
    }
    if random.bool() {
        text.replace('\n', "\r\n")
    } else {
        text
    }
}

/// Every comment of a text and every endpoint's method, path, name and tags, in their order.
fn kept(text: &str) -> Vec<String> {
    let comment = |line: &str| {
        let at = line.find("# ")?;
        (!line[..at].contains('"') || line.contains("\" #"))
            .then(|| line[at..].trim_end().to_owned())
    };
    text.lines().filter_map(comment).collect()
}

/// Whether all of `parts` are in `whole`, in their order.
fn are_in(parts: &[String], whole: &[String]) -> bool {
    let mut whole = whole.iter();
    parts
        .iter()
        .all(|part| whole.any(|line| line.ends_with(part.as_str())))
}

fn record(text: &str) -> Finished {
    let run = statusdiff().file("suite.yaml", text);
    run.args(["record", "suite.yaml", "--from", "a", "--retries", "0"])
        .run()
}

#[test]
fn whatever_a_suite_looks_like_its_recording_passes_and_stays() {
    let server = server();
    let mut written = 0;
    for seed in 0..24 {
        let text = generated(seed, &server.url());
        let first = record(&text);
        assert!(
            matches!(first.code, Some(0 | 3)),
            "seed {seed}\n{text}\n{first}"
        );
        written += usize::from(!first.stdout.is_empty());
        assert_eq!(record(&text).stdout, first.stdout, "seed {seed}");
        let check = statusdiff()
            .check(&first.stdout)
            .args(["-e", "a", "--retries", "0"]);
        let report = check.report();
        assert_eq!(
            report.code,
            Some(0),
            "seed {seed}\n{}\n{report}",
            first.stdout
        );
        let again = record(&first.stdout).exits(0);
        assert_eq!(again.stdout, first.stdout, "seed {seed}");
        assert!(
            are_in(&kept(&text), &kept(&first.stdout)),
            "seed {seed}\n{text}\n{}",
            first.stdout
        );

        let before = statusdiff()
            .check(&text)
            .args(["-e", "a", "--retries", "0"])
            .report();
        let names = |report: &serde_json::Value| {
            let endpoints = report["endpoints"].as_array().unwrap();
            let name = |it: &serde_json::Value| {
                format!(
                    "{} {} {} {}",
                    it["method"], it["path"], it["name"], it["tags"]
                )
            };
            endpoints.iter().map(name).collect::<Vec<_>>()
        };
        let (before, after) = (names(&before.json), names(&report.json));
        assert!(
            are_in(&after, &before),
            "seed {seed}\n{text}\n{}",
            first.stdout
        );
        let commented = first.stderr.contains("commented out");
        assert_eq!(
            before.len() > after.len(),
            commented,
            "seed {seed}\n{first}"
        );
    }
    assert_eq!(written, 24);
}

/// What makes a suite of the fixtures ask a server of the test.
struct Moved {
    from: String,
    url: Option<String>,
    flags: Vec<String>,
    variables: Vec<(String, String)>,
}

/// Its first environment moved there, or the one that the command line defines.
fn moved(text: &str, server: &Server) -> Moved {
    let (variables, mut flags) = arguments(text);
    let (suite, _) = suite::read(Arc::new(Source::new("s.yaml", text)), &Overrides::default());
    let environments = suite.map(|suite| suite.environments).unwrap_or_default();
    let mut from = environments.first().map(|it| it.name.clone());
    let url = from.as_ref().map(|name| format!("{name}={}", server.url()));
    flags.retain(|flag| flag != "--reference" && flag != "clone");
    if from.is_none() {
        for flag in &mut flags {
            if let Some((name, _)) = flag.clone().split_once('=') {
                *flag = format!("{name}={}", server.url());
                from = Some(name.to_owned());
            }
        }
    }
    let from = from.unwrap();
    Moved {
        from,
        url,
        flags,
        variables,
    }
}

/// Every valid suite of the fixtures, its first environment moved to a server of the test.
#[test]
fn every_valid_suite_is_recorded_or_refused_by_name() {
    let server = server();
    let (mut recorded, mut refused) = (0, 0);
    for path in suites("valid") {
        let text = std::fs::read_to_string(&path).unwrap();
        let Moved {
            from,
            url,
            flags,
            variables,
        } = moved(&text, &server);
        let name = path.display().to_string();
        let run = |command: &str, file: &str| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let run = statusdiff()
                .at(root)
                .args([command, file, "--retries", "0"]);
            let run = run.args(flags.iter().map(String::as_str));
            let run = run.args(url.iter().flat_map(|url| ["--base-url", url]));
            variables
                .iter()
                .fold(run, |run, (name, value)| run.env(name, value))
        };
        let first = run("record", &name).args(["--from", &from]).run();
        if first.code == Some(2) {
            assert!(
                ["anchors", "merges", "each", "include"]
                    .iter()
                    .any(|it| name.contains(it)),
                "{name}: {first}"
            );
            refused += 1;
            continue;
        }
        assert!(matches!(first.code, Some(0 | 3)), "{name}: {first}");
        if first.stdout.is_empty() {
            assert!(
                first.stderr.contains("nothing is written"),
                "{name}: {first}"
            );
            continue;
        }
        recorded += 1;
        assert_eq!(
            run("record", &name).args(["--from", &from]).run().stdout,
            first.stdout,
            "{name}"
        );
        let folder = path.parent().unwrap();
        let mut file = tempfile::NamedTempFile::new_in(folder).unwrap();
        std::io::Write::write_all(&mut file, first.stdout.as_bytes()).unwrap();
        let check = run("check", file.path().to_str().unwrap())
            .args(["-e", &from])
            .run();
        assert_eq!(check.code, Some(0), "{name}: {}\n{check}", first.stdout);
    }
    assert!(
        refused == 4 && recorded > 15,
        "{recorded} recorded, {refused} refused"
    );
}
