//! Slips that YAML lets through: an endpoint's path that is more than a path.
//!
//! Input: a path as written, in a suite or in a list of paths. Output: a problem with the help that fits.

use super::names::shortened_path as shown;
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// `/a:200` and `/a 200`: a path that ends in what was meant to be its expectation.
pub(super) fn in_path(text: &str) -> Option<Diagnostic> {
    let (path, expectation) = split(text)?;
    let problem = Diagnostic::new(
        "missing-space",
        format!(
            "`{}` has no space after its colon, so all of it is a path",
            shown(text)
        ),
    )
    .help(format!(
        "with an expectation it is `{}: {}`",
        shown(path),
        shown(expectation)
    ));
    Some(if text.contains(char::is_whitespace) {
        problem
    } else {
        problem.help(format!(
            "a path that ends like this is written `path: \"{}\"`",
            shown(text)
        ))
    })
}

/// The same in a list of paths, in which nothing has an expectation.
pub(super) fn in_list(text: &str) -> Option<Diagnostic> {
    let (path, expectation) = split(text)?;
    let message = format!(
        "`{}` ends in an expectation, and a list of paths has none",
        shown(text)
    );
    let problem =
        Diagnostic::new("expectation-in-list", message).help(needs_suite(path, expectation));
    Some(if text.contains(char::is_whitespace) {
        problem
    } else {
        problem.help(format!(
            "a path that ends like this is written `{}%3A{}`",
            shown(path),
            shown(expectation)
        ))
    })
}

/// Something is wrong with a path in a list.
pub(super) fn bad_in_list(text: &str, message: String) -> Diagnostic {
    let problem = Diagnostic::new("bad-path", message);
    if let Some(path) = path_of_url(text) {
        return problem.help(format!(
            "the path alone is `/{}`; where it is asked is said on the command line",
            shown(path)
        ));
    }
    match text.split_once(' ') {
        Some((path, rest)) if Expectation::is_one(rest) => problem.help(needs_suite(path, rest)),
        _ => bad_path(text, problem.message),
    }
}

fn needs_suite(path: &str, expectation: &str) -> String {
    format!(
        "an expectation needs a suite, in which it is `{}: {}`; a list is compared with the reference",
        shown(path),
        shown(expectation.trim())
    )
}

fn path_of_url(text: &str) -> Option<&str> {
    let is_url = text.starts_with("http://") || text.starts_with("https://");
    is_url.then(|| text.splitn(4, '/').nth(3).unwrap_or_default())
}

/// Something is wrong with a path; the help depends on what it looks like.
pub(super) fn bad_path(text: &str, message: String) -> Diagnostic {
    let problem = Diagnostic::new("bad-path", message);
    if let Some(path) = path_of_url(text) {
        return problem.help(format!(
            "the path alone is `/{}`; where it is asked is the business of `environments`",
            shown(path)
        ));
    }
    if let Some((path, rest)) = text.split_once(' ') {
        let rest = rest.trim();
        if Expectation::is_one(rest) {
            return problem.help(format!(
                "an expectation follows a colon and a space: `{}: {}`",
                shown(path),
                shown(rest)
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
        return problem.help(format!("with a slash it is `/{}`", shown(text)));
    }
    problem
}

/// The path and the expectation of `/a:200`.
fn split(text: &str) -> Option<(&str, &str)> {
    let slash = text.find('/')?;
    let mut colons = text.match_indices(':').filter(|&(colon, _)| slash < colon);
    colons.find_map(|(colon, _)| {
        let (path, rest) = (&text[..colon], &text[colon + 1..]);
        let list = rest.starts_with(['[', '{']) && rest.ends_with([']', '}']);
        let is_slip = !path.ends_with(':') && (list || Expectation::is_one(rest));
        is_slip.then_some((path, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same question without the short cuts.
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
        fn the_short_cuts_lead_to_the_same_place(
            text in "/?(/a|:|200|not |any|same|[2-5]xx|301->|301 -> /b|-|->| |\\[|\\]|\\{|\\}|\\PC){0,9}"
        ) {
            proptest::prop_assert_eq!(split(&text), split_at_length(&text));
        }
    }

    #[test]
    fn help_for_a_list_can_be_followed() {
        for (text, help) in [
            ("/i:200", "`/i: 200`"),
            ("/i: 200", "`/i: 200`"),
            ("/i:301 -> /new", "`/i: 301 -> /new`"),
        ] {
            let problem = in_list(text).unwrap();
            assert!(problem.help[0].contains(help), "{:?}", problem.help);
            assert!(problem.help[0].contains("needs a suite"));
            assert_eq!(problem.help.len(), 1 + usize::from(!text.contains(' ')));
        }
        let problem = in_list("/i:2:200").unwrap();
        assert!(
            problem.help[1].contains("`/i:2%3A200`"),
            "{:?}",
            problem.help
        );
        assert_eq!(in_list("/i:2%3A200"), None);
        assert_eq!(crate::suite::check_path("/i:2%3A200"), Ok(()));
        let problem = bad_in_list("/i 200", String::new());
        assert!(problem.help[0].contains("needs a suite"));
    }

    #[test]
    fn long_texts_are_shortened() {
        let long = "x".repeat(100_000);
        let slip = format!("/{long}:200");
        let bad = ["", "/ ", "http://h/", "/a "].map(|start| format!("{start}{long}"));
        let mut problems: Vec<_> = [in_path(&slip), in_list(&slip)]
            .into_iter()
            .flatten()
            .collect();
        problems.extend(bad.iter().map(|text| bad_path(text, String::new())));
        problems.extend(bad.iter().map(|text| bad_in_list(text, String::new())));
        for problem in problems {
            let length =
                problem.message.len() + problem.help.iter().map(String::len).sum::<usize>();
            assert!(length < 1000, "{length}");
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
