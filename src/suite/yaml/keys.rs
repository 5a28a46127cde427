//! The keys of one mapping, to find the ones that stand twice.
//!
//! Input: keys and their lines as they come. Output: where a key stood before.

use std::borrow::Cow;
use std::collections::HashMap;

/// The keys of a mapping so far, with their lines. Most mappings are too small for a table.
pub(super) enum Keys<'a> {
    Few(Vec<(Cow<'a, str>, u32)>),
    Many(HashMap<Cow<'a, str>, u32>),
}

impl Default for Keys<'_> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<'a> Keys<'a> {
    /// Adds a key. The line of the same key before, if there was one.
    pub(super) fn insert(&mut self, key: Cow<'a, str>, line: u32) -> Option<u32> {
        match self {
            Self::Few(keys) => {
                if let Some((_, first)) = keys.iter().find(|(other, _)| *other == key) {
                    return Some(*first);
                }
                keys.push((key, line));
                if keys.len() > 16 {
                    *self = Self::Many(keys.drain(..).collect());
                }
                None
            }
            Self::Many(keys) => {
                if let Some(first) = keys.get(&key) {
                    return Some(*first);
                }
                keys.insert(key, line);
                None
            }
        }
    }
}

/// Numbers whose value the quick way of decoding keeps, but not their spelling.
pub(super) fn is_odd_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.starts_with('+')
        || ["0x", "0o", "0b"]
            .iter()
            .any(|start| unsigned.starts_with(start))
}
