//! Untrusted text made fit for a terminal and a log.
//!
//! Input: text from servers, libraries and suites. Output: the same text with every character that a terminal
//! obeys or hides spelled out (`\u{1b}`). Nothing is dropped silently.

use std::borrow::Cow;

/// `text` with control characters, bidirectional overrides and invisible characters spelled out.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) && !text.contains(LOG_COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe.replace(LOG_COMMAND, r"#\u{23}["))
}

/// `1 endpoint`, `9 endpoints`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The first `most` characters of `text`, and `…` where there are more.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// GitHub's log reads it as the start of a command wherever it stands in a line.
const LOG_COMMAND: &str = "##[";

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' // marks of direction
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
            | '\u{2028}' | '\u{2029}' // line and paragraph separators
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}' // invisible
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' // annotations, tags
            | '\u{fffe}' | '\u{ffff}' // no characters; XML cannot hold them
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spells_out_what_a_terminal_obeys() {
        for (text, shown) in [
            ("/plain?a=1#b", "/plain?a=1#b"),
            ("/grüße/日本/🦀", "/grüße/日本/🦀"),
            ("<b>|*_`\\", "<b>|*_`\\"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("a\r\nb\tc\0\u{7f}", "a\\r\\nb\\tc\\u{0}\\u{7f}"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
            ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            (
                "no\u{fffe}character\u{ffff}",
                "no\\u{fffe}character\\u{ffff}",
            ),
            ("##[error]no", "#\\u{23}[error]no"),
        ] {
            assert_eq!(escaped(text), shown, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            prop_assert!(!escaped(&text).contains(is_unsafe));
        }
    }
}
