//! `redirects`: a whole chain, expected hop by hop.
//!
//! Input: the raw key. Output: a chain and how many redirects it follows. It refuses everything but a list,
//! and the keys that would say something else about the same answers.

use std::sync::Arc;

use super::expectation::Stated;
use super::model::Setting;
use super::names::shortened;
use super::place::Place;
use super::problems::Problems;
use super::raw::{Follow, RawExpect};
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// How many redirects a chain may have.
const MOST: u32 = 100;

/// A chain of redirects.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) expectation: Arc<Expectation>,
    /// One less than it has steps.
    pub(super) follow: u32,
}

impl Chain {
    /// The same as an expectation of every environment.
    pub(super) fn stated(&self) -> Stated {
        Stated::All(Setting::Value(Arc::clone(&self.expectation)))
    }
}

/// What stands beside `redirects` in the same mapping.
pub(super) struct Beside<'a> {
    pub(super) expect: Option<&'a RawExpect>,
    pub(super) follow_redirects: Option<Follow>,
}

/// Reads `redirects`; a problem leaves nothing.
pub(super) fn read(
    raw: &RawExpect,
    beside: &Beside<'_>,
    place: &Place,
    problems: &mut Problems,
) -> Option<Chain> {
    let here = place.inside("redirects");
    if beside.expect.is_some() {
        let message = "both `redirects` and `expect` say what is answered";
        let problem = Diagnostic::new("two-expectations", message);
        let help = "the last step of `redirects` is the last answer: `[301 -> /a, 200]`";
        problems.key(here, problem.help(help));
        return None;
    }
    if beside.follow_redirects.is_some() {
        problems.key(place.inside("follow_redirects"), two_counts());
        return None;
    }
    match items(raw) {
        Ok(items) => chain(items, &here, problems),
        Err(problem) => {
            problems.value(here, problem);
            None
        }
    }
}

/// `follow_redirects` beside a chain of redirects.
pub(super) fn two_counts() -> Diagnostic {
    let message = "both `redirects` and `follow_redirects` say how many redirects are followed";
    Diagnostic::new("two-expectations", message)
        .help("`redirects` follows as many as it has steps but the last")
}

fn chain(items: &[String], place: &Place, problems: &mut Problems) -> Option<Chain> {
    let problem = |message: String| Diagnostic::new("bad-redirects", message);
    let step = |number: usize| place.inside(&number.to_string());
    if let Some(number) = items.iter().position(|item| item.contains("${")) {
        let problem = problem("a chain of redirects has no `${…}` in it".to_owned());
        let help = "`*` in a target stands for any text: `301 -> /users/*`";
        problems.value(step(number), problem.help(help));
        return None;
    }
    let follow = u32::try_from(items.len().saturating_sub(1)).unwrap_or(u32::MAX);
    if follow > MOST {
        let message = format!("a chain of {follow} redirects is too long, expected {MOST} at most");
        problems.value(place.clone(), problem(message));
        return None;
    }
    match Expectation::parse_chain(items.iter().map(String::as_str)) {
        Ok(expectation) => Some(Chain {
            expectation: Arc::new(expectation),
            follow,
        }),
        Err((number, error)) => {
            let problem = problem(error.message);
            let problem = match error.help {
                Some(help) => problem.help(help),
                None => problem,
            };
            problems.value(number.map_or_else(|| place.clone(), step), problem);
            None
        }
    }
}

fn items(raw: &RawExpect) -> Result<&[String], Diagnostic> {
    let problem = |message: &str| Diagnostic::new("bad-redirects", message);
    let list = "each redirect and then the last answer: `redirects: [301 -> /a, 302 -> /b, 200]`";
    match raw {
        RawExpect::List(items) => Ok(items),
        RawExpect::Missing => Err(problem("a chain of redirects is missing").help(list)),
        RawExpect::One(text) => {
            let found = format!("expected a list, found `{}`", shortened(text));
            Err(problem(&found).help(list))
        }
        RawExpect::Map(_) => Err(problem("expected a list, found a mapping")
            .help("a chain of redirects holds in every environment; `environments: […]` limits an endpoint to some, and another endpoint asks the others")),
    }
}
