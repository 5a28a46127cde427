//! Secret values, and how they are kept out of everything that is shown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands in the place of a secret.
const MASK: &str = "***";

/// Values shorter than this are not searched for in foreign text: they would be found everywhere.
const SHORTEST: usize = 6;

/// The values that may not be shown, in every spelling in which a server may echo them.
#[derive(Default)]
pub struct Secrets {
    /// Longest first, so that a secret that contains another is masked whole. Locked, because a run may learn
    /// more of them: a renewed token, a session's cookie.
    patterns: RwLock<Vec<String>>,
    /// What the run took from the process environment: name and value.
    variables: BTreeMap<String, String>,
}

impl Secrets {
    /// Remembers `values`; those of fewer than six bytes are left out. `variables` are the names and values that
    /// were taken from the process environment, secret or not.
    pub(super) fn new(values: &BTreeSet<String>, variables: BTreeMap<String, String>) -> Self {
        let secrets = Self {
            variables,
            ..Self::default()
        };
        secrets.extend(values.iter().map(String::as_str));
        secrets
    }

    /// Remembers one more.
    pub fn add(&self, value: &str) {
        self.extend([value]);
    }

    /// How many patterns are searched for; more as soon as a run has learnt another secret.
    #[must_use]
    pub fn count(&self) -> usize {
        let patterns = self.patterns.read().unwrap_or_else(PoisonError::into_inner);
        patterns.len()
    }

    fn extend<'v>(&self, values: impl IntoIterator<Item = &'v str>) {
        let mut patterns = self
            .patterns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut all: BTreeSet<_> = std::mem::take(&mut *patterns).into_iter().collect();
        for value in values.into_iter().filter(|value| value.len() >= SHORTEST) {
            all.insert(value.to_owned());
            for offset in 0..3 {
                all.extend(inside_base64(value.as_bytes(), offset));
            }
        }
        *patterns = all
            .into_iter()
            .filter(|pattern| pattern.len() >= SHORTEST)
            .collect();
        patterns.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    }

    /// `text` with every secret in it replaced by `***`.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let patterns = self.patterns.read().unwrap_or_else(PoisonError::into_inner);
        if patterns.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut redacted = String::new();
        let mut shown = 0;
        for found in find(&patterns, text) {
            redacted.push_str(&text[shown..found.start]);
            redacted.push_str(MASK);
            shown = found.end;
        }
        if shown == 0 {
            return Cow::Borrowed(text);
        }
        redacted.push_str(&text[shown..]);
        Cow::Owned(redacted)
    }

    /// Where there are secrets in `text`, in bytes, from the first to the last.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let patterns = self.patterns.read().unwrap_or_else(PoisonError::into_inner);
        find(&patterns, text)
    }

    /// The value that the run took from this variable of the process environment.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// The variable of the process environment that `value` came from.
    pub(super) fn name_of(&self, value: &str) -> Option<&str> {
        let mut variables = self.variables.iter();
        let (name, _) = variables.find(|(_, known)| *known == value)?;
        Some(name)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(***)")
    }
}

/// Where `patterns` stand in `text`; of several at one place the first of them counts.
fn find(patterns: &[String], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut position = 0;
    while position < text.len() {
        let rest = &text.as_bytes()[position..];
        let length = patterns
            .iter()
            .find_map(|secret| length_at_start(secret, rest));
        match length {
            Some(length) => {
                found.push(position..position + length);
                position += length;
            }
            None => position += text[position..].chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

/// How much of `text` is the secret that it begins with, if it does: each byte as it is, or percent-encoded,
/// or a space as `+`. Servers and libraries do not agree on which bytes are to be encoded.
fn length_at_start(secret: &str, text: &[u8]) -> Option<usize> {
    let mut rest = text;
    for &byte in secret.as_bytes() {
        rest = match rest {
            [first, rest @ ..] if *first == byte => rest,
            [b'+', rest @ ..] if byte == b' ' => rest,
            [b'%', high, low, rest @ ..] if hexadecimal(*high, *low) == Some(byte) => rest,
            _ => return None,
        };
    }
    Some(text.len() - rest.len())
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(high)? << 4 | digit(low)?)
}

/// The characters that every base64 text has in common in which `value` begins at a byte `offset` modulo 3,
/// whatever stands before and after it: `user:secret` hides the `secret` no better than `secret` does.
fn inside_base64(value: &[u8], offset: usize) -> [String; 2] {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(value);
    // The first characters hold bits of what stands before, the last one may hold bits of what follows.
    let from = [0, 2, 3][offset];
    let to = bytes.len() * 8 / 6;
    [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ]
    .map(|text| text.get(from..to).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[&str]) -> Secrets {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Secrets::new(&values, BTreeMap::new())
    }

    #[test]
    fn every_spelling_of_a_secret_is_masked() {
        let secrets = secrets(&["s3cr/t v?lue"]);
        let in_base64 = |text: &str| STANDARD_NO_PAD.encode(text);
        for text in [
            "s3cr/t v?lue".to_owned(),
            "s3cr%2Ft%20v%3Flue".to_owned(),
            "s3cr%2ft%20v%3flue".to_owned(),
            "s3cr%2Ft+v%3Flue".to_owned(),
            "s3cr/t%20v?lue".to_owned(),
            "%733cr/t%20v%3flue".to_owned(),
        ] {
            assert_eq!(secrets.redact(&format!("<{text}>")), "<***>", "{text}");
        }
        for before in ["", "u", "us", "user:"] {
            let text = in_base64(&format!("{before}s3cr/t v?lue!"));
            assert!(secrets.redact(&text).contains("***"), "{before}: {text}");
        }
    }

    #[test]
    fn a_secret_inside_another_does_not_leave_its_rest_behind() {
        assert_eq!(
            secrets(&["abcdef", "abcdefgh"]).redact("abcdefgh abcdef"),
            "*** ***"
        );
    }

    #[test]
    fn text_around_a_secret_stays() {
        let secrets = secrets(&["geheim-é"]);
        assert_eq!(secrets.redact("ä geheim-é ö geheim-%C3%A9"), "ä *** ö ***");
        assert_eq!(secrets.redact("%geheim%"), "%geheim%");
    }

    #[test]
    fn short_values_are_not_searched_for() {
        assert_eq!(secrets(&["no"]).redact("not found"), "not found");
    }
}
