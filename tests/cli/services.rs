//! Several hosts in one environment: which is asked, what it is shown, where it may redirect, how it is reported.

use serde_json::json;

use crate::support::{Invocation, Reply, Report, Request, Server, nobody, statusdiff};

const TOKEN: &str = "env-5f0c/77aa";
const OWN: &str = "own-90ab/31cd";

/// One environment `dev` of a website and two services, `api` and `login`, with further keys.
fn system(site: &Server, [api, login]: [&str; 2], keys: &str, endpoints: &str) -> Invocation {
    let url = site.url();
    let text = format!(
        "environments:\n  dev:\n    base_url: {url}\n    services: {{ api: {api}, login: {login} }}\n{keys}\n\
         endpoints:\n{endpoints}"
    );
    let run = statusdiff().check(&text);
    run.env("TOKEN", TOKEN).env("OWN", OWN)
}

const EVERYWHERE: &str = "  - /a: 200
  - { path: /a, service: api, expect: 200 }
  - { path: /a, service: login, expect: 200 }
";

fn long(server: &Server, keys: &str) -> String {
    format!("{{ base_url: \"{}\", {keys} }}", server.url())
}

/// The headers of this name that a server got, one for each request; empty where there was none.
fn got(server: &Server, header: &str) -> Vec<String> {
    let requests = server.requests();
    let value = |request: &Request| request.header(header).unwrap_or_default();
    requests.iter().map(value).collect()
}

