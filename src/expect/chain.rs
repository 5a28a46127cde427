//! Chains: what a followed redirect meets, step by step.
//!
//! Input: the items of `redirects: [301 -> /a, 302 -> /b, 200]`. Output: the steps, every one but the last a
//! redirect. It refuses a single step, `same`, and a step after the end of the chain.

use std::fmt;
use std::sync::Arc;

use super::{Expectation, ParseError, parse, slip};

pub(super) fn read<'a>(
    items: impl IntoIterator<Item = &'a str>,
) -> Result<Arc<[Expectation]>, (Option<usize>, ParseError)> {
    let texts: Vec<&str> = items.into_iter().map(str::trim).collect();
    let (last, before) = match texts.as_slice() {
        [] => {
            let error = ParseError::new(
                "a chain of redirects has no steps",
                "each redirect and then the last answer: `[301 -> /a, 302 -> /b, 200]`",
            );
            return Err((None, error));
        }
        [only] => {
            let error = ParseError::new(
                format!("`{}` alone is no chain of redirects", slip::shown(only)),
                format!(
                    "one answer is judged by `expect: {}`; a chain ends in the last answer: `[301 -> /a, 200]`",
                    slip::shown(only)
                ),
            );
            return Err((None, error));
        }
        [before @ .., last] => (last, before),
    };
    let mut steps = Vec::with_capacity(texts.len());
    for (number, text) in before.iter().enumerate() {
        steps.push(redirect(text).map_err(|error| (Some(number), error))?);
    }
    steps.push(step(last).map_err(|error| (Some(before.len()), error))?);
    Ok(steps.into())
}

pub(super) fn write(steps: &[Expectation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, step) in steps.iter().enumerate() {
        f.write_str(match index {
            0 => "",
            _ if index + 1 == steps.len() => ", then ",
            _ => ", ",
        })?;
        write!(f, "{step}")?;
    }
    Ok(())
}

/// A step that another one follows.
fn redirect(text: &str) -> Result<Expectation, ParseError> {
    match step(text)? {
        Expectation::Status(set) if !set.is_redirect_only() => Err(ParseError::new(
            format!(
                "`{}` is no redirect, but another step follows",
                slip::shown(text)
            ),
            "every step but the last is a redirect, such as `301` or `301 -> /new`",
        )),
        step => Ok(step),
    }
}

fn step(text: &str) -> Result<Expectation, ParseError> {
    match parse::expectation(text)? {
        Expectation::Same => Err(ParseError::new(
            "`same` cannot be a step of a chain of redirects",
            "the endpoint key `same: true` demands the reference's answer as well",
        )),
        step => Ok(step),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn prints_itself_step_by_step() {
        for (steps, words) in [
            (
                &["301 -> /a", "302 -> /b", "200"][..],
                "301 -> /a, 302 -> /b, then 200",
            ),
            (&["301", " 2XX "], "301, then 2xx"),
            (
                &["3xx", "301-308", "301 -> /a"],
                "3xx, 301-308, then 301 -> /a",
            ),
            (&["307", "not 404"], "307, then not 404"),
            (&["307", "any"], "307, then any"),
        ] {
            let chain = Expectation::parse_chain(steps.iter().copied()).unwrap();
            assert_eq!(chain.to_string(), words, "{steps:?}");
        }
    }

    #[test]
    fn its_last_step_admits_statuses() {
        let chain = Expectation::parse_chain(["301 -> /a", "2xx"]).unwrap();
        for (status, admitted) in [(200, true), (204, true), (301, false), (404, false)] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(chain.admits_status(status), admitted, "{status}");
        }
    }

    #[test]
    fn says_which_step_is_wrong() {
        for (steps, step, message, help) in [
            (&[][..], None, "no steps", "200"),
            (&["200"], None, "`200` alone", "`expect: 200`"),
            (
                &["301", "200", "200"],
                Some(1),
                "`200` is no redirect",
                "`301`",
            ),
            (&["304", "200"], Some(0), "`304` is no redirect", "`301`"),
            (&["any", "200"], Some(0), "`any` is no redirect", "`301`"),
            (&["301", "same"], Some(1), "`same`", "`same: true`"),
            (&["same", "200"], Some(0), "`same`", "`same: true`"),
            (&["301", "20x"], Some(1), "`20x`", "`2xx`"),
            (&["301 -> a", "200"], Some(0), "`a`", "/a"),
            (&["301", ""], Some(1), "empty", "`any`"),
        ] {
            let (found, error) = Expectation::parse_chain(steps.iter().copied()).unwrap_err();
            assert_eq!(found, step, "{steps:?}");
            assert!(error.message.contains(message), "{steps:?}: {error}");
            let shown = error.help.unwrap_or_default();
            assert!(shown.contains(help), "{steps:?}: {shown}");
        }
    }
}
