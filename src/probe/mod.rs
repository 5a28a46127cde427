//! Probing: sends what a plan says and tells what came back.
//!
//! Input: a [`Plan`]. Output: one [`Outcome`] for each probe, handed to a closure as soon as it is known. It
//! refuses to judge: what an outcome is worth is decided by the comparison. The only room that is async, and
//! the only one that knows reqwest.

mod client;
mod credential;
mod exchange;
mod failure;
mod lane;
mod limits;
mod pace;
mod proxy;
mod ready;
mod redirect;
mod schedule;
mod stop;

use std::cell::RefCell;
use std::time::Duration;

use futures::future::join_all;
use tokio::time::Instant;

use crate::outcome::{End, Outcome};
use crate::plan::{Plan, ProbeId};

use lane::Lane;
pub use schedule::retry_after;
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
}

impl Default for Options {
    /// No limit, no waiting but what environments ask for, and giving up.
    fn default() -> Self {
        Self {
            deadline: None,
            wait: None,
            give_up: true,
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

/// Sends every probe of `plan` and hands each outcome to `sink`, in the order in which they are known.
///
/// Blocks until all have answered, the deadline is over or `stop` is told to end; then no request is sent any
/// more, those in flight are dropped, and their probes get no outcome. Must not be called on a thread that
/// drives an async runtime: use `spawn_blocking` there. Where the plan needs more open files than the process may
/// have, the limit of the process is raised as far as that is allowed, and fewer requests are in flight if it is not.
///
/// # Errors
///
/// When the operating system refuses what an event loop needs, such as a file descriptor.
pub fn run(
    plan: &Plan,
    options: &Options,
    stop: &Stop,
    sink: impl FnMut(ProbeId, Outcome),
) -> std::io::Result<Ran> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let warnings = Warnings::default();
    let end = runtime.block_on(async {
        let deadline = options
            .deadline
            .and_then(|deadline| Instant::now().checked_add(deadline));
        let expired = async {
            match deadline {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            end = stop.requested() => end,
            () = expired => End::Deadline,
            () = probe_all(plan, options, deadline, RefCell::new(sink), &warnings) => End::Complete,
        }
    });
    // A name look-up cannot be cancelled: its thread is left behind instead of waited for.
    runtime.shutdown_background();
    Ok(Ran {
        end,
        warnings: warnings.0.into_inner(),
    })
}

/// All environments at once, each with its own slots: a slow one does not hold the others up.
async fn probe_all(
    plan: &Plan,
    options: &Options,
    deadline: Option<Instant>,
    sink: RefCell<impl FnMut(ProbeId, Outcome)>,
    warnings: &Warnings,
) {
    let clients = client::for_environments(plan).into_iter().enumerate();
    let lanes: Vec<_> = clients
        .map(|(index, client)| Lane::new(plan, index, client, options, deadline))
        .collect();
    let limits::Slots { each, warning } = limits::fit(plan);
    if let Some(warning) = warning {
        warnings.tell(warning);
    }
    let slots = lanes.iter().zip(each).flat_map(|(lane, slots)| {
        std::iter::repeat_with(|| lane.work(&sink, warnings)).take(slots)
    });
    join_all(slots).await;
}

/// What is told besides outcomes, each thing once.
#[derive(Debug, Default)]
struct Warnings(RefCell<Vec<String>>);

impl Warnings {
    fn tell(&self, warning: String) {
        let mut told = self.0.borrow_mut();
        if !told.contains(&warning) {
            told.push(warning);
        }
    }
}
