//! `statusdiff record`: a suite that expects what one environment answers now.

use std::fs;

use crate::quickstart::timeless;
use crate::support::{Finished, Gate, Reply, Server, environment, nobody, statusdiff, suite};

/// Records `text` from `from`; what it prints.
fn record(text: &str, from: &str) -> Finished {
    let run = statusdiff().file("suite.yaml", text);
    run.args(["record", "suite.yaml", "--from", from]).run()
}

/// That a check of `text` in that environment passes.
#[track_caller]
fn passes(text: &str, environment: &str) {
    let run = statusdiff().check(text).args(["-e", environment]);
    run.run().exits(0);
}

/// What stands below `endpoints:`.
fn endpoints(text: &str) -> &str {
    text.split_once("endpoints:\n").unwrap().1
}

/// The example's commands print what it shows, and what it shows of the suite is in it.
#[test]
fn the_worked_example_is_true() {
    let example = |name: &str| fs::read_to_string(format!("examples/{name}")).unwrap();
    let guide = example("record.md");
    let first = statusdiff().file("examples/record.yaml", example("record.yaml"));
    let folder = first.folder().to_owned();
    let mut commands = 0;
    for block in guide.split("```console\n$ statusdiff ").skip(1) {
        let block = block.split("```").next().unwrap();
        let (command, shown) = block.split_once('\n').unwrap();
        let run = statusdiff().at(&folder).args(command.split(' ')).run();
        let printed = run.stderr.clone() + &run.stdout;
        assert_eq!(
            timeless(&printed).trim(),
            timeless(shown).trim(),
            "{command}"
        );
        commands += 1;
    }
    assert_eq!(commands, 3);
    let shown = guide.split("```yaml\nendpoints:\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let recorded = fs::read_to_string(folder.join("recorded.yaml")).unwrap();
    assert_eq!(endpoints(&recorded), shown);
}

#[test]
fn the_suite_stays_as_it_is_but_for_what_was_answered() {
    let production = Server::start(|request| match request.path() {
        "/old" => Reply::redirect(301, "/new"),
        "/away" => Reply::redirect(302, "https://login.example.com/?a=1"),
        "/feed" => Reply::status(304),
        "/none" => Reply::status(404),
        _ => Reply::status(200),
    });
    let staging = Server::always(418);
    let environments = [
        ("production", &*production.url()),
        ("staging", &staging.url()),
    ];
    let text = "  # first
  - /               # home
  - HEAD /feed: [200, 304]
  - /old: { staging: 404, default: 200 }

  - path: /none
    name: nothing here
    tags: [smoke]
    expect: any  # for now
  - { path: /away, same: true }
  - { path: /staging, environments: [staging], expect: 418 }
  # last
";
    let recorded = "  # first
  - /: 200               # home
  - HEAD /feed: 304
  - /old: { production: 301 -> /new, staging: 404, default: 200 }

  - path: /none
    name: nothing here
    tags: [smoke]
    expect: 404  # for now
  - { path: /away, same: true, expect: 302 -> https://login.example.com/?a=1 }
  - { path: /staging, environments: [staging], expect: 418 }
  # last
";
    let text = suite(&environments, text);
    let first = record(&text, "production").exits(0);
    assert_eq!(first.stdout, suite(&environments, recorded));
    assert_eq!(first.stderr, "");
    assert_eq!(staging.asked(), [""; 0], "only one environment is recorded");
    assert_eq!(record(&text, "production").stdout, first.stdout);
    assert_eq!(record(&first.stdout, "production").stdout, first.stdout);
    passes(&first.stdout, "production");
}

#[test]
fn a_list_of_paths_becomes_a_suite_with_its_environment() {
    let server = Server::start(|request| match request.target.as_str() {
        "/shop/old" => Reply::redirect(301, "/shop/new"),
        "/shop/b?x=${y}" | "/shop/b?x=$%7By%7D" => Reply::status(410),
        "/shop/gone" => Reply::close(),
        _ => Reply::status(200),
    });
    let url = server.url() + "/shop";
    let long = format!("/{}", "x".repeat(1200));
    let list = format!(
        "# from the log\r\n/\n\nHEAD /feed   # often\n/old\n/b?x=${{y}}\n/gone\n/old\n/a,b\n{long}\n"
    );
    let base_url = format!("production={url}");
    let run = || {
        let run = statusdiff().file("paths.txt", &list);
        run.args([
            "record",
            "--paths",
            "paths.txt",
            "--base-url",
            &base_url,
            "--retries",
            "0",
        ])
    };
    let finished = run().run().exits(3);
    let expected = format!(
        "environments:
  production: {url}

endpoints:
  # from the log
  - /: 200

  - HEAD /feed: 200  # often
  - /old: 301 -> /new
  - \"/b?x=$${{y}}\": 410
  # no answer from production (reset)
  # - /gone
  - \"/a,b\": 200
  - path: {long}
    expect: 200
"
    );
    assert_eq!(finished.stdout, expected);
    assert!(finished.stderr.contains("1 endpoint of 7"), "{finished}");
    passes(&finished.stdout, "production");
    let some = run().args(["--only", "/old"]).run().exits(0);
    assert_eq!(
        endpoints(&some.stdout),
        "  # from the log\n\n  - /old: 301 -> /new\n"
    );
}

#[test]
fn what_proves_nothing_is_commented_out_with_why() {
    let server = Server::start(|request| match request.path() {
        "/closed" => Reply::close(),
        "/cut" => Reply::truncated(200, "a"),
        "/503" | "/maintenance" => Reply::status(503),
        "/429" => Reply::status(429),
        _ => Reply::status(200),
    });
    let text = suite(
        &[("a", &server.url())],
        "  - /closed: 200
  - path: /cut
    name: cut off   # here
  - /503: any
  - /429
  - /500-is-nothing: 200
  - /maintenance: [200, 503]
",
    )
    .replace("/503: any", "/503: 200");
    let run = statusdiff().file("suite.yaml", &text);
    let finished = run
        .args(["record", "suite.yaml", "--retries", "0"])
        .run()
        .exits(3);
    assert_eq!(
        endpoints(&finished.stdout),
        "  # no answer from a (reset)
  # - /closed: 200
  # the answer of a was not whole (body)
  # - path: /cut
  #   name: cut off   # here
  # a answered 503, which is nothing to hold anybody to
  # - /503: 200
  # a answered 429, which is nothing to hold anybody to
  # - /429
  - /500-is-nothing: 200
  - /maintenance: [200, 503]
"
    );
    passes(&finished.stdout, "a");
}

#[test]
fn without_any_answer_nothing_is_written() {
    let text = suite(&[("a", &nobody())], "- /a: 200\n- /b: 200\n");
    let run = statusdiff().file("suite.yaml", &text);
    let run = run.args(["record", "suite.yaml", "-o", "new.yaml", "--retries", "0"]);
    let finished = run.run().exits(3);
    assert!(!finished.folder.path().join("new.yaml").exists());
    finished.complains(&["nothing is written", "`a`", "connect_refused) 2×"]);
}

/// Redirects every path below `/shop` to somewhere else.
fn redirecting() -> Server {
    Server::start(|request| {
        let host = request.header("Host").unwrap();
        let location = match request.path() {
            "/shop/own" => "/shop/new?a=1#top".to_owned(),
            "/shop/full" => format!("http://{host}/shop/new"),
            "/shop/above" => "/elsewhere".to_owned(),
            "/shop/twice" => "/shop/shop/new".to_owned(),
            "/shop/relative" => "next".to_owned(),
            "/shop/known" => "/shop/login?id=123".to_owned(),
            "/shop/star" => "/a*b".to_owned(),
            "/shop/template" => "/a?b=${HOME}".to_owned(),
            "/shop/script" => "javascript:alert(1)".to_owned(),
            "/shop/broken" => "http://[".to_owned(),
            "/shop/long" => format!("/{}", "a".repeat(5000)),
            "/shop/secret" => format!("/shop/in?t={}", request.header("X-Token").unwrap()),
            "/shop/odd" => "/shop/it's,[here]: x".to_owned(),
            _ => return Reply::status(302),
        };
        Reply::redirect(302, &location)
    })
}

#[test]
fn a_redirect_is_recorded_as_it_would_be_written() {
    let server = redirecting();
    let url = server.url() + "/shop";
    let paths = [
        "/own",
        "/full",
        "/above",
        "/twice",
        "/relative",
        "/star",
        "/template",
        "/script",
        "/broken",
        "/long",
        "/secret",
        "/odd",
        "/none",
    ];
    let mut text = String::from("- /known: 3xx -> /login?*\n");
    for path in paths {
        text += &format!("- {path}\n");
    }
    let token = environment(&url, "headers: { X-Token: \"${TOKEN}\" }");
    let text = suite(&[("a", &token)], &text);
    let run = statusdiff()
        .file("suite.yaml", &text)
        .env("TOKEN", "s3cr3t-value");
    let finished = run.args(["record", "suite.yaml"]).run().exits(0);
    let unwritten = "# where a redirects to cannot be written as a target\n";
    let expected = format!(
        "- /known: 302 -> /login?*
- /own: 302 -> /new?a=1#top
- /full: 302 -> /new
- /above: 302 -> /elsewhere
- /twice: 302 -> /shop/shop/new
- /relative: 302 -> /next
{unwritten}- /star: 302
{unwritten}- /template: 302
{unwritten}- /script: 302
{unwritten}- /broken: 302
{unwritten}- /long: 302
- /secret: 302 -> /in?t=*
- /odd: \"302 -> /it's,[here]:%20x\"
- /none: 302
"
    );
    assert_eq!(endpoints(&finished.stdout), expected);
    assert!(!finished.stdout.contains("s3cr3t"), "{finished}");
    let check = statusdiff()
        .check(&finished.stdout)
        .env("TOKEN", "s3cr3t-value");
    check.run().exits(0);
}

#[test]
fn chains_are_recorded_step_by_step_and_a_redirect_into_another_environment_is_not() {
    let clone = Server::start(|_| Reply::status(200));
    let home = clone.url();
    let server = Server::start(move |request| match request.path() {
        "/1" => Reply::redirect(301, "/2"),
        "/2" => Reply::redirect(302, "/3"),
        "/home" | "/at-once" => Reply::redirect(302, &format!("{home}/x")),
        _ => Reply::status(204),
    });
    let environments = [("a", &*server.url()), ("b", &clone.url())];
    let text = "  - { path: /1, redirects: [301, 301 -> /x, 200] }
  - path: /3
    redirects: [301, 200]
  - { path: /2, follow_redirects: true, expect: 200 }
  - { path: /home, follow_redirects: 1, expect: 404 }
  - /at-once: 404
";
    let finished = record(&suite(&environments, text), "a").exits(3);
    let recorded = format!(
        "  - {{ path: /1, redirects: [301 -> /2, 302 -> /3, 204] }}
  - path: /3
    expect: 204
  - {{ path: /2, follow_redirects: true, expect: 204 }}
  # what a answered passes no check (crosses_environment)
  # - {{ path: /home, follow_redirects: 1, expect: 404 }}
  - /at-once: 302 -> {}/x
",
        clone.url()
    );
    assert_eq!(endpoints(&finished.stdout), recorded);
    passes(&finished.stdout, "a");
}

#[test]
fn no_file_is_written_over_unless_told_to() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url())], "- /a: 404\n");
    let run = |flags: &[&str]| {
        let run = statusdiff()
            .file("suite.yaml", &text)
            .file("old.yaml", "mine");
        run.args(["record", "suite.yaml"])
            .args(flags.iter().copied())
            .run()
    };
    // The port of the server may hold the same digits.
    let recorded = text.replace("/a: 404", "/a: 200");
    run(&["-o", "new.yaml"])
        .exits(0)
        .begins_with("new.yaml", &recorded);
    run(&["-o", "-"]).exits(0).prints(&[&recorded]);
    run(&["--output", "old.yaml", "--force"])
        .exits(0)
        .begins_with("old.yaml", &recorded);
    run(&["-o", "suite.yaml", "--force"])
        .exits(0)
        .begins_with("suite.yaml", &recorded);
    let asked = server.asked().len();
    for (path, part) in [
        ("old.yaml", "`--force`"),
        ("suite.yaml", "already"),
        ("no/x.yaml", "no/x.yaml"),
        (".", "folder"),
    ] {
        let finished = run(&["-o", path]).exits(2);
        finished.begins_with("old.yaml", "mine");
        finished.complains(&[path, part]);
    }
    assert_eq!(server.asked().len(), asked, "nothing is sent for nothing");
    run(&["--force"]).exits(2);
}

