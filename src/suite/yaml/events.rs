//! The events of a YAML text, with byte positions.
//!
//! Input: a text. Output: saphyr-parser's events, and a way from its positions, which count characters, to
//! bytes. It refuses what is no YAML, in words of our own where a common slip is behind it.

use std::ops::Range;
use std::sync::Arc;

pub(super) use saphyr_parser::{Event, ScalarStyle};
use saphyr_parser::{Marker, Parser, ScanError, Span, StrInput};

use crate::diagnostic::{Diagnostic, Source};

/// Where an event stands.
pub(super) type Mark = Span;

/// The parser's events one by one.
pub(super) struct Events<'a> {
    source: &'a Arc<Source>,
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Events<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self {
            source,
            parser: Parser::new_from_str(&source.text),
        }
    }

    /// The next event; after the last one, or an error, nothing.
    pub(super) fn next(&mut self) -> Result<Option<(Event<'a>, Mark)>, Diagnostic> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => Err(no_yaml(self.source, &error)),
        }
    }
}

/// The line of an event, from 1.
pub(super) fn line(mark: Mark) -> u32 {
    u32::try_from(mark.start.line()).unwrap_or(u32::MAX)
}

/// From counted characters to bytes.
pub(super) struct Positions<'a> {
    text: &'a str,
    /// The byte offset of every [`STEP`]th character; none where all characters are bytes.
    steps: Vec<usize>,
}

const STEP: usize = 64;

impl<'a> Positions<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let steps = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STEP)
                .map(|(offset, _)| offset)
                .collect()
        };
        Self { text, steps }
    }

    pub(super) fn range(&self, mark: Mark) -> Range<usize> {
        let start = self.byte(mark.start);
        start..self.byte(mark.end).max(start)
    }

    fn byte(&self, marker: Marker) -> usize {
        let index = marker.index();
        if self.steps.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&step) = self.steps.get(index / STEP) else {
            return self.text.len();
        };
        let mut characters = self.text[step..].char_indices();
        characters
            .nth(index % STEP)
            .map_or(self.text.len(), |(offset, _)| step + offset)
    }
}

fn no_yaml(source: &Arc<Source>, error: &ScanError) -> Diagnostic {
    let marker = *error.marker();
    let start = Positions::new(&source.text)
        .range(Span::new(marker, marker))
        .start;
    super::syntax::problem(source, start, error.info())
}
