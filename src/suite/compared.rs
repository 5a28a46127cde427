//! What a suite asks once its own environments are out of the picture.
//!
//! Input: the raw form of a suite. Output: the same without what only its own environments can be held to, and the
//! services that it names.

use super::credential::{ANONYMOUS, DEFAULT};
use super::include::Loaded;
use super::model::{Base, Environment};
use super::raw::{RawDefaults, RawEndpoint, RawEntry, RawExpect, RawRoot, RawSuite, Text};
use super::service;
use super::validate::Purpose;

/// Takes out of a suite what it expects, its environments, and who asks them: all endpoints are then compared
/// with the reference.
pub(super) fn keep_questions(suite: &mut RawSuite, entries: &mut [RawEntry]) {
    suite.environments = None;
    suite.reference = None;
    if let Some(defaults) = &mut suite.defaults {
        *defaults = RawDefaults {
            expect: None,
            same: None,
            environments: None,
            redirects: None,
            credential: unnamed(defaults.credential.take()),
            ..std::mem::take(defaults)
        };
    }
    for entry in entries {
        match entry {
            RawEntry::Bare(_) => {}
            RawEntry::Pair(_, expect) => *expect = RawExpect::One("same".to_owned()),
            RawEntry::Long(endpoint) => {
                **endpoint = RawEndpoint {
                    expect: None,
                    same: None,
                    environments: None,
                    redirects: None,
                    credential: unnamed(endpoint.credential.take()),
                    ..std::mem::take(&mut **endpoint)
                };
            }
        }
    }
}

/// A credential's name means nothing without the environment that knows it.
fn unnamed(credential: Option<Text>) -> Option<Text> {
    let Text(name) = credential?;
    let kept = if name == ANONYMOUS {
        name
    } else {
        DEFAULT.to_owned()
    };
    Some(Text(kept))
}

/// The services that `files` name, where nothing else says which there are.
pub(super) fn services(purpose: Purpose, files: &[Loaded]) -> Vec<String> {
    let files = files.iter().filter(|_| purpose == Purpose::Compare);
    let names = files.flat_map(services_of);
    let mut names: Vec<_> = names.map(|Text(name)| name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Gives every environment the services that are `asked` and nothing has told where they are: whether that matters
/// depends on what a run selects. `services` are the names of all.
pub(super) fn add_services(
    asked: Vec<String>,
    environments: &mut [Environment],
    services: &mut Vec<String>,
) {
    for name in asked {
        let is_new = name != service::OWN && !services.contains(&name);
        let is_sound = |it: &Environment| service::check_name(&name, &it.services).is_ok();
        if is_new && environments.iter().all(is_sound) {
            for environment in &mut *environments {
                let unknown = service::plain(&name, Base::Nowhere);
                environment.services.push(unknown);
            }
            services.push(name);
        }
    }
}

/// The services that the defaults and the endpoints of a file name.
fn services_of(file: &Loaded) -> impl Iterator<Item = &Text> {
    let root = file.read.as_ref().map(|read| &read.raw);
    let (defaults, entries) = match root {
        Some(RawRoot::Suite(raw)) => {
            let entries = raw.endpoints.as_ref().map_or(&[][..], |entries| &entries.0);
            (raw.defaults.as_ref(), entries)
        }
        Some(RawRoot::Bare(entries)) => (None, &entries[..]),
        None => (None, &[][..]),
    };
    let own = entries.iter().filter_map(|entry| match entry {
        RawEntry::Long(endpoint) => endpoint.service.as_ref(),
        RawEntry::Bare(_) | RawEntry::Pair(..) => None,
    });
    defaults
        .and_then(|it| it.service.as_ref())
        .into_iter()
        .chain(own)
}
