//! `include`: a suite of several files, each named where it matters.

use crate::support::{Server, statusdiff, suite};

/// Every report names the file that an endpoint stands in.
#[test]
fn reports_name_the_file_of_each_endpoint() {
    let server = Server::always(404);
    let text =
        "include: [more.yaml]\n".to_owned() + &suite(&[("a", &server.url())], "- /own: 200\n");
    let run = |format: &'static str| {
        let run = statusdiff().check(&text);
        let run = run.file("more.yaml", "# more\n- /more: 200\n");
        run.args(["--format", format])
    };
    for (format, part) in [
        ("json", "more.yaml\","),
        ("github", "more.yaml,line=2,"),
        ("gitlab", "more.yaml\""),
        ("sarif", "more.yaml\""),
        ("junit", "more.yaml\""),
    ] {
        run(format).run().exits(1).prints(&[part]);
    }
}

/// A report never replaces a file that the suite is made of.
#[test]
fn no_report_overwrites_an_included_file() {
    let text = "include: [more.yaml]\nenvironments: { x: http://x.example }\n";
    let run = statusdiff().check(text);
    let run = run.file("more.yaml", "- /a: 200\n");
    let file = run.folder().join("more.yaml");
    let report = format!("json={}", file.display());
    let finished = run.args(["--report", &report]).run();
    finished.exits(2).complains(&["more.yaml"]);
}

/// What is wrong in any of the files is told at once, in their order.
#[test]
fn all_files_are_read_before_anything_is_told() {
    let text = "include: [b.yaml, a.yaml]\nendpoints:\n  - /own: 99\nenvironments: { x: http://x.example }\n";
    let run = statusdiff().check(text).file("a.yaml", "- /a: 98\n");
    let run = run.file("b.yaml", "defaults: { timeout: 5 }\nendpoints: [/b: 97]\n");
    let finished = run.run().exits(2);
    let at = |part: &str| finished.stderr.find(part);
    let places = ["`99`", "b.yaml:1:", "b.yaml:2:", "a.yaml:1:"].map(at);
    assert!(places.is_sorted() && places[0].is_some(), "{finished}");
}

/// What is wrong with the suite itself is told there, although its files are read before that is known.
#[test]
fn mistakes_of_the_suite_are_told_in_the_suite() {
    let text =
        "include: [more.yaml]\nenvironments: { x: http://x.example }\nreference: y\nname: \"${\"\n";
    let run = statusdiff().check(text).file("more.yaml", "- /a: 200\n");
    let words = ["suite.yaml:3:12", "suite.yaml:4:7"];
    run.run().exits(2).complains(&words);
    let text = "include: [more.yaml]\nenvironments: { x: { services: { api: http://x.example } } }\nendpoints: [{ path: /own, service: api, expect: 200 }]\n";
    let run = statusdiff()
        .check(text)
        .file("more.yaml", "- /a: 200\n- /b: 200\n");
    run.run()
        .exits(2)
        .complains(&["more.yaml:1:3", "`/a` names no service"]);
}

/// An included file's `defaults` hold for its own endpoints only, and are nearer than the environment's settings.
#[test]
fn defaults_hold_for_their_own_file() {
    let server = Server::always(200);
    let text = format!(
        "include: [more.yaml]\nenvironments: {{ x: {{ base_url: {}, headers: {{ X-A: environment, X-B: environment }} }} }}\ndefaults: {{ expect: 200, method: HEAD }}\nendpoints: [/own]\n",
        server.url()
    );
    let more = "defaults: { headers: { X-A: file }, method: OPTIONS }\nendpoints: [/more]\n";
    let run = statusdiff().check(&text).file("more.yaml", more);
    run.run().exits(0);
    let mut sent = Vec::new();
    for request in server.requests() {
        let [a, b] = ["x-a", "x-b"].map(|name| request.header(name).unwrap_or_default());
        sent.push(format!("{} {} {a} {b}", request.method, request.target));
    }
    sent.sort();
    let expected = [
        "HEAD /own environment environment",
        "OPTIONS /more file environment",
    ];
    assert_eq!(sent, expected);
}
