//! Mismatches that are known and accepted.
//!
//! Input: a finished comparison, a list of accepted mismatches, and the day. Output: the same comparison with
//! what the list excuses marked as accepted, and what is left of the list. It refuses to excuse an error, which
//! proves nothing, and any answer but the one that is listed.

use std::collections::{BTreeSet, HashMap, HashSet};

use http::{Method, StatusCode};
use jiff::civil::Date;

mod target;

use super::comparison::Comparison;
use super::ledger::Ledger;
use super::verdict::{ErrorKind, Excuse, Reason, Verdict};
use super::view::{Probe, Row};
use super::wall::Count;
use crate::expect::glob;
use crate::suite::{AcceptFile, Accepted};
use target::Home;

/// What became of a list of accepted mismatches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The file as the user named it.
    pub file: String,
    /// Entries for mismatches that no longer occur, or that nothing in the run could be.
    pub stale: Vec<Accepted>,
    /// Entries whose last day is over, for mismatches that still occur.
    pub expired: Vec<Accepted>,
}

impl Acceptance {
    /// What became of it in either of two parts of a run.
    pub(super) fn and(mut self, other: Self) -> Self {
        for (mine, others) in [
            (&mut self.stale, other.stale),
            (&mut self.expired, other.expired),
        ] {
            mine.extend(others);
            mine.sort_by_key(|entry| entry.line);
            mine.dedup();
        }
        self
    }

    /// Takes back what is said of answers that turned out to be a wall's: nothing is proven of what is behind it.
    pub(super) fn withdraw(&mut self, ledger: Ledger<'_>) {
        let is_unproven = |entry: &Accepted| {
            (0..ledger.source.endpoints())
                .map(|endpoint| Row { ledger, endpoint })
                .flat_map(|row| row.probes().map(move |probe| (row, probe)))
                .any(|(row, probe)| {
                    probe.error_kind() == Some(ErrorKind::Walled) && is_about(entry, row, probe)
                })
        };
        self.stale.retain(|entry| !is_unproven(entry));
        self.expired.retain(|entry| !is_unproven(entry));
    }
}

/// What of a suite was asked: only then an entry that nothing was asked for is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Whether all endpoints were.
    pub endpoints: bool,
    /// Whether all environments were.
    pub environments: bool,
}

/// What became of an entry; where it means several probes, the last of these counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The run did not ask for it.
    Unasked,
    /// Something else was answered.
    Gone,
    /// Nothing is proven.
    Unproven,
    Expired,
    Used,
}

/// A probe that is accepted: its endpoint, its judged environment, and why.
type Excused = (usize, usize, Excuse);

impl Comparison {
    /// Marks the mismatches that `file` lists as accepted on the day `today`. What an earlier list excused is
    /// forgotten.
    pub fn accept(&mut self, file: &AcceptFile, today: Date, scope: Scope) {
        let entries = file.entries();
        // Who lists what a door answers knows about it: that is no wall.
        let walled = self.lift_walls();
        let (mut fates, mut excused) = self.weigh(entries, today);
        let behind: Vec<_> = walled
            .into_iter()
            .filter(|environment| self.is_walled(*environment, &excused))
            .collect();
        if !behind.is_empty() {
            for environment in behind {
                self.raise_wall(environment);
            }
            (fates, excused) = self.weigh(entries, today);
        }
        for (fate, entry) in fates.iter_mut().zip(entries) {
            if *fate == Fate::Unasked && self.would_ask(entry, scope) {
                *fate = Fate::Gone;
            }
        }
        let those = |wanted: Fate| {
            let those = entries.iter().zip(&fates);
            those
                .filter(move |(_, fate)| **fate == wanted)
                .map(|(entry, _)| entry.clone())
        };
        let acceptance = Acceptance {
            file: file.name().to_owned(),
            stale: those(Fate::Gone).collect(),
            expired: those(Fate::Expired).collect(),
        };
        self.set_accepted(acceptance, excused);
    }

