//! An access wall in front of an environment: whatever is asked, the same door answers.
//!
//! Input: the judged probes of an environment, of this run or of all shards of one. Output: the error that all of them
//! have then. It refuses to see a wall before the reference, where the suite expects what came, or where any one path
//! was answered otherwise.

mod sign_in;

use http::StatusCode;

pub(super) use self::sign_in::SignIn;

use super::judge::is_redirect;
use super::ledger::{Ledger, Planned, Source};
use super::trail::path_of;
use super::verdict::{ErrorKind, ProbeError, Verdict};
use super::view::{Probe, Row};
use crate::outcome::{Hop, Sample};
use crate::plan::ProbeId;

/// So many paths have to be answered by the wall.
const FEWEST: usize = 3;

/// The walls in front of the judged environments, for each environment of the source.
pub(super) fn all(ledger: Ledger<'_>) -> Vec<Option<ProbeError>> {
    let of = |index| {
        ledger
            .judged
            .contains(&index)
            .then(|| wall(ledger, index))?
    };
    (0..ledger.source.environments()).map(of).collect()
}

/// The wall in front of the environment with this index in the source, if there is one.
fn wall(ledger: Ledger<'_>, environment: usize) -> Option<ProbeError> {
    let mut wall: Option<(&str, Door)> = None;
    let mut sign_in = SignIn::default();
    let mut count = Count::default();
    for endpoint in 0..ledger.source.endpoints() {
        let probe = Probe::new(ledger.source, endpoint, environment);
        if probe.status().is_none() {
            // Skipped, not asked or lost: that speaks neither for a wall nor against it.
            continue;
        }
        let door = match ledger.source {
            Source::Planned(planned) => of(
                planned,
                ProbeId {
                    endpoint,
                    environment,
                },
                &mut sign_in,
            ),
            Source::Recorded(_) => probe.door(),
        }?;
        let door = match wall {
            Some((_, before)) => before.and(door)?,
            None => door,
        };
        wall = Some((probe.environment(), door));
        let is_expected = matches!(probe.verdict(), Verdict::Match | Verdict::Accepted);
        count.add(Row { ledger, endpoint }.path(), is_expected);
    }
    let (name, door) = wall.filter(|_| count.is_wall())?;
    Some(ProbeError {
        kind: ErrorKind::Walled,
        message: format!("{name} is behind an access wall, which {}", door.does()),
    })
}

/// The door of which every answer of this probe is, if there is one. The reference has none. `sign_in` is where earlier
/// probes of the environment were sent, if that is known.
pub(super) fn of(planned: Planned<'_>, id: ProbeId, sign_in: &mut SignIn) -> Option<Door> {
    let plan = planned.plan;
    let probe = Probe::new(Source::Planned(planned), id.endpoint, id.environment);
    if probe.environment() == plan.reference_name() {
        return None;
    }
    let mut door = |status: Option<StatusCode>, location: Option<&str>, hops: &[Hop]| {
        if hops.is_empty() && status == Some(StatusCode::UNAUTHORIZED) {
            return Some(Door {
                refuses: true,
                sends_to: None,
            });
        }
        let location = location.filter(|_| status.is_some_and(is_redirect));
        let host = sign_in.host(plan, id, location, hops)?.to_owned();
        Some(Door {
            refuses: false,
            sends_to: Some(host),
        })
    };
    let Some(samples) = probe.samples() else {
        return door(probe.status(), probe.location(), probe.hops());
    };
    let answers = samples.as_slice().iter().filter_map(|sample| {
        let Sample { observed, hops, .. } = sample;
        Some((observed.answer()?, hops))
    });
    answers
        .map(|(answer, hops)| door(Some(answer.status), answer.location.as_deref(), hops))
        .reduce(|one, other| one?.and(other?))?
}

/// How much of what a door answers is expected.
#[derive(Default)]
pub(super) struct Count<'p> {
    expected: usize,
    unexpected: usize,
    /// The first few of those whose answers are not, without their queries.
    paths: Vec<&'p str>,
}

impl<'p> Count<'p> {
    /// Counts an answer for `path`.
    pub(super) fn add(&mut self, path: &'p str, is_expected: bool) {
        if is_expected {
            self.expected += 1;
        } else {
            self.unexpected += 1;
            let path = path_of(path);
            if self.paths.len() < FEWEST && !self.paths.contains(&path) {
                self.paths.push(path);
            }
        }
    }

    /// Whether it is a wall's. A suite may well expect some refusals; one that mostly does is answered as it wants to
    /// be.
    pub(super) fn is_wall(&self) -> bool {
        self.paths.len() >= FEWEST && self.unexpected > self.expected
    }
}

/// How a wall answers: the same for all that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Whether it answers with 401.
    pub refuses: bool,
    /// The host it sends to, with the port where that is unusual.
    pub sends_to: Option<String>,
}

impl Door {
    /// The door that both are, if they are one.
    fn and(self, other: Self) -> Option<Self> {
        if let (Some(one), Some(other)) = (&self.sends_to, &other.sends_to)
            && one != other
        {
            return None;
        }
        Some(Self {
            refuses: self.refuses || other.refuses,
            sends_to: self.sends_to.or(other.sends_to),
        })
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
