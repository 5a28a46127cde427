//! Mismatches that are known: a list excuses them, tells what is left of it, and is brought up to date.

use serde_json::{Value, json};

use crate::support::{Invocation, Reply, Server, nobody, statusdiff, suite};

const ENDPOINTS: &str = "- /a: 200\n- /b: 200\n- /c: 200";

/// Answers 404 to `/b` and 403 to `/c`.
fn faulty() -> Server {
    Server::start(|request| match request.target.as_str() {
        "/b" => Reply::status(404),
        "/c" => Reply::status(403),
        _ => Reply::status(200),
    })
}

fn list(entries: &[&str]) -> String {
    entries
        .iter()
        .map(|entry| format!("- {{ {entry} }}\n"))
        .collect()
}

const B: &str = "endpoint: GET /b, environment: a, status: 404, reason: no data yet";
const C: &str = "endpoint: GET /c, environment: a, status: 403, reason: 'rules differ, SHOP-12', until: 9999-12-31";

fn check(suite: &str, known: &str) -> Invocation {
    let run = statusdiff().check(suite).file("known.yaml", known);
    run.args(["--accept-file", "known.yaml"])
}

/// The lines of the entries in `accept.stale` or `accept.expired`.
fn lines(report: &Value, what: &str) -> Vec<u64> {
    let entries = report["accept"][what].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["line"].as_u64().unwrap())
        .collect()
}

