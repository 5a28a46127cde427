//! The endpoints as data inside the page, which its script draws in parts.
//!
//! Input: a comparison. Output: JSON, streamed entry by entry, without the endpoints that were sent nowhere. It holds
//! no character with a meaning in HTML: it can neither end its `<script>` element nor begin anything else.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::entry::{Entry, Scene};
use crate::compare::{Comparison, Verdict};
use crate::report::cell::mark;
use crate::report::text::escaped;
use crate::report::unsent::is_row_unsent;

/// Writes the data of the page.
pub(super) fn write(
    comparison: &Comparison,
    scene: &Scene<'_, '_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let names = comparison
        .environments()
        .map(|environment| environment.name());
    let data = Data {
        file: escaped(comparison.file()).into_owned(),
        marks: Marks {
            r#match: mark(Verdict::Match),
            mismatch: mark(Verdict::Mismatch),
            accepted: mark(Verdict::Accepted),
            error: mark(Verdict::Error),
            skipped: mark(Verdict::Skipped),
        },
        environments: names
            .zip(&scene.bases)
            .map(|(name, base_url)| Environment { name, base_url })
            .collect(),
        endpoints: Endpoints { comparison, scene },
    };
    let mut serializer = serde_json::Serializer::with_formatter(out, Inert);
    Ok(data.serialize(&mut serializer)?)
}

#[derive(Serialize)]
struct Data<'s> {
    file: String,
    marks: Marks,
    environments: Vec<Environment<'s>>,
    endpoints: Endpoints<'s>,
}

#[derive(Serialize)]
struct Marks {
    r#match: &'static str,
    mismatch: &'static str,
    accepted: &'static str,
    error: &'static str,
    skipped: &'static str,
}

#[derive(Serialize)]
struct Environment<'c> {
    name: &'c str,
    base_url: &'c str,
}

struct Endpoints<'s> {
    comparison: &'s Comparison,
    scene: &'s Scene<'s, 's>,
}

impl Serialize for Endpoints<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.comparison.rows().filter(|row| !is_row_unsent(*row));
        serializer.collect_seq(rows.map(|row| Entry::new(row, self.scene)))
    }
}

/// Compact JSON in which `<`, `>`, `&` and the separators of lines are escaped.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_active(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

const fn is_active(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Inert);
        text.serialize(&mut serializer).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_in_it_means_anything_to_a_browser() {
        for (text, json) in [
            ("/a?b=c", r#""/a?b=c""#),
            ("</script>", r#""\u003c/script\u003e""#),
            ("<!--<ScRiPt", r#""\u003c!--\u003cScRiPt""#),
            ("]]>&lt;", r#""]]\u003e\u0026lt;""#),
            ("a\u{2028}b\u{2029}", r#""a\u2028b\u2029""#),
            ("\"\\\n\0grüße", r#""\"\\\n\u0000grüße""#),
        ] {
            assert_eq!(written(text), json, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn it_is_inert_and_still_the_same_text(text in any::<String>()) {
            let json = written(&text);
            prop_assert!(!json.contains(is_active));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
