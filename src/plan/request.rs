//! What is sent for one endpoint to one environment: its templates rendered, its headers merged.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::retry::Retry;
use crate::expect::Expectation;
use crate::suite::{
    Body, Scope, Setting, Template, Unresolved, check_length, check_path, is_secret_header,
};

/// RFC 3986 unreserved characters need no encoding in a query.
pub(super) const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same, with the mask left readable.
const MASKED_QUERY: &AsciiSet = &QUERY.remove(b'*');

/// A resolved request and the expectation of its answer.
#[derive(Debug, PartialEq)]
pub(super) struct Request {
    /// Path and query as sent; `None` where that is the path as the suite writes it.
    pub(super) target: Option<Box<str>>,
    /// The same with secrets masked, where it holds any.
    pub(super) shown_target: Option<Box<str>>,
    /// Headers, where they are not just the environment's.
    pub(super) headers: Option<Arc<HeaderMap>>,
    pub(super) body: Option<Bytes>,
    /// The endpoint's own time limit.
    pub(super) timeout: Option<Duration>,
    /// Where the endpoint has a `retry` of its own.
    pub(super) retry: Option<Arc<Retry>>,
    pub(super) expectation: Arc<Expectation>,
}

/// Why a value cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    #[error("{0}")]
    Invalid(String),
}

/// A path and query as sent, and as shown where that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) sent: String,
    pub(super) shown: Option<String>,
}

/// Renders values and notes which of them are secret.
pub(super) struct Renderer<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) secrets: &'a mut BTreeSet<String>,
}

