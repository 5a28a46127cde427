//! Flags, reports and other commands, with several suites.

use std::fs;

use super::{asked, check, places};
use crate::support::{Report, Server, statusdiff, suite};

fn two(server: &Server) -> [String; 2] {
    let url = server.url();
    let at = |name: &str| format!("{url}/{name}");
    let tagged = |path: &str| format!("- {{ path: {path}, tags: [smoke], expect: 200 }}\n");
    [
        suite(
            &[("x", &at("x")), ("y", &at("y"))],
            &format!("- /a/1: 200\n{}", tagged("/a/2")),
        ),
        suite(
            &[("y", &at("y")), ("z", &at("z"))],
            &format!("{}- /b/2: 200\n", tagged("/b/1")),
        ),
    ]
}

/// What is selected is selected in all suites; only what none of them has is a mistake, told once.
#[test]
fn a_selection_is_made_among_all() {
    for (flags, expected) in [
        (&["-e", "x"][..], &["GET /x/a/1", "GET /x/a/2"][..]),
        (&["-e", "z"], &["GET /z/b/1", "GET /z/b/2"]),
        (
            &["--tag", "smoke"],
            &["GET /x/a/2", "GET /y/a/2", "GET /y/b/1", "GET /z/b/1"],
        ),
        (
            &["--only", "/b/*", "-e", "y"],
            &["GET /y/b/1", "GET /y/b/2"],
        ),
        (
            &["--base-url", "z=URL/moved", "--only", "/b/1", "-e", "z"],
            &["GET /moved/b/1"],
        ),
        (
            &["--add-env", "w=URL/w", "-e", "w"],
            &["GET /w/a/1", "GET /w/a/2", "GET /w/b/1", "GET /w/b/2"],
        ),
    ] {
        let server = Server::always(200);
        let [a, b] = two(&server);
        let flags: Vec<String> = flags
            .iter()
            .map(|it| it.replace("URL", &server.url()))
            .collect();
        let run = check(&[&a, &b]).args(flags.iter().map(String::as_str));
        run.run().exits(0);
        assert_eq!(asked(&server), expected, "{flags:?}");
    }
    let [a, b] = two(&Server::always(200));
    for (flags, words) in [
        (&["-e", "w"][..], "`--env w`: there is no environment `w`"),
        (
            &["--base-url", "w=http://w.test"],
            "there is no environment `w`",
        ),
        (&["--base-url", "x=nowhere"], "`--base-url x=nowhere`"),
        (
            &["--add-env", "x=http://w.test"],
            "there is an environment `x` already",
        ),
        (
            &["--add-env", "Z=http://w.test"],
            "`Z` differs from `z` only in case",
        ),
        (
            &["--reference", "w"],
            "`--reference w`: there is no environment `w`",
        ),
        (
            &["--service", "api"],
            "`--service api`: there is no service `api`",
        ),
        (&["--tag", "none"], "no endpoint is selected"),
        (
            &["--only", "/a/*", "-e", "z"],
            "none of the selected endpoints is asked",
        ),
    ] {
        let run = check(&[&a, &b]).args(flags.iter().copied());
        let finished = run.run().exits(2).complains(&[words]);
        assert_eq!(finished.stderr.matches("error: ").count(), 1, "{finished}");
    }
    let run = check(&[&a, &b]).env("STATUSDIFF_BASE_URL_Z", "http://z.test/v");
    run.args(["--dry-run", "-e", "z"])
        .run()
        .exits(0)
        .prints(&["http://z.test/v/b/1"]);
    let run = check(&[&a, &b])
        .args(["--paths", "urls.txt"])
        .file("urls.txt", "/a\n");
    run.run().exits(2).complains(&["cannot be used with"]);
}

/// What is not selected needs no values.
#[test]
fn only_what_is_asked_is_resolved() {
    let a = "environments: { x: http://x.test }\nendpoints: [/a: 200]\n";
    let b = "name: \"b\"\nenvironments: { y: \"http://${LOST}.test\" }\nendpoints: [{ path: /b, tags: [b], expect: 200 }]\n";
    let run = |flags: &[&'static str]| {
        check(&[a, b])
            .args(["--dry-run"])
            .args(flags.iter().copied())
            .run()
    };
    run(&[])
        .exits(2)
        .complains(&["`${LOST}` has no value", "b.yaml:2:"]);
    run(&["--only", "/a"])
        .exits(0)
        .prints(&["1 endpoint, 1 environment"]);
    run(&["-e", "x"]).exits(0);
}

