//! Files of accepted mismatches: what is known to be wrong, and why it may stay so for now.
//!
//! Input: a YAML list of entries, and the suite they are about. Output: an [`AcceptFile`], or every problem at
//! once; and the text of the file with entries added and removed. It refuses entries that would excuse more
//! than one answer of one endpoint.

mod entry;
mod namesakes;
mod rewrite;

use std::sync::Arc;

pub use entry::Accepted;
pub use namesakes::Namesakes;

use super::mask::{self, Reading};
use super::place::Place;
use super::problems::Problems;
use super::yaml::{self, Kind};
use crate::diagnostic::{Diagnostic, Source};

/// A list of accepted mismatches.
#[derive(Debug)]
pub struct AcceptFile {
    source: Arc<Source>,
    entries: Vec<Accepted>,
    /// Where in the text each entry begins, after its dash.
    starts: Vec<usize>,
}

impl AcceptFile {
    /// Reads a list whole. It holds what is valid of it, and may be used only if there are no problems.
    #[must_use]
    pub fn read(source: &Arc<Source>) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let read = yaml::read_accepted(source, &mut found);
        // Once everything is mended, nothing but comments is left.
        found.retain(|problem| problem.code != "empty-file");
        let (mut raw, tree) = read.map_or_else(Default::default, |read| (read.raw, read.tree));
        let tree = tree.or_else(|| yaml::compose(source));
        let mut file = Self {
            source: Arc::clone(source),
            entries: Vec::new(),
            starts: Vec::new(),
        };
        let mut problems = Problems::default();
        let items = match tree.as_ref().map(|tree| &tree.kind) {
            Some(Kind::List(items)) => items.as_slice(),
            _ => &[],
        };
        for (index, (raw, item)) in raw.0.drain(..).zip(items).enumerate() {
            let place = Place::keys(&[&index.to_string()]);
            let Some(entry) = entry::read(raw, item.line, &place, &mut problems) else {
                continue;
            };
            if let Some(twin) = file.entries.iter().find(|other| other.is_same(&entry)) {
                problems.value(place, twice(&entry, twin));
            }
            file.entries.push(entry);
            file.starts.push(item.range().start);
        }
        if !found.is_empty() || !problems.is_empty() {
            mask::set(source, tree.as_ref(), Reading::Sound);
            found.extend(problems.resolve(source, tree.as_ref()));
        }
        (file, found)
    }

    /// A list without entries, for a file that is still to be written.
    #[must_use]
    pub fn none(name: impl Into<String>) -> Self {
        Self {
            source: Arc::new(Source::new(name, "")),
            entries: Vec::new(),
            starts: Vec::new(),
        }
    }

    /// The file as the user named it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Its entries, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Accepted] {
        &self.entries
    }

    /// What is wrong with entries that mean several endpoints of the suite.
    #[must_use]
    pub fn ambiguous(&self, namesakes: &Namesakes) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for (entry, start) in self.entries.iter().zip(&self.starts) {
            if let Err(ambiguous) = namesakes.check(entry) {
                let line_end = self.source.text[*start..].find('\n');
                let end = line_end.map_or(self.source.text.len(), |length| start + length);
                let text = self.source.text[*start..end].trim_end();
                problems.push(ambiguous.at(&self.source, *start..start + text.len()));
            }
        }
        problems
    }

    /// The text of the file without the entries that `is_dropped` says, and with `added` at its end. All else
    /// stays as it is, byte for byte.
    ///
    /// # Errors
    ///
    /// Where the entries are written in a way that cannot be edited.
    pub fn updated(
        &self,
        is_dropped: impl Fn(&Accepted) -> bool,
        added: &[Accepted],
    ) -> Result<String, Diagnostic> {
        let dropped: Vec<bool> = self.entries.iter().map(&is_dropped).collect();
        if added.is_empty() && !dropped.contains(&true) && !self.source.text.is_empty() {
            return Ok(self.source.text.clone());
        }
        let text = rewrite::text(&self.source.text, &self.starts, &dropped, added);
        let kept = self.entries.iter().filter(|entry| !is_dropped(entry));
        let wanted = kept.chain(added);
        text.filter(|text| {
            let (file, problems) = Self::read(&Arc::new(Source::new(self.name(), text.as_str())));
            let entries = file.entries.iter();
            problems.is_empty() && entries.map(Accepted::content).eq(wanted.map(Accepted::content))
        })
        .ok_or_else(|| {
            let message = format!("`{}` cannot be updated as it is written", self.name());
            Diagnostic::new("accept-file", message)
                .help("each entry begins with a `- ` on a line of its own, with no brackets around the list")
        })
    }
}

fn twice(entry: &Accepted, first: &Accepted) -> Diagnostic {
    Diagnostic::new("duplicate-entry", format!("`{entry}` is accepted twice"))
        .label(format!("first in line {}", first.line))
        .help("leave one of them out")
}

#[cfg(test)]
mod tests;
