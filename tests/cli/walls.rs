//! An access wall in front of an environment is told once, and is no hundred mismatches.

use serde_json::{Value, json};

use crate::support::{Reply, Report, Request, Server, statusdiff, suite};

const PATHS: &str = "- /a\n- /b\n- /c\n";

/// A production that answers every path with 200, and a staging that does as it is told.
fn check(
    staging: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    endpoints: &str,
    args: &[&str],
) -> (Report, Server) {
    let production = Server::always(200);
    let staging = Server::start(staging);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let text = suite(&environments, endpoints);
    let run = statusdiff().check(&text).args(args.iter().copied());
    (run.report(), staging)
}

fn says(report: &Report, paths: &[&str]) -> Vec<String> {
    let says = |path: &&str| report.says(path, "staging");
    paths.iter().map(says).collect()
}

#[test]
fn a_wall_that_refuses_is_no_mismatch() {
    for endpoints in [PATHS, "- /a: 200\n- /b: 404\n- /c: 301 -> /d\n"] {
        let challenge =
            |_: &Request| Reply::status(401).header("WWW-Authenticate", "Basic realm=\"preview\"");
        let (report, _) = check(challenge, endpoints, &["-e", "staging"]);
        assert_eq!(
            says(&report, &["/a", "/b", "/c"]),
            ["error 401 walled"; 3],
            "{endpoints}"
        );
        let error = &report.probe("/a", "staging")["error"];
        let message = "staging is behind an access wall, which answers every path with 401";
        assert_eq!(error["message"], message);
        let report = report.exits(3);
        assert_eq!(report.json["summary"]["error"], 3);
        assert_eq!(report.json["summary"]["mismatch"], 0);
    }
}

#[test]
fn a_wall_that_sends_to_a_login_names_its_host() {
    let doors = [
        "https://login.example/sso-api?url=PATH",
        "https://team.example/cdn-cgi/access/login/staging?redirect_url=PATH",
        "https://auth.example/?rd=PATH",
        "//login.example:8443/realmsPATH/auth",
    ];
    let hosts = [
        "login.example",
        "team.example",
        "auth.example",
        "login.example:8443",
    ];
    for (door, host) in doors.into_iter().zip(hosts) {
        let login =
            move |request: &Request| Reply::redirect(302, &door.replace("PATH", request.path()));
        let (report, _) = check(login, PATHS, &[]);
        assert_eq!(says(&report, &["/a", "/b", "/c"]), ["error 302 walled"; 3]);
        let message = report.probe("/a", "staging")["error"]["message"].clone();
        let expected =
            format!("staging is behind an access wall, which sends every path to `{host}`");
        assert_eq!(message, expected);
        report.exits(3);
    }
    // Some refuse what is no page, and send the rest to a login.
    let mixed = |request: &Request| match request.path() {
        "/a" => Reply::status(401),
        _ => Reply::redirect(302, "https://login.example/"),
    };
    let (report, _) = check(mixed, PATHS, &[]);
    assert_eq!(
        says(&report, &["/a", "/b"]),
        ["error 401 walled", "error 302 walled"]
    );
}

#[test]
fn a_login_that_is_followed_to_is_a_wall_as_well() {
    let login = Server::always(200);
    let to = format!("{}/login", login.url());
    let endpoints = "- { path: /a, follow_redirects: true }\n\
                     - { path: /b, follow_redirects: true, expect: 404 }\n\
                     - { path: /c, follow_redirects: true, expect: 404 }\n\
                     - { path: /d, follow_redirects: true, expect: 404 }\n";
    let (report, _) = check(
        move |_| Reply::redirect(302, &to),
        endpoints,
        &["-e", "staging"],
    );
    // Three of four are wrong, and the fourth is right for the wrong reason.
    assert_eq!(
        says(&report, &["/a", "/b", "/c", "/d"]),
        ["error 200 walled"; 4]
    );
}

#[test]
fn what_answers_otherwise_is_no_wall() {
    let login = |place: &'static str| move |_: &Request| Reply::redirect(302, place);
    let mismatch = ["mismatch 302 same"; 3].to_vec();
    let other_than = |path: &'static str, reply: Reply| {
        move |request: &Request| {
            if request.path() == path {
                reply.clone()
            } else {
                Reply::status(401)
            }
        }
    };
    // On its own host, to hosts of all kinds, or to the same path under another name.
    for (location, said) in [("/login", &mismatch), ("https://h.example/a", &mismatch)] {
        let (report, _) = check(login(location), PATHS, &[]);
        assert_eq!(says(&report, &["/a", "/b", "/c"]), *said, "{location}");
        report.exits(1);
    }
    let hosts = |request: &Request| {
        Reply::redirect(302, &format!("https://{}.example/", &request.path()[1..]))
    };
    let (report, _) = check(hosts, PATHS, &[]);
    assert_eq!(says(&report, &["/a", "/b", "/c"]), mismatch);
    let renamed =
        |request: &Request| Reply::redirect(301, &format!("https://www.example{}", request.path()));
    let (report, _) = check(renamed, PATHS, &[]);
    assert_eq!(says(&report, &["/a", "/b", "/c"]), ["mismatch 301 same"; 3]);
    // One path that is answered is one too many.
    for reply in [200, 403, 404, 500].map(Reply::status) {
        let (report, _) = check(other_than("/c", reply), PATHS, &["--retries", "0"]);
        assert_eq!(
            says(&report, &["/a", "/b"]),
            ["mismatch 401 same"; 2],
            "{report}"
        );
    }
}

