//! Comparisons that the tests of all formats share.

mod known;
mod made;
mod noise;
mod outcomes;
mod several;

use self::made::{comparison, selected};
use self::outcomes::{answer, broken_off, failure, hop, redirect, retried};
use crate::compare::Comparison;
use crate::exit::{ExitStatus, Gate};
use crate::outcome::FailureKind::{ConnectRefused, Other, OutOfPorts, Reset, Timeout, Unreachable};
use crate::outcome::{End, Outcome};
use crate::plan::{Selection, Settings, Shard};
use crate::report::{Format, Options, render};

pub(super) use known::known;
pub(super) use noise::{behind_doors, unsteady, walled};
pub(super) use several::several;

const SHOP: &str = r#"
name: shop
reference: production
environments:
  development: http://localhost:8080
  staging: https://staging.example.com/shop
  production: https://www.example.com/shop
endpoints:
  - /health: 200
  - /admin: [401, 403]
  - path: /users/42
    name: a user's page
    tags: [smoke, users]
    expect: 2xx
  - /old: 301 -> /new
  - /feed: same
  - /api/v2/catalogue/departments/household/products/42?include=prices,stock,reviews&sort=-rating
  - path: /orders
    method: POST
    expect: 201
    environments: [development, staging]
  - /slow: 200
  - "/grüße/日本/<b>|x|": 200
  - /big: 200
  - path: /start
    follow_redirects: 5
    expect: 200
  - path: "/<script>`x|y`::error::%0A'\"]]>&@team"
    name: "[a](http://b.test) <!-- #123"
    expect: 301 -> /z
"#;

/// Something of every kind: mismatches for one and for several reasons, errors, a skipped and a flaky probe,
/// a chain, paths that are long, not ASCII, or markup, and text that would like to be obeyed.
pub(super) fn shop() -> Comparison {
    let home = "https://www.example.com/shop/new";
    let spoof = "connection closed before message completed\r\n::error::\u{1b}[31mobey\u{202e}";
    let long = "error sending request for url (http://localhost:8080/big): error reading a body from connection: \
                end of file before message length reached, after 262144 of 1048576 bytes";
    let lost = Outcome {
        hops: vec![hop(302, "https://staging.example.com/shop/login")],
        ..answer(404)
    };
    comparison(
        SHOP,
        &Settings::default(),
        End::Complete,
        [
            [Some(answer(200)), Some(answer(200)), Some(answer(200))],
            [Some(answer(401)), Some(answer(200)), Some(answer(403))],
            [Some(answer(200)), Some(answer(404)), Some(answer(200))],
            [
                Some(redirect(301, "/new")),
                Some(redirect(301, home)),
                Some(redirect(301, home)),
            ],
            [
                Some(answer(200)),
                Some(redirect(302, "/shop/login?next=feed")),
                Some(answer(200)),
            ],
            [Some(answer(200)), Some(answer(404)), Some(answer(200))],
            [Some(answer(201)), Some(answer(500)), None],
            [
                Some(failure(Timeout, "no complete answer within 10s")),
                Some(retried(answer(200))),
                Some(answer(200)),
            ],
            [
                Some(failure(Reset, spoof)),
                Some(answer(404)),
                Some(answer(200)),
            ],
            [
                Some(broken_off(200, long)),
                Some(answer(200)),
                Some(answer(200)),
            ],
            [Some(answer(200)), Some(lost), Some(answer(200))],
            [
                Some(redirect(301, "/z")),
                Some(redirect(301, "/z")),
                Some(redirect(302, "/``|\\|@team,#1\n::error::]]>")),
            ],
        ],
    )
}

/// One environment is down, and the reference answers one endpoint in a way that is no measure.
pub(super) fn down() -> Comparison {
    let suite = "
reference: production
environments:
  development: http://localhost:8080
  production: https://www.example.com
endpoints: [/a: 200, /b: 200, /c: 200, /d, /e: 200]
";
    let refused = || {
        Some(failure(
            ConnectRefused,
            "tcp connect error: Connection refused (os error 111)",
        ))
    };
    let settings = Settings {
        insecure: true,
        ..Settings::default()
    };
    comparison(
        suite,
        &settings,
        End::Complete,
        [
            [refused(), Some(answer(200))],
            [refused(), Some(answer(200))],
            [refused(), Some(answer(200))],
            [refused(), Some(answer(503))],
            [refused(), Some(failure(Other, ""))],
        ],
    )
}

