//! One environment under way: what all its slots share, on whatever threads they are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::Options;
use super::exchange::Exchanged;
use super::pace::Pacer;
use super::schedule::Next;
use super::site::Site;
use crate::plan::{Plan, Probe, ProbeId};

/// The probes of one environment, taken by its slots one after the other.
pub(super) struct Lane<'p> {
    pub(super) plan: &'p Plan,
    index: usize,
    /// Its own base URL.
    pub(super) home: Site<'p>,
    services: Vec<Site<'p>>,
    pub(super) pacer: Pacer,
    pub(super) options: &'p Options,
    /// When the run's time is up.
    deadline: Option<Instant>,
    next: AtomicUsize,
}

impl<'p> Lane<'p> {
    /// The lane of the environment with this index.
    pub(super) fn new(
        plan: &'p Plan,
        index: usize,
        options: &'p Options,
        deadline: Option<Instant>,
    ) -> Self {
        let environment = &plan.environments()[index];
        let site = |environment| Site::new(environment, plan.secrets());
        Self {
            plan,
            index,
            home: site(environment),
            services: environment.services().iter().map(site).collect(),
            pacer: Pacer::new(environment.rate_interval()),
            options,
            deadline,
            next: AtomicUsize::new(0),
        }
    }

    /// The next probe that nobody has taken.
    pub(super) fn take(&self) -> Option<ProbeId> {
        let endpoint = self.next.fetch_add(1, Ordering::Relaxed);
        let environment = self.index;
        (endpoint < self.plan.endpoints().len()).then_some(ProbeId {
            endpoint,
            environment,
        })
    }

    /// Where a service is asked; without one, the environment's own base URL.
    pub(super) fn site(&self, service: Option<usize>) -> &Site<'p> {
        service
            .and_then(|index| self.services.get(index))
            .unwrap_or(&self.home)
    }

    /// Too many requests were everybody's, so everybody waits.
    pub(super) fn heed(&self, exchanged: &Exchanged, probe: &Probe<'_>) {
        if exchanged.is_too_many() {
            let pause = exchanged
                .retry_after
                .filter(|pause| *pause <= probe.retry.max_wait);
            self.pacer.pause(pause.unwrap_or(Duration::ZERO));
        }
    }

    /// Nothing is waited for that the run's deadline, or giving up, would cut off anyway.
    pub(super) fn within_reason(&self, site: &Site<'p>, next: Next) -> Next {
        match next {
            Next::Again(_) if self.is_given_up(site) => Next::Final,
            Next::Again(delay)
                if self
                    .deadline
                    .is_some_and(|end| Instant::now() + delay >= end) =>
            {
                Next::Final
            }
            next => next,
        }
    }

    /// Whether nothing more is sent there.
    pub(super) fn is_given_up(&self, site: &Site<'p>) -> bool {
        self.options.give_up && site.is_silent()
    }
}
