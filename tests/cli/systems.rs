//! Environments of several services, in the commands that need no expectation: `compare` and `environments`.

use serde_json::Value;

use crate::support::{Invocation, Reply, Server, nobody, statusdiff};

const SHOP: &str = "\
environments:
  live: { base_url: http://127.0.0.1:1, services: { api: { base_url: http://127.0.0.1:2, auth: { bearer: \"${NO_TOKEN}\" } } } }
endpoints:
  - /account: 302 -> login:/start
  - { path: /orders, service: api, expect: 201 }
  - { path: /items, service: api }
";

/// `live` and `clone`, whose websites redirect to their own sign-in, and whose `api` differs.
struct Systems {
    sites: [Server; 2],
    apis: [Server; 2],
    logins: [Server; 2],
}

impl Systems {
    fn start() -> Self {
        let logins = [200; 2].map(Server::always);
        let sites = logins.each_ref().map(|login| {
            let place = login.url() + "/start";
            Server::start(move |_| Reply::redirect(302, &place))
        });
        Self {
            sites,
            apis: [200, 404].map(Server::always),
            logins,
        }
    }

    /// As they are typed: both websites, both APIs, both sign-ins.
    fn typed(&self) -> [String; 6] {
        let both = |service: &str, servers: &[Server; 2]| {
            let [live, clone] = servers.each_ref().map(Server::url);
            [
                format!("live{service}={live}"),
                format!("clone{service}={clone}"),
            ]
        };
        let [live, clone] = both("", &self.sites);
        let apis = both("/api", &self.apis).map(|api| api + "/v2");
        let [live_api, clone_api] = apis;
        let [live_login, clone_login] = both("/login", &self.logins);
        [live, clone, live_api, clone_api, live_login, clone_login]
    }
}

fn compare(typed: &[&String], more: &[&str]) -> Invocation {
    let run = statusdiff().file("shop.yaml", SHOP).args(["compare"]);
    let run = run.args(typed.iter().map(|it| it.as_str()));
    run.args(more.iter().copied())
}

#[test]
fn services_are_typed_beside_their_environments() {
    let systems = Systems::start();
    let all = systems.typed();
    let suite = ["--suite", "shop.yaml", "-H", "X-Team: web"];
    let run = compare(&all.each_ref(), &suite);
    let report = run.report().exits(1);
    assert_eq!(report.json["reference"], "live");
    assert_eq!(report.environments(), ["live", "clone"]);
    assert_eq!(report.says("/account", "clone"), "match 302");
    assert_eq!(report.says("/orders", "clone"), "mismatch 404 same");
    let api = &systems.apis[1];
    assert_eq!(api.asked(), ["GET /v2/items", "GET /v2/orders"]);
    for request in api.requests() {
        assert_eq!(request.header("x-team").as_deref(), Some("web"));
        assert_eq!(request.header("authorization"), None);
    }
}

/// Redirects are compared by services even where nothing asks these.
#[test]
fn a_part_of_what_is_asked_needs_a_part_of_the_services() {
    let systems = Systems::start();
    let [live, clone, live_api, clone_api, live_login, clone_login] = &systems.typed();
    let sites = [live, clone, live_login, clone_login];
    let report = compare(&sites, &["--path", "/account"]).report().exits(0);
    assert_eq!(report.says("/account", "clone"), "match 302");
    let own = ["--suite", "shop.yaml", "--service", "default"];
    compare(&sites, &own).report().exits(0);
    let apis = ["--suite", "shop.yaml", "--service", "api"];
    let report = compare(&[live_api, clone_api], &apis).report().exits(1);
    assert_eq!(report.json["summary"]["probes"], 4);
}

#[test]
fn what_is_missing_of_the_services_is_told() {
    let [live, clone, api, clone_api, ..] = &Systems::start().typed();
    let odd = "live/a b=http://127.0.0.1:1".to_owned();
    for (typed, parts) in [
        (
            &[live, clone][..],
            &[
                "shop.yaml:5",
                "`/orders` asks the service `api`",
                "`live/api=URL` and `clone/api=URL`",
                "one more",
            ][..],
        ),
        (
            &[live, clone, api],
            &["`clone` has no service `api`", "`clone/api=URL`"],
        ),
        (
            &[api, clone_api],
            &["`/account` names no service", "`live=URL` and `clone=URL`"],
        ),
        (
            &[live, api],
            &["`live` is the only environment", "`clone/api=URL`"],
        ),
        (&[live, clone, api, api], &["a service `api` already"]),
        (&[live, clone, &odd], &["`a b` is no name for a service"]),
    ] {
        let run = compare(typed, &["--suite", "shop.yaml"]);
        run.run().exits(2).complains(parts);
    }
}

/// A staging with a website and two services, and a production that has only services.
fn environments(site: &Server, api: &Server, nobody: &str, arguments: &[&str]) -> Invocation {
    let text = format!(
        "environments:
  staging:
    base_url: {}
    auth: {{ bearer: \"${{TOKEN}}\" }}
    services: {{ api: {{ base_url: {}/v2, headers: {{ X-Api: '1' }} }}, login: {{ mock: {{ /: 204 }} }} }}
  production: {{ services: {{ api: {nobody}, login: https://id.example.com }} }}
endpoints: [{{ path: /a, service: api, expect: 200 }}]
",
        site.url(),
        api.url()
    );
    let run = statusdiff().file("suite.yaml", text);
    let run = run.args(["environments", "suite.yaml"]);
    run.args(arguments.iter().copied())
}

#[test]
fn services_are_told_beside_their_environment() {
    let (site, api, nobody) = (Server::always(200), Server::always(200), nobody());
    let moved = ["--base-url", "production/login=https://id2.example.com"];
    let run = environments(&site, &api, &nobody, &moved);
    let told = run.env("STATUSDIFF_BASE_URL_STAGING_LOGIN", "https://id.test");
    let told = told.run().exits(0);
    let (site, api) = (site.url(), api.url() + "/v2");
    let expected = [
        ["environment", "type", "base URL", "from"],
        ["staging", "staging", &site, "base_url"],
        ["staging/api", "staging", &api, "base_url"],
        [
            "staging/login",
            "staging",
            "https://id.test",
            "STATUSDIFF_BASE_URL_STAGING_LOGIN",
        ],
        ["production", "production", "(none of its own)", "services"],
        ["production/api", "production", &nobody, "base_url"],
        [
            "production/login",
            "production",
            "https://id2.example.com",
            "--base-url",
        ],
    ];
    for (line, cells) in told.stdout.lines().zip(&expected) {
        let words = line.split("  ").map(str::trim);
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        assert_eq!(words, cells, "{told}");
    }
    assert_eq!(told.stdout.lines().count(), expected.len());
}

#[test]
fn a_ping_asks_services_as_a_run_would() {
    let (site, api, nobody) = (Server::always(200), Server::always(503), nobody());
    let ping = |arguments: &[&str]| {
        let arguments = [&["--ping", "-t", "5s"], arguments].concat();
        environments(&site, &api, &nobody, &arguments).env("TOKEN", "t0ken-5e1f")
    };
    let told = ping(&["-e", "staging"]).run().exits(0);
    told.prints(&["  200 in ", "  503 in ", "  204 in ", "(embedded)"]);
    let [request] = &api.requests()[..] else {
        panic!("{:?}", api.asked());
    };
    assert_eq!(request.path(), "/v2/");
    assert_eq!(request.header("x-api").as_deref(), Some("1"));
    assert_eq!(request.header("authorization"), None, "it is the website's");
    let told = ping(&["-e", "staging", "-f", "json"]).run().exits(0);
    let json: Value = serde_json::from_str(&told.stdout).unwrap();
    let services = &json["environments"][0]["services"];
    assert_eq!(services[0]["name"], "api");
    assert_eq!(services[0]["base_url"], api.url() + "/v2");
    assert_eq!(services[0]["source"], "base_url");
    assert_eq!(services[0]["ping"]["status"], 503);
    assert_eq!(services[1]["base_url"], Value::Null);
    assert_eq!(services[1]["ping"]["status"], 204);

    let login = format!("production/login={}", site.url());
    let silent = ping(&["-e", "production", "--base-url", &login]);
    silent.run().exits(3).prints(&[
        "(none of its own)",
        "not asked",
        "✗ connect_refused: ",
        "  200 in ",
    ]);
}