impl Renderer<'_> {
    /// A value that is shown: what comes from the process environment in it is no secret.
    pub(super) fn public(&self, template: &Template) -> Result<String, Unusable> {
        Ok(template.render(self.scope)?.text)
    }

    /// A value in which everything from the process environment is a secret.
    pub(super) fn private(&mut self, template: &Template) -> Result<String, Unusable> {
        let rendered = template.render(self.scope)?;
        self.secrets
            .extend(rendered.process_values().map(str::to_owned));
        Ok(rendered.text)
    }

    /// A value that is a secret as a whole.
    pub(super) fn secret(&mut self, template: &Template) -> Result<String, Unusable> {
        let text = self.private(template)?;
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            let message = format!(
                "a credential has the control character `{}` in it",
                c.escape_default()
            );
            return Err(Unusable::Invalid(message));
        }
        self.secrets.insert(text.clone());
        Ok(text)
    }

    /// The URL of a proxy, the credentials in which are secret.
    pub(super) fn proxy(&mut self, template: &Template) -> Result<String, Unusable> {
        let text = self.public(template)?;
        if let Ok(url) = Url::parse(&text) {
            self.secrets.extend(url.password().map(str::to_owned));
        }
        Ok(text)
    }

    /// An expectation, read once its values are known.
    pub(super) fn expectation(
        &self,
        setting: &Setting<Arc<Expectation>>,
    ) -> Result<Arc<Expectation>, Unusable> {
        match setting {
            Setting::Value(expectation) => Ok(Arc::clone(expectation)),
            Setting::Template(template) => Expectation::parse(&self.public(template)?)
                .map(Arc::new)
                .map_err(|error| Unusable::Invalid(error.to_string())),
        }
    }

    /// A header's value; those of secret headers are secret as a whole.
    pub(super) fn header(
        &mut self,
        name: &HeaderName,
        template: &Template,
    ) -> Result<HeaderValue, Unusable> {
        let text = self.private(template)?;
        let mut value = HeaderValue::from_bytes(text.as_bytes())
            .map_err(|_invalid| Unusable::Invalid(control_character(&text, "a header's value")))?;
        if is_secret_header(name) {
            value.set_sensitive(true);
            note_secret(&text, self.secrets);
        }
        Ok(value)
    }

    /// The path, checked once more now that its values are known.
    pub(super) fn path(&mut self, path: &Template) -> Result<Target, Unusable> {
        let rendered = path.render(self.scope)?;
        // The suite's own text has no space; a value may, and is sent with it encoded.
        let text = rendered.text.replace(' ', "%20");
        check_path(&text).map_err(Unusable::Invalid)?;
        let normal = normal_form(&text)?;
        let Some((_, query)) = normal.split_once('?') else {
            return Ok(Target {
                sent: normal,
                shown: None,
            });
        };
        let in_query: Vec<_> = rendered
            .process_values()
            .filter(|value| holds(query, value))
            .map(str::to_owned)
            .collect();
        if in_query.is_empty() {
            return Ok(Target {
                sent: normal,
                shown: None,
            });
        }
        let shown = normal_form(&self.masked(path)?)?;
        self.secrets.extend(in_query);
        Ok(Target {
            shown: Some(shown),
            sent: normal,
        })
    }

    /// The endpoint's `query` added to what its path already has.
    pub(super) fn query(
        &mut self,
        target: &mut Target,
        name: &str,
        value: &Template,
    ) -> Result<(), Unusable> {
        let rendered = value.render(self.scope)?;
        let name = utf8_percent_encode(name, QUERY);
        if !rendered.from_process.is_empty() || target.shown.is_some() {
            let shown = target.shown.get_or_insert_with(|| target.sent.clone());
            let masked = self.masked(value)?;
            let separator = separator(shown);
            *shown = format!(
                "{shown}{separator}{name}={}",
                utf8_percent_encode(&masked, MASKED_QUERY)
            );
        }
        let separator = separator(&target.sent);
        target.sent = format!(
            "{}{separator}{name}={}",
            target.sent,
            utf8_percent_encode(&rendered.text, QUERY)
        );
        check_length(&target.sent).map_err(Unusable::Invalid)?;
        self.secrets
            .extend(rendered.process_values().map(str::to_owned));
        Ok(())
    }

    /// The content and its media type (RFC 9110, section 8.3).
    pub(super) fn body(&mut self, body: &Body) -> Result<(Bytes, Option<&'static str>), Unusable> {
        Ok(match body {
            Body::Text(text) => (self.private(text)?.into(), None),
            Body::Json(value) => {
                let mut value = value.clone();
                self.json(&mut value)?;
                (value.to_string().into(), Some("application/json"))
            }
            Body::Form(fields) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    form.append_pair(name, &self.private(value)?);
                }
                (
                    form.finish().into(),
                    Some("application/x-www-form-urlencoded"),
                )
            }
        })
    }

    /// A body in which every value is a secret.
    pub(super) fn secret_body(
        &mut self,
        body: &Body,
    ) -> Result<(Bytes, Option<&'static str>), Unusable> {
        match body {
            Body::Text(text) => self.secrets.insert(text.render(self.scope)?.text),
            Body::Json(_) => false,
            Body::Form(fields) => {
                for (_, value) in fields {
                    self.secret(value)?;
                }
                true
            }
        };
        let rendered = self.body(body)?;
        if let (Body::Json(_), Ok(json)) = (body, serde_json::from_slice(&rendered.0)) {
            note_strings(&json, self.secrets);
        }
        Ok(rendered)
    }

    fn json(&mut self, value: &mut serde_json::Value) -> Result<(), Unusable> {
        match value {
            serde_json::Value::String(text) if text.contains('$') => {
                let template =
                    Template::parse(text).map_err(|error| Unusable::Invalid(error.to_string()))?;
                *text = self.private(&template)?;
            }
            serde_json::Value::Array(items) => {
                for item in items {
                    self.json(item)?;
                }
            }
            serde_json::Value::Object(fields) => {
                for (_, field) in fields.iter_mut() {
                    self.json(field)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The text with `***` for everything that comes from the process environment.
    fn masked(&self, template: &Template) -> Result<String, Unusable> {
        let process = self.scope.process;
        let masked = |name: &str| {
            process(name).map(|value| {
                if value.is_empty() {
                    value
                } else {
                    "***".to_owned()
                }
            })
        };
        Ok(template
            .render(Scope {
                vars: self.scope.vars,
                process: &masked,
            })?
            .text)
    }
}

/// Notes a secret header's value, and the parts of it that a server may give back alone: what follows the
/// scheme in `Bearer abc`, and each value in `session=abc; theme=dark`.
pub(super) fn note_secret(value: &str, secrets: &mut BTreeSet<String>) {
    let after_scheme = value.split_once(' ').map(|(_, rest)| rest.trim());
    let cookies = value
        .split(';')
        .filter_map(|part| Some(part.split_once('=')?.1.trim()));
    secrets.extend(
        cookies
            .chain(after_scheme)
            .chain([value])
            .map(str::to_owned),
    );
}

fn note_strings(json: &serde_json::Value, secrets: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::String(text) => {
            secrets.insert(text.clone());
        }
        serde_json::Value::Array(items) => {
            for item in items {
                note_strings(item, secrets);
            }
        }
        serde_json::Value::Object(fields) => {
            for field in fields.values() {
                note_strings(field, secrets);
            }
        }
        _ => {}
    }
}

/// Merges headers into `headers`; a later one replaces an earlier one of the same name.
pub(super) fn merge(
    headers: &mut HeaderMap,
    more: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
) {
    for (name, value) in more {
        headers.insert(name, value);
    }
}

/// Adds the media type of a body unless the suite states one.
pub(super) fn state_content_type(headers: &mut HeaderMap, content_type: &'static str) {
    headers
        .entry(CONTENT_TYPE)
        .or_insert_with(|| HeaderValue::from_static(content_type));
}

/// Whether a target goes over the wire as it is: it has only characters that are never encoded.
pub(crate) fn is_normal(target: &str) -> bool {
    // Most have nothing but these, for which there is no need to search.
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    target
        .bytes()
        .all(|byte| is_usual(byte) || b".~!$&()*+,;=:@%?".contains(&byte))
}

/// The target as it goes over the wire: what the `url` crate makes of it (percent-encoding, mostly).
pub(super) fn normal_form(target: &str) -> Result<String, Unusable> {
    if is_normal(target) {
        return Ok(target.to_owned());
    }
    let url = Url::parse(&format!("http://host{target}"))
        .map_err(|error| Unusable::Invalid(error.to_string()))?;
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    // Encoding makes it longer.
    check_length(target).map_err(Unusable::Invalid)?;
    Ok(target.to_owned())
}

/// Whether `query` holds `value` in the form in which it is sent.
fn holds(query: &str, value: &str) -> bool {
    let encoded = normal_form(&format!("/?{value}")).unwrap_or_default();
    query.contains(encoded.trim_start_matches("/?"))
}

fn separator(target: &str) -> char {
    if target.contains('?') { '&' } else { '?' }
}

fn control_character(text: &str, place: &str) -> String {
    match text.chars().find(|c| c.is_control()) {
        Some(c) => format!(
            "a value brings the control character `{}` into {place}",
            c.escape_default()
        ),
        None => format!("a value cannot stand in {place}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_sent_is_not_too_long() {
        assert!(normal_form(&format!("/{}", "ä".repeat(10_000))).is_ok());
        let error = normal_form(&format!("/{}", "ä".repeat(11_000))).unwrap_err();
        assert!(error.to_string().contains("found 66001"), "{error}");
    }

    proptest! {
        /// The short cut and the parser agree on what is sent.
        #[test]
        fn what_is_normal_is_left_alone(target in "/[a-zA-Z0-9_~!$&()*+,;=:@%-][a-zA-Z0-9._~!$&()*+,;=:@/%?-]{0,20}") {
            prop_assume!(crate::suite::check_path(&target).is_ok());
            prop_assert!(is_normal(&target));
            let url = Url::parse(&format!("http://host{target}")).unwrap();
            prop_assert_eq!(&url[url::Position::BeforePath..], target.as_str());
        }
    }
}
