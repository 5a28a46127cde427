//! Suites that are read together, one or several: what each takes from the others, and what they must agree on.
//!
//! Input: the files that are named, and what the command line adds. Output: the suites in that order, and every problem
//! of every file. A suite keeps its own endpoints, `defaults` and `vars`; one without environments borrows those of all
//! others, and what these say is still resolved in the suite that they stand in. It refuses suites that contradict each
//! other: a run has one environment of a name, and one reference.

mod agree;
mod differ;
mod services;

use std::sync::Arc;

pub use agree::environments_differ;

use super::include::{self, Loaded};
use super::mask::{self, Reading};
use super::model::{Environment, Suite, Vars};
use super::overrides::{self, Beside};
use super::problems::Problems;
use super::validate::{self, Begun, Purpose};
use super::yaml::{self, Node};
use super::{Overrides, environment, unique};
use crate::diagnostic::{Diagnostic, Source};

/// Reads all of them. Nothing, where one of them cannot be read at all.
pub(super) fn read(
    purpose: Purpose,
    named: &[Arc<Source>],
    overrides: &Overrides,
) -> (Option<Vec<Suite>>, Vec<Diagnostic>) {
    let (loaded, mut told) = include::load(named);
    let opened = loaded.into_iter().map(|files| open(files, purpose));
    let mut opened: Vec<Opened> = opened.collect();
    settle(&mut opened, overrides);
    let known: Vec<Vec<String>> = opened.iter().map(Opened::names).collect();
    let mut read: Vec<Finished> = Vec::new();
    for (number, opened) in opened.into_iter().enumerate() {
        let others = known.iter().enumerate();
        let others = others.filter(|(other, _)| *other != number);
        let own = &known[number];
        let elsewhere: Vec<String> = others
            .flat_map(|(_, names)| names)
            .filter(|name| !own.contains(name))
            .cloned()
            .collect();
        read.push(opened.finish(overrides, &elsewhere));
    }
    if read.len() > 1 {
        compare(&mut read);
    }
    let mut suites = Vec::with_capacity(read.len());
    let mut is_whole = true;
    for finished in read {
        let (suite, problems) = finished.told();
        is_whole &= suite.is_some();
        suites.extend(suite);
        told.extend(problems);
    }
    (is_whole.then_some(suites), without_repetition(told))
}

/// A suite whose files are read.
struct Opened {
    sources: Vec<Arc<Source>>,
    /// What is wrong with the form of each file.
    found: Vec<Vec<Diagnostic>>,
    trees: Vec<Option<Node>>,
    /// Nothing where a file has no form at all: what else there is to say would follow from what is missing.
    begun: Option<Begun>,
}

fn open(mut files: Vec<Loaded>, purpose: Purpose) -> Opened {
    let mut found: Vec<Vec<Diagnostic>> = Vec::new();
    let mut trees = Vec::new();
    for file in &mut files {
        found.push(std::mem::take(&mut file.found));
        trees.push(file.read.as_mut().and_then(|read| read.tree.take()));
    }
    let sources = files.iter().map(|file| Arc::clone(&file.source)).collect();
    let is_broken = |file: &Loaded| file.read.is_none();
    let begun = if files.iter().any(is_broken) {
        for ((file, tree), found) in files.iter().zip(&trees).zip(&found) {
            if is_broken(file) {
                mask::set(&file.source, None, Reading::Broken);
            } else {
                hide_secrets(&file.source, tree.as_ref(), found);
            }
        }
        None
    } else {
        validate::begin(files, purpose)
    };
    Opened {
        sources,
        found,
        trees,
        begun,
    }
}

impl Opened {
    /// Whether it has environments of its own, as far as it can be told.
    fn lends(&self) -> bool {
        self.begun.as_ref().is_none_or(|begun| begun.written > 0)
    }

    /// Whether it is fit to take those of others: what is misspelt in it is not.
    fn borrows(&self) -> bool {
        !self.lends() && self.found.iter().all(Vec::is_empty)
    }

    fn names(&self) -> Vec<String> {
        let begun = self.begun.as_ref();
        begun.map_or_else(Vec::new, |begun| environment::names(&begun.environments))
    }

    fn finish(self, overrides: &Overrides, elsewhere: &[String]) -> Finished {
        let Self {
            sources,
            found,
            trees,
            begun,
        } = self;
        let suite = begun.map(|begun| {
            let (suite, problems) = validate::finish(begun, overrides, elsewhere);
            let cells = suite.included.iter().map(|file| &file.tree);
            for (cell, tree) in std::iter::once(&suite.tree).chain(cells).zip(trees) {
                if let Some(tree) = tree {
                    // Nobody has asked for it yet.
                    let _ = cell.set(Some(tree));
                }
            }
            (suite, problems)
        });
        Finished {
            sources,
            found,
            suite,
        }
    }
}

