//! Which part of a suite a run asks.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::shard::Shard;
use crate::diagnostic::Diagnostic;
use crate::suite::{Endpoint, unknown_service};

/// What `--env`, `--tag`, `--service`, `--only` and `--shard` select; nothing given selects everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Names of the environments to judge.
    pub environments: Vec<String>,
    /// An endpoint is selected by any of its tags.
    pub tags: Vec<String>,
    /// Names of services; an endpoint is selected by its own. `default` is the environments' own base URL.
    pub services: Vec<String>,
    /// Globs for the path, such as `/api/*`; `*` also stands for slashes.
    pub paths: Vec<String>,
    /// Only this part of what the others select.
    pub shard: Option<Shard>,
}

/// A selection of endpoints, ready to be applied.
pub(super) struct Filter<'s> {
    tags: &'s [String],
    /// By their numbers; none selects all.
    services: Vec<Option<usize>>,
    paths: Option<GlobSet>,
}

impl<'s> Filter<'s> {
    /// Compiles the globs; one that cannot be read is a problem of its own, and so is an unknown service.
    pub(super) fn new(
        selection: &'s Selection,
        known_services: &[String],
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let services = services(&selection.services, known_services, problems);
        if selection.paths.is_empty() {
            return Self {
                tags: &selection.tags,
                services,
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
            services,
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
        let by_service = self.services.is_empty() || self.services.contains(&endpoint.spec.service);
        by_tag && by_path && by_service
    }
}

fn services(
    names: &[String],
    known: &[String],
    problems: &mut Vec<Diagnostic>,
) -> Vec<Option<usize>> {
    let mut services = Vec::new();
    for name in names {
        match known.iter().position(|other| other == name) {
            Some(number) => services.push(Some(number)),
            None if name == "default" => services.push(None),
            None => {
                let problem = unknown_service(name, known);
                let message = format!("`--service {name}`: {}", problem.message);
                problems.push(Diagnostic {
                    message,
                    label: String::new(),
                    ..problem
                });
            }
        }
    }
    services
}