    /// What becomes of each entry, and what is excused, by endpoint and judged environment.
    fn weigh(&self, entries: &[Accepted], today: Date) -> (Vec<Fate>, Vec<Excused>) {
        let mut by_endpoint: HashMap<(&Method, &str), Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let key = (&entry.method, entry.path.as_str());
            by_endpoint.entry(key).or_default().push(index);
        }
        let mut fates = vec![Fate::Unasked; entries.len()];
        let mut excused = Vec::new();
        for (endpoint, row) in self.rows().enumerate() {
            let Some(candidates) = by_endpoint.get(&(row.method(), row.path())) else {
                continue;
            };
            for (environment, probe) in row.probes().enumerate() {
                let about = candidates.iter().map(|&index| (index, &entries[index]));
                let about: Vec<_> = about
                    .filter(|(_, entry)| is_about(entry, row, probe))
                    .collect();
                let home = self.home(row, environment);
                let valid = about.iter().map(|(_, entry)| *entry);
                let valid: Vec<_> = valid.filter(|entry| !entry.is_expired(today)).collect();
                let excuse = excuse(&valid, home, probe);
                for (index, entry) in about {
                    let is_expired = entry.is_expired(today);
                    let fate = fate(entry, home, probe, (is_expired, excuse.is_some()));
                    fates[index] = fates[index].max(fate);
                }
                excused.extend(excuse.map(|it| (endpoint, environment, Excuse::of(it))));
            }
        }
        (fates, excused)
    }

    /// Whether the judged environment, all of whose answers are a door's, is behind a wall for all that is `excused`.
    fn is_walled(&self, environment: usize, excused: &[Excused]) -> bool {
        let excused: HashSet<usize> = excused
            .iter()
            .filter(|(_, other, _)| *other == environment)
            .map(|(endpoint, ..)| *endpoint)
            .collect();
        let mut count = Count::default();
        for (endpoint, row) in self.rows().enumerate() {
            let probe = row.probes().nth(environment);
            if let Some(probe) = probe.filter(|probe| probe.status().is_some()) {
                let is_match = probe.verdict() == Verdict::Match;
                count.add(row.path(), is_match || excused.contains(&endpoint));
            }
        }
        count.is_wall()
    }

    /// The mismatches that are not accepted, as entries that would excuse them. What `file` has already is left out,
    /// even if it has expired: to renew it is a decision.
    #[must_use]
    pub fn unaccepted(&self, file: &AcceptFile) -> Vec<Accepted> {
        let mut entries = Vec::new();
        for row in self.rows() {
            for (environment, probe) in row.probes().enumerate() {
                if probe.verdict() != Verdict::Mismatch {
                    continue;
                }
                let home = self.home(row, environment);
                let listed = file.entries().iter();
                let listed = listed.filter(|it| is_about(it, row, probe));
                let usual = entry_for(row, probe, home);
                if !listed.clone().any(|it| excuses(it, home, probe)) {
                    entries.push(usual.clone());
                }
                for status in others(probe) {
                    if !listed.clone().any(|it| it.status == Some(status)) {
                        entries.push(Accepted {
                            status: Some(status),
                            location: None,
                            ..usual.clone()
                        });
                    }
                }
            }
        }
        entries
    }

    fn would_ask(&self, entry: &Accepted, scope: Scope) -> bool {
        let mut environments = self.environments();
        let is_asked = environments.any(|environment| environment.name() == entry.environment);
        let mut rows = self.rows();
        (scope.environments || is_asked)
            && (scope.endpoints || rows.any(|row| row.is_meant_by(entry)))
    }

    /// Where `row` was asked in the judged environment with this index.
    fn home<'c>(&'c self, row: Row<'c>, environment: usize) -> Home<'c> {
        Home {
            environment: self.environments().nth(environment),
            service: row.service(),
        }
    }
}

impl Excuse {
    fn of(entry: &Accepted) -> Self {
        Self {
            reason: entry.reason.clone(),
            until: entry.until,
        }
    }
}

/// Whether the row is meant, and this environment.
fn is_about(entry: &Accepted, row: Row<'_>, probe: Probe<'_>) -> bool {
    entry.environment == probe.environment() && row.is_meant_by(entry)
}

/// The entry that excuses the probe, if every wrong answer that came is listed among `entries`, none of which has
/// expired.
fn excuse<'e>(entries: &[&'e Accepted], home: Home<'_>, probe: Probe<'_>) -> Option<&'e Accepted> {
    if !matches!(probe.verdict(), Verdict::Mismatch | Verdict::Accepted) {
        return None;
    }
    let is_listed = |status| entries.iter().any(|it| it.status == Some(status));
    let mut found = entries.iter().filter(|it| excuses(it, home, probe));
    let found = found.next()?;
    others(probe).into_iter().all(is_listed).then_some(*found)
}

/// The other wrong statuses of a probe that was asked several times: which of them stands for all is chance. One that
/// leads into another environment is wrong by that alone.
fn others(probe: Probe<'_>) -> BTreeSet<StatusCode> {
    if probe.reasons().contains(&Reason::CrossesEnvironment) {
        return BTreeSet::new();
    }
    let seen = probe.statuses();
    seen.filter(|status| Some(*status) != probe.status())
        .collect()
}

fn fate(
    entry: &Accepted,
    home: Home<'_>,
    probe: Probe<'_>,
    (is_expired, is_excused): (bool, bool),
) -> Fate {
    let occurs = || {
        let other = entry.status.filter(|it| others(probe).contains(it));
        other.is_some() || excuses(entry, home, probe)
    };
    match probe.verdict() {
        Verdict::Error => Fate::Unproven,
        Verdict::Mismatch | Verdict::Accepted if occurs() => match (is_expired, is_excused) {
            (true, _) => Fate::Expired,
            (false, true) => Fate::Used,
            // It is not enough, but still so.
            (false, false) => Fate::Unproven,
        },
        _ => Fate::Gone,
    }
}

/// Whether the wrong answer is the one that is listed.
fn excuses(entry: &Accepted, home: Home<'_>, probe: Probe<'_>) -> bool {
    entry.status == probe.status()
        && match &entry.location {
            Some(pattern) => home.targets(probe).iter().any(|it| glob(pattern, it)),
            None => !is_wrong_by_target(probe),
        }
}

/// Whether it is where the answer leads to that is wrong: then an entry has to say which place is accepted.
fn is_wrong_by_target(probe: Probe<'_>) -> bool {
    probe.reasons().iter().any(|reason| match reason {
        Reason::Location | Reason::CrossesEnvironment => true,
        Reason::Same => probe.status().is_some_and(|status| status.is_redirection()),
        Reason::Status => false,
    })
}

/// What would excuse the answer; where it leads on, only that to the same place.
fn entry_for(row: Row<'_>, probe: Probe<'_>, home: Home<'_>) -> Accepted {
    let leads_on = probe.status().is_some_and(|status| status.is_redirection());
    let is_about_target = leads_on || is_wrong_by_target(probe);
    Accepted {
        method: row.method().clone(),
        path: row.path().to_owned(),
        service: Some(row.service().unwrap_or(Accepted::OWN_SERVICE).to_owned()),
        name: row.name().map(str::to_owned),
        environment: probe.environment().to_owned(),
        status: probe.status(),
        location: is_about_target
            .then(|| home.targets(probe).into_iter().next())
            .flatten(),
        reason: Accepted::NO_REASON.to_owned(),
        until: None,
        line: 0,
    }
}
