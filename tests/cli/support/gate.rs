//! A gate between the threads of a test: closed until somebody opens it, then open for good.

use std::sync::{Arc, Condvar, Mutex};

use super::PATIENCE;

/// Clones are the same gate.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn open(&self) {
        let (open, changed) = &*self.0;
        *open.lock().unwrap() = true;
        changed.notify_all();
    }

    /// Waits until the gate is open; whether it was opened in time.
    pub(crate) fn wait(&self) -> bool {
        let (open, changed) = &*self.0;
        let (open, _) = changed
            .wait_timeout_while(open.lock().unwrap(), PATIENCE, |open| !*open)
            .unwrap();
        *open
    }
}
