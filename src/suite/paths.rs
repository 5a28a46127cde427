//! A plain list of paths in place of a suite: one `[METHOD ]/path` a line, `#` comments.
//!
//! Input: text, and the environments of the command line. Output: a [`Suite`] in which every endpoint is
//! compared with the reference. It refuses templates and expectations: that is what a suite is for. A
//! repeated line is asked once, as lists from logs repeat themselves.

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use http::Method;

use super::address::{check_path, is_plain_path};
use super::model::{Endpoint, EndpointSpec, Environment, Layer, Suite, Vars};
use super::overrides::Beside;
use super::piece::Piece;
use super::problems::Problems;
use super::template::Template;
use super::{Overrides, environment, method, overrides, service, slip, validate};
use crate::diagnostic::{Diagnostic, Source};
use crate::expect::Expectation;

/// Reads a list of paths. The suite holds what is valid of it; it may be used only if there are no problems.
#[must_use]
pub fn read_paths(source: &Arc<Source>, overrides: &Overrides) -> (Suite, Vec<Diagnostic>) {
    let mut problems = Problems::default();
    let mut environments = environments(overrides, &mut problems);
    let services = service::agree(&mut environments, 0, &mut problems);
    let names = environment::names(&environments);
    let reference = validate::reference(None, &names, overrides, &[], &mut problems);
    let endpoints = endpoints(source, &mut problems);
    if endpoints.is_empty() && problems.is_empty() {
        let message = format!(
            "`{}` lists no paths, so nothing would be checked",
            source.name
        );
        let problem = Diagnostic::new("no-endpoints", message);
        problems.push(
            problem.help("each line is a path, `/health`, or a method and a path, `HEAD /feed`"),
        );
    }
    let suite = Suite {
        name: None,
        reference,
        vars: Vars::default(),
        environments,
        services,
        defaults: Layer::default(),
        endpoints,
        tree: OnceLock::from(None),
        included: Vec::new(),
        source: Arc::clone(source),
    };
    (suite, problems.resolve(source, None))
}

/// The range of the line with this number, from 1: where the endpoints of a list stand.
pub(super) fn line_range(source: &Source, number: u32) -> Option<Range<usize>> {
    let whole = source.line(usize::try_from(number).ok()?)?;
    let line = Line::new(whole.start, &source.text[whole]);
    Some(line.start..line.start + line.text.len())
}

fn environments(overrides: &Overrides, problems: &mut Problems) -> Vec<Environment> {
    let mut environments = Vec::new();
    overrides::apply(&mut environments, overrides, Beside::Nothing, problems);
    if overrides.alone && environments.is_empty() && problems.is_empty() {
        let message = "a list of paths does not say what environment is to be recorded";
        let help =
            "`--base-url NAME=URL` defines it: `--base-url production=https://www.example.com`";
        problems.push(Diagnostic::new("no-environments", message).help(help));
    }
    if !overrides.alone && environments.len() < 2 && problems.is_empty() {
        let message =
            "a list of paths is compared between environments, and needs two of them at least";
        let help = "`--base-url NAME=URL` defines one: `--base-url old=https://a.example.com --base-url new=https://b.example.com`";
        problems.push(Diagnostic::new("no-environments", message).help(help));
    }
    environments
}

fn endpoints(source: &Arc<Source>, problems: &mut Problems) -> Vec<Endpoint> {
    // Growing step by step would leave holes that are as large as the result. Lines that cannot be endpoints, such as
    // millions of blank ones, get no room, and indented ones get theirs later.
    let begins_endpoint =
        |pair: &&[u8]| pair[0] == b'\n' && (pair[1] == b'/' || pair[1].is_ascii_uppercase());
    let pairs = source.text.as_bytes().windows(2);
    let expected = 1 + pairs.filter(begins_endpoint).count();
    let mut endpoints = Vec::with_capacity(expected);
    let mut seen = Seen::with_capacity(expected);
    let mut specs: Vec<Arc<EndpointSpec>> = Vec::new();
    for (line, number) in lines(&source.text).zip(1..) {
        let Line { start, text, .. } = line;
        if text.is_empty() {
            continue;
        }
        match entry(&line) {
            Ok((method, path)) => {
                let spec = spec_of(&mut specs, method);
                if seen.is_new(&endpoints, &spec.method, path) {
                    // A path is the end of its line.
                    let end = start + text.len();
                    let piece = Piece::new(source, &(end - path.len()..end));
                    let path = piece.map_or_else(|| Template::literal(path), Template::piece);
                    endpoints.push(Endpoint {
                        path,
                        line: number,
                        entry: number,
                        spec,
                    });
                }
            }
            Err(problem) => problems.push(problem.at(source, start..start + text.len())),
        }
    }
    endpoints
}

/// What a list has listed so far.
struct Seen {
    /// Each is an index into the endpoints: four bytes instead of a second copy.
    indices: HashTable<u32>,
    hasher: RandomState,
}

impl Seen {
    fn with_capacity(most: usize) -> Self {
        Self {
            indices: HashTable::with_capacity(most),
            hasher: RandomState::new(),
        }
    }

