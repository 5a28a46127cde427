//! One address of an environment under way: its own base URL, or a service.
//!
//! Input: the environment as the plan has it at that address. Output: what all probes there share: a client, a
//! keyring, whether it is ready, and whether it has stopped answering.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::OnceCell;

use super::client::Client;
use super::credential::{Issuer, Keyring};
use super::pace::Pacer;
use super::ready;
use crate::outcome::{Failure, Observed};
use crate::plan::{Environment, Secrets};

/// So many probes in a row without a connection, and the address is given up.
pub(super) const GIVE_UP_AFTER: u32 = 20;

/// An address.
pub(super) struct Site<'p> {
    pub(super) environment: &'p Environment,
    pub(super) client: Result<Client, Failure>,
    pub(super) keyring: Keyring<'p>,
    ready: OnceCell<Result<(), Failure>>,
    unconnected: Cell<u32>,
}

impl<'p> Site<'p> {
    pub(super) fn new(
        environment: &'p Environment,
        client: Result<Client, Failure>,
        secrets: &'p Secrets,
    ) -> Self {
        Self {
            environment,
            client,
            keyring: Keyring::new(environment, secrets),
            ready: OnceCell::new(),
            unconnected: Cell::new(0),
        }
    }

    /// How credentials are obtained here.
    pub(super) fn issuer<'a>(&'a self, pacer: &'a Pacer) -> Result<Issuer<'a>, Failure> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        Ok(Issuer {
            environment: self.environment,
            client,
            pacer,
        })
    }

    /// Waits until it is ready, with what `keeper` has to show; once for everybody.
    pub(super) async fn until_ready(
        &self,
        keeper: &Self,
        pacer: &Pacer,
        longest: Option<Duration>,
    ) -> Result<(), Failure> {
        let wait = || async {
            let pass = keeper.keyring.standing(keeper.environment);
            ready::wait(&self.issuer(pacer)?, pass.as_ref(), longest).await
        };
        self.ready.get_or_init(wait).await.clone()
    }

    /// Whether it was ready when it was asked.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.ready.get(), Some(Ok(())))
    }

    /// Whether it has stopped answering.
    pub(super) fn is_silent(&self) -> bool {
        self.unconnected.get() >= GIVE_UP_AFTER
    }

    /// Takes note of whether it answered.
    pub(super) fn count(&self, observed: &Observed) {
        let kind = observed.failure().map(|failure| failure.kind);
        self.unconnected.set(match kind {
            Some(kind) if kind.is_unconnected() => self.unconnected.get() + 1,
            // It says nothing about the environment, neither good nor bad.
            Some(kind) if kind.is_local() => self.unconnected.get(),
            _ => 0,
        });
    }
}
