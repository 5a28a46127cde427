//! The files of a suite: the one that is named, and those that it includes.
//!
//! Input: the file that is named. Output: all files in order, each before those that it includes, with what they
//! say. It refuses a file that is there twice, an include that leads back, and names that match no file.

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
    /// The file that includes it, as an index; none for one that was named.
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

/// Reads the file that is named, and those that it includes.
pub(super) fn load(named: &Arc<Source>) -> Vec<Loaded> {
    let mut loader = Loader::default();
    loader.add(named, None);
    loader.files
}

#[derive(Default)]
struct Loader {
    files: Vec<Loaded>,
    /// Which file it is, by its place on the disk.
    seen: HashMap<PathBuf, usize>,
}

impl Loader {
    fn add(&mut self, source: &Arc<Source>, parent: Option<usize>) {
        let index = self.files.len();
        self.seen.insert(identity(Path::new(&source.name)), index);
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
            if let Some(&first) = self.seen.get(&identity(&path)) {
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

    fn included_twice(&self, path: &Path, first: usize, index: usize) -> Diagnostic {
        let path = path.display();
        if self.ancestors(index).any(|ancestor| ancestor == first) {
            let message = format!("`{path}` would include itself");
            return Diagnostic::new("include-cycle", message)
                .help("files that are matched by a pattern stand best in a folder of their own: `api/*.yaml`");
        }
        let parent = self
            .files
            .get(first)
            .and_then(|file| self.files.get(file.parent?));
        let by = parent.map_or("", |parent| parent.source.name.as_str());
        let message = format!("`{path}` is there already: `{by}` includes it");
        Diagnostic::new("included-twice", message).help("its endpoints would be asked twice")
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
