//! From what was typed, and the process environment, to the library's plain structs.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use statusdiff::diagnostic::{Diagnostic, Limit, STDIN, Source, TYPED};
use statusdiff::plan::{Guard, Selection, Settings};
use statusdiff::probe::Options;
use statusdiff::suite::Overrides;

use crate::args::{FilterArgs, InputArgs, PickArgs, RequestArgs, SelectionArgs};

/// Where a suite is looked for when none is named.
pub(crate) const DEFAULT_SUITES: [&str; 2] = ["statusdiff.yaml", "statusdiff.yml"];

/// `STATUSDIFF_BASE_URL_STAGING` stands for `--base-url staging=…`.
const BASE_URL: &str = "STATUSDIFF_BASE_URL_";

/// Reads the suite: a file, standard input for `-`, or the one in the working directory.
///
/// # Errors
///
/// Why there is no text to read.
pub(crate) fn suite(path: Option<&Path>) -> Result<Arc<Source>, Diagnostic> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => DEFAULT_SUITES
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
            .ok_or_else(no_suite)?,
    };
    read(&path, Limit::Suite).map(Arc::new)
}

/// Reads the suite of a `command` that takes no more than one.
///
/// # Errors
///
/// That more are named, or why there is no text to read.
pub(crate) fn only_suite(
    command: &str,
    path: Option<&Path>,
    further: &[PathBuf],
) -> Result<Arc<Source>, Diagnostic> {
    if further.is_empty() {
        return suite(path);
    }
    let message = format!(
        "`{command}` takes one suite, and {} are named",
        further.len() + 1
    );
    let problem = Diagnostic::new("several-suites", message);
    Err(problem.help("`check` and `environments` take several"))
}

/// Reads several suites, or the one in the working directory where none is named.
///
/// # Errors
///
/// Why there is no text to read, for each of them.
pub(crate) fn suites(paths: &[PathBuf]) -> Result<Vec<Arc<Source>>, Vec<Diagnostic>> {
    if paths.is_empty() {
        return match suite(None) {
            Ok(source) => Ok(vec![source]),
            Err(problem) => Err(vec![problem]),
        };
    }
    let is_stdin = |path: &&PathBuf| path.as_path() == Path::new("-");
    if paths.iter().filter(is_stdin).count() > 1 {
        let problem = Diagnostic::new("given-twice", "standard input can be read only once");
        return Err(vec![problem.help("`-` stands for one suite")]);
    }
    let (mut sources, mut problems) = (Vec::with_capacity(paths.len()), Vec::new());
    for path in paths {
        match suite(Some(path)) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(sources)
    } else {
        Err(problems)
    }
}

/// Reads a list of paths: a file, or standard input for `-`.
///
/// # Errors
///
/// Why there is no text to read.
pub(crate) fn list(path: &Path) -> Result<Source, Diagnostic> {
    read(path, Limit::Paths)
}

fn read(path: &Path, limit: Limit) -> Result<Source, Diagnostic> {
    if path != Path::new("-") {
        return Source::from_path_within(path, limit);
    }
    match limit.read(std::io::stdin().lock()) {
        Ok(bytes) => Source::from_bytes_within(STDIN, bytes, limit),
        Err(error) => Err(Diagnostic::new(
            "unreadable",
            format!("standard input cannot be read: {error}"),
        )),
    }
}

/// Paths that were typed, a line each.
pub(crate) fn typed(paths: &[String]) -> Source {
    Source::new(TYPED, paths.join("\n"))
}

/// What the command line and the process environment change in the suite.
pub(crate) fn overrides(args: &InputArgs) -> Overrides {
    overrides_of(&args.base_url, &args.add_env)
}

/// The same of the environments alone.
pub(crate) fn overrides_of(
    base_urls: &[(String, String)],
    add_environments: &[(String, String)],
) -> Overrides {
    let mut variables: Vec<_> = env::vars_os()
        .filter_map(|(name, value)| {
            let name = name.to_str()?.strip_prefix(BASE_URL)?.to_owned();
            Some((
                name,
                value.into_string().ok().filter(|value| !value.is_empty())?,
            ))
        })
        .collect();
    variables.sort();
    Overrides {
        base_urls: base_urls.to_vec(),
        base_url_variables: variables,
        add_environments: add_environments.to_vec(),
        reference: None,
        alone: false,
    }
}

/// What is selected.
///
/// # Errors
///
/// Where the part for this machine cannot be told.
pub(crate) fn selection(args: &SelectionArgs) -> Result<Selection, Diagnostic> {
    Ok(Selection {
        environments: args.environments.clone(),
        ..filtered(&args.filter)?
    })
}

/// These endpoints, in all environments.
///
/// # Errors
///
/// Where the part for this machine cannot be told.
pub(crate) fn filtered(args: &FilterArgs) -> Result<Selection, Diagnostic> {
    let shard = args
        .shard
        .map(|choice| choice.resolve(&variable))
        .transpose()?;
    Ok(Selection {
        shard,
        ..picked(&args.pick)
    })
}

/// These endpoints, on one machine.
pub(crate) fn picked(args: &PickArgs) -> Selection {
    Selection {
        tags: args.tags.clone(),
        services: args.services.clone(),
        paths: args.paths_like.clone(),
        ..Selection::default()
    }
}

/// What flags set over the suite.
pub(crate) fn settings(args: &RequestArgs) -> Settings {
    Settings {
        timeout: args.timeout,
        connect_timeout: args.connect_timeout,
        concurrency: args.concurrency,
        headers: args.headers.clone(),
        retries: args.retries,
        guard: if args.allow_unsafe_methods {
            Guard::Nowhere
        } else {
            Guard::Production
        },
        insecure: args.insecure,
    }
}

/// How the run goes about it.
pub(crate) fn options(args: &RequestArgs) -> Options {
    Options {
        deadline: args.deadline,
        wait: args.wait,
        give_up: !args.no_give_up,
        sample: args.sample,
    }
}

/// The process environment; a value that is no text counts as absent.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn no_suite() -> Diagnostic {
    let [first, second] = DEFAULT_SUITES;
    let message = format!("no suite: there is no `{first}` or `{second}` in this folder");
    Diagnostic::new("no-suite", message)
        .help("`statusdiff init` writes a first one, which runs as it stands")
        .help("name one that is elsewhere: `statusdiff check path/to/suite.yaml`, or `-` for standard input")
        .help("without any suite: `statusdiff compare https://www.example.com https://pr-12.example.com --path /`")
}
