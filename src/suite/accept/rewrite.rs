//! The text of a list with entries added and removed, and all else as it is.
//!
//! Input: the text and where its entries begin. Output: the new text. It refuses a list in brackets, whose
//! entries have no lines of their own.

use std::fmt::Write;
use std::ops::Range;

use super::entry::Accepted;

/// What a new file begins with.
const HEADER: &str = "\
# Mismatches that are known and accepted: `statusdiff check --accept-file`.
";

/// The text without the entries that are `dropped`, and with `added` at its end. Nothing, if that cannot be.
pub(super) fn text(
    text: &str,
    starts: &[usize],
    dropped: &[bool],
    added: &[Accepted],
) -> Option<String> {
    let dashes: Vec<Dash> = starts
        .iter()
        .map(|&start| Dash::before(text, start))
        .collect::<Option<_>>()?;
    let mut kept = String::new();
    let mut end = 0;
    for (index, dash) in dashes.iter().enumerate() {
        let next = dashes.get(index + 1).map_or(text.len(), |next| next.line);
        if next <= dash.line {
            // An alias stands where its anchor does.
            return None;
        }
        let entry = entry(text, end, *dash, next);
        if dropped.get(index) == Some(&true) {
            let before = &text[end..entry.start];
            kept.push_str(if is_blank_next(&text[entry.end..]) {
                without_blank_end(before)
            } else {
                before
            });
        } else {
            kept.push_str(&text[end..entry.end]);
        }
        end = entry.end;
    }
    if dashes.is_empty() {
        // An empty list is spelled `[]`.
        let lines = text.split_inclusive('\n').filter(|line| is_quiet(line));
        kept.extend(lines);
    } else {
        kept.push_str(&text[end..]);
    }
    if text.is_empty() {
        kept.push_str(HEADER);
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !kept.is_empty() && !kept.ends_with('\n') {
        kept.push_str(newline);
    }
    let column = dashes.first().map_or(0, |dash| dash.column);
    for entry in added {
        kept.push_str(&written(entry, column).replace('\n', newline));
    }
    Some(kept)
}

/// The `-` of an entry.
#[derive(Clone, Copy)]
struct Dash {
    /// Where its line begins.
    line: usize,
    column: usize,
}

impl Dash {
    fn before(text: &str, start: usize) -> Option<Self> {
        let dash = text[..start].trim_end().strip_suffix('-')?.len();
        let line = text[..dash].rfind('\n').map_or(0, |newline| newline + 1);
        let is_first = text[line..dash].bytes().all(|byte| byte == b' ');
        is_first.then_some(Self {
            line,
            column: dash - line,
        })
    }
}

/// The lines of an entry and of the comment right above it; a comment that the file begins with is the file's.
fn entry(text: &str, after: usize, dash: Dash, next: usize) -> Range<usize> {
    let mut end = next;
    for line in text[dash.line..next].split_inclusive('\n').rev() {
        let indent = line.len() - line.trim_start().len();
        if !is_quiet(line) || (!line.trim().is_empty() && indent > dash.column) {
            break;
        }
        end -= line.len();
    }
    let mut start = dash.line;
    for line in text[after..dash.line].split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            break;
        }
        start -= line.len();
    }
    if start == 0 {
        start = dash.line;
    }
    start..end
}

/// Whether the blank lines before an entry would be left with nothing to keep apart once it is gone.
fn is_blank_next(rest: &str) -> bool {
    rest.lines()
        .next()
        .is_none_or(|line| line.trim().is_empty())
}

fn without_blank_end(text: &str) -> &str {
    let blank = text.split_inclusive('\n').rev();
    let blank = blank.take_while(|line| line.trim().is_empty());
    &text[..text.len() - blank.map(str::len).sum::<usize>()]
}

/// Whether a line says nothing to a parser.
fn is_quiet(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn written(entry: &Accepted, column: usize) -> String {
    let status = entry.status.map(|status| status.as_str().to_owned());
    let endpoint = format!("{} {}", entry.method, entry.path);
    let pairs = [
        ("endpoint", Some(scalar(&endpoint))),
        ("service", entry.service.as_deref().map(scalar)),
        ("name", entry.name.as_deref().map(scalar)),
        ("environment", Some(scalar(&entry.environment))),
        ("status", status),
        ("location", entry.location.as_deref().map(scalar)),
        ("reason", Some(scalar(&entry.reason))),
        ("until", entry.until.map(|date| date.to_string())),
    ];
    let mut text = String::new();
    let mut mark = "- ";
    for (key, value) in pairs {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{:column$}{mark}{key}: {value}", "");
            mark = "  ";
        }
    }
    text
}

/// A scalar, in quotes where it could be taken for something else.
fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "/-_.=&+%$?~".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let is_literal = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    let is_simple = text
        .split(' ')
        .all(|word| !word.is_empty() && word.chars().all(is_word));
    if begins && is_simple && !is_literal {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_control() || is_invisible(c) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Line breaks of other alphabets, and what turns text around.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
