//! All problems of a comparison, worst first.
//!
//! Input: a comparison. Output: one problem for each probe that has news of its own, one for all probes of an
//! environment that went wrong alike, and one for those that were never asked. Every probe that went wrong is
//! in exactly one.

use super::{About, Problem};
use crate::compare::{
    Comparison, EnvironmentView, ErrorKind, Probe, Reason, Row, Uniform, Verdict,
};
use crate::exit::ExitStatus;
use crate::report::news::News;
use crate::report::repeats::Repeats;
use crate::report::rule::{Class, Level, Rule};

/// All problems of a comparison.
pub(in crate::report) struct Problems<'c> {
    comparison: &'c Comparison,
    news: News,
    repeats: Repeats,
    /// How many probes of each class have something of their own to say.
    classes: [usize; Class::ALL.len()],
    untold: Vec<Untold<'c>>,
}

/// So many probes of an environment have an error that no row and no other line tells.
struct Untold<'c> {
    environment: EnvironmentView<'c>,
    kind: ErrorKind,
    probes: usize,
}

impl<'c> Problems<'c> {
    pub(in crate::report) fn of(comparison: &'c Comparison) -> Self {
        let news = News::of(comparison);
        let (classes, untold) = census(comparison, &news);
        Self {
            comparison,
            news,
            repeats: Repeats::of(comparison),
            classes,
            untold,
        }
    }

    /// All of them.
    pub(in crate::report) fn worst_first(&self) -> impl Iterator<Item = Problem<'c>> {
        Class::ALL
            .into_iter()
            .flat_map(|class| self.of_class(class))
    }

    /// Those that are told this loudly, worst first.
    pub(in crate::report) fn at(
        &self,
        level: Level,
        exit: ExitStatus,
    ) -> impl Iterator<Item = Problem<'c>> {
        Class::ALL
            .into_iter()
            .filter(move |class| class.level(exit) == level)
            .flat_map(|class| self.of_class(class))
    }

    fn of_class(&self, class: Class) -> impl Iterator<Item = Problem<'c>> {
        let comparison = self.comparison;
        let environments = comparison.environments().filter_map(move |environment| {
            let rule = whole_rule(environment).filter(|rule| rule.class() == class)?;
            let about = About::Environment(environment);
            Some(Problem { rule, about })
        });
        let untold = self.untold.iter().filter(move |_| class == Class::Error);
        let untold = untold.map(|untold| Problem {
            rule: Rule::Error(untold.kind),
            about: About::Untold {
                environment: untold.environment.name(),
                probes: untold.probes,
            },
        });
        let insecure = Some(comparison.insecure())
            .filter(|names| class == Class::Insecure && !names.is_empty());
        let insecure = insecure.into_iter().map(|names| Problem {
            rule: Rule::Insecure,
            about: About::Run(names),
        });
        environments
            .chain(self.probes(class))
            .chain(untold)
            .chain(insecure)
    }

    /// The probes that have something of their own to say. The last one ends the search: of a million there may be
    /// few, or none.
    fn probes(&self, wanted: Class) -> impl Iterator<Item = Problem<'c>> {
        let rows = self.comparison.rows().enumerate();
        let probes = rows.flat_map(move |(index, row)| {
            let probes = row.probes().enumerate();
            probes.filter_map(move |(environment, probe)| {
                let class = class(environment, probe, &self.news);
                let rule = rule(probe).filter(|_| class == Some(wanted))?;
                Some(self.problem(rule, index, row, probe))
            })
        });
        probes.take(self.classes[wanted as usize])
    }

    fn problem(&self, rule: Rule, index: usize, row: Row<'c>, probe: Probe<'c>) -> Problem<'c> {
        let twin = self.repeats.before(index);
        Problem {
            rule,
            about: About::Probe { row, probe, twin },
        }
    }
}

