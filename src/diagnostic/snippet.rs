//! One line of a source, made fit to be shown.
//!
//! Input: a source and a byte range of it. Output: the range's first line with secrets masked, control
//! characters made visible and an overlong line cut around the range, and the range within that text.

use std::ops::Range;

use super::Source;

/// How many characters of a long line are shown before and after the start of the range.
const BEFORE: usize = 60;
const AFTER: usize = 90;
/// What is shown in place of a secret.
const MASK: &str = "***";

/// A line ready to be shown.
pub(super) struct Line {
    /// The line's number, from 1.
    pub(super) number: usize,
    /// Where the range starts in the original line, in characters from 1.
    pub(super) column: usize,
    /// What is shown.
    pub(super) text: String,
    /// The part of `text` to underline.
    pub(super) range: Range<usize>,
}

/// The first line of `range` in `source`. Any range will do: it is moved inside the text.
pub(super) fn line(source: &Source, range: &Range<usize>) -> Line {
    let text = &source.text;
    let start = text.floor_char_boundary(range.start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..]
        .find('\n')
        .map_or(text.len(), |length| start + length);
    let line_end = line_start + text[line_start..line_end].trim_end_matches('\r').len();
    let start = start.min(line_end);
    let end = text.ceil_char_boundary(range.end).clamp(start, line_end);
    let (number, column) = source.line_column(start);

    let cut = line_start.max(back(text, start, BEFORE))..line_end.min(forward(text, start, AFTER));
    let mut shown = Shown::default();
    if cut.start > line_start {
        shown.text.push('…');
    }
    shown.copy(source, &cut, &(start..end));
    if cut.end < line_end {
        shown.text.push('…');
    }
    Line {
        number,
        column,
        range: shown.range(),
        text: shown.text,
    }
}

/// `text` without characters that a terminal would act upon.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' { ' ' } else { visible(c) })
        .collect()
}

#[derive(Default)]
struct Shown {
    text: String,
    start: Option<usize>,
    end: Option<usize>,
}

impl Shown {
    /// Copies `part` of the source, noting where `range` comes to lie.
    fn copy(&mut self, source: &Source, part: &Range<usize>, range: &Range<usize>) {
        let masks = source.masks();
        let mut masked_until = 0;
        for (relative, c) in source.text[part.clone()].char_indices() {
            let offset = part.start + relative;
            if offset < masked_until {
                self.note(offset, range, self.text.len() - MASK.len());
                continue;
            }
            self.note(offset, range, self.text.len());
            let first_after = masks.partition_point(|mask| mask.end <= offset);
            match masks.get(first_after).filter(|mask| mask.start <= offset) {
                Some(mask) => {
                    masked_until = mask.end;
                    self.text.push_str(MASK);
                }
                None if c == '\t' => self.text.push_str("    "),
                None => self.text.push(visible(c)),
            }
        }
        self.note(part.end, range, self.text.len());
    }

    /// Notes that the character at `offset` of the source is shown at `here`.
    fn note(&mut self, offset: usize, range: &Range<usize>, here: usize) {
        if offset >= range.start && self.start.is_none() {
            self.start = Some(here);
        }
        if offset >= range.end && self.end.is_none() {
            // A range that ends inside a mask covers all of it.
            let end = if here < self.text.len() {
                self.text.len()
            } else {
                here
            };
            self.end = Some(end);
        }
    }

    fn range(&self) -> Range<usize> {
        let start = self.start.unwrap_or(self.text.len());
        start..self.end.unwrap_or(self.text.len()).max(start)
    }
}

fn visible(c: char) -> char {
    match c {
        '\0'..='\x1f' => {
            char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

fn back(text: &str, from: usize, characters: usize) -> usize {
    match text[..from].char_indices().rev().nth(characters) {
        Some((offset, _)) => offset,
        None => 0,
    }
}

fn forward(text: &str, from: usize, characters: usize) -> usize {
    match text[from..].char_indices().nth(characters) {
        Some((offset, _)) => from + offset,
        None => text.len(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::single_range_in_vec_init,
        reason = "a list of masks often holds one range"
    )]
    use super::*;

    fn shown(text: &str, masks: Vec<Range<usize>>, range: Range<usize>) -> (String, String) {
        let source = Source::new("s", text);
        source.mask(|| masks);
        let line = line(&source, &range);
        (line.text[line.range].to_owned(), line.text)
    }

    #[test]
    fn masks_and_cleans() {
        for (text, masks, range, part, whole) in [
            ("a: secret # x", vec![3..9], 3..9, "***", "a: *** # x"),
            ("a: secret # x", vec![3..9], 10..13, "# x", "a: *** # x"),
            ("a: secret # x", vec![3..9], 5..7, "***", "a: *** # x"),
            ("a: secret # x", vec![3..9], 0..1, "a", "a: *** # x"),
            ("\ta: \x1b[1mx\r\nb", vec![], 1..2, "a", "    a: ␛[1mx"),
            ("a\nb: c\nd", vec![], 2..3, "b", "b: c"),
            ("a\nb: c\nd", vec![], 5..8, "c", "b: c"),
            ("a", vec![], 70..80, "", "a"),
            ("ä", vec![], 1..1, "ä", "ä"),
        ] {
            assert_eq!(
                shown(text, masks, range.clone()),
                (part.to_owned(), whole.to_owned()),
                "{text:?} {range:?}"
            );
        }
    }

    #[test]
    fn cuts_long_lines_around_the_range() {
        let text = format!("{}HERE{}", "x".repeat(5000), "y".repeat(5000));
        let (part, whole) = shown(&text, vec![], 5000..5004);
        assert_eq!(part, "HERE");
        assert!(whole.starts_with('…') && whole.ends_with('…') && whole.chars().count() < 160);
    }
}