/// Shards of several suites make the report of the whole.
#[test]
fn shards_are_merged_into_the_whole() {
    let server = Server::echo();
    let lines = |letter: char| {
        let line = |number: u32| format!("- /status/{}?{letter}: any\n", 200 + number);
        (0..12).map(line).collect::<String>()
    };
    let a = suite(&[("x", &server.url())], &lines('a'));
    let b = suite(
        &[
            ("x", &server.url()),
            (
                "y",
                &format!("{}/status/404?y=", server.url()).replace("?y=", ""),
            ),
        ],
        &lines('b'),
    );
    let mut whole = check(&[&a, &b]).report().exits(0);
    let mut merge = statusdiff().args(["merge"]);
    for shard in ["1/3", "2/3", "3/3"] {
        let part = check(&[&a, &b]).args(["--shard", shard]).report().exits(0);
        let name = format!("{}.json", shard.replace('/', "-of-"));
        merge = merge
            .file(&name, part.json.to_string())
            .args([name.as_str()]);
    }
    let mut merged = merge.report().exits(0);
    whole.forget_times();
    merged.forget_times();
    assert_eq!(merged.json, whole.json);
    assert_eq!(places(&merged).len(), 24);
}

/// Shards of other suites do not belong together.
#[test]
fn shards_of_other_suites_are_refused() {
    let server = Server::always(200);
    let [a, b] = two(&server);
    let one = check(&[&a, &b]).args(["--shard", "1/2"]).report().exits(0);
    let other = check(&[&a]).args(["--shard", "2/2"]).report().exits(0);
    let run = statusdiff().file("1.json", one.json.to_string());
    let run = run.file("2.json", other.json.to_string());
    let run = run.args(["merge", "1.json", "2.json"]).run();
    run.exits(2)
        .complains(&["its suite is `a.yaml`, not `a.yaml, b.yaml`"]);
}

/// One list of accepted mismatches is for all of them.
#[test]
fn mismatches_are_accepted_in_all() {
    let server = Server::always(500);
    let [a, b] = two(&server);
    let run = check(&[&a, &b]).args(["--accept-file", "known.yaml", "--update-accept-file"]);
    let finished = run.run().exits(0);
    let list = fs::read_to_string(finished.folder.path().join("known.yaml")).unwrap();
    assert_eq!(list.matches("endpoint:").count(), 8, "{list}");
    let again = check(&[&a, &b]).file("known.yaml", &list);
    let report = again
        .args(["--accept-file", "known.yaml"])
        .report()
        .exits(0);
    assert_eq!(report.says("/b/1", "z"), "accepted 500 status");
    // Two suites may ask the same path in environments of their own: an entry has to say which one it means.
    let c = suite(&[("w", &server.url())], "- /a/1: 200\n");
    let run = check(&[&a, &c]).file("known.yaml", &list);
    let words = ["2 endpoints `GET /a/1`"];
    run.args(["--accept-file", "known.yaml"])
        .run()
        .exits(2)
        .complains(&words);
}

/// What is compared is sampled, in whatever suite.
#[test]
fn samples_are_taken_in_all() {
    let server = Server::always(200);
    let url = server.url();
    let environments = [("x", &*format!("{url}/x")), ("y", &*format!("{url}/y"))];
    let a = suite(&environments, "- /a\n");
    let b = suite(&environments, "- /b: 200\n- /c\n");
    check(&[&a, &b]).args(["--sample", "3"]).run().exits(0);
    assert_eq!(server.requests().len(), 6 + 2 + 6);
}

/// Every report names the file of each endpoint; none of the files is overwritten.
#[test]
fn reports_name_the_file_of_each_endpoint() {
    let server = Server::always(404);
    let [a, b] = two(&server);
    for (format, parts) in [
        (
            "json",
            &["\"file\": \"b.yaml\"", "\"file\": \"a.yaml\""][..],
        ),
        ("jsonl", &["\"file\":\"b.yaml\""]),
        ("github", &["file=a.yaml,line=5", "file=b.yaml,line=5"]),
        ("gitlab", &["\"a.yaml\"", "\"b.yaml\""]),
        ("sarif", &["\"a.yaml\"", "\"b.yaml\""]),
        ("junit", &["b.yaml\"", "a.yaml, b.yaml"]),
        ("html", &["\"file\":\"b.yaml\""]),
        ("markdown", &["`a.yaml, b.yaml`"]),
        ("table", &["a.yaml, b.yaml: failed"]),
        ("tap", &["b.yaml"]),
    ] {
        let run = check(&[&a, &b]).args(["--format", format]);
        run.run().exits(1).prints(parts);
    }
    let run = check(&[&a, &b]);
    let report = format!("json={}", run.folder().join("b.yaml").display());
    run.args(["--report", &report])
        .run()
        .exits(2)
        .complains(&["b.yaml"]);
}

