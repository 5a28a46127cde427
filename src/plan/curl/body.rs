//! A body as it is sent, with variables for what is secret in it.

use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::value::Values;
use crate::plan::shell::Word;
use crate::suite::{Body, Template};

/// The body; `None` where a text in it cannot be read.
pub(super) fn word(body: &Body, values: &Values<'_>) -> Option<Word> {
    match body {
        Body::Text(text) => Some(values.word(text, str::to_owned)),
        Body::Json(value) => json(value, values),
        Body::Form(fields) => Some(form(fields, values)),
    }
}

fn form(fields: &[(String, Template)], values: &Values<'_>) -> Word {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let mut word = Word::default();
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            word.push("&");
        }
        word.append(values.text(&encode(name)));
        word.push("=");
        word.append(values.word(value, encode));
    }
    word
}

fn json(value: &Value, values: &Values<'_>) -> Option<Word> {
    let mut word = Word::default();
    match value {
        Value::String(text) if text.contains('$') => {
            word.push("\"");
            word.append(values.word(&Template::parse(text).ok()?, inside_quotes));
            word.push("\"");
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                word.push(if at == 0 { "[" } else { "," });
                word.append(json(item, values)?);
            }
            word.push(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(fields) => {
            for (at, (name, field)) in fields.iter().enumerate() {
                word.push(if at == 0 { "{" } else { "," });
                word.append(values.text(&format!("\"{}\":", inside_quotes(name))));
                word.append(json(field, values)?);
            }
            word.push(if fields.is_empty() { "{}" } else { "}" });
        }
        other => word = values.text(&other.to_string()),
    }
    Some(word)
}

/// A JSON string without the quotes around it.
fn inside_quotes(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
