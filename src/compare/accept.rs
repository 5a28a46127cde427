//! Mismatches that are known and accepted.
//!
//! Input: a finished comparison, a list of accepted mismatches, and the day. Output: the same comparison with
//! what the list excuses marked as accepted, and what is left of the list. It refuses to excuse an error, which
//! proves nothing, and any answer but the one that is listed.

use std::collections::HashMap;
use std::iter::once;

use http::Method;
use jiff::civil::Date;
use url::Url;

use super::comparison::Comparison;
use super::verdict::{Excuse, Reason, Verdict};
use super::view::{EnvironmentView, Probe, Row};
use crate::expect::{Origin, glob};
use crate::suite::{AcceptFile, Accepted};

/// What an environment's own base URL is called beside its services.
const OWN: &str = "default";

/// What became of a list of accepted mismatches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The file as the user named it.
    pub file: String,
    /// Entries for mismatches that no longer occur.
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

impl Comparison {
    /// Marks the mismatches that `file` lists as accepted on the day `today`. What an earlier list excused is
    /// forgotten.
    pub fn accept(&mut self, file: &AcceptFile, today: Date, scope: Scope) {
        let entries = file.entries();
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
                for &index in candidates {
                    let entry = &entries[index];
                    if !is_about(entry, row, probe) {
                        continue;
                    }
                    let fate = fate(entry, self.home(row, environment), probe, today);
                    if fate == Fate::Used {
                        excused.push((endpoint, environment, Excuse::of(entry)));
                    }
                    fates[index] = fates[index].max(fate);
                }
            }
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

    /// The mismatches that are not accepted, as entries that would excuse them. Those with an entry that has
    /// expired are left out: to renew it is a decision.
    #[must_use]
    pub fn unaccepted(&self) -> Vec<Accepted> {
        let expired = self.acceptance().map_or(&[][..], |all| &all.expired);
        let mut entries = Vec::new();
        for row in self.rows() {
            for (environment, probe) in row.probes().enumerate() {
                let home = self.home(row, environment);
                let is_expired =
                    |entry: &Accepted| is_about(entry, row, probe) && excuses(entry, home, probe);
                if probe.verdict() == Verdict::Mismatch && !expired.iter().any(is_expired) {
                    entries.push(entry_for(row, probe, home));
                }
            }
        }
        entries
    }

    fn would_ask(&self, entry: &Accepted, scope: Scope) -> bool {
        let mut environments = self.environments();
        let is_asked = environments.any(|environment| environment.name() == entry.environment);
        let is_row = |row: &Row<'_>| {
            (row.method(), row.path()) == (&entry.method, &entry.path) && is_named(entry, *row)
        };
        (scope.environments || is_asked) && (scope.endpoints || self.rows().any(|row| is_row(&row)))
    }

    /// Where `row` was asked in the judged environment with this index.
    fn home<'c>(&'c self, row: Row<'c>, environment: usize) -> Home<'c> {
        Home {
            environment: self.environments().nth(environment),
            service: row.service(),
        }
    }
}

/// Where an endpoint was asked, and what else its environment is.
#[derive(Clone, Copy)]
struct Home<'c> {
    environment: Option<EnvironmentView<'c>>,
    service: Option<&'c str>,
}

impl<'c> Home<'c> {
    /// Everything the environment is, by name.
    fn addresses(self) -> Vec<(&'c str, Url)> {
        let all = self.environment.into_iter().flat_map(|it| {
            let services = it.services().iter();
            let services = services.map(|(name, url)| (name.as_str(), url.as_str()));
            once((OWN, it.base_url())).chain(services)
        });
        all.filter_map(|(name, url)| Some((name, Url::parse(url).ok()?)))
            .collect()
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

/// Whether a row that has the method and path of `entry` is meant, and this environment.
fn is_about(entry: &Accepted, row: Row<'_>, probe: Probe<'_>) -> bool {
    entry.environment == probe.environment() && is_named(entry, row)
}

fn is_named(entry: &Accepted, row: Row<'_>) -> bool {
    entry.name.is_none() || entry.name.as_deref() == row.name()
}

fn fate(entry: &Accepted, home: Home<'_>, probe: Probe<'_>, today: Date) -> Fate {
    match probe.verdict() {
        Verdict::Error => Fate::Unproven,
        Verdict::Mismatch | Verdict::Accepted if excuses(entry, home, probe) => {
            if entry.is_expired(today) {
                Fate::Expired
            } else {
                Fate::Used
            }
        }
        _ => Fate::Gone,
    }
}

/// Whether the wrong answer is the one that is listed.
fn excuses(entry: &Accepted, home: Home<'_>, probe: Probe<'_>) -> bool {
    entry.status == probe.status()
        && match &entry.location {
            Some(pattern) => targets(probe, home).iter().any(|it| glob(pattern, it)),
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

/// Where the answer, and the redirects before it, led to: first in a form that holds wherever the environment is,
/// then with the services' URLs in full. None where it leads nowhere.
fn targets(probe: Probe<'_>, home: Home<'_>) -> Vec<String> {
    let leads_on = probe.status().is_some_and(|status| status.is_redirection());
    let hops = probe.hops().iter().map(|hop| &*hop.target);
    let places = hops.chain(probe.location().filter(|_| leads_on));
    let addresses = home.addresses();
    let own = home.service.unwrap_or(OWN);
    let base = addresses.iter().find(|(name, _)| *name == own);
    let mut asked = Url::parse(&probe.url()).ok();
    let (mut named, mut whole) = (Vec::new(), Vec::new());
    for place in places {
        let path = |base: &Url| {
            let origin = Origin {
                base,
                addresses: &[],
            };
            let request = asked.as_ref().unwrap_or(base);
            origin.relative(place, request)
        };
        let text = base.map_or_else(|| place.to_owned(), |(_, base)| path(base));
        let services = addresses
            .iter()
            .filter(|_| !text.starts_with('/') && addresses.len() > 1);
        let services = services.filter_map(|(name, base)| {
            let path = path(base);
            path.starts_with('/')
                .then(|| (base.path().len(), format!("{name}:{path}")))
        });
        // The closest one.
        let service = services.max_by_key(|(closeness, _)| *closeness);
        named.push(service.map_or_else(|| text.clone(), |(_, name)| name));
        whole.push(text);
        asked = asked.and_then(|asked| asked.join(place).ok());
    }
    let mut forms = vec![named.join(" -> "), whole.join(" -> ")];
    forms.dedup();
    forms.retain(|form| !form.is_empty());
    forms
}

/// What would excuse the answer; where it leads on, only that to the same place.
fn entry_for(row: Row<'_>, probe: Probe<'_>, home: Home<'_>) -> Accepted {
    let leads_on = probe.status().is_some_and(|status| status.is_redirection());
    let is_about_target = leads_on || is_wrong_by_target(probe);
    Accepted {
        method: row.method().clone(),
        path: row.path().to_owned(),
        name: row.name().map(str::to_owned),
        environment: probe.environment().to_owned(),
        status: probe.status(),
        location: is_about_target
            .then(|| targets(probe, home).into_iter().next())
            .flatten(),
        reason: Accepted::NO_REASON.to_owned(),
        until: None,
        line: 0,
    }
}
