//! From a text to the raw types; the only file that names the YAML crate.
//!
//! Input: a text. Output: what it says ([`Read`]), or every problem of its form. The quick way is the guard
//! pass and one typed decode; only where that fails, or merge keys need it, the tree is read part by part.

mod decode;
mod events;
mod guard;
mod keys;
mod references;
mod syntax;
mod tree;

use std::sync::Arc;

use serde::de::{DeserializeOwned, IgnoredAny, Visitor};

pub(super) use references::{Reference, references};
pub(super) use tree::{Kind, Node};

use super::names::nearest;
use super::raw::{
    ENDPOINT_KEYS, Pairs, RawAcceptFile, RawAnswer, RawEntries, RawEntry, RawEnvironment,
    RawExpect, RawRoot, RawSuite, SUITE_KEYS, is_path_key,
};
use crate::diagnostic::{Diagnostic, Source};

/// What a file says.
pub(super) struct Read<T> {
    pub(super) raw: T,
    /// The line of each entry of `endpoints`, from 1.
    pub(super) lines: Vec<u32>,
    /// Where everything stands, if that had to be found out.
    pub(super) tree: Option<Node>,
}

/// Reads a suite, or a bare list or mapping of endpoints.
pub(super) fn read_suite(
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Read<RawRoot>> {
    read(source, problems, |tree, problems| {
        suite_by_parts(tree, source, problems)
    })
}

/// Reads the file of a `mock`.
pub(super) fn read_mock(
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Read<Pairs<RawAnswer>>> {
    read(source, problems, |tree, problems| {
        decode::read(tree, source, problems)
    })
}

/// Reads a file of accepted mismatches.
pub(super) fn read_accepted(
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Read<RawAcceptFile>> {
    read(source, problems, |tree, problems| {
        decode::read(tree, source, problems)
    })
}

/// Where everything stands in a text that was read before.
pub(super) fn compose(source: &Arc<Source>) -> Option<Node> {
    tree::compose(source).0
}

/// Whether the tree of a file with this problem still holds all of its text.
pub(super) fn is_in_place(problem: &Diagnostic) -> bool {
    matches!(
        problem.code,
        "unknown-key" | "wrong-type" | "wrong-value" | "mixed-forms" | "several-endpoints"
    )
}

fn read<T: DeserializeOwned>(
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
    by_parts: impl FnOnce(&mut Node, &mut Vec<Diagnostic>) -> Option<T>,
) -> Option<Read<T>> {
    let guarded = match guard::check(source) {
        Ok(guarded) => guarded,
        Err(found) => {
            problems.extend(found);
            return None;
        }
    };
    if !guarded.needs_tree
        && guarded.problems.is_empty()
        && let Ok(raw) = serde_yaml::from_str(&source.text)
    {
        return Some(Read {
            raw,
            lines: guarded.lines,
            tree: None,
        });
    }
    let before = problems.len();
    problems.extend(guarded.problems);
    let (tree, found) = tree::compose(source);
    problems.extend(found);
    let mut tree = tree?;
    if tree.is_null() {
        problems.push(guard::empty(source));
        return None;
    }
    let raw = by_parts(&mut tree, problems)?;
    if problems.len() == before
        && let Err(error) = serde_yaml::from_str::<IgnoredAny>(&source.text)
    {
        // The two parsers disagree about the text: better to say so than to choose.
        problems.push(refused(source, &error));
        return None;
    }
    Some(Read {
        raw,
        lines: guarded.lines,
        tree: Some(tree),
    })
}

fn refused(source: &Arc<Source>, error: &serde_yaml::Error) -> Diagnostic {
    let start = error.location().map_or(0, |location| location.index());
    Diagnostic::new("yaml-syntax", format!("not valid YAML: {error}")).at(source, start..start + 1)
}

/// Hands a plain scalar to `visitor` as what it looks like.
fn plain_scalar<'de, V: Visitor<'de>, E: serde::de::Error>(
    text: &'de str,
    visitor: V,
) -> Result<V::Value, E> {
    let simple = text.len() < 50
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte));
    if simple {
        match serde_yaml::from_str::<serde_yaml::Value>(text) {
            Ok(serde_yaml::Value::Bool(value)) => return visitor.visit_bool(value),
            Ok(serde_yaml::Value::Number(number)) => {
                if let Some(value) = number.as_u64() {
                    return visitor.visit_u64(value);
                }
                if let Some(value) = number.as_i64() {
                    return visitor.visit_i64(value);
                }
                return visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN));
            }
            _ => {}
        }
    }
    visitor.visit_borrowed_str(text)
}

