//! One environment with every value resolved: the layers of its settings merged, its files read.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::Settings;
use super::build::{Context, resolve_setting};
use super::connection::{self, AtKey};
use super::credential::{self, Credential};
use super::environment::{Base, Environment};
use super::origin::Origin;
use super::problems::Problems;
use super::request::{Renderer, Unusable, merge};
use super::retry::Retry;
use crate::suite::{
    self, As, EnvironmentType, Layer, MockRoute, Place, Scope, Setting, Suite, Template,
    parse_base_url, parse_concurrency, parse_duration, parse_rate,
};

const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONCURRENCY: usize = 10;

/// What is known of an environment beforehand.
#[derive(Clone, Copy)]
pub(super) struct About {
    pub(super) kind: EnvironmentType,
    pub(super) judged: bool,
    pub(super) follows_redirects: bool,
}

/// The environment with every value resolved that `entries` need; `None` if its base URL or its connection is
/// unusable, which is noted.
pub(super) fn resolve(
    context: &mut Context<'_>,
    environment: &suite::Environment,
    entries: &[suite::Endpoint],
    about: About,
) -> Option<Environment> {
    let (suite, settings) = (context.suite, context.settings);
    let vars = [&environment.vars, &suite.vars];
    let mut resolver = Resolver {
        renderer: Renderer {
            scope: Scope {
                vars: &vars,
                process: context.process,
            },
            secrets: &mut context.secrets,
        },
        problems: &mut context.problems,
        name: &environment.name,
    };
    let mut headers = HeaderMap::new();
    resolver.headers(&suite.defaults, true, &mut headers);
    resolver.headers(&environment.layer, false, &mut headers);
    merge(&mut headers, settings.headers.iter().cloned());
    let headers = Arc::new(headers);
    let base = resolver.base(&environment.base);
    let limits = resolver.limits(suite, environment, settings);
    let mut retry = resolver.retry(&Retry::default(), &suite.defaults.retry, true);
    retry = resolver.retry(&retry, &environment.layer.retry, false);
    retry.times = settings.retries.unwrap_or(retry.times);
    let (credential_names, credentials) = resolver.credentials(environment, entries, &headers);
    let origin = Origin::new(suite, environment, &credential_names, &resolver.renderer);
    let connection = connection::resolve(
        environment,
        suite.folder(),
        limits.connect_timeout,
        settings.insecure,
        &mut resolver.renderer,
    );
    let connection = resolver.at_key(&[], connection);
    let ready = environment.ready.as_ref().and_then(|ready| {
        let ready = connection::resolve_ready(ready, Arc::clone(&headers), &mut resolver.renderer);
        resolver.at_key(&["ready"], ready)
    });
    Some(Environment {
        name: environment.name.clone(),
        kind: about.kind,
        judged: about.judged,
        base: base?,
        headers,
        timeout: limits.timeout,
        concurrency: limits.concurrency,
        connection: connection?,
        rate_interval: limits.rate_interval,
        retry: Arc::new(retry),
        credentials,
        credential_names,
        ready,
        follows_redirects: about.follows_redirects,
        origin,
    })
}

/// How long, how many, how often.
struct Limits {
    timeout: Duration,
    connect_timeout: Duration,
    concurrency: usize,
    rate_interval: Option<Duration>,
}

/// Resolves the parts of one environment, and notes which of them cannot be used.
struct Resolver<'r, 's> {
    renderer: Renderer<'r>,
    problems: &'r mut Problems<'s>,
    name: &'r str,
}

impl Resolver<'_, '_> {
    fn headers(&mut self, layer: &Layer, defaults: bool, headers: &mut HeaderMap) {
        for (header, value) in &layer.headers {
            let value = self.renderer.header(header, value);
            if let Some(value) = self.usable(defaults, &["headers", header.as_str()], value) {
                merge(headers, [(header.clone(), value)]);
            }
        }
    }

    fn base(&mut self, base: &suite::Base) -> Option<Base> {
        let (key, base) = match base {
            suite::Base::Url(template) => {
                let text = self.renderer.public(template);
                let url = text.and_then(|text| parse_base_url(&text).map_err(Unusable::Invalid));
                ("base_url", url.map(Base::Url))
            }
            suite::Base::Mock(routes) => {
                let routes = routes.iter().map(|route| mock_route(&self.renderer, route));
                (
                    "mock",
                    routes
                        .collect::<Result<_, _>>()
                        .map(|routes| Base::Mock(routes, None)),
                )
            }
            suite::Base::Discover(_) => {
                self.problems.not_discovered(self.name);
                return None;
            }
        };
        self.usable(false, &[key], base)
    }

