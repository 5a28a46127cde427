//! Probing: sends what a plan says and tells what came back.
//!
//! Input: a [`Plan`]. Output: one [`Outcome`] for each probe, handed to a closure as soon as it is known. It
//! refuses to judge: what an outcome is worth is decided by the comparison. The only room that is async, and
//! the only one that knows reqwest.

mod client;
mod credential;
mod crew;
mod exchange;
mod failure;
mod lane;
mod limits;
mod pace;
mod proxy;
mod ready;
mod redirect;
mod resolver;
mod schedule;
mod site;
mod slot;
mod stop;

use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::outcome::{End, Outcome};
use crate::plan::{Plan, ProbeId};

use lane::Lane;
use resolver::Resolver;
pub use schedule::retry_after;
use slot::Slot;
pub use stop::Stop;

/// What a run may do besides what its plan says.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time for the whole run.
    pub deadline: Option<Duration>,
    /// How long environments are waited for: overrides what they say of it themselves.
    pub wait: Option<Duration>,
    /// Whether an environment is given up after twenty probes in a row got no connection.
    pub give_up: bool,
    /// How often each endpoint is asked in each environment that is compared with the reference; once for 0 and 1.
    pub sample: u32,
}

impl Default for Options {
    /// No limit, no waiting but what environments ask for, giving up, and no samples.
    fn default() -> Self {
        Self {
            deadline: None,
            wait: None,
            give_up: true,
            sample: 1,
        }
    }
}

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// What somebody should know besides the outcomes, such as a credential that could not be renewed.
    pub warnings: Vec<String>,
}

/// Sends every probe of `plan` and hands each outcome to `sink`, one at a time, in the order in which they are known.
///
/// Blocks until all have answered, the deadline is over or `stop` is told to end; then no request is sent any
/// more, those in flight are dropped, and their probes get no outcome. Must not be called on a thread that
/// drives an async runtime: use `spawn_blocking` there. Where the plan needs more open files than the process may
/// have, the limit of the process is raised as far as that is allowed, and fewer requests are in flight if it is not.
///
/// # Errors
///
/// When the operating system refuses what an event loop needs, such as a file descriptor; then nothing was sent.
pub fn run(
    plan: &Plan,
    options: &Options,
    stop: &Stop,
    sink: impl FnMut(ProbeId, Outcome) + Send,
) -> io::Result<Ran> {
    let limits::Slots {
        threads,
        each,
        keeps,
        warning,
    } = limits::fit(plan);
    let warnings = Warnings::default();
    if let Some(warning) = warning {
        warnings.tell(warning);
    }
    let deadline = options
        .deadline
        .and_then(|deadline| Instant::now().checked_add(deadline));
    let lanes = (0..each.len()).map(|index| Lane::new(plan, index, options, deadline));
    let run = Run {
        plan,
        lanes: lanes.collect(),
        keeps,
        resolver: Arc::default(),
        stop,
        deadline,
        sink: Mutex::new(sink),
        warnings,
    };
    let mut shares = crew::shares(&each, threads);
    let mut mine = shares.swap_remove(0);
    let event_loop = event_loop()?;
    let end = thread::scope(|scope| {
        let mut threads = Vec::new();
        for share in shares {
            match run.start(scope, share.clone()) {
                Ok(thread) => threads.push(thread),
                // Too few files or threads are left for another one: this one does its share.
                Err(_) => mine
                    .iter_mut()
                    .zip(share)
                    .for_each(|(mine, more)| *mine += more),
            }
        }
        let own = run.ask(event_loop, &mine);
        let ends = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        ends.fold(own, End::max)
    });
    Ok(Ran {
        end,
        warnings: run.warnings.into_inner(),
    })
}

/// What the threads of a run share.
struct Run<'p, S> {
    plan: &'p Plan,
    /// For each environment of the plan.
    lanes: Vec<Lane<'p>>,
    /// Whether connections are kept for the next request.
    keeps: bool,
    resolver: Arc<Resolver>,
    stop: &'p Stop,
    deadline: Option<Instant>,
    sink: Mutex<S>,
    warnings: Warnings,
}

/// What drives the requests of one thread.
fn event_loop() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

impl<S: FnMut(ProbeId, Outcome) + Send> Run<'_, S> {
    /// Asks with so many slots for each environment, on a thread of their own.
    fn start<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        share: Vec<usize>,
    ) -> io::Result<ScopedJoinHandle<'s, End>> {
        let event_loop = event_loop()?;
        thread::Builder::new().spawn_scoped(scope, move || self.ask(event_loop, &share))
    }

    /// Asks with so many slots for each environment, on this thread.
    fn ask(&self, event_loop: Runtime, share: &[usize]) -> End {
        let end = event_loop.block_on(async {
            let expired = async {
                match self.deadline {
                    Some(end) => tokio::time::sleep_until(end).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                end = self.stop.requested() => end,
                () = expired => End::Deadline,
                () = self.ask_all(share) => End::Complete,
            }
        });
        // A name look-up cannot be cancelled: its thread is left behind instead of waited for.
        event_loop.shutdown_background();
        end
    }

    /// All at once, each environment with its own slots: a slow one does not hold the others up.
    async fn ask_all(&self, share: &[usize]) {
        let clients = client::for_environments(self.plan, share, self.keeps, &self.resolver);
        let lanes = self.lanes.iter().zip(&clients).zip(share);
        let slots = lanes.flat_map(|((lane, clients), &count)| {
            let slot = Slot {
                lane,
                clients,
                warnings: &self.warnings,
            };
            std::iter::repeat_with(move || slot.work(&self.sink)).take(count)
        });
        // `join_all` would look at each of a few slots whenever one of them has something to do.
        let mut slots: FuturesUnordered<_> = slots.collect();
        while slots.next().await.is_some() {}
    }
}

/// What is told besides outcomes, each thing once.
#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Warnings {
    fn tell(&self, warning: String) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.contains(&warning) {
            told.push(warning);
        }
    }

    fn into_inner(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
