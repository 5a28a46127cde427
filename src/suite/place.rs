//! Places in a suite, and where in the file they are.
//!
//! Input: a [`Place`] and the tree of the file. Output: a byte range. A place that the file does not have
//! leads to the nearest one around it.

use std::ops::Range;

use super::header::is_secret_name;
use super::mask::is_secret_block;
use super::raw::is_path_key;
use super::yaml::{Kind, Node};

/// A place in a suite, to say where a problem lies that only shows once values are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Keys from the top: `["environments", "staging", "headers", "X-Team"]`; items of lists by number.
    Keys(Vec<String>),
    /// The path of an endpoint, by [`Endpoint::entry`](super::Endpoint::entry).
    EndpointPath(u32),
    /// The expectation of an endpoint, for the named environment where there is one for each.
    EndpointExpect(u32, String),
    /// A key inside an endpoint: `["headers", "X-Team"]`. Where the endpoint does not have it, `defaults` does.
    EndpointKey(u32, Vec<String>),
}

/// Which part of a place is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Key,
    Value,
    /// Something that is missing there. It may be missing only because it was reported and left out.
    Missing,
}

impl Place {
    pub(super) fn keys(keys: &[&str]) -> Self {
        Self::Keys(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    /// Whether what stands here may be a secret, and so must not be repeated in a message.
    pub(super) fn is_secret(&self) -> bool {
        match self {
            Self::Keys(keys) | Self::EndpointKey(_, keys) => {
                is_secret(keys.iter().map(String::as_str))
            }
            Self::EndpointPath(_) | Self::EndpointExpect(..) => false,
        }
    }

    /// The number of the entry that it is in, if it is in one.
    pub(super) fn entry(&self) -> Option<u32> {
        match self {
            Self::Keys(_) => None,
            Self::EndpointPath(entry)
            | Self::EndpointExpect(entry, _)
            | Self::EndpointKey(entry, _) => Some(*entry),
        }
    }

    /// The same in a file whose first entry has this number.
    pub(super) fn before(&self, first: u32) -> Self {
        let mut own = self.clone();
        match &mut own {
            Self::Keys(_) => {}
            Self::EndpointPath(entry)
            | Self::EndpointExpect(entry, _)
            | Self::EndpointKey(entry, _) => *entry = entry.saturating_sub(first),
        }
        own
    }

    /// The place of `key` inside this one.
    pub(super) fn inside(&self, key: &str) -> Self {
        let mut inside = self.clone();
        match &mut inside {
            Self::Keys(keys) | Self::EndpointKey(_, keys) => keys.push(key.to_owned()),
            Self::EndpointPath(entry) => return Self::EndpointKey(*entry, vec![key.to_owned()]),
            Self::EndpointExpect(_, environment) => key.clone_into(environment),
        }
        inside
    }
}

/// Whether these keys lead into `auth` or to the value of a secret header.
pub(super) fn is_secret<'a>(keys: impl Iterator<Item = &'a str>) -> bool {
    let mut in_headers = false;
    for key in keys {
        if is_secret_block(key) || (in_headers && is_secret_name(key)) {
            return true;
        }
        in_headers = key == "headers" || key == "header";
    }
    false
}

/// Where `place` is in the file; nothing if a problem there has been reported already.
pub(super) fn locate(root: &Node, place: &Place, side: Side) -> Option<Range<usize>> {
    let spot = match place {
        Place::Keys(keys) => walk(Spot::of(root), keys),
        Place::EndpointPath(entry) => match entry_of(root, *entry)? {
            Spot { key: Some(key), .. } => Spot::of(key),
            Spot { value, .. } => path_of(value),
        },
        Place::EndpointExpect(entry, environment) => {
            let expect = expect_of(root, *entry)?;
            let named = [environment.as_str(), "default"];
            let entry = named.iter().find_map(|name| expect.value.entry(name));
            entry.map_or(expect, |(key, value)| Spot {
                key: Some(key),
                value,
            })
        }
        Place::EndpointKey(entry, keys) => {
            let own = entry_of(root, *entry)?;
            let in_defaults = root.get("defaults").filter(|defaults| {
                keys.first()
                    .is_some_and(|key| own.value.get(key).is_none() && defaults.get(key).is_some())
            });
            walk(in_defaults.map_or(own, Spot::of), keys)
        }
    };
    match side {
        Side::Missing if spot.value.struck => None,
        Side::Key | Side::Missing => Some(spot.key.unwrap_or(spot.value).range()),
        Side::Value if spot.value.is_null() && spot.value.range().is_empty() => {
            Some(spot.key.unwrap_or(spot.value).range())
        }
        Side::Value => Some(spot.value.range()),
    }
}

/// A value and the key it stands under.
#[derive(Clone, Copy)]
struct Spot<'a> {
    key: Option<&'a Node>,
    value: &'a Node,
}

