//! Reading suites through the library: all problems at once, hostile files, places, lists of paths.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_collect,
    reason = "helpers of tests are as free to fail as tests are"
)]

use std::sync::Arc;

use statusdiff::diagnostic::{Diagnostic, Source, render};
use statusdiff::suite::{self, Overrides};

fn problems(text: &str) -> Vec<Diagnostic> {
    suite::read(Arc::new(Source::new("s.yaml", text)), &Overrides::default()).1
}

fn codes(text: &str) -> Vec<&'static str> {
    problems(text).iter().map(|problem| problem.code).collect()
}

/// Every mistake of a file is reported, not only the first.
#[test]
fn all_problems_are_reported_at_once() {
    let text = "
referense: staging
environments:
  staging: { base_ur: https://staging.example.com, timeout: 10, tpye: staging }
  production: { base_url: https://www.example.com, concurrency: [1] }
defaults: { follow: 1 }
endpoints:
  - path: /a
    timout: 10s
    expekt: 200
    tags: smoke
  - /b: 99
  - get /c
  - /d: { prod: 200 }
  - headers: [a]
  - [1]
  - /e:200
";
    let mut found = codes(text);
    found.sort_unstable();
    let expected = [
        "bad-duration",
        "bad-expectation",
        "bad-method",
        "missing-space",
        "unknown-environment",
        "unknown-key",
        "unknown-key",
        "unknown-key",
        "unknown-key",
        "unknown-key",
        "unknown-key",
        "wrong-type",
        "wrong-type",
        "wrong-type",
        "wrong-type",
    ];
    assert_eq!(found, expected, "{}", render(&problems(text), false));
}

/// What would eat up time or memory is refused at once.
#[test]
fn hostile_files_are_refused_promptly() {
    let lists = (0..3000)
        .map(|i| format!("{i}"))
        .collect::<Vec<_>>()
        .join(", ");
    let aliases = vec!["*a"; 3000].join(", ");
    let many_keys: String = (0..20_000)
        .map(|i| format!("    unknown{i}: 1\n"))
        .collect::<Vec<_>>()
        .concat();
    let many_bad: String = (0..20_000).map(|i| format!("  - /{i}: 20x\n")).collect();
    for (name, text, code) in [
        ("unclosed", "[".repeat(100_000), "too-deep"),
        (
            "deep block",
            (0..10_000)
                .map(|i| format!("{}a:\n", " ".repeat(i)))
                .collect(),
            "too-deep",
        ),
        (
            "one large anchor",
            format!("vars: {{ a: &a [{lists}], b: [{aliases}] }}\n"),
            "alias-bomb",
        ),
        (
            "many unknown keys",
            format!("endpoints:\n  - path: /a\n{many_keys}"),
            "unknown-key",
        ),
        (
            "many bad endpoints",
            format!("environments: {{ a: http://h }}\nendpoints:\n{many_bad}"),
            "bad-expectation",
        ),
    ] {
        let start = std::time::Instant::now();
        let found = problems(&text);
        assert!(
            found.iter().any(|problem| problem.code == code),
            "{name}: {}",
            render(&found, false)
        );
        assert!(!render(&found, false).is_empty());
        // A debug build on a busy machine; what this guards against takes minutes.
        assert!(
            start.elapsed().as_secs() < 10,
            "{name} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_hundred_thousand_endpoints_share_what_they_have_in_common() {
    let paths: String = (0..100_000)
        .map(|i| format!("  - /page/{i}: 200\n"))
        .collect();
    let text = format!("environments: {{ a: http://h }}\nendpoints:\n{paths}");
    let start = std::time::Instant::now();
    let (suite, problems) =
        suite::read(Arc::new(Source::new("s.yaml", text)), &Overrides::default());
    println!("{:?}", start.elapsed());
    assert!(problems.is_empty());
    let endpoints = suite.unwrap().endpoints;
    assert_eq!(endpoints.len(), 100_000);
    assert_eq!(
        (endpoints[99_999].line, endpoints[99_999].entry),
        (100_002, 99_999)
    );
    assert!(Arc::ptr_eq(&endpoints[0].spec, &endpoints[99_999].spec));
}

#[test]
fn places_are_found_in_a_suite_without_problems() {
    use statusdiff::suite::Place;
    let text = "\
environments:
  a: { base_url: http://a.example, headers: { X-Team: web } }
  b: http://b.example
defaults: { timeout: 3s }
endpoints:
  - /x
  - GET /y: { a: 200, default: 404 }
  - path: /z
    query: { q: 1 }
";
    let source = Arc::new(Source::new("s.yaml", text));
    let (suite, problems) = suite::read(Arc::clone(&source), &Overrides::default());
    assert!(problems.is_empty(), "{}", render(&problems, false));
    let suite = suite.unwrap();
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    for (place, expected) in [
        (
            Place::Keys(keys(&["environments", "a", "headers", "x-team"])),
            "web",
        ),
        (
            Place::Keys(keys(&["environments", "a", "base_url"])),
            "http://a.example",
        ),
        (
            Place::Keys(keys(&["environments", "b", "base_url"])),
            "http://b.example",
        ),
        (Place::EndpointPath(0), "/x"),
        (Place::EndpointPath(1), "GET /y"),
        (Place::EndpointPath(2), "/z"),
        (Place::EndpointExpect(1, "a".to_owned()), "200"),
        (Place::EndpointExpect(1, "b".to_owned()), "404"),
        (Place::EndpointKey(2, keys(&["query", "q"])), "1"),
        (Place::EndpointKey(2, keys(&["timeout"])), "3s"),
    ] {
        let problem = suite.problem(&place, "x", "m".to_owned());
        let (_, range) = problem.span.unwrap();
        assert_eq!(&source.text[range], expected, "{place:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// Whatever the text, there is a suite or a reason, and the reasons can be shown.
    #[test]
    fn any_text_is_read_or_explained(text in "(?s)\\PC{0,60}|([a-c/]|: |\n|\n  |- |[\\[\\]{}]|&a |\\*a|<<|!|>|200|'|\"|#|,|\t|\r|\u{feff}|é){0,40}") {
        let source = Arc::new(Source::new("s.yaml", format!("environments: {{ a: http://a }}\nendpoints:\n  - {text}")));
        for source in [source, Arc::new(Source::new("s.yaml", text))] {
            let (suite, problems) = suite::read(source, &Overrides::default());
            proptest::prop_assert!(suite.is_some() || !problems.is_empty());
            proptest::prop_assert!(problems.is_empty() || render(&problems, false).starts_with("error: "));
        }
    }
}

#[test]
fn a_list_of_paths_is_a_suite() {
    let pair = |name: &str| (name.to_owned(), format!("http://{name}.example"));
    let overrides = Overrides {
        base_urls: vec![pair("a"), pair("b")],
        ..Overrides::default()
    };
    let read =
        |text: &str| suite::read_paths(&Arc::new(Source::new("paths.txt", text)), &overrides);
    let (suite, problems) = read("# the shop\n/a\nHEAD /b # why\n");
    assert!(problems.is_empty(), "{}", render(&problems, false));
    let endpoints = suite.endpoints;
    assert_eq!(
        endpoints
            .iter()
            .map(|endpoint| endpoint.line)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    let (_, problems) = read("/a\nget /b\n/c d\nhttp://h/e\n");
    insta::assert_snapshot!("paths", render(&problems, false));
    let (_, problems) = read("# nothing\n");
    assert_eq!(problems.len(), 1);
}

/// What a suite makes of an endpoint with these values, by path and expectation.
fn expanded(each: &str) -> Vec<String> {
    let text = format!(
        "environments: {{ a: http://a }}\nendpoints:\n  - path: /${{a}}/${{b}}/${{c}}\n    expect: 200\n{each}"
    );
    let source = Arc::new(Source::new("s.yaml", text));
    let (suite, problems) = suite::read(source, &Overrides::default());
    assert!(problems.is_empty(), "{}", render(&problems, false));
    let endpoints = suite.unwrap().endpoints;
    assert!(endpoints.iter().all(|endpoint| endpoint.line == 3));
    endpoints
        .iter()
        .map(|endpoint| endpoint.path.as_plain().unwrap().to_owned())
        .collect()
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// An endpoint becomes the product of its values, the last list fastest, whether a list holds them or a file.
    #[test]
    fn each_is_the_product(sizes in proptest::array::uniform3(1_usize..6), value in "[a-z0-9._~-]{1,5}|0x1F|1\\.10|null|yes") {
        // What differs comes last, and as text.
        let values: Vec<Vec<String>> = sizes
            .iter()
            .map(|size| (0..*size).map(|n| format!("{value}-{n}")).collect())
            .collect();
        let mut product = Vec::new();
        for a in &values[0] {
            for b in &values[1] {
                product.extend(values[2].iter().map(|c| format!("/{a}/{b}/{c}")));
            }
        }
        let list = |name: &str, values: &[String]| format!("      {name}: [{}]\n", values.join(", "));
        let lists = list("b", &values[1]) + &list("c", &values[2]);
        proptest::prop_assert_eq!(&expanded(&format!("    each:\n{}{lists}", list("a", &values[0]))), &product);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.csv");
        std::fs::write(&file, format!("a,unused\r\n{},\r\n", values[0].join(",\r\n"))).unwrap();
        let each = format!("    each_file: {}\n    each:\n{lists}", file.display());
        proptest::prop_assert_eq!(&expanded(&each), &product);
    }
}
