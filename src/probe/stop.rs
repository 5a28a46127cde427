//! Ending a run from outside: a signal handler on one side, the probes on the other.

use tokio::sync::watch;

use crate::outcome::End;

/// A handle that ends a run. Clones speak to the same run.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: watch::Sender<Option<End>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl Stop {
    /// A handle that has not been told anything yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sender: watch::Sender::new(None),
        }
    }

    /// Ends the run with `end`, from any thread; the first word counts.
    pub fn request(&self, end: End) {
        self.sender.send_if_modified(|requested| {
            let first = requested.is_none();
            requested.get_or_insert(end);
            first
        });
    }

    /// Waits until the run is to end.
    pub(super) async fn requested(&self) -> End {
        let mut receiver = self.sender.subscribe();
        loop {
            if let Some(end) = *receiver.borrow_and_update() {
                return end;
            }
            if receiver.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}
