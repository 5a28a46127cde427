//! One service of an environment with every value resolved.
//!
//! Input: the service, and its environment, resolved. Output: the environment as the service has it. It refuses to show
//! a service what is secret of the environment, unless the suite says that the two share it.

use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use super::Settings;
use super::connection::Connection;
use super::environment::{Base, Detail, Environment};
use super::origin::Origin;
use super::request::merge;
use super::resolve_environment::{Owner, Resolver};
use crate::suite::{self, Suite, Template, is_secret_header};

/// What services are resolved in.
pub(super) struct Scene<'a> {
    pub(super) suite: &'a Suite,
    pub(super) settings: &'a Settings,
    pub(super) environment: &'a suite::Environment,
    /// The same, resolved.
    pub(super) home: &'a Environment,
    /// How it is connected to where it is not embedded.
    pub(super) way: &'a Connection,
}

impl Resolver<'_, '_> {
    /// All services, as far as `entries` ask them; `None` if something of one is unusable, which is noted.
    pub(super) fn services(
        &mut self,
        scene: &Scene<'_>,
        entries: &[suite::Endpoint],
    ) -> Option<Vec<Environment>> {
        let services = scene.environment.services.iter().enumerate();
        let services = services.map(|(index, service)| {
            let asks = |entry: &&suite::Endpoint| entry.spec.service == Some(index);
            let entries = entries.iter().filter(asks);
            if entries.clone().next().is_some() {
                self.service(scene, service, &entries)
            } else {
                // Only where it is may be of use.
                let base = self.quiet_base(&service.base);
                Some(bare(service, base, scene))
            }
        });
        // All of them, so that every problem is noted.
        let services: Vec<_> = services.collect();
        services.into_iter().collect()
    }

    fn service<'e>(
        &mut self,
        scene: &Scene<'_>,
        service: &suite::Service,
        entries: &(impl Iterator<Item = &'e suite::Endpoint> + Clone),
    ) -> Option<Environment> {
        let keys = ["services", service.name.as_str()];
        let mut headers = HeaderMap::new();
        self.headers(&scene.suite.defaults, true, &mut headers);
        for (name, value) in &scene.environment.layer.headers {
            if service.shares_credentials || !self.is_secret(name, value) {
                self.header(name, value, &["headers"], &mut headers);
            }
        }
        for (name, value) in &service.headers {
            let keys = [&keys[..], &["headers"]].concat();
            self.header(name, value, &keys, &mut headers);
        }
        merge(&mut headers, scene.settings.headers.iter().cloned());
        let owner = Owner {
            keys: &keys,
            auth: service.auth.as_ref(),
            named: &service.credentials,
        };
        let (credential_names, credentials) = self.credentials(&owner, entries, &headers);
        let written = service
            .headers
            .iter()
            .chain(&scene.environment.layer.headers);
        let shown = (&owner, &*credential_names);
        let origin = Origin::new(
            (self.home, scene.suite),
            scene.environment,
            shown,
            written,
            &self.renderer,
        );
        let base = self.base(&service.base, &keys)?;
        Some(Environment {
            detail: Detail::All,
            headers: Arc::new(headers),
            credentials,
            credential_names,
            shares_credentials: service.shares_credentials,
            origin,
            ..bare(service, base, scene)
        })
    }

    fn header(
        &mut self,
        name: &HeaderName,
        value: &Template,
        keys: &[&str],
        headers: &mut HeaderMap,
    ) {
        let value = self.renderer.header(name, value);
        let keys = [keys, &[name.as_str()]].concat();
        if let Some(value) = self.usable(false, &keys, value) {
            merge(headers, [(name.clone(), value)]);
        }
    }

    /// Whether a header is shown as `***`: by its name, or because its value comes from the process environment.
    fn is_secret(&self, name: &HeaderName, value: &Template) -> bool {
        let rendered = value.render(self.renderer.scope);
        is_secret_header(name) || rendered.is_ok_and(|value| !value.from_process.is_empty())
    }
}

/// The environment at the address of a service, with nothing to show there.
fn bare(service: &suite::Service, base: Base, scene: &Scene<'_>) -> Environment {
    let home = scene.home;
    Environment {
        name: home.name.clone(),
        service: Some(service.name.clone()),
        kind: home.kind,
        judged: home.judged,
        connection: scene.way.clone().on_the_way_to(&base),
        base,
        detail: Detail::Address,
        headers: Arc::default(),
        timeout: home.timeout,
        concurrency: home.concurrency,
        rate_interval: home.rate_interval,
        retry: Arc::clone(&home.retry),
        credentials: Vec::new(),
        credential_names: Vec::new(),
        ready: None,
        follows_redirects: home.follows_redirects,
        services: Vec::new(),
        shares_credentials: false,
        origin: Origin::default(),
    }
}
