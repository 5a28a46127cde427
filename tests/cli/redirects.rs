//! Redirects: judged as they are, or followed on request, with nothing secret carried to strangers.

use crate::support::{Reply, Report, Server, statusdiff, suite};

/// `/1` leads to `/2` and so on up to `/4`, which is 200; `/loop` leads to itself.
fn chain() -> Server {
    Server::start(|request| match request.path() {
        "/1" => Reply::redirect(301, "/2"),
        "/2" => Reply::redirect(302, "3"),
        "/3" => {
            let own = request.header("host").unwrap();
            Reply::redirect(307, &format!("http://{own}/4?x=1"))
        }
        "/4" => Reply::status(200),
        "/loop" => Reply::redirect(302, "/loop"),
        "/nowhere" => Reply::redirect(302, "gopher://example.com/"),
        "/missing" => Reply::status(302),
        path => match path
            .strip_prefix("/count/")
            .and_then(|count| count.parse::<u32>().ok())
        {
            Some(0) => Reply::status(204),
            Some(count) => Reply::redirect(302, &format!("/count/{}", count - 1)),
            None => Reply::status(404),
        },
    })
}

fn check(server: &Server, keys: &str) -> Report {
    let text = suite(&[("a", &server.url())], &format!("- {{ {keys} }}"));
    statusdiff().check(&text).report()
}

#[test]
fn a_redirect_is_not_followed_unless_asked() {
    let server = chain();
    for keys in [
        "path: /1, expect: 301",
        "path: /1, expect: 301, follow_redirects: false",
    ] {
        let report = check(&server, keys).exits(0);
        let probe = report.probe("/1", "a");
        assert_eq!(probe["status"], 301);
        assert_eq!(probe["location"], "/2");
    }
    assert_eq!(server.asked(), ["GET /1", "GET /1"]);
}

#[test]
fn a_followed_redirect_is_judged_at_its_end() {
    let server = chain();
    let report = check(&server, "path: /1, expect: 200, follow_redirects: true").exits(0);
    let probe = report.probe("/1", "a");
    assert_eq!(probe["status"], 200);
    assert_eq!(probe["url"], server.url() + "/1");
    assert_eq!(server.asked(), ["GET /1", "GET /2", "GET /3", "GET /4?x=1"]);
}

#[test]
fn only_so_many_redirects_are_followed() {
    let server = chain();
    for (path, follow, says) in [
        ("/1", "3", "match 200"),
        ("/1", "2", "error too_many_redirects"),
        ("/count/10", "true", "match 204"),
        ("/count/11", "true", "error too_many_redirects"),
        ("/count/12", "12", "match 204"),
        ("/loop", "true", "error redirect_loop"),
        ("/nowhere", "true", "error bad_redirect"),
        ("/4", "true", "match 200"),
    ] {
        let report = check(
            &server,
            &format!("path: {path}, expect: 2xx, follow_redirects: {follow}"),
        );
        let said = report.says(path, "a");
        // The last redirect's status may be kept with an error.
        let said = if said.starts_with("error") {
            said.replace(" 302", "").replace(" 307", "")
        } else {
            said
        };
        assert_eq!(said, says, "{path} with {follow}");
    }
}

#[test]
fn defaults_may_follow_redirects() {
    let server = chain();
    let text = suite(
        &[("a", &server.url())],
        "- /1: 200\n- { path: /2, expect: 302, follow_redirects: false }",
    );
    statusdiff()
        .check(&(text + "\ndefaults: { follow_redirects: true }\n"))
        .report()
        .exits(0);
}

#[test]
fn headers_stay_with_their_origin() {
    let stranger = Server::always(200);
    let target = format!("{}/stranger", stranger.url());
    let server = Server::start(move |request| match request.path() {
        "/home" => Reply::redirect(302, "/away"),
        _ => Reply::redirect(302, &target),
    });
    let text = format!(
        "environments:\n  a:\n    base_url: {}\n    headers: {{ X-Team: web, Cookie: a=b }}\n\
         endpoints:\n  - path: /home\n    expect: 200\n    follow_redirects: true\n    \
         headers: {{ Authorization: Bearer abc, X-Own: own, User-Agent: mine }}\n",
        server.url()
    );
    statusdiff()
        .check(&text)
        .args(["-H", "X-Flag: flag"])
        .report()
        .exits(0);
    let configured = ["X-Team", "Cookie", "Authorization", "X-Own", "X-Flag"];
    for request in server.requests() {
        for name in configured {
            assert!(
                request.header(name).is_some(),
                "{name} to {}",
                request.target
            );
        }
    }
    assert_eq!(server.asked(), ["GET /away", "GET /home"]);
    assert_eq!(stranger.asked(), ["GET /stranger"]);
    for name in configured.into_iter().chain(["Referer"]) {
        assert_eq!(stranger.requests()[0].header(name), None, "{name}");
    }
}

#[test]
fn the_content_stays_behind_on_the_way_to_another_origin() {
    let stranger = Server::always(200);
    let target = stranger.url() + "/";
    let server = Server::start(move |_| Reply::redirect(307, &target));
    let keys = "path: /, method: GET, body: secret, expect: 200, follow_redirects: true";
    check(&server, keys).exits(0);
    assert_eq!(server.requests()[0].body, "secret");
    assert_eq!(stranger.requests()[0].body, "");
}

