//! From the raw suite to a valid one: every problem, never stopping early.
//!
//! Input: what the file says and what the command line adds. Output: a [`Suite`] of all that is valid, and
//! the problems of the rest.

use std::sync::{Arc, OnceLock};

use super::defaults::{self, Defaults};
use super::include::Loaded;
use super::model::{Endpoint, Environment, Included, Suite, Vars};
use super::names::unknown_environment;
use super::place::Place;
use super::problems::Problems;
use super::raw::{RawEntry, RawRoot, RawSuite, Text};
use super::template::Template;
use super::{Overrides, compared, endpoint, environment, fields, service, unique};
use crate::diagnostic::{Diagnostic, Source};

/// What a suite is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// All of it.
    Check,
    /// What its endpoints ask, and nothing of what they expect or of whom.
    Compare,
}

/// A suite of which no more than its own environments is judged: its endpoints have to wait until it is known which
/// others it is given.
pub(super) struct Begun {
    first: Loaded,
    included: std::vec::IntoIter<Loaded>,
    raw: RawSuite,
    entries: Option<Vec<RawEntry>>,
    /// Whether it is nothing but a list or a mapping of endpoints.
    bare: bool,
    /// The services that its files name, where nothing else says which there are.
    asked: Vec<String>,
    purpose: Purpose,
    pub(super) environments: Vec<Environment>,
    /// How many of them stand in the file.
    pub(super) written: usize,
    pub(super) problems: Problems,
}

/// Judges the environments of a suite. Nothing where there is no file.
pub(super) fn begin(files: Vec<Loaded>, purpose: Purpose) -> Option<Begun> {
    let mut problems = Problems::default();
    let asked = compared::services(purpose, &files);
    let mut files = files.into_iter();
    let mut first = files.next()?;
    tell_includes(&mut first, &mut problems);
    let (mut raw, entries, bare) = parts(&mut first, purpose);
    let given = raw.environments.take();
    let environments = given.as_ref().map_or_else(Vec::new, |given| {
        environment::read(given, &first.source, &mut problems)
    });
    Some(Begun {
        written: environments.len(),
        first,
        included: files,
        raw,
        entries,
        bare,
        asked,
        purpose,
        environments,
        problems,
    })
}

/// Judges the rest of a suite, and the files that it includes. `elsewhere` are the names of environments that only
/// other suites of the run have.
pub(super) fn finish(
    begun: Begun,
    overrides: &Overrides,
    elsewhere: &[String],
) -> (Suite, Problems) {
    let Begun {
        first,
        included: files,
        raw,
        entries,
        bare,
        asked,
        purpose,
        mut environments,
        written,
        mut problems,
    } = begun;
    let source = Arc::clone(&first.source);
    let mut services = service::agree(&mut environments, written, &mut problems);
    compared::add_services(asked, &mut environments, &mut services);
    let known = environment::names(&environments);
    let read = |raw| defaults::read(raw, &known, &services, &mut problems);
    let defaults = raw.defaults.as_ref().map(read).unwrap_or_default();
    check_entries(&first, entries.as_ref(), bare, &mut problems);
    let mut reading = Reading {
        environments: &environments,
        services: &services,
        purpose,
        count: 0,
        endpoints: Vec::new(),
        defaults: vec![defaults],
    };
    reading.read(first, entries, 0, &mut problems);
    let included: Vec<Included> = files
        .map(|file| include(file, &mut reading, &mut problems))
        .collect();
    problems.all_files_read();
    let Reading {
        mut endpoints,
        mut defaults,
        ..
    } = reading;
    match purpose {
        Purpose::Check => unique::check(&endpoints, &names(&source, &included), &mut problems),
        // What told them apart may be gone.
        Purpose::Compare => unique::retain_first(&mut endpoints),
    }
    if !overrides.alone {
        service::check_asked(&endpoints, &environments, purpose, &mut problems);
    }
    check_compared(&endpoints, &environments, overrides.alone, &mut problems);
    let named = raw.reference.as_ref();
    let suite = Suite {
        name: name(&raw, &mut problems),
        reference: reference(named, &known, overrides, elsewhere, &mut problems),
        vars: vars(&raw, &mut problems),
        environments,
        services,
        defaults: defaults.swap_remove(0).layer,
        endpoints,
        tree: OnceLock::new(),
        included,
        source,
    };
    (suite, problems)
}