/// Gives every suite the environments that it is read for: its own, what flags make of them, or those of the others.
fn settle(opened: &mut [Opened], overrides: &Overrides) {
    let of_flags: Vec<Vec<String>> = opened
        .iter_mut()
        .map(|it| it.begun.as_mut())
        .map(|it| it.map_or_else(Vec::new, |it| overrides::flag_names(&mut it.environments)))
        .collect();
    let is_lent = opened.len() > 1 && opened.iter().any(Opened::lends);
    let mut lent: Vec<Environment> = Vec::new();
    for (number, suite) in opened.iter_mut().enumerate() {
        let (lends, borrows) = (suite.lends(), suite.borrows());
        let Some(begun) = suite.begun.as_mut().filter(|_| !(is_lent && borrows)) else {
            continue;
        };
        let others = of_flags.iter().enumerate();
        let others = others.filter(|(other, _)| *other != number);
        let others: Vec<String> = others.flat_map(|(_, names)| names).cloned().collect();
        let beside = if lends {
            Beside::Others(&others)
        } else {
            Beside::Nothing
        };
        let Begun {
            environments,
            problems,
            ..
        } = begun;
        overrides::apply(environments, overrides, beside, problems);
        if begun.environments.is_empty() {
            begun.no_environments();
        }
        for environment in &begun.environments {
            if lent.iter().all(|it| it.name != environment.name) {
                lent.push(Environment {
                    lender: Some(number),
                    ..environment.clone()
                });
            }
        }
    }
    for borrower in opened.iter_mut().filter(|it| is_lent && it.borrows()) {
        if let Some(begun) = &mut borrower.begun {
            begun.environments.clone_from(&lent);
        }
    }
}

/// A suite that is read.
struct Finished {
    sources: Vec<Arc<Source>>,
    found: Vec<Vec<Diagnostic>>,
    suite: Option<(Suite, Problems)>,
}

impl Finished {
    /// The suite and all its problems, in the order of its files.
    fn told(self) -> (Option<Suite>, Vec<Diagnostic>) {
        let mut found = self.found;
        let Some((suite, problems)) = self.suite else {
            return (None, found.into_iter().flatten().collect());
        };
        if !problems.is_empty() || found.iter().any(|found| !found.is_empty()) {
            let trees: Vec<_> = (0..self.sources.len()).map(|it| suite.tree(it)).collect();
            let files: Vec<_> = self.sources.iter().zip(trees).collect();
            for ((source, tree), found) in files.iter().zip(&found) {
                hide_secrets(source, *tree, found);
            }
            found.push(problems.resolve_in(&files));
        }
        (Some(suite), found.into_iter().flatten().collect())
    }
}

/// Looks for what suites contradict each other in.
fn compare(read: &mut [Finished]) {
    let (mut suites, mut problems): (Vec<_>, Vec<_>) = read
        .iter_mut()
        .filter_map(|it| it.suite.as_mut())
        .map(|(suite, problems)| (suite, problems))
        .unzip();
    agree::check(&shared(&suites), &mut problems);
    services::unite(&mut suites);
    // Unless one of them cannot be read, their numbers are those of the run.
    let vars = suites.iter().map(|suite| Arc::new(suite.vars.clone()));
    let vars: Vec<Arc<Vars>> = vars.collect();
    for environment in suites.iter_mut().flat_map(|suite| &mut suite.environments) {
        let lender = environment.lender.and_then(|lender| vars.get(lender));
        environment.vars.beside = lender.map(Arc::clone);
    }
    follow(&mut suites);
    unique::check_across(&shared(&suites), &mut problems);
}

fn shared<'s>(suites: &'s [&mut Suite]) -> Vec<&'s Suite> {
    suites.iter().map(|suite| &**suite).collect()
}

/// A suite that borrows its environments takes the reference with them.
fn follow(suites: &mut [&mut Suite]) {
    let named = suites.iter().find_map(|suite| {
        let environment = suite.environments.get(suite.reference?)?;
        Some(environment.name.clone())
    });
    for suite in suites.iter_mut().filter(|suite| suite.reference.is_none()) {
        let borrowed = |it: &&Environment| it.lender.is_some();
        let mut borrowed = suite.environments.iter().filter(borrowed);
        if borrowed.next().is_some() {
            let mut environments = suite.environments.iter();
            suite.reference = environments.position(|it| Some(&it.name) == named.as_ref());
        }
    }
}

/// Masks what must not be shown of a suite in whose form there are the problems `found`.
fn hide_secrets(source: &Arc<Source>, tree: Option<&Node>, found: &[Diagnostic]) {
    if found.is_empty() {
        mask::set(source, tree, Reading::Sound);
    } else if found.iter().all(yaml::is_in_place) {
        // What could not be read was struck out of the tree.
        mask::set(source, yaml::compose(source).as_ref(), Reading::Odd);
    } else {
        mask::set(source, tree, Reading::Broken);
    }
}

/// What is wrong with a flag is wrong for every suite, and told once.
fn without_repetition(told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(told.len());
    for problem in told {
        let is_known = |known: &Diagnostic| {
            known.span.is_none() && (known.code, &known.message) == (problem.code, &problem.message)
        };
        if problem.span.is_some() || !kept.iter().any(is_known) {
            kept.push(problem);
        }
    }
    kept
}
