//! The plan of a run: which requests go to which environments, and what each should answer.
//!
//! Input: a [`Suite`] or several, the [`Selection`] and [`Settings`] of this run, and the process environment. Output:
//! a [`Plan`], endpoints × environments in stable order with every value resolved. It refuses to send
//! anything: all that can be wrong with what will be sent is found here, before the first request.

mod build;
mod build_endpoint;
mod build_environment;
mod connection;
mod credential;
mod curl;
mod endpoint;
mod environment;
mod ground;
mod homeless;
mod origin;
mod part;
mod problems;
mod reference;
mod request;
mod resolve_base;
mod resolve_environment;
mod resolve_service;
mod retry;
mod secrets;
mod selection;
mod shard;
mod shell;
#[cfg(test)]
mod tests;
mod undiscovered;
mod unite;

use http::{HeaderName, HeaderValue};
use url::Url;

pub use connection::{Connection, Proxy, Ready};
pub use credential::{AuthRequest, Credential, CredentialKind, Refresh};
pub use endpoint::{Endpoint, Probe};
pub use environment::Environment;
pub(crate) use environment::url_below;
use ground::View;
pub(crate) use request::is_normal;
pub use retry::Retry;
pub use secrets::Secrets;
pub use selection::Selection;
pub use shard::{Shard, Share};

use std::time::Duration;

use part::Part;

use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;
use crate::suite::{MockRoute, Suite};

/// Settings of this run that override the suite's: flags are nearer than anything in the file.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The longest time one attempt may take.
    pub timeout: Option<Duration>,
    /// The longest time to establish a connection.
    pub connect_timeout: Option<Duration>,
    /// Requests in flight per environment, at least 1.
    pub concurrency: Option<usize>,
    /// On every request, overriding the suite's by name.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Extra attempts after a transient outcome.
    pub retries: Option<u32>,
    /// Where no unsafe method is sent.
    pub guard: Guard,
    /// Does not verify TLS certificates.
    pub insecure: bool,
}

/// Which environments get no request with a method other than GET, HEAD, OPTIONS and TRACE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Guard {
    /// Those of type production that do not allow it themselves.
    #[default]
    Production,
    /// All of them, whatever their type: nobody has said what they are.
    Everywhere,
    /// None.
    Nowhere,
}

/// One endpoint on one environment, as indices into a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProbeId {
    /// Index into [`Plan::endpoints`].
    pub endpoint: usize,
    /// Index into [`Plan::environments`].
    pub environment: usize,
}

/// One place that is asked, as indices into a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SiteId {
    /// Index into [`Plan::environments`].
    pub environment: usize,
    /// Index into [`Environment::services`]; `None` for the environment's own base URL.
    pub service: Option<usize>,
}

/// What a run will ask, in suite order.
#[derive(Debug)]
pub struct Plan {
    /// Those of each suite: its own, then those that it includes.
    files: Vec<String>,
    /// What the suites are called together.
    suite: String,
    name: Option<String>,
    environments: Vec<Environment>,
    /// The names of the services.
    services: Vec<String>,
    reference: Reference,
    endpoints: Vec<Endpoint>,
    /// The suites, at least one.
    parts: Vec<Part>,
    share: Option<Share>,
    secrets: Secrets,
}

/// The environment that others are compared with.
#[derive(Debug)]
struct Reference {
    name: String,
    /// Its index among the plan's environments, where it is among them.
    index: Option<usize>,
}

impl Plan {
    /// The code of a [`Diagnostic`] about a value that cannot be resolved or used.
    pub const BAD_VALUE: &str = "bad-value";

