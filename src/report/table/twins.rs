//! Rows that read the same though they stand in different files.
//!
//! Input: a comparison and the rows that are shown of it. Output: the file of each row that needs it said. It refuses to
//! name a file where the endpoint alone tells the row.

use std::collections::HashMap;

use http::Method;

use crate::compare::{Comparison, Row};

/// What a row reads like.
type Reading<'c> = (&'c Method, Option<&'c str>, &'c str, Option<&'c str>);

/// The files of the rows that are shown, by what these read like; none where there are several.
pub(super) struct Twins<'c> {
    files: HashMap<Reading<'c>, Option<&'c str>>,
}

impl<'c> Twins<'c> {
    /// A row that matched everywhere may not be shown, and yet be taken for one that is.
    pub(super) fn of(comparison: &'c Comparison, shown: &[Row<'c>]) -> Self {
        let mut files = comparison.rows().map(|row| row.file());
        let first = files.next();
        if files.all(|file| Some(file) == first) {
            // Where there is one file, nobody has to ask which.
            let files = HashMap::new();
            return Self { files };
        }
        let known = |row: &Row<'c>| (reading(*row), Some(row.file()));
        let mut files: HashMap<_, _> = shown.iter().map(known).collect();
        for row in comparison.rows() {
            if let Some(file) = files.get_mut(&reading(row)) {
                *file = file.filter(|file| *file == row.file());
            }
        }
        Self { files }
    }

    /// The file of the row, where others read like it.
    pub(super) fn file(&self, row: Row<'c>) -> Option<&'c str> {
        let file = self.files.get(&reading(row))?;
        file.is_none().then(|| row.file())
    }
}

fn reading(row: Row<'_>) -> Reading<'_> {
    (row.method(), row.service(), row.path(), row.name())
}
