//! Plans of small suites: what is asked, what is sent, what is refused.

use std::sync::Arc;

use super::*;
use crate::diagnostic::Source;
use crate::suite::{self, Overrides};

/// The process environment of these tests.
fn process(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("s3cret-token".to_owned()),
        "HOST" => Some("http://h.test".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

fn plan_with(text: &str, selection: &Selection, settings: &Settings) -> Result<Plan, Vec<String>> {
    let source = Arc::new(Source::new("s.yaml", text));
    let (suite, problems) = suite::read(source, &Overrides::default());
    assert_eq!(problems, [], "{text}");
    let plan = Plan::new(suite.unwrap(), selection, settings, &process);
    let words = |problem: Diagnostic| format!("{} {}", problem.message, problem.label);
    plan.map_err(|problems| {
        problems
            .into_iter()
            .map(|it| words(it).trim_end().to_owned())
            .collect()
    })
}

fn plan(text: &str) -> Plan {
    plan_with(text, &Selection::default(), &Settings::default()).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    plan_with(text, &Selection::default(), &Settings::default()).unwrap_err()
}

fn select(environments: &[&str]) -> Selection {
    let environments = environments.iter().map(|&name| name.to_owned()).collect();
    Selection {
        environments,
        ..Selection::default()
    }
}

/// `environment: METHOD target`, masked as it is shown.
fn shown(plan: &Plan) -> Vec<String> {
    let mut shown = Vec::new();
    for endpoint in 0..plan.endpoints().len() {
        for (index, environment) in plan.environments().iter().enumerate() {
            if let Some(probe) = plan.probe(ProbeId {
                endpoint,
                environment: index,
            }) {
                let (name, method) = (environment.name(), probe.method);
                shown.push(format!("{name}: {method} {}", probe.shown_target));
            }
        }
    }
    shown
}

#[test]
fn the_reference_is_the_one_named_else_production_else_the_first() {
    for (text, reference) in [
        (
            "environments: { a: http://a.test, live: http://b.test }",
            "a",
        ),
        (
            "environments: { dev: http://a.test, live: http://b.test }",
            "live",
        ),
        (
            "environments: { dev: http://a.test, qa: http://b.test }",
            "dev",
        ),
        (
            "reference: qa\nenvironments: { dev: http://a.test, qa: http://b.test }",
            "qa",
        ),
        (
            "environments: { x: http://10.0.0.1, y: { base_url: \"${HOST}\" } }",
            "y",
        ),
    ] {
        assert_eq!(
            plan(&format!("{text}\nendpoints: [/]")).reference_name(),
            reference,
            "{text}"
        );
    }
}

#[test]
fn the_reference_is_asked_where_it_is_needed_and_nowhere_else() {
    let text =
        "environments: { dev: http://a.test, prod: http://b.test }\nendpoints: [/same, /own: 200]";
    let plan = plan_with(text, &select(&["dev"]), &Settings::default()).unwrap();
    assert_eq!(
        shown(&plan),
        ["dev: GET /same", "prod: GET /same", "dev: GET /own"]
    );
    assert!(!plan.environments()[1].is_judged());
}

#[test]
fn the_nearest_header_wins() {
    let text = "
environments:
  a: { base_url: http://a.test, headers: { X-A: environment, X-B: environment, X-C: environment } }
defaults: { headers: { X-A: defaults, X-B: defaults, X-C: defaults, X-D: defaults } }
endpoints: [{ path: /, expect: 200, headers: { X-A: endpoint, X-B: endpoint } }]";
    let flag = (
        HeaderName::from_static("x-a"),
        HeaderValue::from_static("flag"),
    );
    let settings = Settings {
        headers: vec![flag],
        ..Settings::default()
    };
    let plan = plan_with(text, &Selection::default(), &settings).unwrap();
    let headers = plan
        .probe(ProbeId {
            endpoint: 0,
            environment: 0,
        })
        .unwrap()
        .headers;
    let found = ["x-a", "x-b", "x-c", "x-d"].map(|name| headers[name].to_str().unwrap());
    assert_eq!(found, ["flag", "endpoint", "environment", "defaults"]);
}

#[test]
fn a_value_from_the_process_is_a_secret_in_a_query_and_not_in_a_path() {
    let text = "
vars: { id: 42, key: \"${TOKEN}\" }
environments: { a: http://a.test }
endpoints:
  - /${TOKEN}: 200
  - /x?t=${TOKEN}&i=${id}: 200
  - /y?t=${key}: 200
  - { path: /z?a, query: { t: \"${TOKEN}\", q: \"a b&c\" }, expect: 200 }";
    let plan = plan(text);
    assert_eq!(
        shown(&plan),
        [
            "a: GET /s3cret-token",
            "a: GET /x?t=***&i=42",
            "a: GET /y?t=***",
            "a: GET /z?a&t=***&q=a%20b%26c",
        ]
    );
    let sent = plan
        .probe(ProbeId {
            endpoint: 3,
            environment: 0,
        })
        .unwrap()
        .target;
    assert_eq!(sent, "/z?a&t=s3cret-token&q=a%20b%26c");
    assert_eq!(plan.secrets().redact("it was s3cret-token"), "it was ***");
}

#[test]
fn a_missing_value_is_told_once_with_the_environments_that_miss_it() {
    let text = "
environments:
  a: { base_url: http://a.test, vars: { user: 1 } }
  b: http://b.test
  c: http://c.test
endpoints:
  - /${user}: 200
  - /${EMPTY}: 200";
    assert_eq!(
        problems(text),
        [
            "`${user}` has no value in `b`, `c`",
            "`${EMPTY}` has no value in `a`, `b`, `c`"
        ]
    );
}

#[test]
fn production_is_guarded() {
    let text = |name: &str, endpoint: &str| {
        format!(
            "environments: {{ staging: http://a.test, {name}: http://b.test }}\nendpoints: [{endpoint}]"
        )
    };
    for (name, endpoint, guarded) in [
        ("prod", "POST /: 200", true),
        ("prod", "DELETE /: 200", true),
        ("clone", "POST /: 200", true),
        ("clone", "OPTIONS /: 200", false),
        ("qa", "POST /: 200", false),
        (
            "prod",
            "{ path: /, method: POST, expect: 200, environments: [staging] }",
            false,
        ),
    ] {
        let text = text(name, endpoint);
        let settings = Settings {
            guard: Guard::Nowhere,
            ..Settings::default()
        };
        assert!(
            plan_with(&text, &Selection::default(), &settings).is_ok(),
            "{text}"
        );
        let plan = plan_with(&text, &Selection::default(), &Settings::default());
        assert_eq!(plan.is_err(), guarded, "{text}: {plan:?}");
    }
    // The reference would be asked too, judged or not.
    let compared = text("prod", "POST /");
    assert!(plan_with(&compared, &select(&["staging"]), &Settings::default()).is_err());
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let two = "environments: { a: http://a.test, b: http://b.test }";
    for (text, selection, message) in [
        (
            format!("{two}\nendpoints: [/: 200]"),
            Selection {
                tags: vec!["none".to_owned()],
                ..Selection::default()
            },
            "no endpoint is selected",
        ),
        (
            format!("{two}\nendpoints: [{{ path: /, expect: 200, environments: [b] }}]"),
            select(&["a"]),
            "none of the selected endpoints is asked in the selected environments",
        ),
        (
            format!("{two}\nendpoints: [{{ path: /, environments: [b] }}]"),
            Selection::default(),
            "this endpoint is compared with the reference `a`, but is not asked there",
        ),
        (
            "environments: { a: \"${HOST}\", b: \"${HOST}/\" }\nendpoints: [/]".to_owned(),
            Selection::default(),
            "`b` has the same base URL as `a`: it would be compared with itself",
        ),
    ] {
        let problems = plan_with(&text, &selection, &Settings::default()).unwrap_err();
        assert_eq!(problems, [message], "{text}");
    }
}

#[test]
fn endpoints_that_differ_in_their_path_share_the_rest() {
    let text = "environments: { a: http://a.test, b: http://b.test }\nendpoints: [/1, /2, /é]";
    let plan = plan(text);
    let requests: Vec<_> = plan
        .endpoints()
        .iter()
        .map(|endpoint| match &endpoint.requested.requests {
            endpoint::Requests::Everywhere(_) => Arc::as_ptr(&endpoint.requested),
            endpoint::Requests::Each(_) => panic!("{endpoint:?}"),
        })
        .collect();
    assert_eq!(requests[0], requests[1]);
    assert_ne!(requests[1], requests[2]);
    assert_eq!(
        plan.probe(ProbeId {
            endpoint: 2,
            environment: 0
        })
        .unwrap()
        .target,
        "/%C3%A9"
    );
}

#[test]
fn environments_that_are_sent_the_same_share_it() {
    let plan = plan(
        "
environments:
  a: http://a.test
  b: { base_url: http://b.test, vars: { id: '2' } }
vars: { id: '1' }
endpoints:
  - { path: /alike, headers: { x-a: one }, expect: 200 }
  - { path: /answers, headers: { x-a: one }, expect: { a: 200, b: 404 } }
  - { path: /headers, headers: { x-a: '${id}' }, expect: 200 }
",
    );
    let probe = |endpoint, environment| {
        plan.probe(ProbeId {
            endpoint,
            environment,
        })
        .unwrap()
    };
    for (endpoint, is_shared) in [(0, true), (1, true), (2, false)] {
        let [a, b] = [0, 1].map(|environment| probe(endpoint, environment).headers);
        assert_eq!(std::ptr::eq(a, b), is_shared, "{endpoint}");
        assert_eq!(a == b, is_shared, "{endpoint}");
    }
    assert!(!probe(1, 1).expectation.admits_status(http::StatusCode::OK));
    assert_eq!(probe(2, 1).headers["x-a"], "2");
}

/// What a suite's `defaults` add is kept once for each environment, not with each endpoint.
#[test]
fn endpoints_of_several_suites_share_what_their_suites_say() {
    let shared = "environments: { a: http://a.test, b: http://b.test }\n";
    let own = "environments: { b: http://b.test, c: http://c.test }\n";
    let texts = [
        format!("{shared}defaults: {{ timeout: 1s }}\nendpoints: [/1, /2]"),
        format!("{own}defaults: {{ headers: {{ X-A: b }} }}\nendpoints: [/3: 200, /4: 200]"),
        "[/5: 200]".to_owned(),
    ];
    let sources = ["1.yaml", "2.yaml", "3.yaml"].into_iter().zip(texts);
    let sources: Vec<_> = sources
        .map(|(name, text)| Arc::new(Source::new(name, text)))
        .collect();
    let (suites, problems) = suite::read_several(&sources, &Overrides::default());
    assert_eq!(problems, []);
    let (selection, settings) = (Selection::default(), Settings::default());
    let plan = Plan::of_several(suites.unwrap(), &selection, &settings, &process).unwrap();
    let asked = |endpoint: usize| {
        let probes = (0..3).map(|environment| {
            let probe = plan.probe(ProbeId {
                endpoint,
                environment,
            })?;
            let header = probe
                .headers
                .get("x-a")
                .map_or("", |it| it.to_str().unwrap());
            Some(format!("{} {header}", probe.timeout.as_secs()))
        });
        let probes: Vec<_> = probes.collect();
        probes
            .into_iter()
            .map(|probe| probe.unwrap_or_else(|| "-".to_owned()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let names: Vec<_> = plan.environments().iter().map(Environment::name).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(
        [0, 2, 4].map(asked),
        ["1 , 1 , -", "-, 10 b, 10 b", "10 , 10 , 10 "]
    );
    let requested = |endpoint: usize| &plan.endpoints()[endpoint].requested;
    for pair in [[0, 1], [2, 3]] {
        let [one, other] = pair.map(requested);
        assert!(Arc::ptr_eq(one, other), "{one:?}");
    }
    assert_eq!(plan.requests(), 4 + 4 + 3);
    assert_eq!(plan.suite(), "1.yaml, 2.yaml, 3.yaml");
    assert_eq!(plan.file_of(&plan.endpoints()[4]), "3.yaml");
}
