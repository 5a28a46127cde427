//! The files of suites: those that are named, and those that they include.
//!
//! Input: the files that are named. Output: all files of each in order, each before those that it includes, with what
//! they say. It refuses a file that a suite has twice, one that is named although it is there, an include that leads
//! back, and names that match no file. Two suites may include the same file: they may ask it elsewhere.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use glob::{MatchOptions, Pattern, glob_with};

use super::place::{self, Place};
use super::raw::{List, RawRoot};
use super::yaml::{self, Read};
use crate::diagnostic::{Diagnostic, Source};

/// How deep files may include each other.
const DEEPEST: usize = 32;

/// A file of a suite, as it was read.
pub(super) struct Loaded {
    pub(super) source: Arc<Source>,
    /// The file that includes it, as an index among those of the suite; none for one that was named.
    pub(super) parent: Option<usize>,
    /// Nothing where its form is no suite's.
    pub(super) read: Option<Read<RawRoot>>,
    /// Whether it includes others.
    pub(super) includes: bool,
    /// What is wrong with its form.
    pub(super) found: Vec<Diagnostic>,
    /// What is wrong with what it includes, and where.
    pub(super) wrong: Vec<(Place, Diagnostic)>,
}

/// Reads the files that are named, and those that each of them includes; and says which are there already.
pub(super) fn load(named: &[Arc<Source>]) -> (Vec<Vec<Loaded>>, Vec<Diagnostic>) {
    let mut loader = Loader::default();
    let (mut suites, mut problems) = (Vec::with_capacity(named.len()), Vec::new());
    for source in named {
        if let Some(first) = loader.seen.get(&identity(Path::new(&source.name))) {
            problems.push(named_twice(&source.name, first));
            continue;
        }
        loader.suite = suites.len();
        loader.add(source, None);
        suites.push(std::mem::take(&mut loader.files));
    }
    (suites, problems)
}

#[derive(Default)]
struct Loader {
    /// The number of the suite in hand.
    suite: usize,
    /// Its files.
    files: Vec<Loaded>,
    /// Those of all suites, by their places on the disk.
    seen: HashMap<PathBuf, Seen>,
}

/// A file that has been read.
struct Seen {
    name: String,
    /// The number of the suite that has it; the last one, where several do.
    suite: usize,
    /// The name of the file that includes it; none for one that was named.
    by: Option<String>,
}

/// What is said of a file that is named although it is there.
fn named_twice(name: &str, first: &Seen) -> Diagnostic {
    let message = match &first.by {
        Some(by) => format!("`{name}` is there already: `{by}` includes it"),
        None if first.name == name => format!("`{name}` is given twice"),
        None => format!("`{name}` is the same file as `{}`", first.name),
    };
    Diagnostic::new("given-twice", message).help(TWICE)
}

const TWICE: &str = "its endpoints would be asked twice";

impl Loader {
    fn add(&mut self, source: &Arc<Source>, parent: Option<usize>) {
        let index = self.files.len();
        let by = parent.and_then(|parent| self.files.get(parent));
        let seen = Seen {
            name: source.name.clone(),
            suite: self.suite,
            by: by.map(|file| file.source.name.clone()),
        };
        let place = identity(Path::new(&source.name));
        self.seen.insert(place, seen);
        let mut found = Vec::new();
        let mut read = yaml::read_suite(source, &mut found);
        if let Some(read) = &mut read
            && let Some(merged) = read.tree.as_ref().and_then(place::lines_of_keys)
        {
            read.lines = merged;
        }
        let names = match read.as_mut().map(|read| &mut read.raw) {
            Some(RawRoot::Suite(raw)) => raw.include.take(),
            Some(RawRoot::Bare(_)) | None => None,
        };
        self.files.push(Loaded {
            source: Arc::clone(source),
            parent,
            read,
            includes: names.is_some(),
            found,
            wrong: Vec::new(),
        });
        let Some(List(names)) = names else { return };
        if names.is_empty() {
            let problem = Diagnostic::new("empty-include", "`include` names no files");
            self.files[index].wrong.push((
                Place::keys(&["include"]),
                problem
                    .help("it is a list of files, relative to this one: `[more.yaml, api/*.yaml]`"),
            ));
        }
        for (position, name) in names.iter().enumerate() {
            let place = Place::keys(&["include", &position.to_string()]);
            if let Err(problem) = self.include(name, source, index) {
                let file = &mut self.files[index];
                match problem.span {
                    Some(_) => file.found.push(problem),
                    None => file.wrong.push((place, problem)),
                }
            }
        }
    }

    /// Adds the files that `name` stands for, sorted by their names.
    fn include(&mut self, name: &str, by: &Source, index: usize) -> Result<(), Diagnostic> {
        if self.ancestors(index).count() > DEEPEST {
            let message = format!("files include each other more than {DEEPEST} deep");
            return Err(Diagnostic::new("include-too-deep", message));
        }
        for path in paths(name, by)? {
            let first = self.seen.get(&identity(&path));
            let first = first.filter(|it| it.suite == self.suite || it.by.is_none());
            if let Some(first) = first {
                return Err(self.included_twice(&path, first, index));
            }
            let source = Source::from_path(&path).map_err(|problem| match problem.span {
                Some(_) => problem,
                None => Diagnostic {
                    help: vec![RELATIVE.to_owned()],
                    ..problem
                },
            })?;
            self.add(&Arc::new(source), Some(index));
        }
        Ok(())
    }

    /// The file itself, the one that includes it, and so on.
    fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(index), |&index| self.files.get(index)?.parent)
    }

    fn included_twice(&self, path: &Path, first: &Seen, index: usize) -> Diagnostic {
        let path = path.display();
        let mut files = self.ancestors(index).filter_map(|it| self.files.get(it));
        if files.any(|file| file.source.name == first.name) {
            let message = format!("`{path}` would include itself");
            return Diagnostic::new("include-cycle", message)
                .help("files that are matched by a pattern stand best in a folder of their own: `api/*.yaml`");
        }
        let message = match &first.by {
            Some(by) => format!("`{path}` is there already: `{by}` includes it"),
            None => format!("`{path}` is there already: it is checked beside this suite"),
        };
        Diagnostic::new("included-twice", message).help(TWICE)
    }
}

const RELATIVE: &str = "`include` has names of files, relative to the file that includes them";

/// The files that a name or a pattern in `by` stands for.
fn paths(name: &str, by: &Source) -> Result<Vec<PathBuf>, Diagnostic> {
    if name.contains("${") {
        let message = "the name of an included file has no `${…}` in it";
        return Err(Diagnostic::new("bad-include", message));
    }
    let folder = Path::new(&by.name).parent().unwrap_or(Path::new(""));
    let path = folder.join(name);
    if !name.contains(['*', '?', '[']) || path.exists() {
        return Ok(vec![path]);
    }
    // Only what was written is a pattern, not the folder that it is in.
    let folder = PathBuf::from(Pattern::escape(&folder.display().to_string()));
    let pattern = folder.join(name).display().to_string();
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let found = glob_with(&pattern, options).map_err(|error| {
        let message = format!("`{name}` is no pattern of names: {}", error.msg);
        Diagnostic::new("bad-glob", message)
    })?;
    let mut paths: Vec<PathBuf> = found.flatten().filter(|path| path.is_file()).collect();
    paths.sort();
    if paths.is_empty() {
        let problem = Diagnostic::new("file-missing", format!("no file matches `{name}`"));
        return Err(problem.help(RELATIVE));
    }
    Ok(paths)
}

/// What tells one file from another, by whatever names.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
