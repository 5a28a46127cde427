//! The requests that sign in or ask for a new token.
//!
//! Input: `request: "POST /login"` with headers and a body. Output: an [`AuthRequest`]. It refuses full URLs:
//! a credential's request goes to the environment itself. No message repeats a value: it may be a secret.

use http::Method;

use super::address::check_path;
use super::model::AuthRequest;
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, Text};
use super::template::Template;
use super::{defaults, fields, method};
use crate::diagnostic::Diagnostic;

const EXAMPLE: &str = "it looks like `request: \"POST /login\"`";

/// The keys of a request, wherever they stand.
pub(super) struct Parts<'a> {
    pub(super) request: Option<&'a Text>,
    pub(super) headers: Option<&'a Pairs<Text>>,
    pub(super) body: Option<&'a Text>,
    pub(super) json: Option<&'a serde_json::Value>,
    pub(super) form: Option<&'a Pairs<Text>>,
}

/// Reads a request; `place` is what its keys stand in.
pub(super) fn read(
    parts: &Parts<'_>,
    place: &Place,
    problems: &mut Problems,
) -> Option<AuthRequest> {
    let line = if let Some(Text(text)) = parts.request {
        line(text, &place.inside("request"), problems)
    } else {
        let problem = Diagnostic::new("bad-credential", "the `request` is missing");
        problems.missing(place.clone(), problem.help(EXAMPLE));
        None
    };
    let headers = fields::headers(parts.headers, &place.inside("headers"), problems);
    let body = defaults::body(parts.body, parts.json, parts.form, place, problems);
    let (method, path) = line?;
    let usual = if body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    Some(AuthRequest {
        method: method.unwrap_or(usual),
        path,
        headers,
        body,
    })
}

/// `[METHOD ]/path`.
fn line(text: &str, place: &Place, problems: &mut Problems) -> Option<(Option<Method>, Template)> {
    let is_url = |word: &str| word.starts_with("http://") || word.starts_with("https://");
    if text.split_whitespace().any(is_url) {
        let problem = Diagnostic::new("bad-credential", "a path is expected, found a full URL")
            .help("the request goes to the environment itself; a token from elsewhere is fetched by a program: `refresh: { command: […] }`");
        problems.value(place.clone(), problem);
        return None;
    }
    let (method, path) = method::split(text);
    let method = match method.map(method::parse) {
        None => None,
        Some(Ok(method)) => Some(method),
        Some(Err(problem)) => {
            problems.value(place.clone(), problem);
            return None;
        }
    };
    let template = problems.template(place, path)?;
    let problem = |message: String| Diagnostic::new("bad-credential", message);
    let checked = match template.as_plain() {
        _ if !path.starts_with(['/', '$']) => {
            Err(problem("expected a path, perhaps after a method".to_owned()).help(EXAMPLE))
        }
        Some(path) => check_path(path).map_err(problem),
        None => Ok(()),
    };
    match checked {
        Ok(()) => Some((method, template)),
        Err(problem) => {
            problems.value(place.clone(), problem);
            None
        }
    }
}
