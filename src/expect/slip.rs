//! Slips: texts that are no expectation, though one can tell what was meant.
//!
//! Input: a text that [`parse`](super::parse) refused. Output: the [`ParseError`] that names it and says what
//! to write instead. Whatever it proposes is itself a valid expectation: a guess that is none is not made.

use http::StatusCode;

use super::parse::{self, ParseError};

const EVERYTHING: &str = "an expectation is a status (`200`), a class (`2xx`), a range (`200-204`), `any`, \
                          `not 404`, a list (`[200, 204]`), a redirect (`301 -> /new`) or `same`";

/// What is wrong with `text`, which is no item of a status set.
pub(super) fn explain(text: &str) -> ParseError {
    if text.is_empty() {
        return ParseError::new(
            "the expectation is empty",
            "write a status such as `200`, or `any`; without an expectation, answers are compared with the reference",
        );
    }
    out_of_bounds(text).unwrap_or_else(|| {
        let help = [
            comparison, class, range, negation, listing, reason, arrow, other_word,
        ]
        .iter()
        .find_map(|guess| guess(text));
        let message = format!("`{}` is no expectation", shown(text));
        ParseError::new(message, help.unwrap_or_else(|| EVERYTHING.to_owned()))
    })
}

/// `text` fit for a message: not too long, and without control characters.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == 60 {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The right form, but for numbers that no answer has: `99`, `101`, `6xx`, `204-200`.
fn out_of_bounds(text: &str) -> Option<ParseError> {
    const BOUNDS: &str = "a final status has three digits, `200` to `999`";
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text) {
        let what = if text.len() == 3 && text.starts_with('1') {
            "an interim status, never a final one"
        } else {
            "no HTTP status"
        };
        return Some(ParseError::new(
            format!("`{}` is {what}", shown(text)),
            BOUNDS,
        ));
    }
    if let [digit @ b'0'..=b'9', b'x' | b'X', b'x' | b'X'] = text.as_bytes() {
        let what = if *digit == b'1' {
            "interim, never a final status"
        } else {
            "no class of statuses"
        };
        return Some(ParseError::new(
            format!("`{text}` is {what}"),
            "the classes are `2xx`, `3xx`, `4xx` and `5xx`",
        ));
    }
    let (first, last) = text
        .split_once('-')
        .filter(|(first, last)| digits(first) && digits(last))?;
    if parse::status(first).is_some() && parse::status(last).is_some() {
        let message = format!("the range `{text}` ends before it begins");
        return Some(ParseError::new(message, format!("write `{last}-{first}`")));
    }
    Some(ParseError::new(
        format!("`{}` is no range of HTTP statuses", shown(text)),
        BOUNDS,
    ))
}

/// `>=200`, `<400`
fn comparison(text: &str) -> Option<String> {
    let (operator, number) = ["<=", ">=", "<", ">"]
        .iter()
        .find_map(|operator| Some((*operator, text.strip_prefix(operator)?.trim())))?;
    let number: u16 = number
        .parse()
        .ok()
        .filter(|number| (200..=600).contains(number))?;
    let (first, last) = match operator {
        "<" => (200, number - 1),
        "<=" => (200, number),
        ">" => (number + 1, 599),
        _ => (number, 599),
    };
    proposed(&format!("{first}-{last}"), "write the range as")
}

/// `20x`, `4**`
fn class(text: &str) -> Option<String> {
    let [digit @ b'2'..=b'5', rest @ ..] = text.as_bytes() else {
        return None;
    };
    let wild = |byte: &u8| matches!(byte, b'x' | b'X' | b'*' | b'?' | b'_' | b'.');
    let last_is_wild = rest.last().is_some_and(wild);
    let rest_is_close =
        rest.len() <= 2 && rest.iter().all(|byte| wild(byte) || byte.is_ascii_digit());
    (last_is_wild && rest_is_close)
        .then(|| format!("write the class as `{}xx`", char::from(*digit)))
}