#[test]
fn a_run_passes_where_all_mismatches_are_listed() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    let report = check(&text, &list(&[B, C])).report().exits(0);
    assert_eq!(report.says("/b", "a"), "accepted 404 status");
    let probe = report.probe("/c", "a");
    let excuse = json!({ "reason": "rules differ, SHOP-12", "until": "9999-12-31" });
    assert_eq!(probe["accepted"], excuse);
    assert_eq!(report.probe("/a", "a")["accepted"], Value::Null);
    let counts = &report.json["summary"];
    assert_eq!(
        (&counts["accepted"], &counts["mismatch"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(report.json["environments"][0]["accepted"], 2);
    let none = json!({ "file": "known.yaml", "stale": [], "expired": [] });
    assert_eq!(report.json["accept"], none);

    let report = check(&text, &list(&[B])).report().exits(1);
    assert_eq!(report.says("/c", "a"), "mismatch 403 status");
    let report = statusdiff().check(&text).report().exits(1);
    assert_eq!(report.json["accept"], Value::Null);
}

#[test]
fn only_the_answer_that_is_listed_is_excused() {
    let server = Server::start(|request| match request.target.as_str() {
        "/status" => Reply::status(404),
        "/target" => Reply::redirect(301, "/elsewhere?state=1"),
        _ => Reply::status(200),
    });
    let endpoints = "- /status: 200\n- /target: 301 -> /home";
    let text = suite(&[("a", &server.url())], endpoints);
    let verdicts = |entry: &str| {
        let entry = format!("{entry}, environment: a, reason: r");
        let report = check(&text, &list(&[&entry])).report().exits(1);
        ["/status", "/target"]
            .map(|path| report.probe(path, "a")["verdict"].as_str().unwrap() == "accepted")
    };
    for (entry, accepted) in [
        ("endpoint: GET /status, status: 404", [true, false]),
        ("endpoint: /status, status: 404", [true, false]),
        ("endpoint: GET /status, status: 403", [false, false]),
        ("endpoint: POST /status, status: 404", [false, false]),
        (
            "endpoint: GET /status, status: 404, location: /x",
            [false, false],
        ),
        (
            "endpoint: GET /target, status: 301, location: /elsewhere?state=1",
            [false, true],
        ),
        (
            "endpoint: GET /target, status: 301, location: /elsewhere?*",
            [false, true],
        ),
        (
            "endpoint: GET /target, status: 301, location: /home",
            [false, false],
        ),
        (
            "endpoint: GET /target, status: 302, location: /elsewhere?*",
            [false, false],
        ),
        // It is the target that is wrong: any other would be excused too.
        ("endpoint: GET /target, status: 301", [false, false]),
    ] {
        assert_eq!(verdicts(entry), accepted, "{entry}");
    }
}

#[test]
fn an_entry_that_lacks_the_target_is_told_so() {
    let server = Server::start(|_| Reply::redirect(301, "/elsewhere"));
    let text = suite(&[("a", &server.url())], "- /: 301 -> /home");
    let entry = "endpoint: GET /, environment: a, status: 301, reason: r";
    let finished = check(&text, &list(&[entry])).run().exits(1);
    finished.prints(&["known.yaml:1: not accepted without a `location`"]);
}

#[test]
fn a_redirect_into_another_environment_is_accepted_by_its_target() {
    let home = Server::always(200);
    let url = home.url();
    let clone = Server::start(move |_| Reply::redirect(302, &format!("{url}/in")));
    let text = suite(
        &[("home", &home.url()), ("clone", &clone.url())],
        "- /: any",
    );
    let place = format!("{}/in", home.url());
    let entry = format!(
        "endpoint: GET /, environment: clone, status: 302, location: \"{place}\", reason: r"
    );
    let report = check(&text, &list(&[&entry])).report().exits(0);
    assert_eq!(
        report.says("/", "clone"),
        "accepted 302 crosses_environment"
    );
    let other = entry.replace("/in", "/out");
    check(&text, &list(&[&other])).report().exits(1);
}

#[test]
fn an_error_is_never_accepted_and_makes_no_entry_stale() {
    let nobody = nobody();
    let text = suite(&[("a", &nobody)], "- /b: 200");
    let report = check(&text, &list(&[B])).report().exits(3);
    assert_eq!(report.says("/b", "a"), "error connect_refused");
    assert_eq!(lines(&report.json, "stale"), [0; 0]);
}

#[test]
fn an_expired_entry_excuses_nothing_and_is_reported() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    let old = format!("{B}, until: 2000-01-01");
    let gone = "endpoint: GET /a, environment: a, status: 404, reason: r, until: 2000-01-01";
    let known = list(&[&old, C, gone]);
    let report = check(&text, &known).report().exits(1);
    assert_eq!(report.says("/b", "a"), "mismatch 404 status");
    assert_eq!(lines(&report.json, "expired"), [1]);
    assert_eq!(lines(&report.json, "stale"), [3]);
    let table = check(&text, &known).run().exits(1);
    table.prints(&[
        "known.yaml:1: accepted, but expired on 2000-01-01: GET /b on a, 404",
        "known.yaml:3: accepted, but no longer so, and may be removed: GET /a on a, 404",
        "1 mismatched, 0 errors, 1 accepted",
    ]);
    let github = check(&text, &known).args(["-f", "github"]).run().exits(1);
    let notice =
        "::notice title=accepted mismatches::known.yaml:1: accepted, but expired on 2000-01-01";
    github.prints(&[notice]);
}

#[test]
fn only_what_the_run_asked_can_be_stale() {
    let server = Server::always(200);
    let text = suite(
        &[("a", &server.url()), ("b", &format!("{}/b", server.url()))],
        "- { path: /b, expect: 200, tags: [t] }\n- /c: 200\n- { path: /d, expect: 200, environments: [a] }",
    );
    let entry = |path: &str, environment: &str| {
        format!("endpoint: {path}, environment: {environment}, status: 404, reason: r")
    };
    let entries = [
        entry("/b", "a"),
        entry("/c", "b"),
        entry("/d", "b"),
        entry("/gone", "a"),
        entry("/b", "gone"),
    ];
    let known = list(&entries.each_ref().map(String::as_str));
    for (arguments, stale) in [
        (&[][..], &[1, 2, 3, 4, 5][..]),
        (&["-e", "a"], &[1, 4]),
        (&["--only", "/b"], &[1, 5]),
        (&["--tag", "t", "-e", "b"], &[]),
        (&["--only", "/c"], &[2]),
    ] {
        let run = check(&text, &known).args(arguments.iter().copied());
        let report = run.report().exits(0);
        assert_eq!(lines(&report.json, "stale"), stale, "{arguments:?}");
    }
}

/// Nor is it dropped: it may be all that another run goes by.
#[test]
fn what_the_run_did_not_ask_stays_in_the_list() {
    let server = Server::always(200);
    let (url, paths) = (server.url(), "/b\n");
    let text = format!(
        "environments: {{ a: {{ base_url: '{url}', services: {{ api: '{url}/api' }} }} }}\nendpoints:\n- /b: 200\n- {{ path: /c, service: api, expect: 200 }}\n"
    );
    let known = list(&[
        "endpoint: /b, environment: a, status: 404, reason: r",
        "endpoint: /c, environment: a, status: 404, reason: r",
        "endpoint: /b, environment: clone, status: 404, reason: r",
    ]);
    let (a, b) = (format!("a={url}"), format!("b={url}/b"));
    let lists = ["--base-url", &*a, "--base-url", &b];
    for (arguments, kept) in [
        (&["check", "suite.yaml"][..], &[2][..]),
        (&["check", "suite.yaml", "--service", "api"], &[0, 2]),
        (&["check", "suite.yaml", "--service", "default"], &[1, 2]),
        (
            &[&["check", "--paths", "list.txt"][..], &lists].concat(),
            &[1, 2],
        ),
        (&["compare", &a, &b, "--path", "/b"], &[1, 2]),
    ] {
        let run = statusdiff()
            .file("suite.yaml", &text)
            .file("list.txt", paths);
        let run = run
            .file("known.yaml", &known)
            .args(arguments.iter().copied());
        let run = run.args(["--accept-file", "known.yaml", "--update-accept-file"]);
        let finished = run.run().exits(0);
        let after = std::fs::read_to_string(finished.folder.path().join("known.yaml")).unwrap();
        let lines: Vec<_> = known.split_inclusive('\n').collect();
        let expected: String = kept.iter().map(|&index| lines[index]).collect();
        assert_eq!(after, expected, "{arguments:?}");
    }
    let run = check(&text, &known).run().exits(0);
    run.prints(&["known.yaml:3: this run has no environment `clone`: GET /b on clone, 404"]);
}

/// One list for all suites: a run of one of them leaves the entries of the others alone, and tells them.
#[test]
fn entries_of_other_suites_stay_in_the_list() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], "- /b: 200\n");
    let other = suite(&[("a", &server.url())], "- /c: 200\n");
    let known = list(&[
        B,
        C,
        "endpoint: /gone, environment: a, status: 404, reason: r",
    ]);
    let run = |suites: &[&str]| {
        let run = statusdiff()
            .file("suite.yaml", &text)
            .file("other.yaml", &other);
        let run = run.file("known.yaml", &known).args(["check"]);
        let run = run.args(suites.iter().copied());
        let finished = run
            .args(["--accept-file", "known.yaml", "--update-accept-file"])
            .run();
        let after = std::fs::read_to_string(finished.folder.path().join("known.yaml"));
        assert_eq!(after.unwrap(), known, "{suites:?}");
        finished.exits(0)
    };
    let one = run(&["suite.yaml"]).prints(&[
        "known.yaml:2: the suite has no such endpoint: GET /c on a, 403",
        "known.yaml:3: the suite has no such endpoint: GET /gone on a, 404",
    ]);
    assert!(one.stderr.contains("0 added, 0 removed"), "{one}");
    let both = run(&["suite.yaml", "other.yaml"]);
    let both = both.prints(&["known.yaml:3: no suite of this run has such an endpoint: GET /gone"]);
    assert!(!both.stdout.contains("known.yaml:2"), "{both}");
}

