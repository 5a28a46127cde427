//! An access wall in front of an environment: whatever is asked, the same door answers.
//!
//! Input: the judged probes of an environment. Output: the error that all of them have then. It refuses to see a
//! wall before the reference, where the suite expects what came, or where any one path was answered otherwise.

use std::collections::HashSet;

use http::StatusCode;
use url::Url;

use super::judge::is_redirect;
use super::ledger::{Planned, Source};
use super::verdict::{ErrorKind, ProbeError, Verdict};
use super::view::Probe;
use crate::outcome::{Hop, Sample};
use crate::plan::{ProbeId, is_same_host};

/// So many paths have to be answered by the wall.
const FEWEST: usize = 3;

/// The walls in front of the `judged` environments, for each environment of the plan.
pub(super) fn all(planned: Planned<'_>, judged: &[usize]) -> Vec<Option<ProbeError>> {
    let of = |index| judged.contains(&index).then(|| wall(planned, index))?;
    (0..planned.plan.environments().len()).map(of).collect()
}

/// The wall in front of the environment with this index in the plan, if there is one.
fn wall(planned: Planned<'_>, environment: usize) -> Option<ProbeError> {
    let plan = planned.plan;
    let name = plan.environments().get(environment)?.name();
    if name == plan.reference_name() {
        return None;
    }
    let mut door = Door::default();
    let mut count = Count::default();
    for (endpoint, asked) in plan.endpoints().iter().enumerate() {
        let probe = Probe::new(Source::Planned(planned), endpoint, environment);
        if probe.status().is_none() {
            // Skipped, not asked or lost: that speaks neither for a wall nor against it.
            continue;
        }
        if !door.answers(planned, probe, (endpoint, environment)) {
            return None;
        }
        count.add(asked.path(), probe.verdict() == Verdict::Match);
    }
    count.is_wall().then(|| ProbeError {
        kind: ErrorKind::Walled,
        message: format!("{name} is behind an access wall, which {}", door.does()),
    })
}

/// How much of what a door answers is expected.
#[derive(Default)]
pub(super) struct Count<'p> {
    expected: usize,
    unexpected: usize,
    /// Those whose answers are not, without their queries.
    paths: HashSet<&'p str>,
}

impl<'p> Count<'p> {
    /// Counts an answer for `path`.
    pub(super) fn add(&mut self, path: &'p str, is_expected: bool) {
        if is_expected {
            self.expected += 1;
        } else {
            self.unexpected += 1;
            let bare = path.split_once('?').map_or(path, |(path, _)| path);
            self.paths.insert(bare);
        }
    }

    /// Whether it is a wall's. A suite may well expect some refusals; one that mostly does is answered as it wants to
    /// be.
    pub(super) fn is_wall(&self) -> bool {
        self.paths.len() >= FEWEST && self.unexpected > self.expected
    }
}

/// How the wall answers.
#[derive(Default)]
struct Door {
    /// Whether it answers with 401.
    refuses: bool,
    /// The host it sends to, with the port where that is unusual.
    sends_to: Option<String>,
}

impl Door {
    /// Whether every answer of the probe is one of a wall, and of the same wall as all before.
    fn answers(&mut self, planned: Planned<'_>, probe: Probe<'_>, place: (usize, usize)) -> bool {
        let mut is_ours = |status: Option<StatusCode>, location: Option<&str>, hops: &[Hop]| {
            if hops.is_empty() && status == Some(StatusCode::UNAUTHORIZED) {
                self.refuses = true;
                return true;
            }
            let location = location.filter(|_| status.is_some_and(is_redirect));
            let Some(host) = sign_in_host(planned, place, location, hops) else {
                return false;
            };
            *self.sends_to.get_or_insert_with(|| host.clone()) == host
        };
        match probe.samples() {
            Some(samples) => samples.as_slice().iter().all(|sample| {
                let Sample { observed, hops, .. } = sample;
                let answer = observed.answer();
                let location = answer.and_then(|answer| answer.location.as_deref());
                answer.is_none() || is_ours(answer.map(|answer| answer.status), location, hops)
            }),
            None => is_ours(probe.status(), probe.location(), probe.hops()),
        }
    }

    /// In words that follow on the wall.
    fn does(&self) -> String {
        match (&self.sends_to, self.refuses) {
            (None, _) => "answers every path with 401".to_owned(),
            (Some(host), false) => format!("sends every path to `{host}`"),
            (Some(host), true) => format!("answers every path with 401 or sends it to `{host}`"),
        }
    }
}

/// The host to which an answer led away from the environment, unless that is another environment, or what was
/// asked under another name: neither is a wall.
fn sign_in_host(
    planned: Planned<'_>,
    (endpoint, environment): (usize, usize),
    location: Option<&str>,
    hops: &[Hop],
) -> Option<String> {
    let plan = planned.plan;
    let id = ProbeId {
        endpoint,
        environment,
    };
    let probe = plan.probe(id)?;
    let asked = plan.environments().get(environment)?.at(probe.service);
    let home = asked.base_url()?;
    let request = asked.url(probe.target)?;
    let hops = hops.iter().map(|hop| &*hop.target);
    let mut from = request.clone();
    let away = hops.chain(location).find_map(|target| {
        from = from.join(target).ok()?;
        (!is_same_host(&from, home)).then(|| from.clone())
    })?;
    let is_moved = away.path() == request.path() && request.path() != "/";
    if plan.is_at_home(&away) || is_moved {
        return None;
    }
    named(&away)
}

fn named(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
