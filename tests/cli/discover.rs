//! Environments that are looked for: platforms, variables, programs, and what the program says where they are not
//! found.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Invocation, PATIENCE, Server, statusdiff, suite};

const HOST: &str = "pr-12-1a2b3c4-abcdefgh1234567.eu-5.platformsh.site";

/// A file of `fixtures/discover`, wherever the program runs.
fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/discover");
    path.join(name).to_str().unwrap().to_owned()
}

/// A run that finds the stand-in `upsun`, which notes its calls in `calls`.
fn with_upsun(run: Invocation) -> Invocation {
    let path = format!("{}:{}", fixture("bin"), std::env::var("PATH").unwrap());
    let calls = run.folder().join("calls");
    run.env("PATH", &path).env("CALLS", calls.to_str().unwrap())
}

fn routes() -> String {
    STANDARD.encode(fs::read(fixture("routes.json")).unwrap())
}

/// A suite of one environment that is looked for like this, and of production.
fn looking(discover: &str) -> String {
    let preview = format!("{{ discover: {discover} }}");
    let production = "https://www.example.com";
    suite(
        &[("preview", &preview), ("production", production)],
        "- /a: 200",
    )
}

fn dry_run(discover: &str) -> Invocation {
    statusdiff()
        .check(&looking(discover))
        .args(["--dry-run", "-e", "preview"])
}

#[test]
fn upsun_is_asked_from_outside() {
    let discover = "{ upsun: { project: abcdefgh1234567, environment: \"pr-${NUMBER}\" } }";
    let finished = with_upsun(dry_run(discover))
        .env("NUMBER", "12")
        .run()
        .exits(0);
    finished.begins_with(
        "calls",
        "environment:url --primary --pipe --no-interaction -p abcdefgh1234567 -e pr-12|1|1\n",
    );
    finished.prints(&[&format!("GET https://www.{HOST}/a ")]);
}

#[test]
fn upsun_may_still_be_installed_by_its_old_name() {
    let run = dry_run("{ upsun: { environment: pr-12, route: shop } }");
    let bin = run.folder().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(fixture("bin/upsun"), bin.join("platform")).unwrap();
    // The stand-in itself needs no other program.
    let (bin, calls) = (bin.to_str().unwrap().to_owned(), run.folder().join("calls"));
    let run = run.env("PATH", &bin).env("CALLS", calls.to_str().unwrap());
    let finished = run.run().exits(0);
    let call = "route:get --id shop --property url --no-interaction -e pr-12|1|1\n";
    finished.begins_with("calls", call);
    let neither = dry_run("upsun").env("PATH", "/nowhere").run().exits(2);
    neither.complains(&["no program `upsun` or `platform`", "`PLATFORM_ROUTES`"]);
}

#[test]
fn only_what_is_asked_is_looked_for() {
    let text = looking("{ upsun: { environment: pr-12 } }");
    for arguments in [
        &["-e", "production"][..],
        &["--base-url", "preview=https://preview.example.com"],
    ] {
        let run = with_upsun(statusdiff().check(&text)).args(["--dry-run"]);
        let finished = run.args(arguments.iter().copied()).run().exits(0);
        assert!(
            !finished.folder.path().join("calls").exists(),
            "{arguments:?}"
        );
    }
    // Compared with what is found: then the reference is asked too.
    let text = suite(
        &[
            ("preview", "https://preview.example.com"),
            ("main", "{ discover: { upsun: { environment: pr-12 } } }"),
        ],
        "- /a",
    );
    let finished = with_upsun(statusdiff().check(&text))
        .args(["--dry-run", "-e", "preview"])
        .run();
    finished
        .exits(0)
        .prints(&[&format!("https://www.{HOST}/a "), "2 environments"]);
}

