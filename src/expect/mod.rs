//! Expectations: what an endpoint should answer, as a suite writes it.
//!
//! Input: the text of an expectation (`200`, `2xx`, `[2xx, not 204]`, `301 -> /new`, `same`).
//! Output: [`Expectation`], which prints itself in words and judges one answer at a time. It refuses to
//! know about environments, requests and YAML: those belong to later rooms.

mod chain;
mod origin;
mod parse;
mod slip;
mod status_set;
mod target;

use std::fmt;
use std::sync::Arc;

use http::StatusCode;

pub use origin::Origin;
pub use parse::ParseError;
pub use status_set::StatusSet;
pub use target::{Target, glob};

/// What an answer has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// One of these statuses.
    Status(StatusSet),
    /// A redirect with one of these statuses, to this target.
    Redirect(StatusSet, Target),
    /// A redirect at every step but the last: what a followed redirect meets on its way. At least two steps,
    /// each a status or a redirect.
    Chain(Arc<[Expectation]>),
    /// Whatever the reference environment answers.
    Same,
}

impl Expectation {
    /// Reads one expectation from its text; a YAML list arrives as its items.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::expectation(text)
    }

    /// Whether `text` is an expectation. Most texts are none at a glance, however long they are, and cost no more.
    pub(crate) fn is_one(text: &str) -> bool {
        parse::may_be_expectation(text) && Self::parse(text).is_ok()
    }

    /// Reads the items of a list, which admits neither `same` nor targets.
    pub fn parse_list<'a>(items: impl IntoIterator<Item = &'a str>) -> Result<Self, ParseError> {
        parse::list(items).map(Self::Status)
    }

    /// Reads the steps of a chain of redirects, from the first answer to the last. An error comes with the
    /// number of the step that it is about, from 0, unless it is about all of them.
    pub fn parse_chain<'a>(
        steps: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, (Option<usize>, ParseError)> {
        chain::read(steps).map(Self::Chain)
    }

    /// Whether the expectation says nothing against `status` itself, whatever the target. Of a chain that is
    /// the last status.
    #[must_use]
    pub fn admits_status(&self, status: StatusCode) -> bool {
        match self {
            Self::Status(set) | Self::Redirect(set, _) => set.contains(status),
            Self::Chain(steps) => steps.last().is_some_and(|last| last.admits_status(status)),
            Self::Same => true,
        }
    }
}

impl Expectation {
    /// The services that its targets name.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        let steps = match self {
            Self::Chain(steps) => &steps[..],
            one => std::slice::from_ref(one),
        };
        steps.iter().filter_map(|step| match step {
            Self::Redirect(_, target) => target.service(),
            _ => None,
        })
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(set) => set.fmt(f),
            Self::Redirect(set, target) => write!(f, "{set} -> {target}"),
            Self::Chain(steps) => chain::write(steps, f),
            Self::Same => f.write_str("same"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_itself_in_words() {
        for (text, words) in [
            ("200", "200"),
            (" 2XX ", "2xx"),
            ("200-204", "200-204"),
            ("any", "any"),
            ("not  \t 5xx", "not 5xx"),
            ("301->/new", "301 -> /new"),
            ("3xx ->  https://h.test/x?*", "3xx -> https://h.test/x?*"),
            ("same", "same"),
        ] {
            assert_eq!(
                Expectation::parse(text).unwrap().to_string(),
                words,
                "{text}"
            );
        }
        for (items, words) in [
            (&["401", "403"][..], "401 or 403"),
            (&["404"], "404"),
            (&["2xx", "not 204", "304"], "2xx or 304, but not 204"),
            (&["any", "not 404", "not 5xx"], "any, but not 404 or 5xx"),
            (&["not 404", "not 500-504"], "not 404 and not 500-504"),
        ] {
            let list = Expectation::parse_list(items.iter().copied()).unwrap();
            assert_eq!(list.to_string(), words, "{items:?}");
        }
    }

    #[test]
    fn same_says_nothing_against_a_status() {
        for status in [200, 404, 503] {
            assert!(Expectation::Same.admits_status(StatusCode::from_u16(status).unwrap()));
        }
    }

    #[test]
    fn a_redirect_admits_its_statuses() {
        let moved = Expectation::parse("301-302 -> /new").unwrap();
        for (status, admitted) in [(301, true), (302, true), (303, false), (200, false)] {
            assert_eq!(
                moved.admits_status(StatusCode::from_u16(status).unwrap()),
                admitted,
                "{status}"
            );
        }
    }
}
