//! One file per subcommand.

pub(crate) mod check;
mod dry_run;
pub(crate) mod mock;
