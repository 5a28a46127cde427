//! Somebody else's text in Markdown: as code, where nothing in it is obeyed.
//!
//! Input: text from suites, servers and libraries. Output: a code span on one line, in which there are no
//! mentions, references, links or HTML, and in a table no further cells; or a block of code.

use std::iter::repeat_n;

use crate::report::text::escaped;

/// `text` as code (`CommonMark`, section 6.1), outside of tables.
pub(super) fn code(text: &str) -> String {
    fenced(&escaped(text))
}

/// `text` as code inside a table, where a `|` ends the cell even in code (GFM, section 4.10).
pub(super) fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for character in escaped(text).chars() {
        match character {
            // Renderers do not agree on what a backslash and an escaped `|` after it are.
            '|' if safe.ends_with('\\') => safe.push_str(r"\u{7c}"),
            '|' => safe.push_str(r"\|"),
            other => safe.push(other),
        }
    }
    fenced(&safe)
}

/// A command as code that is copied as it is, line breaks included (`CommonMark`, section 4.5).
pub(super) fn block(command: &str) -> String {
    let fence: String = repeat_n('`', longest_fence(command).max(2) + 1).collect();
    format!("{fence}sh\n{command}\n{fence}\n")
}

/// Puts a fence around it that is longer than any inside.
fn fenced(text: &str) -> String {
    let fence: String = repeat_n('`', longest_fence(text) + 1).collect();
    let touches = |character| text.starts_with(character) || text.ends_with(character);
    // A space at both ends is taken off again; text of nothing but spaces is left alone.
    let pad = if text.is_empty() || touches('`') || (touches(' ') && !text.trim().is_empty()) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The most backticks in a row.
fn longest_fence(text: &str) -> usize {
    let runs = text.split(|character| character != '`').map(str::len);
    runs.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        for (text, span) in [
            ("/a", "`/a`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``a", "``` ``a ```"),
            (" a ", "`  a  `"),
            ("  ", "`  `"),
            ("", "`  `"),
            ("a\nb", r"`a\nb`"),
        ] {
            assert_eq!(code(text), span, "{text:?}");
        }
    }

    #[test]
    fn blocks_end_where_their_command_does() {
        for (command, shown) in [
            ("curl http://a.test", "```sh\ncurl http://a.test\n```\n"),
            ("a\n```\nb", "````sh\na\n```\nb\n````\n"),
            ("a\n~~~\n`````", "``````sh\na\n~~~\n`````\n``````\n"),
        ] {
            assert_eq!(block(command), shown, "{command:?}");
        }
    }

    #[test]
    fn cells_stay_one_cell() {
        assert_eq!(cell("a|b"), r"`a\|b`");
        assert_eq!(cell(r"a\|b"), r"`a\\u{7c}b`");
        assert_eq!(cell("||"), r"`\|\|`");
    }

    /// The text of a span that takes up the whole line, as section 6.1 of `CommonMark` reads it.
    fn read(span: &str) -> Option<String> {
        let length = span.len() - span.trim_start_matches('`').len();
        let rest = &span[length..];
        let mut at = 0;
        loop {
            let start = at + rest[at..].find('`')?;
            let run = rest[start..].len() - rest[start..].trim_start_matches('`').len();
            if run == length {
                let inner = &rest[..start];
                let is_whole = rest[start + run..].is_empty();
                let stripped = inner
                    .strip_prefix(' ')
                    .and_then(|inner| inner.strip_suffix(' '))
                    .filter(|_| inner.chars().any(|character| character != ' '));
                return is_whole.then(|| stripped.unwrap_or(inner).to_owned());
            }
            at = start + run;
        }
    }

    proptest! {
        #[test]
        fn a_span_holds_all_of_the_text(text in "([`| \\\\a\n@#<]|\\PC){1,20}") {
            prop_assume!(!text.chars().all(|character| character == ' '));
            let safe = escaped(&text).into_owned();
            prop_assert_eq!(read(&code(&text)), Some(safe));
        }

        #[test]
        fn a_row_stays_one_row_of_its_cells(text in "([`|\\\\ a\r\n]|\\PC){0,20}") {
            let row = format!("| {} | 200 |", cell(&text));
            prop_assert_eq!(row.lines().count(), 1);
            // Whether or not a backslash escapes a backslash: both kinds of renderers are about.
            let mut escaped = false;
            let mut strict = 0;
            for character in row.chars() {
                strict += usize::from(character == '|' && !escaped);
                escaped = character == '\\' && !escaped;
            }
            let loose = row.replace("\\|", "").matches('|').count();
            prop_assert_eq!((strict, loose), (3, 3));
        }
    }
}
