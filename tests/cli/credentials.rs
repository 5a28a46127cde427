//! Who asks: credentials by environment and endpoint, renewed where they have run out, and shown to nobody.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{
    Finished, Reply, Report, Request, Server, environment, nobody, script, statusdiff, suite,
};

const ADMIN: &str = "adm-3f9a/7c+e1&b2";
const VIEWER: &str = "vie-81cc/0d+b4&f7";
/// `ann:adm-3f9a/7c+e1&b2` in base64.
const BASIC: &str = "YW5uOmFkbS0zZjlhLzdjK2UxJmIy";

fn authorization(request: &Request) -> String {
    request.header("authorization").unwrap_or_default()
}

pub(super) fn check(server: &Server, keys: &str, endpoints: &str) -> Report {
    let text = suite(&[("dev", &environment(&server.url(), keys))], endpoints);
    run(&text)
}

pub(super) fn run(text: &str) -> Report {
    statusdiff()
        .check(text)
        .env("ADMIN", ADMIN)
        .env("VIEWER", VIEWER)
        .report()
}

#[test]
fn a_credential_goes_with_every_request() {
    for (auth, sent) in [
        ("{ bearer: \"${ADMIN}\" }", format!("Bearer {ADMIN}")),
        ("{ bearer: literal-token }", "Bearer literal-token".into()),
        (
            "{ basic: { username: ann, password: \"${ADMIN}\" } }",
            format!("Basic {BASIC}"),
        ),
    ] {
        let server = Server::always(200);
        let endpoints = "- /a: 200\n- POST /b: 200\n- { path: /c, as: anonymous, expect: 200 }";
        check(&server, &format!("auth: {auth}"), endpoints).exits(0);
        for request in server.requests() {
            let expected = if request.path() == "/c" { "" } else { &*sent };
            assert_eq!(authorization(&request), expected, "{}", request.target);
        }
    }
}

/// What `/x` says to whom.
fn guarded() -> Server {
    Server::start(|request| {
        let token = authorization(request).replace("Bearer ", "");
        Reply::status(match &*token {
            ADMIN => 200,
            VIEWER => 403,
            _ => 401,
        })
    })
}

const ROLES: &str =
    "credentials: { admin: { bearer: \"${ADMIN}\" }, viewer: { bearer: \"${VIEWER}\" } }";

#[test]
fn a_rule_is_three_lines() {
    let server = guarded();
    let endpoints = "- { path: /x, as: anonymous, expect: 401 }\n\
                     - { path: /x, as: viewer, expect: 403 }\n\
                     - { path: /x, as: admin, expect: 200 }\n";
    let report = check(&server, ROLES, endpoints).exits(0);
    assert_eq!(report.json["summary"]["match"], 3);
    let report = check(&server, ROLES, &endpoints.replace("401", "200")).exits(1);
    assert_eq!(report.says("/x", "dev"), "mismatch 401 status");
}

#[test]
fn a_credential_is_chosen_from_those_of_the_environment() {
    let server = guarded();
    let default = format!("auth: {{ bearer: \"${{VIEWER}}\" }}, {ROLES}");
    let endpoints = "- /x: 403\n- { path: /y, as: admin, expect: 200 }";
    check(&server, &default, endpoints).exits(0);
    // With names and no default, nobody is the default.
    check(&server, ROLES, "- /x: 401").exits(0);

    for (keys, endpoint, told) in [
        (ROLES, "{ path: /x, as: admni, expect: 200 }", "admin"),
        (
            "timeout: 5s",
            "{ path: /x, as: admin, expect: 200 }",
            "admin",
        ),
        (
            "credentials: { anonymous: { bearer: x } }",
            "/x: 200",
            "anonymous",
        ),
        (
            "auth: { bearer: a, basic: { username: b, password: c } }",
            "/x: 200",
            "basic",
        ),
    ] {
        let text = environment(&server.url(), keys);
        let text = suite(&[("dev", &text)], &format!("- {endpoint}"));
        let run = statusdiff()
            .check(&text)
            .env("ADMIN", ADMIN)
            .env("VIEWER", VIEWER);
        run.run().exits(2).complains(&["suite.yaml", told]);
    }
}

