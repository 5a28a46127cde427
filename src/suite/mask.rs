//! Where a suite holds literal secrets.
//!
//! Input: a source and, where there is one, its tree. Output: the source knows what to show as `***`. Text
//! that is only `${…}` is no secret.

use std::ops::Range;

use super::address::user_info;
use super::header::is_secret_name;
use super::yaml::{Kind, Node};
use crate::diagnostic::Source;

/// How well the tree of a file was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Sound,
    /// All of it is in the tree, but keys may be misspelt or stand in the wrong place.
    Odd,
    /// Some of it may not be in the tree at all.
    Broken,
}

/// Masks the literal secrets in `source`: what the tree says is one, unless all is sound also what only looks
/// like one.
pub(super) fn set(source: &Source, tree: Option<&Node>, reading: Reading) {
    source.mask(|| {
        let mut found = Found {
            source: &source.text,
            by_name: reading != Reading::Sound,
            ranges: Vec::new(),
        };
        if let Some(tree) = tree {
            found.in_tree(tree);
        }
        if tree.is_none() || reading == Reading::Broken {
            found.in_text();
        }
        found.ranges
    });
}

/// Whether everything under a key is secret.
pub(super) fn is_secret_block(key: &str) -> bool {
    matches!(key, "auth" | "credentials")
}

struct Found<'a> {
    source: &'a str,
    /// Whether a name that sounds secret makes a value one wherever it stands.
    by_name: bool,
    ranges: Vec<Range<usize>>,
}

impl Found<'_> {
    fn in_tree(&mut self, node: &Node) {
        match &node.kind {
            Kind::Scalar { text, .. } if text.contains("-----BEGIN") => {
                self.ranges.push(node.range());
            }
            Kind::Scalar { .. } => self.in_url(node.range()),
            Kind::List(items) => items.iter().for_each(|item| self.in_tree(item)),
            Kind::Map(pairs) => {
                for (key, value) in pairs {
                    match key.text() {
                        Some("headers" | "header") => self.headers(value),
                        Some("proxy") => self.proxy(value),
                        Some(key) if is_secret_block(key) => self.everything(value),
                        Some(key) if self.by_name && is_secret_key(key) => self.everything(value),
                        _ => self.in_tree(value),
                    }
                }
            }
        }
    }

    /// Only what is a secret of a URL, as it stands in the file.
    fn in_url(&mut self, range: Range<usize>) {
        if let Some(inside) = user_info(&self.source[range.clone()]) {
            self.ranges
                .push(range.start + inside.start..range.start + inside.end);
        }
    }

    /// The same, where the scheme may have been left out.
    fn proxy(&mut self, node: &Node) {
        let range = node.range();
        let text = &self.source[range.clone()];
        match text.rfind('@') {
            Some(at) if !text.contains("://") => self.ranges.push(range.start..range.start + at),
            _ => self.in_tree(node),
        }
    }

    fn headers(&mut self, node: &Node) {
        let Kind::Map(pairs) = &node.kind else {
            // Not headers at all, but perhaps meant to be.
            return self.everything(node);
        };
        for (name, value) in pairs {
            if name.text().is_some_and(is_secret_name) {
                self.everything(value);
            }
        }
    }

    fn everything(&mut self, node: &Node) {
        match &node.kind {
            Kind::Scalar { text, .. } if is_literal(text) => self.ranges.push(node.range()),
            Kind::Scalar { .. } => {}
            Kind::List(items) => items.iter().for_each(|item| self.everything(item)),
            Kind::Map(pairs) => pairs.iter().for_each(|(_, value)| self.everything(value)),
        }
    }

    /// In a text that is no YAML, everything on a line after what looks like the name of a secret, and all
    /// that is indented below it.
    fn in_text(&mut self) {
        let mut start = 0;
        // How far the line is indented below which everything is a secret.
        let mut secret_below = None;
        for line in self.source.split_inclusive('\n') {
            let content = line.trim_start();
            let indent = line.len() - content.len();
            let is_below = secret_below.is_some_and(|outer| indent > outer || content.is_empty());
            let mut colons = line.match_indices(':').map(|(at, _)| at);
            let secret = colons.find(|&at| is_secret_key(&line[..at]));
            let value = match secret {
                _ if is_below => Some(indent + after_key(content)),
                Some(colon) => Some(colon + 1),
                None => None,
            };
            if let Some(value) = value {
                self.rest_of_line(start + value..start + line.trim_end().len());
            }
            if !is_below {
                let is_block = |colon: &usize| is_secret_block(key_of(&line[..*colon]).1);
                secret_below = secret.filter(is_block).map(|_| indent);
            }
            self.in_url(start..start + line.len());
            start += line.len();
        }
    }

    /// A line's value, unless there is nothing secret in it.
    fn rest_of_line(&mut self, range: Range<usize>) {
        let Some(value) = self.source.get(range.clone()) else {
            return;
        };
        let value = value.trim_start();
        if !value.is_empty() && is_literal(value) {
            self.ranges.push(range.end - value.len()..range.end);
        }
    }
}