#[test]
fn a_wall_is_one_host_however_its_locations_are_spelt() {
    for (location, is_wall) in [
        ("https://login.example/?to=%2Fc%2F..", true),
        ("http://login.example/x", true),
        ("HTTPS://LOGIN.example/a/../b", true),
        ("//login.example", true),
        // At home, where it was asked, and others.
        ("/login", false),
        ("login", false),
        ("https://login.example/PATH", false),
        ("https://login.example/PATH?d=e", false),
        ("https://login.example/./PATH", false),
        ("https://login.example:8443/", false),
        ("https://login.example.test/", false),
        ("https://login.example@test/", false),
        ("app://login.EXAMPLE/", false),
    ] {
        for odd in ["a", "c"] {
            let location = location.replace("PATH", odd);
            let door = move |request: &Request| match &request.path()[1..] {
                path if path == odd => Reply::redirect(302, &location),
                path => Reply::redirect(302, &format!("https://login.EXAMPLE/?to={path}")),
            };
            let (report, _) = check(door, PATHS, &[]);
            let said = if is_wall {
                "error 302 walled"
            } else {
                "mismatch 302 same"
            };
            assert_eq!(says(&report, &["/a", "/b", "/c"]), [said; 3], "{report}");
        }
    }
}

#[test]
fn a_redirect_home_is_told_as_such() {
    let production = Server::always(200);
    let home = production.url() + "/";
    let staging = Server::start(move |_| Reply::redirect(302, &home));
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let report = statusdiff()
        .check(&suite(&environments, PATHS))
        .report()
        .exits(1);
    assert_eq!(
        says(&report, &["/a"]),
        ["mismatch 302 same crosses_environment"]
    );
}

/// Two environments with a service `login` each, and what staging redirects everything to.
fn with_services(website: &Server, service: &Server, production: [&Server; 2]) -> String {
    let [home, login] = production;
    format!(
        "environments:\n  staging: {{ base_url: '{}', services: {{ login: '{}' }} }}\n  \
         production: {{ base_url: '{}', services: {{ login: '{}' }} }}\n",
        website.url(),
        service.url(),
        home.url(),
        login.url()
    )
}

/// The service of another environment is its home too, and what a service answers is seen from there.
#[test]
fn services_are_no_walls() {
    let (home, login) = (Server::always(200), Server::always(200));
    let away = login.url() + "/start";
    let staging = Server::start(move |_| Reply::redirect(302, &away));
    let own = Server::start(|request| {
        let host = request.header("host").unwrap();
        Reply::redirect(302, &format!("http://{host}/elsewhere"))
    });
    let environments = with_services(&staging, &own, [&home, &login]);
    for (service, said) in [
        ("default", "mismatch 302 same crosses_environment"),
        ("login", "mismatch 302 same"),
    ] {
        let text = format!("{environments}defaults: {{ service: {service} }}\nendpoints:\n{PATHS}");
        let report = statusdiff().check(&text).report().exits(1);
        assert_eq!(says(&report, &["/a", "/b", "/c"]), [said; 3], "{service}");
    }
}

/// Whether production is called by its name or after `www.` makes no sign-in host of it.
#[test]
fn the_other_name_of_an_environment_is_no_wall() {
    let staging = Server::start(|_| Reply::redirect(301, "https://www.shop.example/"));
    let environments = [
        ("staging", &*staging.url()),
        ("production", "https://shop.example"),
    ];
    let text = suite(&environments, "- /a: 200\n- /b: 200\n- /c: 200\n");
    let report = statusdiff().check(&text).args(["-e", "staging"]).report();
    assert_eq!(says(&report, &["/a", "/b"]), ["mismatch 301 status"; 2]);
    report.exits(1);
}

