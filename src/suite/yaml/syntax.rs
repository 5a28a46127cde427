//! What is said of a text that is no YAML.
//!
//! Input: where the parser gave up, and its words. Output: a problem with help for the slips that people
//! make most often.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};

/// The parser gave up at `offset` and says `info`.
pub(super) fn problem(source: &Arc<Source>, offset: usize, info: &str) -> Diagnostic {
    let text = &source.text;
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    if let Some(range) = comparison(line) {
        return folded_comparison(source, start + range.start..start + range.end);
    }
    if info.contains("unknown anchor") {
        return unknown_anchor(source, offset);
    }
    let end = text[offset..]
        .chars()
        .next()
        .map_or(offset, |c| offset + c.len_utf8());
    if info.contains("recursion limit") {
        return Diagnostic::new("too-deep", "lists and mappings are nested too deeply")
            .at(source, offset..end);
    }
    let problem = Diagnostic::new(
        "yaml-syntax",
        format!("not valid YAML: {}", info.trim_end_matches('.')),
    )
    .at(source, offset..end)
    .label("not understood from here");
    if text[..offset].ends_with('$') && text[offset..].starts_with('{') {
        return problem.help("between brackets a text with `${…}` in it stands in quotes");
    }
    match help(&text[..start], line, info) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn unknown_anchor(source: &Arc<Source>, offset: usize) -> Diagnostic {
    let rest = &source.text[offset..];
    let length = rest
        .find(|c: char| c.is_whitespace() || ",]}".contains(c))
        .unwrap_or(rest.len());
    let alias = &rest[..length];
    let name = alias.trim_start_matches('*').trim_end_matches(':');
    let problem = Diagnostic::new("unknown-anchor", format!("`{alias}` stands for nothing"))
        .at(source, offset..offset + length)
        .label("`*` begins an alias in YAML");
    let problem = match name {
        "" => problem,
        name => problem.help(format!(
            "an alias repeats what stands at `&{name}` before it"
        )),
    };
    problem.help("a text that begins with `*` stands in quotes")
}

/// `>=200` is no YAML, and `> 400` begins a folded text.
pub(super) fn folded_comparison(source: &Arc<Source>, range: Range<usize>) -> Diagnostic {
    Diagnostic::new("comparison", "an expectation has no `>` or `>=`")
        .at(source, range)
        .label("`>` begins a folded text in YAML")
        .help("a range says the same: `200-599`")
}

/// A tag on the value at `start`, where the parser may have left the tag itself behind.
pub(super) fn tag(source: &Arc<Source>, start: usize, tag: &str) -> Diagnostic {
    let text = &source.text;
    let before = &text[..start];
    let start = match before.rfind('!') {
        Some(at) if !text[start..].starts_with('!') && !before[at..].contains('\n') => at,
        _ => start,
    };
    let length = text[start..].find(|c: char| c.is_whitespace() || ",]}".contains(c));
    let end = length.map_or(text.len(), |length| start + length);
    let message = format!(
        "`{}` is a YAML tag, which says nothing here",
        &text[start..end]
    );
    let problem = Diagnostic::new("yaml-tag", message)
        .at(source, start..end)
        .label("`!` begins a tag in YAML");
    let negated = tag.trim_start_matches(['!', '=']);
    if negated.starts_with(|c: char| c.is_ascii_digit()) {
        problem.help(format!("anything but a status is written `not {negated}`"))
    } else {
        problem.help("a text that begins with `!` stands in quotes")
    }
}

/// Where `>` begins a value on `line` and a number follows.
pub(super) fn comparison(line: &str) -> Option<Range<usize>> {
    let at = [": >", "- >"]
        .iter()
        .filter_map(|start| line.find(start))
        .min()?
        + 2;
    let number = line[at + 1..].trim_start_matches('=').trim_start();
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(at..line.trim_end().len())
}

fn help(before: &str, line: &str, info: &str) -> Option<String> {
    let content = line.trim_start();
    let indent = &line[..line.len() - content.len()];
    let content = content.trim_start_matches("- ");
    let value = content
        .split_once(": ")
        .map_or(content, |(_, value)| value.trim_start());
    let help = if indent.contains('\t') {
        "YAML is indented with spaces, never with tabs"
    } else if content.starts_with(['@', '`', '%']) || value.starts_with(['@', '`', '%']) {
        "a text that begins with `@`, `%` or a backtick stands in quotes"
    } else if info.contains("quoted scalar") {
        "a quote that is opened has to be closed"
    } else if let Some(open) = unclosed(before) {
        return Some(open);
    } else if content.contains(": ") && value.contains(": ") {
        "a value that holds `: ` stands in quotes"
    } else if info.contains("mapping values are not allowed") || info.contains("block") {
        "the keys of one mapping begin in the same column"
    } else {
        return None;
    };
    Some(help.to_owned())
}

/// A bracket on one of the last lines that lacks its other half.
fn unclosed(before: &str) -> Option<String> {
    let first = before.lines().count().saturating_sub(3);
    before
        .lines()
        .enumerate()
        .skip(first)
        .find_map(|(index, line)| {
            let count = |c: char| line.matches(c).count();
            let (bracket, other) = [('[', ']'), ('{', '}')]
                .into_iter()
                .find(|(open, close)| count(*open) > count(*close))?;
            Some(format!(
                "the `{bracket}` in line {} may lack its `{other}`",
                index + 1
            ))
        })
}
