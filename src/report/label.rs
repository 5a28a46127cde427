//! What an endpoint is called where names have to tell endpoints apart.
//!
//! Input: a comparison. Output: a [`label`](Labels::label) for each row, fit for a log: method, path, the name
//! in the suite, and a number where all of these are the same (a suite may ask one path with several bodies).

use std::collections::HashMap;

use super::text::escaped;
use crate::compare::{Comparison, Row};

/// The rows that are not the first to have their name.
pub(super) struct Labels {
    repeats: HashMap<usize, usize>,
}

impl Labels {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let mut seen = HashMap::new();
        let mut repeats = HashMap::new();
        for (index, row) in comparison.rows().enumerate() {
            let count = seen
                .entry((row.method(), row.place(), row.name()))
                .or_insert(0);
            *count += 1;
            if *count > 1 {
                repeats.insert(index, *count);
            }
        }
        Self { repeats }
    }

    /// `GET /a`, `POST /orders (an order)`, `GET /a #2`. No path has a space, and a name ends in a bracket: a
    /// number makes no two labels the same.
    pub(super) fn label(&self, index: usize, row: Row<'_>) -> String {
        let mut label = format!("{} {}", row.method(), escaped(&row.place()));
        if let Some(name) = row.name() {
            label.extend([" (", &escaped(name), ")"]);
        }
        if let Some(count) = self.repeats.get(&index) {
            label.extend([" #", &count.to_string()]);
        }
        label
    }
}
