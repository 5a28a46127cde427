//! CSV files (RFC 4180): the only file that names the CSV crate.
//!
//! Input: a text whose first line names the values. Output: its columns, and its lines one after the other. It
//! refuses lines that have not as many fields as there are columns, and quotes that are not closed.

use std::sync::Arc;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::header::is_secret_name;
use super::place::Place;
use super::problems::Problems;
use crate::diagnostic::{Diagnostic, Source};

/// How many lines of one file are told one by one.
const MOST_TOLD: usize = 20;

/// A file of values that has as many fields in every line.
pub(super) struct TableFile {
    pub(super) source: Arc<Source>,
    pub(super) columns: Vec<String>,
    /// How many lines of values there are.
    pub(super) rows: usize,
}

/// Reads the columns and looks every line over; `place` is what names the file.
pub(super) fn read(
    source: &Arc<Source>,
    place: &Place,
    problems: &mut Problems,
) -> Option<TableFile> {
    let mut reader = reader(&source.text);
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        // A text that is UTF-8 and of any number of fields is always read.
        Err(_never) => Vec::new(),
    };
    let before = problems.len();
    if columns.iter().any(|name| is_secret_name(name)) {
        source.mask(|| {
            let first = start_of(source, after_first_line(&source.text));
            std::iter::once(first..source.text.len()).collect()
        });
    }
    if let Some(name) = twice(&columns) {
        let problem = Diagnostic::new(
            "duplicate-name",
            format!("the column `{name}` stands twice"),
        );
        let problem = problem.help("the first line names the values, each with a name of its own");
        problems.push(problem.at(source, 0..after_first_line(&source.text)));
    }
    let rows = lines(&mut reader, source, columns.len(), problems);
    if rows == 0 && problems.len() == before {
        let message = format!("`{}` has no values, so nothing would be asked", source.name);
        let problem = Diagnostic::new("empty-each", message);
        problems.value(place.clone(), problem.help("its first line names the values, each further line has some: `id,name`, then `1,Ann`"));
    }
    (problems.len() == before).then(|| TableFile {
        source: Arc::clone(source),
        columns,
        rows,
    })
}

impl TableFile {
    /// Hands every line to `visit`, with its offset in the file, until that says that it is enough.
    pub(super) fn lines(&self, visit: &mut dyn FnMut(usize, &[&str]) -> bool) {
        let mut reader = reader(&self.source.text);
        let mut record = StringRecord::new();
        while let Ok(true) = reader.read_record(&mut record) {
            let fields: Vec<&str> = record.iter().collect();
            if !visit(start_of(&self.source, offset(&record)), &fields) {
                return;
            }
        }
    }
}

/// Counts the lines of values and tells of those that have too few or too many.
fn lines(
    reader: &mut Reader<&[u8]>,
    source: &Arc<Source>,
    columns: usize,
    problems: &mut Problems,
) -> usize {
    let mut record = StringRecord::new();
    let (mut rows, mut ragged, mut last) = (0, 0, 0);
    let unclosed = is_unclosed(source);
    while let Ok(true) = reader.read_record(&mut record) {
        rows += 1;
        last = offset(&record);
        if record.len() != columns && !unclosed {
            ragged += 1;
            if ragged <= MOST_TOLD {
                let start = start_of(source, last);
                problems.push(
                    ragged_line(record.len(), columns)
                        .at(source, start..end_of_line(source, start)),
                );
            }
        }
    }
    if unclosed {
        let start = start_of(source, last);
        let problem = Diagnostic::new("bad-csv", "a `\"` here or below is not closed");
        let problem = problem.help(
            "a field with quotes around it has each quote inside it doubled: `\"5\"\" pipe\"`",
        );
        problems.push(problem.at(source, start..end_of_line(source, start)));
    }
    rows
}

fn ragged_line(found: usize, columns: usize) -> Diagnostic {
    let fields = if found == 1 { "field" } else { "fields" };
    let message = format!("{found} {fields} here, expected {columns} as in the first line");
    Diagnostic::new("ragged-line", message)
        .help("an empty field is still a field: `1,,3`; one with a comma in it has quotes around it: `\"a, b\"`")
}

/// All lines are read, whatever they have: what is wrong with them is told in our words.
fn reader(text: &str) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Quotes come in pairs, those inside a field, too.
fn is_unclosed(source: &Source) -> bool {
    source.text.bytes().filter(|&byte| byte == b'"').count() % 2 == 1
}

fn twice(columns: &[String]) -> Option<&str> {
    let mut named = columns
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty());
    named
        .find(|(index, name)| columns[..*index].contains(name))
        .map(|(_, name)| name.as_str())
}

fn offset(record: &StringRecord) -> usize {
    let byte = record.position().map_or(0, csv::Position::byte);
    usize::try_from(byte).unwrap_or_default()
}

/// Empty lines are no lines of values.
fn start_of(source: &Source, offset: usize) -> usize {
    let rest = source.text.get(offset..).unwrap_or_default();
    source.text.len() - rest.trim_start_matches(['\r', '\n']).len()
}

fn end_of_line(source: &Source, start: usize) -> usize {
    let rest = source.text.get(start..).unwrap_or_default();
    start + rest.find(['\r', '\n']).unwrap_or(rest.len())
}

fn after_first_line(text: &str) -> usize {
    text.find(['\r', '\n']).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Vec<String>, Vec<Vec<String>>);

    fn table(text: &str) -> Result<Read, Vec<String>> {
        let source = Arc::new(Source::new("t.csv", text));
        let mut problems = Problems::default();
        let table = read(&source, &Place::keys(&[]), &mut problems);
        let Some(table) = table else {
            let told = problems.resolve(&source, None).into_iter();
            return Err(told.map(|problem| problem.message).collect());
        };
        let mut lines = Vec::new();
        table.lines(&mut |_, fields| {
            lines.push(fields.iter().map(|&field| field.to_owned()).collect());
            true
        });
        assert_eq!(lines.len(), table.rows);
        Ok((table.columns, lines))
    }

    #[test]
    fn fields_are_text_and_nothing_else() {
        for (text, expected) in [
            ("id,v\n1,1.10\n", [["1", "1.10"]].as_slice()),
            (
                "\u{feff}id,v\r\n0x10,true\r\n\r\n~,",
                &[["0x10", "true"], ["~", ""]],
            ),
            (
                "id,v\n\"a, \"\"b\"\"\",\"c\r\nd\"\n",
                &[["a, \"b\"", "c\r\nd"]],
            ),
            ("id,v\n a , ${x}\n", &[[" a ", " ${x}"]]),
        ] {
            let (columns, lines) = table(text).unwrap();
            assert_eq!(columns, ["id", "v"], "{text:?}");
            assert_eq!(lines, expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for (text, problems) in [
            ("", 1),
            ("id,v\n", 1),
            ("id,v\n1\n2,3\n4,5,6\n", 2),
            ("id,id\n1,2\n", 1),
            ("id,v\n1,\"2\n3,4\n", 1),
        ] {
            assert_eq!(table(text).unwrap_err().len(), problems, "{text:?}");
        }
        assert_eq!(
            table("a,,\n1,2,3\n").unwrap().1.len(),
            1,
            "columns without a name"
        );
    }
}
