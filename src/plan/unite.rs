//! The environments of several suites as those of one run.
//!
//! Input: for each suite the environments that it is asked in, resolved by its own `vars`. Output: each environment
//! once, and what every suite has of it for itself. It refuses an environment that is not the same in two suites, once
//! all values are known: a run would have to choose.

use std::sync::Arc;

use http::HeaderName;

use super::build::{Asked, Context};
use super::connection::{Connection, Ready};
use super::environment::{Detail, Environment};
use super::ground::{Ground, View};
use crate::diagnostic::Diagnostic;
use crate::suite::{self, Place, Suite, environments_differ};

/// Makes one list of those of all suites, which come by their numbers, in the order of their first mention.
pub(super) fn unite<'a>(
    context: &mut Context<'a>,
    parts: Vec<(usize, Vec<Asked<'a>>)>,
) -> (Vec<Environment>, Vec<Ground>) {
    let mut united: Vec<(&Suite, Asked<'_>)> = Vec::new();
    let mut grounds = Vec::with_capacity(parts.len());
    for (suite, asked) in parts {
        context.turn_to(suite);
        let mut ground = Ground::default();
        for (index, asked) in asked.into_iter().enumerate() {
            let view = View::new(index, &asked.planned);
            let (name, home) = (asked.planned.name(), context.home(asked.suite));
            let place = united.iter().position(|(_, it)| it.planned.name() == name);
            ground.put(place.unwrap_or(united.len()), view);
            let Some((first, known)) = place.and_then(|place| united.get_mut(place)) else {
                united.push((home, asked));
                continue;
            };
            let differing = absorb(&mut known.planned, asked.planned, asked.suite);
            if !differing.is_empty() {
                tell(context, &first.source.name, (home, asked.suite), &differing);
            }
        }
        grounds.push(ground);
    }
    let united = united.into_iter().map(|(_, asked)| asked.planned);
    (united.collect(), grounds)
}

fn tell(
    context: &mut Context<'_>,
    first: &str,
    (home, environment): (&Suite, &suite::Environment),
    differing: &[Vec<String>],
) {
    let name = &environment.name;
    let keys: Vec<String> = differing.iter().map(|keys| keys.join(".")).collect();
    let told = environments_differ(name, first, &keys);
    let nearest = differing.first().into_iter().flatten().cloned();
    let place = ["environments".to_owned(), name.clone()];
    let place = Place::Keys(place.into_iter().chain(nearest).collect());
    let problem = home.problem(&place, told.code, told.message);
    let problem = told.help.into_iter().fold(problem, Diagnostic::help);
    context.problems.plain().push(problem.help(
        "what it comes to differs: the `vars` that it uses, the files that it names, or the headers of `defaults` with which it signs in",
    ));
}

/// Adds to `one` what only `other` knows of the same environment, and tells the keys that came to something else.
fn absorb(
    one: &mut Environment,
    mut other: Environment,
    written: &suite::Environment,
) -> Vec<Vec<String>> {
    let mut differing = Vec::new();
    let names = written.layer.headers.iter().map(|(name, _)| name);
    let services = std::mem::take(&mut other.services);
    let settings = differing_settings(one, &other);
    differing.extend(settings.map(|key| vec![key.to_owned()]));
    absorb_site(one, other, names.clone(), &[], &mut differing);
    let pairs = one.services.iter_mut().zip(services);
    for ((one, other), written) in pairs.zip(&written.services) {
        let own = written.headers.iter().map(|(name, _)| name);
        let keys = ["services", written.name.as_str()];
        let names = names.clone().chain(own);
        absorb_site(one, other, names, &keys, &mut differing);
    }
    differing
}

/// The same for the environment's own base URL, or for the service below `keys`; `headers` are the names of those that
/// the environment has, and not `defaults`.
fn absorb_site<'h>(
    one: &mut Environment,
    mut other: Environment,
    headers: impl Iterator<Item = &'h HeaderName>,
    keys: &[&str],
    differing: &mut Vec<Vec<String>>,
) {
    let mut differ = |below: &[&str]| {
        let keys = keys.iter().chain(below);
        differing.push(keys.map(|&key| key.to_owned()).collect());
    };
    let follows_redirects = one.follows_redirects || other.follows_redirects;
    one.follows_redirects = follows_redirects;
    if other.detail == Detail::Address {
        return;
    }
    if one.detail == Detail::Address {
        other.follows_redirects = follows_redirects;
        other.services = std::mem::take(&mut one.services);
        *one = other;
        return;
    }
    if one.base != other.base {
        differ(&[if one.is_mock() { "mock" } else { "base_url" }]);
    }
    for name in headers {
        if !one
            .headers
            .get_all(name)
            .iter()
            .eq(other.headers.get_all(name))
        {
            differ(&["headers", name.as_str()]);
        }
    }
    let names = other.credential_names.into_iter();
    let kinds = other.origin.credentials.into_iter();
    for ((name, credential), kind) in names.zip(other.credentials).zip(kinds) {
        let known = one.credential_names.iter().position(|it| *it == name);
        match known.and_then(|index| one.credentials.get(index)) {
            Some(known) if *known == credential => {}
            Some(_) => match &name {
                None => differ(&["auth"]),
                Some(name) => differ(&["credentials", name]),
            },
            None => {
                one.credential_names.push(name);
                one.credentials.push(credential);
                one.origin.credentials.push(kind);
            }
        }
    }
}

/// What an environment has once, whatever its services are.
fn differing_settings(
    one: &Environment,
    other: &Environment,
) -> impl Iterator<Item = &'static str> {
    let (way, way_of_other) = (&one.connection, &other.connection);
    let trust = |it: &Connection| (it.ca.clone(), it.identity.clone(), it.min_tls, it.insecure);
    // What asks is the headers of the first suite: whether it is ready is no part of what is judged.
    let ready = |it: &Environment| {
        let ready = it.ready.clone();
        ready.map(|ready| Ready {
            request_headers: Arc::default(),
            ..ready
        })
    };
    let keys = [
        ("type", one.kind == other.kind),
        ("tls", trust(way) == trust(way_of_other)),
        ("proxy", way.proxy == way_of_other.proxy),
        (
            "resolve",
            way.resolve
                .iter()
                .all(|it| way_of_other.resolve.contains(it)),
        ),
        (
            "http_version",
            way.http_version == way_of_other.http_version,
        ),
        (
            "connect_timeout",
            way.connect_timeout == way_of_other.connect_timeout,
        ),
        ("concurrency", one.concurrency == other.concurrency),
        ("rate_limit", one.rate_interval == other.rate_interval),
        ("ready", ready(one) == ready(other)),
    ];
    keys.into_iter()
        .filter(|(_, same)| !same)
        .map(|(key, _)| key)
}