impl<'a> Spot<'a> {
    fn of(value: &'a Node) -> Self {
        Self { key: None, value }
    }
}

/// Follows `keys` as far as they lead.
fn walk<'a>(mut spot: Spot<'a>, keys: &[String]) -> Spot<'a> {
    for key in keys {
        let Some((key, value)) = spot.value.entry(key) else {
            return spot;
        };
        spot = Spot {
            key: Some(key),
            value,
        };
    }
    spot
}

/// An entry of `endpoints`; in a mapping its key is the path.
fn entry_of(root: &Node, entry: u32) -> Option<Spot<'_>> {
    let entry = usize::try_from(entry).ok()?;
    match &endpoints(root)?.kind {
        Kind::List(items) => items.get(entry).map(Spot::of),
        Kind::Map(pairs) => pairs.get(entry).map(|(key, value)| Spot {
            key: Some(key),
            value,
        }),
        Kind::Scalar { .. } => None,
    }
}

/// What holds the endpoints: a list or a mapping, which may be the whole file.
pub(super) fn endpoints(root: &Node) -> Option<&Node> {
    match &root.kind {
        Kind::Map(pairs) => match pairs.first() {
            Some((key, _)) if key.text().is_some_and(is_path_key) => Some(root),
            _ => root.get("endpoints"),
        },
        Kind::List(_) | Kind::Scalar { .. } => Some(root),
    }
}

/// The lines of endpoints that are a mapping's keys: some may have been merged from elsewhere.
pub(super) fn lines_of_keys(root: &Node) -> Option<Vec<u32>> {
    match &endpoints(root)?.kind {
        Kind::Map(pairs) => Some(pairs.iter().map(|(key, _)| key.line).collect()),
        Kind::List(_) | Kind::Scalar { .. } => None,
    }
}

fn path_of(item: &Node) -> Spot<'_> {
    match &item.kind {
        Kind::Map(pairs) => match (item.get("path"), pairs.as_slice()) {
            (Some(path), _) => Spot::of(path),
            (None, [(key, _)]) => Spot::of(key),
            (None, _) => Spot::of(item),
        },
        Kind::List(_) | Kind::Scalar { .. } => Spot::of(item),
    }
}

fn expect_of(root: &Node, entry: u32) -> Option<Spot<'_>> {
    let spot = entry_of(root, entry)?;
    if spot.key.is_some() {
        return Some(spot);
    }
    if let Some((key, value)) = spot.value.entry("expect") {
        return Some(Spot {
            key: Some(key),
            value,
        });
    }
    if let Kind::Map(pairs) = &spot.value.kind
        && let [(key, value)] = pairs.as_slice()
        && key.text().is_some_and(is_path_key)
    {
        return Some(Spot {
            key: Some(key),
            value,
        });
    }
    let defaults = root
        .get("defaults")
        .and_then(|defaults| defaults.entry("expect"));
    Some(defaults.map_or(path_of(spot.value), |(key, value)| Spot {
        key: Some(key),
        value,
    }))
}
