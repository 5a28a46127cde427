//! A probe in named lines, for formats that have room for all of it.
//!
//! Input: a row and one of its probes. Output: names and texts, in a fixed order, only what there is, fit for a
//! log. The names are those of the JSON report where it has them.

use super::advice;
use super::text::escaped;
use crate::compare::{Probe, Row};

/// What is worth knowing of a probe that has something to say.
pub(super) fn facts(row: Row<'_>, probe: Probe<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("request", format!("{} {}", row.method(), probe.url())),
        ("suite", format!("{}:{}", row.file(), row.line())),
        ("expected", probe.expected()),
    ];
    let mut add = |name, text: Option<String>| facts.extend(text.map(|text| (name, text)));
    add(
        "status",
        probe.status().map(|status| status.as_u16().to_string()),
    );
    add("samples", probe.samples().map(ToString::to_string));
    add("location", probe.location().map(str::to_owned));
    let hops = probe.hops().iter();
    let hops: Vec<_> = hops
        .map(|hop| format!("{} -> {}", hop.status.as_u16(), hop.target))
        .collect();
    add("redirects", some(hops.join(", ")));
    let reasons: Vec<_> = probe.reasons().iter().map(|why| why.as_str()).collect();
    add("reasons", some(reasons.join(", ")));
    let excuse = probe.excuse();
    add("accepted", excuse.map(|excuse| excuse.reason.clone()));
    let until = excuse.and_then(|excuse| excuse.until);
    add("until", until.map(|date| date.to_string()));
    add("error", probe.error_kind().map(|kind| kind.to_string()));
    let message = probe.error().map(|error| error.message.trim().to_owned());
    add("message", message.and_then(some));
    let hint = probe.error_kind().map(advice::on_error);
    add("hint", hint.map(str::to_owned).and_then(some));
    if probe.attempts() > 1 {
        add("attempts", Some(probe.attempts().to_string()));
    }
    for (_, text) in &mut facts {
        *text = escaped(text).into_owned();
    }
    // Spelled out it would be another command; it has no character that is obeyed but line breaks.
    facts.extend(probe.curl().map(|command| ("curl", command)));
    facts
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
