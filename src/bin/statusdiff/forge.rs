//! What a forge says of the place the program runs in: where its repository begins, and where it wants a summary.
//!
//! Input: the process environment and the suite's name. Output: the suite's path inside its repository, and a
//! report appended to the summary of a GitHub step.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// GitHub refuses a longer summary of a step as a whole.
const LONGEST_SUMMARY: usize = 1 << 20;

/// Where forges say that the repository begins.
const ROOTS: [&str; 2] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// The path of the suite with that name from the root of its repository, with `/` between folders; `None` where
/// it is in none, or is no file.
pub(crate) fn path_in_repository(suite: &str) -> Option<String> {
    let path = std::path::absolute(suite)
        .ok()
        .filter(|path| path.is_file())?;
    let folder = path.parent()?.canonicalize().ok()?;
    let path = folder.join(path.file_name()?);
    let told = ROOTS.into_iter().filter_map(root);
    let found = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned);
    told.chain(found)
        .find_map(|root| path.strip_prefix(root).ok().and_then(with_slashes))
}

fn root(variable: &str) -> Option<PathBuf> {
    let root = env::var_os(variable).filter(|root| !root.is_empty())?;
    PathBuf::from(root).canonicalize().ok()
}

fn with_slashes(path: &Path) -> Option<String> {
    let names: Option<Vec<_>> = path
        .components()
        .map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    Some(names?.join("/"))
}

/// The file that becomes the summary of this GitHub step, if it is one.
pub(crate) fn step_summary() -> Option<PathBuf> {
    env::var_os("GITHUB_STEP_SUMMARY")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Appends what `write` writes to the summary at `path`, after a blank line where there is something already.
///
/// # Errors
///
/// Whatever keeps it from being written, and a summary that would be too long.
pub(crate) fn append_summary(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut report = Vec::new();
    let before = fs::metadata(path).map_or(0, |file| file.len());
    if before > 0 {
        report.push(b'\n');
    }
    write(&mut report)?;
    let length = usize::try_from(before).unwrap_or(usize::MAX);
    if length.saturating_add(report.len()) > LONGEST_SUMMARY {
        return Err(io::Error::other("it would be longer than 1 MiB"));
    }
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(&report)
}
