//! Where a probe was led: the redirects that were followed, and the one that was not.

use std::borrow::Cow;
use std::cell::OnceCell;

use url::{Position, Url};

use crate::expect::{Expectation, Origin, Target};
use crate::outcome::Hop;
use crate::plan::{Plan, ProbeId, is_normal, url_below};

/// The redirects of one probe, and what they are relative to. Only the few probes that have any get one.
#[derive(Debug, Clone)]
pub(super) struct Trail<'a> {
    /// The base URL that was asked: the environment's own, or a service's.
    pub(super) base: &'a Url,
    /// Everywhere the environment is, by name, where it has services.
    pub(super) addresses: Vec<(&'a str, &'a Url)>,
    /// What was asked first, below the base URL.
    pub(super) target: &'a str,
    /// The same as a whole, once somebody wants it.
    pub(super) request: OnceCell<Url>,
    /// The redirects that were followed.
    pub(super) hops: &'a [Hop],
    /// The `Location` of the last answer.
    pub(super) location: Option<&'a str>,
}

impl<'a> Trail<'a> {
    /// Whether the answer with this number, from 0, leads to `target`.
    pub(super) fn leads_to(&self, answer: usize, target: &Target) -> bool {
        let location = self.step(answer);
        location.is_some_and(|(from, to)| target.admits(to, &from, self.origin()))
    }

    /// Whether the last answer leads to the same place as that of `other`, which another environment gave.
    pub(super) fn leads_like(&self, other: &Self) -> bool {
        if let (Some(own), Some(others)) = (self.place_at_home(), other.place_at_home())
            && self.addresses.is_empty()
            && other.addresses.is_empty()
        {
            let is_same = own == others;
            if is_left_as_is(own) && (is_same || is_left_as_is(others)) {
                return is_same;
            }
        }
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
        if self.place_at_home().is_some_and(is_left_as_is) && !plan.shares_host(id) {
            return false;
        }
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
            None => Cow::Borrowed(self.request()),
        };
        let to = match self.hops.get(answer) {
            Some(hop) => &hop.target,
            None => self.location?,
        };
        Some((from, to))
    }

    /// The URL that was asked first.
    fn request(&self) -> &Url {
        let make = || url_below(self.base, self.target);
        self.request.get_or_init(make)
    }

    /// Where the answer leads, if that is evidently where it was asked. Of a million redirects it takes a parser to
    /// understand but a few.
    fn place_at_home(&self) -> Option<&'a str> {
        let location = self.location.filter(|_| self.hops.is_empty())?;
        place_at(self.base, location)
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            base: self.base,
            addresses: &self.addresses,
        }
    }
}

/// Path and query of a location that is on the host of `base`, and spelt as the parser leaves it.
pub(super) fn evident_place<'l>(base: &Url, location: &'l str) -> Option<&'l str> {
    place_at(base, location).filter(|place| is_left_as_is(place))
}

/// What follows on the host of `base` in a location, from the slash on.
fn place_at<'l>(base: &Url, location: &'l str) -> Option<&'l str> {
    if !is_root(base) {
        return None;
    }
    let place = if location.starts_with('/') {
        // `//host/path` is on another host.
        Some(location).filter(|location| !location.starts_with("//"))?
    } else {
        let rest = location.strip_prefix("http")?;
        let (scheme, rest) = match rest.strip_prefix('s') {
            Some(rest) => ("https", rest),
            None => ("http", rest),
        };
        // Without a port both are one host, as everywhere else.
        let is_asked = scheme == base.scheme() || base.port().is_none();
        let rest = rest.strip_prefix("://").filter(|_| is_asked)?;
        rest.strip_prefix(&base[Position::BeforeHost..Position::BeforePath])?
    };
    place.starts_with('/').then_some(place)
}

/// Whether a URL is a host of the web and nothing else.
fn is_root(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.username().is_empty()
        && url.password().is_none()
}

/// Whether a parser leaves path and query as they are.
pub(super) fn is_left_as_is(place: &str) -> bool {
    let path = path_of(place);
    // The segments `.` and `..` have many spellings.
    is_normal(place) && !path.contains("/.") && !path.contains('%')
}

/// What of a path and query stands before the query.
pub(super) fn path_of(place: &str) -> &str {
    place.split_once('?').map_or(place, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> impl Strategy<Value = Url> {
        let bases = [
            "http://h.test",
            "https://h.test",
            "http://h.test:8080",
            "http://h.test:443",
            "https://h.test:80",
            "http://[::1]:81",
            "http://h.test/shop",
            "http://user@h.test",
            "foo://h.test/",
        ];
        let bases = bases.map(|text| Url::parse(text).unwrap());
        prop::sample::select(bases.to_vec())
    }

    #[test]
    fn most_places_are_evident() {
        let base = Url::parse("http://h.test").unwrap();
        for (location, place) in [
            ("/new", Some("/new")),
            ("/new?a=b&c", Some("/new?a=b&c")),
            ("/new?to=%2F..%2Fa/../b", Some("/new?to=%2F..%2Fa/../b")),
            ("http://h.test/new/", Some("/new/")),
            ("https://h.test/new", Some("/new")),
            ("http://h.test", None),
            ("http://h.test:80/new", None),
            ("http://h.test.evil/new", None),
            ("http://h.test@evil/new", None),
            ("//evil/new", None),
            ("/\\evil/new", None),
            ("/a/../new", None),
            ("/a/%2e%2e/new", None),
            ("/a#b", None),
            ("new", None),
            ("", None),
        ] {
            assert_eq!(evident_place(&base, location), place, "{location}");
        }
    }

    fn location() -> impl Strategy<Value = String> {
        "(http:|https:|HTTP:)?(//)?(h\\.test|\\[::1\\]|g\\.test|user@h\\.test)?(:80|:81|:443|:8080)?(/|/a|\\.|\\.\\.|%2e|\\\\|\\?|#|:|@|b|é|'| |\\||\t){0,6}"
    }

    proptest! {
        /// A parser comes to the same.
        #[test]
        fn what_is_evident_is_so(
            base in base(),
            location in location()
        ) {
            if let Some(place) = evident_place(&base, &location) {
                let request = url_below(&base, "/x/y?z");
                let origin = Origin { base: &base, addresses: &[] };
                let there = request.join(&location).unwrap();
                prop_assert_eq!(origin.relative(&location, &request), place);
                prop_assert_eq!(
                    (there.host(), there.port()),
                    (base.host(), base.port())
                );
            }
        }

        /// A parser comes to the same.
        #[test]
        fn what_leads_alike_does_so(
            bases in [base(), base()],
            first in location(),
            second in prop::option::of(location())
        ) {
            let second = second.as_ref().unwrap_or(&first);
            let trail = |base, location| Trail {
                base,
                addresses: Vec::new(),
                target: "/x/y?z",
                request: OnceCell::new(),
                hops: &[],
                location: Some(location),
            };
            let (own, other) = (trail(&bases[0], &first), trail(&bases[1], second));
            let same = own.destinations() == other.destinations();
            prop_assert_eq!(own.leads_like(&other), same);
        }
    }
}
