//! One endpoint, and one probe, in a few words.
//!
//! Input: a row or a probe. Output: its cell: the status where it matched, the status and why where it did not, the
//! error where there was none. The first character tells the verdict, so no colour is needed.

use http::Method;

use super::text::escaped;
use crate::compare::{ErrorKind, Probe, Reason, Row, Verdict};
use crate::outcome::{FailureKind, Hop};

/// What stands before anything that has this verdict.
pub(super) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "✓",
        Verdict::Mismatch => "✗",
        Verdict::Accepted => "~",
        Verdict::Error => "!",
        Verdict::Skipped => "-",
    }
}

/// The cell of `probe`; `brief` leaves out what was expected.
pub(super) fn words(probe: Probe<'_>, brief: bool) -> String {
    let mark = mark(probe.verdict());
    match probe.verdict() {
        Verdict::Skipped => mark.to_owned(),
        Verdict::Match => plain(probe, brief),
        Verdict::Mismatch | Verdict::Accepted | Verdict::Error => {
            format!("{mark} {}", plain(probe, brief))
        }
    }
}

/// The same without a mark, for formats that tell the verdict in their own way.
pub(super) fn plain(probe: Probe<'_>, brief: bool) -> String {
    match probe.verdict() {
        Verdict::Skipped => "not asked here, by its `environments:`".to_owned(),
        Verdict::Match if probe.flaky() => distribution(probe)
            .unwrap_or_else(|| format!("{} on attempt {}", status(probe), probe.attempts())),
        Verdict::Match => status(probe),
        Verdict::Mismatch if brief => status(probe),
        Verdict::Mismatch => format!("{}, expected {}", answer(probe), expected(probe)),
        Verdict::Accepted => {
            let expected = expected(probe);
            format!("{}, expected {expected}; {}", answer(probe), excuse(probe))
        }
        Verdict::Error => {
            let label = probe.error_kind().map_or("error", label);
            let route = route(probe);
            let seen = distribution(probe).or_else(|| Some(probe.status()?.as_u16().to_string()));
            match seen {
                Some(seen) => format!("{seen}, {label}{route}"),
                None => format!("{label}{route}"),
            }
        }
    }
}

/// What came how often, where a probe was asked several times and it was not always the same: `200 ×4, 503 ×1`.
pub(super) fn distribution(probe: Probe<'_>) -> Option<String> {
    let samples = probe.samples().filter(|samples| samples.vary())?;
    Some(samples.to_string())
}

/// `POST /orders`, or `POST login:/token` where a service is asked, and the name it has in the suite.
pub(super) fn endpoint(row: Row<'_>) -> String {
    described(row, &row.place())
}

/// The same below a heading that names the service.
pub(super) fn endpoint_of_group(row: Row<'_>) -> String {
    described(row, row.path())
}

fn described(row: Row<'_>, place: &str) -> String {
    let mut text = String::new();
    if row.method() != Method::GET {
        text.push_str(row.method().as_str());
        text.push(' ');
    }
    text.push_str(&escaped(place));
    if let Some(name) = row.name() {
        text.push_str(" (");
        text.push_str(&escaped(name));
        text.push(')');
    }
    text
}

/// The kind of error as a person says it.
pub(super) const fn label(kind: ErrorKind) -> &'static str {
    let kind = match kind {
        ErrorKind::NoReference => return "no reference",
        ErrorKind::Walled => return "behind an access wall",
        ErrorKind::Failure(kind) => kind,
    };
    match kind {
        FailureKind::Dns => "name not found",
        FailureKind::ConnectRefused => "connection refused",
        FailureKind::ConnectTimeout => "connect timeout",
        FailureKind::Connect => "no connection",
        FailureKind::OutOfDescriptors => "no file descriptor left",
        FailureKind::OutOfPorts => "no local port left",
        FailureKind::TlsExpired => "certificate out of date",
        FailureKind::TlsHostname => "certificate for another name",
        FailureKind::TlsUntrusted => "certificate not trusted",
        FailureKind::Tls => "TLS failure",
        FailureKind::Timeout => "timeout",
        FailureKind::Reset => "connection closed",
        FailureKind::Protocol => "invalid HTTP",
        FailureKind::Body => "body broke off",
        FailureKind::RedirectLoop => "redirect loop",
        FailureKind::TooManyRedirects => "too many redirects",
        FailureKind::BadRedirect => "bad redirect",
        FailureKind::Unreachable => "gave up asking",
        FailureKind::NotReady => "not ready",
        FailureKind::Deadline => "out of time",
        FailureKind::Interrupted => "interrupted",
        FailureKind::Other => "error",
    }
}

/// What was expected, to be read after that word.
pub(super) fn expected(probe: Probe<'_>) -> String {
    let expected = probe.expected();
    let article = if expected.starts_with("same as") {
        "the "
    } else {
        ""
    };
    format!("{article}{}", escaped(&expected))
}

/// `accepted until 2026-12-31: rules differ`
pub(super) fn excuse(probe: Probe<'_>) -> String {
    let Some(excuse) = probe.excuse() else {
        return "accepted".to_owned();
    };
    let reason = escaped(&excuse.reason);
    match excuse.until {
        Some(date) => format!("accepted until {date}: {reason}"),
        None => format!("accepted: {reason}"),
    }
}

fn status(probe: Probe<'_>) -> String {
    probe
        .status()
        .map(|status| status.as_u16().to_string())
        .unwrap_or_default()
}

/// The status, and where it came from or leads to, if that may be why it is wrong; all of them where they vary.
fn answer(probe: Probe<'_>) -> String {
    let mut words = status(probe);
    if let Some(distribution) = distribution(probe) {
        words = distribution;
    }
    if words.is_empty() {
        words.push_str("no status");
    }
    words.push_str(&circumstances(probe));
    words
}

/// Where an answer came from or leads to, to be read after its status.
pub(super) fn circumstances(probe: Probe<'_>) -> String {
    let mut words = route(probe);
    let redirects = probe.status().is_some_and(|status| status.is_redirection());
    match probe.location() {
        Some(location) if redirects => {
            words.push_str(" -> ");
            words.push_str(&escaped(location));
        }
        None if probe.reasons().contains(&Reason::Location) => words.push_str(" without a target"),
        _ => {}
    }
    if probe.reasons().contains(&Reason::CrossesEnvironment) {
        words.push_str(" (another environment)");
    }
    words
}

/// The redirects that led there; of many the first and the last.
pub(super) fn route(probe: Probe<'_>) -> String {
    const MOST: usize = 3;
    let step = |hop: &Hop| format!("{} -> {}", hop.status.as_u16(), escaped(&hop.target));
    match probe.hops() {
        [] => String::new(),
        [first, between @ .., last] if between.len() + 2 > MOST => {
            format!(
                " after {}, {} more, {}",
                step(first),
                between.len(),
                step(last)
            )
        }
        hops => format!(
            " after {}",
            hops.iter().map(step).collect::<Vec<_>>().join(", ")
        ),
    }
}
