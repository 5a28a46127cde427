//! Where environments are, how the command line changes that, and the guard of production.

use crate::support::{Reply, Request, Server, nobody, statusdiff, suite};

#[test]
fn the_path_is_appended_to_the_base_url() {
    for (base, path, target) in [
        ("", "/a", "/a"),
        ("/", "/a", "/a"),
        ("/shop", "/a", "/shop/a"),
        ("/shop/", "/a", "/shop/a"),
        ("/shop/v2", "/a/b", "/shop/v2/a/b"),
        ("/shop", "/", "/shop/"),
        ("/shop", "/a?b=1&c=%20", "/shop/a?b=1&c=%20"),
        ("/shop", "/a/", "/shop/a/"),
        ("", "/100%25", "/100%25"),
        ("", "/über", "/%C3%BCber"),
    ] {
        let server = Server::always(200);
        let text = suite(&[("a", &(server.url() + base))], &format!("- {path}: 200"));
        let report = statusdiff().check(&text).report().exits(0);
        assert_eq!(
            server.asked(),
            [format!("GET {target}")],
            "{base} and {path}"
        );
        assert_eq!(report.probe(path, "a")["url"], server.url() + target);
        assert_eq!(report.endpoint(path)["path"], path, "as written");
    }
}

#[test]
fn an_environment_is_a_base_url_or_a_mapping() {
    let server = Server::echo();
    let url = server.url();
    let text = format!(
        "environments:\n  short: {url}/s\n  long:\n    base_url: {url}/l\nendpoints:\n  - /200: 200\n"
    );
    statusdiff().check(&text).report().exits(0);
    assert_eq!(server.asked(), ["GET /l/200", "GET /s/200"]);
}

#[test]
fn the_type_is_inferred_from_the_name() {
    let types = [
        ("prod", "production"),
        ("prd-2", "production"),
        ("production", "production"),
        ("eu.live", "production"),
        ("main", "production"),
        ("master", "production"),
        ("PROD_EU", "production"),
        ("prod1", "production"),
        ("stag", "staging"),
        ("staging", "staging"),
        ("stage-3", "staging"),
        ("pre", "staging"),
        ("preprod", "staging"),
        ("pre-prod", "staging"),
        ("preview", "staging"),
        ("uat", "staging"),
        ("qa7", "staging"),
        ("test", "staging"),
        ("staging-prod", "staging"),
        ("dev", "development"),
        ("development", "development"),
        ("local", "development"),
    ];
    let server = Server::always(200);
    let urls = types.map(|(name, _)| format!("{}/{name}", server.url()));
    let environments: Vec<_> = types
        .iter()
        .zip(&urls)
        .map(|((name, _), url)| (*name, &**url))
        .collect();
    let report = statusdiff()
        .check(&suite(&environments, "- /: 200"))
        .report()
        .exits(0);
    for (at, (name, kind)) in types.iter().enumerate() {
        let environment = &report.json["environments"][at];
        assert_eq!(environment["name"], *name);
        assert_eq!(environment["type"], *kind, "{name}");
    }
}

#[test]
fn a_stated_type_wins_over_the_name() {
    let server = Server::always(200);
    let text = format!(
        "environments:\n  prod: {{ base_url: {}, type: staging }}\nendpoints:\n  - /: 200\n",
        server.url()
    );
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.json["environments"][0]["type"], "staging");
}

#[test]
fn a_base_url_can_be_overridden() {
    let nobody = nobody();
    let text = suite(&[("pre-prod.2", &nobody)], "- /x: 200");
    let server = Server::always(200);
    let variable = "STATUSDIFF_BASE_URL_PRE_PROD_2";
    let flag = format!("pre-prod.2={}/flag", server.url());
    let set = || {
        statusdiff()
            .check(&text)
            .env(variable, &(server.url() + "/variable"))
    };
    set().report().exits(0);
    set().args(["--base-url", &flag]).report().exits(0);
    assert_eq!(server.asked(), ["GET /flag/x", "GET /variable/x"]);
}

