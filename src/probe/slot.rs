//! One slot of an environment: a request in flight at a time.
//!
//! Input: a lane, and the clients of the thread that the slot is on. Output: an outcome for each probe that it takes.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::sleep;
use url::Url;

use super::Warnings;
use super::client::Client;
use super::credential::{Issuer, Pass};
use super::exchange::{Exchange, Exchanged};
use super::failure;
use super::lane::Lane;
use super::pace::{Alarm, alarm};
use super::schedule::{self, Next};
use super::site::{Base, GIVE_UP_AFTER, Site};
use crate::outcome::{Failure, FailureKind, Observed, Outcome, Samples};
use crate::plan::{Probe, ProbeId};

/// One of the slots of a lane.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a, 'p> {
    pub(super) lane: &'a Lane<'p>,
    /// For the environment's own base URL, then for each of its services.
    pub(super) clients: &'a [Result<Client, Failure>],
    pub(super) warnings: &'a Warnings,
}

/// A place that is asked, and what it is asked with.
#[derive(Clone, Copy)]
struct Door<'a, 'p> {
    site: &'a Site<'p>,
    base: Base<'a>,
    client: &'a Client,
    service: Option<usize>,
    /// The service whose credentials are shown there.
    keeper: Option<usize>,
}

/// A probe at its door.
struct Visit<'a, 'p> {
    slot: Slot<'a, 'p>,
    door: Door<'a, 'p>,
    probe: &'a Probe<'a>,
    url: Url,
}

impl<'a, 'p> Slot<'a, 'p> {
    /// Takes probes and sends them until there is nothing left to ask.
    pub(super) async fn work(self, sink: &Mutex<impl FnMut(ProbeId, Outcome)>) {
        let mut alarm = alarm();
        while let Some(id) = self.lane.take() {
            let Some(probe) = self.lane.plan.probe(id) else {
                continue;
            };
            let outcome = self.probe(&mut alarm, id, &probe).await;
            let is_sent = outcome.attempts > 0;
            sink.lock().unwrap_or_else(PoisonError::into_inner)(id, outcome);
            if !is_sent {
                // Nothing was waited for: a million of these must not keep a signal, or the others, from their turn.
                yield_now().await;
            }
        }
    }

    async fn probe(self, alarm: &mut Alarm, id: ProbeId, probe: &Probe<'_>) -> Outcome {
        let lane = self.lane;
        let site = lane.site(probe.service);
        if lane.is_given_up(site) {
            let message = format!("not asked: {GIVE_UP_AFTER} probes in a row got no connection");
            return unasked(Failure::new(FailureKind::Unreachable, message));
        }
        let door = match self.door(probe.service) {
            Ok(door) => door,
            Err(failure) => return unasked(failure),
        };
        if let Err(failure) = self.until_ready(door).await {
            return unasked(failure);
        }
        let visit = Visit {
            slot: self,
            door,
            probe,
            url: door.base.append(probe.target),
        };
        let is_sampled = lane.options.sample > 1 && lane.plan.is_sampled(id.endpoint);
        let outcome = if is_sampled {
            Box::pin(visit.samples(alarm)).await
        } else {
            visit.attempts(alarm).await
        };
        site.count(&outcome.observed);
        outcome
    }

    /// An environment that says when it is ready says it for all its services.
    async fn until_ready(self, door: Door<'_, 'p>) -> Result<(), Failure> {
        if door.site.is_ready() {
            return Ok(());
        }
        let (longest, home) = (self.lane.options.wait, &self.lane.home);
        if home.environment.ready().is_some() {
            let issuer = self.issuer(None)?;
            home.until_ready(home, issuer, longest).await?;
        }
        let issuer = self.issuer(door.service)?;
        let keeper = self.lane.site(door.keeper);
        door.site.until_ready(keeper, issuer, longest).await
    }

    fn door(self, service: Option<usize>) -> Result<Door<'a, 'p>, Failure> {
        let site = self.lane.site(service);
        let is_shared = site.environment.shares_credentials();
        let base = site.base();
        let base = base.ok_or_else(|| failure::other("the embedded environment is not running"))?;
        Ok(Door {
            site,
            base,
            client: self.client(service)?,
            service,
            keeper: if is_shared { None } else { service },
        })
    }

