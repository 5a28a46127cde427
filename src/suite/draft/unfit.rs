//! What keeps a suite from being recorded, and how to mend it.
//!
//! Input: the text and places in it. Output: diagnostics, each with file, line and help.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};
use crate::suite::place;
use crate::suite::yaml::{self, Kind, Node, Reference};

const CODE: &str = "cannot-record";

/// A place at which no expectation can be written.
pub(super) struct Unfit {
    range: Range<usize>,
    message: &'static str,
    help: &'static str,
}

impl Unfit {
    pub(super) fn at(self, source: &Arc<Source>) -> Diagnostic {
        Diagnostic::new(CODE, self.message)
            .at(source, self.range)
            .help(self.help)
    }

    pub(super) fn lost(range: Range<usize>) -> Self {
        Self {
            range,
            message: "what is recorded cannot be written here",
            help: "the long form can: `- path: /a` with `expect: 200` below it",
        }
    }

    pub(super) fn shared_line(range: Range<usize>) -> Self {
        Self {
            range,
            message: "this endpoint does not begin a line of its own, so it could not be commented out",
            help: "each endpoint begins with `- ` in a line of its own",
        }
    }

    pub(super) fn long_key(range: Range<usize>) -> Self {
        Self {
            range,
            message: "this path is too long to be a key with an expectation after it",
            help: "the long form has room: `- path: /…` with `expect: 200` below it",
        }
    }

    pub(super) fn block_text(range: Range<usize>) -> Self {
        Self {
            range,
            message: "an expectation written with `|` or `>` cannot be replaced",
            help: "write it in one line: `expect: 200`",
        }
    }

    pub(super) fn comment(at: usize) -> Self {
        Self {
            range: at..at + 1,
            message: "this comment stands inside the expectation that would be replaced, and would be lost",
            help: "move it above the endpoint, or behind the expectation",
        }
    }
}

/// What of the text as a whole cannot be edited: endpoints between brackets, or that stand for others.
pub(super) fn whole(source: &Arc<Source>, tree: &Node) -> Vec<Diagnostic> {
    let Some(endpoints) = place::endpoints(tree) else {
        return vec![unreadable(source)];
    };
    let range = endpoints.range();
    if !matches!(endpoints.kind, Kind::Scalar { .. })
        && source.text[range.start..].starts_with(['[', '{'])
    {
        let message = "endpoints between brackets cannot be recorded: one that gets no answer is commented out as a line";
        return vec![
            Diagnostic::new(CODE, message)
                .at(source, range.start..range.start + 1)
                .help("write each in a line of its own: `- /a`"),
        ];
    }
    let composed = composed(source, tree, endpoints);
    if !composed.is_empty() {
        return composed;
    }
    let section = section(tree, source.text.len());
    let among = |(range, reference): (Range<usize>, Reference)| {
        section
            .contains(&range.start)
            .then(|| referring(source, range, reference))
    };
    yaml::references(source)
        .into_iter()
        .filter_map(among)
        .collect()
}

/// The keys by which endpoints stand elsewhere, or one entry is several.
fn composed(source: &Arc<Source>, tree: &Node, endpoints: &Node) -> Vec<Diagnostic> {
    let included = keys(tree).filter(|key| key.text() == Some("include"));
    let entries = match &endpoints.kind {
        Kind::List(entries) => &entries[..],
        _ => &[],
    };
    let multiplied = entries
        .iter()
        .flat_map(keys)
        .filter(|key| matches!(key.text(), Some("each" | "each_file")));
    let refused = |key: &Node, message, help| {
        Diagnostic::new(CODE, message)
            .at(source, key.range())
            .help(help)
    };
    let included = included.map(|key| {
        let message = "endpoints of further files cannot be recorded into this one";
        refused(
            key,
            message,
            "record each file on its own, with `--base-url`",
        )
    });
    let multiplied = multiplied.map(|key| {
        let message = "an entry that is several endpoints has only one expectation to record";
        refused(key, message, "write an entry for each value")
    });
    included.chain(multiplied).collect()
}

fn keys(node: &Node) -> impl Iterator<Item = &Node> {
    let pairs = match &node.kind {
        Kind::Map(pairs) => &pairs[..],
        _ => &[],
    };
    pairs.iter().map(|(key, _)| key)
}

/// From the key `endpoints` to the next one; a bare list or mapping is all of the file.
fn section(tree: &Node, length: usize) -> Range<usize> {
    let Kind::Map(pairs) = &tree.kind else {
        return 0..length;
    };
    let key = |(key, _): &(Node, Node)| key.text() == Some("endpoints");
    let Some(index) = pairs.iter().position(key) else {
        return 0..length;
    };
    let next = pairs.get(index + 1).map(|(key, _)| key.range().start);
    pairs[index].0.range().start..next.unwrap_or(length)
}

fn referring(source: &Arc<Source>, range: Range<usize>, reference: Reference) -> Diagnostic {
    let (message, help) = match reference {
        Reference::Anchor => (
            "an anchor among the endpoints: what is recorded here would change every alias of it",
            "write what it stands for at each place, without `&`",
        ),
        Reference::Alias => (
            "an alias among the endpoints: what is recorded has no place of its own here",
            "write what it stands for instead of `*`",
        ),
        Reference::Merge => (
            "a merge key among the endpoints: what is recorded has no place of its own here",
            "write the keys that `<<` merges",
        ),
    };
    Diagnostic::new(CODE, message).at(source, range).help(help)
}

pub(super) fn unreadable(source: &Source) -> Diagnostic {
    let message = format!("`{}` has no endpoints that could be recorded", source.name);
    Diagnostic::new(CODE, message)
}

/// An endpoint for which something was observed, but that has no place.
pub(super) fn lost(source: &Source, line: u32) -> Diagnostic {
    let message = format!(
        "what is recorded has no place in line {line} of `{}`",
        source.name
    );
    Diagnostic::new(CODE, message).help("write that endpoint in the long form: `- path: /a`")
}

/// What would be written is no suite.
pub(super) fn invalid(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let problem = |problem: Diagnostic| Diagnostic {
        message: format!("what was recorded would not be valid: {}", problem.message),
        ..problem
    };
    problems.into_iter().map(problem).collect()
}

/// What would be written says something else beside expectations.
pub(super) fn changed(environment: &str) -> Diagnostic {
    let message = format!(
        "what was recorded of `{environment}` would change more of the suite than expectations, so it is not written"
    );
    Diagnostic::new(CODE, message)
        .help("endpoints in the long form are the safest: `- path: /a` with `expect: 200` below it")
}
