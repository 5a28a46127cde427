//! Where redirects lead: whole chains, circles, dead ends, and into another environment.

use serde_json::json;

use crate::support::{Reply, Report, Server, environment, statusdiff, suite};

/// A clone with these keys whose every path redirects to `location`, where `{production}` stands for the base
/// URL of a production with the prefix `/shop`.
fn clone_of_production(location: &str, endpoint: &str) -> (Report, Server) {
    let production = Server::always(200);
    let base = production.url() + "/shop";
    let location = location.replace("{production}", &base);
    let location = location.replace("{origin}", &production.url());
    let clone = Server::start(move |request| match request.path() {
        "/end" => Reply::status(200),
        _ => Reply::redirect(302, &location),
    });
    let environments = [("clone", &*clone.url()), ("production", &base)];
    let endpoint = endpoint.replace("{production}", &base);
    let text = suite(&environments, &format!("- {endpoint}"));
    let report = statusdiff().check(&text).args(["-e", "clone"]).report();
    (report, production)
}

const CROSSES: &str = "mismatch 302 crosses_environment";

#[test]
fn a_clone_must_not_send_its_visitors_to_production() {
    for (location, says) in [
        ("{production}", CROSSES),
        ("{production}/", CROSSES),
        ("{production}/login", CROSSES),
        ("{production}?from=clone", CROSSES),
        ("{production}/a/../login#top", CROSSES),
        ("{origin}/other/../shop/login", CROSSES),
        // Beside the environment, not in it.
        ("{origin}/", "match 302"),
        ("{origin}/shopping", "match 302"),
        ("{production}/../blog", "match 302"),
        ("https://login.example/shop", "match 302"),
        // At home.
        ("/shop/login", "match 302"),
        ("/login?next={production}/", "match 302"),
        ("", "match 302"),
    ] {
        let (report, production) = clone_of_production(location, "/x: 302");
        assert_eq!(report.says("/x", "clone"), says, "{location}: {report}");
        assert_eq!(production.asked(), [""; 0]);
        report.exits(i32::from(says == CROSSES));
    }
}

#[test]
fn who_means_it_may_cross() {
    for (endpoint, says) in [
        ("/x: \"302 -> {production}/login\"", "match 302"),
        ("/x: \"3xx -> {production}/*\"", "match 302"),
        (
            "{ path: /x, expect: 302, allow_crossing: true }",
            "match 302",
        ),
        ("{ path: /x, expect: 302, allow_crossing: false }", CROSSES),
        (
            "{ path: /x, redirects: [\"302 -> {production}/login\", 200] }",
            "match 200",
        ),
        ("/x: [302, 200]", CROSSES),
        ("/x: any", CROSSES),
        ("/x: not 404", CROSSES),
    ] {
        let (report, _) = clone_of_production("{production}/login", endpoint);
        assert_eq!(report.says("/x", "clone"), says, "{endpoint}: {report}");
    }
    // A path stands for a target at home.
    let (report, _) = clone_of_production("{production}/login", "/x: 302 -> /shop/login");
    assert_eq!(report.probe("/x", "clone")["verdict"], "mismatch");
}

#[test]
fn a_followed_redirect_crosses_too() {
    let endpoint = "{ path: /x, expect: 200, follow_redirects: true }";
    let (report, _) = clone_of_production("{production}/login", endpoint);
    let probe = report.probe("/x", "clone");
    assert_eq!(probe["verdict"], "mismatch", "{report}");
    assert_eq!(probe["reasons"], json!(["crosses_environment"]));
    let (report, _) = clone_of_production("/end", endpoint);
    assert_eq!(report.says("/x", "clone"), "match 200");
    let allowed = endpoint.replace("expect", "allow_crossing: true, expect");
    let (report, _) = clone_of_production("{production}/login", &allowed);
    assert_eq!(report.says("/x", "clone"), "match 200");
}

