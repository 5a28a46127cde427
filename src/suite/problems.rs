//! Problems as they are found, before it is known where in the file they are.
//!
//! Input: places and what is wrong there. Output: diagnostics with byte ranges.

use std::sync::Arc;

use super::model::Setting;
use super::place::{Place, Side, locate};
use super::template::Template;
use super::yaml::Node;
use crate::diagnostic::{Diagnostic, Source};

/// Problems in the order they were found.
#[derive(Default)]
pub(super) struct Problems {
    found: Vec<Found>,
    /// The numbers of the first entries of the files that a suite includes, as far as they are read: the places of
    /// problems are in the last of them.
    firsts: Vec<u32>,
    /// Whether all of them are read: the places of further problems are in the suite itself.
    is_read: bool,
}

struct Found {
    /// The number of the file.
    file: usize,
    place: Option<(Place, Side)>,
    /// Where something that was left out would explain this problem.
    unless_struck: Vec<Place>,
    problem: Diagnostic,
}

impl Problems {
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether any is at these keys, or below them.
    pub(super) fn has_some_of(&self, keys: &[&str]) -> bool {
        self.found.iter().any(|found| match &found.place {
            Some((Place::Keys(own), _)) => {
                let pairs = own.iter().zip(keys);
                own.len() >= keys.len() && pairs.into_iter().all(|(own, key)| own == key)
            }
            _ => false,
        })
    }

    /// Further problems are in the next file, whose first entry has this number.
    pub(super) fn next_file(&mut self, first: u32) {
        self.firsts.push(first);
    }

    /// All files are read: further problems are in the suite itself, unless they are said to be of an entry.
    pub(super) fn all_files_read(&mut self) {
        self.is_read = true;
    }

    /// The number of the file in which an entry of all stands, and that of the entry there.
    pub(super) fn file_of(&self, entry: u32) -> (usize, u32) {
        let file = self.firsts.partition_point(|first| *first <= entry);
        let first = file
            .checked_sub(1)
            .and_then(|before| self.firsts.get(before));
        (file, entry - first.copied().unwrap_or(0))
    }

    /// A problem of the path of one entry of all.
    pub(super) fn path(&mut self, entry: u32, problem: Diagnostic) {
        let (file, entry) = self.file_of(entry);
        self.value(Place::EndpointPath(entry), problem);
        if let Some(found) = self.found.last_mut() {
            found.file = file;
        }
    }

    /// A problem of the value at `place`.
    pub(super) fn value(&mut self, place: Place, problem: Diagnostic) {
        self.add(Some((place, Side::Value)), Vec::new(), problem);
    }

    /// A problem of the key at `place`.
    pub(super) fn key(&mut self, place: Place, problem: Diagnostic) {
        self.add(Some((place, Side::Key)), Vec::new(), problem);
    }

    /// Something is missing at `place`.
    pub(super) fn missing(&mut self, place: Place, problem: Diagnostic) {
        self.add(Some((place, Side::Missing)), Vec::new(), problem);
    }

    /// A problem of the value at `place` that only follows from another one if something was left out at one
    /// of `others`.
    pub(super) fn value_unless_struck(
        &mut self,
        place: Place,
        others: Vec<Place>,
        problem: Diagnostic,
    ) {
        self.add(Some((place, Side::Value)), others, problem);
    }

    /// A problem that already says where it is, or is on the command line.
    pub(super) fn push(&mut self, problem: Diagnostic) {
        self.add(None, Vec::new(), problem);
    }

    /// `text` as a template, if it is one.
    pub(super) fn template(&mut self, place: &Place, text: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => Some(template),
            Err(error) => {
                let message = if place.is_secret() {
                    "a `${` here has no name, or no closing `}`".to_owned()
                } else {
                    error.message
                };
                let problem = Diagnostic::new("bad-template", message);
                let problem = problem.help(
                    "`${NAME}` and `${NAME:-fallback}` fill in values; `$${` is a literal `${`",
                );
                self.value(place.clone(), problem);
                None
            }
        }
    }

    /// `text` read by `parse` at once, unless it has to wait for its `${…}`.
    pub(super) fn setting<T>(
        &mut self,
        place: &Place,
        text: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Setting<T>> {
        let template = self.template(place, text)?;
        match template.as_plain().map(parse) {
            None => Some(Setting::Template(template)),
            Some(Ok(value)) => Some(Setting::Value(value)),
            Some(Err(message)) => {
                self.value(place.clone(), Diagnostic::new(code, message));
                None
            }
        }
    }

    /// All problems with their places in `source`; those that follow from reported ones are left out.
    pub(super) fn resolve(self, source: &Arc<Source>, tree: Option<&Node>) -> Vec<Diagnostic> {
        self.resolve_in(&[(source, tree)])
    }

    /// The same for the problems of several files, in their order.
    pub(super) fn resolve_in(mut self, files: &[(&Arc<Source>, Option<&Node>)]) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| found.file);
        let place = |found: Found| {
            let (source, tree) = *files.get(found.file)?;
            let (Some((place, side)), Some(tree)) = (found.place, tree) else {
                return Some(found.problem);
            };
            let stands = |other: &Place| locate(tree, other, Side::Missing).is_some();
            if !found.unless_struck.iter().all(stands) {
                return None;
            }
            locate(tree, &place, side).map(|range| found.problem.at(source, range))
        };
        self.found.into_iter().filter_map(place).collect()
    }

    fn add(
        &mut self,
        place: Option<(Place, Side)>,
        unless_struck: Vec<Place>,
        problem: Diagnostic,
    ) {
        self.found.push(Found {
            file: if self.is_read { 0 } else { self.firsts.len() },
            place,
            unless_struck,
            problem,
        });
    }
}
