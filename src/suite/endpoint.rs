//! Endpoints in all their forms.
//!
//! Input: the entries of `endpoints`, `defaults` and the names of the environments. Output: [`Endpoint`]s in
//! the order of the file; those that differ only in their path share one [`EndpointSpec`].

mod bind;
mod expand;
mod expected;

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;

use super::address::check_path;
use super::defaults::{self, Defaults};
use super::duration::parse_duration;
use super::expectation::{self, Stated};
use super::model::{As, Body, Endpoint, EndpointSpec, Environment, Expected, Layer};
use super::names::shortened_path;
use super::place::Place;
use super::problems::Problems;
use super::raw::{List, RawEndpoint, RawEntry, RawExpect, Text};
use super::redirects::{self, Beside, Chain};
use super::service::{self, Wanted};
use super::template::Template;
use super::{environment, fields, method, retry, role, slip};
use crate::diagnostic::{Diagnostic, Source};
use crate::expect::Expectation;

/// Reads all entries; `lines` are theirs.
pub(super) fn read(
    entries: Vec<RawEntry>,
    lines: &[u32],
    source: &Source,
    defaults: &Defaults,
    environments: &[Environment],
    services: &[String],
    problems: &mut Problems,
) -> Vec<Endpoint> {
    let names = environment::names(environments);
    let mut reader = Reader {
        source,
        defaults,
        environments: &names,
        known: environments,
        services,
        problems,
        shared: HashMap::new(),
        same: Arc::new(Expectation::Same),
        gap_reported: false,
        role_reported: false,
    };
    let line = |index: usize| lines.get(index).copied().unwrap_or(1);
    if entries.iter().any(RawEntry::is_expanded) {
        let mut endpoints = Vec::with_capacity(entries.len());
        for (index, entry) in entries.into_iter().enumerate() {
            reader.expand(entry, number(index), line(index), &mut endpoints);
        }
        return endpoints;
    }
    let read = |(index, entry): (usize, RawEntry)| {
        let (path, spec) = reader.entry(entry, number(index))?;
        Some(Endpoint {
            path,
            line: line(index),
            entry: number(index),
            spec,
        })
    };
    // The memory of the entries is used again.
    entries.into_iter().enumerate().filter_map(read).collect()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A problem that has been reported.
struct Broken;

struct Reader<'a> {
    /// What the names of files are relative to.
    source: &'a Source,
    defaults: &'a Defaults,
    /// Their names.
    environments: &'a [String],
    known: &'a [Environment],
    /// The names of all services.
    services: &'a [String],
    problems: &'a mut Problems,
    /// What endpoints of the short forms have in common, by method and expectation.
    shared: HashMap<(Option<Method>, Option<RawExpect>), Arc<EndpointSpec>>,
    same: Arc<Expectation>,
    /// Whether it has been said that `defaults.expect` leaves an environment without an expectation.
    gap_reported: bool,
    /// Whether it has been said that `defaults.as` names a credential that an environment does not know.
    role_reported: bool,
}

