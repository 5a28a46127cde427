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
use crate::report::finding::is_unsent;
use crate::report::news::News;
use crate::report::repeats::Repeats;
use crate::report::rule::{Class, Level, Rule};

/// All problems of a comparison.
pub(in crate::report) struct Problems<'c> {
    comparison: &'c Comparison,
    news: News,
    repeats: Repeats,
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
        let untold = untold(comparison, &news);
        Self {
            comparison,
            news,
            repeats: Repeats::of(comparison),
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

    /// The probes that have something of their own to say.
    fn probes(&self, class: Class) -> impl Iterator<Item = Problem<'c>> {
        self.comparison
            .rows()
            .enumerate()
            .flat_map(move |(index, row)| {
                row.probes()
                    .enumerate()
                    .filter_map(move |(environment, probe)| {
                        let problem = self.problem(rule(probe)?, index, row, probe);
                        let is_told = self.news.in_probe(environment, probe)
                            || probe.verdict() == Verdict::Accepted;
                        Some(problem).filter(|problem| is_told && problem.class() == class)
                    })
            })
    }

    fn problem(&self, rule: Rule, index: usize, row: Row<'c>, probe: Probe<'c>) -> Problem<'c> {
        let twin = self.repeats.before(index);
        Problem {
            rule,
            about: About::Probe { row, probe, twin },
        }
    }
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

fn untold<'c>(comparison: &'c Comparison, news: &News) -> Vec<Untold<'c>> {
    let mut untold = Vec::new();
    for (index, environment) in comparison.environments().enumerate() {
        let mut counts: Vec<(ErrorKind, usize)> = Vec::new();
        for probe in comparison.rows().filter_map(|row| row.probes().nth(index)) {
            let Some(kind) = probe.error_kind() else {
                continue;
            };
            let is_told = news.is_told(index, probe) && !is_unsent(probe);
            if is_told || news.in_probe(index, probe) {
                continue;
            }
            match counts.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, probes)) => *probes += 1,
                None => counts.push((kind, 1)),
            }
        }
        untold.extend(counts.into_iter().map(|(kind, probes)| Untold {
            environment,
            kind,
            probes,
        }));
    }
    untold
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
