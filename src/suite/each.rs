//! `each` and `each_file`: the rows of values that make one endpoint each.
//!
//! Input: the raw keys. Output: a [`Table`], whose rows are the product of all lists and all lines of the file.
//! It refuses lists and files that make nothing, and more rows than [`MOST`].

use std::path::Path;
use std::sync::Arc;

use super::place::Place;
use super::problems::Problems;
use super::raw::{List, Pairs, RawEndpoint, Text};
use super::table_file::{self, TableFile};
use super::template::is_name;
use crate::diagnostic::{Diagnostic, Source};

/// How many endpoints one may become.
const MOST: usize = 1_000_000;

/// All values of one endpoint: the columns of its file, then its lists.
pub(super) struct Table {
    pub(super) file: Option<TableFile>,
    lists: Vec<(String, Vec<String>)>,
}

/// The values of one row, in the order of [`Table::names`].
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    pub(super) values: &'t [&'t str],
    /// Where in the file it begins.
    offset: usize,
}

/// Reads `each` and `each_file` of the endpoint at `place`. Nothing if there is a problem, which is reported.
pub(super) fn read(
    raw: &RawEndpoint,
    place: &Place,
    suite: &Source,
    problems: &mut Problems,
) -> Option<Table> {
    let before = problems.len();
    let file = raw.each_file.as_ref().and_then(|Text(name)| {
        let place = place.inside("each_file");
        match load(name, suite) {
            Ok(source) => table_file::read(&source, &place, problems),
            Err(problem) => {
                match problem.span {
                    Some(_) => problems.push(problem),
                    None => problems.value(place, problem),
                }
                None
            }
        }
    });
    let columns = file.as_ref().map_or(&[][..], |file| &file.columns);
    let lists = raw
        .each
        .as_ref()
        .map(|pairs| lists(pairs, columns, &place.inside("each"), problems));
    let table = Table {
        lists: lists.unwrap_or_default(),
        file,
    };
    if problems.len() > before {
        return None;
    }
    if let Err(problem) = table.check_size() {
        let key = if raw.each.is_some() {
            "each"
        } else {
            "each_file"
        };
        problems.key(place.inside(key), problem);
        return None;
    }
    Some(table)
}

impl Table {
    /// The names of all values.
    pub(super) fn names(&self) -> Vec<&str> {
        let columns = self.file.iter().flat_map(|file| &file.columns);
        let lists = self.lists.iter().map(|(name, _)| name);
        columns.chain(lists).map(String::as_str).collect()
    }

    /// Hands every row to `visit`, until that says that it is enough: line after line of the file, and for each
    /// the product of the lists, of which the last changes fastest.
    pub(super) fn rows(&self, visit: &mut dyn FnMut(Row<'_>) -> bool) {
        match &self.file {
            None => drop(self.product(&[], 0, visit)),
            Some(file) => file.lines(&mut |offset, fields| self.product(fields, offset, visit)),
        }
    }

    /// The row in words: its line in the file, and its values from lists.
    pub(super) fn told(&self, row: Row<'_>) -> String {
        let line = self.file.as_ref().map(|file| {
            let (line, _) = file.source.line_column(row.offset);
            format!("line {line} of `{}`", file.source.name)
        });
        let columns = row.values.len() - self.lists.len();
        let lists = self.lists.iter().zip(row.values.iter().skip(columns));
        let lists =
            lists.map(|((name, _), value)| format!("`{name}: {}`", super::names::shortened(value)));
        let told: Vec<_> = line.into_iter().chain(lists).collect();
        format!("with {}", told.join(", "))
    }

    fn product(
        &self,
        fields: &[&str],
        offset: usize,
        visit: &mut dyn FnMut(Row<'_>) -> bool,
    ) -> bool {
        let mut at = vec![0; self.lists.len()];
        loop {
            let own = self.lists.iter().zip(&at);
            let own = own.map(|((_, values), &at)| values[at].as_str());
            let values: Vec<&str> = fields.iter().copied().chain(own).collect();
            if !visit(Row {
                values: &values,
                offset,
            }) {
                return false;
            }
            // The next combination, as an odometer counts.
            let mut lists = self.lists.iter().zip(&mut at).rev();
            let carried = lists.all(|((_, values), at)| {
                *at = (*at + 1) % values.len();
                *at == 0
            });
            if carried {
                return true;
            }
        }
    }

    fn check_size(&self) -> Result<(), Diagnostic> {
        let lines = self.file.iter().map(|file| file.rows);
        let factors: Vec<usize> = lines
            .chain(self.lists.iter().map(|(_, values)| values.len()))
            .collect();
        let product = factors
            .iter()
            .try_fold(1, |product: usize, factor| product.checked_mul(*factor));
        if product.is_some_and(|product| product <= MOST) {
            return Ok(());
        }
        let written: Vec<_> = factors.iter().map(ToString::to_string).collect();
        let of = match written.as_slice() {
            [_] => String::new(),
            factors => format!("{} = ", factors.join(" × ")),
        };
        let product = product.map_or_else(
            || "more than can be counted".to_owned(),
            |product| product.to_string(),
        );
        let message =
            format!("this would be {of}{product} endpoints, at most {MOST} are made of one");
        Err(Diagnostic::new("too-many-endpoints", message)
            .help("shorter lists, or several files, make fewer at a time"))
    }
}

/// The lists of `each`, by name.
fn lists(
    pairs: &Pairs<List>,
    columns: &[String],
    place: &Place,
    problems: &mut Problems,
) -> Vec<(String, Vec<String>)> {
    if pairs.0.is_empty() {
        let problem = Diagnostic::new(
            "empty-each",
            "`each` has no values, so nothing would be asked",
        );
        problems.missing(
            place.clone(),
            problem.help("each name has a list: `each: { id: [1, 2] }`"),
        );
    }
    let mut lists = Vec::new();
    for (name, List(values)) in &pairs.0 {
        let place = place.inside(name);
        let problem = if !is_name(name) {
            let message = format!(
                "`{name}` is no name for a value: letters, digits and `_`, and no digit first"
            );
            Diagnostic::new("bad-variable", message)
        } else if columns.contains(name) {
            let message = format!("`{name}` is a column of the file in `each_file`, too");
            Diagnostic::new("duplicate-name", message).help("one of the two needs another name")
        } else if values.is_empty() {
            let message = format!("`{name}` has no values, so nothing would be asked");
            let problem = Diagnostic::new("empty-each", message)
                .help(format!("a list has one at least: `{name}: [1, 2]`"));
            problems.missing(place, problem);
            continue;
        } else {
            lists.push((name.clone(), values.clone()));
            continue;
        };
        problems.key(place, problem);
    }
    lists
}

/// The name is relative to the suite's folder, so that a suite works from anywhere.
fn load(name: &str, suite: &Source) -> Result<Arc<Source>, Diagnostic> {
    if name.contains("${") {
        let message = "the name of a file of values has no `${…}` in it";
        return Err(Diagnostic::new("bad-each-file", message));
    }
    let folder = Path::new(&suite.name).parent().unwrap_or(Path::new(""));
    match Source::from_path(&folder.join(name)) {
        Ok(source) => Ok(Arc::new(source)),
        // Whatever is wrong inside the file has its place there.
        Err(problem) if problem.span.is_some() => Err(problem),
        Err(problem) => {
            let help = "`each_file` is the name of a CSV file, relative to the suite";
            Err(Diagnostic {
                help: vec![help.to_owned()],
                ..problem
            })
        }
    }
}
