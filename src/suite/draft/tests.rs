//! Every form that an endpoint has, recorded: what changes, and that nothing else does.

use std::sync::Arc;

use http::StatusCode;

use super::*;

const HEAD: &str = "environments: { a: http://a.test, b: http://b.test }\n";

fn step(text: &str) -> Step {
    let (status, target) = text
        .split_once(" -> ")
        .map_or((text, None), |(status, target)| (status, Some(target)));
    Step {
        statuses: vec![StatusCode::from_bytes(status.as_bytes()).unwrap()],
        target: target.map(str::to_owned),
    }
}

/// What is to be written, in a word: `-` for nothing, a chain with commas.
fn found(text: &str) -> Found {
    match text {
        "-" => Found::Nothing,
        "=" => Found::Kept,
        steps => Found::Expected(steps.split(", ").map(step).collect()),
    }
}

fn draft(text: &str) -> Result<(Draft, Suite), Vec<Diagnostic>> {
    let overrides = Overrides::default();
    let (suite, problems) = read(Arc::new(Source::new("s.yaml", text)), &overrides);
    assert!(problems.is_empty(), "{text}");
    let suite = suite.unwrap();
    Draft::new(&suite, 0, &overrides).map(|draft| (draft, suite))
}

/// The suite with one finding for each of its endpoints, all of which are asked.
fn recorded(text: &str, findings: &[&str]) -> String {
    let (draft, suite) = draft(text).unwrap();
    let lines = suite.endpoints.iter().map(|endpoint| endpoint.line);
    let findings: Vec<_> = lines
        .zip(findings)
        .map(|(line, text)| Finding {
            line,
            found: found(text),
            comment: (*text == "-").then(|| "why".to_owned()),
        })
        .collect();
    let text = draft.record(&findings);
    text.unwrap_or_else(|problems| panic!("{problems:?}")).0
}

/// An entry, what was observed, and the entry afterwards.
const ENTRIES: &[(&str, &str, &str)] = &[
    ("- /a", "200", "- /a: 200"),
    ("- /a  # why", "200", "- /a: 200  # why"),
    ("- \"/a\"  # 'why'", "200", "- \"/a\": 200  # 'why'"),
    ("- '/it''s' # x", "200", "- '/it''s': 200 # x"),
    ("- HEAD /a", "404", "- HEAD /a: 404"),
    ("- /a: 200", "301 -> /new", "- /a: 301 -> /new"),
    ("- /a: 200", "=", "- /a: 200"),
    ("- /a: \"200\" # x", "404", "- /a: 404 # x"),
    ("- /a: '301 -> /b' # x", "404", "- /a: 404 # x"),
    ("- /a: 301 -> /b#c # x", "404", "- /a: 404 # x"),
    ("- /a: [200, 304] # x", "404", "- /a: 404 # x"),
    ("- /a: [ 200,\n      304 ] # x", "404", "- /a: 404 # x"),
    (
        "- /a:\n    - 200\n    - 304  # last\n  # next",
        "404",
        "- /a: 404  # last\n  # next",
    ),
    ("- /a:\n    - 200\n    - not 204\n", "404", "- /a: 404\n"),
    ("- /a:\n      404", "200", "- /a:\n      200"),
    (
        "- /a: { a: 200, b: 404 } # x",
        "301",
        "- /a: { a: 301, b: 404 } # x",
    ),
    (
        "- /a: { b: 404, default: 200 }",
        "301",
        "- /a: { a: 301, b: 404, default: 200 }",
    ),
    (
        "- /a: {b: 404, default: 200}",
        "301",
        "- /a: { a: 301, b: 404, default: 200}",
    ),
    (
        "- /a:\n      b: 404\n      default: [200, 201]\n",
        "301",
        "- /a:\n      a: 301\n      b: 404\n      default: [200, 201]\n",
    ),
    (
        "- /a:\n      default: 200\n      a:\n      - 200\n      - 201\n",
        "301",
        "- /a:\n      default: 200\n      a: 301\n",
    ),
    ("- { path: /a }", "200", "- { path: /a, expect: 200 }"),
    (
        "- {path: /a, name: }",
        "200",
        "- {path: /a, expect: 200, name: }",
    ),
    (
        "- { path: /a, expect: 2xx, name: x }",
        "200",
        "- { path: /a, expect: 200, name: x }",
    ),
    (
        "- { path: /a, tags: [x, y], query: { a: b } }",
        "200",
        "- { path: /a, tags: [x, y], query: { a: b }, expect: 200 }",
    ),
    (
        "- path: /a # x\n  # y",
        "200",
        "- path: /a # x\n    expect: 200\n  # y",
    ),
    (
        "- path: /a\n    name: \"b\" # c",
        "200",
        "- path: /a\n    name: \"b\" # c\n    expect: 200",
    ),
    (
        "- path: /a\n    tags:\n      - b # c\n\n",
        "200",
        "- path: /a\n    tags:\n      - b # c\n    expect: 200\n\n",
    ),
    (
        "- path: /a\n    body: |\n      x: y\n\n",
        "200",
        "- path: /a\n    expect: 200\n    body: |\n      x: y\n\n",
    ),
    (
        "-   path: /a\n      expect:\n          any\n      name: b",
        "200",
        "-   path: /a\n      expect:\n          200\n      name: b",
    ),
    ("-\n    path: /a", "200", "-\n    path: /a\n    expect: 200"),
    (
        "- # x\n    path: /a",
        "-",
        "# why\n  # - # x\n  #   path: /a",
    ),
    (
        "- path: /a\n    redirects: [301, 200] # x",
        "302 -> /b, 404",
        "- path: /a\n    redirects: [302 -> /b, 404] # x",
    ),
    (
        "- path: /a\n    redirects: [301, 200] # x",
        "404",
        "- path: /a\n    expect: 404 # x",
    ),
    (
        "- path: /a\n    redirects:\n    - 301\n    - 200 # x",
        "302 -> /b, 404",
        "- path: /a\n    redirects: [302 -> /b, 404] # x",
    ),
    ("- /a: 200 # x", "-", "# why\n  # - /a: 200 # x"),
    (
        "- path: /a\n    body: |\n      x\n\n      y\n    name: b\n",
        "-",
        "# why\n  # - path: /a\n  #   body: |\n  #     x\n\n  #     y\n  #   name: b\n",
    ),
    (
        "- { path: /a,\n   name: b }\n",
        "-",
        "# why\n  # - { path: /a,\n  #  name: b }\n",
    ),
];

