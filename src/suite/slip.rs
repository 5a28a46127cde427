//! Slips that YAML lets through: an endpoint's path that is more than a path.
//!
//! Input: a path as written. Output: a problem with the help that fits.

use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// `/a:200` and `/a 200`: a path that ends in what was meant to be its expectation.
pub(super) fn in_path(text: &str) -> Option<Diagnostic> {
    let (path, expectation) = split(text)?;
    let problem = Diagnostic::new(
        "missing-space",
        format!("`{text}` has no space after its colon, so all of it is a path"),
    )
    .help(format!("with an expectation it is `{path}: {expectation}`"));
    Some(if text.contains(char::is_whitespace) {
        problem
    } else {
        problem.help(format!(
            "a path that ends like this is written `path: \"{text}\"`"
        ))
    })
}

/// Something is wrong with a path; the help depends on what it looks like.
pub(super) fn bad_path(text: &str, message: String) -> Diagnostic {
    let problem = Diagnostic::new("bad-path", message);
    if text.starts_with("http://") || text.starts_with("https://") {
        let path = text.splitn(4, '/').nth(3).unwrap_or_default();
        return problem.help(format!(
            "the path alone is `/{path}`; where it is asked is the business of `environments`"
        ));
    }
    if let Some((path, rest)) = text.split_once(' ') {
        let rest = rest.trim();
        if Expectation::parse(rest).is_ok() {
            return problem.help(format!(
                "an expectation follows a colon and a space: `{path}: {rest}`"
            ));
        }
        if rest.starts_with('/') && path.chars().all(|c| c.is_ascii_alphabetic()) {
            return problem.help("in the long form the method has a key of its own: `method:`");
        }
        return problem.help("a space in a path is written `%20`");
    }
    if text.contains('#') {
        return problem.help("a `#` that is part of the path is written `%23`");
    }
    if text.contains('\\') {
        return problem.help("a backslash that is part of the path is written `%5C`");
    }
    if !text.is_empty() && !text.starts_with('/') {
        return problem.help(format!("with a slash it is `/{text}`"));
    }
    problem
}

/// The path and the expectation of `/a:200`.
fn split(text: &str) -> Option<(&str, &str)> {
    text.match_indices(':').find_map(|(colon, _)| {
        let (path, rest) = (&text[..colon], &text[colon + 1..]);
        let list = rest.starts_with(['[', '{']) && rest.ends_with([']', '}']);
        // Most colons of most paths are no slip, and a path may have many.
        let may_be = (list || Expectation::may_be(rest)) && !path.ends_with(':');
        let is_slip = may_be && path.contains('/') && (list || Expectation::parse(rest).is_ok());
        is_slip.then_some((path, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same question without the short cut.
    fn split_at_length(text: &str) -> Option<(&str, &str)> {
        text.match_indices(':').find_map(|(colon, _)| {
            let (path, rest) = (&text[..colon], &text[colon + 1..]);
            let list = rest.starts_with(['[', '{']) && rest.ends_with([']', '}']);
            let expectation = list || Expectation::parse(rest).is_ok();
            (path.contains('/') && expectation && !path.ends_with(':')).then_some((path, rest))
        })
    }

    proptest::proptest! {
        #[test]
        fn the_short_cut_leads_to_the_same_place(
            text in "/?(/a|:|200|not |any|same|[2-5]xx|301->|301 -> /b|-|->| |\\[|\\]|\\{|\\}|\\PC){0,9}"
        ) {
            proptest::prop_assert_eq!(split(&text), split_at_length(&text));
        }
    }

    #[test]
    fn tells_slips_from_paths() {
        for (text, slip) in [
            ("/a:200", true),
            ("/a:2xx", true),
            ("/a:[200, 404]", true),
            ("/a:{production: 404}", true),
            ("/old:301 -> /new", true),
            ("/a:not 404", true),
            ("HEAD /a:200", true),
            ("/a", false),
            ("/a:b", false),
            ("/a:", false),
            ("/v1/documents:batchGet", false),
            ("/a:1", false),
        ] {
            assert_eq!(in_path(text).is_some(), slip, "{text}");
        }
    }
}
