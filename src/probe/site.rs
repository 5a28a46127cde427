//! One address of an environment under way: its own base URL, or a service.
//!
//! Input: the environment as the plan has it at that address. Output: what all probes there share, on whatever
//! threads they are: a keyring, whether it is ready, and whether it has stopped answering.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::credential::{Issuer, Keyring};
use super::ready;
use crate::outcome::{Failure, Observed};
use crate::plan::{Environment, Secrets};

/// So many probes in a row without a connection, and the address is given up.
pub(super) const GIVE_UP_AFTER: u32 = 20;

/// An address.
pub(super) struct Site<'p> {
    pub(super) environment: &'p Environment,
    pub(super) keyring: Keyring<'p>,
    ready: OnceCell<Result<(), Failure>>,
    unconnected: AtomicU32,
}

impl<'p> Site<'p> {
    pub(super) fn new(environment: &'p Environment, secrets: &'p Secrets) -> Self {
        Self {
            environment,
            keyring: Keyring::new(environment, secrets),
            ready: OnceCell::new(),
            unconnected: AtomicU32::new(0),
        }
    }

    /// Waits until it is ready, with what `keeper` has to show; once for everybody.
    pub(super) async fn until_ready(
        &self,
        keeper: &Self,
        asked: Issuer<'_>,
        longest: Option<Duration>,
    ) -> Result<(), Failure> {
        let wait = || async {
            let pass = keeper.keyring.standing(keeper.environment);
            ready::wait(&asked, pass.as_ref(), longest).await
        };
        self.ready.get_or_init(wait).await.clone()
    }

    /// Whether it was ready when it was asked.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.ready.get(), Some(Ok(())))
    }

    /// Whether it has stopped answering.
    pub(super) fn is_silent(&self) -> bool {
        self.unconnected.load(Ordering::Relaxed) >= GIVE_UP_AFTER
    }

    /// Takes note of whether it answered.
    pub(super) fn count(&self, observed: &Observed) {
        match observed.failure().map(|failure| failure.kind) {
            Some(kind) if kind.is_unconnected() => {
                self.unconnected.fetch_add(1, Ordering::Relaxed);
            }
            // It says nothing about the environment, neither good nor bad.
            Some(kind) if kind.is_local() => {}
            // Written only where that changes anything: other threads read it for every probe.
            _ if self.unconnected.load(Ordering::Relaxed) == 0 => {}
            _ => self.unconnected.store(0, Ordering::Relaxed),
        }
    }
}