/// Wherever the services are in the next run.
#[test]
fn a_redirect_to_a_service_is_accepted_by_its_name() {
    let text = "environments:
  a:
    mock: { /in: 302 -> http://HOST/start }
    services:
      api: { mock: { /x: 301 -> /y } }
      login: { mock: {} }
endpoints:
  - /in: 200
  - { path: /x, service: api, expect: 200 }
";
    let login = Server::always(200);
    let text = text.replace("http://HOST", &login.url());
    let text = text.replace("{ mock: {} }", &login.url());
    let run = statusdiff().check(&text);
    let run = run.args(["--accept-file", "new.yaml", "--update-accept-file"]);
    let finished = run.run().exits(0);
    let written = std::fs::read_to_string(finished.folder.path().join("new.yaml")).unwrap();
    let found: Vec<_> = written
        .lines()
        .filter_map(|line| line.strip_prefix("  location: "))
        .collect();
    assert_eq!(found, ["\"login:/start\"", "/y"], "{written}");
    // The URL in full is the same place.
    let known = written.replace("login:/", &format!("{}/", login.url()));
    check(&text, &known).report().exits(0);
}

/// Which of several wrong answers stands for all is chance, and the list goes by none of it.
#[test]
fn every_wrong_answer_of_several_samples_is_listed() {
    let text = suite(
        &[
            ("a", "{ mock: { /b: [404, 403, 403], /d: [404, 200] } }"),
            ("b", "{ mock: { /b: 200, /d: 200 } }"),
        ],
        "- /b\n- /d",
    );
    let run = statusdiff().check(&text);
    let run = run.args(["--accept-file", "new.yaml", "--update-accept-file"]);
    let finished = run
        .args(["--sample", "2", "--reference", "b"])
        .run()
        .exits(0);
    let written = std::fs::read_to_string(finished.folder.path().join("new.yaml")).unwrap();
    for (status, count) in [(403, 1), (404, 1), (200, 0)] {
        let line = format!("  status: {status}\n");
        assert_eq!(written.matches(&line).count(), count, "{written}");
    }
    let run = |known: &str, arguments: &[&str]| {
        let run = check(&text, known).args(["--sample", "4", "--reference", "b"]);
        run.args(arguments.iter().copied())
    };
    let report = run(&written, &[]).report().exits(0);
    assert_eq!(lines(&report.json, "stale"), [0; 0]);
    assert_eq!(report.says("/b", "a"), "accepted 403 same");
    // One alone is not enough, and still occurs.
    let one = list(&["endpoint: /b, environment: a, status: 403, reason: r"]);
    let report = run(&one, &[]).report().exits(1);
    assert_eq!(lines(&report.json, "stale"), [0; 0]);
    let finished = run(&one, &["--update-accept-file"]).run().exits(0);
    let after = std::fs::read_to_string(finished.folder.path().join("known.yaml")).unwrap();
    assert!(after.starts_with(&one), "{after}");
    assert_eq!(after.matches("status: ").count(), 2, "{after}");
}

#[test]
fn endpoints_of_one_path_are_told_apart_by_their_services() {
    let text = "environments:
  a: { mock: { /b: 404 }, services: { api: { mock: { /b: 403 } } } }
endpoints:
  - /b: 200
  - { path: /b, service: api, expect: 200 }
";
    let run = statusdiff().check(text);
    let run = run.args(["--accept-file", "new.yaml", "--update-accept-file"]);
    let finished = run.run().exits(0);
    let written = std::fs::read_to_string(finished.folder.path().join("new.yaml")).unwrap();
    let services = written.lines().filter(|line| line.contains("service: "));
    let services: Vec<_> = services.map(str::trim).collect();
    assert_eq!(services, ["service: default", "service: api"], "{written}");
    check(text, &written).report().exits(0);
    let one = list(&["endpoint: /b, service: api, environment: a, status: 404, reason: r"]);
    let report = check(text, &one).report().exits(1);
    assert_eq!(lines(&report.json, "stale"), [1]);
    assert_eq!(report.json["accept"]["stale"][0]["service"], "api");
    let table = check(text, &one).run().exits(1);
    table.prints(&["GET api:/b on a, 404"]);
    check(text, &list(&[B]))
        .run()
        .exits(2)
        .complains(&["2 endpoints `GET /b`", "`service` in the entry"]);
}

#[test]
fn a_list_with_mistakes_is_refused_whole() {
    let server = Server::always(200);
    let text = suite(
        &[("a", &server.url())],
        "- /b: 200\n- { path: /c, expect: 200 }\n- { path: /c, expect: 200, headers: { X: y } }",
    );
    let bad = list(&[
        B,
        B,
        "endpoint: GET /b, environment: a, status: 40x, reason: r, until: tomorrow",
        "endpoint: GET /b, environment: a, status: 400, raeson: r",
    ]);
    let finished = check(&text, &bad).run().exits(2);
    finished.complains(&[
        "known.yaml:2:3",
        "accepted twice",
        "first in line 1",
        "`40x` is no status",
        "`tomorrow` is no date",
        "unknown key `raeson`",
        "`reason`",
    ]);
    let finished = check(&text, &list(&[C])).run().exits(2);
    finished.complains(&["known.yaml:1:3", "2 endpoints `GET /c`", "`name`"]);
    let finished = statusdiff()
        .check(&text)
        .args(["--accept-file", "none.yaml"])
        .run();
    finished
        .exits(2)
        .complains(&["no file `none.yaml`", "--update-accept-file"]);
    let finished = check(&text, &list(&[B]))
        .args(["--report", "json=known.yaml"])
        .run();
    finished
        .exits(2)
        .complains(&["would overwrite `known.yaml`"]);
    assert_eq!(server.asked(), [""; 0], "nothing may be sent");
}

#[test]
fn the_list_is_brought_up_to_date() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    let known = format!(
        "# ours\n\n# wait for the data\n- {{ {B} }}   # soon\n\n# mended\n- {{ endpoint: /a, environment: a, status: 500, reason: r }}\n"
    );
    let finished = check(&text, &known)
        .args(["--update-accept-file"])
        .run()
        .exits(0);
    assert!(
        finished.stderr.contains("`known.yaml`: 1 added, 1 removed"),
        "{finished}"
    );
    let path = finished.folder.path().join("known.yaml");
    let updated = std::fs::read_to_string(&path).unwrap();
    let expected = format!(
        "# ours\n\n# wait for the data\n- {{ {B} }}   # soon\n- endpoint: GET /c\n  environment: a\n  status: 403\n  reason: TODO\n"
    );
    assert_eq!(updated, expected);
    let again = |arguments: &[&str]| {
        let run = statusdiff().at(finished.folder.path());
        let run = run.args(["check", "suite.yaml", "--accept-file", "known.yaml"]);
        run.args(arguments.iter().copied()).run()
    };
    again(&[]).exits(0).prints(&[
        "reason but `TODO`: 1 probe",
        "0 mismatched, 0 errors, 2 accepted",
    ]);
    again(&["--update-accept-file"]).exits(0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn a_first_list_is_written() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    let run = statusdiff()
        .check(&text)
        .args(["--accept-file", "new.yaml", "--update-accept-file"]);
    let finished = run.args(["--format", "jsonl"]).run().exits(0);
    let written = std::fs::read_to_string(finished.folder.path().join("new.yaml")).unwrap();
    assert!(
        written.starts_with("# ") && written.matches("reason: TODO").count() == 2,
        "{written}"
    );
    // What was streamed while the run went on says the same.
    assert_eq!(
        finished.stdout.matches(r#""verdict":"accepted""#).count(),
        2,
        "{finished}"
    );
    let folder = finished.folder.path();
    let names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().ends_with(".tmp")),
        "{names:?}"
    );
}