/// A server whose tokens are good for `uses` requests: `POST /token` gives a new one.
fn renewing(uses: usize) -> Server {
    let (given, used_up) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Server::start(move |request| {
        if request.path() == "/token" {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            used_up.store(0, Ordering::SeqCst);
            let token =
                format!("{{ \"access_token\": \"new-token-{number}\", \"expires_in\": 60 }}");
            return Reply::status(200).body(token);
        }
        let token = format!("Bearer new-token-{}", given.load(Ordering::SeqCst));
        let good = authorization(request) == token && used_up.fetch_add(1, Ordering::SeqCst) < uses;
        Reply::status(if good { 200 } else { 401 })
    })
}

const RENEW: &str = "auth: { bearer: \"${ADMIN}\", refresh: { request: \"POST /token\", \
                     form: { grant_type: client_credentials, secret: \"${VIEWER}\" }, token: access_token } }";

pub(super) fn many(expect: &str) -> String {
    (0..40).map(|n| format!("- /{n}: {expect}\n")).collect()
}

fn renewals(server: &Server) -> Vec<Request> {
    let mut requests = server.requests();
    requests.retain(|request| request.path() == "/token");
    requests
}

#[test]
fn a_credential_that_has_run_out_is_renewed_once_for_all() {
    let server = renewing(usize::MAX);
    let report = check(&server, RENEW, &many("200")).exits(0);
    // A new credential is no second try.
    assert_eq!(report.json["summary"]["flaky"], 0);
    let renewals = renewals(&server);
    assert_eq!(renewals.len(), 1);
    assert_eq!(renewals[0].method, "POST");
    let mut form: Vec<_> = renewals[0].body.split('&').collect();
    form.sort_unstable();
    assert_eq!(
        form,
        [
            "grant_type=client_credentials",
            "secret=vie-81cc%2F0d%2Bb4%26f7"
        ]
    );
    assert_eq!(
        renewals[0].header("content-type").unwrap(),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(authorization(&renewals[0]), "", "the old one is no help");
}

#[test]
fn a_credential_is_renewed_once_and_not_forever() {
    // The new one is good for a few requests, and there is no third.
    let server = renewing(5);
    let report = check(&server, RENEW, &many("200")).exits(1);
    assert_eq!(renewals(&server).len(), 1);
    assert_eq!(report.json["summary"]["match"], 5);
    assert_eq!(report.json["summary"]["mismatch"], 35);
}

#[test]
fn every_environment_renews_its_own() {
    let servers = [renewing(usize::MAX), renewing(usize::MAX)];
    let keys = [0, 1].map(|n: usize| environment(&servers[n].url(), RENEW));
    let text = suite(&[("a", &keys[0]), ("b", &keys[1])], &many("200"));
    run(&text).exits(0);
    for server in &servers {
        assert_eq!(renewals(server).len(), 1);
    }
}

#[test]
fn nothing_is_renewed_where_a_401_is_right_or_nobody_asks() {
    for endpoint in [
        "/x: 401",
        "/x: 4xx",
        "/x: any",
        "{ path: /x, as: anonymous, expect: 200 }",
    ] {
        let server = renewing(usize::MAX);
        check(&server, RENEW, &format!("- {endpoint}"));
        assert_eq!(renewals(&server).len(), 0, "{endpoint}");
        assert_eq!(server.requests().len(), 1, "{endpoint}");
    }
    // No other refusal is about the credential.
    let server = Server::always(403);
    check(&server, RENEW, "- /x: 200").exits(1);
    assert_eq!(server.asked(), ["GET /x"]);
}

#[test]
fn a_renewal_that_fails_leaves_the_401() {
    for reply in [
        Reply::status(500),
        Reply::status(403).body("{ \"access_token\": \"no\" }"),
        Reply::status(200).body("no JSON"),
        Reply::status(200).body("{ \"token\": \"x\" }"),
        Reply::status(200).body("{ \"access_token\": \"a\\r\\nX-Evil: 1\" }"),
        Reply::redirect(302, "/login"),
        Reply::endless(200),
    ] {
        let server = Server::start(move |request| match request.path() {
            "/token" => reply.clone(),
            _ => Reply::status(401),
        });
        let report = check(&server, RENEW, "- /x: 200\n- /y: 200").exits(1);
        assert_eq!(report.says("/x", "dev"), "mismatch 401 status", "{report}");
        let evil = server
            .requests()
            .iter()
            .any(|request| request.header("x-evil").is_some());
        assert!(!evil, "a token brought a header along");
    }
}

/// A suite whose credential is renewed by this script, which is told where it may count.
fn by_script(server: &Server, script: &str) -> String {
    let command = format!("[sh, -c, '{script}', count]");
    let keys = format!("auth: {{ bearer: old-token, refresh: {{ command: {command} }} }}");
    suite(&[("dev", &environment(&server.url(), &keys))], &many("200"))
}

#[test]
fn a_command_renews_too() {
    let server = Server::start(|request| {
        let good = authorization(request) == "Bearer new-token";
        Reply::status(if good { 200 } else { 401 })
    });
    let text = by_script(&server, "echo x >> \"$0\"; echo \" new-token\"");
    let finished = statusdiff().check(&text).run().exits(0);
    let count = std::fs::read_to_string(finished.folder.path().join("count"));
    assert_eq!(count.unwrap(), "x\n", "once for all");

    for script in [
        "exit 3",
        "true",
        "echo new-token; exit 1",
        "echo new-token >&2",
    ] {
        let text = by_script(&server, script);
        let report = statusdiff().check(&text).report().exits(1);
        assert_eq!(report.says("/0", "dev"), "mismatch 401 status", "{script}");
    }
    let keys = "auth: { bearer: old-token, refresh: { command: [statusdiff-no-such-program] } }";
    check(&server, keys, "- /x: 200").exits(1);
}

#[test]
fn a_command_is_run_once_and_without_a_shell() {
    let server = Server::always(401);
    let run = statusdiff();
    let folder = run.folder().to_owned();
    let keys = format!(
        "auth: {{ bearer: old-token, refresh: {{ command: [mkdir, \"{}/$HOME;a b\"] }} }}",
        folder.display()
    );
    let text = suite(&[("dev", &environment(&server.url(), &keys))], &many("200"));
    let finished = run.check(&text).run().exits(1);
    // A second time `mkdir` would have failed; what it was given was not looked at by anybody else.
    assert!(folder.join("$HOME;a b").is_dir(), "{finished}");
}

/// A credential that signs in with `POST /login`.
pub(super) fn login(user: &str) -> String {
    format!(
        "{{ login: {{ request: \"POST /login\", form: {{ user: {user}, password: \"${{ADMIN}}\" }} }} }}"
    )
}

#[test]
fn nothing_of_it_reaches_another_origin() {
    let roles = format!(
        "credentials: {{ admin: {{ bearer: \"${{ADMIN}}\" }}, ann: {} }}",
        login("ann")
    );
    for (keys, who) in [
        ("auth: { bearer: \"${ADMIN}\" }".to_owned(), ""),
        (
            "auth: { basic: { username: ann, password: \"${ADMIN}\" } }".into(),
            "",
        ),
        (format!("auth: {}", login("ann")), ""),
        (roles.clone(), ", as: admin"),
        (roles, ", as: ann"),
        (RENEW.into(), ""),
    ] {
        let stranger = Server::always(200);
        let target = stranger.url() + "/";
        let server = Server::start(move |request| match request.path() {
            "/login" => Reply::status(200).header("Set-Cookie", "session=abcdefgh"),
            "/token" => Reply::status(200).body("{ \"access_token\": \"new-token\" }"),
            _ if request.header("authorization").is_none()
                && request.header("cookie").is_none() =>
            {
                Reply::status(401)
            }
            _ => Reply::redirect(302, &target),
        });
        let endpoint = format!("- {{ path: /x, expect: 200, follow_redirects: true{who} }}");
        let report = check(&server, &keys, &endpoint).exits(0);
        assert_eq!(report.says("/x", "dev"), "match 200");
        assert_eq!(stranger.asked(), ["GET /"]);
        for name in ["authorization", "cookie"] {
            assert_eq!(stranger.requests()[0].header(name), None, "{keys}");
        }
    }
}

#[track_caller]
fn keeps(finished: &Finished, secrets: &[&str]) {
    for secret in secrets {
        assert!(
            !finished.stdout.contains(secret),
            "`{secret}` in {finished}"
        );
        assert!(
            !finished.stderr.contains(secret),
            "`{secret}` in {finished}"
        );
    }
}

#[test]
fn no_credential_is_ever_shown() {
    // Says everything it was told, in places that are reported.
    let server = Server::start(|request| match request.path() {
        "/token" => Reply::status(200).body("{ \"access_token\": \"new-token-5e1f\" }"),
        "/login" => Reply::status(200).header("Set-Cookie", "session=jar-77aa-44bb"),
        "/401" => Reply::status(401),
        _ => {
            let cookie = request.header("cookie").unwrap_or_default();
            Reply::redirect(302, &format!("/to?{}&{cookie}", authorization(request)))
        }
    });
    let encoded = ADMIN
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('&', "%26");
    let secrets = [
        ADMIN,
        VIEWER,
        BASIC,
        &encoded,
        "new-token-5e1f",
        "jar-77aa-44bb",
        "literal-5d",
    ];
    for keys in [
        RENEW.to_owned(),
        "auth: { bearer: literal-5d }".into(),
        "auth: { basic: { username: ann, password: \"${ADMIN}\" } }".into(),
        format!("auth: {}", login("ann")),
        "auth: { bearer: literal-5d, refresh: { command: [echo, new-token-5e1f] } }".into(),
    ] {
        let endpoints =
            "- /401: 200\n- /x: 200\n- { path: /y, expect: 200, follow_redirects: true }";
        let text = suite(&[("dev", &environment(&server.url(), &keys))], endpoints);
        for args in [
            &["--format", "json"][..],
            &["--all"],
            &["-v"],
            &["--dry-run"],
            &["--dry-run", "--format", "json"],
        ] {
            let run = statusdiff().check(&text).args(args.iter().copied());
            let finished = run.env("ADMIN", ADMIN).env("VIEWER", VIEWER).run();
            assert!(finished.code != Some(2), "{finished}");
            keeps(&finished, &secrets);
        }
    }
}

#[test]
fn what_is_learnt_late_is_hidden_in_what_came_before() {
    let server = Server::start(|request| match request.path() {
        "/login" => Reply::status(200).header("Set-Cookie", "session=jar-77aa-44bb"),
        "/place" => Reply::redirect(302, "/to?session=jar-77aa-44bb"),
        "/hop" => Reply::redirect(302, "/end?session=jar-77aa-44bb"),
        "/loop" => Reply::redirect(302, "/loop?session=jar-77aa-44bb"),
        _ => Reply::status(404),
    });
    let endpoints = "- { path: /place, as: anonymous, expect: 302 -> /home }\n\
                     - { path: /hop, as: anonymous, follow_redirects: true, expect: 200 }\n\
                     - { path: /loop, as: anonymous, follow_redirects: true, expect: 200 }\n\
                     - { path: /last, as: ann, expect: 200 }\n";
    let keys = format!("credentials: {{ ann: {} }}", login("ann"));
    let text = suite(&[("dev", &environment(&server.url(), &keys))], endpoints);
    for format in ["json", "table", "html"] {
        let run = statusdiff().check(&text).env("ADMIN", ADMIN);
        let finished = run.args(["-j", "1", "--format", format]).run().exits(1);
        keeps(&finished, &["jar-77aa-44bb"]);
        assert!(finished.stdout.contains("/to?session=***"), "{finished}");
    }
    let requests = server.requests();
    let paths = requests.iter().map(Request::path);
    let order = [
        "/place", "/hop", "/end", "/loop", "/loop", "/login", "/last",
    ];
    assert_eq!(paths.collect::<Vec<_>>(), order.repeat(3));
}

#[test]
fn a_named_credential_is_nearer_than_a_header_of_the_environment() {
    let server = Server::always(200);
    let keys = format!("headers: {{ Authorization: Basic YTpi, X-Team: web }}, {ROLES}");
    let endpoints = "- { path: /x, as: admin, expect: 200 }\n- /y: 200\n\
                     - { path: /z, as: admin, headers: { Authorization: own }, expect: 200 }\n";
    check(&server, &keys, endpoints).exits(0);
    let mut sent: Vec<_> = server
        .requests()
        .iter()
        .map(|request| (request.target.clone(), authorization(request)))
        .collect();
    sent.sort();
    let wanted = [
        ("/x", format!("Bearer {ADMIN}")),
        ("/y", "Basic YTpi".to_owned()),
        ("/z", "own".to_owned()),
    ];
    assert_eq!(sent, wanted.map(|(path, sent)| (path.to_owned(), sent)));
    let requests = server.requests();
    let has_team = |request: &Request| request.header("x-team").as_deref() == Some("web");
    assert!(requests.iter().all(has_team));
}

#[test]
fn why_nobody_could_sign_in_is_named() {
    let login = "auth: { login: { request: POST /login, form: { user: ann } } }";
    for (reply, error, times) in [
        (Reply::reset(), "error reset", 1),
        (Reply::stall(), "error timeout", 1),
        (Reply::status(403), "error other", 1),
        (Reply::status(503), "error other", 3),
    ] {
        let server = Server::start(move |_| reply.clone());
        let keys = format!("{login}, timeout: 300ms, retry: {{ backoff: 1ms }}");
        let report = check(&server, &keys, "- /a: 200\n- /b: 200\n").exits(3);
        assert_eq!(report.says("/a", "dev"), error);
        assert_eq!(report.probe("/a", "dev")["attempts"], 0, "nothing was sent");
        assert_eq!(server.asked(), vec!["POST /login"; times], "for everybody");
    }
    let text = suite(&[("dev", &environment(&nobody(), login))], "- /a: 200");
    let report = run(&text).exits(3);
    assert_eq!(report.says("/a", "dev"), "error connect_refused");
}

#[test]
fn a_sign_in_that_fails_in_passing_is_tried_again() {
    let replies = script(vec![
        Reply::status(503),
        Reply::status(302).header("Set-Cookie", "session=s-3f9a7c"),
    ]);
    let server = Server::start(move |request| match request.path() {
        "/login" => replies(request),
        _ => Reply::status(if request.header("cookie").is_some() {
            200
        } else {
            401
        }),
    });
    let keys =
        "auth: { login: { request: POST /login, form: { user: ann } } }, retry: { backoff: 1ms }";
    let report = check(&server, keys, "- /a: 200\n- /b: 200\n").exits(0);
    assert_eq!(report.json["summary"]["flaky"], 0);
    assert_eq!(
        server.asked(),
        ["GET /a", "GET /b", "POST /login", "POST /login"]
    );
}

#[test]
fn a_token_that_never_ends_is_not_waited_for() {
    let server = Server::start(|request| match request.path() {
        "/token" => Reply::truncated(200, "{").then_stall(),
        _ => Reply::status(401),
    });
    let auth =
        "auth: { bearer: outdated-1, refresh: { request: GET /token, token: access_token } }";
    let report = check(&server, &format!("timeout: 300ms, {auth}"), "- /a: 200").exits(1);
    assert_eq!(report.says("/a", "dev"), "mismatch 401 status");
    assert!(
        report.stderr.contains("`GET /token` did not end in time"),
        "{report}"
    );
}
