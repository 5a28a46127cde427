//! Where a YAML text refers to other parts of itself.
//!
//! Input: a text that the guard pass let through. Output: the place of every anchor, alias and merge key.

use std::ops::Range;
use std::sync::Arc;

use super::events::{Event, Events, Positions, ScalarStyle};
use crate::diagnostic::Source;

/// How one part of a text stands for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::suite) enum Reference {
    /// `&name`
    Anchor,
    /// `*name`
    Alias,
    /// `<<`
    Merge,
}

/// All of them, in the order of the text; a merge key and what it merges are one.
pub(in crate::suite) fn references(source: &Arc<Source>) -> Vec<(Range<usize>, Reference)> {
    let positions = Positions::new(&source.text);
    let mut events = Events::new(source);
    let mut found: Vec<(Range<usize>, Reference)> = Vec::new();
    while let Ok(Some((event, mark))) = events.next() {
        let reference = match event {
            // The key says it.
            Event::Alias(_) if matches!(found.last(), Some((_, Reference::Merge))) => continue,
            Event::Alias(_) => Reference::Alias,
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                Reference::Anchor
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => Reference::Merge,
            _ => continue,
        };
        let start = positions.range(mark).start;
        let rest = source.text.get(start..).unwrap_or_default();
        let length = rest.find(|c: char| c.is_whitespace() || ",]}:".contains(c));
        found.push((start..start + length.unwrap_or(rest.len()), reference));
    }
    found
}
