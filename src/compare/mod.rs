//! The comparison of what was observed with what was expected and with the reference.
//!
//! Input: a plan and its outcomes, in any order. Output: a [`Comparison`], ordered and counted. Pure and
//! synchronous: it refuses to ask anything itself, so that it needs no server to be tested.

mod accept;
mod cell;
mod comparer;
mod comparison;
mod details;
mod judge;
mod ledger;
mod merge;
mod record;
mod sampled;
mod summary;
mod trail;
mod verdict;
mod view;
mod wall;

pub use accept::{Acceptance, Scope};
pub use comparer::Comparer;
pub use comparison::Comparison;
pub use details::Detail;
pub use merge::{MergeError, merge};
pub use record::{EnvironmentRecord, ProbeRecord, Recorded, RowRecord};
pub use summary::Uniform;
pub use verdict::{ErrorKind, Excuse, ProbeError, Reason, Reasons, Tally, Verdict};
pub use view::{EnvironmentView, Probe, Row};
pub use wall::Door;

pub use crate::outcome::End;