    /// Each from the nearest place that has it: flag, environment, `defaults`, built in.
    fn limits(
        &mut self,
        suite: &Suite,
        environment: &suite::Environment,
        settings: &Settings,
    ) -> Limits {
        let mut duration = |setting: &Option<Setting<Duration>>, defaults, key| {
            self.setting(setting.as_ref(), defaults, key, parse_duration)
        };
        let timeout = settings
            .timeout
            .or_else(|| duration(&environment.layer.timeout, false, "timeout"))
            .or_else(|| duration(&suite.defaults.timeout, true, "timeout"));
        let connect_timeout = settings
            .connect_timeout
            .or_else(|| duration(&environment.connect_timeout, false, "connect_timeout"));
        let concurrency = settings.concurrency.or_else(|| {
            let setting = environment.concurrency.as_ref();
            self.setting(setting, false, "concurrency", parse_concurrency)
        });
        let rate = environment.rate_limit.as_ref();
        let rate = self.setting(rate, false, "rate_limit", parse_rate);
        Limits {
            timeout: timeout.unwrap_or(TIMEOUT),
            connect_timeout: connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            concurrency: concurrency.unwrap_or(CONCURRENCY),
            rate_interval: rate.map(|rate| rate.interval),
        }
    }

    fn setting<T: Copy>(
        &mut self,
        setting: Option<&Setting<T>>,
        defaults: bool,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = resolve_setting(&self.renderer, setting?, parse);
        self.usable(defaults, &[key], value)
    }

    fn retry(&mut self, farther: &Retry, layer: &suite::Retry, defaults: bool) -> Retry {
        match farther.overridden(layer, &self.renderer) {
            Ok(retry) => retry,
            Err((key, error)) => {
                self.usable::<()>(defaults, &["retry", key], Err(error));
                farther.clone()
            }
        }
    }

    /// The credentials that `entries` are asked with, and their names: of the others nothing is resolved.
    fn credentials(
        &mut self,
        environment: &suite::Environment,
        entries: &[suite::Endpoint],
        headers: &HeaderMap,
    ) -> (Vec<Option<String>>, Vec<Credential>) {
        let own = environment.auth.iter().map(|credential| (None, credential));
        let named = environment
            .credentials
            .iter()
            .map(|(name, credential)| (Some(name), credential));
        let (mut known, mut credentials) = (Vec::new(), Vec::new());
        for (name, credential) in own.chain(named) {
            let wanted = |entry: &suite::Endpoint| match &entry.spec.credential {
                As::Default => name.is_none(),
                As::Named(wanted) => name == Some(wanted),
                As::Anonymous => false,
            };
            if entries.iter().any(wanted) {
                let resolved = credential::resolve(credential, headers, &mut self.renderer);
                let keys = name.map_or(vec!["auth"], |name| vec!["credentials", name]);
                if let Some(credential) = self.usable(false, &keys, resolved) {
                    known.push(name.cloned());
                    credentials.push(credential);
                }
            }
        }
        (known, credentials)
    }

    /// A value of the environment, or what is wrong below `keys`.
    fn at_key<T>(&mut self, keys: &[&str], value: Result<T, AtKey>) -> Option<T> {
        value
            .map_err(|(below, error)| {
                let below = below.iter().map(String::as_str);
                let keys: Vec<_> = keys.iter().copied().chain(below).collect();
                self.usable::<T>(false, &keys, Err(error));
            })
            .ok()
    }

    /// The value under the keys of the environment, or of `defaults`, if it can be used.
    fn usable<T>(
        &mut self,
        defaults: bool,
        keys: &[&str],
        value: Result<T, Unusable>,
    ) -> Option<T> {
        let here = ["environments", self.name];
        let place = if defaults { &["defaults"][..] } else { &here };
        let path = place
            .iter()
            .chain(keys)
            .map(|&key| key.to_owned())
            .collect();
        // What stands under `defaults` may fail in some environments only.
        let environment = defaults.then_some(self.name);
        value
            .map_err(|error| self.problems.value(&Place::Keys(path), &error, environment))
            .ok()
    }
}

fn mock_route(
    renderer: &Renderer<'_>,
    route: &MockRoute<Template>,
) -> Result<MockRoute<String>, Unusable> {
    let headers = route
        .headers
        .iter()
        .map(|(name, value)| Ok((name.clone(), renderer.public(value)?)));
    Ok(MockRoute {
        method: route.method.clone(),
        path: renderer.public(&route.path)?,
        status: route.status,
        location: route
            .location
            .as_ref()
            .map(|location| renderer.public(location))
            .transpose()?,
        delay: route.delay,
        headers: headers.collect::<Result<_, Unusable>>()?,
        body: renderer.public(&route.body)?,
    })
}