#[test]
fn a_variable_that_stands_for_two_environments_is_refused() {
    let (one, two) = (Server::always(200), Server::always(200));
    let text = suite(&[("a-b", &one.url()), ("a_b", &two.url())], "- /x: 200");
    let url = Server::always(200).url();
    let set = || {
        statusdiff()
            .check(&text)
            .env("STATUSDIFF_BASE_URL_A_B", &url)
    };
    set().run().exits(2).complains(&[
        "STATUSDIFF_BASE_URL_A_B",
        "`a-b`",
        "`a_b`",
        "`--base-url a-b=URL`",
    ]);
    assert_eq!(one.connections() + two.connections(), 0);
}

#[test]
fn an_override_of_an_unknown_environment_is_refused() {
    let server = Server::always(200);
    let text = suite(&[("staging", &server.url())], "- /: 200");
    let flag = format!("stagign={}", server.url());
    let finished = statusdiff().check(&text).args(["--base-url", &flag]).run();
    finished.exits(2).complains(&["stagign", "staging"]);
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn the_command_line_defines_the_environments_of_a_suite_without_any() {
    let server = Server::echo();
    let (one, two) = (
        format!("one={}/1", server.url()),
        format!("two={}/2", server.url()),
    );
    let bases = ["--base-url", &*one, "--base-url", &two];
    for text in [
        "- /200\n- HEAD /404: 404\n",
        "/200: same\nHEAD /404: 404\n",
        "endpoints:\n  /200: 200\n  HEAD /404: 4xx\n",
    ] {
        let report = statusdiff().check(text).args(bases).report().exits(0);
        assert_eq!(report.environments(), ["one", "two"], "{text}");
        assert_eq!(report.json["summary"]["probes"], 4);
    }
    statusdiff()
        .check("- /200\n")
        .run()
        .exits(2)
        .complains(&["--base-url"]);
}

#[test]
fn an_environment_can_be_added_for_one_run() {
    let production = Server::echo();
    let clone = Server::always(404);
    let text = suite(&[("production", &production.url())], "- /200: 2xx");
    let flag = format!("clone={}", clone.url());
    let report = statusdiff()
        .check(&text)
        .args(["--add-env", &flag])
        .report()
        .exits(1);
    assert_eq!(report.environments(), ["production", "clone"]);
    assert_eq!(report.says("/200", "clone"), "mismatch 404 status");

    let taken = format!("production={}", clone.url());
    statusdiff()
        .check(&text)
        .args(["--add-env", &taken])
        .run()
        .exits(2)
        .complains(&["production"]);
}

#[test]
fn every_request_says_who_asks() {
    let server = Server::always(200);
    statusdiff()
        .check(&suite(&[("a", &server.url())], "- /: 200"))
        .report()
        .exits(0);
    let request = &server.requests()[0];
    let version = concat!("statusdiff/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent").as_deref(), Some(version));
    assert_eq!(request.header("accept").as_deref(), Some("*/*"));
    assert_eq!(
        request.header("host"),
        Some(format!("127.0.0.1:{}", server.port()))
    );
    for name in [
        "accept-encoding",
        "authorization",
        "cookie",
        "content-length",
        "content-type",
    ] {
        assert_eq!(request.header(name), None, "{name}");
    }
}

#[test]
fn what_a_suite_says_replaces_what_every_request_says() {
    let server = Server::always(200);
    let (own, url) = (format!("127.0.0.1:{}", server.port()), server.url());
    let endpoints = r#"
- { path: /a, headers: { x-a: "1" }, expect: 200 }
- { path: /b, headers: { Host: shop.example }, expect: 200 }
- { path: /c, headers: { Accept: text/html, User-Agent: me }, expect: 200 }"#;
    let run = statusdiff().check(&suite(&[("a", &url)], endpoints));
    run.args(["-j", "1"]).report().exits(0);
    let said: Vec<_> = server
        .requests()
        .iter()
        .map(|request| ["host", "accept", "user-agent"].map(|name| request.header(name).unwrap()))
        .collect();
    let agent = concat!("statusdiff/", env!("CARGO_PKG_VERSION"));
    assert_eq!(said[0], [own.as_str(), "*/*", agent]);
    assert_eq!(said[1], ["shop.example", "*/*", agent]);
    assert_eq!(said[2], [own.as_str(), "text/html", "me"]);
}

/// Suite with headers in every place; `{url}` is the environment's.
const HEADERS: &str = "
environments:
  a:
    base_url: {url}
    headers: { X-Env: env, X-Both: env, X-All: env, User-Agent: env }
