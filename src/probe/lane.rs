//! One environment under way: its slots, and what they share.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep};
use url::Url;

use super::client::Client;
use super::exchange::{Exchange, Exchanged};
use super::failure;
use super::pace::Pacer;
use super::schedule::{self, Next};
use super::site::{GIVE_UP_AFTER, Site};
use super::{Options, Warnings};
use crate::outcome::{Failure, FailureKind, Observed, Outcome, Samples};
use crate::plan::{Plan, Probe, ProbeId};

/// The probes of one environment, taken by its slots one after the other.
pub(super) struct Lane<'p> {
    plan: &'p Plan,
    index: usize,
    /// Its own base URL.
    home: Site<'p>,
    services: Vec<Site<'p>>,
    pacer: Pacer,
    options: &'p Options,
    /// When the run's time is up.
    deadline: Option<Instant>,
    next: Cell<usize>,
}

impl<'p> Lane<'p> {
    pub(super) fn new(
        plan: &'p Plan,
        index: usize,
        clients: Vec<Result<Client, Failure>>,
        options: &'p Options,
        deadline: Option<Instant>,
    ) -> Self {
        let environment = &plan.environments()[index];
        let mut clients = clients.into_iter();
        let mut site = |environment| {
            let none = || Err(failure::other("there is no client"));
            let client = clients.next().unwrap_or_else(none);
            Site::new(environment, client, plan.secrets())
        };
        let home = site(environment);
        let services = environment.services().iter().map(site).collect();
        Self {
            plan,
            index,
            home,
            services,
            pacer: Pacer::new(environment.rate_interval()),
            options,
            deadline,
            next: Cell::new(0),
        }
    }

    /// One slot: a request in flight at a time, until there is nothing left to ask.
    pub(super) async fn work(
        &self,
        sink: &Mutex<impl FnMut(ProbeId, Outcome)>,
        warnings: &Warnings,
    ) {
        while let Some(id) = self.take() {
            let Some(probe) = self.plan.probe(id) else {
                continue;
            };
            let outcome = self.probe(id, probe, warnings).await;
            let is_sent = outcome.attempts > 0;
            sink.lock().unwrap_or_else(PoisonError::into_inner)(id, outcome);
            if !is_sent {
                // Nothing was waited for: a million of these must not keep a signal, or the others, from their turn.
                yield_now().await;
            }
        }
    }

    fn take(&self) -> Option<ProbeId> {
        let endpoint = self.next.get();
        self.next.set(endpoint + 1);
        let environment = self.index;
        (endpoint < self.plan.endpoints().len()).then_some(ProbeId {
            endpoint,
            environment,
        })
    }

    async fn probe(&self, id: ProbeId, probe: Probe<'_>, warnings: &Warnings) -> Outcome {
        let site = self.site(probe.service);
        if self.is_given_up(site) {
            let message = format!("not asked: {GIVE_UP_AFTER} probes in a row got no connection");
            return unasked(Failure::new(FailureKind::Unreachable, message));
        }
        let client = match &site.client {
            Ok(client) => client,
            Err(failure) => return unasked(failure.clone()),
        };
        let (Some(home), Some(url)) = (
            site.environment.base_url(),
            site.environment.url(probe.target),
        ) else {
            return unasked(failure::other("the embedded environment is not running"));
        };
        if let Err(failure) = self.until_ready(site).await {
            return unasked(failure);
        }
        let is_sampled = self.options.sample > 1 && self.plan.is_sampled(id.endpoint);
        let outcome = if is_sampled {
            // Boxed, so that it makes no other probe any larger.
            Box::pin(self.samples(site, client, home, url, probe, warnings)).await
        } else {
            self.attempts(site, client, home, url, probe, warnings)
                .await
        };
        site.count(&outcome.observed);
        outcome
    }

    /// Asks until the answer is final.
    async fn attempts(
        &self,
        site: &Site<'p>,
        client: &Client,
        home: &Url,
        url: Url,
        probe: Probe<'_>,
        warnings: &Warnings,
    ) -> Outcome {
        let (mut attempts, mut reconnects) = (0, 0);
        loop {
            attempts += 1;
            let exchanged = match self
                .attempt(site, client, home, &url, probe, warnings)
                .await
            {
                Ok(exchanged) => exchanged,
                // Signing in is tried once for everybody: asking again would not change what came of it.
                Err(failure) => return unasked(failure),
            };
            reconnects += exchanged.reconnects;
            self.heed(&exchanged, probe);
            let next = schedule::next(&probe, &exchanged.observed, attempts, exchanged.retry_after);
            let Next::Again(delay) = self.within_reason(site, next) else {
                let Exchanged {
                    observed,
                    hops,
                    duration,
                    ..
                } = exchanged;
                return Outcome {
                    observed,
                    hops,
                    attempts,
                    reconnects,
                    duration,
                    samples: None,
                };
            };
            sleep(delay).await;
        }
    }