/// What went wrong is repeated by curl as its own suite has it, and shows no secret.
#[test]
fn curl_repeats_what_each_suite_sent() {
    let server = Server::always(500);
    let url = server.url();
    let suite = |value: &str, path: &str| {
        format!(
            "vars: {{ v: {value} }}\nenvironments: {{ x: {url} }}\ndefaults: {{ headers: {{ X-Key: \"${{{value}}}\", X-V: \"${{v}}\" }} }}\nendpoints: [\"{path}/${{v}}\": 200]\n"
        )
    };
    let run = check(&[&suite("FIRST", "/a"), &suite("SECOND", "/b")]);
    let run = run.env("FIRST", "s3cret-one").env("SECOND", "s3cret-two");
    let report = run.report().exits(1);
    let curl = |path: &str| report.probe(path, "x")["curl"].as_str().unwrap().to_owned();
    let [first, second] = ["/a/${v}", "/b/${v}"].map(curl);
    assert!(
        first.contains("$FIRST") && first.contains("x-v: FIRST"),
        "{first}"
    );
    assert!(
        second.contains("$SECOND") && second.contains("x-v: SECOND"),
        "{second}"
    );
    assert!(second.contains("/b/SECOND"), "{second}");
    assert!(!report.json.to_string().contains("s3cret"), "{report}");
}

#[test]
fn one_of_them_may_be_standard_input() {
    let server = Server::always(200);
    let [a, _] = two(&server);
    let run = statusdiff()
        .file("a.yaml", &a)
        .args(["check", "a.yaml", "-"]);
    let report = run.input("- /list: 200\n").report().exits(0);
    assert_eq!(report.json["suite"], "a.yaml, <stdin>");
    assert_eq!(report.endpoint("/list")["file"], "<stdin>");
}

#[test]
fn environments_are_told_once() {
    let server = Server::always(200);
    let [a, b] = two(&server);
    let run = |flags: &[&'static str]| {
        let files = statusdiff()
            .file("a.yaml", &a)
            .file("b.yaml", &b)
            .file("c.yaml", "- /c: 200\n");
        let run = files.args(["environments", "a.yaml", "b.yaml", "c.yaml"]);
        run.args(flags.iter().copied()).run()
    };
    let told = run(&[]).exits(0);
    let names: Vec<&str> = told
        .stdout
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["x", "y", "z"], "{told}");
    run(&["-e", "z", "--ping"])
        .exits(0)
        .prints(&["z  ", "200 in"]);
    run(&["-e", "w"])
        .exits(2)
        .complains(&["there is no environment `w`"]);
}

/// Other commands take one suite, and say so.
#[test]
fn other_commands_take_one() {
    for args in [
        &["record", "a.yaml", "b.yaml", "--from", "x"][..],
        &["mock", "a.yaml", "b.yaml"],
    ] {
        let run = statusdiff().args(args.iter().copied()).run();
        let words = format!("`{}` takes one suite, and 2 are named", args[0]);
        run.exits(2)
            .complains(&[&words, "`check` and `environments` take several"]);
    }
    let help = statusdiff().args(["record", "--help"]).run().exits(0);
    assert!(!help.stdout.contains("takes one suite"), "{help}");
}

/// A report is read back with all its suites.
#[test]
fn a_report_is_read_back() {
    let server = Server::always(200);
    let [a, b] = two(&server);
    let mut whole = check(&[&a, &b]).report().exits(0);
    let run = statusdiff().file("whole.json", whole.json.to_string());
    let finished = run.args(["merge", "whole.json", "--format", "json"]).run();
    let mut again = Report::read(&finished).exits(0);
    whole.forget_times();
    again.forget_times();
    assert_eq!(again.json, whole.json);
}
