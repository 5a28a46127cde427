//! Suites in which nothing is asked but the base URLs: where the environments are is all that matters.

use std::sync::{Arc, OnceLock};

use http::Method;

use super::environment::plain;
use super::model::{Endpoint, EndpointSpec, Environment, Layer, Suite};
use super::template::Template;
use crate::expect::{Expectation, StatusSet};

impl Suite {
    /// The same environments, each asked for its base URL only, whatever that answers and without waiting for it.
    #[must_use]
    pub fn base_urls_only(mut self) -> Self {
        for environment in &mut self.environments {
            environment.ready = None;
        }
        let any = Expectation::Status(StatusSet::any());
        self.endpoints = vec![Endpoint {
            path: Template::literal("/"),
            line: 0,
            entry: 0,
            spec: Arc::new(EndpointSpec::plain(Method::GET, any)),
        }];
        self
    }

    /// The same without anything but where the environments are and what kind of system each is.
    #[must_use]
    pub fn bare(mut self) -> Self {
        let bare = |environment: Environment| Environment {
            kind: environment.kind,
            vars: environment.vars,
            ..plain(&environment.name, environment.base)
        };
        self.environments = self.environments.into_iter().map(bare).collect();
        self.defaults = Layer::default();
        self
    }

    /// The same for each environment by itself, in order: what is wrong with one says nothing of the others.
    #[must_use]
    pub fn one_by_one(self) -> Vec<Self> {
        let alone = |environment| Self {
            source: Arc::clone(&self.source),
            name: None,
            reference: None,
            vars: self.vars.clone(),
            environments: vec![environment],
            services: Vec::new(),
            defaults: self.defaults.clone(),
            endpoints: Vec::new(),
            tree: OnceLock::new(),
            included: Vec::new(),
        };
        let environments = self.environments.into_iter();
        environments
            .map(|environment| alone(environment).base_urls_only())
            .collect()
    }
}