#[test]
fn what_upsun_says_of_its_failure_is_told_without_its_token() {
    for (environment, parts) in [
        (
            "logged-out",
            &[
                "exit status: 3",
                "Authentication is required.",
                "or set ***",
                "UPSUN_CLI_TOKEN",
            ][..],
        ),
        ("many", &["more than one line", "`https://a.example`"]),
        ("silent", &["printed nothing"]),
        ("gone", &["exit status: 1", "No primary route found."]),
    ] {
        let discover = format!("{{ upsun: {{ environment: {environment} }} }}");
        let run = with_upsun(dry_run(&discover)).env("UPSUN_CLI_TOKEN", "t0ken-5e1f");
        let finished = run.run().exits(2);
        assert!(!finished.stderr.contains("t0ken"), "{finished}");
        let place = [
            "`preview` was not found",
            "suite.yaml:2:",
            "`upsun environment:url",
        ];
        finished.complains(&place).complains(parts);
    }
    for answer in [
        "https://viewer:pa55@a.example/",
        "not a URL",
        "https://a.example/?a=b",
        "\u{1b}[31mhttps://a",
    ] {
        let discover = "{ upsun: { environment: pr-12 } }";
        let finished = with_upsun(dry_run(discover))
            .env("ANSWER", answer)
            .run()
            .exits(2);
        assert!(
            !finished.stderr.contains("pa55") && !finished.stderr.contains('\u{1b}'),
            "{finished}"
        );
        finished.complains(&["says no base URL", "`--base-url preview=URL`"]);
    }
}

#[test]
fn a_container_knows_its_routes() {
    let inside = |discover: &str| {
        let run = dry_run(discover).env("PLATFORM_ROUTES", &routes());
        run.env("PLATFORM_PROJECT", "abcdefgh1234567")
            .env("PLATFORM_BRANCH", "pr-12")
    };
    for (discover, url) in [
        ("upsun", format!("https://www.{HOST}/a ")),
        (
            "{ upsun: { project: abcdefgh1234567, environment: pr-12 } }",
            format!("https://www.{HOST}/a "),
        ),
        (
            "{ upsun: { route: api } }",
            format!("https://www.{HOST}/api/a "),
        ),
        (
            "{ upsun: { route: admin } }",
            format!("https://admin.{HOST}/a "),
        ),
    ] {
        inside(discover).run().exits(0).prints(&[&url]);
    }
    for (route, part) in [
        ("apex", "the route `apex` is a redirect"),
        ("blog", "there is no route `blog`"),
    ] {
        let finished = inside(&format!("{{ upsun: {{ route: {route} }} }}"))
            .run()
            .exits(2);
        finished.complains(&[part, "are `admin`, `shop`, `api`"]);
    }
    // Another environment's routes are not to be had here.
    let finished = with_upsun(inside("{ upsun: { environment: other } }"))
        .run()
        .exits(2);
    finished.complains(&["No primary route found."]);
}

#[test]
fn what_is_told_of_the_type_guards_production() {
    let text = |keys: &str| {
        let environment = format!("{{ discover: upsun{keys} }}");
        suite(&[("staging", &environment)], "- POST /a: 201")
    };
    let run = |text: &str, told: &str| {
        let run = statusdiff()
            .check(text)
            .args(["--dry-run"])
            .env("PLATFORM_ROUTES", &routes());
        run.env("PLATFORM_ENVIRONMENT_TYPE", told).run()
    };
    run(&text(""), "staging").exits(0);
    run(&text(""), "production")
        .exits(2)
        .complains(&["`staging`, which is production"]);
    run(&text(", type: staging"), "production").exits(0);
    // Without a word about it the name decides.
    run(&text(""), "").exits(0);
}