impl Reader<'_> {
    fn entry(&mut self, entry: RawEntry, number: u32) -> Option<(Template, Arc<EndpointSpec>)> {
        match entry {
            RawEntry::Bare(text) => {
                if let Some(problem) = slip::in_path(&text) {
                    self.problems.value(Place::EndpointPath(number), problem);
                    return None;
                }
                self.short(&text, None, number)
            }
            RawEntry::Pair(text, expect) => self.short(&text, Some(expect), number),
            RawEntry::Long(raw) => self.long(&raw, number),
        }
    }

    /// `[METHOD ]/path`, with or without an expectation.
    fn short(
        &mut self,
        text: &str,
        expect: Option<RawExpect>,
        number: u32,
    ) -> Option<(Template, Arc<EndpointSpec>)> {
        let (method, path) = method::split(text);
        let method = self.method(method, &Place::EndpointPath(number));
        let path = self.path(path, number);
        let key = (method?, expect);
        if let Some(spec) = self.shared.get(&key) {
            return Some((path?, Arc::clone(spec)));
        }
        let (method, expect) = key;
        let raw = RawEndpoint {
            expect,
            ..RawEndpoint::default()
        };
        let spec = Arc::new(self.spec(&raw, method.clone(), number)?);
        self.shared.insert((method, raw.expect), Arc::clone(&spec));
        Some((path?, spec))
    }

    fn long(&mut self, raw: &RawEndpoint, number: u32) -> Option<(Template, Arc<EndpointSpec>)> {
        let path = if let Some(Text(path)) = &raw.path {
            self.path(path, number)
        } else {
            let problem = Diagnostic::new("missing-path", "an endpoint without a path");
            let problem = problem.help("the long form begins with `path: /…`");
            self.problems
                .missing(Place::EndpointKey(number, Vec::new()), problem);
            None
        };
        let place = Place::EndpointKey(number, vec!["method".to_owned()]);
        let method = self.method(raw.method.as_ref().map(|Text(text)| text.as_str()), &place);
        let spec = self.spec(raw, method?, number);
        Some((path?, Arc::new(spec?)))
    }

    /// Nothing if the method is a problem; else the endpoint's own, if it has one.
    #[expect(
        clippy::option_option,
        reason = "no method is not the same as no readable method"
    )]
    fn method(&mut self, text: Option<&str>, place: &Place) -> Option<Option<Method>> {
        let Some(text) = text else { return Some(None) };
        match method::parse(text) {
            Ok(method) => Some(Some(method)),
            Err(problem) => {
                self.problems.value(place.clone(), problem);
                None
            }
        }
    }

    fn path(&mut self, text: &str, number: u32) -> Option<Template> {
        let place = Place::EndpointPath(number);
        let template = self.problems.template(&place, text)?;
        let checked = match template.as_plain() {
            Some(path) => check_path(path),
            // What it begins with is known already, unless that is a value.
            None if text.starts_with("${") => Ok(()),
            None if text.starts_with('/') => Ok(()),
            None => Err(format!(
                "a path begins with `/`, found `{}`",
                shortened_path(text)
            )),
        };
        match checked {
            Ok(()) => Some(template),
            Err(message) => {
                self.problems.value(place, slip::bad_path(text, message));
                None
            }
        }
    }

    fn spec(
        &mut self,
        raw: &RawEndpoint,
        method: Option<Method>,
        number: u32,
    ) -> Option<EndpointSpec> {
        let place = Place::EndpointKey(number, Vec::new());
        let defaults = self.defaults;
        let method = method
            .or_else(|| defaults.method.clone())
            .unwrap_or(Method::GET);
        let limit = raw.environments.as_ref().map(|List(names)| {
            fields::environments(
                names,
                self.environments,
                &place.inside("environments"),
                self.problems,
            )
        });
        let limit = limit.as_deref().or(defaults.environments.as_deref());
        let chain = self.chain(raw, &place);
        let follow_redirects = match &chain {
            Ok(Some(chain)) => chain.follow,
            _ => raw
                .follow_redirects
                .map_or(defaults.follow_redirects, |follow| follow.0),
        };
        let own = self.stated(raw, chain, number);
        self.check_targets(raw, own.as_ref(), number);
        let expect = self.expected(own.as_ref(), limit, number);
        if let Some(expect) = &expect
            && follow_redirects > 0
        {
            self.check_followed(expect, number);
        }
        let service = self.service(raw, &place);
        let credential = self.credential(raw, expect.as_ref(), service, &place);
        let body = self.body(raw, &place);
        let layer = self.layer(raw, &place);
        Some(EndpointSpec {
            name: raw.name.as_ref().map(|Text(name)| name.clone()),
            tags: self.tags(raw, &place),
            method,
            same: raw.same.map_or(defaults.same, |switch| switch.0),
            query: self.query(raw, &place),
            body,
            layer,
            follow_redirects,
            credential,
            service: match service {
                Wanted::Own => None,
                Wanted::Service(number) => Some(number),
                Wanted::Broken => return None,
            },
            allow_crossing: raw
                .allow_crossing
                .map_or(defaults.allow_crossing, |switch| switch.0),
            expect: expect?,
        })
    }

    fn layer(&mut self, raw: &RawEndpoint, place: &Place) -> Layer {
        let timeout = raw.timeout.as_ref().and_then(|Text(text)| {
            self.problems.setting(
                &place.inside("timeout"),
                text,
                "bad-duration",
                parse_duration,
            )
        });
        let own = Layer {
            headers: fields::headers(
                raw.headers.as_ref(),
                &place.inside("headers"),
                self.problems,
            ),
            timeout,
            retry: retry::read(raw.retry.as_ref(), &place.inside("retry"), self.problems),
        };
        own.over(&self.defaults.included)
    }

    /// The chain of redirects that is expected, if one is. It stands in the place of an expectation.
    fn chain(&mut self, raw: &RawEndpoint, place: &Place) -> Result<Option<Chain>, Broken> {
        if let Some(redirects) = &raw.redirects {
            let beside = Beside {
                expect: raw.expect.as_ref(),
                follow_redirects: raw.follow_redirects,
            };
            let chain = redirects::read(redirects, &beside, place, self.problems);
            return chain.map(Some).ok_or(Broken);
        }
        let inherited = self.defaults.chain.as_ref();
        let Some(chain) = inherited.filter(|_| raw.expect.is_none()) else {
            return Ok(None);
        };
        if raw.follow_redirects.is_some() {
            let place = place.inside("follow_redirects");
            self.problems.key(place, redirects::two_counts());
            return Err(Broken);
        }
        Ok(Some(chain.clone()))
    }

    fn stated(
        &mut self,
        raw: &RawEndpoint,
        chain: Result<Option<Chain>, Broken>,
        number: u32,
    ) -> Option<Stated> {
        match chain {
            Ok(Some(chain)) => Some(chain.stated()),
            Ok(None) => {
                let place = Place::EndpointExpect(number, String::new());
                let raw = raw.expect.as_ref()?;
                Some(expectation::read(
                    raw,
                    &place,
                    self.environments,
                    self.problems,
                ))
            }
            Err(Broken) => Some(Stated::Broken),
        }
    }

    /// What comes from `defaults` is checked there.
    fn check_targets(&mut self, raw: &RawEndpoint, own: Option<&Stated>, number: u32) {
        let place = match (&raw.redirects, &raw.expect) {
            (Some(_), _) => Place::EndpointKey(number, vec!["redirects".to_owned()]),
            (None, Some(_)) => Place::EndpointExpect(number, String::new()),
            (None, None) => return,
        };
        if let Some(own) = own {
            service::check_targets(own, self.services, &place, self.problems);
        }
    }

    fn service(&mut self, raw: &RawEndpoint, place: &Place) -> Wanted {
        let place = place.inside("service");
        service::wanted(raw.service.as_ref(), self.services, &place, self.problems)
            .unwrap_or(self.defaults.service)
    }

    fn credential(
        &mut self,
        raw: &RawEndpoint,
        expect: Option<&Expected>,
        service: Wanted,
        place: &Place,
    ) -> As {
        let place = place.inside("as");
        let own = role::read(raw.credential.as_ref(), &place, self.problems);
        let credential = own.unwrap_or_else(|| self.defaults.credential.clone());
        let inherited = raw.credential.is_none();
        if let (As::Named(name), Some(expect)) = (&credential, expect)
            && !(inherited && self.role_reported)
        {
            let reported = role::check(name, (expect, service), self.known, place, self.problems);
            self.role_reported |= inherited && reported;
        }
        credential
    }

    fn body(&mut self, raw: &RawEndpoint, place: &Place) -> Option<Body> {
        if raw.body.is_none() && raw.json.is_none() && raw.form.is_none() {
            return self.defaults.body.clone();
        }
        defaults::body(
            raw.body.as_ref(),
            raw.json.as_ref(),
            raw.form.as_ref(),
            place,
            self.problems,
        )
    }

    /// The endpoint's own fields override those of `defaults` by name, as headers do.
    fn query(&mut self, raw: &RawEndpoint, place: &Place) -> Vec<(String, Template)> {
        let own = fields::pairs(raw.query.as_ref(), &place.inside("query"), self.problems);
        let inherited = self
            .defaults
            .query
            .iter()
            .filter(|(name, _)| own.iter().all(|(other, _)| other != name));
        inherited.cloned().chain(own.iter().cloned()).collect()
    }

    fn tags(&mut self, raw: &RawEndpoint, place: &Place) -> Vec<String> {
        let Some(List(tags)) = &raw.tags else {
            return Vec::new();
        };
        for (index, tag) in tags.iter().enumerate() {
            if tag.trim().is_empty() {
                let place = place.inside("tags").inside(&index.to_string());
                self.problems
                    .value(place, Diagnostic::new("empty-tag", "a tag is empty"));
            }
        }
        tags.clone()
    }
}
