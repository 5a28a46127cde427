//! Suites in which nothing is asked but the base URLs: where the environments are is all that matters.

use std::sync::{Arc, OnceLock};

use http::Method;

use super::environment::plain;
use super::model::{Base, Endpoint, EndpointSpec, Environment, Layer, Suite};
use super::service;
use super::template::Template;
use crate::expect::{Expectation, StatusSet};

impl Suite {
    /// The same environments, each asked for its base URL only, whatever that answers and without waiting for it.
    #[must_use]
    pub fn base_urls_only(mut self) -> Self {
        for environment in &mut self.environments {
            environment.ready = None;
        }
        self.endpoints = vec![start_page(None)];
        self
    }

    /// The same without anything but where the environments are and what kind of system each is.
    #[must_use]
    pub fn bare(mut self) -> Self {
        let bare = |environment: Environment| {
            let services = environment.services.into_iter();
            Environment {
                kind: environment.kind,
                vars: environment.vars,
                services: services
                    .map(|it| service::plain(&it.name, it.base))
                    .collect(),
                ..plain(&environment.name, environment.base)
            }
        };
        self.environments = self.environments.into_iter().map(bare).collect();
        self.defaults = Layer::default();
        self
    }

    /// The same for each environment by itself, in order: what is wrong with one says nothing of the others. Each is
    /// asked for its base URL, if it has one of its own, and for those of its services.
    #[must_use]
    pub fn one_by_one(self) -> Vec<Self> {
        let alone = |environment: Environment| {
            let services = &environment.services;
            let own = (!matches!(environment.base, Base::Nowhere)).then_some(None);
            let asked = own.into_iter().chain((0..services.len()).map(Some));
            Self {
                source: Arc::clone(&self.source),
                name: None,
                reference: None,
                vars: self.vars.clone(),
                services: services.iter().map(|it| it.name.clone()).collect(),
                endpoints: asked.map(start_page).collect(),
                environments: vec![Environment {
                    ready: None,
                    ..environment
                }],
                defaults: self.defaults.clone(),
                tree: OnceLock::new(),
                included: Vec::new(),
            }
        };
        self.environments.into_iter().map(alone).collect()
    }
}

/// Asks the environments for their base URL, or for that of a service; any status will do.
fn start_page(service: Option<usize>) -> Endpoint {
    let any = Expectation::Status(StatusSet::any());
    Endpoint {
        path: Template::literal("/"),
        line: 0,
        entry: 0,
        spec: Arc::new(EndpointSpec {
            service,
            ..EndpointSpec::plain(Method::GET, any)
        }),
    }
}
