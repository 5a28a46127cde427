//! A piece of a file's text that keeps nothing of its own: a list of a million paths stays as large as its file.
//!
//! Input: the text, and where in it the piece stands. Output: the piece. It refuses what does not lie within the
//! text.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::diagnostic::Source;

/// A piece of a source's text.
#[derive(Clone)]
pub(super) struct Piece {
    source: Arc<Source>,
    start: u32,
    length: u32,
}

impl Piece {
    /// What stands in `range`; `None` where that is not within the text.
    pub(super) fn new(source: &Arc<Source>, range: &Range<usize>) -> Option<Self> {
        let text = source.text.get(range.clone())?;
        Some(Self {
            source: Arc::clone(source),
            start: u32::try_from(range.start).ok()?,
            length: u32::try_from(text.len()).ok()?,
        })
    }
}

impl Deref for Piece {
    type Target = str;

    fn deref(&self) -> &str {
        let start = self.start as usize;
        let piece = self.source.text.get(start..start + self.length as usize);
        piece.unwrap_or_default()
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Piece {}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_what_stands_there() {
        let source = Arc::new(Source::new("list", "/a\n/b\n/a\n/é"));
        let piece = |range| Piece::new(&source, &range);
        assert_eq!(piece(3..5).as_deref(), Some("/b"));
        assert_eq!(piece(0..2), piece(6..8));
        assert_ne!(piece(0..2), piece(3..5));
        assert_eq!(piece(9..11), None, "within a character");
        assert_eq!(piece(9..99), None);
    }
}