#[test]
fn a_workflow_finds_what_was_deployed() {
    let run = dry_run("github").env("GITHUB_EVENT_PATH", &fixture("deployment_status.json"));
    run.run()
        .exits(0)
        .prints(&["https://shop-git-new.example.com/a "]);
    let other = dry_run("github").file(
        "event.json",
        r#"{ "action": "opened", "pull_request": {} }"#,
    );
    let other = other.env("GITHUB_EVENT_PATH", "event.json").run().exits(2);
    other.complains(&["no `deployment_status`", "`on: deployment_status`"]);
    let gone = dry_run("github")
        .env("GITHUB_EVENT_PATH", "gone.json")
        .run()
        .exits(2);
    gone.complains(&["`gone.json`", "cannot be read"]);
}

#[test]
fn programs_run_at_the_same_time() {
    let (one, two) = (Server::always(200), Server::always(200));
    let program = |script: String| format!("{{ discover: {{ command: [sh, -c, \"{script}\"] }} }}");
    let writes = program(format!("echo ready > pipe; echo {}", one.url()));
    let reads = program(format!("read ready < pipe; echo {}", two.url()));
    let run = statusdiff().check(&suite(&[("a", &writes), ("b", &reads)], "- /x: 200"));
    let made = Command::new("mkfifo")
        .arg(run.folder().join("pipe"))
        .status();
    assert!(made.unwrap().success());
    run.report().exits(0);
    assert_eq!(
        (one.asked(), two.asked()),
        (vec!["GET /x".to_owned()], vec!["GET /x".to_owned()])
    );
}

#[test]
fn no_program_is_run_for_a_suite_that_is_not_whole() {
    let text = looking("{ upsun: { environment: pr-12 } }") + "\n- /b: 20x";
    let finished = with_upsun(statusdiff().check(&text)).run().exits(2);
    assert!(!finished.folder.path().join("calls").exists());
    finished.complains(&["20x"]);
}

#[test]
fn a_signal_ends_the_program_that_is_waited_for() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let run = with_upsun(dry_run("{ upsun: { environment: waiting } }"));
        let note = run.folder().join("calls.waiting");
        assert!(
            Command::new("mkfifo")
                .arg(&note)
                .status()
                .unwrap()
                .success()
        );
        let started = run.start();
        // The stand-in and what it starts hold the other end of the pipe as long as they live.
        let mut pipe = BufReader::new(File::open(note).unwrap());
        pipe.read_line(&mut String::new()).unwrap();
        let (ended, end) = mpsc::channel();
        thread::spawn(move || {
            pipe.read_to_end(&mut Vec::new()).unwrap();
            ended.send(()).unwrap();
        });
        started.signal(signal);
        started.finish().exits(code);
        end.recv_timeout(PATIENCE).unwrap();
    }
}

#[test]
fn environments_are_told_with_what_is_wrong_with_any() {
    let text = suite(
        &[
            ("development", "{ mock: { /: 200 } }"),
            (
                "preview",
                "{ discover: vercel, auth: { bearer: \"${NO_TOKEN}\" } }",
            ),
            ("lost", "{ discover: { env: NO_SUCH_URL } }"),
            ("production", "https://www.example.com/shop/"),
        ],
        "- /a: 200",
    );
    let run = |arguments: &[&str]| {
        let run = statusdiff()
            .file("statusdiff.yaml", &text)
            .args(["environments"]);
        let run = run
            .args(arguments.iter().copied())
            .env("VERCEL_ENV", "preview");
        run.env("VERCEL_URL", "shop-1a2b.vercel.app").run()
    };
    let told = run(&["--add-env", "clone=https://pr-12.example.com"]).exits(2);
    let table = "\
environment  type         base URL                      from
development  development  (embedded)                    mock
preview      staging      https://shop-1a2b.vercel.app  VERCEL_URL
lost         ?            ✗ `lost` was not found: `NO_SUCH_URL` is not set
production   production   https://www.example.com/shop  base_url
clone        production   https://pr-12.example.com     --add-env
";
    assert_eq!(told.stdout, table);
    assert!(told.stderr.contains("statusdiff.yaml:4:"), "{told}");
    run(&["-e", "preview", "-e", "development"]).exits(0);
    run(&["--base-url", "lost=http://localhost:8080"])
        .exits(0)
        .prints(&["--base-url"]);
    run(&["-e", "stagnig"])
        .exits(2)
        .complains(&["`--env stagnig`"]);

    let told = run(&["--format", "json"]).exits(2);
    let json: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let preview = &json["environments"][1];
    assert_eq!(preview["base_url"], "https://shop-1a2b.vercel.app");
    assert_eq!(
        (&preview["type"], &preview["source"]),
        (&"staging".into(), &"VERCEL_URL".into())
    );
    assert_eq!(preview["ping"], serde_json::Value::Null);
    let lost = &json["environments"][2];
    assert_eq!(
        lost["error"],
        "`lost` was not found: `NO_SUCH_URL` is not set"
    );
}

