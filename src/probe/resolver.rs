//! Looking names up: once for all connections of a run, not once for each.
//!
//! Input: the name of a host. Output: its addresses, as the system knows them. Many look-ups of one name at the same
//! time are one, and what it found is kept for a minute, as curl does: resolvers drop what is too much at once, and a
//! server that is well would look dead. It keeps no failure.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How long addresses are good for.
const KEPT: Duration = Duration::from_mins(1);

/// What the threads of a run look names up with.
#[derive(Default)]
pub(super) struct Resolver {
    known: Mutex<HashMap<String, Lookup>>,
}

/// The addresses, or what those that wait for them share of an error.
type Found = Result<Arc<[SocketAddr]>, Arc<io::Error>>;

/// A look-up under way, or what it found; whoever waits for it moves it on.
type Finding = Shared<BoxFuture<'static, Found>>;

struct Lookup {
    found: Finding,
    began: Instant,
}

impl Lookup {
    /// Whether nothing is gained by another one.
    fn will_do(&self) -> bool {
        match self.found.peek() {
            None => true,
            Some(found) => found.is_ok() && self.began.elapsed() < KEPT,
        }
    }
}

impl Resolver {
    /// Whether the addresses of `host` are still waited for.
    pub(super) fn is_asking_for(&self, host: &str) -> bool {
        let known = self.known();
        known
            .get(host)
            .is_some_and(|lookup| lookup.found.peek().is_none())
    }

    /// What is found by `ask`, or by a look-up of the same name that will do.
    fn find(
        &self,
        name: &str,
        ask: impl Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    ) -> Finding {
        let mut known = self.known();
        if let Some(lookup) = known.get(name).filter(|lookup| lookup.will_do()) {
            return lookup.found.clone();
        }
        let ask = async { ask.await.map(Arc::from).map_err(Arc::new) };
        let found = ask.boxed().shared();
        let lookup = Lookup {
            found: found.clone(),
            began: Instant::now(),
        };
        known.insert(name.to_owned(), lookup);
        found
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Lookup>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str();
        let host = name.to_owned();
        // The port is the URL's.
        let ask = async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) };
        let found = self.find(name, ask);
        Box::pin(async {
            match found.await {
                Ok(addresses) => {
                    let addresses = Vec::from(&addresses[..]).into_iter();
                    Ok(Box::new(addresses) as Addrs)
                }
                Err(error) => Err(again(&error).into()),
            }
        })
    }
}

/// The same error once more: one that was shared would no longer be taken for what it is.
fn again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    fn address() -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], 0))
    }

    #[tokio::test]
    async fn many_at_once_are_one_look_up_and_later_ones_none() {
        let resolver = Resolver::default();
        let (asked, answered) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let find = || {
            let (asked, answered) = (Arc::clone(&asked), Arc::clone(&answered));
            resolver.find("shop.example", async move {
                asked.fetch_add(1, Ordering::Relaxed);
                answered.notified().await;
                Ok(vec![address()])
            })
        };
        let mut impatient = Box::pin(find());
        assert!((&mut impatient).now_or_never().is_none());
        assert!(resolver.is_asking_for("shop.example"));
        // Whoever was first may have been too impatient.
        drop(impatient);
        let many = join_all((0..100).map(|_| find()));
        let (found, ()) = tokio::join!(many, async { answered.notify_one() });
        assert!(found.iter().flatten().all(|found| found[..] == [address()]));
        assert_eq!(found.iter().flatten().count(), 100);
        assert!(!resolver.is_asking_for("shop.example"));
        assert_eq!(find().await.unwrap()[..], [address()]);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failure_is_shared_by_those_who_wait_and_not_kept() {
        let resolver = Resolver::default();
        let fail = || {
            resolver.find("shop.example", async {
                tokio::task::yield_now().await;
                Err(io::Error::other("no such name"))
            })
        };
        let found = join_all([fail(), fail()]).await;
        assert!(found.iter().all(Result::is_err));
        let found = resolver.find("shop.example", async { Ok(vec![address()]) });
        assert_eq!(found.await.unwrap()[..], [address()]);
    }

    #[tokio::test]
    async fn each_name_is_looked_up_by_itself() {
        let resolver = Resolver::default();
        let other = SocketAddr::from(([192, 0, 2, 2], 0));
        let one = resolver.find("a.example", async { Ok(vec![address()]) });
        let two = resolver.find("b.example", async move { Ok(vec![other]) });
        assert_eq!(one.await.unwrap()[..], [address()]);
        assert_eq!(two.await.unwrap()[..], [other]);
    }

    #[test]
    fn what_the_system_said_is_still_known() {
        for error in [
            io::Error::from_raw_os_error(24),
            io::Error::other("no such name"),
        ] {
            let same = again(&error);
            assert_eq!(same.raw_os_error(), error.raw_os_error());
            assert_eq!(
                (same.kind(), same.to_string()),
                (error.kind(), error.to_string())
            );
        }
    }
}
