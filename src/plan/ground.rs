//! The environments of a plan as one of its suites has them.
//!
//! Input: an environment as that suite alone would be asked in it, and its place in the plan. Output: what of it holds
//! for the endpoints of that suite only: the headers, the time limit and the retries that its `defaults` have a part
//! in. An environment that the suite does not have is none for its endpoints.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::environment::Environment;
use super::retry::Retry;

/// What one suite has of the environments of the plan.
#[derive(Debug, Default)]
pub(super) struct Ground(Vec<Option<View>>);

/// An environment as one suite has it.
#[derive(Debug)]
pub(super) struct View {
    /// Its index among the environments that the suite is asked in.
    pub(super) index: usize,
    /// Those of the environment itself, then those of its services.
    headers: Vec<Arc<HeaderMap>>,
    pub(super) timeout: Duration,
    pub(super) retry: Arc<Retry>,
}

impl View {
    /// Keeps what only the suite has of `environment`, the one with this `index` among those that it is asked in.
    pub(super) fn new(index: usize, environment: &Environment) -> Self {
        let sites = std::iter::once(environment).chain(&environment.services);
        Self {
            index,
            headers: sites.map(|site| Arc::clone(&site.headers)).collect(),
            timeout: environment.timeout,
            retry: Arc::clone(&environment.retry),
        }
    }

    /// What every request of the suite to `service` says, or to the environment's own base URL.
    pub(super) fn headers(&self, service: Option<usize>) -> Option<&HeaderMap> {
        let headers = self.headers.get(service.map_or(0, |service| service + 1))?;
        Some(headers)
    }
}

impl Ground {
    /// The environment of the plan with this index.
    pub(super) fn of(&self, environment: usize) -> Option<&View> {
        self.0.get(environment)?.as_ref()
    }

    /// Puts a view of the environment of the plan with this index into its place.
    pub(super) fn put(&mut self, environment: usize, view: View) {
        if self.0.len() <= environment {
            self.0.resize_with(environment + 1, || None);
        }
        if let Some(place) = self.0.get_mut(environment) {
            *place = Some(view);
        }
    }
}
