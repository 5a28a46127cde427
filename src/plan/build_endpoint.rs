//! From a suite's endpoints to a plan's: what is sent for each to each environment.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};

use super::build::{Asked, Context, resolve_setting};
use super::build_environment::guard;
use super::endpoint::{Endpoint, Requested, Requests};
use super::problems::Problems;
use super::reference::{check_reference, may_need_reference};
use super::request::{
    Renderer, Request, Target, Unusable, is_normal, merge, normal_form, state_content_type,
};
use super::retry::Retry;
use super::{Plan, Settings};
use crate::expect::Expectation;
use crate::suite::{self, As, Body, EndpointSpec, Expected, Place, Scope, Setting, parse_duration};

/// Resolves every endpoint for every environment that is asked.
pub(super) fn resolve_all(
    context: &mut Context<'_>,
    asked: &[Asked<'_>],
    reference: usize,
    entries: Vec<suite::Endpoint>,
) -> Vec<Endpoint> {
    let judged: Vec<usize> = asked
        .iter()
        .filter(|environment| environment.planned.judged)
        .map(|environment| environment.index)
        .collect();
    // Neighbours that differ in nothing but their path share the rest.
    let mut last: Option<Arc<Requested>> = None;
    let endpoint = |entry: suite::Endpoint| {
        guard(context, asked, &judged, &entry);
        let shared = last
            .as_ref()
            .filter(|last| Arc::ptr_eq(&last.spec, &entry.spec) && is_sent_as_written(&entry));
        let requested = shared.map_or_else(
            || {
                Arc::new(Requested {
                    requests: resolve(context, asked, (&judged, reference), &entry),
                    spec: Arc::clone(&entry.spec),
                    file: context.first_file + context.suite.file_of(entry.entry),
                })
            },
            Arc::clone,
        );
        if matches!(&requested.requests, Requests::Everywhere(request) if request.target.is_none())
        {
            last = Some(Arc::clone(&requested));
        }
        Endpoint {
            path: entry.path,
            line: entry.line,
            position: 0,
            requested,
        }
    };
    // Both kinds of endpoint are of one size: the memory of a million is used again.
    entries.into_iter().map(endpoint).collect()
}

fn is_sent_as_written(entry: &suite::Endpoint) -> bool {
    entry.path.as_plain().is_some_and(is_normal)
}

/// One request for all environments where nothing in it depends on the environment, else one each.
fn resolve(
    context: &mut Context<'_>,
    asked: &[Asked<'_>],
    (judged, reference): (&[usize], usize),
    entry: &suite::Endpoint,
) -> Requests {
    if let Some(request) = everywhere(entry) {
        return Requests::Everywhere(request);
    }
    let may_need_reference = may_need_reference(entry, judged);
    let request = |environment: &Asked<'_>| {
        let asked = environment.planned.judged || may_need_reference;
        asked.then(|| resolve_one(context, environment, entry))?
    };
    let mut requests: Box<[Option<Request>]> = asked.iter().map(request).collect();
    let needs_reference = asked
        .iter()
        .zip(&requests)
        .filter(|(environment, _)| environment.planned.judged)
        .filter_map(|(_, request)| request.as_ref())
        .any(|request| Plan::needs_reference(&request.expectation, entry.spec.same));
    if needs_reference && !entry.is_compared() {
        check_reference(context, entry, reference);
    }
    if !needs_reference {
        for (environment, request) in asked.iter().zip(&mut requests) {
            request.take_if(|_| !environment.planned.judged);
        }
    }
    folded(requests)
}

/// One request where all environments are sent the same and should answer the same; else one each, which share the
/// headers that they have in common.
fn folded(mut requests: Box<[Option<Request>]>) -> Requests {
    let Some(first) = requests.first_mut().and_then(Option::take) else {
        return Requests::Each(requests);
    };
    let mut others = requests.iter().skip(1);
    if others.all(|other| other.as_ref() == Some(&first)) {
        return Requests::Everywhere(first);
    }
    for other in requests.iter_mut().skip(1).flatten() {
        if other.headers == first.headers {
            other.headers.clone_from(&first.headers);
        }
    }
    requests[0] = Some(first);
    Requests::Each(requests)
}

/// The one request, where nothing in it depends on the environment.
fn everywhere(entry: &suite::Endpoint) -> Option<Request> {
    let spec = &entry.spec;
    let path = entry.path.as_plain()?;
    let Expected::Everywhere(Setting::Value(expectation)) = &spec.expect else {
        return None;
    };
    let plain = spec.layer.headers.is_empty()
        && spec.layer.timeout.is_none()
        && spec.layer.retry.is_empty()
        && spec.query.is_empty()
        && spec.body.is_none()
        && spec.credential == As::Default;
    let target = normal_form(path).ok().filter(|_| plain)?;
    Some(Request {
        target: (target != path).then(|| target.into()),
        shown_target: None,
        headers: None,
        body: None,
        timeout: None,
        retry: None,
        expectation: Arc::clone(expectation),
    })
}

/// The request to one environment; `None` where it is not asked, or something in it cannot be used.
fn resolve_one(
    context: &mut Context<'_>,
    environment: &Asked<'_>,
    entry: &suite::Endpoint,
) -> Option<Request> {
    let setting = match &entry.spec.expect {
        Expected::Everywhere(setting) => setting,
        Expected::PerEnvironment(settings) => settings.get(environment.index)?.as_ref()?,
    };
    let vars = [&environment.suite.vars, &context.suite.vars];
    let mut resolver = Resolver {
        renderer: Renderer {
            scope: Scope {
                vars: &vars,
                process: context.process,
            },
            secrets: &mut context.secrets,
        },
        problems: &mut context.problems,
        environment: &environment.suite.name,
        entry: entry.entry,
    };
    let spec = &entry.spec;
    let expectation = resolver.expectation(setting, spec.follow_redirects > 0);
    let target = resolver.target(entry);
    let site = environment.planned.at(entry.spec.service);
    let mut headers = (*site.headers).clone();
    match spec.credential {
        As::Default => {}
        // The endpoint's own choice is nearer than what its environment says.
        As::Named(_) => {
            headers.remove(AUTHORIZATION);
        }
        As::Anonymous => {
            headers.remove(AUTHORIZATION);
            headers.remove(COOKIE);
        }
    }
    resolver.headers(spec, &mut headers);
    let body = spec
        .body
        .as_ref()
        .and_then(|body| resolver.body(body, &mut headers));
    merge(&mut headers, context.settings.headers.iter().cloned());
    let timeout = spec.layer.timeout.as_ref().and_then(|timeout| {
        let timeout = resolve_setting(&resolver.renderer, timeout, parse_duration);
        resolver.usable(&["timeout"], timeout)
    });
    let retry = resolver.retry(
        &spec.layer.retry,
        &environment.planned.retry,
        context.settings,
    );
    let target = target?;
    Some(Request {
        shown_target: target.shown.map(Into::into),
        target: Some(target.sent.into()),
        headers: (headers != *site.headers).then(|| Arc::new(headers)),
        body,
        timeout: timeout.filter(|_| context.settings.timeout.is_none()),
        retry,
        expectation: expectation?,
    })
}

/// Resolves the parts of one request, and notes which of them cannot be used.
struct Resolver<'r, 's> {
    renderer: Renderer<'r>,
    problems: &'r mut Problems<'s>,
    environment: &'r str,
    entry: u32,
}

impl Resolver<'_, '_> {
    /// What is expected; a value that turns out to be a redirect's target is never seen where redirects are
    /// followed.
    fn expectation(
        &mut self,
        setting: &Setting<Arc<Expectation>>,
        follows: bool,
    ) -> Option<Arc<Expectation>> {
        let mut resolved = self.renderer.expectation(setting);
        if let (Setting::Template(_), Ok(expectation)) = (setting, &resolved)
            && matches!(**expectation, Expectation::Redirect(..))
            && follows
        {
            let message = format!("`{expectation}` can never match where redirects are followed");
            resolved = Err(Unusable::Invalid(message));
        }
        let place = Place::EndpointExpect(self.entry, self.environment.to_owned());
        self.note(&place, resolved)
    }

    fn target(&mut self, entry: &suite::Endpoint) -> Option<Target> {
        let path = self.renderer.path(&entry.path);
        let mut target = self.note(&Place::EndpointPath(self.entry), path)?;
        for (field, value) in &entry.spec.query {
            let added = self.renderer.query(&mut target, field, value);
            self.usable(&["query", field], added);
        }
        Some(target)
    }

    fn headers(&mut self, spec: &EndpointSpec, headers: &mut HeaderMap) {
        for (name, value) in &spec.layer.headers {
            let value = self.renderer.header(name, value);
            if let Some(value) = self.usable(&["headers", name.as_str()], value) {
                merge(headers, [(name.clone(), value)]);
            }
        }
    }

    fn body(&mut self, body: &Body, headers: &mut HeaderMap) -> Option<Bytes> {
        let key = match body {
            Body::Text(_) => "body",
            Body::Json(_) => "json",
            Body::Form(_) => "form",
        };
        let rendered = self.renderer.body(body);
        let (bytes, content_type) = self.usable(&[key], rendered)?;
        if let Some(content_type) = content_type {
            state_content_type(headers, content_type);
        }
        Some(bytes)
    }

    /// The endpoint's own retries, if it says anything about them.
    fn retry(
        &mut self,
        layer: &suite::Retry,
        environment: &Retry,
        settings: &Settings,
    ) -> Option<Arc<Retry>> {
        if layer.is_empty() {
            return None;
        }
        match environment.overridden(layer, &self.renderer) {
            Ok(mut retry) => {
                retry.times = settings.retries.unwrap_or(retry.times);
                Some(Arc::new(retry))
            }
            Err((key, error)) => self.usable(&["retry", key], Err(error)),
        }
    }

    /// The value under a key of the endpoint, if it can be used.
    fn usable<T>(&mut self, keys: &[&str], value: Result<T, Unusable>) -> Option<T> {
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        self.note(&Place::EndpointKey(self.entry, keys), value)
    }

    fn note<T>(&mut self, place: &Place, value: Result<T, Unusable>) -> Option<T> {
        value
            .map_err(|error| self.problems.value(place, &error, Some(self.environment)))
            .ok()
    }
}