#[test]
fn what_expired_is_not_renewed_and_what_is_ambiguous_is_not_added() {
    let server = faulty();
    let endpoints = "- /b: 200\n- /c: 200\n- { path: /c, expect: 200, headers: { X: y } }";
    let text = suite(&[("a", &server.url())], endpoints);
    let known = list(&[&format!("{B}, until: 2000-01-01")]);
    let finished = check(&text, &known)
        .args(["--update-accept-file"])
        .run()
        .exits(1);
    assert!(
        finished.stderr.contains("not accepted: GET /c on a, 403"),
        "{finished}"
    );
    let after = std::fs::read_to_string(finished.folder.path().join("known.yaml")).unwrap();
    assert_eq!(after, known);
    finished.prints(&["3 mismatched", "expired on 2000-01-01"]);
}

#[test]
fn a_run_that_was_cut_short_drops_nothing() {
    let server = Server::start(|request| match request.target.as_str() {
        "/slow" => Reply::stall(),
        _ => Reply::status(200),
    });
    let text = suite(&[("a", &server.url())], "- /b: 200\n- /slow: 200");
    let known = list(&[B]);
    let run = check(&text, &known).args([
        "--update-accept-file",
        "--deadline",
        "300ms",
        "--retries",
        "0",
    ]);
    let finished = run.run().exits(3);
    let after = std::fs::read_to_string(finished.folder.path().join("known.yaml")).unwrap();
    assert_eq!(after, known);
}

