//! One endpoint becomes as many as it has rows of values.
//!
//! Input: an entry with `each` or `each_file`. Output: an [`Endpoint`] for each row, in order, with the values
//! filled in; those that differ only in their path share one spec. It refuses values that no place uses.

use std::collections::HashMap;
use std::sync::Arc;

use super::Reader;
use super::bind::Binder;
use crate::diagnostic::Diagnostic;
use crate::suite::each::{self, Table};
use crate::suite::model::{Endpoint, EndpointSpec};
use crate::suite::place::Place;
use crate::suite::raw::{RawEndpoint, RawEntry};
use crate::suite::template::Template;

/// After how many problems the other rows are not looked at.
const MOST_TOLD: usize = 20;

/// Specs by the values that are used in them.
type Known = HashMap<Vec<String>, Option<Arc<EndpointSpec>>>;

impl Reader<'_> {
    /// Reads an entry, and adds the endpoints that it makes to `into`.
    pub(super) fn expand(
        &mut self,
        entry: RawEntry,
        number: u32,
        line: u32,
        into: &mut Vec<Endpoint>,
    ) {
        let endpoint = |(path, spec)| Endpoint {
            path,
            line,
            entry: number,
            spec,
        };
        match entry {
            RawEntry::Long(raw) if raw.each.is_some() || raw.each_file.is_some() => {
                if let Some((table, path, spec)) = self.table(&raw, number) {
                    self.rows(&table, (&path, &spec), number, &mut |bound| {
                        into.push(endpoint(bound));
                    });
                }
            }
            entry => into.extend(self.entry(entry, number).map(endpoint)),
        }
    }

    /// The values, and what they are to be filled in.
    fn table(
        &mut self,
        raw: &RawEndpoint,
        number: u32,
    ) -> Option<(Table, Template, Arc<EndpointSpec>)> {
        let place = Place::EndpointKey(number, Vec::new());
        let table = each::read(raw, &place, self.source, self.problems);
        let (path, spec) = self.long(raw, number)?;
        Some((table?, path, spec))
    }

    /// Fills in one row after the other.
    fn rows(
        &mut self,
        table: &Table,
        (path, spec): (&Template, &Arc<EndpointSpec>),
        number: u32,
        add: &mut dyn FnMut((Template, Arc<EndpointSpec>)),
    ) {
        let names = table.names();
        let (in_path, in_spec) = uses(table, path, spec);
        if !self.all_used(table, &in_path, &in_spec, number) {
            return;
        }
        let mut known = Known::new();
        let mut told = Vec::new();
        table.rows(&mut |row| {
            let mut binder = Binder::new(&names, row.values, number);
            let path = binder.path(path);
            let used = row.values.iter().zip(&in_spec).filter(|(_, used)| **used);
            let key = used.map(|(value, _)| (*value).to_owned()).collect();
            let spec = known
                .entry(key)
                .or_insert_with(|| self.bound(spec, &mut binder, number))
                .clone();
            for (place, message) in binder.wrong {
                // The same in another row of the product is the same mistake; each line of a file has its own.
                let again = told
                    .iter()
                    .any(|known| *known == (place.clone(), message.clone()));
                if again && table.file.is_none() {
                    continue;
                }
                told.push((place.clone(), message.clone()));
                let problem = Diagnostic::new("bad-value", message).label(table.told(row));
                self.problems.value(place, problem);
            }
            if let (Some(path), Some(spec)) = (path, spec) {
                add((path, spec));
            }
            told.len() < MOST_TOLD
        });
    }

    /// The spec with the values of a row, which may show that it expects what is never seen.
    fn bound(
        &mut self,
        spec: &Arc<EndpointSpec>,
        binder: &mut Binder<'_>,
        number: u32,
    ) -> Option<Arc<EndpointSpec>> {
        let before = (binder.wrong.len(), self.problems.len());
        let mut own = (**spec).clone();
        if !binder.spec(&mut own) {
            return Some(Arc::clone(spec));
        }
        if own.follow_redirects > 0 {
            self.check_followed(&own.expect, number);
        }
        ((binder.wrong.len(), self.problems.len()) == before).then(|| Arc::new(own))
    }

    /// A list that no place uses would make endpoints that nothing tells apart; of a file one column is enough.
    fn all_used(&mut self, table: &Table, in_path: &[bool], in_spec: &[bool], number: u32) -> bool {
        let names = table.names();
        let columns = table.file.as_ref().map_or(0, |file| file.columns.len());
        let used = in_path
            .iter()
            .zip(in_spec)
            .map(|(one, other)| *one || *other);
        let unused: Vec<(usize, &str)> = names
            .into_iter()
            .enumerate()
            .zip(used)
            .filter_map(|(name, used)| (!used).then_some(name))
            .collect();
        let lists = unused.iter().filter(|(index, _)| *index >= columns);
        let mut fine = true;
        for (_, name) in lists {
            let place = Place::EndpointKey(number, vec!["each".to_owned(), (*name).to_owned()]);
            let problem = Diagnostic::new(
                "unused-value",
                format!("no place in this endpoint uses `${{{name}}}`"),
            );
            let help = "its path, name, tags, query, headers, body and expectation are where values are filled in";
            self.problems.key(place, problem.help(help));
            fine = false;
        }
        let unused: Vec<&str> = unused
            .into_iter()
            .filter(|(index, _)| *index < columns)
            .map(|(_, name)| name)
            .collect();
        if let Some(file) = &table.file
            && unused.len() == columns
        {
            let place = Place::EndpointKey(number, vec!["each_file".to_owned()]);
            let message = format!(
                "no place in this endpoint uses a column of `{}`",
                file.source.name
            );
            let known: Vec<_> = unused.iter().map(|name| format!("`${{{name}}}`")).collect();
            let problem = Diagnostic::new("unused-value", message)
                .help(format!("its first line names {}", known.join(", ")));
            let commas = unused.iter().any(|name| name.contains([';', '\t']));
            let problem = if commas {
                problem.help("fields are separated by commas")
            } else {
                problem
            };
            self.problems.value(place, problem);
            fine = false;
        }
        fine
    }
}

/// Which values are used in the path, and which elsewhere: what the first row is asked for.
fn uses(table: &Table, path: &Template, spec: &EndpointSpec) -> (Vec<bool>, Vec<bool>) {
    let names = table.names();
    let mut uses = (Vec::new(), Vec::new());
    table.rows(&mut |row| {
        let [mut in_path, mut in_spec] = [(), ()].map(|()| Binder::new(&names, row.values, 0));
        in_path.path(path);
        in_spec.spec(&mut spec.clone());
        uses = (in_path.used, in_spec.used);
        false
    });
    uses
}
