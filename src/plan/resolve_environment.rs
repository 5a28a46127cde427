//! One environment with every value resolved: the layers of its settings merged, its files read.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::Settings;
use super::build::{Context, resolve_setting};
use super::connection::{self, AtKey, Connection};
use super::credential::{self, Credential};
use super::environment::{Base, Detail, Environment};
use super::origin::Origin;
use super::problems::Problems;
use super::request::{Renderer, Unusable, merge};
use super::resolve_service::Scene;
use super::retry::Retry;
use crate::suite::{
    self, As, EnvironmentType, Layer, Place, Scope, Setting, Suite, Vars, parse_concurrency,
    parse_duration, parse_rate,
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
    let home_suite = context.home(environment);
    let vars = [&environment.vars, &home_suite.vars];
    let vars_of_defaults = [&environment.vars, &suite.vars];
    let mut resolver = Resolver {
        renderer: Renderer {
            scope: Scope {
                vars: &vars,
                process: context.process,
            },
            secrets: &mut context.secrets,
        },
        vars_of_defaults: &vars_of_defaults,
        problems: &mut context.problems,
        home: home_suite,
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
    /// Where names in `defaults` are looked up: these are of the suite that asks.
    vars_of_defaults: &'r [&'r Vars],
    pub(super) problems: &'r mut Problems<'s>,
    /// The suite that the environment stands in.
    pub(super) home: &'s Suite,
    pub(super) name: &'r str,
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
        let suites = (self.home, suite);
        let origin = Origin::new(suites, environment, shown, written, &self.renderer);
        let connection = connection::resolve(
            environment,
            is_embedded(environment),
            self.home.folder(),
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
            detail: Detail::of(is_asked),
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
            let value = self.renderer(defaults).header(header, value);
            if let Some(value) = self.usable(defaults, &["headers", header.as_str()], value) {
                merge(headers, [(header.clone(), value)]);
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
        let value = resolve_setting(&self.renderer(defaults), setting?, parse);
        self.usable(defaults, &[key], value)
    }

    fn retry(&mut self, farther: &Retry, layer: &suite::Retry, defaults: bool) -> Retry {
        match farther.overridden(layer, &self.renderer(defaults)) {
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
        let place = Place::Keys(path);
        value
            .map_err(|error| {
                if defaults {
                    self.problems.value(&place, &error, Some(self.name));
                } else {
                    self.problems.value_in(self.home, &place, &error, None);
                }
            })
            .ok()
    }

    /// Renders values of the environment, or of `defaults`.
    fn renderer(&mut self, defaults: bool) -> Renderer<'_> {
        let scope = self.renderer.scope;
        let vars = if defaults {
            self.vars_of_defaults
        } else {
            scope.vars
        };
        Renderer {
            scope: Scope { vars, ..scope },
            secrets: self.renderer.secrets,
        }
    }
}