#[test]
fn every_form_is_recorded_in_its_place() {
    for (before, found, after) in ENTRIES {
        // Another endpoint on either side, so that no edge of the file hides anything.
        let around =
            |entry: &str| format!("{HEAD}endpoints:\n  - /first: 200\n  {entry}\n  - /last: 200\n");
        let text = recorded(&around(before), &["=", found, "="]);
        assert_eq!(text, around(after), "{before}");
        let at_the_end =
            |entry: &str| format!("{HEAD}endpoints:\n  - /first: 200\n  {}", entry.trim_end());
        let text = recorded(&at_the_end(before), &["=", found]);
        assert_eq!(text, at_the_end(after), "{before}");
        let dos = |entry: &str| around(entry).replace('\n', "\r\n");
        assert_eq!(
            recorded(&dos(before), &["=", found, "="]),
            dos(after),
            "{before}"
        );
    }
}

#[test]
fn a_mapping_and_a_bare_list_are_recorded_as_they_are() {
    let text =
        format!("{HEAD}endpoints:\n  /a: 200 # x\n  /b:\n    - 200\n  HEAD /c: same\n# end\n");
    let after = format!(
        "{HEAD}endpoints:\n  /a: 404 # x\n  # why\n  # /b:\n  #   - 200\n  HEAD /c: 301 -> /x\n# end\n"
    );
    assert_eq!(recorded(&text, &["404", "-", "301 -> /x"]), after);
}

#[test]
fn what_defaults_expect_of_others_stays() {
    let head = format!("{HEAD}defaults: {{ expect: {{ a: 200, b: 404 }} }}\nendpoints:\n");
    let text = format!("{head}  - /a\n  - {{ path: /b }}\n  - path: /c\n");
    let after = format!(
        "{head}  - /a: {{ a: 301 }}\n  - {{ path: /b, expect: {{ a: 301 }} }}\n  - path: /c\n    expect: {{ a: 301 }}\n"
    );
    assert_eq!(recorded(&text, &["301"; 3]), after);
    let head = format!("{HEAD}defaults: {{ redirects: [301, 200] }}\nendpoints:\n");
    let text = format!("{head}  - HEAD /a # x\n  - {{ path: /b }}\n");
    let after = format!(
        "{head}  - {{ path: /a, method: HEAD, redirects: [302 -> /x, 200] }} # x\n  - {{ path: /b, redirects: [302 -> /x, 200] }}\n"
    );
    assert_eq!(recorded(&text, &["302 -> /x, 200"; 2]), after);
}

#[test]
fn what_cannot_be_replaced_is_refused_with_its_line() {
    for (entries, line, part) in [
        ("  - /a: &x 200\n  - /b: *x\n", 3, "anchor"),
        ("  - { path: /a, <<: { name: b } }\n", 3, "merge key"),
        (
            "  - &x { path: /a }\n  - { <<: *x, path: /b }\n",
            3,
            "anchor",
        ),
        ("  [/a]\n", 3, "brackets"),
        ("  { /a: 200 }\n", 3, "brackets"),
        ("  - /a:\n      - 200 # x\n      - 201\n", 4, "comment"),
        ("  - /a: [200, # x\n      201]\n", 3, "comment"),
        ("  - path: /a\n    expect: # x\n      - 200\n", 4, "comment"),
        (
            "  - path: /a\n    expect: |\n      200\n",
            5,
            "cannot be replaced",
        ),
    ] {
        let text = format!("{HEAD}endpoints:\n{entries}");
        let problems = draft(&text).map(|_| ()).unwrap_err();
        let (source, range) = problems[0].span.clone().unwrap();
        let found = source.line_column(range.start).0;
        assert_eq!(found, line, "{entries}: {problems:?}");
        assert!(
            problems[0].message.contains(part),
            "{entries}: {problems:?}"
        );
    }
}

#[test]
fn anchors_elsewhere_are_no_hindrance() {
    let head = "environments:
  a:
    base_url: http://a.test
    headers: &h { X-A: 0x10 }
  b:
    base_url: http://b.test
    headers: { <<: *h, X-B: c }
vars: { x: &x y, z: *x }
";
    let text = format!("{head}endpoints:\n  - /a: 200\n  - /b: 200\nname: n\n");
    let after = format!("{head}endpoints:\n  - /a: 404\n  # why\n  # - /b: 200\nname: n\n");
    assert_eq!(recorded(&text, &["404", "-"]), after);
}
