//! `auth` and `credentials`: who an environment is asked as.
//!
//! Input: the raw keys. Output: [`Credential`]s. It refuses more than one proof at a time, a renewal of what
//! cannot be renewed, and text that no header could carry. No message repeats a value: it may be a secret.

use super::auth_request::{self, Parts};
use super::environment::is_name;
use super::model::{Credential, CredentialKind};
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, RawBasic, RawCredential, Text};
use super::refresh;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Names that `as` understands by itself.
pub(super) const ANONYMOUS: &str = "anonymous";
pub(super) const DEFAULT: &str = "default";

/// Reads `credentials`. One that is broken is kept by its name: others ask for it.
pub(super) fn named(
    raw: Option<&Pairs<RawCredential>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(String, Credential)> {
    let mut credentials: Vec<(String, Credential)> = Vec::new();
    for (name, raw) in raw.iter().flat_map(|pairs| &pairs.0) {
        let place = place.inside(name);
        if let Err(message) = check_name(name, &credentials) {
            let problem = Diagnostic::new("bad-credential-name", message);
            problems.key(place.clone(), problem);
        }
        let broken = || Credential {
            kind: CredentialKind::Bearer(Template::literal("")),
            refresh: None,
        };
        let credential = read(raw, &place, problems).unwrap_or_else(broken);
        credentials.push((name.clone(), credential));
    }
    credentials
}

/// Reads one credential: exactly one of `bearer`, `basic` and `login`.
pub(super) fn read(
    raw: &RawCredential,
    place: &Place,
    problems: &mut Problems,
) -> Option<Credential> {
    let given = [
        ("bearer", raw.bearer.is_some()),
        ("basic", raw.basic.is_some()),
        ("login", raw.login.is_some()),
    ];
    let keys: Vec<&str> = given
        .iter()
        .filter_map(|(key, given)| given.then_some(*key))
        .collect();
    match keys.as_slice() {
        [] => {
            let message = "a credential without `bearer`, `basic` or `login`";
            let problem = Diagnostic::new("bad-credential", message);
            let help = "one of the three is needed, such as `bearer: \"${TOKEN}\"`";
            problems.missing(place.clone(), problem.help(help));
            return None;
        }
        [first, second, ..] => {
            let message = format!("both `{first}` and `{second}` say who asks");
            let problem = Diagnostic::new("bad-credential", message)
                .help("a credential has one of `bearer`, `basic` and `login`; further ones stand under `credentials`, each with a name");
            problems.key(place.inside(second), problem);
            return None;
        }
        [only] => check_renewable(only, raw, place, problems),
    }
    let kind = kind(raw, place, problems);
    let refresh = raw
        .refresh
        .as_ref()
        .map(|refresh| refresh::read(refresh, &place.inside("refresh"), problems));
    Some(Credential {
        kind: kind?,
        refresh: match refresh {
            None => None,
            Some(read) => Some(read?),
        },
    })
}

/// Whether `token` may stand in `Authorization: Bearer` (RFC 6750) once it is resolved.
pub fn check_token(token: &str) -> Result<(), String> {
    if token.is_empty() {
        return Err("a token is missing".to_owned());
    }
    check_text(token, "a token")?;
    check_scheme(token)?;
    if token.contains(char::is_whitespace) {
        return Err("a token has no white space".to_owned());
    }
    Ok(())
}

/// Whether `name` may be a user name of `basic` (RFC 7617) once it is resolved.
pub fn check_username(name: &str) -> Result<(), String> {
    if name.contains(':') {
        return Err("a user name has no colon: it ends the name (RFC 7617)".to_owned());
    }
    check_text(name, "a user name")
}

/// Whether `password` may be a password of `basic` (RFC 7617) once it is resolved.
pub fn check_password(password: &str) -> Result<(), String> {
    check_text(password, "a password")
}

/// `text` as a template, checked at once where it holds no `${…}`.
pub(super) fn checked(
    text: &str,
    place: &Place,
    check: impl FnOnce(&str) -> Result<(), String>,
    problems: &mut Problems,
) -> Option<Template> {
    let template = problems.template(place, text)?;
    match template.as_plain().map(check) {
        Some(Err(message)) => {
            problems.value(place.clone(), Diagnostic::new("bad-credential", message));
            None
        }
        _ => Some(template),
    }
}

/// Refuses control characters, which could end a header or a line.
pub(super) fn check_text(text: &str, what: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err(format!(
            "{what} has no line breaks or other control characters"
        ));
    }
    Ok(())
}