#[test]
fn the_same_answer_as_production_is_no_excuse() {
    // Both lead to production, as a clone does whose own address was never put in.
    let production = Server::start(|request| {
        let own = request.header("host").unwrap();
        Reply::redirect(301, &format!("http://{own}/new"))
    });
    let target = production.url() + "/new";
    let clone = Server::start(move |_| Reply::redirect(301, &target));
    let environments = [("clone", &*clone.url()), ("production", &production.url())];
    let report = statusdiff()
        .check(&suite(&environments, "- /x\n- /y: 301"))
        .report()
        .exits(1);
    for path in ["/x", "/y"] {
        let probe = report.probe(path, "clone");
        assert_eq!(probe["verdict"], "mismatch", "{report}");
        let reasons = probe["reasons"].as_array().unwrap();
        assert!(reasons.contains(&json!("crosses_environment")), "{report}");
        assert_eq!(report.says(path, "production"), "match 301");
    }
}

/// `/1` to `/2` to `/3` to `/end`, and other ways to go.
fn chain() -> Server {
    Server::start(|request| match request.path() {
        "/1" => Reply::redirect(301, "/2"),
        "/2" => Reply::redirect(302, "3"),
        "/3" => Reply::redirect(307, "/end?x=1"),
        "/end" => Reply::status(200),
        "/there" => Reply::redirect(302, "/back"),
        "/back" => Reply::redirect(302, "/there"),
        "/itself" => Reply::redirect(308, "/itself"),
        "/longer" => Reply::redirect(
            302,
            &format!("{}x", request.target.replace("/longer", "/longer?x")),
        ),
        "/missing" => Reply::status(302),
        "/empty" => Reply::redirect(302, ""),
        "/no-host" => Reply::redirect(302, "http://"),
        "/no-port" => Reply::redirect(302, "http://127.0.0.1:99999/"),
        "/bracket" => Reply::redirect(302, "http://[::1/"),
        "/mail" => Reply::redirect(302, "mailto:a@b.example"),
        "/file" => Reply::redirect(302, "file:///etc/passwd"),
        "/script" => Reply::redirect(302, "javascript:alert(1)"),
        _ => Reply::status(404),
    })
}

fn check(server: &Server, endpoint: &str) -> Report {
    let text = suite(&[("dev", &server.url())], &format!("- {endpoint}"));
    statusdiff().check(&text).report()
}

#[test]
fn a_chain_is_expected_hop_by_hop() {
    let server = chain();
    for (redirects, verdict) in [
        ("[301 -> /2, 302 -> /3, \"307 -> /end?x=1\", 200]", "match"),
        ("[301 -> /2, 302 -> /3, 307 -> /end*, 2xx]", "match"),
        ("[3xx -> /2, 3xx -> /3, 300-399 -> /end*, any]", "match"),
        ("[301 -> /2, 302 -> /3, 307 -> /end*, 204]", "mismatch"),
        ("[302 -> /2, 302 -> /3, 307 -> /end*, 200]", "mismatch"),
        ("[301 -> /2, 302 -> /two, 307 -> /end*, 200]", "mismatch"),
        ("[301 -> /2, 302 -> /3, 200]", "mismatch"),
        (
            "[301 -> /2, 302 -> /3, 307 -> /end*, 302 -> /more, 200]",
            "mismatch",
        ),
    ] {
        let report = check(&server, &format!("{{ path: /1, redirects: {redirects} }}"));
        assert_eq!(
            report.probe("/1", "dev")["verdict"],
            verdict,
            "{redirects}: {report}"
        );
    }
    let report = check(&server, "{ path: /end, redirects: [301 -> /2, 200] }");
    assert_eq!(report.probe("/end", "dev")["verdict"], "mismatch");
}

#[test]
fn the_chain_is_in_the_report() {
    let server = chain();
    let endpoint = "{ path: /1, expect: 404, follow_redirects: true }";
    let report = check(&server, endpoint).exits(1);
    let hop = |status: u16, target: &str| json!({ "status": status, "target": format!("{}{target}", server.url()) });
    let chain = json!([hop(301, "/2"), hop(302, "/3"), hop(307, "/end?x=1")]);
    assert_eq!(report.probe("/1", "dev")["redirects"], chain);
    let right = check(&server, &endpoint.replace("404", "200")).exits(0);
    assert_eq!(right.probe("/1", "dev")["redirects"], chain);

    let text = suite(&[("dev", &server.url())], &format!("- {endpoint}"));
    let table = statusdiff().check(&text).run().exits(1);
    table.prints(&["301", "/2", "302", "/3", "307", "/end?x=1"]);
}