/// The run was interrupted before everything was asked.
pub(super) fn cut_short() -> Comparison {
    let suite = "
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints: [/a: 200, /b: 200, /c: 200]
";
    comparison(
        suite,
        &Settings::default(),
        End::Interrupted,
        [
            [Some(answer(404)), Some(answer(200))],
            [Some(answer(200)), None],
            [None, None],
        ],
    )
}

/// The run was interrupted after one environment had stopped answering; not every endpoint is for both.
pub(super) fn left() -> Comparison {
    let suite = "
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints:
  - /seen: 200
  - { path: /only, expect: 200, environments: [staging] }
  - /gone: 200
  - /rest: 200
";
    let gone = || Some(failure(Unreachable, "not asked"));
    comparison(
        suite,
        &Settings::default(),
        End::Interrupted,
        [
            [Some(answer(200)), gone()],
            [None, None],
            [None, gone()],
            [None, None],
        ],
    )
}

/// Endpoints that have method, path and name in common, and one that has not.
pub(super) fn repeated() -> Comparison {
    let suite = "
environments: { a: http://a.test, b: http://b.test }
endpoints:
  - { path: /a, query: { n: 1 }, expect: 200 }
  - { path: /a, method: HEAD, expect: 200 }
  - { path: /a, query: { n: 2 }, expect: 200 }
  - { path: /a, name: an a, expect: 200 }
  - { path: /a, query: { n: 3 }, expect: 200 }
  - { path: /b, expect: 200 }
";
    let row = || [Some(answer(200)), Some(answer(404))];
    let rows = [row(), row(), row(), row(), row(), row()];
    comparison(suite, &Settings::default(), End::Complete, rows)
}

/// More environments than a grid has room for.
pub(super) fn clones() -> Comparison {
    let suite = "
environments:
  clone-a: http://a.test
  clone-b: http://b.test
  clone-c: http://c.test
  clone-d: http://d.test
  clone-e: http://e.test
  clone-f: http://f.test
  clone-with-a-long-name: http://g.test
endpoints: [/health: 200, /a/rather/long/path/to/the/login/page: 200]
";
    let fine = || Some(answer(200));
    comparison(
        suite,
        &Settings::default(),
        End::Complete,
        [
            [fine(), fine(), fine(), fine(), fine(), fine(), fine()],
            [
                fine(),
                Some(answer(404)),
                Some(redirect(
                    302,
                    "https://sso.example.com/login?return=%2Fa%2Frather%2Flong%2Fpath",
                )),
                Some(failure(Timeout, "no complete answer within 10s")),
                Some(answer(429)),
                fine(),
                Some(answer(401)),
            ],
        ],
    )
}

/// More endpoints that went wrong than anybody reads.
pub(super) fn wall() -> Comparison {
    let paths: Vec<String> = (0..210).map(|number| format!("/{number}: 200")).collect();
    let suite = format!(
        "environments: {{ staging: https://s.test, production: https://p.test }}\nendpoints: [{}]",
        paths.join(", ")
    );
    let outcomes: [_; 210] = std::array::from_fn(|number| {
        [
            Some(answer(if number < 5 { 200 } else { 404 })),
            Some(answer(200)),
        ]
    });
    comparison(&suite, &Settings::default(), End::Complete, outcomes)
}

/// A suite of so many endpoints, of which staging has only the first.
pub(super) fn long(endpoints: usize) -> Comparison {
    let environments =
        "{ development: https://d.test, staging: https://s.test, production: https://p.test }";
    let paths = (0..endpoints).map(|number| format!("- /products/{number}/reviews: 200\n"));
    let suite = format!(
        "environments: {environments}\nendpoints:\n{}",
        paths.collect::<Vec<_>>().concat()
    );
    let fine = || Some(answer(200));
    let outcomes = (0..endpoints).map(|number| {
        let staging = Some(answer(if number == 0 { 200 } else { 404 }));
        [fine(), staging, fine()]
    });
    comparison(&suite, &Settings::default(), End::Complete, outcomes)
}

/// Everything that is not the program's own text would like to be markup or script.
pub(super) fn hostile() -> Comparison {
    let suite = r#"
name: "<b>&amp;\u202Elive"
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints:
  - /</script><script>alert(1)</script>: 200
  - path: /<!--<script>
    name: "<img src=x onerror=alert(1)>"
    tags: ["<i>", "'\"><svg/onload=alert(1)>"]
    expect: 301 -> /in
    same: true
  - "/{{7*7}}/'\"onfocus='alert(1)": 200
"#;
    let script = "</script><script>alert(1)</script>\u{2028}\u{1b}]0;<title>";
    comparison(
        suite,
        &Settings::default(),
        End::Complete,
        [
            [Some(failure(Other, script)), Some(answer(200))],
            [
                Some(redirect(302, "javascript:alert(1)//<img src=x>")),
                Some(redirect(301, "/in")),
            ],
            [
                Some(Outcome {
                    hops: vec![hop(302, "data:text/html,<script>alert(1)</script>")],
                    ..answer(404)
                }),
                Some(retried(answer(200))),
            ],
        ],
    )
}

/// Nothing went wrong.
pub(super) fn green() -> Comparison {
    let suite = "
environments:
  staging: https://staging.example.com
  production: https://www.example.com
endpoints: [/a: 200, /b: 301 -> /c]
";
    let moved = || Some(redirect(301, "/c"));
    comparison(
        suite,
        &Settings::default(),
        End::Complete,
        [[Some(answer(200)), Some(answer(200))], [moved(), moved()]],
    )
}

/// Several hosts, in no order; a redirect to a sibling that went elsewhere.
pub(super) fn system() -> Comparison {
    let suite = "
environments:
  staging: { base_url: https://s.test, services: { login: https://id.s.test, api: https://api.s.test/v2 } }
  production: { base_url: https://p.test, services: { api: https://api.p.test, login: https://id.p.test } }
endpoints:
  - { path: /users, service: api }
  - /: 200
  - { path: /me, service: api, expect: 302 -> login:/in }
  - { path: /keys, service: login, name: public keys }
  - { path: /users/1, service: api, expect: 200 }
";
    let to = |location| Some(redirect(302, location));
    let one = |status| Some(answer(status));
    let me = [to("https://id.p.test/in"), to("https://id.p.test/in")];
    let answers = [[one(404), one(200)], [one(500), one(200)], me];
    let more = [[one(403), one(200)], [one(200), one(200)]];
    let all = answers.into_iter().chain(more);
    comparison(suite, &Settings::default(), End::Complete, all)
}

/// A shard with what the others have no room for: an embedded environment, an error with a cause, a request that
/// was sent again.
pub(super) fn shard() -> Comparison {
    let suite = "
environments:
  local: { mock: { /a: 200 } }
  staging: https://staging.example.com
endpoints: [/a: 200, /b: 200]
";
    let selection = Selection {
        shard: Some(Shard::new(1, 1).unwrap()),
        ..Selection::default()
    };
    let again = Outcome {
        reconnects: 1,
        ..answer(200)
    };
    let settings = Settings::default();
    selected(
        suite,
        &selection,
        &settings,
        End::Complete,
        [
            [Some(answer(200)), Some(again)],
            [
                Some(answer(404)),
                Some(failure(OutOfPorts, "no local port is left")),
            ],
        ],
    )
}

/// `comparison` as text, judged as the program does.
pub(super) fn rendered(
    format: Format,
    comparison: &Comparison,
    adapt: impl FnOnce(Options) -> Options,
) -> String {
    let options = adapt(Options::new(ExitStatus::of(comparison, Gate::default())));
    let mut out = Vec::new();
    render(format, comparison, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