#[test]
fn each_endpoint_is_asked_where_it_says() {
    let [site, api, login] = [200; 3].map(Server::always);
    let url = login.url() + "/v2";
    let run = system(&site, [&api.url(), &url], "", EVERYWHERE);
    let report = run.report().exits(0);
    assert_eq!(site.asked(), ["GET /a"]);
    assert_eq!(api.asked(), ["GET /a"]);
    assert_eq!(login.asked(), ["GET /v2/a"]);
    let services: Vec<_> = report.json["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| endpoint["service"].clone())
        .collect();
    assert_eq!(services, [json!(null), json!("api"), json!("login")]);
    let environment = &report.json["environments"][0];
    assert_eq!(
        environment["services"],
        json!({ "api": api.url(), "login": url })
    );
    assert_eq!(
        report.json["endpoints"][2]["probes"][0]["url"],
        json!(format!("{url}/a"))
    );
}

#[test]
fn defaults_name_a_service_and_an_endpoint_another() {
    let [site, api, login] = [200; 3].map(Server::always);
    let endpoints = "  - /a: 200\n  - { path: /b, service: login, expect: 200 }\n  - { path: /c, service: default, expect: 200 }\n";
    let keys = "defaults: { service: api }";
    system(&site, [&api.url(), &login.url()], keys, endpoints)
        .report()
        .exits(0);
    let asked = [&site, &api, &login].map(Server::asked);
    assert_eq!(asked, [["GET /c"], ["GET /a"], ["GET /b"]]);
}

/// What is secret of the environment is for its base URL; the rest of its headers is for all.
#[test]
fn credentials_stay_with_their_own_service() {
    let [site, api, login] = [200; 3].map(Server::always);
    let keys = "    auth: { bearer: \"${TOKEN}\" }
    headers: { X-Team: web, X-Api-Key: key-of-site, X-Build: \"${TOKEN}\" }";
    let own = long(
        &login,
        "auth: { bearer: \"${OWN}\" }, headers: { X-Team: sign-in }",
    );
    let run = system(&site, [&api.url(), &own], keys, EVERYWHERE);
    run.report().exits(0);
    let all = |server: &Server| {
        ["authorization", "x-api-key", "x-build", "x-team"].map(|name| got(server, name).concat())
    };
    let bearer = |token: &str| format!("Bearer {token}");
    assert_eq!(all(&site), [&bearer(TOKEN), "key-of-site", TOKEN, "web"]);
    assert_eq!(all(&api), ["", "", "", "web"]);
    assert_eq!(all(&login), [&bearer(OWN), "", "", "sign-in"]);
    for request in api.requests().iter().chain(&login.requests()) {
        let text = format!("{request:?}");
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[test]
fn a_service_may_share_the_credentials() {
    let [site, api, login] = [200; 3].map(Server::always);
    let keys = "    auth: { bearer: \"${TOKEN}\" }
    credentials: { admin: { bearer: abcdefgh } }
    headers: { X-Api-Key: key-of-site }";
    let shared = long(&api, "share_credentials: true");
    let endpoints = format!(
        "{EVERYWHERE}  - {{ path: /b, service: api, as: admin, expect: 200 }}\n  - {{ path: /c, service: api, as: anonymous, expect: 200 }}\n"
    );
    let run = system(&site, [&shared, &login.url()], keys, &endpoints);
    run.args(["-j", "1"]).report().exits(0);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        got(&api, "authorization"),
        [&*bearer, "Bearer abcdefgh", ""]
    );
    assert_eq!(got(&api, "x-api-key"), ["key-of-site"; 3]);
    assert_eq!(got(&login, "authorization"), [""]);
}

/// Signing in is asked of the base URL that the credential belongs to, whoever is shown it.
#[test]
fn a_shared_session_is_opened_at_home() {
    let site = Server::start(|_| Reply::status(200).header("Set-Cookie", "session=of-the-site"));
    let [api, login] = [200; 2].map(Server::always);
    let keys = "    auth: { login: { request: POST /session } }";
    let shared = long(&api, "share_credentials: true");
    let endpoints = "  - { path: /a, service: api, expect: 200 }\n  - { path: /b, service: login, expect: 200 }\n";
    let run = system(&site, [&shared, &login.url()], keys, endpoints);
    run.report().exits(0);
    assert_eq!(site.asked(), ["POST /session"]);
    assert_eq!(got(&api, "cookie"), ["session=of-the-site"]);
    assert_eq!(got(&login, "cookie"), [""]);
}

/// A sibling is another origin: a redirect there takes nothing along.
#[test]
fn a_redirect_to_a_sibling_takes_nothing_along() {
    let login = Server::always(200);
    let target = login.url() + "/sign-in";
    let api = Server::start(move |_| Reply::redirect(302, &target));
    let site = Server::always(200);
    let keys = long(
        &api,
        "auth: { bearer: \"${OWN}\" }, headers: { X-Team: web }",
    );
    let endpoints =
        "  - { path: /me, service: api, redirects: [\"302 -> login:/sign-in\", 200] }\n";
    let run = system(&site, [&keys, &login.url()], "", endpoints);
    run.report().exits(0);
    assert_eq!(got(&api, "authorization"), [format!("Bearer {OWN}")]);
    assert_eq!(login.asked(), ["GET /sign-in"]);
    assert_eq!(got(&login, "authorization"), [""]);
    assert_eq!(got(&login, "x-team"), [""]);
}

/// The two hosts of each of two environments; what `api` redirects to is made of all four URLs.
fn redirecting(to: [usize; 2], endpoint: &str) -> Report {
    let logins = [200; 2].map(Server::always);
    let other_apis = [200; 2].map(Server::always);
    // 0: staging's login, 1: production's login, 2: staging's other, 3: production's other, 4: foreign
    let urls: Vec<String> = logins.iter().chain(&other_apis).map(Server::url).collect();
    let mut places: Vec<_> = urls
        .iter()
        .map(|url| format!("{url}/v2/in?next=1"))
        .collect();
    places.push("https://elsewhere.example/in".to_owned());
    let apis = to.map(|place| {
        let location = places[place].clone();
        Server::start(move |_| Reply::redirect(302, &location))
    });
    let environment = |number: usize| {
        format!(
            "{{ services: {{ api: \"{}\", login: \"{}/v2\", other: \"{}\" }} }}",
            apis[number].url(),
            urls[number],
            urls[number + 2]
        )
    };
    let text = format!(
        "environments:\n  staging: {}\n  production: {}\ndefaults: {{ service: api }}\nendpoints:\n  - {endpoint}\n",
        environment(0),
        environment(1)
    );
    statusdiff().check(&text).report()
}

#[test]
fn a_redirect_to_a_sibling_is_the_same_in_every_environment() {
    for (to, endpoint, says) in [
        ([0, 1], "/x", "match 302"),
        ([0, 1], "/x: \"302 -> login:/in?next=1\"", "match 302"),
        ([0, 1], "/x: \"302 -> login:/*\"", "match 302"),
        ([0, 1], "/x: \"302 -> login:/out\"", "mismatch 302 location"),
        ([0, 1], "/x: \"302 -> other:/*\"", "mismatch 302 location"),
        // A path stands for a target on the host that was asked.
        ([0, 1], "/x: \"302 -> /in?next=1\"", "mismatch 302 location"),
        ([2, 1], "/x", "mismatch 302 same"),
        ([4, 1], "/x", "mismatch 302 same"),
        ([4, 4], "/x", "match 302"),
        // Into the login of the other environment.
        ([1, 1], "/x: 302", "mismatch 302 crosses_environment"),
        ([1, 1], "/x", "mismatch 302 same crosses_environment"),
    ] {
        let report = redirecting(to, endpoint);
        assert_eq!(
            report.says("/x", "staging"),
            says,
            "{to:?} {endpoint}: {report}"
        );
    }
}

/// What is one host in development is two in production.
#[test]
fn hosts_may_be_one_in_one_environment_and_two_in_another() {
    let one = Server::start(|request| match request.path() {
        "/api/me" => Reply::redirect(302, "/login/in"),
        _ => Reply::status(200),
    });
    let login = Server::always(200);
    let target = login.url() + "/in";
    let api = Server::start(move |_| Reply::redirect(302, &target));
    let text = format!(
        "environments:\n  development: {{ services: {{ api: \"{one}/api\", login: \"{one}/login\" }} }}\n  \
         production: {{ services: {{ api: \"{}\", login: \"{}\" }} }}\n\
         endpoints: [{{ path: /me, service: api }}]\n",
        api.url(),
        login.url(),
        one = one.url(),
    );
    let report = statusdiff().check(&text).report().exits(0);
    assert_eq!(report.says("/me", "development"), "match 302");
}

/// Twenty probes in a row without a connection speak for their service only.
#[test]
fn a_dead_service_does_not_stop_its_siblings() {
    let [site, login] = [200; 2].map(Server::always);
    let endpoints: String = (0..30)
        .map(|number| {
            format!(
                "  - {{ path: /{number}, service: api, expect: 200 }}\n  - {{ path: /{number}, service: login, expect: 200 }}\n"
            )
        })
        .collect();
    let run = system(&site, [&nobody(), &login.url()], "", &endpoints);
    let report = run.args(["-j", "1", "--retries", "0"]).report().exits(3);
    assert_eq!(login.asked().len(), 30);
    let kinds: Vec<_> = report.json["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|endpoint| endpoint["service"] == "api")
        .map(|endpoint| endpoint["probes"][0]["error"]["kind"].clone())
        .collect();
    assert_eq!(kinds[..20], vec![json!("connect_refused"); 20]);
    assert_eq!(kinds[20..], vec![json!("unreachable"); 10]);
}

/// An environment that says when it is ready says it for all its services.
#[test]
fn services_wait_for_their_environment() {
    let [site, api, login] = [200; 3].map(Server::always);
    let keys = "    ready: { path: /health }";
    let run = system(&site, [&api.url(), &login.url()], keys, EVERYWHERE);
    run.args(["-j", "1"]).report().exits(0);
    let first = site.requests().remove(0);
    assert_eq!(first.path(), "/health");
    assert_eq!(api.asked(), ["GET /a"]);
    let run = system(&site, [&api.url(), &login.url()], "", EVERYWHERE);
    run.args(["-j", "1", "--wait", "30s"]).report().exits(0);
    assert_eq!(api.asked(), ["GET /", "GET /a", "GET /a"]);
    assert_eq!(login.asked(), ["GET /", "GET /a", "GET /a"]);
}

#[test]
fn one_service_is_selected() {
    let [site, api] = [200; 2].map(Server::always);
    let broken = "{ base_url: \"${NOT_SET}\", auth: { bearer: \"${NOT_SET_EITHER}\" } }";
    let of = |flags: &[&'static str]| {
        let run = system(&site, [&api.url(), broken], "", EVERYWHERE);
        run.args(flags.iter().copied())
    };
    // Of what is not asked nothing is resolved.
    of(&["--service", "api"]).report().exits(0);
    assert_eq!((site.asked().len(), api.asked().len()), (0, 1));
    of(&["--service", "api", "--service", "default"])
        .report()
        .exits(0);
    assert_eq!((site.asked().len(), api.asked().len()), (1, 2));
    of(&["--service", "login"]).run().exits(2).complains(&[
        "`${NOT_SET}` has no value",
        "`${NOT_SET_EITHER}` has no value",
    ]);
    of(&["--service", "lgin"])
        .run()
        .exits(2)
        .complains(&["`--service lgin`: there is no service `lgin`", "`login`"]);
}

#[test]
fn flags_and_variables_say_where_a_service_is() {
    let [site, api, login] = [200; 3].map(Server::always);
    let [a, b] = [nobody(), nobody()];
    let (site_url, api_url, login_url) = (site.url(), api.url(), login.url());
    let run = system(&site, [&a, &b], "", EVERYWHERE);
    run.args(["--base-url", &format!("dev/api={api_url}")])
        .env("STATUSDIFF_BASE_URL_DEV_LOGIN", &login_url)
        .report()
        .exits(0);
    assert_eq!((api.asked().len(), login.asked().len()), (1, 1));

    let text = "endpoints: [{ path: /b, service: api, expect: 200 }, /c: 200]";
    let flags = [
        format!("--base-url=dev/api={api_url}"),
        format!("--base-url=dev={site_url}"),
    ];
    let run = statusdiff().check(text);
    run.args(flags.iter().map(String::as_str)).report().exits(0);
    assert_eq!((api.asked().len(), site.asked().len()), (2, 2));

    let clone = |flags: &[String]| {
        let run = system(&site, [&api_url, &login_url], "", EVERYWHERE);
        run.args(flags.iter().map(String::as_str))
    };
    let [one, two] = [Server::always(200), Server::always(404)];
    let flags = [
        format!("--add-env=clone/login={}", two.url()),
        format!("--add-env=clone/api={}", one.url()),
        format!("--add-env=clone={}", one.url()),
    ];
    let report = clone(&flags).report().exits(1);
    assert_eq!(report.json["summary"]["mismatch"], 1);
    assert_eq!(two.asked(), ["GET /a"]);
    clone(&flags[1..]).run().exits(2).complains(&[
        "`clone` has no service `login`, and `dev` has one",
        "`clone/login=URL` on the command line",
    ]);
    let run = system(&site, [&api_url, &login_url], "", EVERYWHERE);
    run.args(["--base-url", "dev/apo=http://127.0.0.1"])
        .run()
        .exits(2)
        .complains(&["there is no service `apo`", "a similar name is `api`"]);
}

/// The guard is the environment's, wherever its hosts are.
#[test]
fn a_service_of_production_is_guarded() {
    let text = |name: &str, api: &str| {
        format!(
            "environments: {{ {name}: {{ base_url: http://127.0.0.1:1, services: {{ api: \"{api}\" }} }} }}\n\
             endpoints: [{{ path: /x, method: POST, service: api, expect: 200 }}]"
        )
    };
    let check = |text: &str| statusdiff().check(text).args(["--dry-run"]).run();
    check(&text("production", "http://127.0.0.1:2"))
        .exits(2)
        .complains(&["`POST /x` would be sent to `production`"]);
    check(&text("staging", "https://api.example.com")).exits(0);
    check(&text("clone", "http://127.0.0.1:2")).exits(0);
    // One of its hosts is no machine of one's own.
    check(&text("clone", "https://api.example.com"))
        .exits(2)
        .complains(&["which counts as production"]);
}

#[test]
fn only_what_is_asked_in_both_is_compared_with_itself() {
    let text = |service: &str| {
        format!(
            "environments:\n  staging: {{ base_url: http://127.0.0.1:1, services: {{ login: http://127.0.0.1:9 }} }}\n  \
             production: {{ base_url: http://127.0.0.1:2, services: {{ login: http://127.0.0.1:9 }} }}\n\
             endpoints: [{{ path: /x, service: {service} }}]"
        )
    };
    let check = |service| statusdiff().check(&text(service)).args(["--dry-run"]).run();
    check("default").exits(0);
    check("login").exits(2).complains(&[
        "`production/login` has the same base URL as `staging/login`: it would be compared with itself",
    ]);
}

const EMBEDDED: &str = "
environments:
  staging:
    mock: { /home: 200 }
    services: { api: { mock: { /me: 302 -> login:/in, /a: 404 } }, login: { mock: { /a: 404 } } }
  production:
    mock: { /home: 200 }
    services: { login: { mock: { /a: 200 } }, api: { mock: { /me: 302 -> login:/in, /a: 200 } } }
endpoints:
  - { path: /a, service: login }
  - /home: 404
  - { path: /me, service: api, expect: 302 -> login:/in }
  - { path: /a, service: api }
  - { path: /b, service: login, expect: 404 }
";

#[test]
fn the_table_groups_by_service() {
    let run = statusdiff().check(EMBEDDED).args(["--all"]).run().exits(1);
    let first = |line: &str| {
        Some(
            line.strip_prefix("│ ")?
                .split('│')
                .next()?
                .trim()
                .to_owned(),
        )
    };
    let column: Vec<_> = run.stdout.lines().filter_map(first).collect();
    let rows = [
        "endpoint", "/home", "login:", "/a", "/b", "api:", "/me", "/a",
    ];
    assert_eq!(column[..rows.len()], rows, "{run}");
}

#[test]
fn every_format_names_the_service() {
    for format in [
        "table", "markdown", "html", "github", "gitlab", "tap", "junit", "sarif",
    ] {
        let run = statusdiff().check(EMBEDDED).args(["-f", format]).run();
        // GitHub wants its colons encoded.
        let text = run.stdout.replace("%3A", ":");
        let named = format == "table" || (text.contains("api:/a") && text.contains("login:/a"));
        assert!(named, "{format}: {run}");
        assert!(text.contains("/home"), "{format}: {run}");
    }
}
