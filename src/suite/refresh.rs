//! `refresh`: how a bearer token is renewed.
//!
//! Input: the raw keys. Output: a [`Refresh`], by a request or by a program. It refuses both at once, and a
//! request that does not say where in its answer the token is.

use super::auth_request::{self, Parts};
use super::model::Refresh;
use super::place::Place;
use super::problems::Problems;
use super::program;
use super::raw::{List, RawRefresh, Text};
use crate::diagnostic::Diagnostic;

/// Reads `refresh`: exactly one of `request` and `command`.
pub(super) fn read(raw: &RawRefresh, place: &Place, problems: &mut Problems) -> Option<Refresh> {
    match (&raw.request, &raw.command) {
        (Some(_), None) => request(raw, place, problems),
        (None, Some(List(words))) => {
            refuse_request_keys(raw, place, problems)?;
            let place = place.inside("command");
            program::read(words, &place, "bad-credential", problems).map(Refresh::Command)
        }
        (Some(_), Some(_)) => {
            let message = "both `request` and `command` say how the token is renewed";
            let problem = Diagnostic::new("bad-credential", message);
            let help = "a token is renewed by a request or by a program";
            problems.key(place.inside("command"), problem.help(help));
            None
        }
        (None, None) => {
            let message = "`refresh` has neither `request` nor `command`";
            let problem = Diagnostic::new("bad-credential", message)
                .help("`request: \"POST /token\"` with `token: access_token` asks the environment, `command: [get-token]` a program");
            problems.missing(place.clone(), problem);
            None
        }
    }
}

fn request(raw: &RawRefresh, place: &Place, problems: &mut Problems) -> Option<Refresh> {
    let parts = Parts {
        request: raw.request.as_ref(),
        headers: raw.headers.as_ref(),
        body: raw.body.as_ref(),
        json: raw.json.as_ref(),
        form: raw.form.as_ref(),
    };
    let request = auth_request::read(&parts, place, problems);
    let Some(Text(token)) = &raw.token else {
        let message = "`refresh` does not say where in the answer the token is";
        let problem = Diagnostic::new("bad-credential", message);
        let help = "`token: access_token` names the field of the JSON answer; dots descend: `token: data.token`";
        problems.missing(place.clone(), problem.help(help));
        return None;
    };
    if let Err(message) = check_field(token) {
        let problem = Diagnostic::new("bad-credential", message);
        let help = "a field of the JSON answer is named like `access_token`, or `data.token` inside another";
        problems.value(place.inside("token"), problem.help(help));
        return None;
    }
    Some(Refresh::Request {
        request: request?,
        token: token.clone(),
    })
}

fn check_field(token: &str) -> Result<(), &'static str> {
    if token.contains("${") {
        return Err("the name of the token's field has no `${…}` in it");
    }
    if token.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the name of the token's field has no white space or control characters");
    }
    if token.split('.').any(str::is_empty) {
        return Err("a part of the name of the token's field is empty");
    }
    Ok(())
}

/// What belongs to a request says nothing to a program.
fn refuse_request_keys(raw: &RawRefresh, place: &Place, problems: &mut Problems) -> Option<()> {
    let keys = [
        ("token", raw.token.is_some()),
        ("headers", raw.headers.is_some()),
        ("body", raw.body.is_some()),
        ("json", raw.json.is_some()),
        ("form", raw.form.is_some()),
    ];
    let Some((key, _)) = keys.iter().find(|(_, given)| *given) else {
        return Some(());
    };
    let message = format!("`{key}` belongs to a request, and `command` is a program");
    let problem = Diagnostic::new("bad-credential", message);
    let help = "the new token is what the program prints";
    problems.key(place.inside(key), problem.help(help));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fields() {
        for (token, good) in [
            ("access_token", true),
            ("data.token", true),
            ("a-b", true),
            ("", false),
            (".", false),
            ("a.", false),
            ("a..b", false),
            ("a b", false),
            ("${A}", false),
        ] {
            assert_eq!(check_field(token).is_ok(), good, "{token}");
        }
    }
}
