//! One environment with every value resolved: the layers of its settings merged, its files read.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::Settings;
use super::build::{Context, resolve_setting};
use super::connection::{self, AtKey, Connection};
use super::credential::{self, Credential};
use super::environment::{Base, Environment};
use super::origin::Origin;
use super::problems::Problems;
use super::request::{Renderer, Unusable, merge};
use super::resolve_service::Scene;
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
    let own = Own {
        suite,
        settings,
        environment,
        about,
    };
    let (home, way) = resolver.home(&own, entries)?;
    let scene = Scene {
        suite,
        settings,
        environment,
        home: &home,
        way: &way,
    };
    let services = resolver.services(&scene, entries)?;
    Some(Environment { services, ..home })
}

/// What the environment's own base URL is resolved in.
struct Own<'a> {
    suite: &'a Suite,
    settings: &'a Settings,
    environment: &'a suite::Environment,
    about: About,
}

/// Whether the environment's own base URL is asked, or what it is shown is shown elsewhere.
fn is_asked(environment: &suite::Environment, entries: &[suite::Endpoint]) -> bool {
    environment.services.is_empty()
        || environment.ready.is_some()
        || entries.iter().any(|entry| shows_own(environment, entry))
}

/// Whether the endpoint is asked with the credentials of the environment itself.
fn shows_own(environment: &suite::Environment, entry: &suite::Endpoint) -> bool {
    let service = entry.spec.service;
    let service = service.and_then(|index| environment.services.get(index));
    service.is_none_or(|service| service.shares_credentials)
}

/// Whether all of it is embedded.
fn is_embedded(environment: &suite::Environment) -> bool {
    let services = environment.services.iter().map(|service| &service.base);
    std::iter::once(&environment.base)
        .chain(services)
        .all(|base| !matches!(base, suite::Base::Url(_)))
}

/// How long, how many, how often.
struct Limits {
    timeout: Duration,
    connect_timeout: Duration,
    concurrency: usize,
    rate_interval: Option<Duration>,
}

/// Who has credentials.
pub(super) struct Owner<'a> {
    /// Where they stand, below the environment.
    pub(super) keys: &'a [&'a str],
    pub(super) auth: Option<&'a suite::Credential>,
    pub(super) named: &'a [(String, suite::Credential)],
}

/// Resolves the parts of one environment, and notes which of them cannot be used.
pub(super) struct Resolver<'r, 's> {
    pub(super) renderer: Renderer<'r>,
    problems: &'r mut Problems<'s>,
    name: &'r str,
}

impl Resolver<'_, '_> {
    /// The environment without its services, and how all of it is connected to where it is not embedded.
    fn home(
        &mut self,
        own: &Own<'_>,
        entries: &[suite::Endpoint],
    ) -> Option<(Environment, Connection)> {
        let Own {
            suite,
            settings,
            environment,
            about,
        } = *own;
        let is_asked = is_asked(environment, entries);
        let (headers, base) = self.own_headers_and_base(own, is_asked);
        let limits = self.limits(suite, environment, settings);
        let mut retry = self.retry(&Retry::default(), &suite.defaults.retry, true);
        retry = self.retry(&retry, &environment.layer.retry, false);
        retry.times = settings.retries.unwrap_or(retry.times);
        let owner = Owner {
            keys: &[],
            auth: environment.auth.as_ref(),
            named: &environment.credentials,
        };
        let shown = entries.iter().filter(|entry| shows_own(environment, entry));
        let (credential_names, credentials) = self.credentials(&owner, &shown, &headers);
        let shown = (&owner, &*credential_names);
        let written = environment.layer.headers.iter();
        let origin = Origin::new(suite, environment, shown, written, &self.renderer);
        let connection = connection::resolve(
            environment,
            is_embedded(environment),
            suite.folder(),
            limits.connect_timeout,
            settings.insecure,
            &mut self.renderer,
        );
        let connection = self.at_key(&[], connection);
        let ready = environment.ready.as_ref().and_then(|ready| {
            let ready = connection::resolve_ready(ready, Arc::clone(&headers), &mut self.renderer);
            self.at_key(&["ready"], ready)
        });
        let (base, way) = (base?, connection?);
        let home = Environment {
            name: environment.name.clone(),
            service: None,
            kind: about.kind,
            judged: about.judged,
            headers,
            timeout: limits.timeout,
            concurrency: limits.concurrency,
            connection: way.clone().on_the_way_to(&base),
            base,
            rate_interval: limits.rate_interval,
            retry: Arc::new(retry),
            credentials,
            credential_names,
            ready,
            follows_redirects: about.follows_redirects,
            services: Vec::new(),
            shares_credentials: false,
            origin,
        };
        Some((home, way))
    }

