//! Diagnostics as lines for a person, in the style of rustc.
//!
//! Input: diagnostics. Output: text, the files as they are first named and each in order of position, without exact repetitions, and with
//! a count instead of the rest after [`MAX_SHOWN`]. The only file that names annotate-snippets.

use std::collections::HashMap;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use super::Diagnostic;
use super::snippet::{self, clean};

/// More columns than a line that is shown has.
const MAX_WIDTH: usize = 1000;
/// How many problems are shown one by one.
const MAX_SHOWN: usize = 100;

/// All of `diagnostics`, with colour if asked. Ends in a newline unless there are none.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], color: bool) -> String {
    let mut files: HashMap<&str, usize> = HashMap::new();
    let spans = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.span.as_ref());
    for (source, _) in spans {
        let next = files.len();
        files.entry(&source.name).or_insert(next);
    }
    let file = |diagnostic: &Diagnostic| {
        let (source, _) = diagnostic.span.as_ref()?;
        files.get(source.name.as_str()).copied()
    };
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| (file(diagnostic), position(diagnostic)));
    let mut unique: Vec<&Diagnostic> = Vec::with_capacity(sorted.len());
    for diagnostic in sorted {
        // Repetitions share their position, so only the neighbours with the same one need a look.
        let neighbours = unique
            .iter()
            .rev()
            .take_while(|other| position(other) == position(diagnostic));
        if !neighbours.take(MAX_SHOWN).any(|other| *other == diagnostic) {
            unique.push(diagnostic);
        }
    }

    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Long lines are cut already.
    let renderer = renderer.term_width(MAX_WIDTH);
    let mut text = String::new();
    for diagnostic in unique.iter().take(MAX_SHOWN) {
        let shown = match diagnostic.span {
            Some(_) => one(diagnostic, &renderer),
            None => without_place(diagnostic, color),
        };
        text.push_str(&shown);
        text.push_str("\n\n");
    }
    text.pop();
    if unique.len() > MAX_SHOWN {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\nerror: {} more problems are not shown",
            unique.len() - MAX_SHOWN
        );
    }
    text
}

/// Problems without a place come first: they are about the command line.
fn position(diagnostic: &Diagnostic) -> Option<(&str, usize, usize)> {
    let (source, range) = diagnostic.span.as_ref()?;
    Some((&source.name, range.start, range.end))
}

/// A problem without a place has no snippet to frame.
fn without_place(diagnostic: &Diagnostic, color: bool) -> String {
    let (error, bold) = if color {
        (
            AnsiColor::BrightRed.on_default().bold(),
            Style::new().bold(),
        )
    } else {
        (Style::new(), Style::new())
    };
    let message = clean(&diagnostic.message);
    let mut text = format!("{error}error{error:#}{bold}: {message}{bold:#}");
    for help in &diagnostic.help {
        let _ = write!(text, "\n  = {bold}help{bold:#}: {}", clean(help));
    }
    text
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let mut elements: Vec<Element<'_>> = Vec::new();
    if let Some((source, range)) = &diagnostic.span {
        let line = snippet::line(source, range);
        let origin = Origin::path(clean(&source.name))
            .line(line.number)
            .char_column(line.column);
        let annotation = AnnotationKind::Primary.span(line.range);
        let annotation = match diagnostic.label.as_str() {
            "" => annotation,
            label => annotation.label(clean(label)),
        };
        let snippet = Snippet::source(line.text)
            .line_start(line.number)
            .annotation(annotation);
        elements.push(origin.into());
        elements.push(snippet.into());
    }
    let help = diagnostic.help.iter();
    elements.extend(help.map(|help| Level::HELP.message(clean(help)).into()));
    let title = Level::ERROR.primary_title(clean(&diagnostic.message));
    without_empty_path(&renderer.render(&[title.elements(elements)]))
}

/// The snippet has no path of its own, since its columns are those of the shown text, and the renderer
/// marks that with a line `:::`.
fn without_empty_path(rendered: &str) -> String {
    let lines = rendered.split('\n').filter(|line| !is_empty_path(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_empty_path(line: &str) -> bool {
    let mut letters = line.split('\u{1b}').enumerate().flat_map(|(index, part)| {
        let plain = if index == 0 {
            part
        } else {
            part.split_once('m').map_or("", |(_, rest)| rest)
        };
        plain.chars()
    });
    letters.by_ref().find(|c| !c.is_whitespace()) == Some(':')
        && letters.collect::<String>().trim_end() == "::"
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn looks_like_rustc() {
        let source = Arc::new(Source::new("s.yaml", "a: 1\nendpoint: [/a]\n"));
        let first = Diagnostic::new("unknown-key", "unknown key `endpoint`")
            .at(&source, 5..13)
            .label("no key of a suite")
            .help("a similar key is `endpoints`")
            .help("and\u{1b}[31m more");
        let second = Diagnostic::new("flag", "`--base-url x`: no URL").help("it takes a URL");
        let expected = "\
error: `--base-url x`: no URL
  = help: it takes a URL

error: unknown key `endpoint`
 --> s.yaml:2:1
  |
2 | endpoint: [/a]
  | ^^^^^^^^ no key of a suite
  |
  = help: a similar key is `endpoints`
  = help: and\u{241b}[31m more
";
        let problems = [first.clone(), second, first.clone()];
        assert_eq!(render(&problems, false), expected);
        assert!(!render(&[first], true).contains(":::"));
    }

    #[test]
    fn counts_what_it_does_not_show() {
        let source = Arc::new(Source::new("s.yaml", "x".repeat(300)));
        let many: Vec<_> = (0..120)
            .map(|i| Diagnostic::new("x", "y").at(&source, i..i + 1))
            .collect();
        let text = render(&many, false);
        assert_eq!(text.matches(" --> ").count(), MAX_SHOWN);
        assert!(
            text.ends_with("error: 20 more problems are not shown\n"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*|(?s).*", start in 0usize..60, len in 0usize..60,
                        masks in proptest::collection::vec((0usize..40, 0usize..20), 0..4)) {
            let source = Arc::new(Source::new("s", text));
            source.mask(|| masks.into_iter().map(|(at, len)| at..at + len).collect());
            let problem = Diagnostic::new("x", "m").at(&source, start..start + len).label("l");
            let shown = render(&[problem], true);
            prop_assert!(shown.contains("error"));
        }
    }
}
