//! When the next request to an environment may be sent: evenly spaced, and not while it asked for a pause.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

/// The clock of one environment. Whatever is sent to it takes a turn first: probes, hops, retries, resends and
/// renewals.
#[derive(Debug)]
pub(super) struct Pacer {
    interval: Option<Duration>,
    /// When the next turn is, if turns are spaced.
    next: Cell<Option<Instant>>,
    paused_until: Cell<Option<Instant>>,
}

impl Pacer {
    /// Turns at least `interval` apart, if any.
    pub(super) fn new(interval: Option<Duration>) -> Self {
        Self {
            interval,
            next: Cell::new(None),
            paused_until: Cell::new(None),
        }
    }

    /// Waits until something may be sent. What is going to be waited is added to `waited` beforehand: it is not
    /// the environment that takes this time.
    pub(super) async fn turn(&self, waited: &Cell<Duration>) {
        loop {
            let now = Instant::now();
            let turn = self
                .next
                .get()
                .max(self.paused_until.get())
                .unwrap_or(now)
                .max(now);
            if let Some(interval) = self.interval {
                self.next.set(Some(turn + interval));
            }
            if turn > now {
                waited.set(waited.get() + (turn - now));
                sleep_until(turn).await;
            }
            // Somebody may have been told to pause meanwhile.
            if self
                .paused_until
                .get()
                .is_none_or(|end| end <= Instant::now())
            {
                return;
            }
        }
    }

    /// Sends nothing for `pause`, or as long as an earlier pause lasts.
    pub(super) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        self.paused_until
            .set(self.paused_until.get().max(Some(end)));
    }
}

/// What `work` comes to within `limit`, on which the time that it adds to `waited` does not count; `None` if it
/// takes longer.
pub(super) async fn within<T>(
    limit: Duration,
    waited: &Cell<Duration>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let started = Instant::now();
    let end = || started + limit + waited.get();
    let mut work = std::pin::pin!(work);
    loop {
        match timeout_at(end(), &mut work).await {
            Ok(result) => return Some(result),
            Err(_elapsed) if Instant::now() >= end() => return None,
            // Some of the time went into waiting for a turn.
            Err(_elapsed) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times of `turns` turns, in milliseconds after the first. The clock is tokio's, which these tests stop.
    async fn times(pacer: &Pacer, turns: u32) -> Vec<u128> {
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..turns {
            pacer.turn(&Cell::default()).await;
            times.push(start.elapsed().as_millis());
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_evenly_spaced() {
        let pacer = Pacer::new(Some(Duration::from_millis(50)));
        assert_eq!(times(&pacer, 5).await, [0, 50, 100, 150, 200]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_used_is_not_saved_up() {
        let pacer = Pacer::new(Some(Duration::from_millis(50)));
        pacer.turn(&Cell::default()).await;
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(times(&pacer, 3).await, [0, 50, 100]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_up() {
        let pacer = Pacer::new(None);
        pacer.pause(Duration::from_secs(2));
        pacer.pause(Duration::from_secs(1));
        assert_eq!(times(&pacer, 2).await, [2000, 2000]);
        let spaced = Pacer::new(Some(Duration::from_secs(1)));
        let (waiting, ()) = futures::join!(times(&spaced, 2), async {
            spaced.pause(Duration::from_secs(3));
        });
        assert_eq!(waiting, [0, 3000]);
    }
}
