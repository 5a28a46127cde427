//! A page of limited length.
//!
//! Input: lines, and a writer. Output: as many of them as fit, and what is said of the rest. It refuses to
//! break a line in two: the rest of it would be Markdown of somebody else's making.

use std::io::{self, Write};

/// Comments on GitHub end at 65,536 characters.
const MOST: usize = 65_000;

/// Kept for what is said of the lines that do not fit, and for the ends of sections.
const RESERVE: usize = 2_000;

/// What is written, and how many characters there is still room for.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
    left: usize,
}

impl<'w> Page<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, left: MOST }
    }

    /// Writes `text`, if there is room for it.
    pub(super) fn offer(&mut self, text: &str) -> io::Result<bool> {
        let fits = text.chars().count() + RESERVE <= self.left;
        if fits {
            self.put(text)?;
        }
        Ok(fits)
    }

    /// Writes `text`, a line of our own that has to be there.
    pub(super) fn put(&mut self, text: &str) -> io::Result<()> {
        self.left = self.left.saturating_sub(text.chars().count());
        self.out.write_all(text.as_bytes())
    }

    /// Writes `head` and a line for each of `items` as long as there is room, then how many there would be more.
    pub(super) fn lines<T>(
        &mut self,
        head: &str,
        mut items: impl Iterator<Item = T>,
        line: impl Fn(T) -> String,
    ) -> io::Result<()> {
        let mut fits = self.offer(head)?;
        while let Some(item) = items.next() {
            fits = fits && self.offer(&line(item))?;
            if !fits {
                let more = items.count() + 1;
                return self.put(&format!(
                    "\n… and {more} more; `--format json` has them all\n"
                ));
            }
        }
        Ok(())
    }
}