/// Whether more than `${…}` and the name of a scheme is in `text`.
fn is_literal(text: &str) -> bool {
    let mut rest = text.to_owned();
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else {
            return true;
        };
        let escaped = rest[..start].ends_with('$');
        let inside = &rest[start + 2..start + length];
        let fallback = inside.split_once(":-").map_or("", |(_, fallback)| fallback);
        if escaped || !fallback.is_empty() {
            return true;
        }
        rest.replace_range(start..=start + length, "");
    }
    let punctuation = ['"', '\'', '{', '}', '[', ']'];
    let rest = rest.replace(punctuation, "").trim().to_ascii_lowercase();
    !matches!(rest.as_str(), "" | "bearer" | "basic" | "token")
}

/// Where the value of an entry or an item begins.
fn after_key(content: &str) -> usize {
    let item = content.len() - content.trim_start_matches("- ").len();
    match content[item..].find(": ") {
        Some(colon) => item + colon + 1,
        None if content.trim_end().ends_with(':') => content.len(),
        None => item,
    }
}

/// The name of a key, without the quotes and all that stands before it.
fn key_of(before_colon: &str) -> (&str, &str) {
    let name = before_colon.trim_end_matches(['"', '\'', ' ']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let before = name.trim_end_matches(is_part);
    (before, &name[before.len()..])
}

fn is_secret_key(before_colon: &str) -> bool {
    let (before, name) = key_of(before_colon);
    let is_name = is_secret_name(name) && name != "key_file";
    !before.ends_with('/')
        && (is_name || is_secret_block(name) || matches!(name, "bearer" | "basic"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is masked of a text that is no YAML.
    fn masked(text: &str) -> Vec<&str> {
        let mut found = Found {
            source: text,
            by_name: true,
            ranges: Vec::new(),
        };
        found.in_text();
        found.ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_secrets_in_a_text_that_is_no_yaml() {
        for (text, secrets) in [
            ("a: b\npath: /token:200\n", &[][..]),
            ("  X-Api-Key: abc # d\n", &["abc # d"]),
            ("Authorization: \"Bearer ${T}\"\n", &[]),
            ("password: ${P:-abc}\n", &["${P:-abc}"]),
            ("password: $${P}\n", &["$${P}"]),
            ("auth: { bearer: abc }\nname: x\n", &["{ bearer: abc }"]),
            (
                "auth:\n  basic:\n    username: u\n\n    password: p\nname: x\n",
                &["u", "p"],
            ),
            (
                "  credentials:\n    a:\n      refresh:\n      - get\n      - -p: q\n  x: y\n",
                &["get", "q"],
            ),
            ("auth:\r\n  bearer: abc\r\nname: x\r\n", &["abc"]),
            ("proxy: http://u:p@h\nb: c\n", &["u:p"]),
            ("key_file: a.pem\nkey: a\n", &["a"]),
            ("auth:\n\n  é: ß", &["ß"]),
        ] {
            assert_eq!(masked(text), secrets, "{text:?}");
        }
    }
}
