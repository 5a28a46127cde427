//! A list of paths as a suite.
//!
//! Input: the suite that a list was read as, with its text. Output: the text of a suite with the same environments
//! and paths in the same order, its comments where they were. Nothing is expected yet.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::spelling::scalar;
use crate::suite::model::{Base, Environment, Suite};
use crate::suite::{method, paths};

/// The longest key that YAML has on a line, with room for quotes.
const LONGEST_KEY: usize = 900;

/// The suite's text; each endpoint of `suite` is one entry, in order.
pub(super) fn as_suite(suite: &Suite) -> String {
    let mut text = String::from("environments:\n");
    for environment in &suite.environments {
        let _ = writeln!(
            text,
            "  {}: {}",
            scalar(&environment.name),
            base(environment)
        );
    }
    text.push_str("\nendpoints:\n");
    let asked: BTreeSet<u32> = suite.endpoints.iter().map(|it| it.line).collect();
    let lines = suite.source.text.split_terminator('\n').zip(1..);
    for (line, number) in lines {
        let (entry, comment) = paths::split_comment(line);
        let comment: String = comment.trim().chars().filter(|c| !c.is_control()).collect();
        // A path that stands twice is asked once.
        match (asked.contains(&number), comment.is_empty()) {
            (true, true) => push_entry(&mut text, entry.trim(), ""),
            (true, false) => push_entry(&mut text, entry.trim(), &format!("  {comment}")),
            (false, false) => {
                let _ = writeln!(text, "  {comment}");
            }
            (false, true) if entry.trim().is_empty() => text.push('\n'),
            (false, true) => {}
        }
    }
    text
}

fn push_entry(text: &mut String, entry: &str, comment: &str) {
    // In a list it is no template, whatever it looks like.
    let literal = entry.replace("${", "$${");
    let written = if literal.len() <= LONGEST_KEY {
        writeln!(text, "  - {}{comment}", scalar(&literal))
    } else {
        let (method, path) = method::split(&literal);
        let method = method.map_or_else(String::new, |it| format!("\n    method: {it}"));
        writeln!(text, "  - path: {}{comment}{method}", scalar(path))
    };
    // Writing to a string never fails.
    let _ = written;
}

fn base(environment: &Environment) -> String {
    match &environment.base {
        Base::Url(url) => scalar(&url.written().replace("${", "$${")).into_owned(),
        // The command line defines no others.
        Base::Mock(_) | Base::Discover(_) | Base::Nowhere => String::new(),
    }
}
