//! A `Location` as the target of an expectation.
//!
//! Input: the field, and what it is relative to. Output: a target that admits it. It refuses what cannot be written as
//! one, and writes no secret: a `*` stands in its place.

use url::{Position, Url};

use crate::expect::{Origin, Target};
use crate::plan::Secrets;

/// A location, and where it was answered.
pub(super) struct Place<'a> {
    /// The base URL of the environment.
    pub(super) base: &'a Url,
    /// Everywhere the environment is, by the names of its services.
    pub(super) addresses: &'a [(&'a str, &'a Url)],
    /// What was asked.
    pub(super) from: &'a Url,
    pub(super) location: &'a str,
}

/// Nobody reads a longer one, and no two answers have it in common.
const LONGEST: usize = 2000;

/// The best target for the location: the one that is `known` if it holds, a path where the environment leads to
/// itself, that of a service by its name, else the full URL.
pub(super) fn target(
    place: &Place<'_>,
    known: Option<&Target>,
    secrets: &Secrets,
) -> Option<String> {
    let origin = Origin {
        base: place.base,
        addresses: place.addresses,
    };
    let admits = |target: &Target| target.admits(place.location, place.from, origin);
    if let Some(known) = known.filter(|known| admits(known)) {
        return Some(known.to_string());
    }
    let url = place.from.join(place.location).ok()?;
    let relative = origin.relative(place.location, place.from);
    let path = url[Position::BeforePath..].to_owned();
    let named = origin.named(place.location, place.from);
    let forms = [named, Some(relative), Some(path), Some(url.into())];
    forms.into_iter().flatten().find_map(|text| {
        let text = writable(&text, secrets)?;
        Target::parse(&text)
            .is_ok_and(|it| admits(&it))
            .then_some(text)
    })
}

/// The text of a target; what already looks like a pattern or a template would mean something else.
fn writable(text: &str, secrets: &Secrets) -> Option<String> {
    if text.len() > LONGEST || text.contains('*') || text.contains("${") || !text.is_ascii() {
        return None;
    }
    Some(secrets.redact(text).replace("***", "*"))
}
