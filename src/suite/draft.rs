//! A suite's text in which expectations can be replaced, each at its place, and nothing else.
//!
//! Input: a suite or a list of paths, and what each of its endpoints is to expect ([`Finding`]). Output: the text of
//! a suite. It refuses what cannot be replaced safely, and a result that says anything else than it should.

mod edit;
mod list;
mod proof;
mod slot;
mod spelling;
#[cfg(test)]
mod tests;
mod unfit;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use edit::Edit;
use slot::{Finder, Slot};
pub use spelling::Step;

use super::model::{Endpoint, Expected, Suite};
use super::yaml::{self, Node};
use super::{Overrides, mask, place, read};
use crate::diagnostic::{Diagnostic, Source};

/// What an endpoint is to expect from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line of the endpoint in its file.
    pub line: u32,
    /// What is written.
    pub found: Found,
    /// What is said above it, in one line.
    pub comment: Option<String>,
}

/// What is written for an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// What it says already.
    Kept,
    /// One step, or a chain of redirects and the answer at its end.
    Expected(Vec<Step>),
    /// Nothing can be expected: the endpoint is commented out.
    Nothing,
}

/// A text in which the expectations of one environment can be replaced.
#[derive(Debug)]
pub struct Draft {
    source: Arc<Source>,
    tree: Node,
    environment: String,
    overrides: Overrides,
    is_list: bool,
    /// By the line of the endpoint in the file that was read.
    slots: BTreeMap<u32, Slot>,
}

impl Suite {
    /// Leaves only what the environment with this index is asked, compared with nobody but itself.
    pub fn observe(&mut self, environment: usize) {
        self.endpoints
            .retain(|endpoint| is_asked(&endpoint.spec.expect, environment));
        self.reference = Some(environment);
    }
}

impl Draft {
    /// The text of `suite`, or the suite that a list of paths becomes, prepared for the expectations of the
    /// environment with this index. `overrides` are those that the suite was read with.
    ///
    /// # Errors
    ///
    /// Every place where an expectation could not be written without changing something else.
    pub fn new(
        suite: &Suite,
        environment: usize,
        overrides: &Overrides,
    ) -> Result<Self, Vec<Diagnostic>> {
        let asked = suite.endpoints.iter().enumerate();
        let asked = asked.filter(|(_, it)| is_asked(&it.spec.expect, environment));
        let environment = suite.environments.get(environment);
        let environment = environment.map_or_else(String::new, |it| it.name.clone());
        let is_list = suite.is_list();
        let source = if is_list {
            let text = list::as_suite(suite);
            Arc::new(Source::new(suite.source.name.clone(), text))
        } else {
            Arc::clone(&suite.source)
        };
        let entry = |(index, endpoint): (usize, &Endpoint)| {
            let written = usize::try_from(endpoint.entry).unwrap_or(usize::MAX);
            (if is_list { index } else { written }, endpoint.line)
        };
        let entries: Vec<_> = asked.map(entry).collect();
        let Some(tree) = yaml::compose(&source) else {
            return Err(vec![unfit::unreadable(&source)]);
        };
        mask::set(&source, Some(&tree), mask::Reading::Sound);
        let slots = slots(&source, &tree, &environment, &entries)?;
        Ok(Self {
            source,
            tree,
            environment,
            // What becomes of a list names its environments itself, and what is recorded is to be checked as it is.
            overrides: if is_list {
                Overrides::default()
            } else {
                Overrides {
                    alone: false,
                    ..overrides.clone()
                }
            },
            is_list,
            slots,
        })
    }

    /// The text with all `findings` written, and the suite that it reads as. What has no finding stays as it is; in
    /// a list it is left out.
    ///
    /// # Errors
    ///
    /// When that text is no valid suite, or differs from the first one in more than expectations.
    pub fn record(&self, findings: &[Finding]) -> Result<(String, Suite), Vec<Diagnostic>> {
        let mut edits = Vec::new();
        let mut dropped = Vec::new();
        for finding in findings {
            let Some(slot) = self.slots.get(&finding.line) else {
                return Err(vec![unfit::lost(&self.source, finding.line)]);
            };
            let comment = finding.comment.as_deref();
            match &finding.found {
                Found::Kept => {}
                Found::Expected(steps) => {
                    edits.push(self.expectation(slot, finding.line, steps)?);
                    edits.extend(comment.map(|it| edit::noted(&self.source.text, slot, it)));
                }
                Found::Nothing => {
                    dropped.push(slot.index);
                    edits.extend(edit::commented_out(&self.source.text, slot, comment));
                }
            }
        }
        if self.is_list {
            // A path that was not asked for has no expectation, which a suite of one environment cannot be without.
            let known: BTreeSet<u32> = findings.iter().map(|it| it.line).collect();
            for (_, slot) in self.slots.iter().filter(|(line, _)| !known.contains(line)) {
                dropped.push(slot.index);
                edits.push(edit::removed(&self.source.text, slot));
            }
        }
        let text = edit::apply(&self.source.text, edits);
        let suite = self.read_back(&text, &dropped)?;
        Ok((text, suite))
    }

    fn expectation(&self, slot: &Slot, line: u32, steps: &[Step]) -> Result<Edit, Vec<Diagnostic>> {
        let (splice, value) = match steps {
            [step] => (Some(&slot.single), spelling::one(step)),
            steps => (slot.chain.as_ref(), spelling::chain(steps)),
        };
        let splice = splice.ok_or_else(|| vec![unfit::lost(&self.source, line)])?;
        Ok(splice.filled(&value))
    }

    fn read_back(&self, text: &str, dropped: &[usize]) -> Result<Suite, Vec<Diagnostic>> {
        let source = Arc::new(Source::new(self.source.name.clone(), text));
        let (suite, problems) = read(Arc::clone(&source), &self.overrides);
        let Some(suite) = suite.filter(|_| problems.is_empty()) else {
            return Err(unfit::invalid(problems));
        };
        // Not the suite's own tree: reading a text by parts leaves its keys in another order.
        let same = yaml::compose(&source)
            .is_some_and(|tree| proof::same_but_expectations(&self.tree, &tree, dropped));
        if !same {
            return Err(vec![unfit::changed(&self.environment)]);
        }
        Ok(suite)
    }
}

fn is_asked(expect: &Expected, environment: usize) -> bool {
    match expect {
        Expected::Everywhere(_) => true,
        Expected::PerEnvironment(each) => each.get(environment).is_some_and(Option::is_some),
    }
}

/// Where the expectation of each of `entries` stands, which are indices and lines.
fn slots(
    source: &Arc<Source>,
    tree: &Node,
    environment: &str,
    entries: &[(usize, u32)],
) -> Result<BTreeMap<u32, Slot>, Vec<Diagnostic>> {
    let mut problems = unfit::whole(source, tree);
    let Some(all) = place::endpoints(tree).filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let inherited = tree.get("defaults").and_then(|it| it.get("expect"));
    let finder = Finder::new(&source.text, environment, inherited);
    let mut slots = BTreeMap::new();
    for &(index, line) in entries {
        match finder.slot(all, index) {
            Ok(slot) => {
                slots.insert(line, slot);
            }
            Err(why) => problems.push(why.at(source)),
        }
    }
    if problems.is_empty() {
        Ok(slots)
    } else {
        Err(problems)
    }
}
