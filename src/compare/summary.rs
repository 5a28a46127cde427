//! What an environment's probes add up to.

use std::collections::BTreeMap;

use http::StatusCode;
use url::Url;

use super::ledger::Source;
use super::record::EnvironmentRecord;
use super::verdict::{ErrorKind, ProbeError, Tally, Verdict};
use super::view::Probe;
use crate::outcome::FailureKind;
use crate::plan;
use crate::suite::EnvironmentType;

/// Fewer probes than this have too little in common to speak of all of them.
const FEWEST: usize = 3;

/// The one way in which every probe of an environment went wrong: it is down, or behind a wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uniform {
    /// All are errors of one kind; all but those that got lost, where it is a wall.
    Error {
        /// The first one.
        error: ProbeError,
        /// How many.
        probes: usize,
    },
    /// All are mismatches with one status.
    Status {
        /// The status.
        status: StatusCode,
        /// How many.
        probes: usize,
    },
}

/// An environment's counts.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    pub(super) name: String,
    pub(super) kind: EnvironmentType,
    pub(super) embedded: bool,
    /// Without secrets and a slash at its end.
    pub(super) base_url: String,
    /// The same of its services, by name.
    pub(super) services: Vec<(String, String)>,
    pub(super) tally: Tally,
    pub(super) statuses: Vec<(StatusCode, usize)>,
    pub(super) unasked: usize,
    pub(super) uniform: Option<Uniform>,
}

/// Counts the probes of the environment with this index in the source.
pub(super) fn of(source: Source<'_>, index: usize) -> Environment {
    let probes = || (0..source.endpoints()).map(|endpoint| Probe::new(source, endpoint, index));
    let mut tally = Tally::default();
    let mut statuses = BTreeMap::new();
    let (mut unasked, mut judged) = (0, 0);
    for probe in probes() {
        tally.count(probe.verdict(), probe.flaky());
        if let Some(status) = probe.status() {
            *statuses.entry(status).or_insert(0) += 1;
        }
        unasked += usize::from(probe.is_unasked());
        judged += usize::from(is_judged(&probe));
    }
    let statuses = statuses.into_iter().collect();
    // What is walled is an error.
    let wall = match tally.errors {
        0 => None,
        _ => walled(probes()),
    };
    let EnvironmentRecord {
        name,
        kind,
        base_url,
        services,
        embedded,
    } = record(source, index);
    Environment {
        name,
        kind,
        embedded,
        base_url,
        services,
        tally,
        statuses,
        unasked,
        uniform: wall.or_else(|| uniform(probes().filter(is_judged), judged)),
    }
}

fn record(source: Source<'_>, index: usize) -> EnvironmentRecord {
    match source {
        Source::Recorded(recorded) => recorded.environments[index].clone(),
        Source::Planned(planned) => {
            let environment = &planned.plan.environments()[index];
            let base_url = |site: &plan::Environment| {
                let url = site.base_url().map_or("", Url::as_str);
                let secrets = planned.plan.secrets();
                secrets.redact(url.trim_end_matches('/')).into_owned()
            };
            let services = environment.services().iter();
            let name = |service: &plan::Environment| service.service().unwrap_or_default().into();
            EnvironmentRecord {
                name: environment.name().to_owned(),
                kind: environment.kind(),
                base_url: base_url(environment),
                services: services.map(|it| (name(it), base_url(it))).collect(),
                embedded: environment.has_mock(),
            }
        }
    }
}

/// What is behind a wall is told as a whole, whatever else went wrong on the way to it.
fn walled<'c>(probes: impl Iterator<Item = Probe<'c>>) -> Option<Uniform> {
    let mut walled = probes.filter(|probe| probe.error_kind() == Some(ErrorKind::Walled));
    let error = walled.next()?.error()?.clone();
    let probes = 1 + walled.count();
    Some(Uniform::Error { error, probes })
}

fn is_judged(probe: &Probe<'_>) -> bool {
    probe.verdict() != Verdict::Skipped && !probe.is_unasked()
}

/// What all of `probes` have in common, if all went wrong in one way; `count` of them, which were counted already.
fn uniform<'c>(mut probes: impl Iterator<Item = Probe<'c>>, count: usize) -> Option<Uniform> {
    let first = probes.next().filter(|_| count >= FEWEST)?;
    match (first.verdict(), first.error(), first.status()) {
        (Verdict::Error, Some(error), _) => probes
            .all(|probe| {
                // What was not asked any more only follows from the others.
                let unreachable = ErrorKind::Failure(FailureKind::Unreachable);
                let kind = probe.error_kind();
                kind == Some(error.kind) || kind == Some(unreachable)
            })
            .then(|| Uniform::Error {
                error: error.clone(),
                probes: count,
            }),
        (Verdict::Mismatch, _, Some(status)) => probes
            .all(|probe| probe.verdict() == Verdict::Mismatch && probe.status() == Some(status))
            .then_some(Uniform::Status {
                status,
                probes: count,
            }),
        _ => None,
    }
}