defaults:
  headers: { X-Default: default, X-Env: default, X-Both: default, X-All: default }
endpoints:
  - path: /
    expect: 200
    headers: { x-both: endpoint, x-all: endpoint, Accept: text/html }
";

#[test]
fn the_nearest_header_wins() {
    let sent = |args: &[&str]| -> Request {
        let server = Server::always(200);
        let text = HEADERS.replace("{url}", &server.url());
        statusdiff()
            .check(&text)
            .args(args.iter().copied())
            .report()
            .exits(0);
        server.requests().remove(0)
    };
    let get = |request: &Request, name| request.header(name).unwrap();
    let request = sent(&[]);
    for (name, value) in [
        ("X-Default", "default"),
        ("X-Env", "env"),
        ("X-Both", "endpoint"),
        ("X-All", "endpoint"),
        ("User-Agent", "env"),
        ("Accept", "text/html"),
    ] {
        assert_eq!(get(&request, name), value, "{name}");
    }
    let request = sent(&[
        "-H",
        "X-All: flag",
        "--header",
        "X-New:flag",
        "-H",
        "user-agent: flag",
    ]);
    for (name, value) in [
        ("X-Both", "endpoint"),
        ("X-All", "flag"),
        ("X-New", "flag"),
        ("User-Agent", "flag"),
    ] {
        assert_eq!(get(&request, name), value, "{name}");
    }
}

#[test]
fn production_is_guarded() {
    let server = Server::always(200);
    let url = server.url();
    let prod = |endpoints: &str| suite(&[("prod", &url)], endpoints);
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let finished = statusdiff()
            .check(&prod(&format!("- {method} /: 200")))
            .run();
        finished
            .exits(2)
            .complains(&["suite.yaml:4", method, "prod", "allow_unsafe_methods"]);
    }
    let text = suite(
        &[("prod", "http://127.0.0.1:1"), ("dev", &url)],
        "- POST /: 200",
    );
    let base = format!("prod={url}/prod");
    statusdiff()
        .check(&text)
        .args(["--base-url", &base])
        .run()
        .exits(2);
    let flag = format!("prod={url}");
    statusdiff()
        .check("- POST /: 200")
        .args(["--base-url", &flag])
        .run()
        .exits(2);
    assert_eq!(server.asked(), [""; 0], "nothing may be sent");
}

#[test]
fn the_guard_lets_pass_what_is_safe_or_allowed() {
    let server = Server::always(200);
    let url = server.url();
    for method in ["GET", "HEAD", "OPTIONS", "TRACE"] {
        let text = suite(&[("prod", &url)], &format!("- {method} /: 200"));
        statusdiff().check(&text).report().exits(0);
    }
    let post = "- POST /: 200";
    let text = suite(&[("prod", &url)], post);
    statusdiff()
        .check(&text)
        .args(["--allow-unsafe-methods"])
        .report()
        .exits(0);
    let allowed = format!("{{ base_url: {url}, allow_unsafe_methods: true }}");
    statusdiff()
        .check(&suite(&[("prod", &allowed)], post))
        .report()
        .exits(0);
    let staging = format!("{{ base_url: {url}, type: staging }}");
    statusdiff()
        .check(&suite(&[("prod", &staging)], post))
        .report()
        .exits(0);
    let limited = "- { path: /, method: POST, expect: 200, environments: [dev] }";
    let both = [("prod", &*(url.clone() + "/p")), ("dev", &url)];
    statusdiff().check(&suite(&both, limited)).report().exits(0);
    // What is not asked needs no guard.
    statusdiff()
        .check(&suite(&both, post))
        .args(["-e", "dev"])
        .report()
        .exits(0);
    // A name that says nothing is production only where the host is public.
    statusdiff()
        .check(&suite(&[("shop", &url)], post))
        .report()
        .exits(0);
    let mock = suite(&[("prod", "{ mock: { POST /: 200 } }")], post);
    statusdiff().check(&mock).report().exits(0);
}

#[test]
fn a_name_that_says_nothing_is_production_on_a_public_host() {
    let text = suite(&[("shop", "https://shop.example.com")], "- POST /: 200");
    statusdiff()
        .check(&text)
        .run()
        .exits(2)
        .complains(&["shop", "POST"]);
}

