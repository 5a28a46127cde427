//! Signing in: a session is begun once, and its cookies go with its own probes alone.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::credentials::{check, login, many, run};
use crate::support::{Reply, Server, environment, suite};

/// Signs in with `POST /login`, which answers `reply` and gives a session, and wants to see it elsewhere.
fn site(status: u16) -> Server {
    let sessions = AtomicUsize::new(0);
    Server::start(move |request| {
        let cookie = request.header("cookie").unwrap_or_default();
        if request.path() == "/login" {
            let number = sessions.fetch_add(1, Ordering::SeqCst);
            let who = request
                .body
                .split('&')
                .find(|part| part.starts_with("user="))
                .unwrap();
            return Reply::redirect(status, "/welcome")
                .header(
                    "Set-Cookie",
                    &format!("session={number}-{who}; Path=/; HttpOnly"),
                )
                .header("Set-Cookie", "theme=dark");
        }
        let who = ["ann", "bob"]
            .iter()
            .position(|who| cookie.contains(&format!("user={who}")));
        let complete = cookie.contains("theme=dark");
        Reply::status(match who {
            Some(0) if complete => 200,
            Some(1) if complete => 403,
            _ => 401,
        })
    })
}

#[test]
fn a_session_is_begun_once_and_kept_for_its_own_probes() {
    for status in [200, 204, 302, 303] {
        let server = site(status);
        let endpoints = many("200") + "- { path: /out, as: anonymous, expect: 401 }";
        check(&server, &format!("auth: {}", login("ann")), &endpoints).exits(0);
        let logins = server
            .requests()
            .iter()
            .filter(|request| request.path() == "/login")
            .count();
        assert_eq!(logins, 1, "{status}");
    }
}

#[test]
fn every_credential_has_a_jar_of_its_own() {
    let server = site(303);
    let keys = format!(
        "credentials: {{ ann: {}, bob: {} }}",
        login("ann"),
        login("bob")
    );
    let endpoints: String = (0..10)
        .map(|n| {
            format!(
                "- {{ path: /{n}, as: ann, expect: 200 }}\n- {{ path: /{n}, as: bob, expect: 403 }}\n\
                 - {{ path: /{n}, expect: 401 }}\n"
            )
        })
        .collect();
    check(&server, &keys, &endpoints).exits(0);
    let logins = server
        .asked()
        .into_iter()
        .filter(|line| line == "POST /login")
        .count();
    assert_eq!(logins, 2);
}

#[test]
fn cookies_stay_where_they_were_given() {
    let servers = [site(303), site(303)];
    let keys = format!("auth: {}", login("ann"));
    let keys = [0, 1].map(|n: usize| environment(&servers[n].url(), &keys));
    let text = suite(&[("a", &keys[0]), ("b", &keys[1])], &many("200"));
    run(&text).exits(0);
    // Without a login, nothing that a server sets is ever sent back.
    let server = Server::start(|_| Reply::status(200).header("Set-Cookie", "a=b; Path=/"));
    check(&server, "timeout: 5s", &many("200")).exits(0);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("cookie").is_none())
    );
}

#[test]
fn a_cookie_is_kept_as_it_is_set() {
    for (set, sent) in [
        (
            &["s=YWJjZGVmZw==; Path=/; Secure"][..],
            Some("s=YWJjZGVmZw=="),
        ),
        (&["s=a=b"], Some("s=a=b")),
        (&["s=abc; Max-Age=3600"], Some("s=abc")),
        (&["s=first; Path=/", "s=second; Path=/"], Some("s=second")),
        (
            &["s=abc", "t=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            Some("s=abc"),
        ),
        (&["s=abc", "t=gone; Max-Age=0"], Some("s=abc")),
        (
            &["s=abc", "t=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            Some("s=abc"),
        ),
    ] {
        let server = Server::start(move |request| match request.path() {
            "/login" => set.iter().fold(Reply::status(200), |reply, value| {
                reply.header("Set-Cookie", value)
            }),
            _ => Reply::status(200),
        });
        check(&server, &format!("auth: {}", login("ann")), "- /x: 200").exits(0);
        let requests = server.requests();
        let cookie = requests.last().unwrap().header("cookie");
        // `Secure` is for networks where somebody may listen; loopback is trusted by browsers too.
        assert_eq!(cookie.as_deref(), sent, "{set:?}");
    }
}

#[test]
fn a_cookie_in_quotes_is_not_shown_without_them_either() {
    let server = Server::start(|request| match request.path() {
        "/login" => Reply::status(204).header("Set-Cookie", "session=\"quoted-5e55\"; Path=/"),
        _ => Reply::redirect(302, "/welcome?session=quoted-5e55"),
    });
    let keys = format!("auth: {}", login("ann"));
    let report = check(&server, &keys, "- /x: 200").exits(1);
    assert_eq!(report.says("/x", "dev"), "mismatch 302 status");
    assert!(!report.to_string().contains("quoted-5e55"), "{report}");
}
