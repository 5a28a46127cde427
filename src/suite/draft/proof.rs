//! The proof that two texts say the same but for expectations.
//!
//! Input: the trees of both, and the entries that are commented out in the second. Output: yes or no.

use std::collections::BTreeSet;

use crate::suite::yaml::{Kind, Node};
use crate::suite::{method, place};

/// Whether `new` is `old` without the entries `dropped`, and with other expectations at most.
pub(super) fn same_but_expectations(old: &Node, new: &Node, dropped: &[usize]) -> bool {
    let (Some(before), Some(after)) = (entries(old), entries(new)) else {
        return false;
    };
    let dropped: BTreeSet<_> = dropped.iter().collect();
    let mut kept = before
        .iter()
        .enumerate()
        .filter(|(index, _)| !dropped.contains(index))
        .map(|(_, entry)| entry);
    let mut after = after.iter();
    let all_same = after
        .by_ref()
        .all(|new| kept.next().is_some_and(|old| same_entry(old, new)));
    all_same && kept.next().is_none() && same_around(old, new)
}

/// An endpoint: an item of a list, or a key and its expectation.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Item(&'a Node),
    Key(&'a Node),
}

fn entries(root: &Node) -> Option<Vec<Entry<'_>>> {
    match &place::endpoints(root)?.kind {
        Kind::List(items) => Some(items.iter().map(Entry::Item).collect()),
        Kind::Map(pairs) => Some(pairs.iter().map(|(key, _)| Entry::Key(key)).collect()),
        Kind::Scalar { .. } => None,
    }
}

/// All of an endpoint but what it expects: method, path, and the other keys.
#[derive(Default)]
struct Rest<'a> {
    method: Option<&'a str>,
    path: Option<&'a str>,
    others: Vec<(&'a Node, &'a Node)>,
}

fn same_entry(old: &Entry<'_>, new: &Entry<'_>) -> bool {
    let (old, new) = (rest(*old), rest(*new));
    let mut pairs = old.others.iter().zip(&new.others);
    (old.method, old.path) == (new.method, new.path)
        && old.others.len() == new.others.len()
        && pairs.all(|(old, new)| same(old.0, new.0) && same(old.1, new.1))
}

fn rest(entry: Entry<'_>) -> Rest<'_> {
    let of_key = |node| {
        let (method, path) = Node::text(node).map_or((None, None), |text| {
            let (method, path) = method::split(text);
            (method, Some(path))
        });
        Rest {
            method,
            path,
            others: Vec::new(),
        }
    };
    match entry {
        Entry::Key(key) => of_key(key),
        Entry::Item(item) => match &item.kind {
            Kind::Map(pairs) => match (item.entry("path"), pairs.as_slice()) {
                (None, [(key, _)]) => of_key(key),
                _ => of_pairs(pairs),
            },
            Kind::List(_) | Kind::Scalar { .. } => of_key(item),
        },
    }
}

fn of_pairs(pairs: &[(Node, Node)]) -> Rest<'_> {
    let mut rest = Rest::default();
    for (key, value) in pairs {
        match key.text() {
            Some("path") => rest.path = value.text(),
            Some("method") => rest.method = value.text(),
            Some("expect" | "redirects") => {}
            _ => rest.others.push((key, value)),
        }
    }
    rest
}

/// Whether the keys beside `endpoints` are the same.
fn same_around(old: &Node, new: &Node) -> bool {
    let around = |root: &'_ Node| match &root.kind {
        Kind::Map(pairs) if root.get("endpoints").is_some() => pairs
            .iter()
            .filter(|(key, _)| key.text() != Some("endpoints"))
            .cloned()
            .collect(),
        _ => Vec::new(),
    };
    let (old, new): (Vec<_>, Vec<_>) = (around(old), around(new));
    let mut pairs = old.iter().zip(&new);
    old.len() == new.len() && pairs.all(|(old, new)| same(&old.0, &new.0) && same(&old.1, &new.1))
}

fn same(old: &Node, new: &Node) -> bool {
    match (&old.kind, &new.kind) {
        (
            Kind::Scalar { text, plain },
            Kind::Scalar {
                text: other,
                plain: also,
            },
        ) => text == other && plain == also,
        (Kind::List(old), Kind::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (Kind::Map(old), Kind::Map(new)) => {
            let mut pairs = old.iter().zip(new);
            old.len() == new.len()
                && pairs.all(|(old, new)| same(&old.0, &new.0) && same(&old.1, &new.1))
        }
        _ => false,
    }
}
