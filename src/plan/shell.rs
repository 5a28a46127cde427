//! Words of a command line for a POSIX shell.
//!
//! Input: text, and variables that stand for a part of it. Output: the word as it is to be typed, so that the
//! shell passes on exactly that text. It refuses nothing but leaves no character in it that a terminal obeys.

use std::fmt::{self, Write};

/// One word, piece by piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable {
        name: String,
        /// What is sent in its place.
        value: String,
    },
}

impl Word {
    pub(super) fn text(text: &str) -> Self {
        let mut word = Self::default();
        word.push(text);
        word
    }

    pub(super) fn push(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    /// A variable that stands for `value`.
    pub(super) fn push_variable(&mut self, name: &str, value: &str) {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.0.push(Piece::Variable { name, value });
    }

    pub(super) fn append(&mut self, other: Self) {
        for piece in other.0 {
            match piece {
                Piece::Text(text) => self.push(&text),
                variable @ Piece::Variable { .. } => self.0.push(variable),
            }
        }
    }

    /// The text with the value of every variable.
    pub(super) fn plain(&self) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Variable { value, .. } => value,
        });
        texts.collect()
    }

    /// Its texts, without what stands in variables.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Variable { .. } => None,
        })
    }

    /// The names of its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Variable { name, .. } => Some(name.as_str()),
        })
    }

    pub(super) fn has_variable(&self) -> bool {
        self.variables().next().is_some()
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [Piece::Text(text)] if text.chars().all(is_plain) => f.write_str(text),
            [] => f.write_str("''"),
            pieces
                if self.has_variable() && self.literals().all(|text| text.chars().all(is_tame)) =>
            {
                in_double_quotes(pieces, f)
            }
            pieces => pieces.iter().try_for_each(|piece| match piece {
                Piece::Text(text) => in_single_quotes(text, f),
                Piece::Variable { name, .. } => write!(f, "\"${name}\""),
            }),
        }
    }
}

/// The variable's name for what is called `text` elsewhere: `X-Api-Key` is `X_API_KEY`.
pub(super) fn variable_name(text: &str) -> String {
    let fitting = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = text.chars().map(fitting).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

/// What no shell does anything with.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c)
}

/// What nothing is done with between double quotes, at an interactive prompt and in a log of GitHub either.
fn is_tame(c: char) -> bool {
    (c.is_ascii_graphic() || c == ' ') && !"$`\\\"!#".contains(c)
}

fn in_double_quotes(pieces: &[Piece], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for (at, piece) in pieces.iter().enumerate() {
        match (piece, pieces.get(at + 1)) {
            (Piece::Text(text), _) => f.write_str(text)?,
            (Piece::Variable { name, .. }, Some(Piece::Text(next))) if is_name_part(next) => {
                write!(f, "${{{name}}}")?;
            }
            (Piece::Variable { name, .. }, _) => write!(f, "${name}")?,
        }
    }
    f.write_char('"')
}

fn is_name_part(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
}

/// Between single quotes everything is as it is. What a terminal obeys or hides is left to `printf`, and no line
/// begins with, or holds, what a log of GitHub takes for a command.
fn in_single_quotes(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest
            .find(|c| is_visible(c) != is_visible(first))
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        if is_visible(first) {
            let run = run
                .replace('\'', r"'\''")
                .replace('\n', "\n''")
                .replace("##[", "##''[");
            write!(shown, "'{run}'")?;
        } else {
            shown.push_str("\"$(printf '");
            run.bytes()
                .try_for_each(|byte| write!(shown, "\\{byte:03o}"))?;
            shown.push_str("')\"");
        }
        rest = after;
    }
    f.write_str(&shown)
}

fn is_visible(c: char) -> bool {
    c.is_ascii_graphic() || c.is_alphanumeric() || c == ' ' || c == '\n'
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What a shell makes of words that it passes to `printf`.
    fn understood(words: &[Word]) -> String {
        let typed: Vec<_> = words.iter().map(Word::to_string).collect();
        let script = format!("printf '<%s>' {}", typed.join(" "));
        let output = Command::new("sh")
            .args(["-c", &script])
            .env("NAME", "va lue$`\"'")
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn word(pieces: &[Option<&str>]) -> Word {
        let mut word = Word::default();
        for piece in pieces {
            match piece {
                Some(text) => word.push(text),
                None => word.push_variable("NAME", "va lue$`\"'"),
            }
        }
        word
    }

    #[test]
    fn words_are_as_plain_as_they_can_be() {
        for (pieces, typed) in [
            (&[Some("https://h.test/a?b")][..], "'https://h.test/a?b'"),
            (&[Some("https://h.test/a%20b")], "https://h.test/a%20b"),
            (&[], "''"),
            (&[Some("it's")], r"'it'\''s'"),
            (&[Some("X-Team: "), None], "\"X-Team: $NAME\""),
            (&[Some("a"), None, Some("b")], "\"a${NAME}b\""),
            (&[None, None, Some("-")], "\"$NAME$NAME-\""),
            (&[Some("!"), None], "'!'\"$NAME\""),
            (&[Some("a\tb")], "'a'\"$(printf '\\011')\"'b'"),
            (&[Some("a\n::error::##[b")], "'a\n''::error::##''[b'"),
            (
                &[Some("abc\u{202e}")],
                "'abc'\"$(printf '\\342\\200\\256')\"",
            ),
        ] {
            assert_eq!(word(pieces).to_string(), typed);
        }
    }

    #[test]
    fn names_of_variables_are_names() {
        for (text, name) in [
            ("x-api-key", "X_API_KEY"),
            ("cookie", "COOKIE"),
            ("9-lives", "_9_LIVES"),
        ] {
            assert_eq!(variable_name(text), name);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A real shell passes on exactly what was meant.
        #[test]
        fn a_shell_passes_on_what_was_meant(
            texts in prop::collection::vec(
                prop::collection::vec(prop::option::of("([^\0]|[\\\\$`\"'!~*?{}<>|&;#\n\r\t -]){0,12}"), 0..4), 1..5
            )
        ) {
            let words: Vec<_> = texts
                .iter()
                .map(|pieces| word(&pieces.iter().map(Option::as_deref).collect::<Vec<_>>()))
                .collect();
            let meant: Vec<_> = words.iter().map(|word| format!("<{}>", word.plain())).collect();
            prop_assert_eq!(understood(&words), meant.concat());
            for word in words {
                let typed = word.to_string();
                prop_assert!(typed.chars().all(is_visible), "{}", typed);
            }
        }
    }
}
