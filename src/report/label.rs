//! What an endpoint is called where names have to tell endpoints apart.
//!
//! Input: a comparison. Output: a [`label`](Labels::label) for each row, fit for a log: method, path, the name
//! in the suite, and a number where all of these are the same (a suite may ask one path with several bodies).

use super::repeats::Repeats;
use super::text::escaped;
use crate::compare::{Comparison, Row};

/// What all rows are called.
pub(super) struct Labels {
    repeats: Repeats,
}

impl Labels {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let repeats = Repeats::of(comparison);
        Self { repeats }
    }

    /// `GET /a`, `POST /orders (an order)`, `GET /a #2`. No path has a space, and a name ends in a bracket: a
    /// number makes no two labels the same.
    pub(super) fn label(&self, index: usize, row: Row<'_>) -> String {
        let mut label = format!("{} {}", row.method(), escaped(&row.place()));
        if let Some(name) = row.name() {
            label.extend([" (", &escaped(name), ")"]);
        }
        let before = self.repeats.before(index);
        if before > 0 {
            label.extend([" #", &(before + 1).to_string()]);
        }
        label
    }
}
