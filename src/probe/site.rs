//! One address of an environment under way: its own base URL, or a service.
//!
//! Input: the environment as the plan has it at that address. Output: what all probes there share, on whatever
//! threads they are: a keyring, whether it is ready, and whether it has stopped answering.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::OnceCell;
use url::Url;

use super::client::greeting;
use super::credential::{Issuer, Keyring};
use super::ready;
use crate::outcome::{Failure, Observed};
use crate::plan::{self, Environment, Secrets};

/// So many probes in a row without a connection, and the address is given up.
pub(super) const GIVE_UP_AFTER: u32 = 20;

/// The base URL of an address, and what goes with it.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    /// Nothing configured leaves its origin.
    pub(super) url: &'a Url,
    greeting: &'a HeaderMap,
}

impl Base<'_> {
    /// `target`, in the form in which it is sent, appended to the base URL.
    pub(super) fn append(self, target: &str) -> Url {
        plan::url_below(self.url, target)
    }

    /// What a request there says besides `configured`, and that.
    pub(super) fn greet(self, configured: &HeaderMap) -> HeaderMap {
        if configured.is_empty() {
            return self.greeting.clone();
        }
        let mut headers = configured.clone();
        for (name, value) in self.greeting {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers
    }
}

/// An address.
pub(super) struct Site<'p> {
    pub(super) environment: &'p Environment,
    pub(super) keyring: Keyring<'p>,
    greeting: HeaderMap,
    ready: OnceCell<Result<(), Failure>>,
    unconnected: AtomicU32,
}

impl<'p> Site<'p> {
    pub(super) fn new(environment: &'p Environment, secrets: &'p Secrets) -> Self {
        Self {
            environment,
            keyring: Keyring::new(environment, secrets),
            greeting: greeting(environment),
            ready: OnceCell::new(),
            unconnected: AtomicU32::new(0),
        }
    }

    /// What its probes are appended to; `None` before an embedded environment listens.
    pub(super) fn base(&self) -> Option<Base<'_>> {
        Some(Base {
            url: self.environment.base_url()?,
            greeting: &self.greeting,
        })
    }

    /// Waits until it is ready, with what `keeper` has to show; once for everybody.
    pub(super) async fn until_ready(
        &self,
        keeper: &Self,
        asked: Issuer<'_>,
        longest: Option<Duration>,
    ) -> Result<(), Failure> {
        let wait = || {
            Box::pin(async {
                let pass = keeper.keyring.standing(keeper.environment);
                ready::wait(&asked, pass.as_ref(), longest).await
            })
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