#[test]
fn a_ping_asks_each_base_url_once_as_a_run_would() {
    let server = Server::always(503);
    let keys = "headers: { X-Team: web }, auth: { bearer: \"${TOKEN}\" }, ready: { path: /up }";
    let url = server.url() + "/shop";
    let here = format!("{{ discover: {{ command: [echo, \"{url}\"] }}, {keys} }}");
    let nobody = crate::support::nobody();
    let text = suite(
        &[
            ("here", &here),
            ("embedded", "{ mock: {} }"),
            ("nobody", &nobody),
        ],
        "- /a: 200",
    );
    let run = |arguments: &[&str]| {
        let run = statusdiff()
            .file("suite.yaml", &text)
            .env("TOKEN", "t0ken-5e1f");
        run.args(["environments", "suite.yaml", "--ping"])
            .args(arguments.iter().copied())
            .run()
    };
    run(&["-e", "here", "-e", "embedded"]).exits(0).prints(&[
        "  503 in ",
        "(embedded)",
        "  404 in ",
    ]);
    let [request] = &server.requests()[..] else {
        panic!("{:?}", server.asked());
    };
    assert_eq!((request.method.as_str(), request.path()), ("GET", "/shop/"));
    assert_eq!(request.header("x-team").as_deref(), Some("web"));
    assert_eq!(
        request.header("authorization").as_deref(),
        Some("Bearer t0ken-5e1f")
    );
    run(&[]).exits(3).prints(&["✗ connect_refused: "]);
    let told = run(&["-f", "json", "-e", "nobody"]).exits(3);
    let json: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(
        json["environments"][0]["ping"]["error"]["kind"],
        "connect_refused"
    );
}

/// `examples/discover.md`: each suite in it, and after it commands with what they print.
#[test]
fn the_example_prints_what_it_shows() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/discover.md"));
    let text = text.unwrap();
    let (mut suite, mut commands) = (String::new(), 0);
    for block in text.split("\n```").skip(1).step_by(2) {
        let (tag, content) = block.split_once('\n').unwrap();
        match tag {
            "yaml" => content.clone_into(&mut suite),
            "console" => {
                for example in content.split("$ ").skip(1) {
                    let (command, shown) = example.split_once('\n').unwrap_or((example, ""));
                    let printed = example_prints(&suite, command);
                    assert_eq!(printed.trim(), shown.trim(), "after `{command}`");
                    commands += 1;
                }
            }
            _ => {}
        }
    }
    assert!(commands >= 5, "{commands} commands");
}

/// What a command line such as `NAME=value statusdiff environments` prints.
fn example_prints(suite: &str, command: &str) -> String {
    let run = with_upsun(statusdiff().file("statusdiff.yaml", suite));
    let mut run = run.file(
        "event.json",
        fs::read(fixture("deployment_status.json")).unwrap(),
    );
    let mut words = command.split_whitespace();
    for word in words.by_ref().take_while(|word| *word != "statusdiff") {
        let (name, value) = word.split_once('=').unwrap();
        let value = if value == "…" { &routes() } else { value };
        run = run.env(name, value);
    }
    run.args(words).run().exits(0).stdout
}