/// The class of a probe that has something of its own to say.
fn class(environment: usize, probe: Probe<'_>, news: &News) -> Option<Class> {
    let class = match probe.verdict() {
        Verdict::Accepted => return Some(Class::Accepted),
        Verdict::Mismatch => Class::Mismatch,
        Verdict::Error => Class::Error,
        Verdict::Match => Class::Flaky,
        Verdict::Skipped => return None,
    };
    Some(class).filter(|_| news.in_probe(environment, probe))
}

fn rule(probe: Probe<'_>) -> Option<Rule> {
    match probe.verdict() {
        Verdict::Mismatch | Verdict::Accepted => {
            let reason = probe.reasons().first().copied();
            Some(Rule::Mismatch(reason.unwrap_or(Reason::Status)))
        }
        Verdict::Error => probe.error_kind().map(Rule::Error),
        Verdict::Match => probe.flaky().then_some(Rule::Flaky),
        Verdict::Skipped => None,
    }
}

fn whole_rule(environment: EnvironmentView<'_>) -> Option<Rule> {
    Some(match environment.uniform()? {
        Uniform::Error { error, .. } => Rule::Error(error.kind),
        Uniform::Status { .. } => Rule::Mismatch(Reason::Status),
    })
}

/// What is to be told of single probes: how many of each class, and the rest by its environment and error.
fn census<'c>(
    comparison: &'c Comparison,
    news: &News,
) -> ([usize; Class::ALL.len()], Vec<Untold<'c>>) {
    let environments: Vec<_> = comparison.environments().collect();
    let mut classes = [0; Class::ALL.len()];
    let mut untold: Vec<Vec<Untold<'c>>> = environments.iter().map(|_| Vec::new()).collect();
    for row in comparison.rows() {
        let probes = row.probes().zip(&environments).zip(&mut untold);
        for (index, ((probe, &environment), untold)) in probes.enumerate() {
            if let Some(class) = class(index, probe, news) {
                classes[class as usize] += 1;
                continue;
            }
            let is_told = news.is_told(index, probe) && !probe.is_unasked();
            let Some(kind) = probe.error_kind().filter(|_| !is_told) else {
                continue;
            };
            match untold.iter_mut().find(|other| other.kind == kind) {
                Some(other) => other.probes += 1,
                None => untold.push(Untold {
                    environment,
                    kind,
                    probes: 1,
                }),
            }
        }
    }
    (classes, untold.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{
        clones, cut_short, down, green, known, repeated, shop, unsteady, wall, walled,
    };

    #[test]
    fn every_probe_that_went_wrong_is_told_once() {
        let comparisons = [
            shop(),
            known(),
            down(),
            cut_short(),
            clones(),
            wall(),
            green(),
            walled(),
            unsteady(),
        ];
        for comparison in comparisons {
            let mut told = [0; 4];
            for problem in Problems::of(&comparison).worst_first() {
                let probes = match &problem.about {
                    About::Probe { .. } => 1,
                    About::Untold { probes, .. } => *probes,
                    About::Environment(environment) => match environment.uniform().unwrap() {
                        Uniform::Error { probes, .. } | Uniform::Status { probes, .. } => *probes,
                    },
                    About::Run(_) => continue,
                };
                told[problem.class() as usize] += probes;
            }
            let tally = comparison.tally();
            assert_eq!(
                told,
                [tally.mismatched, tally.errors, tally.flaky, tally.accepted]
            );
        }
    }

    #[test]
    fn fingerprints_are_unique() {
        for comparison in [
            shop(),
            known(),
            down(),
            cut_short(),
            clones(),
            wall(),
            repeated(),
        ] {
            let problems = Problems::of(&comparison);
            let fingerprint = |problem: Problem<'_>| problem.fingerprint("a.yaml");
            let mut all: Vec<_> = problems.worst_first().map(fingerprint).collect();
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count);
            let first = problems.worst_first().next().unwrap();
            assert_ne!(first.fingerprint("a.yaml"), first.fingerprint("b.yaml"));
        }
    }
}
