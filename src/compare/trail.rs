//! Where a probe was led: the redirects that were followed, and the one that was not.

use std::borrow::Cow;

use url::Url;

use crate::expect::{Expectation, Origin, Target};
use crate::outcome::Hop;
use crate::plan::{Plan, ProbeId};

/// The redirects of one probe, and what they are relative to. Only the few probes that have any get one.
#[derive(Debug, Clone)]
pub(super) struct Trail<'a> {
    /// The base URL that was asked: the environment's own, or a service's.
    pub(super) base: &'a Url,
    /// Everywhere the environment is, by name, where it has services.
    pub(super) addresses: Vec<(&'a str, &'a Url)>,
    /// What was asked first.
    pub(super) request: Url,
    /// The redirects that were followed.
    pub(super) hops: &'a [Hop],
    /// The `Location` of the last answer.
    pub(super) location: Option<&'a str>,
    /// Whether one of them leads into another environment of the suite without being told to.
    pub(super) crosses: bool,
}

impl<'a> Trail<'a> {
    /// Whether the answer with this number, from 0, leads to `target`.
    pub(super) fn leads_to(&self, answer: usize, target: &Target) -> bool {
        let location = self.step(answer);
        location.is_some_and(|(from, to)| target.admits(to, &from, self.origin()))
    }

    /// Whether the last answer leads to the same place as that of `other`, which another environment gave.
    pub(super) fn leads_like(&self, other: &Self) -> bool {
        let (own, others) = (self.destinations(), other.destinations());
        own == others || own.iter().any(|place| others.contains(place))
    }

    /// Whether the last answer leads nowhere.
    pub(super) fn leads_nowhere(&self) -> bool {
        self.step(self.hops.len()).is_none()
    }

    /// Where the last answer leads, in a form that two environments can be compared by: `/path` where it was asked,
    /// and `login:/path` for each service that it is a path of. What is one host in one environment may be two in
    /// another.
    pub(super) fn destinations(&self) -> Vec<String> {
        let Some((from, to)) = self.step(self.hops.len()) else {
            return Vec::new();
        };
        let place = self.origin().relative(to, &from);
        let named = self.addresses.iter().filter_map(|(name, base)| {
            let address = Origin {
                base,
                addresses: &[],
            };
            let path = address.relative(to, &from);
            path.starts_with('/').then(|| format!("{name}:{path}"))
        });
        let mut places: Vec<_> = named.collect();
        // A URL is whole only for what is nobody's.
        if place.starts_with('/') || places.is_empty() {
            places.push(place);
        }
        places
    }

    /// Whether any redirect leads into another environment than the one that `id` asks, unless `expectation`
    /// names that very URL. `last_leads` tells whether the last answer is a redirect at all.
    pub(super) fn leads_away(
        &self,
        plan: &Plan,
        id: ProbeId,
        expectation: &Expectation,
        last_leads: bool,
    ) -> bool {
        let answers = self.hops.len() + usize::from(last_leads);
        (0..answers).any(|answer| {
            let Some((from, to)) = self.step(answer) else {
                return false;
            };
            let away = from.join(to).is_ok_and(|to| plan.is_elsewhere(id, &to));
            let step = match expectation {
                Expectation::Chain(steps) => steps.get(answer),
                one => Some(one),
            };
            let named = match step {
                Some(Expectation::Redirect(_, target)) => {
                    target.is_whole() && target.admits(to, &from, self.origin())
                }
                _ => false,
            };
            away && !named
        })
    }

    /// Where an answer leads, and what that is relative to.
    fn step(&self, answer: usize) -> Option<(Cow<'_, Url>, &'a str)> {
        let from = match answer.checked_sub(1) {
            Some(before) => Cow::Owned(Url::parse(&self.hops.get(before)?.target).ok()?),
            None => Cow::Borrowed(&self.request),
        };
        let to = match self.hops.get(answer) {
            Some(hop) => &hop.target,
            None => self.location?,
        };
        Some((from, to))
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            base: self.base,
            addresses: &self.addresses,
        }
    }
}