    /// Asks as often as samples are wanted, one after the other. Nothing is asked once more for what it answered:
    /// that would hide what varies.
    async fn samples(
        &self,
        site: &Site<'p>,
        client: &Client,
        home: &Url,
        url: Url,
        probe: Probe<'_>,
        warnings: &Warnings,
    ) -> Outcome {
        let mut samples = Samples::default();
        let (mut reconnects, mut last) = (0, Duration::ZERO);
        while samples.total() < self.options.sample {
            let exchanged = self
                .attempt(site, client, home, &url, probe, warnings)
                .await;
            let exchanged = match exchanged {
                Ok(exchanged) => exchanged,
                Err(failure) => return unasked(failure),
            };
            reconnects += exchanged.reconnects;
            last = exchanged.duration;
            self.heed(&exchanged, probe);
            let is_lost = exchanged.observed.answer().is_none();
            samples.add(exchanged.observed, exchanged.hops);
            if is_lost && samples.total() < self.options.sample {
                // What broke for a moment would otherwise break all of them.
                let next = Next::Again(schedule::back_off(probe.retry, 1));
                let Next::Again(delay) = self.within_reason(site, next) else {
                    break;
                };
                sleep(delay).await;
            }
        }
        let Some(usual) = samples.usual().cloned() else {
            return unasked(failure::other("no sample was taken"));
        };
        Outcome {
            observed: usual.observed,
            hops: usual.hops,
            attempts: samples.total(),
            reconnects,
            duration: last,
            samples: Some(Box::new(samples)),
        }
    }

    /// Too many requests were everybody's, so everybody waits.
    fn heed(&self, exchanged: &Exchanged, probe: Probe<'_>) {
        if exchanged.is_too_many() {
            let pause = exchanged
                .retry_after
                .filter(|pause| *pause <= probe.retry.max_wait);
            self.pacer.pause(pause.unwrap_or_default());
        }
    }

    /// One attempt, and another with a new credential where the old one is no good any more; an error where
    /// there is no credential to begin with.
    async fn attempt(
        &self,
        site: &Site<'p>,
        client: &Client,
        home: &Url,
        url: &Url,
        probe: Probe<'_>,
        warnings: &Warnings,
    ) -> Result<Exchanged, Failure> {
        let send = async |pass| {
            let waited = Cell::default();
            let turn = (&self.pacer, &waited);
            Exchange::new(client, turn, probe, home, url, pass)
                .run()
                .await
        };
        let keeper = self.keeper(site);
        let issuer = keeper.issuer(&self.pacer)?;
        let pass = keeper.keyring.pass(probe, &issuer).await?;
        let exchanged = send(pass.as_ref()).await;
        let refused = exchanged
            .observed
            .answer()
            .is_some_and(|answer| probe.renews_after(answer.status));
        if !refused {
            return Ok(exchanged);
        }
        Ok(
            match keeper.keyring.renew(probe, pass.as_ref(), &issuer).await {
                Ok(Some(renewed)) => {
                    let again = send(Some(&renewed)).await;
                    Exchanged {
                        reconnects: again.reconnects + exchanged.reconnects,
                        ..again
                    }
                }
                Ok(None) => exchanged,
                Err(failure) => {
                    warnings.tell(format!(
                        "{}: {}",
                        keeper.environment.label(),
                        failure.message
                    ));
                    exchanged
                }
            },
        )
    }

    /// Nothing is waited for that the run's deadline, or giving up, would cut off anyway.
    fn within_reason(&self, site: &Site<'p>, next: Next) -> Next {
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

    /// Where a probe is asked.
    fn site(&self, service: Option<usize>) -> &Site<'p> {
        service
            .and_then(|index| self.services.get(index))
            .unwrap_or(&self.home)
    }

    /// Who keeps what is shown there.
    fn keeper<'a>(&'a self, site: &'a Site<'p>) -> &'a Site<'p> {
        if site.environment.shares_credentials() {
            &self.home
        } else {
            site
        }
    }

    /// An environment that says when it is ready says it for all its services.
    async fn until_ready(&self, site: &Site<'p>) -> Result<(), Failure> {
        if site.is_ready() {
            return Ok(());
        }
        let longest = self.options.wait;
        if self.home.environment.ready().is_some() {
            let home = &self.home;
            home.until_ready(home, &self.pacer, longest).await?;
        }
        site.until_ready(self.keeper(site), &self.pacer, longest)
            .await
    }

    fn is_given_up(&self, site: &Site<'p>) -> bool {
        self.options.give_up && site.is_silent()
    }
}

/// An outcome for what was never sent.
fn unasked(failure: Failure) -> Outcome {
    Outcome {
        observed: Observed::Nothing(failure),
        hops: Vec::new(),
        attempts: 0,
        reconnects: 0,
        duration: Duration::ZERO,
        samples: None,
    }
}