/// The names of all files of a suite.
fn names<'s>(source: &'s Source, included: &'s [Included]) -> Vec<&'s str> {
    let included = included.iter().map(|file| &*file.source);
    let sources = std::iter::once(source).chain(included);
    sources.map(|source| source.name.as_str()).collect()
}

/// What all files have read so far.
struct Reading<'e> {
    environments: &'e [Environment],
    services: &'e [String],
    purpose: Purpose,
    /// How many entries there were.
    count: u32,
    endpoints: Vec<Endpoint>,
    /// Those of each file.
    defaults: Vec<Defaults>,
}

impl Reading<'_> {
    /// Reads the endpoints of the file with this number.
    fn read(
        &mut self,
        file: Loaded,
        entries: Option<Vec<RawEntry>>,
        number: usize,
        problems: &mut Problems,
    ) {
        let Some(defaults) = self.defaults.get(number) else {
            return;
        };
        let entries = entries.unwrap_or_default();
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let lines = file.read.map(|read| read.lines).unwrap_or_default();
        let mut endpoints = endpoint::read(
            entries,
            &lines,
            &file.source,
            defaults,
            self.environments,
            self.services,
            problems,
        );
        if number == 0 {
            self.endpoints = endpoints;
        } else {
            for endpoint in &mut endpoints {
                endpoint.entry = endpoint.entry.saturating_add(self.count);
            }
            self.endpoints.append(&mut endpoints);
        }
        self.count = self.count.saturating_add(count);
    }
}

/// Reads a file that is included: endpoints, and what holds for them.
fn include(mut file: Loaded, reading: &mut Reading<'_>, problems: &mut Problems) -> Included {
    let (source, first) = (Arc::clone(&file.source), reading.count);
    problems.next_file(first);
    tell_includes(&mut file, problems);
    let (raw, entries, bare) = parts(&mut file, reading.purpose);
    for (key, stands) in [
        ("name", raw.name.is_some()),
        ("reference", raw.reference.is_some()),
        ("vars", raw.vars.is_some()),
        ("environments", raw.environments.is_some()),
    ] {
        if stands {
            let message = format!("`{key}` cannot stand in a file that is included");
            let problem = Diagnostic::new("misplaced-key", message).help(
                "an included file has `endpoints`, `defaults` for them, and `include`; the rest stands in the suite",
            );
            problems.key(Place::keys(&[key]), problem);
        }
    }
    check_entries(&file, entries.as_ref(), bare, problems);
    let names = environment::names(reading.environments);
    let parent = file.parent.and_then(|parent| reading.defaults.get(parent));
    let farther = parent.cloned().unwrap_or_default();
    let defaults = match &raw.defaults {
        Some(raw) => defaults::read(raw, &names, reading.services, problems).included(raw, farther),
        None => farther,
    };
    reading.defaults.push(defaults);
    let number = reading.defaults.len() - 1;
    reading.read(file, entries, number, problems);
    Included {
        source,
        first,
        tree: OnceLock::new(),
    }
}

fn tell_includes(file: &mut Loaded, problems: &mut Problems) {
    for (place, problem) in std::mem::take(&mut file.wrong) {
        problems.value(place, problem);
    }
}

/// The file without its endpoints, these, and whether there is nothing else; what is not wanted is left out.
fn parts(file: &mut Loaded, purpose: Purpose) -> (RawSuite, Option<Vec<RawEntry>>, bool) {
    let none = RawRoot::Bare(Vec::new());
    let root = file
        .read
        .as_mut()
        .map(|read| std::mem::replace(&mut read.raw, none));
    let (mut raw, mut entries, bare) = match root {
        Some(RawRoot::Suite(mut raw)) => {
            let entries = raw.endpoints.take().map(|entries| entries.0);
            (*raw, entries, false)
        }
        Some(RawRoot::Bare(entries)) => (RawSuite::default(), Some(entries), true),
        None => (RawSuite::default(), None, false),
    };
    if purpose == Purpose::Compare {
        compared::keep_questions(&mut raw, entries.as_deref_mut().unwrap_or_default());
    }
    (raw, entries, bare)
}