/// Refuses the scheme before a token, also where the token itself is not known yet.
fn check_scheme(token: &str) -> Result<(), String> {
    match token.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => {
            Err("expected the token alone: `Bearer` is put before it when it is sent".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_renewable(kind: &str, raw: &RawCredential, place: &Place, problems: &mut Problems) {
    let help = match kind {
        "basic" => "a user name and a password stay the same; `refresh` stands beside `bearer`",
        "login" => "a login is renewed by logging in again; `refresh` stands beside `bearer`",
        _ => return,
    };
    if raw.refresh.is_some() {
        let message = format!("`{kind}` has no `refresh`");
        let problem = Diagnostic::new("bad-credential", message);
        problems.key(place.inside("refresh"), problem.help(help));
    }
}

fn kind(raw: &RawCredential, place: &Place, problems: &mut Problems) -> Option<CredentialKind> {
    if let Some(Text(token)) = &raw.bearer {
        let place = place.inside("bearer");
        if let Err(message) = check_scheme(token) {
            problems.value(place, Diagnostic::new("bad-credential", message));
            return None;
        }
        return checked(token, &place, check_token, problems).map(CredentialKind::Bearer);
    }
    if let Some(raw) = &raw.basic {
        return basic(raw, &place.inside("basic"), problems);
    }
    let raw = raw.login.as_ref()?;
    let parts = Parts {
        request: raw.request.as_ref(),
        headers: raw.headers.as_ref(),
        body: raw.body.as_ref(),
        json: raw.json.as_ref(),
        form: raw.form.as_ref(),
    };
    auth_request::read(&parts, &place.inside("login"), problems).map(CredentialKind::Login)
}

fn basic(raw: &RawBasic, place: &Place, problems: &mut Problems) -> Option<CredentialKind> {
    let mut part = |key: &str, raw: &Option<Text>, check: fn(&str) -> Result<(), String>| {
        let Some(Text(text)) = raw else {
            let problem = Diagnostic::new("bad-credential", format!("`basic` has no `{key}`"));
            let help = "`basic: { username: …, password: … }` has both; either may be empty text";
            problems.missing(place.clone(), problem.help(help));
            return None;
        };
        checked(text, &place.inside(key), check, problems)
    };
    let username = part("username", &raw.username, check_username);
    let password = part("password", &raw.password, check_password);
    Some(CredentialKind::Basic {
        username: username?,
        password: password?,
    })
}

fn check_name(name: &str, others: &[(String, Credential)]) -> Result<(), String> {
    if name.is_empty() {
        return Err("a credential's name is missing".to_owned());
    }
    match name {
        ANONYMOUS => {
            return Err(
                "`anonymous` is no name for a credential: `as: anonymous` sends none".to_owned(),
            );
        }
        DEFAULT => {
            return Err("`default` is no name for a credential: `as: default` sends the environment's `auth`".to_owned());
        }
        _ => {}
    }
    if !is_name(name) {
        return Err(format!(
            "`{name}` is no name for a credential: letters, digits, `-`, `_` and `.`"
        ));
    }
    match others
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
    {
        Some((other, _)) => Err(format!("`{name}` differs from `{other}` only in case")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_what_is_sent() {
        for (token, good) in [
            ("abc.def-123_~+/=", true),
            ("", false),
            ("a b", false),
            ("Bearer abc", false),
            ("bearer abc", false),
            ("bearer", true),
            ("abc\n", false),
            ("ééééé", true),
        ] {
            assert_eq!(check_token(token).is_ok(), good, "{token:?}");
        }
        for (text, name, password) in [
            ("", true, true),
            ("a b", true, true),
            ("a:b", false, true),
            ("a\tb", false, false),
            ("é", true, true),
        ] {
            assert_eq!(check_username(text).is_ok(), name, "{text:?}");
            assert_eq!(check_password(text).is_ok(), password, "{text:?}");
        }
    }
}
