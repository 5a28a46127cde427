//! Workflow commands of GitHub Actions: what went wrong, on the suite's own lines.
//!
//! Input: a comparison. Output: a `::error`, `::warning` or `::notice` for each problem, worst first, then the
//! counts and the verdict for who reads the log. GitHub shows ten errors and ten warnings of a step, so there
//! are never more: the tenth counts the rest. No other text can begin a line, so none is ever obeyed.

use std::borrow::Cow;
use std::io;

use super::Options;
use super::acceptance;
use super::problem::{Problem, Problems, file};
use super::rule::Level;
use super::summary;
use super::text::shortened;
use crate::compare::Comparison;

/// How many of a kind GitHub shows.
const MOST: usize = 10;

/// Longer titles are refused.
const LONGEST_TITLE: usize = 250;

/// Writes the commands, and two lines for people.
pub(super) fn render(
    comparison: &Comparison,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let problems = Problems::of(comparison);
    let file = file(comparison, options);
    for (level, word) in [
        (Level::Error, "error"),
        (Level::Warning, "warning"),
        (Level::Note, "notice"),
    ] {
        let told = || problems.at(level, options.exit);
        let all = told().count();
        let shown = if all > MOST { MOST - 1 } else { all };
        for problem in told().take(shown) {
            let file = problem.file(file, comparison.file(), options);
            writeln!(out, "{}", command(word, file, &problem))?;
        }
        if all > shown {
            writeln!(out, "{}", rest(word, file, all - shown))?;
        }
    }
    let list: Vec<String> = acceptance::findings(comparison)
        .into_iter()
        .map(|finding| finding.text)
        .collect();
    if !list.is_empty() {
        let list = data(&list.join("\n")).into_owned();
        writeln!(out, "::notice title=accepted mismatches::{list}")?;
    }
    writeln!(out, "{}", summary::counts(comparison))?;
    let (_, verdict) = summary::verdict(comparison, options.exit);
    writeln!(out, "{verdict}")
}

fn command(word: &str, file: Option<&str>, problem: &Problem<'_>) -> String {
    let place = file.map_or_else(String::new, |file| {
        format!("file={},line={},", property(file), problem.line())
    });
    let subject = problem.subject();
    let title = shortened(&subject, LONGEST_TITLE);
    let message = problem.message();
    format!(
        "::{word} {place}title={}::{}",
        property(&title),
        data(&message)
    )
}

fn rest(word: &str, file: Option<&str>, count: usize) -> String {
    let place = file.map_or_else(String::new, |file| format!("file={},", property(file)));
    format!("::{word} {place}title=and {count} more::`--format json` has them all")
}

/// Text for after the `::`, on one line.
fn data(text: &str) -> Cow<'_, str> {
    replaced(text, |character| matches!(character, '%' | '\r' | '\n'))
}

/// Text for a property, which `:` and `,` would end.
fn property(text: &str) -> Cow<'_, str> {
    replaced(text, |character| {
        matches!(character, '%' | '\r' | '\n' | ':' | ',')
    })
}

fn replaced(text: &str, is_special: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_special) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_special(character) {
            safe.extend(["%", &format!("{:02X}", u32::from(character))]);
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::{data, property};
    use crate::compare::Comparison;
    use crate::report::sample::{cut_short, down, green, rendered, shop, wall};
    use crate::report::{Format, Options};

    fn github(comparison: &Comparison) -> String {
        rendered(Format::Github, comparison, |options| options)
    }

    #[test]
    fn annotates_the_lines_of_the_suite() {
        insta::assert_snapshot!("shop-github", github(&shop()));
    }

    #[test]
    fn tells_a_whole_environment_and_what_was_not_asked_once() {
        insta::assert_snapshot!("down-github", github(&down()));
        insta::assert_snapshot!("cut-short-github", github(&cut_short()));
        assert!(!github(&green()).contains("::"), "{}", github(&green()));
    }

    #[test]
    fn never_shows_more_of_a_kind_than_github_does() {
        let text = github(&wall());
        let errors: Vec<_> = text.lines().filter(|line| line.starts_with("::")).collect();
        assert_eq!(errors.len(), 10);
        assert!(errors[9].contains("title=and 196 more::"), "{}", errors[9]);
    }

    #[test]
    fn points_into_the_file_it_is_told() {
        let text = rendered(Format::Github, &shop(), |options| Options {
            file: Some("a, b: 100%/shop.yaml".to_owned()),
            ..options
        });
        assert!(
            text.starts_with("::error file=a%2C b%3A 100%25/shop.yaml,line=10,title="),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn what_is_escaped_can_be_read_back(text in any::<String>()) {
            for escaped in [data(&text), property(&text)] {
                prop_assert_eq!(percent_decode_str(&escaped).decode_utf8().unwrap(), text.as_str());
                prop_assert!(!escaped.contains(['\r', '\n']));
            }
            prop_assert!(!property(&text).contains([':', ',']));
        }
    }
}
