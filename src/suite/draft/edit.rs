//! Edits of a text: what is replaced, commented out, or said above.
//!
//! Input: the text and places in it. Output: the new text, in which every line that is not edited is as it was.

use std::ops::Range;

use super::slot::Slot;

/// A range of the text, and what stands there instead.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The text with all edits made; at the same place they stand in the order given.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut edited = String::with_capacity(text.len() + 16 * edits.len());
    let mut done = 0;
    for Edit { range, text: new } in edits {
        edited.push_str(text.get(done..range.start).unwrap_or_default());
        edited.push_str(&new);
        done = range.end.max(done);
    }
    edited.push_str(&text[done..]);
    edited
}

/// A comment in a line of its own above the endpoint.
pub(super) fn noted(text: &str, slot: &Slot, comment: &str) -> Edit {
    let at = slot.entry.start;
    let indent = " ".repeat(column(text, at));
    Edit {
        range: at..at,
        text: format!("# {comment}{}{indent}", newline(text)),
    }
}

/// `# ` before every line of the endpoint, and the comment above them.
pub(super) fn commented_out(text: &str, slot: &Slot, comment: Option<&str>) -> Vec<Edit> {
    let column = column(text, slot.entry.start);
    let mut edits: Vec<_> = comment
        .map(|it| noted(text, slot, it))
        .into_iter()
        .collect();
    let mut start = slot.entry.start - column;
    for line in text[start..slot.entry.end].split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if indent < line.len() {
            let at = start + indent.min(column);
            edits.push(Edit {
                range: at..at,
                text: "# ".to_owned(),
            });
        }
        start += line.len();
    }
    edits
}

/// The lines of the endpoint taken out.
pub(super) fn removed(text: &str, slot: &Slot) -> Edit {
    let start = slot.entry.start - column(text, slot.entry.start);
    let line = text[slot.entry.end..].split_inclusive('\n').next();
    Edit {
        range: start..slot.entry.end + line.map_or(0, str::len),
        text: String::new(),
    }
}

/// How many bytes stand before `at` in its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of `at` ends, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let line = text[at..].split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// How the file ends its lines.
pub(super) fn newline(text: &str) -> &'static str {
    let is_dos = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    if is_dos { "\r\n" } else { "\n" }
}
