//! The quick way of reading a suite and the slower one, by parts, say the same.

#![allow(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "helpers of tests are as free to fail as tests are"
)]

use std::sync::Arc;

use statusdiff::diagnostic::{Source, render};
use statusdiff::suite::{self, Overrides};

/// Merge keys are applied by the slower way of reading, which keeps the spelling of scalars as the quick one does.
#[test]
fn both_ways_of_reading_say_the_same() {
    let plain = "
environments: { a: http://a.example, b: http://b.example }
defaults: { headers: { X-A: 1.10 } }
endpoints:
  - path: /a
    query: { n: 007, e: , v: 1.10, on: off }
    expect: [200, 304]
  - path: /b
    method: POST
    json: { i: 1, f: 1.5, n: null, b: true, s: '1', l: [~, no] }
    expect: 2xx
";
    let merged = "
environments: { a: http://a.example, b: http://b.example }
defaults: { headers: { X-A: 1.10 } }
endpoints:
  - path: /a
    query: { <<: &q { v: 1.10, on: off }, n: 007, e: }
    expect: [200, 304]
  - <<: [{ path: /b, method: PUT }, { path: /c }]
    method: POST
    json: { i: 1, f: 1.5, n: null, b: true, s: '1', l: [~, no] }
    expect: 2xx
";
    let read = |text: &str| {
        let (suite, problems) =
            suite::read(Arc::new(Source::new("s.yaml", text)), &Overrides::default());
        assert!(problems.is_empty(), "{}", render(&problems, false));
        let suite = suite.unwrap();
        format!("{:#?}{:#?}", suite.defaults, suite.endpoints)
    };
    assert_eq!(read(plain), read(merged));
    assert!(read(plain).contains("1.10") && read(plain).contains("007"));
}

/// A suite with these keys in an environment and in an endpoint. `how` is a further entry of `vars`, which may
/// make the slower way of reading necessary.
fn suite_with(how: &str, environment: &[(&str, &str)], endpoint: &[(&str, &str)]) -> String {
    let keys = |keys: &[(&str, &str)], indent: &str| {
        let lines = keys
            .iter()
            .map(|(key, value)| format!("{indent}{key}: {value}\n"));
        lines.collect::<String>()
    };
    format!(
        "vars: {{ a: b{how} }}\nenvironments:\n  x:\n    base_url: http://x.example\n{}  y: http://y.example\n\
         endpoints:\n  - path: /a\n    environments: [x]\n{}",
        keys(environment, "    "),
        keys(endpoint, "    ")
    )
}

/// A merge key, which only the slower way of reading knows.
const SLOWLY: &str = ", <<: { a: c }";

const ENVIRONMENT_VALUES: &[(&str, &[&str])] = &[
    (
        "retry",
        &[
            "3",
            "0",
            "false",
            "'2'",
            "${N}",
            "{ times: 2, backoff: 250ms, max_wait: 30s, on: [error, 408, 5xx, 502-504] }",
            "{ on: [429] }",
            "true",
            "2.0",
            "0x2",
            "-1",
            "~",
            "[1]",
            "{ times: [1] }",
        ],
    ),
    (
        "rate_limit",
        &["20/s", "0.5/s", "${R:-20/s}", "20", "1e3/s", ""],
    ),
    (
        "auth",
        &[
            "{ bearer: 0123456789 }",
            "{ bearer: 1.10 }",
            "{ bearer: no }",
            "{ basic: { username: 007, password: } }",
            "{ bearer: a, refresh: { command: [get, -n, 1.10, ~] } }",
            "{ bearer: a, refresh: { request: POST /t, json: { i: 1, s: '1', f: 1.5 }, token: a.b } }",
            "{ login: { request: POST /l, form: { n: 0123, on: off } } }",
            "{ bearer: [a] }",
            "s",
            "1",
        ],
    ),
    (
        "credentials",
        &[
            "{ 1: { bearer: a }, yes: { basic: { username: u, password: 1e3 } } }",
            "",
            "{ a: { bearer: b, basic: } }",
        ],
    ),
    (
        "tls",
        &[
            "{ min_version: 1.2 }",
            "{ min_version: '1.3', insecure: true }",
            "{ ca_file: 1.10, cert_file: a, key_file: a }",
            "{ insecure: no }",
            "{ min_version: 1.20 }",
        ],
    ),
    (
        "proxy",
        &["none", "http://u:p@h:1", "${P}", "false", "1.10"],
    ),
    (
        "resolve",
        &[
            "{ h: 10.0.0.5, i: '::1' }",
            "",
            "{ h: 10.10 }",
            "{ 1.5: 1.5.1.5 }",
        ],
    ),
    ("http_version", &["1.1", "2", "'2'", "auto", "2.0", "1.10"]),
    (
        "ready",
        &[
            "{ path: / }",
            "{ path: /, expect: 200, timeout: 2m, interval: 1s }",
            "{ path: /, expect: [2xx, 401], header: { X-R: 1.10 }, json: { v: 1.10, n: ~, b: yes } }",
            "{ path: /, expect: [200.0] }",
            "{ path: / , json: [a] }",
        ],
    ),
];

const ENDPOINT_VALUES: &[(&str, &[&str])] = &[
    ("retry", &["1", "false", "{ on: [error] }", "yes"]),
    ("as", &["anonymous", "default", "1", "1.0", "yes"]),
    ("allow_crossing", &["true", "false", "yes"]),
    (
        "redirects",
        &[
            "[301 -> /a, 302 -> /b, 200]",
            "[301, 2xx]",
            "[3xx, not 404]",
            "[301.0, 200]",
            "[301]",
            "{ x: [301, 200] }",
        ],
    ),
];

/// The values of some of `keys`, by numbers out of which anything may be made.
fn chosen<'a>(keys: &[(&'a str, &[&'a str])], numbers: &[usize]) -> Vec<(&'a str, &'a str)> {
    let choose = |((key, values), number): (&(&'a str, &[&'a str]), &usize)| {
        let value = values.get(number % (values.len() + 1))?;
        Some((*key, *value))
    };
    keys.iter().zip(numbers).filter_map(choose).collect()
}

/// What a suite says, or which problems it has where.
fn reading(text: &str) -> String {
    let (suite, problems) = suite::read(
        Arc::new(Source::new("s.yaml", text.to_owned())),
        &Overrides::default(),
    );
    let problems = problems.iter().map(|problem| {
        let line = problem
            .span
            .as_ref()
            .map(|(_, range)| text[..range.start].lines().skip(1).count());
        format!("{} {} {line:?}\n", problem.code, problem.message)
    });
    let problems: String = problems.collect();
    if !problems.is_empty() {
        return problems;
    }
    let suite = suite.unwrap();
    format!("{:#?}{:#?}", suite.environments, suite.endpoints)
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// Whatever the values of the keys: a merge key elsewhere, which the slower way has to read, changes nothing.
    #[test]
    fn both_ways_of_reading_agree_on_every_key(
        environment in proptest::collection::vec(0..60_usize, ENVIRONMENT_VALUES.len()),
        endpoint in proptest::collection::vec(0..60_usize, ENDPOINT_VALUES.len()),
    ) {
        let environment = chosen(ENVIRONMENT_VALUES, &environment);
        let endpoint = chosen(ENDPOINT_VALUES, &endpoint);
        let quick = reading(&suite_with("", &environment, &endpoint));
        let slow = reading(&suite_with(SLOWLY, &environment, &endpoint));
        proptest::prop_assert_eq!(quick, slow);
    }
}

/// Each value by itself, so that none is only ever read beside a problem of another.
#[test]
fn both_ways_of_reading_agree_on_every_value() {
    let in_environment = pairs(ENVIRONMENT_VALUES).map(|pair| (vec![pair], Vec::new()));
    let in_endpoint = pairs(ENDPOINT_VALUES).map(|pair| (Vec::new(), vec![pair]));
    let (mut sound, mut all) = (0, 0);
    for (environment, endpoint) in in_environment.chain(in_endpoint) {
        let quick = reading(&suite_with("", &environment, &endpoint));
        let slow = reading(&suite_with(SLOWLY, &environment, &endpoint));
        assert_eq!(quick, slow, "{environment:?} {endpoint:?}");
        sound += usize::from(quick.starts_with('['));
        all += 1;
    }
    assert!(sound > 30 && all - sound > 15, "{sound} of {all} are sound");
}

fn pairs<'a>(keys: &'a [(&'a str, &'a [&'a str])]) -> impl Iterator<Item = (&'a str, &'a str)> {
    keys.iter()
        .flat_map(|(key, values)| values.iter().map(move |value| (*key, *value)))
}
