//! Which part of its suites a run asks.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::build::Context;
use super::shard::{Shard, Share};
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

impl Selection {
    /// Whether no endpoint is left out.
    #[must_use]
    pub fn has_all_endpoints(&self) -> bool {
        let Self {
            environments: _,
            tags,
            services,
            paths,
            shard,
        } = self;
        tags.is_empty() && services.is_empty() && paths.is_empty() && shard.is_none()
    }
}

/// The endpoints of one suite that this run asks.
pub(super) struct Chosen {
    /// The number of the suite.
    pub(super) suite: usize,
    pub(super) entries: Vec<Endpoint>,
    /// Their positions among the endpoints of all suites, where a part of the selected ones is asked.
    pub(super) positions: Vec<u32>,
}

/// The endpoints that this run asks, of the suites of which any are selected; and which part of them it is, where it is
/// one of several.
pub(super) fn choose(
    context: &mut Context<'_>,
    selection: &Selection,
    entries: Vec<Vec<Endpoint>>,
) -> (Vec<Chosen>, Option<Share>) {
    let filter = Filter::new(selection, &context.suite.services, context.problems.plain());
    let had_some = entries.iter().any(|entries| !entries.is_empty());
    let mut before: u32 = 0;
    let mut chosen: Vec<Chosen> = Vec::with_capacity(entries.len());
    for (suite, mut entries) in entries.into_iter().enumerate() {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let positions = before..before.saturating_add(count);
        before = positions.end;
        let positions = selection.shard.map(|_part| positions.collect());
        let mut positions: Vec<u32> = positions.unwrap_or_default();
        retain(&mut entries, &mut positions, |entry| filter.admits(entry));
        chosen.push(Chosen {
            suite,
            entries,
            positions,
        });
    }
    if chosen.iter().any(|part| !part.entries.is_empty()) {
        chosen.retain(|part| !part.entries.is_empty());
    } else if had_some {
        let help =
            "`--tag`, `--service` and `--only` must match at least one endpoint of the suite";
        let problem = Diagnostic::new("nothing-selected", "no endpoint is selected");
        context.problems.plain().push(problem.help(help));
    }
    let share = selection.shard.map(|shard| {
        let texts = context
            .suites
            .iter()
            .map(|suite| suite.source.text.as_str());
        let selected = chosen
            .iter()
            .flat_map(|it| it.entries.iter().zip(&it.positions));
        let share = Share::new(shard, texts, selected);
        for part in &mut chosen {
            retain(&mut part.entries, &mut part.positions, |entry| {
                shard.holds(entry)
            });
        }
        share
    });
    (chosen, share)
}

/// Keeps those of the entries, and of their positions if there are any, that are wanted.
fn retain(
    entries: &mut Vec<Endpoint>,
    positions: &mut Vec<u32>,
    wanted: impl Fn(&Endpoint) -> bool,
) {
    let mut all = std::mem::take(positions).into_iter();
    entries.retain(|entry| {
        let position = all.next();
        let is_wanted = wanted(entry);
        positions.extend(position.filter(|_| is_wanted));
        is_wanted
    });
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
        let by_tag =
            self.tags.is_empty() || endpoint.spec.tags.iter().any(|tag| self.tags.contains(tag));
        let by_path = self.paths.as_ref().is_none_or(|globs| {
            let path = endpoint.path.written();
            let bare = path.split_once('?').map_or(path, |(path, _)| path);
            globs.is_match(path) || globs.is_match(bare)
        });
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
