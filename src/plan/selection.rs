//! Which part of a suite a run asks.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::shard::Shard;
use crate::diagnostic::Diagnostic;
use crate::suite::Endpoint;

/// What `--env`, `--tag`, `--only` and `--shard` select; nothing given selects everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of the environments to judge.
    pub environments: Vec<String>,
    /// An endpoint is selected by any of its tags.
    pub tags: Vec<String>,
    /// Globs for the path, such as `/api/*`; `*` also stands for slashes.
    pub paths: Vec<String>,
    /// Only this part of what the others select.
    pub shard: Option<Shard>,
}

/// A selection of endpoints, ready to be applied.
pub(super) struct Filter<'s> {
    tags: &'s [String],
    paths: Option<GlobSet>,
}

impl<'s> Filter<'s> {
    /// Compiles the globs; one that cannot be read is a problem of its own.
    pub(super) fn new(selection: &'s Selection, problems: &mut Vec<Diagnostic>) -> Self {
        if selection.paths.is_empty() {
            return Self {
                tags: &selection.tags,
                paths: None,
            };
        }
        let mut globs = GlobSetBuilder::new();
        let before = problems.len();
        for pattern in &selection.paths {
            match Glob::new(pattern) {
                Ok(glob) => {
                    globs.add(glob);
                }
                Err(error) => problems.push(
                    Diagnostic::new("bad-glob", format!("`--only {pattern}`: {}", error.kind()))
                        .help("a glob matches the whole path: `/users/*`, `*/health`"),
                ),
            }
        }
        Self {
            tags: &selection.tags,
            // What a glob that cannot be read would have matched is not worth a problem of its own.
            paths: globs.build().ok().filter(|_| problems.len() == before),
        }
    }

    /// Whether the endpoint is asked. A glob may match the path with its query or without.
    pub(super) fn admits(&self, endpoint: &Endpoint) -> bool {
        let path = endpoint.path.written();
        let bare = path.split_once('?').map_or(path, |(path, _)| path);
        let by_tag =
            self.tags.is_empty() || endpoint.spec.tags.iter().any(|tag| self.tags.contains(tag));
        let by_path = self
            .paths
            .as_ref()
            .is_none_or(|globs| globs.is_match(path) || globs.is_match(bare));
        by_tag && by_path
    }
}