    /// Of what is not asked only the address may be of use.
    fn own_headers_and_base(
        &mut self,
        own: &Own<'_>,
        is_asked: bool,
    ) -> (Arc<HeaderMap>, Option<Base>) {
        let base = &own.environment.base;
        if !is_asked {
            return (Arc::default(), Some(self.quiet_base(base)));
        }
        let mut headers = HeaderMap::new();
        self.headers(&own.suite.defaults, true, &mut headers);
        self.headers(&own.environment.layer, false, &mut headers);
        merge(&mut headers, own.settings.headers.iter().cloned());
        (Arc::new(headers), self.base(base, &[]))
    }

    pub(super) fn headers(&mut self, layer: &Layer, defaults: bool, headers: &mut HeaderMap) {
        for (header, value) in &layer.headers {
            let value = self.renderer.header(header, value);
            if let Some(value) = self.usable(defaults, &["headers", header.as_str()], value) {
                merge(headers, [(header.clone(), value)]);
            }
        }
    }

    /// Where the environment is, or what stands below `keys` in it.
    pub(super) fn base(&mut self, base: &suite::Base, keys: &[&str]) -> Option<Base> {
        let key = match base {
            suite::Base::Mock(_) => "mock",
            suite::Base::Discover(_) => {
                self.problems.not_discovered(self.name);
                return None;
            }
            suite::Base::Url(_) | suite::Base::Nowhere => "base_url",
        };
        let base = self.read_base(base);
        self.usable(false, &[keys, &[key]].concat(), base)
    }

    /// The same for what is not asked in this run: what is wrong with it does not matter.
    pub(super) fn quiet_base(&self, base: &suite::Base) -> Base {
        self.read_base(base).unwrap_or(Base::Nowhere)
    }

    fn read_base(&self, base: &suite::Base) -> Result<Base, Unusable> {
        match base {
            suite::Base::Nowhere | suite::Base::Discover(_) => Ok(Base::Nowhere),
            suite::Base::Url(template) => {
                let text = self.renderer.public(template)?;
                let url = parse_base_url(&text).map_err(Unusable::Invalid)?;
                Ok(Base::Url(url))
            }
            suite::Base::Mock(routes) => {
                let routes = routes.iter().map(|route| mock_route(&self.renderer, route));
                Ok(Base::Mock(routes.collect::<Result<_, _>>()?, None))
            }
        }
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
    pub(super) fn credentials<'e>(
        &mut self,
        owner: &Owner<'_>,
        entries: &(impl Iterator<Item = &'e suite::Endpoint> + Clone),
        headers: &HeaderMap,
    ) -> (Vec<Option<String>>, Vec<Credential>) {
        let own = owner.auth.iter().map(|&credential| (None, credential));
        let named = owner
            .named
            .iter()
            .map(|(name, credential)| (Some(name), credential));
        let (mut known, mut credentials) = (Vec::new(), Vec::new());
        for (name, credential) in own.chain(named) {
            let wanted = |entry: &'e suite::Endpoint| match &entry.spec.credential {
                As::Default => name.is_none(),
                As::Named(wanted) => name == Some(wanted),
                As::Anonymous => false,
            };
            if entries.clone().any(wanted) {
                let resolved = credential::resolve(credential, headers, &mut self.renderer);
                let keys = name.map_or(vec!["auth"], |name| vec!["credentials", name]);
                let keys = [owner.keys, &keys].concat();
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
    pub(super) fn usable<T>(
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