#[test]
fn a_file_that_comes_into_being_meanwhile_is_left_alone() {
    let gate = Gate::new();
    let opened = gate.clone();
    let server = Server::start(move |_| Reply::status(200).after(&opened));
    let text = suite(&[("a", &server.url())], "- /a: 404\n");
    let run = statusdiff().file("suite.yaml", &text);
    let path = run.folder().join("new.yaml");
    let started = run.args(["record", "suite.yaml", "-o", "new.yaml"]).start();
    server.wait_for("/a");
    fs::write(&path, "mine").unwrap();
    gate.open();
    let finished = started.finish().exits(4);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    finished.complains(&["could not be written"]);
}

#[test]
fn an_interrupted_run_writes_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let server = Server::start(|request| match request.path() {
            "/stall" => Reply::stall(),
            _ => Reply::status(200),
        });
        let text = suite(&[("a", &server.url())], "- /a: 404\n- /stall: 200\n");
        let run = statusdiff().file("suite.yaml", &text);
        let path = run.folder().join("new.yaml");
        let started = run.args(["record", "suite.yaml", "-o", "new.yaml"]).start();
        server.wait_for("/stall");
        started.signal(signal);
        let finished = started.finish().exits(code);
        assert!(!path.exists());
        finished.complains(&["interrupted", "nothing is written"]);
    }
}