#[test]
fn circles_long_ways_and_dead_ends_are_told_apart() {
    let server = chain();
    for (path, kind) in [
        ("/itself", "redirect_loop"),
        ("/there", "redirect_loop"),
        ("/longer", "too_many_redirects"),
        ("/missing", "bad_redirect"),
        ("/empty", "bad_redirect"),
        ("/no-host", "bad_redirect"),
        ("/no-port", "bad_redirect"),
        ("/bracket", "bad_redirect"),
        ("/mail", "bad_redirect"),
        ("/file", "bad_redirect"),
        ("/script", "bad_redirect"),
    ] {
        let endpoint = format!("{{ path: {path}, expect: 200, follow_redirects: true }}");
        let report = check(&server, &endpoint).exits(3);
        assert_eq!(report.probe(path, "dev")["error"]["kind"], kind, "{path}");
        let report = check(&server, &format!("{path}: 3xx")).exits(0);
        assert_eq!(report.probe(path, "dev")["error"], json!(null), "{path}");
    }
}

#[test]
fn a_post_goes_nowhere_else() {
    for (status, method, sent) in [
        (307, "POST", None),
        (308, "POST", None),
        (307, "DELETE", None),
        (302, "PUT", None),
        (301, "PATCH", None),
        (301, "POST", Some("GET /")),
        (302, "POST", Some("GET /")),
        (303, "POST", Some("GET /")),
        (303, "DELETE", Some("GET /")),
        (303, "HEAD", Some("HEAD /")),
    ] {
        let stranger = Server::always(200);
        let target = stranger.url() + "/";
        let server = Server::start(move |_| Reply::redirect(status, &target));
        let text = environment(
            &server.url(),
            "auth: { bearer: abcdefgh }, headers: { Cookie: a=b }",
        );
        let endpoint = format!(
            "- {{ path: /, method: {method}, {}expect: 200, follow_redirects: true }}",
            if method == "HEAD" {
                ""
            } else {
                "body: secret, "
            }
        );
        let report = statusdiff()
            .check(&suite(&[("dev", &text)], &endpoint))
            .report();
        let asked: Vec<_> = sent.into_iter().collect();
        assert_eq!(stranger.asked(), asked, "{method} {status}");
        for request in stranger.requests() {
            assert_eq!(request.body, "");
            for name in ["authorization", "cookie", "content-type", "referer"] {
                assert_eq!(request.header(name), None, "{name} after {method} {status}");
            }
        }
        let kind = &report.probe("/", "dev")["error"]["kind"];
        assert_eq!(
            *kind == "bad_redirect",
            sent.is_none(),
            "{method} {status}: {report}"
        );
        let method_and_path = server.asked();
        assert_eq!(method_and_path, [format!("{method} /")]);
        assert!(server.requests()[0].header("authorization").is_some());
    }
}

#[test]
fn content_stays_with_its_origin() {
    for status in [301, 302, 303, 307, 308] {
        let stranger = Server::always(200);
        let target = stranger.url() + "/";
        let server = Server::start(move |_| Reply::redirect(status, &target));
        let endpoint = "{ path: /, body: secret, expect: 200, follow_redirects: true }";
        check(&server, endpoint).exits(0);
        assert_eq!(server.requests()[0].body, "secret");
        assert_eq!(stranger.requests()[0].body, "", "{status}");
    }
}

#[test]
fn an_answer_that_is_no_redirect_leads_nowhere() {
    let production = Server::always(200);
    let location = production.url();
    let clone = Server::start(move |request| {
        let status = if request.path() == "/x" { 304 } else { 200 };
        Reply::redirect(status, &location)
    });
    let environments = [("clone", &*clone.url()), ("production", &production.url())];
    let text = suite(&environments, "- /x: 304\n- /y: 200");
    let report = statusdiff().check(&text).args(["-e", "clone"]).report();
    report.exits(0);
}