impl Begun {
    /// That there is nothing to ask.
    pub(super) fn no_environments(&mut self) {
        let what = if self.bare {
            "a list of endpoints alone"
        } else {
            "this suite"
        };
        let problem = Diagnostic::new(
            "no-environments",
            format!("{what} has no environments to ask"),
        );
        let problem = problem.help("`--base-url NAME=URL` on the command line defines one");
        if self.bare {
            self.problems.push(problem);
        } else {
            let help = "in the file they stand under `environments`, such as `production: https://example.com`";
            let place = Place::keys(&["environments"]);
            self.problems.missing(place, problem.help(help));
        }
    }
}

fn check_entries(
    file: &Loaded,
    entries: Option<&Vec<RawEntry>>,
    bare: bool,
    problems: &mut Problems,
) {
    let message = match entries.map(Vec::len) {
        None if file.includes => return,
        None if file.parent.is_some() => "this file has no endpoints",
        None => "this suite has no endpoints",
        Some(0) => "there are no endpoints, so nothing would be checked",
        Some(_) => return,
    };
    let place = if bare {
        Place::keys(&[])
    } else {
        Place::keys(&["endpoints"])
    };
    let problem = Diagnostic::new("no-endpoints", message);
    problems.missing(
        place,
        problem
            .help("an endpoint is a path, `- /health`, or a path with an expectation, `- /: 200`"),
    );
}

/// Comparing takes two. One report says it for all endpoints: what is missing is the same for all. Where one is enough
/// (`alone`), an expectation is still to be found; `same: true` stays.
fn check_compared(
    endpoints: &[Endpoint],
    environments: &[Environment],
    alone: bool,
    problems: &mut Problems,
) {
    let [only] = environments else { return };
    let compared: Vec<&Endpoint> = endpoints
        .iter()
        .filter(|endpoint| endpoint.spec.same || (endpoint.is_compared() && !alone))
        .collect();
    let Some((first, others)) = compared.split_first() else {
        return;
    };
    let path = first.path.written();
    let problem = Diagnostic::new(
        "nothing-to-compare",
        format!(
            "`{path}` is compared with the reference, but `{}` is the only environment",
            only.name
        ),
    );
    let problem = problem.help(if first.spec.same {
        "`same: true` takes another environment".to_owned()
    } else {
        format!("an expectation says what it should answer, such as `{path}: 200`")
    });
    let problem = match others.len() {
        0 => problem,
        1 => problem.help("one more endpoint is compared like this"),
        count => problem.help(format!("{count} more endpoints are compared like this")),
    };
    problems.path(first.entry, problem);
}

/// The environment that the suite or a flag names as the reference; the flag may name one of those `elsewhere`.
pub(super) fn reference(
    raw: Option<&Text>,
    names: &[String],
    overrides: &Overrides,
    elsewhere: &[String],
    problems: &mut Problems,
) -> Option<usize> {
    let find = |name: &str| names.iter().position(|other| other == name);
    let written = raw.map(|Text(name)| (name, find(name)));
    if let Some((name, None)) = written
        && !names.is_empty()
    {
        problems.value(
            Place::keys(&["reference"]),
            unknown_environment(name, names),
        );
    }
    let Some(name) = &overrides.reference else {
        return written.and_then(|(_, number)| number);
    };
    let number = find(name);
    if number.is_none() && !names.is_empty() && !elsewhere.contains(name) {
        let problem = unknown_environment(name, &[names, elsewhere].concat());
        let message = format!("`--reference {name}`: {}", problem.message);
        problems.push(Diagnostic {
            message,
            label: String::new(),
            ..problem
        });
    }
    number
}

fn name(raw: &RawSuite, problems: &mut Problems) -> Option<Template> {
    let Text(name) = raw.name.as_ref()?;
    problems.template(&Place::keys(&["name"]), name)
}

fn vars(raw: &RawSuite, problems: &mut Problems) -> Vars {
    fields::vars(raw.vars.as_ref(), &Place::keys(&["vars"]), problems)
}