/// Reads the tree of a suite so that a problem in one part does not hide those of another.
fn suite_by_parts(
    tree: &mut Node,
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<RawRoot> {
    let pairs = match &mut tree.kind {
        Kind::List(_) => return entries(tree, source, problems).map(RawRoot::Bare),
        Kind::Map(pairs) => pairs,
        Kind::Scalar { .. } => {
            // The decoder knows what to say.
            return decode::read(tree, source, problems);
        }
    };
    if pairs
        .first()
        .and_then(|(key, _)| key.text())
        .is_some_and(is_path_key)
    {
        let stray = pairs
            .iter()
            .find(|(key, _)| key.text().is_some_and(|key| SUITE_KEYS.contains(&key)));
        if let Some((key, _)) = stray {
            let message = format!(
                "`{}` cannot stand beside paths",
                key.text().unwrap_or_default()
            );
            let problem = Diagnostic::new("mixed-forms", message).at(source, key.range());
            problems.push(problem.help("beside other keys the paths stand under `endpoints`"));
            return None;
        }
        return entries(tree, source, problems).map(RawRoot::Bare);
    }
    let (mut parts, rest): (Vec<_>, Vec<_>) = std::mem::take(pairs).into_iter().partition(is_part);
    let mut others = tree.with(Kind::Map(rest));
    let suite = decode::read(&mut others, source, problems);
    let mut suite: RawSuite = suite.unwrap_or_default();
    for (key, value) in &mut parts {
        if key.text() == Some("environments") {
            suite.environments = Some(Pairs(environments_of(value, source, problems)));
        } else {
            suite.endpoints = entries(value, source, problems).map(RawEntries);
        }
    }
    if let Kind::Map(rest) = &mut others.kind {
        rest.extend(parts);
    }
    *tree = others;
    Some(RawRoot::Suite(Box::new(suite)))
}

/// Whether an entry of the suite is read part by part.
fn is_part((key, value): &(Node, Node)) -> bool {
    match key.text() {
        Some("environments") => matches!(value.kind, Kind::Map(_)),
        Some("endpoints") => matches!(value.kind, Kind::List(_) | Kind::Map(_)),
        _ => false,
    }
}

fn environments_of(
    node: &mut Node,
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<(String, RawEnvironment)> {
    let Kind::Map(pairs) = &mut node.kind else {
        return Vec::new();
    };
    let mut read = Vec::new();
    let all = pairs.len();
    pairs.retain_mut(|(key, value)| {
        let environment = decode::read(value, source, problems);
        let Some(environment) = environment else {
            return false;
        };
        read.push((key.text().unwrap_or_default().to_owned(), environment));
        true
    });
    node.struck |= read.len() < all;
    read
}

fn entries(
    node: &mut Node,
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Vec<RawEntry>> {
    let mut read = Vec::new();
    let all = match &mut node.kind {
        Kind::List(items) => {
            let all = items.len();
            items.retain_mut(|item| {
                entry(item, source, problems)
                    .map(|entry| read.push(entry))
                    .is_some()
            });
            all
        }
        Kind::Map(pairs) => {
            let all = pairs.len();
            pairs.retain_mut(|(key, value)| {
                let expect: Option<RawExpect> = decode::read(value, source, problems);
                let Some(expect) = expect else { return false };
                read.push(RawEntry::Pair(
                    key.text().unwrap_or_default().to_owned(),
                    expect,
                ));
                true
            });
            all
        }
        Kind::Scalar { .. } => return None,
    };
    node.struck |= read.len() < all;
    Some(read)
}

fn entry(
    item: &mut Node,
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<RawEntry> {
    let Kind::Map(pairs) = &item.kind else {
        return decode::read(item, source, problems);
    };
    let paths = pairs
        .iter()
        .filter(|(key, _)| key.text().is_some_and(is_path_key))
        .count();
    let known = pairs
        .iter()
        .filter(|(key, _)| key.text().is_some_and(|key| ENDPOINT_KEYS.contains(&key)))
        .count();
    if paths > 0 && pairs.len() > 1 {
        let (second, _) = &pairs[1];
        let problem = if known == 0 {
            Diagnostic::new(
                "several-endpoints",
                "one item of the list holds more than one endpoint",
            )
            .label("a second one")
            .help("each endpoint begins with its own `- `")
        } else {
            Diagnostic::new(
                "mixed-forms",
                "the short form of an endpoint has no further keys",
            )
            .label("a further key")
            .help("the long form says `path: /a` and `expect: 200` instead of `/a: 200`")
        };
        problems.push(problem.at(source, second.range()));
        return None;
    }
    if let [(key, value)] = pairs.as_slice()
        && known == 0
        && !is_misspelt_key(key, value)
    {
        let path = key.text().unwrap_or_default().to_owned();
        return match &mut item.kind {
            Kind::Map(pairs) => {
                let expect = decode::read(&mut pairs.first_mut()?.1, source, problems)?;
                Some(RawEntry::Pair(path, expect))
            }
            Kind::List(_) | Kind::Scalar { .. } => None,
        };
    }
    decode::read(item, source, problems).map(|long| RawEntry::Long(Box::new(long)))
}

/// Whether the only key of an entry is meant to be one of the long form rather than a path.
fn is_misspelt_key(key: &Node, value: &Node) -> bool {
    let key = key.text().unwrap_or_default();
    let path_follows = value.text().is_some_and(|text| text.starts_with('/'));
    !is_path_key(key) && (path_follows || nearest(key, ENDPOINT_KEYS.iter().copied()).is_some())
}