/// `2xx-3xx`, `200 - 204`, `200..204`, `200–204`, `200 to 204`
fn range(text: &str) -> Option<String> {
    let (first, last) = ["..=", "...", "..", "-", "–", "—", " to "]
        .iter()
        .find_map(|separator| text.split_once(separator))?;
    let bound = |text: &str, filler: &str| text.trim().to_ascii_lowercase().replace('x', filler);
    proposed(
        &format!("{}-{}", bound(first, "0"), bound(last, "9")),
        "write the range as",
    )
}

/// `!404`, `not404`, `not [404, 500]`
fn negation(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("not") {
        return Some("say what is not admitted: `not 404`".to_owned());
    }
    let rest = ["!=", "!", "<>", "~", "not", "Not", "NOT", "no "]
        .iter()
        .find_map(|no| text.strip_prefix(no))?;
    let rest = rest
        .trim_start_matches([':', '=', ' '])
        .trim_start_matches(['[', '('])
        .trim_end_matches([']', ')']);
    let items: Vec<String> = parts(rest)
        .into_iter()
        .map(|part| format!("not {part}"))
        .collect();
    proposed_list(&items)
}

/// `200,204`, `200 204`, `200|204`, `404 or 200`, `"[200, 204]"`
fn listing(text: &str) -> Option<String> {
    if let Some(inner) = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        return proposed(
            &format!("[{}]", parts(inner).join(", ")),
            "write the list without quotes:",
        );
    }
    proposed_list(&parts(text))
}

/// `OK`, `404 Not Found`
fn reason(text: &str) -> Option<String> {
    let (number, phrase) = match text.split_once(' ') {
        Some((number, phrase)) if parse::status(number).is_some() => (Some(number), phrase),
        _ => (None, text),
    };
    let known = (200..600)
        .filter_map(|status| StatusCode::from_u16(status).ok())
        .find(|status| {
            status
                .canonical_reason()
                .is_some_and(|reason| letters(reason).eq(letters(phrase)))
        });
    let number = number
        .map(ToOwned::to_owned)
        .or_else(|| known.map(|status| status.as_u16().to_string()));
    known
        .and(number)
        .map(|number| format!("write the number: `{number}`"))
}

/// `301 => /new`, `301 /new`, `/new`
fn arrow(text: &str) -> Option<String> {
    let at = text.find(['/', 'h'])?;
    let (before, target) = text.split_at(at);
    let status = before
        .trim_end_matches(['=', '>', '→', ':', ',', ' '])
        .trim();
    let status = if status.is_empty() { "301" } else { status };
    proposed(&format!("{status} -> {target}"), "write a redirect as")
}

/// `Any`, `*`, `same as production`, `200.0`
fn other_word(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let word = match lower.as_str() {
        "*" | "all" | "anything" | "everything" => "any",
        "success" => "2xx",
        "redirect" => "3xx",
        _ if lower.starts_with("same") => "same",
        other => other.trim_matches(['"', '\'']).trim_end_matches(".0"),
    };
    proposed(word, "write")
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The items of a list in any spelling, each with its `not`.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let separators = |character: char| {
        character.is_whitespace() || matches!(character, ',' | ';' | '|' | '/' | '+')
    };
    for word in text
        .split(separators)
        .filter(|word| !matches!(*word, "" | "or" | "and"))
    {
        match parts.last_mut() {
            Some(last) if last == "not" => *last = format!("not {word}"),
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

fn proposed_list(items: &[String]) -> Option<String> {
    match items {
        [] => None,
        [one] => proposed(one, "write"),
        several => proposed(&format!("[{}]", several.join(", ")), "write a list:"),
    }
}

/// `candidate` after `words`, if it is an expectation that a suite can hold.
fn proposed(candidate: &str, words: &str) -> Option<String> {
    let valid = match candidate
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
    {
        Some(items) => items.split(", ").all(is_item),
        None if candidate.contains("->") => parse::expectation(candidate).is_ok(),
        None => candidate == "same" || is_item(candidate),
    };
    valid.then(|| format!("{words} `{candidate}`"))
}

fn is_item(text: &str) -> bool {
    parse::span(text.strip_prefix("not ").unwrap_or(text)).is_some()
}