/// Who lists every refusal knows about it; who lists a few of them may still be told of a wall.
#[test]
fn refusals_that_are_accepted_are_no_wall() {
    let (production, staging) = (Server::always(200), Server::always(401));
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let text = suite(&environments, &format!("{PATHS}- /d\n- /e\n"));
    let entry = |path: &str| {
        format!("- {{ endpoint: {path}, environment: staging, status: 401, reason: r }}\n")
    };
    let run = |listed: &[&str], arguments: &[&str]| {
        let known: String = listed.iter().copied().map(entry).collect();
        let run = statusdiff().check(&text).file("known.yaml", known);
        let run = run.args(["--accept-file", "known.yaml"]);
        run.args(arguments.iter().copied())
    };
    let report = run(&["/a", "/b", "/c", "/d", "/e"], &[]).report().exits(0);
    assert_eq!(says(&report, &["/a", "/e"]), ["accepted 401 same"; 2]);
    let report = run(&["/a", "/b", "/c"], &[]).report().exits(1);
    assert_eq!(
        says(&report, &["/a", "/d"]),
        ["accepted 401 same", "mismatch 401 same"]
    );
    // Two of five are not most of them: nothing is proven, and nothing is stale.
    let report = run(&["/a", "/b"], &[]).report().exits(3);
    assert_eq!(says(&report, &["/a", "/e"]), ["error 401 walled"; 2]);
    assert_eq!(report.json["accept"]["stale"], json!([]));
    let lines = run(&["/a", "/b", "/c", "/d", "/e"], &["-f", "jsonl"])
        .run()
        .exits(0);
    assert_eq!(lines.stdout.matches("accepted\",").count(), 5, "{lines}");
}

#[test]
fn it_takes_three_paths_and_what_is_expected_is_right() {
    let refuse = |_: &Request| Reply::status(401);
    let (report, _) = check(refuse, "- /a\n- /b\n- /b?x=1\n- HEAD /a: 200\n", &[]);
    assert_eq!(says(&report, &["/a", "/b"]), ["mismatch 401 same"; 2]);
    let expected = "- /a: 401\n- /b: 4xx\n- /c: [401, 403]\n";
    let (report, _) = check(refuse, expected, &["-e", "staging"]);
    assert_eq!(says(&report, &["/a", "/b", "/c"]), ["match 401"; 3]);
    report.exits(0);
    // Mostly right: what is not is a mismatch like any other.
    let mostly = "- /a: 401\n- /b: 401\n- /c: 401\n- /d: 200\n- /e: 200\n- /f: 200\n";
    let (report, _) = check(refuse, mostly, &["-e", "staging"]);
    assert_eq!(
        says(&report, &["/a", "/d"]),
        ["match 401", "mismatch 401 status"]
    );
    // Mostly wrong: that one path is refused proves nothing then.
    let (report, _) = check(
        refuse,
        &format!("{PATHS}- /admin: 401\n"),
        &["-e", "staging"],
    );
    assert_eq!(
        says(&report, &["/a", "/admin"]),
        ["error 401 walled", "error 401 walled"]
    );
}

#[test]
fn what_was_skipped_or_lost_speaks_neither_for_it_nor_against() {
    let endpoints =
        format!("{PATHS}- {{ path: /d, environments: [production], expect: 200 }}\n- /e\n");
    let refuse = |request: &Request| match request.path() {
        "/e" => Reply::raw("no HTTP\r\n\r\n"),
        _ => Reply::status(401),
    };
    let (report, _) = check(refuse, &endpoints, &[]);
    assert_eq!(
        says(&report, &["/a", "/b", "/c", "/d", "/e"]),
        [
            "error 401 walled",
            "error 401 walled",
            "error 401 walled",
            "skipped",
            "error protocol"
        ]
    );
    report.exits(3);
}

#[test]
fn the_reference_is_never_behind_a_wall() {
    let production = Server::always(401);
    let staging = Server::always(200);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let endpoints = "- /a: 200\n- /b: 200\n- /c: 200\n";
    let text = suite(&environments, endpoints);
    let report = statusdiff().check(&text).report().exits(1);
    assert_eq!(report.says("/a", "production"), "mismatch 401 status");
}

#[test]
fn it_is_told_once_with_what_helps() {
    let production = Server::always(200);
    let staging = Server::always(401);
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let text = suite(&environments, PATHS);
    let finished = statusdiff().check(&text).run().exits(3);
    let told = finished.stdout.matches("staging is behind an access wall");
    assert_eq!(told.count(), 1, "{finished}");
    let parts = ["x-vercel-protection-bypass", "CF-Access-Client-Id", "auth:"];
    let finished = finished.prints(&parts);
    assert!(!finished.stdout.contains("/a"), "no row for it\n{finished}");
    let github = statusdiff().check(&text).args(["-f", "github"]).run();
    assert_eq!(github.stdout.matches("::error").count(), 1, "{github}");
}

#[test]
fn the_last_line_of_json_lines_corrects_those_before() {
    let (production, staging) = (Server::always(200), Server::always(401));
    let environments = [
        ("staging", &*staging.url()),
        ("production", &production.url()),
    ];
    let text = suite(&environments, PATHS);
    let finished = statusdiff().check(&text).args(["-f", "jsonl"]).run();
    let finished = finished.exits(3);
    let last = finished.stdout.lines().last().unwrap();
    let summary: Value = serde_json::from_str(last).unwrap();
    let message = "staging is behind an access wall, which answers every path with 401";
    assert_eq!(
        summary["corrections"],
        json!([{
            "environment": "staging",
            "verdict": "error",
            "error": { "kind": "walled", "message": message },
            "probes": 3
        }])
    );
    assert_eq!(summary["summary"]["error"], 3);
}
