//! A program with its arguments, as `refresh` and `discover` have it.
//!
//! Input: the items of a list. Output: templates, at least one. It refuses what only a shell would understand.

use super::credential::check_text;
use super::place::Place;
use super::problems::Problems;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Reads `command`; problems have this `code`.
pub(super) fn read(
    words: &[String],
    place: &Place,
    code: &'static str,
    problems: &mut Problems,
) -> Option<Vec<Template>> {
    if let Err((place, message)) = check(words, place) {
        let help =
            "a program and its arguments are the items of a list: `[get-token, --env, staging]`";
        problems.value(place, Diagnostic::new(code, message).help(help));
        return None;
    }
    let words: Vec<_> = words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            let place = place.inside(&index.to_string());
            let template = problems.template(&place, word)?;
            let plain = template
                .as_plain()
                .map(|word| check_text(word, "an argument"));
            if let Some(Err(message)) = plain {
                problems.value(place, Diagnostic::new(code, message));
                return None;
            }
            Some(template)
        })
        .collect();
    words.into_iter().collect()
}

fn check(words: &[String], place: &Place) -> Result<(), (Place, &'static str)> {
    let first = || place.inside("0");
    match words {
        [] => Err((place.clone(), "`command` is empty")),
        [name, ..] if name.trim().is_empty() => Err((first(), "the name of a program is missing")),
        // A path may have white space in it; the bare name of a program has none.
        [only] if only.contains(char::is_whitespace) && !only.contains(['/', '\\', '$']) => Err((
            first(),
            "all of it is taken for the name of a program: there is no shell to split it",
        )),
        _ => Ok(()),
    }
}
