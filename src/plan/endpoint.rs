//! An endpoint of a plan, and what is sent for it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::Plan;
use super::environment::Environment;
use super::ground::View;
use super::request::Request;
use super::retry::Retry;
use crate::expect::Expectation;
use crate::suite::{EndpointSpec, Template};

/// An endpoint with every value resolved. Small, because there may be a million.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) path: Template,
    pub(super) line: u32,
    /// Its place in the suite, where only a shard of that is asked.
    pub(super) position: u32,
    pub(super) requested: Arc<Requested>,
}

/// Everything but the path, often the same for many endpoints.
#[derive(Debug)]
pub(super) struct Requested {
    pub(super) spec: Arc<EndpointSpec>,
    /// The number of the file among those of the plan: no two files share a spec.
    pub(super) file: usize,
    pub(super) requests: Requests,
}

/// What is sent to each environment.
#[derive(Debug)]
pub(super) enum Requests {
    /// The same everywhere it is asked.
    Everywhere(Request),
    /// One for each environment that its suite is asked in; `None` where it is not asked: the suite leaves it out, or it is a
    /// reference that no judged environment is compared with.
    Each(Box<[Option<Request>]>),
}

/// What is sent for one endpoint to one environment, and what should come back.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'p> {
    /// The method.
    pub method: &'p Method,
    /// Path and query, to be appended to the base URL of the environment, or of its service.
    pub target: &'p str,
    /// The same with secrets masked.
    pub shown_target: &'p str,
    /// Every configured header.
    pub headers: &'p HeaderMap,
    /// The content, if any.
    pub body: Option<&'p Bytes>,
    /// The longest time one attempt may take, redirects and body included.
    pub timeout: Duration,
    /// Extra attempts at most; none for a method that is not idempotent, unless its endpoint asks for them.
    pub retries: u32,
    /// After what they are made, and when.
    pub retry: &'p Retry,
    /// The service that is asked, an index into the environment's; `None` for its own base URL.
    pub service: Option<usize>,
    /// Which of the credentials is shown that the service has, or shares; `None` for an anonymous probe.
    pub credential: Option<usize>,
    /// How many redirects are followed; 0 judges the redirect itself.
    pub follow_redirects: u32,
    /// What should come back.
    pub expectation: &'p Expectation,
    /// Whether the reference's answer is demanded besides.
    pub same: bool,
    /// Whether a redirect may lead into another environment of the suite.
    pub allow_crossing: bool,
}

impl Probe<'_> {
    /// Whether it may be sent again after this status: one that passes, and is not what is expected.
    #[must_use]
    pub fn retries_after(&self, status: StatusCode) -> bool {
        self.retry.is_on(status) && !self.expects(status)
    }

    /// Whether its credential is no good any more: a 401 that is not what is expected.
    #[must_use]
    pub fn renews_after(&self, status: StatusCode) -> bool {
        self.credential.is_some() && status == StatusCode::UNAUTHORIZED && !self.expects(status)
    }

    /// Whether a whole chain of redirects is expected, and the answer after it judged whatever it is.
    #[must_use]
    pub fn is_chain(&self) -> bool {
        matches!(self.expectation, Expectation::Chain(_))
    }

    fn expects(&self, status: StatusCode) -> bool {
        *self.expectation != Expectation::Same && self.expectation.admits_status(status)
    }
}

impl Endpoint {
    /// The path as the suite writes it.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.written()
    }

    /// The line of the suite, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Its position among the suite's endpoints, from 0; 0 where all of them are there.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.position
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.requested.spec.method
    }

    /// The endpoint's `name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.requested.spec.name.as_deref()
    }

    /// The endpoint's `tags`.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.requested.spec.tags
    }

    /// Whether environments are compared by their answers to it, and asking more than once does no harm.
    pub(super) fn is_sampled(&self) -> bool {
        let Requested { spec, requests, .. } = &*self.requested;
        let (is_compared, may_repeat) = match requests {
            Requests::Everywhere(request) => (
                Plan::needs_reference(&request.expectation, spec.same),
                request.retry.is_some(),
            ),
            Requests::Each(requests) => {
                let mut asked = requests.iter().flatten();
                let needs =
                    |request: &Request| Plan::needs_reference(&request.expectation, spec.same);
                (
                    asked.clone().any(needs),
                    asked.all(|request| request.retry.is_some()),
                )
            }
        };
        is_compared && (spec.method.is_idempotent() || may_repeat)
    }

    /// The service that is asked, an index into the environments' services.
    #[must_use]
    pub fn service(&self) -> Option<usize> {
        self.requested.spec.service
    }

    /// What is demanded of the answer of the environment with this index, and whether the reference's is demanded
    /// besides; `None` where it is not asked. Much cheaper than all of the [`Probe`].
    pub(super) fn demand<'p>(
        &'p self,
        index: usize,
        environment: &Environment,
        view: Option<&View>,
    ) -> Option<(&'p Expectation, bool)> {
        let request = self.request(index, environment, view)?;
        Some((&request.expectation, self.requested.spec.same))
    }

    fn request(
        &self,
        index: usize,
        environment: &Environment,
        view: Option<&View>,
    ) -> Option<&Request> {
        let Requested { spec, requests, .. } = &*self.requested;
        match requests {
            Requests::Everywhere(request) => {
                let needed = Plan::needs_reference(&request.expectation, spec.same);
                (environment.is_judged() || needed).then_some(request)
            }
            Requests::Each(requests) => {
                let index = view.map_or(index, |view| view.index);
                requests.get(index)?.as_ref()
            }
        }
    }

    /// What is sent to the environment with this index, which its suite may have its own `view` of; `None` where it is
    /// not asked.
    pub(super) fn probe<'p>(
        &'p self,
        index: usize,
        environment: &'p Environment,
        view: Option<&'p View>,
    ) -> Option<Probe<'p>> {
        let spec = &self.requested.spec;
        let request = self.request(index, environment, view)?;
        let site = environment.at(spec.service);
        let target = request
            .target
            .as_deref()
            .unwrap_or_else(|| self.path.written());
        let (headers, timeout, farther) = match view {
            Some(view) => (view.headers(spec.service)?, view.timeout, &view.retry),
            None => (&*site.headers, environment.timeout, &environment.retry),
        };
        let retry = request.retry.as_deref().unwrap_or(farther);
        // Sending a POST twice may order twice: only its endpoint can know.
        let may_retry = spec.method.is_idempotent() || request.retry.is_some();
        Some(Probe {
            method: &spec.method,
            target,
            shown_target: request.shown_target.as_deref().unwrap_or(target),
            headers: request.headers.as_deref().unwrap_or(headers),
            body: request.body.as_ref(),
            timeout: request.timeout.unwrap_or(timeout),
            retries: if may_retry { retry.times } else { 0 },
            retry,
            service: spec.service,
            credential: environment
                .keeper(spec.service)
                .credential(&spec.credential),
            follow_redirects: spec.follow_redirects,
            expectation: &request.expectation,
            same: spec.same,
            allow_crossing: spec.allow_crossing,
        })
    }
}
