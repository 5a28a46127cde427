//! The house rules that a compiler does not check: rooms use only lower rooms, a third-party crate is named
//! only at its seam, files are short and say what they are for.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are as free to fail as tests are"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Every room with its number; it may use rooms with a smaller one.
const ROOMS: [(&str, u8); 13] = [
    ("diagnostic", 0),
    ("outcome", 0),
    ("expect", 1),
    ("suite", 2),
    ("plan", 3),
    ("mock", 3),
    // Before the plan on the way, but what a run asks is the plan's to say.
    ("discover", 4),
    ("probe", 4),
    ("compare", 4),
    ("exit", 5),
    ("record", 5),
    ("report", 6),
    ("bin", 7),
];

/// Third-party crates that only some files may name: the crate, and how the paths of these files begin.
const SEAMS: &[(&str, &[&str])] = &[
    ("reqwest", &["probe/"]),
    ("rustls", &["probe/"]),
    ("h2", &["probe/"]),
    ("rustix", &["probe/limits.rs", "discover/command.rs"]),
    ("csv", &["suite/table_file.rs"]),
    ("glob", &["suite/include.rs"]),
    ("hashbrown", &["suite/paths.rs"]),
    ("serde_yaml", &["suite/yaml.rs"]),
    ("saphyr_parser", &["suite/yaml/events.rs"]),
    ("annotate_snippets", &["diagnostic/"]),
    ("tabled", &["report/table"]),
    ("quick_xml", &["report/junit"]),
    ("xxhash_rust", &["report/problem"]),
    ("askama", &["report/html"]),
    ("clap", &["bin/"]),
    ("indicatif", &["bin/"]),
    // In the latter, tests make files to read.
    (
        "tempfile",
        &["bin/statusdiff/files.rs", "diagnostic/source.rs"],
    ),
    ("clap_complete", &["bin/statusdiff/commands/completions.rs"]),
    ("clap_mangen", &["bin/statusdiff/commands/man.rs"]),
    // Schemas are generated in tests, from what is read and what is written.
    ("schemars", &["suite/raw", "report/json"]),
];

const LONGEST_FILE: usize = 400;

#[test]
fn the_house_is_in_order() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for file in rust_files(&src) {
        let path = file.strip_prefix(&src).unwrap().to_str().unwrap();
        let path = path.replace(std::path::MAIN_SEPARATOR, "/");
        breaches.extend(check(&path, &fs::read_to_string(&file).unwrap()));
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What is wrong with the file at `path` inside `src`, a line each.
fn check(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        breaches.push(format!("{path}: {lines} lines, more than {LONGEST_FILE}"));
    }
    if !text.starts_with("//!") {
        breaches.push(format!("{path}: does not begin with a `//!` header"));
    }
    let tokens = tokens(text);
    for (name, seam) in SEAMS {
        if !seam.iter().any(|file| path.starts_with(file)) && names_crate(&tokens, name) {
            breaches.push(format!("{path}: names `{name}` outside {seam:?}"));
        }
    }
    if path != "lib.rs" {
        breaches.extend(check_rooms(path, &tokens));
    }
    breaches
}

fn check_rooms(path: &str, tokens: &[String]) -> Vec<String> {
    let own = path.split(['/', '.']).next().unwrap();
    let Some(own_number) = number(own) else {
        return vec![format!("{path}: `{own}` is no room of the house")];
    };
    let mut used = used_rooms(path, tokens);
    used.sort();
    used.dedup();
    used.iter()
        .filter(|used| *used != own && number(used).is_some_and(|number| number >= own_number))
        .map(|used| format!("{path}: room {own_number} uses `{used}`, which is not below it"))
        .collect()
}

fn number(room: &str) -> Option<u8> {
    let (_, number) = ROOMS.iter().find(|(name, _)| *name == room)?;
    Some(*number)
}

/// The first names of all paths that begin at the root of the crate, through `crate` or through `super`.
fn used_rooms(path: &str, tokens: &[String]) -> Vec<String> {
    // The binary is a crate of its own: `statusdiff` is the library's root there, and `crate` its own.
    let root = if path.starts_with("bin/") {
        "statusdiff"
    } else {
        "crate"
    };
    let depth = module_depth(path);
    let mut used = Vec::new();
    // The depth of braces at which each inline module was opened.
    let mut inline = Vec::new();
    let mut braces = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => {
                braces += 1;
                if at >= 2 && tokens[at - 2] == "mod" {
                    inline.push(braces);
                }
            }
            "}" => {
                inline.pop_if(|opened| *opened == braces);
                braces -= 1;
            }
            _ if at > 0 && tokens[at - 1] == "::" => {}
            token if token == root => used.extend(first_names(&tokens[at + 1..])),
            "super" => {
                let supers = tokens[at..]
                    .chunks(2)
                    .take_while(|pair| pair[0] == "super")
                    .count();
                if supers >= depth + inline.len() {
                    used.extend(first_names(&tokens[at + 2 * supers - 1..]));
                }
            }
            _ => {}
        }
    }
    used
}

/// How many modules a file is below the root of the crate.
fn module_depth(path: &str) -> usize {
    let parts = path.split('/').count();
    if path.ends_with("/mod.rs") {
        parts - 1
    } else {
        parts
    }
}

/// What follows a root: `::name`, or the first names inside `::{…}`.
fn first_names(tokens: &[String]) -> Vec<String> {
    if tokens.first().is_none_or(|token| token != "::") {
        return Vec::new();
    }
    if tokens[1] != "{" {
        return vec![tokens[1].clone()];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for pair in tokens[1..].windows(2) {
        match pair[0].as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].as_str(), "{" | ",") {
            names.push(pair[1].clone());
        }
    }
    names
}