    /// How credentials are obtained there.
    fn issuer(self, service: Option<usize>) -> Result<Issuer<'a>, Failure> {
        Ok(Issuer {
            environment: self.lane.site(service).environment,
            client: self.client(service)?,
            pacer: &self.lane.pacer,
        })
    }

    fn client(self, service: Option<usize>) -> Result<&'a Client, Failure> {
        match self.clients.get(service.map_or(0, |index| index + 1)) {
            Some(client) => client.as_ref().map_err(Clone::clone),
            None => Err(failure::other("there is no client")),
        }
    }
}

/// What is seldom done is boxed, here and wherever it is called: a slot that waits for an answer stays the smaller, and is
/// moved the faster.
impl Visit<'_, '_> {
    /// Asks until the answer is final.
    async fn attempts(&self, alarm: &mut Alarm) -> Outcome {
        let (mut attempts, mut reconnects) = (0, 0);
        loop {
            attempts += 1;
            let exchanged = match self.attempt(alarm).await {
                Ok(exchanged) => exchanged,
                // Signing in is tried once for everybody: asking again would not change what came of it.
                Err(failure) => return unasked(failure),
            };
            reconnects += exchanged.reconnects;
            self.slot.lane.heed(&exchanged, self.probe);
            let next = schedule::next(
                self.probe,
                &exchanged.observed,
                attempts,
                exchanged.retry_after,
            );
            let Next::Again(delay) = self.slot.lane.within_reason(self.door.site, next) else {
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
    async fn samples(&self, alarm: &mut Alarm) -> Outcome {
        let wanted = self.slot.lane.options.sample;
        let mut samples = Samples::default();
        let (mut reconnects, mut last) = (0, Duration::ZERO);
        while samples.total() < wanted {
            let exchanged = self.attempt(alarm).await;
            let exchanged = match exchanged {
                Ok(exchanged) => exchanged,
                Err(failure) => return unasked(failure),
            };
            reconnects += exchanged.reconnects;
            last = exchanged.duration;
            self.slot.lane.heed(&exchanged, self.probe);
            let is_lost = exchanged.observed.answer().is_none();
            samples.add(exchanged.observed, exchanged.hops);
            if is_lost && samples.total() < wanted {
                // What broke for a moment would otherwise break all of them.
                let next = Next::Again(schedule::back_off(self.probe.retry, 1));
                let Next::Again(delay) = self.slot.lane.within_reason(self.door.site, next) else {
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

    /// One attempt, and another with a new credential where the old one is no good any more; an error where
    /// there is no credential to begin with.
    async fn attempt(&self, alarm: &mut Alarm) -> Result<Exchanged, Failure> {
        let (slot, probe) = (self.slot, self.probe);
        let keeper = slot.lane.site(self.door.keeper);
        let pass = if keeper.keyring.has_one_for(probe) {
            let issuer = slot.issuer(self.door.keeper)?;
            keeper.keyring.pass(probe, &issuer).await?
        } else {
            None
        };
        let exchanged = self.exchange(alarm, pass.as_ref()).await;
        let refused = exchanged
            .observed
            .answer()
            .is_some_and(|answer| probe.renews_after(answer.status));
        if !refused {
            return Ok(exchanged);
        }
        let issuer = slot.issuer(self.door.keeper)?;
        Ok(
            match keeper.keyring.renew(probe, pass.as_ref(), &issuer).await {
                Ok(Some(renewed)) => {
                    let again = Box::pin(self.exchange(alarm, Some(&renewed))).await;
                    Exchanged {
                        reconnects: again.reconnects + exchanged.reconnects,
                        ..again
                    }
                }
                Ok(None) => exchanged,
                Err(failure) => {
                    slot.warnings.tell(format!(
                        "{}: {}",
                        keeper.environment.label(),
                        failure.message
                    ));
                    exchanged
                }
            },
        )
    }

    async fn exchange(&self, alarm: &mut Alarm, pass: Option<&Pass>) -> Exchanged {
        let waited = Cell::default();
        let turn = (&self.slot.lane.pacer, &waited);
        let Door { client, base, .. } = self.door;
        let mut exchange = Exchange::new(client, turn, self.probe, base, &self.url, pass);
        exchange.run(alarm).await
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
