//! When the next request to an environment may be sent: evenly spaced, and not while it asked for a pause.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// The clock of one environment. Whatever is sent to it takes a turn first: probes, hops, retries, resends and
/// renewals, on whatever threads they are.
#[derive(Debug)]
pub(super) struct Pacer {
    interval: Option<Duration>,
    /// Whether it has ever been asked for a pause: until then nobody need look at the clock where turns are not spaced.
    was_paused: AtomicBool,
    clock: Mutex<Clock>,
}

#[derive(Debug, Default)]
struct Clock {
    /// When the next turn is, if turns are spaced.
    next: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Pacer {
    /// Turns at least `interval` apart, if any.
    pub(super) fn new(interval: Option<Duration>) -> Self {
        Self {
            interval,
            was_paused: AtomicBool::new(false),
            clock: Mutex::default(),
        }
    }

    /// Waits until something may be sent. What is going to be waited is added to `waited` beforehand: it is not
    /// the environment that takes this time.
    pub(super) async fn turn(&self, waited: &Cell<Duration>) {
        if self.interval.is_none() && !self.was_paused.load(Ordering::Acquire) {
            return;
        }
        loop {
            let now = Instant::now();
            let turn = self.next_turn(now);
            if turn > now {
                waited.set(waited.get() + (turn - now));
                sleep_until(turn).await;
            }
            // Somebody may have been told to pause meanwhile.
            let paused_until = self.clock().paused_until;
            if paused_until.is_none_or(|end| end <= Instant::now()) {
                return;
            }
        }
    }

    /// Sends nothing for `pause`, or as long as an earlier pause lasts.
    pub(super) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let mut clock = self.clock();
        clock.paused_until = clock.paused_until.max(Some(end));
        drop(clock);
        self.was_paused.store(true, Ordering::Release);
    }

    /// Takes the next turn, which may be `now`.
    fn next_turn(&self, now: Instant) -> Instant {
        let mut clock = self.clock();
        let earliest = clock.next.max(clock.paused_until);
        let turn = earliest.unwrap_or(now).max(now);
        if let Some(interval) = self.interval {
            clock.next = Some(turn + interval);
        }
        turn
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often the event loop gets to take in what has come, before an attempt is given up: what comes is read by a task
/// of the connection, and only then by whoever waits for it.
const LAST_LOOKS: u32 = 4;

/// What rings when an attempt takes too long. Setting one anew is cheaper than making one.
pub(super) type Alarm = Pin<Box<Sleep>>;

/// An alarm that is yet to be set.
pub(super) fn alarm() -> Alarm {
    Box::pin(sleep(Duration::ZERO))
}

/// What `work` comes to within `limit` of `started`, on which the time that it adds to `waited` does not count;
/// `None` if it takes longer.
pub(super) async fn within<T>(
    alarm: &mut Alarm,
    (started, limit): (Instant, Duration),
    waited: &Cell<Duration>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let end = || started + limit + waited.get();
    let mut work = pin!(work);
    loop {
        alarm.as_mut().reset(end());
        tokio::select! {
            biased;
            result = work.as_mut() => return Some(result),
            () = alarm.as_mut() => {}
        }
        // Some of the time may have gone into waiting for a turn.
        if Instant::now() >= end() {
            break;
        }
    }
    // Where all of the program was held up, the answer may have been there for long, and nobody had looked.
    for _ in 0..LAST_LOOKS {
        tokio::select! {
            biased;
            result = work.as_mut() => return Some(result),
            () = yield_now() => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

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

    #[tokio::test]
    async fn what_came_while_all_was_held_up_is_still_taken() {
        let (near, mut far) = std::os::unix::net::UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        let mut near = tokio::net::UnixStream::from_std(near).unwrap();
        let answer = tokio::spawn(async move { near.read_u8().await.unwrap() });
        yield_now().await;
        std::io::Write::write_all(&mut far, b"!").unwrap();
        let long_ago = Instant::now() - Duration::from_mins(1);
        let limit = (long_ago, Duration::from_secs(10));
        let taken = within(&mut alarm(), limit, &Cell::default(), answer).await;
        assert_eq!(taken.unwrap().unwrap(), b'!');
        let never = std::future::pending::<()>();
        let taken = within(&mut alarm(), limit, &Cell::default(), never).await;
        assert_eq!(taken, None);
    }
}
