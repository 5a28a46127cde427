//! What the tests of the program share: a server they can tell what to do, the program itself, its report.

mod authority;
mod connection;
pub(crate) mod frames;
mod gate;
mod invocation;
mod nobody;
mod reply;
mod report;
mod script;
mod server;
mod suite;

pub(crate) use authority::{Authority, Identity};
pub(crate) use gate::Gate;
pub(crate) use invocation::{Finished, Invocation, Started, statusdiff};
pub(crate) use nobody::{FullQueue, nobody};
pub(crate) use reply::Reply;
pub(crate) use report::{Report, report_schema};
pub(crate) use script::script;
pub(crate) use server::{Request, Server};
pub(crate) use suite::{environment, suite};

/// Nothing in these tests takes this long, unless it hangs.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