    /// Resolves what this run asks of `suite`. `process` looks a name up in the process environment.
    ///
    /// # Errors
    ///
    /// Every problem with the values and the selection, in the order of the suite.
    pub fn new(
        suite: Suite,
        selection: &Selection,
        settings: &Settings,
        process: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Diagnostic>> {
        Self::of_several(vec![suite], selection, settings, process)
    }

    /// The same for suites that are read together: one run of all their endpoints, each in the environments of its own
    /// suite.
    ///
    /// # Errors
    ///
    /// Also where an environment turns out not to be the same in two of them.
    pub fn of_several(
        suites: Vec<Suite>,
        selection: &Selection,
        settings: &Settings,
        process: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Diagnostic>> {
        build::build(suites, selection, settings, process)
    }

    /// The environments that such a plan asks for the suite with this number, as far as they can be told, and that are
    /// still to be discovered: as indices into those of the suite.
    #[must_use]
    pub fn undiscovered(
        suites: &[Suite],
        number: usize,
        selection: &Selection,
        process: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<usize> {
        undiscovered::undiscovered(suites, number, selection, process)
    }

    /// The file of the first suite, as the user named it.
    #[must_use]
    pub fn file(&self) -> &str {
        self.files.first().map_or("", String::as_str)
    }

    /// All files, as the user named them or as their names are found: those of each suite, its own before those that
    /// it includes.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The file that an endpoint stands in.
    #[must_use]
    pub fn file_of(&self, endpoint: &Endpoint) -> &str {
        let file = self.files.get(endpoint.requested.file);
        file.map_or_else(|| self.file(), String::as_str)
    }

    /// The suite's `name`; the names of several, where each of them has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The environments that are asked: the judged ones, and the reference where an endpoint needs it.
    #[must_use]
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// The names of the services, which every environment has in this order.
    #[must_use]
    pub fn services(&self) -> &[String] {
        &self.services
    }

    /// The name of the service that the endpoint with this index asks.
    #[must_use]
    pub fn service(&self, endpoint: usize) -> Option<&str> {
        let service = self.endpoints.get(endpoint)?.service()?;
        Some(self.services.get(service)?.as_str())
    }

    /// The endpoints of this run.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The index of the reference among the environments, where it is asked.
    #[must_use]
    pub fn reference(&self) -> Option<usize> {
        self.reference.index
    }

    /// The name of the reference, asked or not.
    #[must_use]
    pub fn reference_name(&self) -> &str {
        &self.reference.name
    }

    /// Which part of the suite this is, where it is one of several.
    #[must_use]
    pub fn share(&self) -> Option<&Share> {
        self.share.as_ref()
    }

    /// What may not be shown.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// What is sent for `id`, and what should come back; `None` where the suite or the selection leaves it out.
    #[must_use]
    pub fn probe(&self, id: ProbeId) -> Option<Probe<'_>> {
        let (endpoint, environment, view) = self.place(id)?;
        endpoint.probe(id.environment, environment, view)
    }

    /// What should come back for `id`, and whether the reference's answer is demanded besides; `None` for what is not
    /// asked.
    #[must_use]
    pub fn demand(&self, id: ProbeId) -> Option<(&Expectation, bool)> {
        let (endpoint, environment, view) = self.place(id)?;
        endpoint.demand(id.environment, environment, view)
    }

    fn place(&self, id: ProbeId) -> Option<(&Endpoint, &Environment, Option<&View>)> {
        let environment = self.environments.get(id.environment)?;
        let endpoint = self.endpoints.get(id.endpoint)?;
        let view = match &self.suite_of(endpoint).ground {
            Some(ground) => Some(ground.of(id.environment)?),
            None => None,
        };
        Some((endpoint, environment, view))
    }

    /// The `curl` command that sends what is sent for `id`, fit for a POSIX shell, secrets as `$NAME`: the variable
    /// they came from, else a name that tells what they are. Its only control characters are line breaks. `None`
    /// for what is not sent.
    #[must_use]
    pub fn curl(&self, id: ProbeId) -> Option<String> {
        curl::command(self, id)
    }

    /// Whether a run that takes samples asks the endpoint with this index more than once: it is compared with the
    /// reference in any environment, and its method is idempotent or its endpoint asks for retries.
    #[must_use]
    pub fn is_sampled(&self, endpoint: usize) -> bool {
        self.endpoints
            .get(endpoint)
            .is_some_and(Endpoint::is_sampled)
    }

    /// How many probes will be sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        let ids = (0..self.environments.len()).flat_map(|environment| {
            (0..self.endpoints.len()).map(move |endpoint| ProbeId {
                endpoint,
                environment,
            })
        });
        ids.filter(|id| self.demand(*id).is_some()).count()
    }

    /// The embedded environments and services.
    #[must_use]
    pub fn mocks(&self) -> Vec<SiteId> {
        let environments = self.environments.iter().enumerate();
        let sites = environments.flat_map(|(environment, own)| {
            let services = (0..own.services.len()).map(Some);
            std::iter::once(None)
                .chain(services)
                .filter(|service| own.at(*service).is_mock())
                .map(move |service| SiteId {
                    environment,
                    service,
                })
        });
        sites.collect()
    }

    /// What an embedded environment or service answers, once it is known where the others listen: its redirects to
    /// `login:/path` lead there.
    #[must_use]
    pub fn mock(&self, site: SiteId) -> Vec<MockRoute<String>> {
        let environment = self.environments.get(site.environment);
        environment.map_or_else(Vec::new, |environment| environment.mock(site.service))
    }

    /// Tells where an embedded environment or service listens.
    pub fn set_base_url(&mut self, site: SiteId, base_url: Url) {
        let environment = self.environments.get_mut(site.environment);
        let site = environment.and_then(|environment| match site.service {
            Some(index) => environment.services.get_mut(index),
            None => Some(environment),
        });
        if let Some(site) = site {
            site.set_base_url(base_url);
        }
    }

    /// Whether a probe with this `expectation` is judged by the reference.
    fn needs_reference(expectation: &Expectation, same: bool) -> bool {
        same || matches!(expectation, Expectation::Same)
    }
}

/// Whether both are on one host; http and https on their usual ports are the same one.
pub(crate) fn is_same_host(one: &Url, other: &Url) -> bool {
    (one.host(), one.port()) == (other.host(), other.port())
}
