//! One problem, as forges and code scanners are told it.
//!
//! Input: a probe that went wrong, or an environment that did as a whole. Output: its rule, its line of the
//! suite, its words and its fingerprint. Words are made only when they are asked for, so that all problems of
//! a long suite can be counted first.

mod walk;

use xxhash_rust::xxh3::Xxh3;

use super::Options;
use super::advice;
use super::cell::{endpoint, plain};
use super::finding::{flaky, push_advice, push_message};
use super::rule::{Class, Level, Rule};
use super::text::{counted, shortened};
use super::whole::whole;
use crate::compare::{Comparison, EnvironmentView, Excuse, Probe, Row, Verdict};
use crate::diagnostic::is_file_name;
use crate::exit::ExitStatus;
pub(super) use walk::Problems;

/// Servers decide how long a Location is, and annotations are short.
const LONGEST: usize = 1000;

/// The suite's file, relative to the root of its repository; `None` where it is in none.
pub(super) fn file<'o>(comparison: &'o Comparison, options: &'o Options) -> Option<&'o str> {
    let named = Some(comparison.file()).filter(|name| is_file_name(name));
    let file = options.file.as_deref().or(named)?;
    Some(file.trim_start_matches("./"))
}

/// One problem.
pub(super) struct Problem<'c> {
    pub(super) rule: Rule,
    about: About<'c>,
}

enum About<'c> {
    Probe {
        row: Row<'c>,
        probe: Probe<'c>,
        /// Which of the endpoints with the same method, path and name it is; nearly always 0.
        twin: u32,
    },
    Environment(EnvironmentView<'c>),
    /// So many probes of an environment were not asked, or only follow from what is told elsewhere.
    Untold {
        environment: &'c str,
        probes: usize,
    },
    /// Environments, each by its name.
    Run(Vec<&'c str>),
}

impl<'c> Problem<'c> {
    /// The file of that line: `own`, which is that of the suite with this name, or one that the suite includes.
    pub(super) fn file(
        &self,
        own: Option<&'c str>,
        suite: &str,
        options: &'c Options,
    ) -> Option<&'c str> {
        match &self.about {
            About::Probe { row, .. } if row.file() != suite => {
                let mut known = options.included.iter();
                let known = known.find(|(name, _)| name == row.file());
                let found = known.map_or_else(|| row.file(), |(_, path)| path);
                Some(found.trim_start_matches("./"))
            }
            _ => own,
        }
    }
}

impl Problem<'_> {
    /// The line of the suite, from 1; the first for what is about a whole environment.
    pub(super) fn line(&self) -> u32 {
        match &self.about {
            About::Probe { row, .. } => row.line(),
            About::Environment(_) | About::Untold { .. } | About::Run(_) => 1,
        }
    }

    /// How bad it is: an accepted mismatch breaks its rule, but is no failure.
    pub(super) fn class(&self) -> Class {
        match &self.about {
            About::Probe { probe, .. } if probe.verdict() == Verdict::Accepted => Class::Accepted,
            _ => self.rule.class(),
        }
    }

    /// Why it is accepted, if it is.
    pub(super) fn excuse(&self) -> Option<&Excuse> {
        match &self.about {
            About::Probe { probe, .. } => probe.excuse(),
            About::Environment(_) | About::Untold { .. } | About::Run(_) => None,
        }
    }

    /// How loudly it is told.
    pub(super) fn level(&self, exit: ExitStatus) -> Level {
        self.class().level(exit)
    }

    /// What it is about: `staging: POST /orders`.
    pub(super) fn subject(&self) -> String {
        let text = match &self.about {
            About::Probe { row, probe, .. } => {
                format!("{}: {}", probe.environment(), endpoint(*row))
            }
            About::Environment(environment) => {
                whole(*environment).map_or_else(String::new, |whole| whole.subject)
            }
            About::Untold {
                environment,
                probes,
            } => format!("{environment}, {}", counted(*probes, "probe")),
            About::Run(_) => format!("{} (insecure)", self.rule.title()),
        };
        shortened(&text, LONGEST).into_owned()
    }

    /// What was seen, and what that usually means, as the table says it.
    pub(super) fn message(&self) -> String {
        let text = match &self.about {
            About::Probe { probe, .. } => told(*probe),
            About::Environment(environment) => {
                whole(*environment).map_or_else(String::new, |whole| whole.message)
            }
            About::Untold { .. } => format!("{}: {}", self.rule.title(), self.rule.help()),
            About::Run(names) => names.join(", "),
        };
        shortened(&text, LONGEST).into_owned()
    }

    /// The same for the same problem in the next run: it knows the file, the environment, the endpoint and
    /// whether it is a mismatch, an error or flaky, but no line, no order and nothing of the answer.
    pub(super) fn fingerprint(&self, file: &str) -> String {
        let class = self.rule.class().as_str();
        let digest = |fields: &[&str]| hash(&[&[file, class], fields].concat()).digest128();
        let digest = match &self.about {
            About::Probe { row, probe, twin } => digest(&[
                "probe",
                probe.environment(),
                row.method().as_str(),
                &row.place(),
                row.name().unwrap_or_default(),
                &twin.to_string(),
            ]),
            About::Environment(environment) => digest(&["environment", environment.name()]),
            About::Untold { environment, .. } => digest(&["untold", environment, &self.rule.id()]),
            About::Run(_) => digest(&["run"]),
        };
        format!("{digest:032x}")
    }
}

fn told(probe: Probe<'_>) -> String {
    let mut text = plain(probe, false);
    if probe.flaky() {
        return format!("{}: {text}", flaky(probe));
    }
    if let Some(error) = probe.error() {
        push_advice(&mut text, advice::on_error(error.kind));
        push_message(&mut text, error);
    }
    text
}

fn hash(fields: &[&str]) -> Xxh3 {
    let mut hash = Xxh3::new();
    for field in fields {
        hash.update(field.as_bytes());
        // No text in UTF-8 has this byte, so no field can look like two.
        hash.update(&[0xff]);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::shop;

    #[test]
    fn the_file_has_no_dot_before_it() {
        let comparison = shop();
        let mut options = Options::new(ExitStatus::Passed);
        assert_eq!(file(&comparison, &options), Some("suites/shop.yaml"));
        options.file = Some("./a/suite.yaml".to_owned());
        assert_eq!(file(&comparison, &options), Some("a/suite.yaml"));
    }
}
