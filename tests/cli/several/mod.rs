//! `check a.yaml b.yaml`: several suites in one run, each as it would be alone.

mod agreement;
mod choices;

use crate::support::{Invocation, Report, Server, environment, statusdiff};

/// `check` of these suites, `a.yaml`, `b.yaml` and so on.
fn check(texts: &[&str]) -> Invocation {
    let names: Vec<String> = ('a'..='z')
        .map(|letter| format!("{letter}.yaml"))
        .take(texts.len())
        .collect();
    let mut run = statusdiff();
    for (name, text) in names.iter().zip(texts) {
        run = run.file(name, text);
    }
    run.args(["check"]).args(names.iter().map(String::as_str))
}

/// What was asked, and what it said: `GET /path a=b`, of the headers that begin with `x-`, sorted.
fn asked(server: &Server) -> Vec<String> {
    let mut asked = Vec::new();
    for request in server.requests() {
        let mut words = vec![request.method, request.target];
        let own = request.headers.into_iter();
        let mut own: Vec<String> = own
            .filter(|(name, _)| name.starts_with("x-") || name == "authorization")
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        own.sort();
        words.append(&mut own);
        asked.push(words.join(" "));
    }
    asked.sort();
    asked
}

/// The places of the endpoints, as the report has them: `a.yaml:3 /path`.
fn places(report: &Report) -> Vec<String> {
    let endpoints = report.json["endpoints"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    endpoints
        .iter()
        .map(|it| format!("{}:{} {}", text(&it["file"]), it["line"], text(&it["path"])))
        .collect()
}

#[test]
fn there_is_one_report_of_all_and_each_endpoint_has_its_own_file_and_environments() {
    let server = Server::echo();
    let url = server.url();
    let a = format!(
        "name: shop\nenvironments: {{ staging: {url}/s, production: {url}/p }}\nendpoints:\n- /status/200\n- /status/201: 201\n"
    );
    let b = format!(
        "name: admin\nenvironments: {{ preview: {url}/v, staging: {url}/s }}\nendpoints:\n- /status/404: 200\n"
    );
    let report = check(&[&a, &b]).report().exits(1);
    assert_eq!(
        places(&report),
        [
            "a.yaml:4 /status/200",
            "a.yaml:5 /status/201",
            "b.yaml:4 /status/404"
        ]
    );
    assert_eq!(report.environments(), ["staging", "production", "preview"]);
    assert_eq!(report.says("/status/200", "preview"), "skipped");
    assert_eq!(report.says("/status/404", "production"), "skipped");
    assert_eq!(report.says("/status/404", "preview"), "mismatch 404 status");
    assert_eq!(report.json["suite"], "a.yaml, b.yaml");
    assert_eq!(
        report.json["suites"],
        serde_json::json!(["a.yaml", "b.yaml"])
    );
    assert_eq!(report.json["name"], "shop, admin");
    assert_eq!(report.json["reference"], "production");
    assert_eq!(report.json["summary"]["skipped"], 3);
    assert_eq!(server.requests().len(), 6);
}

/// The names of some would say too little of all.
#[test]
fn a_suite_without_a_name_leaves_the_run_without_one() {
    let server = Server::always(200);
    let a = format!(
        "name: shop\nenvironments: {{ x: {} }}\nendpoints: [/a: 200]\n",
        server.url()
    );
    let report = check(&[&a, "- /b: 200\n"]).report().exits(0);
    assert_eq!(report.json["name"], serde_json::Value::Null);
    let report = check(&[&a]).report().exits(0);
    assert_eq!(report.json["suite"], "a.yaml");
    assert!(report.json.get("suites").is_none(), "{report}");
}

/// Together they send what each sends alone: `defaults` and `vars` are those of the own suite, whatever comes first.
#[test]
fn together_they_send_what_each_sends_alone() {
    let server = Server::start(|request| {
        let status = if request.path().starts_with("/down") {
            503
        } else {
            200
        };
        crate::support::Reply::status(status)
    });
    let shared = |vars: &str| {
        environment(
            &server.url(),
            &format!("headers: {{ X-Env: \"${{tenant}}\", X-Both: env }}, vars: {{ {vars} }}"),
        )
    };
    let a = format!(
        "vars: {{ tenant: t1, user: 1 }}\n\
         environments: {{ x: {} }}\n\
         defaults: {{ expect: 200, headers: {{ X-Suite: a, X-Both: a }}, retry: {{ times: 0 }} }}\n\
         endpoints:\n- \"/users/${{user}}/${{local}}\"\n- /plain\n- /down/a\n- {{ path: /own, headers: {{ X-Suite: own }} }}\n",
        shared("local: \"${user}\"")
    );
    let b = format!(
        "vars: {{ tenant: t1, user: 2 }}\n\
         environments: {{ x: {} }}\n\
         defaults: {{ expect: 200, query: {{ q: b }}, retry: {{ times: 2, backoff: 1ms }} }}\n\
         endpoints:\n- \"/users/${{user}}/${{local}}\"\n- /plain-too\n- /down/b\n- {{ path: /post, method: POST, body: x }}\n",
        shared("local: lives-here")
    );
    let allow = ["--allow-unsafe-methods"];
    let mut alone = Vec::new();
    for text in [&a, &b] {
        let before = server.requests().len();
        check(&[text]).args(allow).run().exits(1);
        assert!(server.requests().len() > before);
    }
    alone.extend(asked(&server));
    for order in [[&a, &b], [&b, &a]] {
        let before = asked(&server);
        check(&order.map(String::as_str)).args(allow).run().exits(1);
        let mut together = asked(&server);
        for request in before {
            let known = together.iter().position(|it| *it == request).unwrap();
            together.remove(known);
        }
        assert_eq!(together, alone);
    }
    let of_b = "GET /users/2/lives-here?q=b x-both=env x-env=t1".to_owned();
    assert!(alone.contains(&of_b), "{alone:#?}");
    let retried = alone
        .iter()
        .filter(|it| it.starts_with("GET /down/b"))
        .count();
    assert_eq!(retried, 3, "{alone:#?}");
}

/// A time limit in `defaults` is that of its own suite.
#[test]
fn a_time_limit_holds_for_its_own_suite() {
    let server = Server::start(|request| match request.path() {
        "/stalls" => crate::support::Reply::stall(),
        _ => crate::support::Reply::status(200),
    });
    let suite = |defaults: &str, path: &str| {
        format!(
            "environments: {{ x: {} }}\ndefaults: {{ expect: 200, {defaults} }}\nendpoints: [{path}]\n",
            server.url()
        )
    };
    let (a, b) = (
        suite("same: false", "/a"),
        suite("timeout: 50ms, retry: { times: 0 }", "/stalls"),
    );
    let report = check(&[&a, &b]).report().exits(3);
    assert_eq!(report.says("/a", "x"), "match 200");
    assert_eq!(report.says("/stalls", "x"), "error timeout");
}

/// A suite without environments is asked in those of all others, as these say.
#[test]
fn a_list_borrows_the_environments_of_the_others() {
    let server = Server::always(200);
    let a = format!(
        "vars: {{ host: \"{}\", team: web, user: 1 }}\nenvironments:\n  x: {{ base_url: \"${{host}}/x\", headers: {{ X-Team: \"${{team}}\" }}, vars: {{ who: \"${{team}}-x\" }} }}\nendpoints: [/a: 200]\n",
        server.url()
    );
    let b = format!(
        "environments: {{ y: {}/y }}\nendpoints: [/b: 200]\n",
        server.url()
    );
    // Where `team` is another value, what `who` is made of is not.
    let list = "vars: { team: api, own: o }\ndefaults: { headers: { X-Suite: c } }\nendpoints: [\"/${who:-none}/${team}/${user:-free}\": 200]\n";
    check(&[list, &a, &b]).run().exits(0);
    assert_eq!(
        asked(&server),
        [
            "GET /x/a x-team=web",
            "GET /x/web-x/api/free x-suite=c x-team=web",
            "GET /y/b",
            "GET /y/none/api/free x-suite=c",
        ]
    );
}

#[test]
fn a_bare_list_is_compared_with_the_reference_of_the_others() {
    let server = Server::echo();
    let url = server.url();
    let a = format!(
        "reference: dev\nenvironments: {{ dev: {url}/dev/200, prod: {url}/prod/200 }}\nendpoints: [/: any]\n"
    );
    let report = check(&[&a, "- /list\n"]).report().exits(0);
    assert_eq!(report.json["reference"], "dev");
    let expected = &report.probe("/list", "prod")["expected"];
    assert!(
        expected.as_str().unwrap().starts_with("same as dev"),
        "{report}"
    );
}

/// Without any environments there is one complaint, and flags define them for all.
#[test]
fn flags_define_the_environments_of_lists() {
    let lists = ["- /a: 200\n", "- /b: 200\n"];
    let words = ["a list of endpoints alone has no environments to ask"];
    let finished = check(&lists).run().exits(2).complains(&words);
    assert_eq!(finished.stderr.matches("error: ").count(), 1, "{finished}");
    let server = Server::always(200);
    let flag = format!("x={}", server.url());
    check(&lists).args(["--base-url", &flag]).run().exits(0);
    assert_eq!(server.asked(), ["GET /a", "GET /b"]);
}

/// Services have one numbering in a run, whatever order suites have them in.
#[test]
fn suites_may_have_other_services() {
    let server = Server::always(200);
    let url = server.url();
    let a = format!(
        "environments:\n  x: {{ base_url: \"{url}/x\", services: {{ api: \"{url}/x/api\", login: \"{url}/x/login\" }} }}\nendpoints:\n- {{ path: /1, service: login, expect: 200 }}\n- /2: 200\n"
    );
    let b = format!(
        "environments:\n  x: {{ base_url: \"{url}/x\", services: {{ login: \"{url}/x/login\", api: \"{url}/x/api\" }} }}\nendpoints:\n- {{ path: /3, service: login, expect: 200 }}\n- {{ path: /4, service: api, expect: 200 }}\n"
    );
    let c = format!(
        "environments:\n  y: {{ base_url: \"{url}/y\", services: {{ media: \"{url}/y/media\" }} }}\nendpoints:\n- {{ path: /5, service: media, expect: 200 }}\n- /6: 200\n"
    );
    let report = check(&[&a, &b, &c]).report().exits(0);
    assert_eq!(report.endpoint("/5")["service"], "media");
    let all = [
        "GET /x/2",
        "GET /x/api/4",
        "GET /x/login/1",
        "GET /x/login/3",
        "GET /y/6",
        "GET /y/media/5",
    ];
    assert_eq!(server.asked(), all);
    let run = check(&[&a, &b, &c]).args(["--service", "media", "--service", "api"]);
    let report = run.report().exits(0);
    assert_eq!(places(&report), ["b.yaml:5 /4", "c.yaml:4 /5"]);
}

/// Each endpoint is asked with the credentials of the environment, whichever suite needs them.
#[test]
fn credentials_are_those_of_the_environment() {
    let server = Server::always(200);
    let shared = environment(
        &server.url(),
        "auth: { bearer: first }, credentials: { admin: { bearer: \"${TOKEN}\" } }",
    );
    let a = format!("environments: {{ x: {shared} }}\nendpoints: [/a: 200]\n");
    let b = format!(
        "environments: {{ x: {shared} }}\nendpoints: [{{ path: /b, as: admin, expect: 200 }}, {{ path: /c, as: anonymous, expect: 200 }}]\n"
    );
    let run = check(&[&a, &b]).env("TOKEN", "second-token");
    run.run().exits(0);
    assert_eq!(
        asked(&server),
        [
            "GET /a authorization=Bearer first",
            "GET /b authorization=Bearer second-token",
            "GET /c",
        ]
    );
}

/// Whether a redirect leads into another environment is told by the environments of the own suite.
#[test]
fn a_redirect_is_judged_as_in_its_own_suite() {
    let other = Server::always(200);
    let target = format!("{}/new", other.url());
    let server = Server::start(move |_| crate::support::Reply::redirect(301, &target));
    let a = format!(
        "environments: {{ x: {} }}\nendpoints: [/a: 301]\n",
        server.url()
    );
    let b = format!(
        "environments: {{ y: {} }}\nendpoints: [/b: 200]\n",
        other.url()
    );
    let c = format!(
        "environments: {{ x: {}, y: {} }}\nendpoints: [{{ path: /c, environments: [x], expect: 301 }}]\n",
        server.url(),
        other.url()
    );
    let report = check(&[&a, &b, &c]).report().exits(1);
    assert_eq!(report.says("/a", "x"), "match 301");
    assert_eq!(report.says("/c", "x"), "mismatch 301 crosses_environment");
}

/// Embedded environments of one name are one server.
#[test]
fn an_embedded_environment_is_served_once() {
    let a = "environments: { x: { mock: { /a: 200 } } }\nendpoints: [/a: 200]\n";
    let b = "environments: { x: { mock: { /a: 200 } } }\nendpoints: [/b: 404]\n";
    let report = check(&[a, b]).report().exits(0);
    assert_eq!(report.environments(), ["x"]);
}

/// Suites that borrow take the environments of all others, which have services of their own.
#[test]
fn borrowed_environments_may_have_other_services() {
    let a = "environments: { staging: {mock: {/a: 200}, services: {api: {mock: {/x: 200}, credentials: {admin: {bearer: abcdefgh}}}}} }\nendpoints: [/a: 200]\n";
    let b = "environments: { partner: {mock: {/a: 200}} }\nendpoints: [/b: 404]\n";
    let report = check(&[a, b, "endpoints: [/c: 404]"]).report().exits(0);
    assert_eq!(report.says("/c", "staging"), "match 404");
    assert_eq!(report.says("/c", "partner"), "match 404");
    for keys in ["", "as: admin, "] {
        let there = |more: &str| {
            format!("endpoints: [{{ path: /x, service: api, {keys}{more}expect: 200 }}]")
        };
        // It is asked only where it is.
        let limited = there("environments: [staging], ");
        let report = check(&[a, b, &limited]).report().exits(0);
        assert_eq!(report.says("/x", "staging"), "match 200");
        check(&[a, b, &there("")])
            .args(["-e", "staging"])
            .report()
            .exits(0);
        check(&[a, b, &there("")]).run().exits(2).complains(&[
            "`/x` asks the service `api`, and nothing says where that is",
            "in partner",
            "`partner/api=URL` on the command line says where",
        ]);
    }
}

/// A file is named where nothing else tells whose row it is, and nowhere else.
#[test]
fn rows_that_read_the_same_name_their_files() {
    let server = Server::always(404);
    let text = |path: &str, rest: &str| {
        format!(
            "vars: {{ p: {path} }}\nenvironments: {{ a: '{}' }}\nendpoints: [\"/${{p}}\": 200{rest}]\n",
            server.url()
        )
    };
    let texts = [text("x", ", /only: 200, /right: 404"), text("y", "")];
    let finished = check(&[&texts[0], &texts[1]]).run().exits(1);
    for told in ["/${p} in a.yaml", "/${p} in b.yaml"] {
        assert_eq!(finished.stdout.matches(told).count(), 1, "{finished}");
    }
    assert!(!finished.stdout.contains("/only in"), "{finished}");
    let alone = check(&[&texts[0]]).run().exits(1);
    assert!(!alone.stdout.contains("in a.yaml"), "{alone}");
}