    /// Whether none of `endpoints` is this one; then it has to be the next of them.
    fn is_new(&mut self, endpoints: &[Endpoint], method: &Method, path: &str) -> bool {
        let listed = |&index: &u32| {
            let endpoint = &endpoints[index as usize];
            (endpoint.path.written(), &endpoint.spec.method)
        };
        let wanted = (path, method);
        let entry = self.indices.entry(
            self.hasher.hash_one(wanted),
            |index| listed(index) == wanted,
            |index| self.hasher.hash_one(listed(index)),
        );
        match entry {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                // A file has fewer lines than it may have bytes.
                vacant.insert(u32::try_from(endpoints.len()).unwrap_or(u32::MAX));
                true
            }
        }
    }
}

fn entry<'t>(line: &Line<'t>) -> Result<(Method, &'t str), Diagnostic> {
    if line.is_plain {
        return Ok((Method::GET, line.text));
    }
    let (method, path) = method::split(line.text);
    let method = method.map_or(Ok(Method::GET), method::parse)?;
    if let Some(problem) = slip::in_list(path) {
        return Err(problem);
    }
    check_path(path).map_err(|message| slip::bad_in_list(path, message))?;
    Ok((method, path))
}

/// Endpoints that differ in their path only share the rest.
fn spec_of(specs: &mut Vec<Arc<EndpointSpec>>, method: Method) -> Arc<EndpointSpec> {
    if let Some(spec) = specs.iter().find(|spec| spec.method == method) {
        return Arc::clone(spec);
    }
    let spec = Arc::new(EndpointSpec::plain(method, Expectation::Same));
    specs.push(Arc::clone(&spec));
    spec
}

/// A line without its comment and the white space around it.
struct Line<'t> {
    /// Where it begins in the text.
    start: usize,
    text: &'t str,
    /// Whether one look told that it is a path and nothing else.
    is_plain: bool,
}

impl<'t> Line<'t> {
    /// What `line` says, which begins at `begin` in the text.
    fn new(begin: usize, line: &'t str) -> Self {
        let is_plain = is_plain_path(line);
        let (start, text) = if is_plain {
            (begin, line)
        } else {
            let start = begin + (line.len() - line.trim_start().len());
            (start, without_comment(line).trim())
        };
        Self {
            start,
            text,
            is_plain,
        }
    }
}

/// Every line of a list, blank ones too.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut next = 0;
    text.split('\n').map(move |line| {
        let begin = next;
        next += line.len() + 1;
        Line::new(begin, line)
    })
}

/// What stands before the comment of a line, and the comment, which begins with `#`.
pub(super) fn split_comment(line: &str) -> (&str, &str) {
    line.split_at(without_comment(line).len())
}

/// A `#` begins a comment where a path could begin.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    let comment = line.match_indices('#').find(|&(at, _)| begins(at));
    comment.map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Suite, Vec<String>) {
        let url = |name: &str| (name.to_owned(), format!("http://{name}.test"));
        let overrides = Overrides {
            base_urls: vec![url("a"), url("b")],
            ..Overrides::default()
        };
        let (suite, problems) = read_paths(&Arc::new(Source::new("list", text)), &overrides);
        (
            suite,
            problems
                .into_iter()
                .map(|problem| problem.message)
                .collect(),
        )
    }

    /// The method, the path and the line of each endpoint.
    fn listed(suite: &Suite) -> Vec<(&str, &str, u32)> {
        let endpoints = suite.endpoints.iter();
        let listed = endpoints.map(|it| (it.spec.method.as_str(), it.path.written(), it.line));
        listed.collect()
    }

    #[test]
    fn lines_become_endpoints() {
        let (suite, problems) = read("# all\r\n/a\r\n\r\n  HEAD /b?x=${y}  # why\n/a\nGET /a\n/c");
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            listed(&suite),
            [("GET", "/a", 2), ("HEAD", "/b?x=${y}", 4), ("GET", "/c", 7)]
        );
    }

    #[test]
    fn a_path_is_listed_once_for_each_method() {
        let (suite, problems) = read("/a\nHEAD /a\nOPTIONS /a\nHEAD /a\n\r\n\r\n/a\r\nGET /a#\n/b");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(
            listed(&suite),
            [
                ("GET", "/a", 1),
                ("HEAD", "/a", 2),
                ("OPTIONS", "/a", 3),
                ("GET", "/b", 9)
            ]
        );
    }

    #[test]
    fn a_line_is_found_by_its_number() {
        let text = "# all\r\n/a\r\n\r\n  HEAD /b  # why\n/c";
        let text = format!("{text}\n{}POST /d\n", "/x\n".repeat(500));
        let source = Source::new("list", text.as_str());
        let found = |number| line_range(&source, number).map(|range| &text[range]);
        for (number, line) in [(2, "/a"), (3, ""), (4, "HEAD /b"), (5, "/c")] {
            assert_eq!(found(number), Some(line), "{number}");
        }
        assert_eq!((found(505), found(506)), (Some("/x"), Some("POST /d")));
        assert_eq!((found(0), found(508)), (None, None));
    }

    #[test]
    fn every_bad_line_is_told() {
        for text in [
            "a",
            "http://h/a",
            "get /a",
            "/a b",
            "//a",
            "/a:200",
            "/a#b",
            "/../a",
        ] {
            let (_, problems) = read(&format!("/ok\n{text}\n"));
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        }
        let (_, problems) = read("# nothing\n");
        assert_eq!(problems.len(), 1);
    }
}