fn names_crate(tokens: &[String], name: &str) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        let before = at.checked_sub(1).map(|before| tokens[before].as_str());
        let after = tokens.get(at + 1).map(String::as_str);
        token == name && before != Some("::") && (after == Some("::") || before == Some("use"))
    })
}

/// Words, `::` and single characters; no comments, and nothing of what is in string literals.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = string_literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let token = &rest[..length];
        if !first.is_whitespace() && first != '"' && !token.starts_with("//") && length > 0 {
            tokens.push(token.to_owned());
        }
        rest = &rest[length..];
    }
    tokens
}

/// The length of the string or character literal that `text` begins with.
fn string_literal(text: &str) -> Option<usize> {
    if text.starts_with("'\"'") {
        return Some(3);
    }
    if let Some(escape) = text.strip_prefix("'\\") {
        return escape.find('\'').map(|end| end + 3);
    }
    let hashes = text
        .strip_prefix("r")
        .map(|rest| rest.len() - rest.trim_start_matches('#').len());
    if let Some(hashes) = hashes.filter(|hashes| text[1 + hashes..].starts_with('"')) {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = hashes + 2;
        return text[start..].find(&end).map(|at| start + at + end.len());
    }
    let mut escaped = false;
    for (at, c) in text.strip_prefix('"')?.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 2),
            _ => {}
        }
    }
    Some(text.len())
}

/// Where, what, and what has to be said of it.
const BAD: [(&str, &str, &str); 18] = [
    ("suite/raw.rs", "use crate::plan::Plan;", "uses `plan`"),
    (
        "suite/raw.rs",
        "fn f() { crate::plan::new() }",
        "uses `plan`",
    ),
    (
        "suite/raw.rs",
        "use crate::{\n  expect::A,\n  plan::{B, C},\n};",
        "uses `plan`",
    ),
    (
        "suite/raw.rs",
        "use crate::{expect::{A, B}, exit};",
        "uses `exit`",
    ),
    (
        "suite/raw.rs",
        "use super::super::plan::Plan;",
        "uses `plan`",
    ),
    (
        "suite/mod.rs",
        "use super::{outcome, probe};",
        "uses `probe`",
    ),
    (
        "outcome.rs",
        "use crate::diagnostic::Source;",
        "uses `diagnostic`",
    ),
    (
        "outcome.rs",
        "mod tests { use super::super::expect; }",
        "uses `expect`",
    ),
    ("mock/mod.rs", "use crate::plan::Plan;", "uses `plan`"),
    (
        "compare/mod.rs",
        "const A: &str = \"\\\"\"; use crate::probe::B;",
        "uses `probe`",
    ),
    (
        "compare/mod.rs",
        "const A: &str = r#\"\"\"#; use crate::probe::B;",
        "uses `probe`",
    ),
    (
        "compare/mod.rs",
        "fn a(b: char) { b == '\"'; crate::probe::c() }",
        "uses `probe`",
    ),
    ("extra/mod.rs", "", "`extra` is no room"),
    ("plan/mod.rs", "use reqwest::Client;", "names `reqwest`"),
    (
        "plan/mod.rs",
        "fn f() -> reqwest::Result<()> {}",
        "names `reqwest`",
    ),
    (
        "suite/raw.rs",
        "use serde_yaml::Value;",
        "names `serde_yaml`",
    ),
    ("report/json.rs", "use tabled;", "names `tabled`"),
    ("lib.rs", "use clap::Parser;", "names `clap`"),
];

#[test]
fn breaches_are_found() {
    for (path, text, breach) in BAD {
        let found = check(path, &format!("//! A header.\n{text}"));
        assert!(
            matches!(&found[..], [one] if one.contains(breach)),
            "{path}: {text}\nwanted: {breach}\nfound: {found:?}"
        );
    }
    assert_eq!(
        check("exit.rs", "// No header."),
        ["exit.rs: does not begin with a `//!` header"]
    );
    let long = format!("//! Long.\n{}", "\n".repeat(400));
    assert_eq!(
        check("exit.rs", &long),
        ["exit.rs: 401 lines, more than 400"]
    );
}

#[test]
fn what_is_allowed_is_not_reported() {
    for (path, text) in [
        ("plan/mod.rs", "use crate::{expect, suite::{self, Suite}};"),
        (
            "plan/join.rs",
            "use crate::plan::Plan; use super::Selection;",
        ),
        (
            "suite/raw.rs",
            "mod tests { use super::super::plan; use super::*; }",
        ),
        (
            "suite/raw.rs",
            "// use crate::plan::Plan;\n/* crate::plan::x() */",
        ),
        ("suite/raw.rs", "const A: &str = \"crate::plan::B // \";"),
        ("suite/raw.rs", "fn f<'a>(a: &'a str) -> &'a str { a }"),
        (
            "bin/statusdiff/main.rs",
            "use statusdiff::{plan, report}; use crate::args; use clap::Parser;",
        ),
        ("report/table.rs", "use tabled::Table;"),
        ("probe/client.rs", "use reqwest::Client;"),
        (
            "plan/mod.rs",
            "let clap = suite.clap; crate::expect::reqwest::x();",
        ),
        ("lib.rs", "pub use crate::report::Format; pub mod outcome;"),
    ] {
        let found = check(path, &format!("//! A header.\n{text}"));
        assert!(found.is_empty(), "{path}: {text}\nfound: {found:?}");
    }
}