#[test]
fn environments_that_nothing_tells_apart_are_refused() {
    let server = Server::always(200);
    let url = server.url();
    for second in [url.clone(), format!("{url}/")] {
        let text = suite(&[("a", &url), ("b", &second)], "- /: 200");
        statusdiff()
            .check(&text)
            .run()
            .exits(2)
            .complains(&["suite.yaml"]);
    }
    let told_apart = format!("{{ base_url: {url}, headers: {{ X-Shop: b }} }}");
    statusdiff()
        .check(&suite(&[("a", &url), ("b", &told_apart)], "- /: 200"))
        .report()
        .exits(0);
}

#[test]
fn environments_with_wrong_names_or_urls_are_refused() {
    for (name, url) in [
        ("default", "http://127.0.0.1"),
        ("grün", "http://127.0.0.1"),
        ("a b", "http://127.0.0.1"),
        ("\"\"", "http://127.0.0.1"),
        ("a", "ftp://127.0.0.1"),
        ("a", "127.0.0.1"),
        ("a", "/a"),
        ("a", "http://"),
        ("a", "http://127.0.0.1/?q=1"),
        ("a", "\"http://127.0.0.1/#f\""),
        ("a", "http://user:word@127.0.0.1"),
        ("a", "{ base_url: http://127.0.0.1, mock: { /: 200 } }"),
        ("a", "{ type: staging }"),
        ("a", "\"\""),
    ] {
        let finished = statusdiff().check(&suite(&[(name, url)], "- /: 200")).run();
        assert_eq!(finished.code, Some(2), "{name}: {url}\n{finished}");
        finished.complains(&["suite.yaml:2"]);
    }
    let text = suite(
        &[("a", "http://127.0.0.1/1"), ("A", "http://127.0.0.1/2")],
        "- /: 200",
    );
    statusdiff()
        .check(&text)
        .run()
        .exits(2)
        .complains(&["suite.yaml:3"]);
}

#[test]
fn an_embedded_environment_answers_as_described() {
    let text = "
environments:
  a:
    mock:
      /health: 200
      /old: 301 -> /new
      /slow: { status: 302, delay: 30ms, headers: { Location: /x }, body: text }
      POST /orders: 201
      /search?q=1: 204
  b: { mock: mock.yaml }
endpoints:
  - /health: 200
  - HEAD /health: 200
  - /old: { a: 301 -> /new, b: 404 }
  - /slow: { a: 302 -> /x, b: 404 }
  - POST /orders: { a: 201, b: 404 }
  - /orders: 404
  - /search?q=1: { a: 204, b: 404 }
  - /search?q=2: 404
";
    let file = "/health: 200\n";
    let report = statusdiff()
        .file("mock.yaml", file)
        .check(text)
        .report()
        .exits(0);
    assert_eq!(report.probe("/slow", "a")["location"], "/x");
    assert!(report.probe("/slow", "a")["duration_ms"].as_f64().unwrap() >= 30.0);
    let base = report.json["environments"][0]["base_url"].as_str().unwrap();
    assert!(base.starts_with("http://127.0.0.1:"), "{base}");
}

#[test]
fn proxies_are_honoured_for_loopback_but_never_for_embedded_environments() {
    let proxy = Server::start(
        |request| match request.target.strip_prefix("http://127.0.0.1:1") {
            Some("/x") => Reply::status(204),
            _ => Reply::status(500),
        },
    );
    let environments = [("a", "http://127.0.0.1:1"), ("b", "{ mock: { /x: 204 } }")];
    let text = suite(&environments, "- /x: 204");
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        statusdiff()
            .check(&text)
            .env(variable, &proxy.url())
            .report()
            .exits(0);
    }
    assert_eq!(proxy.asked(), ["GET http://127.0.0.1:1/x"; 3]);

    let spared = statusdiff()
        .check(&text)
        .env("HTTP_PROXY", &proxy.url())
        .env("NO_PROXY", "127.0.0.1");
    assert_eq!(spared.report().says("/x", "a"), "error connect_refused");

    let nobody = nobody();
    let report = statusdiff()
        .check(&text)
        .env("HTTP_PROXY", &nobody)
        .report()
        .exits(3);
    let message = report.probe("/x", "a")["error"]["message"]
        .as_str()
        .unwrap();
    assert!(message.contains("via proxy"), "{message}");
}
