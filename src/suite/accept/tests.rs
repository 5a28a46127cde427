//! Tests of lists of accepted mismatches: what is read, refused, and left as it is.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::render;
use crate::suite::{Overrides, read};

fn file(text: &str) -> AcceptFile {
    let (file, problems) = AcceptFile::read(&source(text));
    assert!(problems.is_empty(), "{}", render(&problems, false));
    file
}

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source::new("known.yaml", text))
}

/// An entry that the file does not have yet.
fn new(path: &str) -> Accepted {
    let text = format!("- {{ endpoint: GET {path}, environment: a, status: 500, reason: TODO }}");
    file(&text).entries[0].content()
}

const LIST: &str = "\
# What we know of.

# data is missing
- endpoint: GET /a       # a list
  environment: staging
  status: 404
  reason: |
    # not a comment
    for now
  until: 2026-12-31

- { endpoint: /b, environment: staging, status: 302, location: \"/login?*\", reason: r, name: n }
  # belongs to the one above
# about the last one
- endpoint: POST /c
  environment: production
  location: https://x.test/a
  reason: crosses
# the end
";

#[test]
fn reads_every_key() {
    let file = file(LIST);
    let shown: Vec<_> = file
        .entries
        .iter()
        .map(|it| (it.line, it.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            (4, "GET /a on staging, 404".to_owned()),
            (12, "GET /b (n) on staging, 302 -> /login?*".to_owned()),
            (
                15,
                "POST /c on production, no status -> https://x.test/a".to_owned()
            ),
        ]
    );
    assert_eq!(file.entries[0].reason, "# not a comment\nfor now\n");
    assert_eq!(file.entries[0].until.unwrap().to_string(), "2026-12-31");
}

#[test]
fn a_list_may_be_empty() {
    for text in ["", "\n", "# nothing left\n", "[]\n", "--- # nothing\n"] {
        assert_eq!(file(text).entries, [], "{text:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_lines() {
    let text = "\
- { endpoint: GET /a, environment: a, status: 404, reason: r }
- { endpoint: GET /a, environment: a, status: 404, reason: s }
- { endpoint: GET /a, enviroment: a, status: 404, reason: s }
- { endpoint: get /a, environment: a, status: 40x, reason: s, until: 2026-02-30 }
- { endpoint: GET /a, environment: a, reason: ' ' }
- { endpoint: a, environment: a, status: [404], reason: r, until: 20261231 }
- GET /a
";
    let (_, problems) = AcceptFile::read(&source(text));
    insta::assert_snapshot!(render(&problems, false));
}

#[test]
fn another_kind_of_file_is_refused() {
    for text in ["a: 1", "text", "- a\n- b\n", "- &a { x: *a }"] {
        let (_, problems) = AcceptFile::read(&source(text));
        assert!(!problems.is_empty(), "{text}");
    }
}

#[test]
fn what_is_kept_stays_byte_for_byte() {
    let file = file(LIST);
    let without = |path: &'static str| file.updated(|entry| entry.path == path, &[]).unwrap();
    assert_eq!(without("/none"), LIST);
    let a = "# data is missing\n- endpoint: GET /a       # a list\n  environment: staging\n  status: 404\n  reason: |\n    # not a comment\n    for now\n  until: 2026-12-31\n";
    // Nor is a blank line left over.
    assert_eq!(without("/a"), LIST.replace(&format!("\n{a}"), ""));
    let b = "- { endpoint: /b, environment: staging, status: 302, location: \"/login?*\", reason: r, name: n }\n  # belongs to the one above\n";
    assert_eq!(without("/b"), LIST.replace(b, ""));
    let c = "# about the last one\n- endpoint: POST /c\n  environment: production\n  location: https://x.test/a\n  reason: crosses\n";
    assert_eq!(without("/c"), LIST.replace(c, ""));
}

#[test]
fn new_entries_come_last_as_the_others_are_indented() {
    let written = "- endpoint: GET /z\n  environment: a\n  status: 500\n  reason: TODO\n";
    for (text, before) in [
        (LIST, LIST),
        ("# nothing left", "# nothing left\n"),
        ("[] # none\n", ""),
    ] {
        let updated = file(text).updated(|_| false, &[new("/z")]).unwrap();
        assert_eq!(updated, format!("{before}{written}"));
    }
    let first = AcceptFile::none("known.yaml")
        .updated(|_| false, &[new("/z")])
        .unwrap();
    assert!(
        first.starts_with("# Mismatches") && first.ends_with(written),
        "{first}"
    );
    let text = "  - { endpoint: /a, environment: a, status: 404, reason: r }\r\n";
    let updated = file(text).updated(|_| false, &[new("/z")]).unwrap();
    let added =
        "  - endpoint: GET /z\r\n    environment: a\r\n    status: 500\r\n    reason: TODO\r\n";
    assert_eq!(updated, format!("{text}{added}"));
}

#[test]
fn a_list_in_brackets_is_not_taken_apart() {
    let text = "[{ endpoint: /a, environment: a, status: 404, reason: r }]\n";
    let problem = file(text).updated(|_| false, &[new("/z")]).unwrap_err();
    assert!(problem.message.contains("cannot be updated"), "{problem:?}");
    let text = "- &a { endpoint: /a, environment: a, status: 404, reason: r }\n- { <<: *a, status: 403 }\n";
    let is_first = |entry: &Accepted| entry.line == 1;
    assert!(file(text).updated(is_first, &[]).is_err());
}

#[test]
fn endpoints_of_one_method_and_path_are_told_apart_by_name() {
    let suite = "\
environments: { a: http://a.test }
endpoints:
  - /one: 200
  - { path: /two, name: x, expect: 200 }
  - { path: /two, expect: 200 }
  - { path: /two, headers: { A: b }, expect: 200 }
";
    let (suite, problems) = read(
        Arc::new(Source::new("s.yaml", suite)),
        &Overrides::default(),
    );
    assert_eq!(problems, []);
    let namesakes = Namesakes::of(&[suite.unwrap()]);
    let name = |path: &str, name: Option<&str>| {
        let entry = Accepted {
            service: Some("default".to_owned()),
            name: name.map(str::to_owned),
            ..new(path)
        };
        let short = namesakes.shortened(&entry).ok()?;
        assert_eq!(short.service, None);
        Some(short.name)
    };
    assert_eq!(name("/one", None), Some(None));
    assert_eq!(name("/one", Some("y")), Some(None));
    assert_eq!(name("/two", Some("x")), Some(Some("x".to_owned())));
    assert_eq!(name("/two", None), None);
    let text = "- endpoint: GET /two\n  environment: a\n  status: 404\n  reason: r\n";
    let problems = file(text).ambiguous(&namesakes);
    let text = render(&problems, false);
    assert!(
        text.contains("known.yaml:1:3") && text.contains("3 endpoints `GET /two`"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_again(path in "/[ -~]{0,20}", reason in any::<String>(), location in any::<String>()) {
        let mut entry = new("/x");
        entry.path = path.replace(' ', "%20");
        entry.location = Some(location);
        prop_assume!(check(&entry.path));
        entry.reason = reason;
        prop_assume!(!entry.reason.trim().is_empty() && entry.reason != "null" && entry.reason != "~");
        prop_assume!(!matches!(entry.location.as_deref(), Some("" | "~" | "null")));
        prop_assume!(!entry.reason.contains('\0') && !entry.location.iter().any(|it| it.contains('\0')));
        let updated = AcceptFile::none("known.yaml").updated(|_| false, std::slice::from_ref(&entry)).unwrap();
        prop_assert_eq!(file(&updated).entries[0].content(), entry);
    }
}

fn check(path: &str) -> bool {
    path.contains("${") || crate::suite::check_path(path).is_ok()
}