#[test]
fn every_format_tells_what_is_accepted() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    for (format, parts) in [
        (
            "table",
            &["1 matched, 0 mismatched, 0 errors, 2 accepted"][..],
        ),
        (
            "jsonl",
            &[r#""verdict":"accepted""#, r#""reason":"no data yet""#],
        ),
        (
            "junit",
            &[
                r#"skipped="2""#,
                "accepted until 9999-12-31: rules differ, SHOP-12",
            ],
        ),
        ("tap", &["not ok 2 - a GET /b # TODO accepted: no data yet"]),
        ("markdown", &["| accepted |", "2 accepted"]),
        ("github", &["::notice ", "accepted: no data yet"]),
        (
            "sarif",
            &[r#""kind": "external""#, r#""justification": "no data yet""#],
        ),
        ("html", &["2 accepted", r#"value="accepted""#]),
        ("gitlab", &["[]"]),
    ] {
        let run = check(&text, &list(&[B, C])).args(["--format", format]);
        run.run().exits(0).prints(parts);
    }
    let table = check(&text, &list(&[B, C])).args(["--all"]).run().exits(0);
    table.prints(&["~ 404, expected 200; accepted: no data yet"]);
}

#[test]
fn shards_are_merged_with_what_is_accepted() {
    let server = faulty();
    let text = suite(&[("a", &server.url())], ENDPOINTS);
    let gone = "endpoint: GET /a, environment: a, status: 404, reason: r";
    let old = format!("{C}, ").replace("9999-12-31, ", "2000-01-01");
    let known = list(&[gone, B, &old]);
    let whole = check(&text, &known).report().exits(1);
    let mut merge = statusdiff().args(["merge"]);
    for index in ["1", "2"] {
        let shard = format!("{index}/2");
        let finished = check(&text, &known)
            .args(["--shard", &shard, "-f", "json"])
            .run();
        let name = format!("{index}.json");
        merge = merge.file(&name, &finished.stdout).args([name.as_str()]);
    }
    let merged = merge.report().exits(1);
    assert_eq!(merged.json["accept"], whole.json["accept"]);
    assert_eq!(lines(&merged.json, "stale"), [1]);
    assert_eq!(lines(&merged.json, "expired"), [3]);
    for path in ["/a", "/b", "/c"] {
        assert_eq!(merged.says(path, "a"), whole.says(path, "a"));
    }
    assert_eq!(merged.json["summary"]["accepted"], 1);
}

/// What a shard alone takes for mismatches may be a wall's answers: nobody is to accept those unseen.
#[test]
fn a_shard_updates_no_list() {
    let server = Server::always(401);
    let text = suite(&[("a", &server.url())], "- /a: 200\n- /b: 200\n");
    let arguments = ["--accept-file", "known.yaml", "--update-accept-file"];
    let run = |shard| {
        let run = statusdiff().check(&text).args(["--shard", shard]);
        run.args(arguments).run()
    };
    let refused = run("1/3").exits(2);
    let refused =
        refused.complains(&["`--update-accept-file`", "`--shard 1/3`", "the whole suite"]);
    assert!(!refused.folder.path().join("known.yaml").exists());
    assert_eq!(server.asked(), [""; 0]);
    // The only one is all there is.
    run("1/1").exits(0);
}

/// The help names nothing that would be refused as well.
#[test]
fn what_tells_endpoints_apart_is_what_the_help_says() {
    let ambiguous = |endpoints: &[&str]| {
        let rows: String = endpoints
            .iter()
            .map(|row| format!("- {{ path: /b, expect: 200, {row} }}\n"))
            .collect();
        let text = format!(
            "environments: {{ a: {{ mock: {{}}, services: {{ api: {{ mock: {{}} }} }} }} }}\nendpoints:\n{rows}"
        );
        check(&text, &list(&[B])).run().exits(2).stderr
    };
    let (service, names) = ("`service` in the entry tells", "give each of them a `name`");
    // Nothing but its name tells the named one from the other.
    for rows in [
        &["headers: { X: y }", "name: one"][..],
        &["headers: { X: y }, service: api", "name: one, service: api"],
    ] {
        let told = ambiguous(rows);
        assert!(told.contains(names) && !told.contains(service), "{told}");
    }
    let told = ambiguous(&["tags: [t]", "service: api"]);
    assert!(
        told.contains("`service` in the entry tells them apart"),
        "{told}"
    );
    let told = ambiguous(&["tags: [t]", "name: one", "service: api"]);
    assert!(told.contains("tells some of them apart"), "{told}");
}