#[test]
fn what_the_deadline_leaves_is_commented_out() {
    let server = Server::start(|request| match request.path() {
        "/stall" => Reply::stall(),
        _ => Reply::status(200),
    });
    let text = suite(&[("a", &server.url())], "- /a: 404\n- /stall: 200\n");
    let run = statusdiff().file("suite.yaml", &text);
    let run = run.args(["record", "suite.yaml", "--deadline", "1500ms"]);
    let finished = run.run().exits(3);
    let recorded = "- /a: 200\n# a was not asked to the end: the time was up\n# - /stall: 200\n";
    assert_eq!(endpoints(&finished.stdout), recorded);
}

#[test]
fn what_passes_is_tried_again_before_it_is_recorded() {
    let server = Server::start(|request| match request.path() {
        "/a" if request.nth == 0 => Reply::status(503).header("Retry-After", "0"),
        _ => Reply::status(200),
    });
    let text = suite(&[("a", &server.url())], "- /a\n");
    let finished = record(&text, "a").exits(0);
    assert_eq!(endpoints(&finished.stdout), "- /a: 200\n");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn production_is_guarded_and_one_environment_is_named() {
    let server = Server::always(201);
    let environments = [("production", environment(&server.url(), "type: production"))];
    let environments = environments.iter().map(|(name, url)| (*name, url.as_str()));
    let text = suite(&environments.collect::<Vec<_>>(), "- POST /orders: 200\n");
    record(&text, "production")
        .exits(2)
        .complains(&["POST /orders", "--allow-unsafe-methods"]);
    record(&text, "prod")
        .exits(2)
        .complains(&["`--from prod`", "production"]);
    assert_eq!(server.asked(), [""; 0]);
    let run = statusdiff().file("suite.yaml", &text);
    let run = run
        .args(["record", "suite.yaml", "--allow-unsafe-methods"])
        .run()
        .exits(0);
    run.prints(&["- POST /orders: 201"]);

    let two = suite(&[("a", &server.url()), ("b", &nobody())], "- /a\n");
    let run = statusdiff()
        .file("suite.yaml", &two)
        .args(["record", "suite.yaml"]);
    run.run().exits(2).complains(&["`--from`", "a, b"]);
    let list = statusdiff()
        .file("p.txt", "/a\n")
        .args(["record", "--paths", "p.txt"]);
    list.run().exits(2).complains(&["--base-url production="]);
}

#[test]
fn what_cannot_be_replaced_is_refused_before_anything_is_sent() {
    let server = Server::always(200);
    let text = suite(
        &[("a", &server.url())],
        "- /a: &ok 200\n- /b: *ok\n- /c:\n  - 200 # why\n  - 204\n",
    );
    let text = text.replace("  - 2", "    - 2");
    record(&text, "a").exits(2).complains(&[
        "suite.yaml:4",
        "anchor",
        "suite.yaml:5",
        "alias",
        "write what it stands for",
    ]);
    let text = text.replace("&ok ", "").replace("*ok", "200");
    record(&text, "a")
        .exits(2)
        .complains(&["suite.yaml:7", "comment", "move it above"]);
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn what_stands_elsewhere_or_for_several_is_refused() {
    let server = Server::always(200);
    let environments = [("a", &*server.url())];
    let each = "- path: /users/${id}\n  each: { id: [1, 2] }\n  expect: 200\n";
    record(&suite(&environments, each), "a")
        .exits(2)
        .complains(&["several endpoints", "an entry for each value"]);
    let text = format!("include: [more.yaml]\n{}", suite(&environments, "- /a\n"));
    let run = statusdiff()
        .file("suite.yaml", &text)
        .file("more.yaml", "- /b: 200\n");
    run.args(["record", "suite.yaml", "--from", "a"])
        .run()
        .exits(2)
        .complains(&["suite.yaml:1", "further files", "on its own"]);
    // No check of what is recorded could compare the only environment with another.
    let same = "- /b\n- { path: /a, expect: 200, same: true }\n";
    record(&suite(&environments, same), "a")
        .exits(2)
        .complains(&["`/a` is compared", "the only environment", "`same: true`"]);
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn a_dry_run_sends_nothing() {
    let server = Server::always(200);
    let text = suite(&[("a", &server.url()), ("b", &nobody())], "- /a\n");
    let run = statusdiff().file("suite.yaml", &text);
    let run = run.args([
        "record",
        "suite.yaml",
        "--from",
        "a",
        "--dry-run",
        "-o",
        "new.yaml",
    ]);
    let finished = run.run().exits(0).prints(&["a  GET ", "1 request:"]);
    assert!(!finished.folder.path().join("new.yaml").exists());
    assert_eq!(server.asked(), [""; 0]);
}

/// A service is named, not the place where it is today: the same suite is asked of other environments.
#[test]
fn a_redirect_to_a_service_names_it() {
    let mock = "{ mock: { /go: 302 -> login:/start, /self: 302 -> /a },
    services: { login: { mock: { /start: 200, /back: 302 -> default:/home, /in: 302 -> /start } } } }";
    let text = format!(
        "environments:\n  staging: {mock}\n  production: {mock}\nendpoints:\n  - /go\n  - /self\n  \
         - {{ path: /back, service: login }}\n  - {{ path: /in, service: login }}\n"
    );
    let recorded = record(&text, "staging").exits(0);
    assert_eq!(
        endpoints(&recorded.stdout),
        "  - /go: 302 -> login:/start
  - /self: 302 -> /a
  - { path: /back, service: login, expect: 302 -> default:/home }
  - { path: /in, service: login, expect: 302 -> /start }
"
    );
    assert_eq!(record(&text, "staging").stdout, recorded.stdout);
    for environment in ["staging", "production"] {
        passes(&recorded.stdout, environment);
    }
}
