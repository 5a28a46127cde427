//! One file per subcommand.

pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
mod dry_run;
pub(crate) mod environments;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod merge;
pub(crate) mod mock;
pub(crate) mod record;
pub(crate) mod schema;
