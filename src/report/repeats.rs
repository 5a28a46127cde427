//! Which rows only a number tells apart from an earlier one.
//!
//! Input: a comparison. Output: for each row whose method, place and name an earlier one has too, how many earlier
//! ones have. It keeps two bytes for each of the others: a million endpoints that are all unlike are no reason to
//! wait for a report.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::compare::{Comparison, Row};

/// So few rows are taken for repeated ones by chance: one in thirty-two.
const BITS_PER_ROW: usize = 16;

/// The rows that are not the first of their kind.
pub(super) struct Repeats {
    earlier: HashMap<usize, u32>,
}

impl Repeats {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let suspects = suspects(comparison);
        let mut earlier = HashMap::new();
        if suspects.is_empty() {
            return Self { earlier };
        }
        let mut seen = HashMap::new();
        for (index, row) in comparison.rows().enumerate() {
            if !suspects.contains(&digest(row)) {
                continue;
            }
            let (method, place, name) = identity(row);
            let count = seen.entry((method, place, name)).or_insert(0);
            if *count > 0 {
                earlier.insert(index, *count);
            }
            *count += 1;
        }
        Self { earlier }
    }

    /// How many rows before this one have the same method, place and name.
    pub(super) fn before(&self, index: usize) -> u32 {
        self.earlier.get(&index).copied().unwrap_or_default()
    }
}

/// The digests of all rows that are repeated, and of a few more.
fn suspects(comparison: &Comparison) -> HashSet<u64> {
    let words = comparison.rows().len() * BITS_PER_ROW / 64 + 1;
    let mut seen = vec![0_u64; words];
    let mut suspects = HashSet::new();
    for digest in comparison.rows().map(digest) {
        let bit = 1 << (digest % 64);
        let place = usize::try_from(digest / 64 % words as u64).unwrap_or_default();
        if let Some(word) = seen.get_mut(place) {
            if *word & bit != 0 {
                suspects.insert(digest);
            }
            *word |= bit;
        }
    }
    suspects
}

fn digest(row: Row<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    identity(row).hash(&mut hasher);
    hasher.finish()
}

fn identity(row: Row<'_>) -> (&str, Cow<'_, str>, &str) {
    let name = row.name().unwrap_or_default();
    (row.method().as_str(), row.place(), name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{repeated, wall};

    #[test]
    fn counts_the_earlier_ones() {
        let comparison = repeated();
        let repeats = Repeats::of(&comparison);
        let counts = (0..comparison.rows().len()).map(|index| repeats.before(index));
        assert_eq!(counts.collect::<Vec<_>>(), [0, 0, 1, 0, 2, 0]);
    }

    #[test]
    fn keeps_next_to_nothing_of_rows_that_are_unlike() {
        let comparison = wall();
        let suspects = suspects(&comparison).len();
        assert!(suspects < comparison.rows().len() / 8, "{suspects}");
        assert!(Repeats::of(&comparison).earlier.is_empty());
    }
}