#[test]
fn an_unsafe_method_never_goes_to_another_origin() {
    for status in [301, 302, 303, 307, 308] {
        let stranger = Server::always(200);
        let target = stranger.url() + "/";
        let server = Server::start(move |_| Reply::redirect(status, &target));
        let keys = "path: /, method: DELETE, expect: 2xx, follow_redirects: true";
        let report = check(&server, keys);
        for asked in stranger.asked() {
            assert_eq!(asked, "GET /", "{status}");
        }
        if matches!(status, 307 | 308) {
            assert_eq!(stranger.asked(), [""; 0], "{status}");
            assert_eq!(report.probe("/", "a")["verdict"], "error", "{report}");
        }
    }
}

#[test]
fn the_method_and_content_of_a_followed_redirect_are_those_of_the_rfc() {
    // RFC 9110, sections 15.4.2 to 15.4.9, as browsers and curl do it.
    for (status, method, sent, content) in [
        (301, "POST", "GET", ""),
        (302, "POST", "GET", ""),
        (303, "POST", "GET", ""),
        (307, "POST", "POST", "text"),
        (308, "POST", "POST", "text"),
        (303, "PUT", "GET", ""),
        (307, "PUT", "PUT", "text"),
        (308, "PUT", "PUT", "text"),
    ] {
        let server = Server::start(move |request| match request.path() {
            "/end" => Reply::status(200),
            _ => Reply::redirect(status, "/end"),
        });
        let keys =
            format!("path: /, method: {method}, body: text, expect: 200, follow_redirects: true");
        check(&server, &keys).exits(0);
        let last = &server.requests()[1];
        assert_eq!(
            (&*last.method, &*last.body),
            (sent, content),
            "{method} and {status}"
        );
    }
    for method in ["GET", "HEAD"] {
        let server = chain();
        let keys = format!("path: /1, method: {method}, expect: 200, follow_redirects: true");
        check(&server, &keys).exits(0);
        assert!(
            server
                .requests()
                .iter()
                .all(|request| request.method == method)
        );
    }
}

#[test]
fn a_target_written_as_a_path_holds_in_every_environment() {
    for (prefix, location, target, matches) in [
        ("", "/new", "/new", true),
        ("", "{own}/new", "/new", true),
        ("", "/new?a=1", "/new?a=1", true),
        ("", "/new?a=1", "/new", false),
        ("", "/new/", "/new", false),
        ("", "http://other.example/new", "/new", false),
        ("", "/login?next=/x", "/login?*", true),
        ("", "/login", "/login?*", false),
        ("", "/a/b/c", "/a/*/c", true),
        ("", "/new", "http://127.0.0.1/new", false),
        (
            "",
            "https://id.example/start?x=1",
            "https://id.example/start?x=1",
            true,
        ),
        (
            "",
            "https://id.example/start?x=1",
            "https://id.example/*",
            true,
        ),
        (
            "",
            "https://id.example/other",
            "https://id.example/start",
            false,
        ),
        ("/shop", "/shop/new", "/new", true),
        ("/shop", "{own}/shop/new", "/new", true),
        ("/shop", "/new", "/new", true),
        ("/shop", "/shop/new", "/shop/new", true),
        ("/shop", "/shopping/new", "/ping/new", false),
        ("/shop", "new", "/new", true),
    ] {
        let sent = location.to_owned();
        let server = Server::start(move |request| {
            let own = format!("http://{}", request.header("host").unwrap());
            Reply::redirect(301, &sent.replace("{own}", &own))
        });
        let text = suite(
            &[("a", &(server.url() + prefix))],
            &format!("- /old: \"301 -> {target}\""),
        );
        let report = statusdiff().check(&text).report();
        let says = if matches {
            "match 301"
        } else {
            "mismatch 301 location"
        };
        assert_eq!(
            report.says("/old", "a"),
            says,
            "`{target}` for `{location}` at `{prefix}`"
        );
    }
}

#[test]
fn environments_with_prefixes_redirect_to_the_same_place() {
    let server = Server::start(|request| {
        let prefix = request.target.strip_suffix("/old").unwrap();
        Reply::redirect(301, &format!("{prefix}/new"))
    });
    let environments = [("a", server.url() + "/one"), ("b", server.url() + "/two")];
    let environments = environments
        .each_ref()
        .map(|(name, url)| (*name, url.as_str()));
    let report = statusdiff()
        .check(&suite(&environments, "- /old"))
        .report()
        .exits(0);
    assert_eq!(report.says("/old", "b"), "match 301");
}

#[test]
fn an_expectation_that_turns_out_to_be_a_redirect_cannot_be_followed() {
    let server = Server::start(|request| match request.path() {
        "/new" => Reply::status(200),
        _ => Reply::redirect(301, "/new"),
    });
    let endpoint = |follows: &str| {
        let keys = format!("follow_redirects: {follows}");
        format!("- {{ path: /x, expect: \"${{E}}\", {keys} }}")
    };
    let run = |follows: &str, expectation: &str| {
        let text = suite(&[("a", &server.url())], &endpoint(follows));
        statusdiff().check(&text).env("E", expectation).run()
    };
    let never = "`301 -> /new` can never match where redirects are followed";
    run("true", "301 -> /new").exits(2).complains(&[never]);
    run("false", "301 -> /new").exits(0);
    run("true", "200").exits(0);
}
